// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// All texts, read once at start.
package struct Library: Sendable {
    package let articles: [Document]
    package let cases: [Document]
    package let services: [String: Document]
    package let clinicians: [Document]
    package let pages: [String: Document]

    /// - Throws: `Document.Malformed`.
    package init(folder: URL) throws {
        func documents(_ name: String) throws -> [Document] {
            let files =
                (try? FileManager.default.contentsOfDirectory(
                    at: folder.appendingPathComponent(name), includingPropertiesForKeys: nil)) ?? []
            return try files.filter { $0.pathExtension == "md" }
                .sorted { $0.lastPathComponent < $1.lastPathComponent }.map(Document.init(file:))
        }
        articles = try documents("articles").sorted { $0["date"] > $1["date"] }
        cases = try documents("cases").sorted { $0["date"] > $1["date"] }
        services = Dictionary(try documents("services").map { ($0.slug, $0) }, uniquingKeysWith: { first, _ in first })
        clinicians = try documents("clinicians").sorted { ($0["order"], $0.slug) < ($1["order"], $1.slug) }
        pages = Dictionary(try documents("pages").map { ($0.slug, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The folder named in the settings, else `Content` here, else beside the program or above it, else the installed one.
    package static func folder(setting: URL?, executable: URL?) -> URL? {
        if let setting { return setting }
        var candidates = [URL(fileURLWithPath: "Content", isDirectory: true)]
        var place = executable?.resolvingSymlinksInPath().deletingLastPathComponent()
        for _ in 0..<6 {
            guard let here = place, here.path != "/" else { break }
            candidates.append(here.appendingPathComponent("Content"))
            place = here.deletingLastPathComponent()
        }
        candidates.append(URL(fileURLWithPath: "/usr/share/fascia/Content", isDirectory: true))
        return candidates.first {
            FileManager.default.fileExists(atPath: $0.appendingPathComponent("pages").path)
        }
    }
}
