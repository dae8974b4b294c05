// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AsyncHTTPClient
import Clinic
import DICOM
import Foundation
import Hummingbird
import Logging
import ServiceLifecycle
import Storage
import UnixSignals
import Web

/// Runs the clinic.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the clinic: site, desk, API, jobs.")

    @OptionGroup var options: SettingsOptions

    @Flag(help: "Fill an empty data folder with the demonstration clinic and print its accounts.")
    var demo = false

    @Option(help: "The address to listen on (default 127.0.0.1).")
    var host: String?

    @Option(help: "The port to listen on (default 8080).")
    var port: Int?

    @Option(help: "The port on which ultrasound machines reach worklist and storage; without it, none does.")
    var dicomPort: Int?

    func run() async throws {
        LoggingSystem.bootstrap { LogLines(label: $0) }
        let logger = Logger(label: "fascia")
        let settings = try await options.settings(demo: demo, host: host, port: port, dicomPort: dicomPort)
        let client = HTTPClient(eventLoopGroupProvider: .singleton)
        let clinic: Clinic
        do {
            clinic = try await Clinic.open(
                settings, client: client, clock: settings.demoClock.map { .file($0) } ?? .system, logger: logger)
            if settings.isDemo { try await Demo.fill(clinic) }
        } catch {
            try? await client.shutdown()
            throw error
        }
        if settings.isDemo { printAccounts(settings) }

        let listener: DICOMListener?
        do {
            listener = try clinic.machineListener()
        } catch {
            try? await client.shutdown()
            throw error
        }
        listener?.start()
        let application = Application(
            router: try WebServer.router(for: clinic),
            configuration: .init(address: .hostname(settings.host, port: settings.port), serverName: nil),
            onServerRunning: { _ in
                logger.info("Fascia is open.", metadata: ["address": "http://\(settings.host):\(settings.port)"])
            }, logger: logger)
        let services: [any Service] = [
            application, JobService(clinic: clinic, logger: logger), HouseKeeping(clinic: clinic),
            DemoWalk(clinic: clinic, logger: logger),
            RoomWatch(clinic: clinic),
        ]
        let group = ServiceGroup(
            configuration: .init(
                services: services.map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger))
        do {
            try await group.run()
            listener?.stop()
        } catch {
            listener?.stop()
            try? await client.shutdown()
            throw error
        }
        try await client.shutdown()
        try await clinic.store.close()
    }

    private func printAccounts(_ settings: Settings) {
        var text = "\nFascia, demonstration clinic: http://\(settings.host):\(settings.port)\n\n"
        text += "Staff sign in at http://\(settings.host):\(settings.port)/staff/sign-in with\n"
        for account in Demo.accounts { text += "  \(account.email) \(account.password)\n" }
        if settings.hasDemoWalker {
            text += "\nA patient with two gait reports signs in with the one-time link to \(Demo.walkerEmail)\n"
        }
        text += "\nMail goes to http://\(settings.host):\(settings.port)/practice/mail\n\n"
        try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    }
}

/// Does the jobs until the program is asked to stop; a job begun is finished.
private struct JobService: Service {
    let clinic: Clinic
    let logger: Logger

    func run() async throws {
        // Several, so that one slow webhook receiver holds up no mail; and one for what computes long.
        let lanes = [JobLane](repeating: .allBut(Clinic.longJobs), count: 3) + [.only(Clinic.longJobs)]
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                for lane in lanes {
                    let runner = JobRunner(
                        store: clinic.store, clock: clinic.clock, handlers: clinic.jobHandlers, lane: lane,
                        logger: logger)
                    group.addTask { await runner.run() }
                }
            }
        }
    }
}

/// The demonstration's walker visits the gait laboratory while the clinic is open already, so that nobody waits for it.
private struct DemoWalk: Service {
    let clinic: Clinic
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            if clinic.settings.isDemo, clinic.settings.hasDemoWalker {
                do { try await Demo.walk(through: clinic) } catch {
                    logger.warning("The demonstration's walker has no report.", metadata: ["error": "\(error)"])
                }
            }
            // A service that ends would end the clinic.
            while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
        }
    }
}

private struct HouseKeeping: Service {
    let clinic: Clinic

    func run() async throws {
        await cancelWhenGracefulShutdown { await clinic.keepHouse() }
    }
}

/// Tells pages that listen to rooms what happens there.
private struct RoomWatch: Service {
    let clinic: Clinic

    func run() async throws {
        await cancelWhenGracefulShutdown { await clinic.watchRooms() }
    }
}
