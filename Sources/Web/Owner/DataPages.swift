// SPDX-License-Identifier: Apache-2.0

/// Patients and appointments from another program: tried first, then taken over.
struct ImportPage: PageValue {
    static let template = "owner-import"

    struct Kind: Sendable {
        var value: String
        var label: String
        var columns: String
        var isChosen: Bool
    }

    struct FaultyLine: Sendable {
        var line: Int
        var message: String
    }

    struct Report: Sendable {
        var heading: String
        var badge: Badge
        var lines: Int
        var added: String
        var known: Int
        var faulty: Int
        var faults: [FaultyLine]
        /// "and 31 more"
        var more: String?
    }

    var frame: Frame
    var kinds: [Kind]
    var text = FieldValue()
    var overlaps = false
    var leavesOut = false
    var report: Report?
    var errorSummary: ErrorSummary?
}

/// Everything as tables, to take away.
struct ExportPage: PageValue {
    static let template = "owner-export"

    var frame: Frame
}
