// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Clinic
import Configuration
import Foundation
import Storage
import SystemPackage

/// Where the data is: the options that every command about a running clinic shares.
///
/// Each setting is taken from the command line, else from the environment (`FASCIA_DATA` …), else from the file that
/// `FASCIA_CONFIG` names (JSON, the same names under `"fascia"`), else from its default.
struct SettingsOptions: ParsableArguments {
    @Option(help: "The folder that holds everything the embedded default writes.")
    var data: String?

    @Option(help: "A PostgreSQL URL, instead of the embedded database.")
    var database: String?

    func settings(
        demo: Bool = false, host: String? = nil, port: Int? = nil
    ) async throws -> Settings {
        let environment = ProcessInfo.processInfo.environment
        var providers: [any ConfigProvider] = [EnvironmentVariablesProvider()]
        if let file = environment["FASCIA_CONFIG"] {
            providers.append(try await FileProvider<JSONSnapshot>(filePath: FilePath(file)))
        }
        let config = ConfigReader(providers: providers).scoped(to: "fascia")

        let folder = URL(fileURLWithPath: data ?? config.string(forKey: "data") ?? "data", isDirectory: true)
        let database = database ?? config.string(forKey: "database", isSecret: true)
        let host = host ?? config.string(forKey: "host") ?? "127.0.0.1"
        let port = port ?? config.int(forKey: "port") ?? 8080
        let demo = demo || config.bool(forKey: "demo", default: false)
        let publicURL = config.string(forKey: "public.url") ?? "http://\(host):\(port)"
        var settings = Settings(
            host: host, port: port, dataFolder: folder,
            database: database.map { .postgresql($0) } ?? .sqlite(folder.appendingPathComponent("fascia.sqlite")),
            publicURL: publicURL.hasSuffix("/") ? String(publicURL.dropLast()) : publicURL,
            isDemo: demo,
            contentFolder: config.string(forKey: "content").map { URL(fileURLWithPath: $0, isDirectory: true) },
            stripe: try stripe(config), mail: try mail(config),
            trustedProxies: Set(list(config.string(forKey: "trusted.proxies"))))
        if let seconds = config.int(forKey: "hold.seconds") { settings.holdSeconds = Double(max(1, seconds)) }
        if let seconds = config.int(forKey: "waitlist.seconds") { settings.waitlistSeconds = Double(max(1, seconds)) }
        settings.hasDemoWalker = config.bool(forKey: "demo.walker", default: true)
        return settings
    }

    private func stripe(_ config: ConfigReader) throws -> Settings.Stripe? {
        guard let key = config.string(forKey: "stripe.secret.key", isSecret: true) else { return nil }
        let base = config.string(forKey: "stripe.api.base") ?? "https://api.stripe.com"
        guard let url = URL(string: base), url.host != nil else {
            throw ValidationError("FASCIA_STRIPE_API_BASE is no URL: \(base)")
        }
        let secrets = list(config.string(forKey: "stripe.webhook.secrets", isSecret: true))
        guard !secrets.isEmpty else {
            throw ValidationError(
                "FASCIA_STRIPE_SECRET_KEY is set but FASCIA_STRIPE_WEBHOOK_SECRETS is not: without it no payment could "
                    + "be believed. Copy the signing secret (whsec_…) from Stripe's webhook page.")
        }
        return Settings.Stripe(secretKey: key, apiBase: url, webhookSecrets: secrets)
    }

    private func mail(_ config: ConfigReader) throws -> Settings.Mail? {
        guard let host = config.string(forKey: "smtp.host") else { return nil }
        let word = config.string(forKey: "smtp.tls") ?? "starttls"
        guard let security = Settings.Mail.Security(rawValue: word) else {
            throw ValidationError("FASCIA_SMTP_TLS is \"\(word)\"; it may be none, starttls or implicit.")
        }
        let usual = [Settings.Mail.Security.none: 25, .starttls: 587, .implicit: 465][security] ?? 587
        return Settings.Mail(
            host: host, port: config.int(forKey: "smtp.port") ?? usual, user: config.string(forKey: "smtp.user"),
            password: config.string(forKey: "smtp.password", isSecret: true), security: security,
            sender: config.string(forKey: "mail.sender") ?? "clinic@\(host)")
    }

    private func list(_ text: String?) -> [String] {
        (text ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
}
