// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// What a mail server wrote about a letter that it could not deliver (RFC 3464), read from the mail that it sent back.
package struct DeliveryReport: Sendable, Hashable {
    /// The outbox row, from the letter's own Message-ID.
    package let mail: String
    /// Only a lasting failure (`Action: failed`, `Status: 5.…`) is a bounce; "delayed" is none.
    package let isFailure: Bool
    /// "5.1.1: 550 5.1.1 no such person"
    package let reason: String

    /// - Parameter message: the bytes of the mail; nil where it is no delivery report about a letter.
    package init?(message: Data) {
        guard message.count <= 1 << 20 else { return nil }
        let mail = MIMEPart(String(decoding: message, as: UTF8.self).replacingOccurrences(of: "\r\n", with: "\n"))
        guard mail.type.hasPrefix("multipart/report"),
            let status = mail.first(where: { $0.type.hasPrefix("message/delivery-status") }),
            let original = mail.first(where: {
                $0.type.hasPrefix("message/rfc822") || $0.type.hasPrefix("text/rfc822-headers")
                    || $0.type.hasPrefix("message/global")
            })
        else { return nil }
        let headers = MIMEPart.fields(of: original.body)
        guard let messageID = headers["message-id"]?.trimmingCharacters(in: CharacterSet(charactersIn: "<> \t")),
            let name = messageID.split(separator: "@").first, !name.isEmpty
        else { return nil }
        // One group of fields about the message, then one for each recipient; a letter has one recipient.
        let groups = status.body.components(separatedBy: "\n\n").map(MIMEPart.fields(of:))
        guard let recipient = groups.first(where: { $0["action"] != nil }) else { return nil }
        let code = recipient["status"]?.split(separator: " ").first.map(String.init) ?? ""
        self.mail = String(name)
        isFailure = recipient["action"]?.lowercased().hasPrefix("failed") == true && !code.hasPrefix("4")
        let diagnostic = recipient["diagnostic-code"].map { text in
            text.split(separator: ";", maxSplits: 1).last.map { $0.trimmingCharacters(in: .whitespaces) } ?? text
        }
        reason = [code.isEmpty ? nil : code, diagnostic].compactMap { $0 }.joined(separator: ": ")
    }
}

/// One part of a MIME message (RFC 2045, 2046), as far as delivery reports use them.
private struct MIMEPart {
    let type: String
    let body: String
    let parts: [MIMEPart]

    init(_ text: String, depth: Int = 0) {
        let split = text.range(of: "\n\n")
        let fields = Self.fields(of: String(split.map { text[..<$0.lowerBound] } ?? text[...]))
        let raw = String(split.map { text[$0.upperBound...] } ?? "")
        let contentType = fields["content-type"] ?? "text/plain"
        type = contentType.lowercased()
        body =
            fields["content-transfer-encoding"]?.lowercased() == "base64"
            ? Data(base64Encoded: raw, options: .ignoreUnknownCharacters)
                .map { String(decoding: $0, as: UTF8.self).replacingOccurrences(of: "\r\n", with: "\n") } ?? ""
            : raw
        if type.hasPrefix("multipart/"), depth < 5,
            let boundary = contentType.firstMatch(of: #/(?i)boundary\s*=\s*(?:"([^"]{1,200})"|([^\s;]{1,200}))/#),
            let name = boundary.output.1 ?? boundary.output.2
        {
            parts = ("\n" + body).components(separatedBy: "\n--\(name)").dropFirst().prefix(20).compactMap { piece in
                piece.hasPrefix("--") ? nil : MIMEPart(String(piece.drop { $0 != "\n" }.dropFirst()), depth: depth + 1)
            }
        } else {
            parts = []
        }
    }

    func first(where matches: (MIMEPart) -> Bool) -> MIMEPart? {
        for part in parts {
            if matches(part) { return part }
            if let found = part.first(where: matches) { return found }
        }
        return nil
    }

    /// Header fields by their lower-case names, folded lines joined (RFC 5322 §2.2.3). The first of a name counts.
    static func fields(of text: String) -> [String: String] {
        var fields: [String: String] = [:]
        var lines: [String] = []
        for line in text.drop(while: { $0 == "\n" }).split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty { break }
            if line.first == " " || line.first == "\t", !lines.isEmpty {
                lines[lines.count - 1] += " " + line.trimmingCharacters(in: .whitespaces)
            } else {
                lines.append(String(line))
            }
        }
        for line in lines {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let name = line[..<colon].trimmingCharacters(in: .whitespaces).lowercased()
            if fields[name] == nil {
                fields[name] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            }
        }
        return fields
    }
}
