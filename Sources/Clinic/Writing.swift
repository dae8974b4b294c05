// SPDX-License-Identifier: Apache-2.0

package import Accounts
import Content
import Foundation
import Messages
import Storage

// Letters to patients, each in the language in which its reader wrote to us.
extension Clinic {
    /// Does something, such as wording times, in a patient's language.
    func inLanguage<T>(of patient: Patient, _ body: () throws -> T) rethrows -> T {
        try Catalogue.$current.withValue(library.catalogues[patient.language], operation: body)
    }

    /// Queues a letter, once for its `key`.
    func write(
        _ occasion: @autoclosure () throws -> Letters.Occasion, to patient: Patient, key: String,
        about: Outbox.About = Outbox.About(), at now: Date, delay: TimeInterval = 0, in transaction: any Transaction
    ) throws {
        try inLanguage(of: patient) {
            try letters.send(
                try occasion(), to: patient.email, language: Catalogue.current.language, key: key, about: about,
                at: now,
                delay: delay, in: transaction)
        }
    }

    /// A signed-in patient reads the site in another language than before: letters come in it, too.
    package func noteLanguage(of id: Patient.ID) async throws {
        let language = Catalogue.current.language
        let now = clock.now()
        guard try await store.read({ [patients] in try patients.find(id, in: $0)?.language != language }) else {
            return
        }
        try await store.write { [patients] in try patients.setLanguage(language, of: id, at: now, in: $0) }
    }
}
