// SPDX-License-Identifier: Apache-2.0

/// What happened and what to do.
struct ErrorPage: PageValue {
    static let template = "error"

    var frame: Frame
    /// Above the title: "409"
    var status: String
    var title: String
    var detail: String
    /// The faults of single fields, in words.
    var fields: [String]
    let hasFields: Bool
    var nextURL: String
    var nextLabel: String
    /// The request's number, worth saying on the phone.
    var reference: String?

    init(
        frame: Frame, status: String, title: String, detail: String, fields: [String] = [], nextURL: String = "/",
        nextLabel: String = "To the home page", reference: String? = nil
    ) {
        self.frame = frame
        self.status = status
        self.title = title
        self.detail = detail
        self.fields = fields
        hasFields = !fields.isEmpty
        self.nextURL = nextURL
        self.nextLabel = nextLabel
        self.reference = reference
    }
}

/// An address that leads nowhere.
struct NotFoundPage: PageValue {
    static let template = "not-found"

    var frame: Frame
    var title = "This page is not here"
    var detail = "The address may be mistyped, or the page may have moved. Nothing of yours is lost."
}
