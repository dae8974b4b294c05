// SPDX-License-Identifier: Apache-2.0

import Accounts
import Content
import Diary
import Foundation
import Logging
import Messages
import Payments
import Storage
import StorageTesting
import Synchronization
import Testing

@testable import Clinic

/// The demo clinic on one engine, with a clock that the test moves, a letter box that it looks into and a webhook receiver.
struct LetterHouse: Sendable {
    let clinic: Clinic
    let time: Held<Date>
    /// What arrived.
    let box: Held<[MailMessage]>
    /// Errors that the mail server answers with, by recipient.
    let refusals: Held<[String: SMTPError]>
    let calls: Held<[WebhookTransport.Call]>
    /// The statuses that the webhook receiver answers with next; 200 once they are used up.
    let answers: Held<[Int]>
    let desk: Actor

    static func onEachEngine(
        at now: String = "2026-03-02T07:00:00-05:00", isDemo: Bool = true,
        _ body: @Sendable (LetterHouse) async throws -> Void
    ) async throws {
        let start = try instant(now)
        try await withEachStore(Clinic.migrations) { store in
            let time = Held(start)
            let box = Held<[MailMessage]>([])
            let refusals = Held<[String: SMTPError]>([:])
            let calls = Held<[WebhookTransport.Call]>([])
            let answers = Held<[Int]>([])
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("letters-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: folder) }
            let content = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appendingPathComponent("Content")
            let clinic = Clinic(
                settings: Settings(
                    host: "127.0.0.1", port: 1, dataFolder: folder, database: .sqlite(folder),
                    publicURL: "https://clinic.example", isDemo: isDemo, contentFolder: nil, stripe: nil, mail: nil,
                    trustedProxies: []),
                clock: WallClock { time.value }, store: store, files: try FolderFiles(folder: folder),
                library: try Library(folder: content), provider: .notConfigured, practice: nil,
                mailTransport: MailTransport { message in
                    if let refusal = refusals.value[message.recipient] { throw refusal }
                    box.change { $0.append(message) }
                },
                webhookTransport: WebhookTransport { call in
                    calls.change { $0.append(call) }
                    return answers.change { $0.isEmpty ? 200 : $0.removeFirst() }
                }, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
            let desk = try await store.write { transaction -> Actor in
                let clinician = try clinic.staff.add(
                    name: "Theo Inkwell", email: "theo@example.org", role: .clinician, passwordHash: "-",
                    by: .system("test"), at: start, in: transaction)
                try DemoDiary.seed(
                    clinic.definitions, staff: [clinician.id, clinician.id, clinician.id], in: transaction)
                return .staff(clinician.id, .desk)
            }
            try await body(
                LetterHouse(
                    clinic: clinic, time: time, box: box, refusals: refusals, calls: calls, answers: answers,
                    desk: desk))
        }
    }

    /// Books as the public does, or as staff.
    func book(
        _ start: String, service: String = "consultation", by actor: Actor = .visitor, email: String = "ana@example.org"
    ) async throws -> Booking {
        let start = try instant(start)
        return try await clinic.store.write { [clinic] transaction in
            let patient = try clinic.patients.findOrAdd(
                ContactDetails(name: "Ana Example", email: email, phone: "555 0100"), by: actor, at: clinic.clock.now(),
                in: transaction)
            let booked = try clinic.bookings.book(
                .init(service: service, start: start, patient: patient.id, name: patient.name), by: actor,
                in: transaction)
            try clinic.bookingChanged(
                booked.booking, what: .created, by: actor, manage: booked.manage, in: transaction)
            return booked.booking
        }
    }

    /// Does what `change` does to the booking, and tells the clinic of it.
    @discardableResult
    func change(
        _ id: Booking.ID, _ what: BookingChange, by actor: Actor,
        _ change: @escaping @Sendable (Bookings, any Transaction) throws -> Booking
    ) async throws -> Booking {
        try await clinic.store.write { [clinic] transaction in
            let booking = try change(clinic.bookings, transaction)
            try clinic.bookingChanged(booking, what: what, by: actor, in: transaction)
            return booking
        }
    }

    func move(_ booking: Booking, to start: String, by actor: Actor) async throws -> Booking {
        let start = try instant(start)
        return try await change(booking.id, .moved, by: actor) { try $0.move(booking.id, to: start, by: actor, in: $1) }
    }

    func cancel(_ booking: Booking, by actor: Actor) async throws {
        try await change(booking.id, .cancelled, by: actor) { try $0.cancel(booking.id, by: actor, in: $1) }
    }

    /// Lets the time come and does everything that is due by then.
    func pass(until moment: String) async throws {
        time.value = try instant(moment)
        try await work()
    }

    func pass(_ seconds: TimeInterval) async throws {
        time.change { $0 += seconds }
        try await work()
    }

    func work() async throws {
        try await JobRunner(
            store: clinic.store, clock: clinic.clock, handlers: clinic.jobHandlers, logger: clinic.logger
        ).runDue()
    }

    /// The subjects that arrived, shortened to their first words.
    var subjects: [String] { box.value.map { String($0.subject.prefix { $0 != ":" }) } }
}

/// A value that a test shares with what it tests.
final class Held<Value: Sendable>: Sendable {
    private let held: Mutex<Value>
    init(_ value: Value) { held = Mutex(value) }
    var value: Value {
        get { held.withLock { $0 } }
        set { held.withLock { $0 = newValue } }
    }
    @discardableResult
    func change<Result: Sendable>(_ body: @Sendable (inout Value) -> Result) -> Result { held.withLock { body(&$0) } }
}

func instant(_ text: String) throws -> Date { try #require(ISO8601DateFormatter().date(from: text)) }
