// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Clinic
import Configuration
import DICOM
import Foundation
import Storage
import SystemPackage
import Telehealth

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
        demo: Bool = false, host: String? = nil, port: Int? = nil, dicomPort: Int? = nil
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
        settings.machines = try machines(config, host: host, port: dicomPort)
        if settings.isDemo { settings.demoClock = config.string(forKey: "demo.clock").map { URL(fileURLWithPath: $0) } }
        settings.hasDemoWalker = config.bool(forKey: "demo.walker", default: true)
        settings.hasDemoLoops = config.bool(forKey: "demo.loops", default: true)
        settings.relay = try relay(config)
        return settings
    }

    private func machines(_ config: ConfigReader, host: String, port: Int?) throws -> Settings.Machines? {
        guard let port = port ?? config.int(forKey: "dicom.port") else { return nil }
        guard (1...65535).contains(port) else { throw ValidationError("--dicom-port is a port, 1 to 65535.") }
        var machines = Settings.Machines(host: config.string(forKey: "dicom.host") ?? host, port: port)
        if let title = config.string(forKey: "dicom.title") {
            guard (1...16).contains(title.utf8.count), title.allSatisfy({ $0.isASCII && $0 != "\\" }) else {
                throw ValidationError("FASCIA_DICOM_TITLE is an AE title: 1 to 16 letters and digits.")
            }
            machines.title = title
        }
        machines.peers = try list(config.string(forKey: "dicom.peers")).map { text in
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            let names = parts[0].split(separator: "@", omittingEmptySubsequences: false).map(String.init)
            guard names.count == 2, !names[0].isEmpty, !names[1].isEmpty else {
                throw ValidationError(
                    "FASCIA_DICOM_PEERS lists machines as TITLE@ADDRESS or TITLE@ADDRESS=DEVICE; \"\(text)\" is none.")
            }
            return .init(
                title: names[0] == "*" ? nil : names[0], address: names[1] == "*" ? nil : names[1],
                device: parts.count > 1 ? parts[1] : nil)
        }
        machines.reportedTo = try list(config.string(forKey: "dicom.report.to")).map { text in
            let names = text.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
            let port = names.last?.split(separator: ":").last.flatMap { Int($0) } ?? 0
            guard names.count == 2, (1...16).contains(names[0].utf8.count), names[1].split(separator: ":").count == 2,
                (1...65535).contains(port)
            else {
                throw ValidationError(
                    "FASCIA_DICOM_REPORT_TO lists machines as TITLE@HOST:PORT; \"\(text)\" is none.")
            }
            return .init(title: names[0], address: names[1])
        }
        machines.services = list(config.string(forKey: "dicom.services"))
        machines.tlsKey = config.string(forKey: "dicom.tls.key")
        machines.tlsCertificate = config.string(forKey: "dicom.tls.certificate")
        machines.tlsAuthority = config.string(forKey: "dicom.tls.authority")
        if (machines.tlsKey == nil) != (machines.tlsCertificate == nil) {
            throw ValidationError(
                "FASCIA_DICOM_TLS_KEY and FASCIA_DICOM_TLS_CERTIFICATE go together; set both or none.")
        }
        if let most = config.int(forKey: "dicom.associations") { machines.associations = max(1, most) }
        if let seconds = config.int(forKey: "dicom.idle.seconds") { machines.idleSeconds = min(max(1, seconds), 3600) }
        return machines
    }

    private func relay(_ config: ConfigReader) throws -> RelaySettings {
        let relay = RelaySettings(
            turnURLs: list(config.string(forKey: "turn.urls")),
            secret: config.string(forKey: "turn.secret", isSecret: true) ?? "",
            stunURLs: list(config.string(forKey: "stun.urls")),
            isRelayOnly: config.bool(forKey: "turn.only", default: false))
        let wrong = relay.turnURLs.first { !$0.hasPrefix("turn:") && !$0.hasPrefix("turns:") }
        if let wrong {
            throw ValidationError("FASCIA_TURN_URLS holds \"\(wrong)\"; write turn:HOST:3478 or turns:HOST:5349.")
        }
        guard relay.turnURLs.isEmpty == relay.secret.isEmpty else {
            throw ValidationError(
                "FASCIA_TURN_URLS and FASCIA_TURN_SECRET belong together; the secret is coturn's static-auth-secret "
                    + "(docs/telehealth.md).")
        }
        guard !relay.isRelayOnly || relay.hasRelay else {
            throw ValidationError("FASCIA_TURN_ONLY needs a relay: set FASCIA_TURN_URLS and FASCIA_TURN_SECRET.")
        }
        return relay
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
