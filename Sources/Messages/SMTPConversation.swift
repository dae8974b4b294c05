// SPDX-License-Identifier: Apache-2.0

import Foundation

/// One mail's conversation with a submission server (RFC 5321, RFC 3207, RFC 4954), apart from any socket.
///
/// Feed it each reply; it says what to do next. A step that must not follow another can't be written.
struct SMTPConversation {
    struct Reply: Sendable, Equatable {
        let code: Int
        let lines: [String]
    }

    enum Action: Equatable {
        case send(String)
        /// Send this line without it ever being shown.
        case sendSecret(String)
        case startTLS
        /// The message itself, already dot-stuffed, with its final dot.
        case sendMessage(String)
        /// The server took the mail: it is its duty now.
        case accepted
    }

    struct Credentials { let user: String, password: String }

    private enum State {
        case greeting, hello, helloAgain, startingTLS, authenticating, sender, recipient, data, message
    }

    private var state = State.greeting
    private let message: MailMessage
    private let credentials: Credentials?
    private let wantsStartTLS: Bool
    private let hostName: String
    /// Whether what is sent now can't be read on the way (TLS, or the machine itself).
    private var isPrivate: Bool

    init(
        message: MailMessage, credentials: Credentials?, wantsStartTLS: Bool, isPrivate: Bool, hostName: String
    ) {
        self.message = message
        self.credentials = credentials
        self.wantsStartTLS = wantsStartTLS
        self.isPrivate = isPrivate
        self.hostName = hostName
    }

    mutating func handle(_ reply: Reply) throws(SMTPError) -> Action {
        switch state {
        case .greeting:
            try expect(220, reply)
            state = .hello
            return .send("EHLO \(hostName)")
        case .hello:
            try expect(250, reply)
            if wantsStartTLS {
                // Going on in the clear is what someone on the way would want.
                guard reply.offers("STARTTLS") else { throw .noTLS }
                state = .startingTLS
                return .send("STARTTLS")
            }
            return try afterHello(reply)
        case .startingTLS:
            try expect(220, reply)
            state = .helloAgain
            isPrivate = true
            return .startTLS
        case .helloAgain:
            try expect(250, reply)
            return try afterHello(reply)
        case .authenticating:
            guard reply.code == 235 else { throw .refused(code: reply.code, step: "signing in") }
            return mailFrom()
        case .sender:
            try expect(250, reply)
            state = .recipient
            return .send("RCPT TO:<\(MailMessage.address(message.recipient))>")
        case .recipient:
            guard reply.code == 250 || reply.code == 251 else {
                if reply.code >= 500 { throw .bounced(code: reply.code) }
                throw .refused(code: reply.code, step: "the recipient")
            }
            state = .data
            return .send("DATA")
        case .data:
            try expect(354, reply)
            state = .message
            return .sendMessage(Self.dotStuffed(message.encoded()))
        case .message:
            // After the text a lasting refusal concerns this letter, too.
            if reply.code >= 500 { throw .bounced(code: reply.code) }
            try expect(250, reply)
            return .accepted
        }
    }

    /// After STARTTLS the greeting begins again.
    var helloAfterTLS: String { "EHLO \(hostName)" }

    private mutating func afterHello(_ reply: Reply) throws(SMTPError) -> Action {
        guard let credentials else { return mailFrom() }
        guard isPrivate else { throw .passwordInTheClear }
        state = .authenticating
        let plain = Data("\0\(credentials.user)\0\(credentials.password)".utf8).base64EncodedString()
        return .sendSecret("AUTH PLAIN \(plain)")
    }

    private mutating func mailFrom() -> Action {
        state = .sender
        return .send("MAIL FROM:<\(MailMessage.address(message.sender))>")
    }

    private func expect(_ code: Int, _ reply: Reply) throws(SMTPError) {
        guard reply.code == code else { throw .refused(code: reply.code, step: "\(state)") }
    }

    /// A line that begins with a dot gets another (RFC 5321 §4.5.2); a single dot ends the message.
    static func dotStuffed(_ text: String) -> String {
        text.components(separatedBy: "\r\n").map { $0.hasPrefix(".") ? "." + $0 : $0 }.joined(separator: "\r\n")
            + (text.hasSuffix("\r\n") ? ".\r\n" : "\r\n.\r\n")
    }
}

/// Why a mail did not go out.
package enum SMTPError: Error, Sendable, Equatable {
    /// The server does not know the recipient: trying again does not help.
    case bounced(code: Int)
    case refused(code: Int, step: String)
    case noTLS
    case passwordInTheClear
    case unreadableReply
    case connection(String)

    /// Whether the server may have taken the mail all the same: the connection broke while they spoke.
    package var mayHaveLeft: Bool {
        if case .connection(let why) = self { !why.hasSuffix("does not answer") } else { false }
    }
}

extension SMTPConversation.Reply {
    func offers(_ word: String) -> Bool {
        lines.contains { $0.uppercased().split(separator: " ").first.map(String.init) == word }
    }
}

/// Collects the lines of a reply: `250-…` goes on, `250 …` ends it.
struct SMTPReplyReader {
    private var buffer: [UInt8] = []
    private var lines: [String] = []

    mutating func append(_ bytes: some Sequence<UInt8>) { buffer += bytes }

    /// The next whole reply, or nil until more has come.
    mutating func next() throws(SMTPError) -> SMTPConversation.Reply? {
        while let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
            let line = String(decoding: buffer[..<end].filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
            buffer.removeSubrange(...end)
            guard line.count >= 3, let code = Int(line.prefix(3)), lines.count < 100 else { throw .unreadableReply }
            let rest = line.dropFirst(3)
            lines.append(String(rest.dropFirst()))
            if rest.first != "-" {
                defer { lines = [] }
                return SMTPConversation.Reply(code: code, lines: lines)
            }
        }
        guard buffer.count < 10_000 else { throw .unreadableReply }
        return nil
    }
}
