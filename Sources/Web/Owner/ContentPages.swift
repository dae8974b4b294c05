// SPDX-License-Identifier: Apache-2.0

/// Every text of the clinic's site.
struct ContentListPage: PageValue {
    static let template = "owner-content"

    struct Row: Sendable {
        var url: String
        var title: String
        /// "English, edited"
        var detail: String
    }

    struct Group: Sendable {
        var heading: String
        var rows: [Row]
        /// Where a new one of the kind begins; nil where there are only certain ones.
        var addURL: String?
    }

    var frame: Frame
    var message: String?
    var groups: [Group]
}

/// One text, to be changed.
struct ContentEditPage: PageValue {
    static let template = "owner-content-edit"

    struct Version: Sendable {
        var writtenAt: String
        var writtenBy: String
        var words: String?
    }

    var frame: Frame
    var heading: String
    var message: String?
    var action: String
    /// The address of a new text; nil for one that has it.
    var slug: FieldValue?
    var text = FieldValue()
    /// A new text has no other side; an own one can be taken down, a shipped one put back.
    var resetLabel: String?
    var previewTitle: String?
    var previewHTML: String?
    var history: [Version] = []
    var hasHistory = false
    var errorSummary: ErrorSummary?
}
