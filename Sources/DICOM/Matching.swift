// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Whether a row matches the keys of a question (PS3.4 C.2.2.2): universal, single value, list, wildcard, range, sequence.
package enum Matching {
    /// True where every key of the question matches. An empty key matches all; keys that a row does not have, too.
    package static func matches(_ keys: Attributes, _ row: Attributes) -> Bool {
        keys.elements.allSatisfy { tag, key in
            guard tag != .specificCharacterSet, let element = row[tag] else { return true }
            return matches(key, element)
        }
    }

    static func matches(_ key: Attributes.Element, _ element: Attributes.Element) -> Bool {
        if key.vr == "SQ" {
            guard case .item(let item)? = key.values.first else { return true }
            return element.values.contains { if case .item(let own) = $0 { matches(item, own) } else { false } }
        }
        let wanted = key.values.compactMap(Attributes.text).filter { !$0.isEmpty }
        guard !wanted.isEmpty else { return true }
        let own = element.values.compactMap(Attributes.text)
        // A key that is not a list of identifiers is one value, however its text falls apart at a backslash.
        return wanted.contains { word in own.contains { matches(word, $0, vr: key.vr) } }
    }

    static func matches(_ key: String, _ value: String, vr: String) -> Bool {
        switch vr {
        case "DA": inRange(key, value, width: 8)
        case "TM": inRange(key, value, width: 6)
        case "UI", "IS", "DS", "US", "UL", "SS", "SL", "FD", "FL", "AT": key == value
        case "PN": wildcard(Array(folded(key)), Array(folded(value)))
        default: wildcard(Array(key.unicodeScalars), Array(value.unicodeScalars))
        }
    }

    /// Names are compared without regard to case, accents and empty parts at their end, and "*" alone matches everything.
    private static func folded(_ name: String) -> [Unicode.Scalar] {
        let first = name.split(separator: "=", omittingEmptySubsequences: false).first.map(String.init) ?? ""
        var text = first.lowercased()
        while text.hasSuffix("^") || text.hasSuffix(" ") { text.removeLast() }
        return Array(text.decomposedStringWithoutMarks.unicodeScalars)
    }

    /// "*" is any text, "?" one letter. Linear in time: the last star alone is gone back to.
    static func wildcard(_ pattern: [Unicode.Scalar], _ text: [Unicode.Scalar]) -> Bool {
        var (p, t) = (0, 0)
        var star: (pattern: Int, text: Int)?
        while t < text.count {
            if p < pattern.count, pattern[p] == "*" {
                star = (p, t)
                p += 1
            } else if p < pattern.count, pattern[p] == "?" || pattern[p] == text[t] {
                p += 1
                t += 1
            } else if let last = star {
                p = last.pattern + 1
                t = last.text + 1
                star = (last.pattern, t)
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == "*" }
    }

    /// "20260301", "20260301-", "-20260301", "20260301-20260331"; old dates with points and times with colons, too.
    static func inRange(_ key: String, _ value: String, width: Int) -> Bool {
        func plain(_ text: some StringProtocol) -> String { String(text.filter(\.isNumber).prefix(width)) }
        func lowest(_ text: String) -> String { text + String(repeating: "0", count: max(0, width - text.count)) }
        func highest(_ text: String) -> String { text + String(repeating: "9", count: max(0, width - text.count)) }
        let own = lowest(plain(value.prefix { $0 != "." || width == 8 }))
        guard let dash = key.firstIndex(of: "-") else {
            let wanted = plain(key.prefix { $0 != "." || width == 8 })
            return wanted.isEmpty || (lowest(wanted)...highest(wanted)).contains(own)
        }
        let from = plain(key[..<dash].prefix { $0 != "." || width == 8 })
        let to = plain(key[key.index(after: dash)...].prefix { $0 != "." || width == 8 })
        return own >= lowest(from) && (to.isEmpty || own <= highest(to))
    }
}

extension String {
    fileprivate var decomposedStringWithoutMarks: String {
        String(
            String.UnicodeScalarView(
                decomposedStringWithCanonicalMapping.unicodeScalars.filter {
                    $0.properties.generalCategory != .nonspacingMark
                }))
    }
}
