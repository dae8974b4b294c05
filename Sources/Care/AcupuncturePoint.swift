// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A needled point: its code in the WHO standard, side, depth, and for an ashi point its site.
package struct AcupuncturePoint: Sendable, Hashable {
    package enum Side: String, Sendable, CaseIterable { case left = "L", right = "R", both = "B", midline = "M" }

    /// "ST36", "EX-B2", "ASHI"
    package let code: String
    package let side: Side
    package let depthMillimetres: Double?
    /// Where an ashi point is, or what else was noted.
    package let site: String

    /// Points on each channel (WHO Standard Acupuncture Point Locations 2008: 361 in all).
    package static let channels: [(code: String, count: Int)] = [
        ("LU", 11), ("LI", 20), ("ST", 45), ("SP", 21), ("HT", 9), ("SI", 19), ("BL", 67), ("KI", 27), ("PC", 9),
        ("TE", 23), ("GB", 44), ("LR", 14), ("GV", 28), ("CV", 24),
    ]

    /// Other names of channels, as people write them.
    private static let aliases = [
        "UB": "BL", "SJ": "TE", "TH": "TE", "TW": "TE", "DU": "GV", "REN": "CV", "P": "PC", "LIV": "LR", "LV": "LR",
        "K": "KI", "KID": "KI", "H": "HT", "HE": "HT", "G": "GB", "B": "BL",
    ]

    /// Extra points by region (WHO 1991): head and neck, chest and abdomen, back, upper and lower limb, with their counts.
    private static let extras = ["HN": 15, "CA": 1, "B": 9, "UE": 11, "LE": 12]

    /// The standard's spelling of a code, or why it is none.
    package static func standardCode(_ typed: String) throws(CareError) -> String {
        let text = typed.uppercased().filter { $0 != " " }
        if text == "ASHI" || text == "A-SHI" { return "ASHI" }
        if text.hasPrefix("EX") {
            let rest = text.dropFirst(2).drop { $0 == "-" }
            let region = String(rest.prefix { $0.isLetter })
            guard let count = extras[region], let number = Int(rest.dropFirst(region.count)),
                (1...count).contains(number)
            else {
                throw .field(
                    "points", "“\(typed)” is no extra point. Write EX-HN, EX-CA, EX-B, EX-UE or EX-LE and its number.")
            }
            return "EX-\(region)\(number)"
        }
        let letters = String(text.prefix { $0.isLetter })
        let channel = aliases[letters] ?? letters
        guard let count = channels.first(where: { $0.code == channel })?.count else {
            throw .field("points", "“\(typed)” names no channel. Write LI4, ST36, EX-B2 or ASHI.")
        }
        guard let number = Int(text.dropFirst(letters.count).drop { $0 == "-" }), (1...count).contains(number) else {
            throw .field("points", "“\(typed)” does not exist: \(channel) has the points 1 to \(count).")
        }
        return "\(channel)\(number)"
    }

    /// Reads "LI4 B 15, ST36 L 25, ASHI L 20 (front of the thigh)": points divided by commas or lines; side, depth in millimetres and
    /// a site in parentheses are optional. Where no side is written, channels with one line are midline, others both.
    package static func list(_ text: String) throws(CareError) -> [AcupuncturePoint] {
        var points: [AcupuncturePoint] = []
        for part in text.split(whereSeparator: { $0 == "," || $0 == ";" || $0.isNewline }) {
            var words = part.trimmingCharacters(in: .whitespaces)
            guard !words.isEmpty else { continue }
            var site = ""
            if let open = words.firstIndex(of: "(") {
                site = String(words[words.index(after: open)...].prefix { $0 != ")" })
                words = String(words[..<open])
            }
            var tokens = words.split(separator: " ").map(String.init)
            // "LI 4" is LI4.
            if tokens.count > 1, tokens[0].allSatisfy(\.isLetter), tokens[0].uppercased() != "ASHI",
                Int(tokens[1]) != nil
            {
                tokens = ["\(tokens[0])\(tokens[1])"] + tokens.dropFirst(2)
            }
            guard let first = tokens.first else { continue }
            let code = try standardCode(first)
            var side: Side = code.hasPrefix("GV") || code.hasPrefix("CV") ? .midline : .both
            var depth: Double?
            for token in tokens.dropFirst() {
                let number = token.lowercased().hasSuffix("mm") ? String(token.dropLast(2)) : token
                if let known = Side(rawValue: token.uppercased()) {
                    side = known
                } else if let value = Double(number), (1...120).contains(value) {
                    depth = value
                } else {
                    throw .field(
                        "points", "“\(token)” after \(code) is neither a side (L, R, B, M) nor a depth in millimetres.")
                }
            }
            if code == "ASHI", site.isEmpty {
                throw .field("points", "Write the site of an ashi point: ASHI L 20 (front of the thigh).")
            }
            points.append(AcupuncturePoint(code: code, side: side, depthMillimetres: depth, site: site))
        }
        return points
    }

    /// Needles that this point takes.
    package var needleCount: Int { side == .both ? 2 : 1 }

    /// "ST36 B 25 mm"
    package var text: String {
        "\(code) \(side.rawValue)" + (depthMillimetres.map { " \(Int($0))" } ?? "") + (site.isEmpty ? "" : " (\(site))")
    }

    var channel: String { String(code.prefix { $0.isLetter }) }
    var number: Int { Int(code.drop { !$0.isNumber }) ?? 0 }
}
