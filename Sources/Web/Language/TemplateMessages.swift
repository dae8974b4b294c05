// SPDX-License-Identifier: Apache-2.0

import Content
import Foundation

/// The words of a template, apart from its markup, so that the same template serves every language.
///
/// A message is what stands between two elements or two sections, with its simple tags: "We keep {{when}} for you until
/// {{until}}" is one message, whose translation may put the tags elsewhere. In elements, the attributes that people hear or
/// read are messages, too, and those named `data-say-…`, from which scripts take their words.
struct TemplateMessages {
    private enum Piece {
        case markup(String)
        /// Words and simple tags, without the white space around them.
        case message(String)
    }

    private let pieces: [Piece]

    init(_ template: String) {
        var pieces: [Piece] = []
        var run = ""
        var rest = template[...]
        func endRun() {
            pieces += Self.pieces(ofRun: run)
            run = ""
        }
        while !rest.isEmpty {
            if rest.hasPrefix("{{") {
                let isTriple = rest.hasPrefix("{{{")
                let closing = isTriple ? "}}}" : "}}"
                guard let end = rest.range(of: closing)?.upperBound else { break }
                let tag = String(rest[..<end])
                let isSimple = !isTriple && !"#/^>!&".contains(tag.dropFirst(2).first ?? "#")
                if isSimple {
                    run += tag
                } else {
                    endRun()
                    pieces.append(.markup(tag))
                }
                rest = rest[end...]
            } else if rest.hasPrefix("<"), let end = Self.end(ofElement: rest) {
                endRun()
                pieces += Self.pieces(ofElement: String(rest[..<end]))
                rest = rest[end...]
            } else {
                run.append(rest.removeFirst())
            }
        }
        run += rest
        endRun()
        self.pieces = pieces
    }

    /// All messages that hold words, in their order.
    var messages: [String] {
        pieces.compactMap { if case .message(let text) = $0 { text } else { nil } }
    }

    /// The template in another language.
    func text(in catalogue: Catalogue) -> String {
        pieces.map { piece in
            switch piece {
            case .markup(let text): text
            case .message(let text): catalogue.translation(of: text) ?? text
            }
        }.joined()
    }

    private static func pieces(ofRun run: String) -> [Piece] {
        let words = run.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard holdsWords(words) else { return run.isEmpty ? [] : [.markup(run)] }
        let lead = run.prefix(while: \.isWhitespace)
        let trail = run.reversed().prefix(while: \.isWhitespace).reversed()
        return [.markup(String(lead)), .message(words), .markup(String(trail))]
    }

    /// Whether anything but tags, digits and signs is in it. An expression is made anew each time, and most texts need none: looking first
    /// took three quarters off the program's start.
    private static func holdsWords(_ text: String) -> Bool {
        guard text.contains(where: \.isLetter) else { return false }
        guard text.utf8.contains(UInt8(ascii: "{")) else { return true }
        return text.replacing(#/\{\{[^}]*\}\}/#, with: "").contains(where: \.isLetter)
    }

    /// Behind the `>` that closes an element; one inside of a Mustache tag closes nothing.
    private static func end(ofElement text: Substring) -> Substring.Index? {
        var depth = 0
        var index = text.startIndex
        while index < text.endIndex {
            if text[index...].hasPrefix("{{") { depth += 1 } else if text[index...].hasPrefix("}}") { depth -= 1 }
            if text[index] == ">", depth <= 0 { return text.index(after: index) }
            index = text.index(after: index)
        }
        return nil
    }

    /// How the attributes that people hear or read, or that scripts take words from, begin.
    private static let spoken = [" aria-label=", " placeholder=", " alt=", " title=", " data-say-"]

    private static func pieces(ofElement element: String) -> [Piece] {
        guard spoken.contains(where: { element.contains($0) }) else { return [.markup(element)] }
        var pieces: [Piece] = []
        var rest = element[...]
        while let next = rest.firstRange(of: #/ (aria-label|placeholder|alt|title|data-say-[a-z-]+)="/#),
            let end = rest[next.upperBound...].firstIndex(of: "\"")
        {
            let value = String(rest[next.upperBound..<end])
            pieces.append(.markup(String(rest[..<next.upperBound])))
            pieces.append(holdsWords(value) ? .message(value) : .markup(value))
            rest = rest[end...]
        }
        return pieces + [.markup(String(rest))]
    }
}
