// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A text of the clinic's: front matter between two lines of `---`, then Markdown.
///
///     ---
///     title: Acupuncture for back pain
///     date: 2026-03-02
///     included:
///       - all markers and cameras
///     ---
package struct Document: Sendable {
    /// The file's name without its ending: the last part of its address.
    package let slug: String
    package let html: String
    /// The language in which it is written: "en".
    package let language: String
    private let fields: [String: String]
    private let lists: [String: [String]]

    package struct Malformed: Error, CustomStringConvertible {
        package let description: String
    }

    /// - Parameter name: how messages call it.
    /// - Throws: `Malformed`, naming the text and the line.
    package init(_ text: String, slug: String, name: String, language: String = "en") throws {
        self.language = language
        var lines = text.components(separatedBy: "\n").map { $0.hasSuffix("\r") ? String($0.dropLast()) : $0 }[...]
        guard lines.first == "---" else {
            throw Malformed(description: "\(name), line 1: the front matter must begin with ---")
        }
        lines = lines.dropFirst()
        var fields: [String: String] = [:]
        var lists: [String: [String]] = [:]
        var current: String?
        while let line = lines.first, line != "---" {
            lines = lines.dropFirst()
            let trimmed = line.trimmingCharacters(in: .whitespaces)
            if trimmed.isEmpty || trimmed.hasPrefix("#") { continue }
            if trimmed.hasPrefix("- ") {
                guard let current else {
                    throw Malformed(
                        description: "\(name), line \(lines.startIndex): a list entry without a name above it")
                }
                lists[current, default: []].append(Self.unquoted(String(trimmed.dropFirst(2))))
                continue
            }
            guard let colon = trimmed.firstIndex(of: ":") else {
                throw Malformed(description: "\(name), line \(lines.startIndex): expected \"name: value\"")
            }
            let key = String(trimmed[..<colon])
            let value = trimmed[trimmed.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            current = key
            if !value.isEmpty { fields[key] = Self.unquoted(value) }
        }
        guard lines.first == "---" else {
            throw Malformed(description: "\(name): the front matter has no closing ---")
        }
        self.slug = slug
        self.fields = fields
        self.lists = lists
        html = Markdown.html(lines.dropFirst().joined(separator: "\n"))
        guard fields["title"] != nil || fields["name"] != nil else {
            throw Malformed(description: "\(name): the front matter has neither title nor name")
        }
    }

    package subscript(_ field: String) -> String { fields[field] ?? "" }
    package func optional(_ field: String) -> String? { fields[field] }
    package func list(_ field: String) -> [String] { lists[field] ?? [] }
    package var title: String { fields["title"] ?? fields["name"] ?? "" }

    private static func unquoted(_ text: String) -> String {
        text.count > 1 && text.hasPrefix("\"") && text.hasSuffix("\"") ? String(text.dropFirst().dropLast()) : text
    }
}
