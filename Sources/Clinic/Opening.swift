// SPDX-License-Identifier: Apache-2.0

import Accounts
package import AsyncHTTPClient
import Content
import Diary
import Foundation
package import Logging
import Messages
import Payments
package import Storage

extension Clinic {
    package enum OpeningFailure: Error, CustomStringConvertible {
        case noContent
        case demoOnRealData

        package var description: String {
            switch self {
            case .noContent: "The folder Content is not found; name it with FASCIA_CONTENT."
            case .demoOnRealData:
                "This database was not made by a demonstration; start without --demo, or name another data folder."
            }
        }
    }

    /// Opens the clinic that the settings describe, on the real clock, disk and network.
    package static func open(
        _ settings: Settings, client: HTTPClient, clock: WallClock = .system, logger: Logger
    ) async throws -> Clinic {
        guard let folder = Library.folder(setting: settings.contentFolder, executable: Bundle.main.executableURL) else {
            throw OpeningFailure.noContent
        }
        let store = try await Store.open(settings.database, migrations: migrations)
        let practice: PracticeCheckout? =
            settings.isDemo && settings.stripe == nil
            ? PracticeCheckout(
                pass: try DemoPass(startedAsDemo: settings.isDemo), store: store, publicURL: settings.publicURL) : nil
        let provider =
            settings.stripe.map {
                StripeCheckout.provider(secretKey: $0.secretKey, base: $0.apiBase, client: client)
            } ?? practice?.provider ?? .notConfigured
        let transport: MailTransport? =
            settings.mail.map { mail in
                .smtp(
                    .init(
                        host: mail.host, port: mail.port, user: mail.user, password: mail.password,
                        security: [.none: .none, .starttls: .startTLS, .implicit: .implicitTLS][mail.security]
                            ?? .startTLS))
            } ?? (settings.isDemo ? .practice : nil)
        let clinic = Clinic(
            settings: settings, clock: clock, store: store,
            files: try FolderFiles(folder: settings.dataFolder), library: try Library(folder: folder),
            provider: provider, practice: practice, mailTransport: transport, logger: logger)
        try await clinic.loadEdits()
        return clinic
    }
}
