// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// One mail, as RFC 5322 and MIME (RFC 2045–2049) bytes.
package struct MailMessage: Sendable, Hashable {
    package var sender: String
    package var senderName: String
    package var recipient: String
    package var subject: String
    package var body: String
    /// An iCalendar text that goes along as `appointment.ics`.
    package var calendar: String?
    /// The outbox row: the Message-ID, the same however often it is sent.
    package var identifier: String
    package var date: Date
    /// Becomes `List-Unsubscribe` with one-click POST (RFC 8058).
    package var unsubscribeURL: String?

    package init(
        sender: String, senderName: String, recipient: String, subject: String, body: String, calendar: String?,
        identifier: String, date: Date, unsubscribeURL: String? = nil
    ) {
        self.sender = sender
        self.senderName = senderName
        self.recipient = recipient
        self.subject = subject
        self.body = body
        self.calendar = calendar
        self.identifier = identifier
        self.date = date
        self.unsubscribeURL = unsubscribeURL
    }

    /// Lines end in CR LF; all is ASCII, text in Base64, so that no server on the way changes anything.
    package func encoded() -> String {
        let domain = sender.split(separator: "@").last.map(String.init) ?? "localhost"
        var lines = [
            "Date: \(Self.dateText(date))",
            "From: \(Self.word(senderName)) <\(Self.address(sender))>",
            "To: <\(Self.address(recipient))>",
            "Subject: \(Self.word(subject))",
            "Message-ID: <\(identifier)@\(domain)>",
            "MIME-Version: 1.0",
            "Auto-Submitted: auto-generated",
        ]
        if let unsubscribeURL {
            lines.append("List-Unsubscribe: <\(Self.address(unsubscribeURL))>")
            lines.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
        }
        let text = [
            "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64", "", Self.base64(body),
        ]
        if let calendar {
            let boundary = "part-\(identifier)"
            lines.append("Content-Type: multipart/mixed; boundary=\"\(boundary)\"")
            lines += ["", "--\(boundary)"] + text
            lines += [
                "--\(boundary)", "Content-Type: text/calendar; charset=utf-8; method=\(Self.method(of: calendar))",
                "Content-Disposition: attachment; filename=\"appointment.ics\"", "Content-Transfer-Encoding: base64",
                "",
                Self.base64(calendar), "--\(boundary)--",
            ]
        } else {
            lines += text
        }
        return lines.joined(separator: "\r\n") + "\r\n"
    }

    /// RFC 2047 encoded words where it is not plain ASCII; line breaks can't get into a header.
    static func word(_ text: String) -> String {
        let oneLine = text.unicodeScalars.filter { $0.properties.generalCategory != .control }
            .reduce(into: "") { $0.unicodeScalars.append($1) }
        let isPlain = oneLine.utf8.allSatisfy { $0 >= 32 && $0 < 127 } && !oneLine.contains("=?")
        if isPlain, oneLine.utf8.count < 900,
            !oneLine.contains(where: { ",;:<>@()[]\"\\".contains($0) }) || oneLine.isEmpty
        {
            return oneLine
        }
        var words: [String] = []
        var part = ""
        for character in oneLine {
            if (part + String(character)).utf8.count > 42 {
                words.append(part)
                part = ""
            }
            part.append(character)
        }
        words.append(part)
        return words.map { "=?utf-8?B?\(Data($0.utf8).base64EncodedString())?=" }.joined(separator: "\r\n ")
    }

    /// The part's method must be the file's (RFC 6047 §2.4).
    private static func method(of calendar: String) -> String {
        calendar.contains("\r\nMETHOD:CANCEL\r\n") ? "CANCEL" : "PUBLISH"
    }

    static func address(_ text: String) -> String {
        text.unicodeScalars.filter { $0.value > 32 && $0.value != 127 && $0 != "<" && $0 != ">" }
            .reduce(into: "") { $0.unicodeScalars.append($1) }
    }

    private static func base64(_ text: String) -> String {
        Data(text.utf8).base64EncodedString(options: [
            .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
        ])
    }

    private static func dateText(_ date: Date) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss '+0000'"
        return formatter.string(from: date)
    }
}
