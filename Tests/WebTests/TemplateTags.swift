// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A template as a tree of its tags, read independently of the renderer: enough Mustache for this project's templates,
/// and an error for the rest.
indirect enum TemplateTag {
    case value(String, isRaw: Bool)
    case section(String, isInverted: Bool, [TemplateTag])
    case partial(String)

    struct Malformed: Error, CustomStringConvertible {
        let description: String
    }

    static func parse(_ text: String) throws -> [TemplateTag] {
        var open: [(name: String, isInverted: Bool, tags: [TemplateTag])] = [("", false, [])]
        var rest = text[...]
        while let start = rest.range(of: "{{") {
            let isTriple = rest[start.upperBound...].first == "{"
            let closing = isTriple ? "}}}" : "}}"
            guard let end = rest.range(of: closing, range: start.upperBound..<rest.endIndex) else {
                throw Malformed(description: "a tag is not closed: \(rest[start.lowerBound...].prefix(40))")
            }
            var inside = rest[start.upperBound..<end.lowerBound]
            rest = rest[end.upperBound...]
            if isTriple { inside = inside.dropFirst() }
            let sign = inside.first ?? " "
            let name = inside.drop { !$0.isLetter && $0 != "." }.trimmingCharacters(in: .whitespaces)
            switch sign {
            case _ where isTriple: open[open.count - 1].tags.append(.value(name, isRaw: true))
            case "#", "^": open.append((name, sign == "^", []))
            case "/":
                let closed = open.removeLast()
                guard closed.name == name, !open.isEmpty else {
                    throw Malformed(description: "{{/\(name)}} closes {{#\(closed.name)}}")
                }
                open[open.count - 1].tags.append(.section(name, isInverted: closed.isInverted, closed.tags))
            case ">": open[open.count - 1].tags.append(.partial(name))
            case "!": break
            case _ where sign.isLetter || sign == ".": open[open.count - 1].tags.append(.value(name, isRaw: false))
            default: throw Malformed(description: "{{\(inside)}} is not used in this project")
            }
        }
        guard open.count == 1 else { throw Malformed(description: "{{#\(open[open.count - 1].name)}} is not closed") }
        return open[0].tags
    }
}
