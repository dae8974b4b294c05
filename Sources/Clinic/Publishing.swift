// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Content
import Foundation
import Storage
import Synchronization

/// The library as it stands, which the owner may change while the clinic works.
final class Bookcase: Sendable {
    private let shelf: Mutex<Library>

    init(_ library: Library) { shelf = Mutex(library) }

    var library: Library { shelf.withLock { $0 } }
    func replace(by library: Library) { shelf.withLock { $0 = library } }
}

// The clinic's own words: pages, services, articles, cases, clinicians.
extension Clinic {
    package var library: Library { bookcase.library }

    /// Puts what the clinic wrote over the texts that came with the program; done once at the start.
    func loadEdits() async throws {
        let edits = try await store.read { try ContentEdits().current(in: $0) }
        guard !edits.isEmpty else { return }
        bookcase.replace(by: try library.edited(by: edits))
    }

    package struct ContentView: Sendable {
        package let source: String
        package let isEdited: Bool
        package let isShipped: Bool
        package let history: [ContentEdits.Version]
    }

    package func content(at place: ContentPlace) async throws -> ContentView {
        let history = try await store.read { try ContentEdits().history(of: place, limit: 20, in: $0) }
        let library = library
        return ContentView(
            source: library.source(of: place) ?? "", isEdited: library.isEdited(place),
            isShipped: library.isShipped(place), history: history)
    }

    /// A text as it would be shown.
    /// - Throws: `Document.Malformed`.
    package func preview(_ text: String, at place: ContentPlace) throws -> Document {
        try Document(text, slug: place.slug, name: "the text", language: place.language)
    }

    /// Publishes a text at once; nil puts back what came with the program, or takes an own text down.
    /// - Throws: `Document.Malformed`.
    package func publish(_ text: String?, at place: ContentPlace, by actor: Actor, named name: String) async throws {
        if let text { _ = try preview(text, at: place) }
        let now = clock.now()
        let edits = try await store.write { [audit] transaction in
            try ContentEdits().write(text, at: place, by: name, at: now, in: transaction)
            try audit.record(
                text == nil ? "content.reset" : "content.write", patient: nil,
                subject: "content/\(place.folder.rawValue)/\(place.slug)/\(place.language)", by: actor, at: now,
                in: transaction)
            return try ContentEdits().current(in: transaction)
        }
        bookcase.replace(by: try library.edited(by: edits))
    }
}
