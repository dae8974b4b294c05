// SPDX-License-Identifier: Apache-2.0

/// The demonstration's mailbox: what would have been sent.
struct PracticeMailboxPage: PageValue {
    static let template = "practice-mailbox"

    struct Mail: Sendable {
        var subject: String
        var recipient: String
        var sentAt: String
        var url: String
    }

    var frame: Frame
    /// Newest first.
    var mails: [Mail]
}

/// One mail of the demonstration.
struct PracticeMailPage: PageValue {
    static let template = "practice-mail"

    /// A paragraph is text, or a link that stood on a line of its own.
    struct Paragraph: Sendable {
        let text: String?
        let link: String?
    }

    struct Attachment: Sendable {
        var name: String
        var size: String
        var url: String
    }

    var frame: Frame
    var subject: String
    var sender: String
    var recipient: String
    var sentAt: String
    var paragraphs: [Paragraph]
    var attachments: [Attachment]

    /// - Parameter body: the mail's plain text. A line that is an address of this site or any other becomes a link.
    static func paragraphs(of body: String) -> [Paragraph] {
        body.split(separator: "\n", omittingEmptySubsequences: true).map { line in
            let isLink = (line.hasPrefix("https://") || line.hasPrefix("http://")) && !line.contains(" ")
            return isLink ? Paragraph(text: nil, link: String(line)) : Paragraph(text: String(line), link: nil)
        }
    }
}
