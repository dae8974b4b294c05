// SPDX-License-Identifier: Apache-2.0

package import Foundation
import Storage

/// One message of a room, in its order.
package struct Signal: Sendable, Hashable {
    package enum Kind: String, Sendable, Codable, Bindable {
        case hello, description, candidate, media, chat
        /// What the clinic says to the waiting room.
        case notice
        case pain, pictureAsked, pictureAnswered
    }

    package let number: Int64
    /// Nil where the clinic itself speaks.
    package let sender: VideoParty.ID?
    package let recipient: VideoParty.ID?
    package let kind: Kind
    /// JSON in one line.
    package let body: String
    /// The name that its sender gave it.
    package let client: String
    package let sentAt: Date

    init(_ row: Row) throws {
        client = try row.get("client")
        number = try row.get("number")
        let from: String = try row.get("sender")
        sender = from == Signals.clinicSender ? nil : VideoParty.ID(from)
        recipient = try row.get("recipient")
        kind = try row.get("kind")
        body = try row.get("body")
        sentAt = try row.get("sent_at")
    }
}

/// What a browser may send: nothing but these, no longer than this, and only the fields that are named.
package enum SignalContent: Sendable, Hashable {
    /// "This page of mine is here." `page` is the page's own random name.
    package struct Hello: Sendable, Hashable, Codable {
        package let page: String
    }

    /// A session description (RFC 8829), for one page of one party.
    package struct Description: Sendable, Hashable, Codable {
        package enum Kind: String, Sendable, Codable { case offer, answer, rollback }
        package let page: String
        package let toPage: String
        package let type: Kind
        package let sdp: String
    }

    /// An ICE candidate (RFC 8838); an empty one ends a generation.
    package struct Candidate: Sendable, Hashable, Codable {
        package let page: String
        package let toPage: String
        package let candidate: String
        package let sdpMid: String?
        package let sdpMLineIndex: Int?
        package let usernameFragment: String?
    }

    /// What of oneself is on.
    package struct Media: Sendable, Hashable, Codable {
        package let microphone: Bool
        package let camera: Bool
        package let screen: Bool
    }

    package struct Chat: Sendable, Hashable, Codable {
        package let text: String
    }

    case hello(Hello)
    case description(Description)
    case candidate(Candidate)
    case media(Media)
    case chat(Chat)

    static let longestDescription = 32_000
    static let longestCandidate = 1_000
    static let longestChat = 2_000
    private static let longestName = 64

    var kind: Signal.Kind {
        switch self {
        case .hello: .hello
        case .description: .description
        case .candidate: .candidate
        case .media: .media
        case .chat: .chat
        }
    }

    /// Why it is not taken, in words; nil where it is.
    var fault: String? {
        func named(_ names: String?...) -> Bool {
            names.allSatisfy { name in name.map { (1...Self.longestName).contains($0.utf8.count) } ?? true }
        }
        switch self {
        case .hello(let hello): return named(hello.page) ? nil : "a page's name is 1 to 64 characters"
        case .description(let value):
            guard named(value.page, value.toPage) else { return "a page's name is 1 to 64 characters" }
            return value.sdp.utf8.count <= Self.longestDescription ? nil : "a description is at most 32 kB"
        case .candidate(let value):
            guard named(value.page, value.toPage), named(value.sdpMid?.isEmpty == true ? nil : value.sdpMid),
                value.candidate.utf8.count <= Self.longestCandidate, (value.usernameFragment?.utf8.count ?? 0) <= 256
            else { return "a candidate is at most 1 kB" }
            return nil
        case .media: return nil
        case .chat(let chat):
            guard chat.text.contains(where: { !$0.isWhitespace }) else { return "it is empty" }
            return chat.text.utf8.count <= Self.longestChat ? nil : "a message is at most 2,000 characters"
        }
    }

    func body() throws -> String {
        func text(_ value: some Encodable) throws -> String {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        }
        return switch self {
        case .hello(let value): try text(value)
        case .description(let value): try text(value)
        case .candidate(let value): try text(value)
        case .media(let value): try text(value)
        case .chat(let value): try text(value)
        }
    }
}

/// A message as a browser sends it, with the name that it gave it: sent again under the same name, it is the same message.
package struct SignalDraft: Sendable, Hashable, Decodable {
    package let client: String
    package let recipient: VideoParty.ID?
    package let content: SignalContent

    package init(client: String, recipient: VideoParty.ID? = nil, content: SignalContent) {
        self.client = client
        self.recipient = recipient
        self.content = content
    }

    private enum Key: String, CodingKey { case id, to, kind, body }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        client = try container.decode(String.self, forKey: .id)
        recipient = try container.decodeIfPresent(VideoParty.ID.self, forKey: .to)
        switch try container.decode(Signal.Kind.self, forKey: .kind) {
        case .hello: content = .hello(try container.decode(SignalContent.Hello.self, forKey: .body))
        case .description: content = .description(try container.decode(SignalContent.Description.self, forKey: .body))
        case .candidate: content = .candidate(try container.decode(SignalContent.Candidate.self, forKey: .body))
        case .media: content = .media(try container.decode(SignalContent.Media.self, forKey: .body))
        case .chat: content = .chat(try container.decode(SignalContent.Chat.self, forKey: .body))
        case .notice, .pain, .pictureAsked, .pictureAnswered:
            throw DecodingError.dataCorruptedError(
                forKey: .kind, in: container, debugDescription: "only the clinic says this")
        }
    }
}
