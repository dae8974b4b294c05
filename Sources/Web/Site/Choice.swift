// SPDX-License-Identifier: Apache-2.0

/// A choice of a select or a group of radio buttons.
struct Choice: Sendable {
    var value: String
    var label: String
    var isChosen = false
}

/// One line of a list of facts: what it is, and what it says.
struct Fact: Sendable {
    var label: String
    var value: String
}
