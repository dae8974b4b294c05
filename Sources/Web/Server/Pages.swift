// SPDX-License-Identifier: Apache-2.0

import Foundation
import Hummingbird
import Mustache

/// The templates, read once, and the answers made of them.
package struct Pages: Sendable {
    private let library: MustacheLibrary

    /// - Throws: where a template is missing or malformed, with its name and line.
    package init() throws {
        guard let folder = Bundle.module.url(forResource: "Templates", withExtension: nil) else {
            throw MissingTemplate(name: "Templates")
        }
        var library = MustacheLibrary()
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        where file.pathExtension == "mustache" {
            try library.register(
                String(contentsOf: file, encoding: .utf8), named: file.deletingPathExtension().lastPathComponent)
        }
        self.library = library
    }

    func html(_ page: Any, template name: String, status: HTTPResponse.Status = .ok) throws -> Response {
        guard let text = library.render(page, withTemplate: name) else { throw MissingTemplate(name: name) }
        return .html(text, status: status)
    }

    /// The page as text, for tests.
    package func text(_ page: Any, template name: String) throws -> String {
        guard let text = library.render(page, withTemplate: name) else { throw MissingTemplate(name: name) }
        return text
    }
}

struct MissingTemplate: Error {
    let name: String
}
