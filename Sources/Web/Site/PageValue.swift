// SPDX-License-Identifier: Apache-2.0

import Content

/// The values of one page, ready to print: strings as a person reads them, never a date, an amount or an identifier
/// to be formatted later. A template's tags are the names of the stored properties (a computed one is invisible to
/// Mustache), and `TemplateTests` fails on a tag that no property answers.
///
/// Absence is an optional: a section over a `String` that is empty would still print.
protocol PageValue: Sendable {
    /// The template's name, without `.mustache`.
    static var template: String { get }
    var frame: Frame { get }
}

/// What a person typed, kept, and what is wrong with it.
struct FieldValue: Sendable {
    var value: String
    /// In the reader's language, whatever it was set to.
    var error: String? { didSet { error = error.map(heard) } }

    init(value: String = "", error: String? = nil) {
        self.value = value
        self.error = error.map(heard)
    }
}

/// The list of faults above a form. Nil where there is none.
struct ErrorSummary: Sendable {
    struct Item: Sendable {
        /// The `id` of the input that it leads to.
        let field: String
        let message: String
    }
    let errors: [Item]

    init?(_ errors: [Item]) {
        guard !errors.isEmpty else { return nil }
        self.errors = errors.map { Item(field: $0.field, message: heard($0.message)) }
    }

    /// From fields in the order of the form.
    init?(fields: KeyValuePairs<String, FieldValue>) {
        self.init(fields.compactMap { name, field in field.error.map { Item(field: name, message: $0) } })
    }
}
