// SPDX-License-Identifier: Apache-2.0

package import Content
import Foundation
import Hummingbird
import Mustache

/// The templates, read once, and the answers made of them.
package struct Pages: Sendable {
    private let libraries: [String: MustacheLibrary]

    /// - Throws: where a template is missing or malformed, with its name and line.
    package init(catalogues: [Catalogue] = [.english]) throws {
        guard let folder = Bundle.module.url(forResource: "Templates", withExtension: nil) else {
            throw MissingTemplate(name: "Templates")
        }
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "mustache" }
            .map { (try String(contentsOf: $0, encoding: .utf8), $0.deletingPathExtension().lastPathComponent) }
        var libraries: [String: MustacheLibrary] = [:]
        for catalogue in catalogues {
            var library = MustacheLibrary()
            for (text, name) in files {
                try library.register(
                    catalogue.isEnglish ? text : TemplateMessages(text).text(in: catalogue), named: name)
            }
            libraries[catalogue.language] = library
        }
        self.libraries = libraries
    }

    /// The templates in the language of what is being answered now.
    private var library: MustacheLibrary? { libraries[Catalogue.current.language] ?? libraries["en"] }

    func html(_ page: Any, template name: String, status: HTTPResponse.Status = .ok) throws -> Response {
        guard let text = library?.render(page, withTemplate: name) else { throw MissingTemplate(name: name) }
        return .html(text, status: status)
    }

    /// The page as text, for tests.
    package func text(_ page: Any, template name: String) throws -> String {
        guard let text = library?.render(page, withTemplate: name) else { throw MissingTemplate(name: name) }
        return text
    }
}

struct MissingTemplate: Error {
    let name: String
}
