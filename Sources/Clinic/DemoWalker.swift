// SPDX-License-Identifier: Apache-2.0

import Accounts
import Crypto
import Diary
import Foundation
import Gait
import GaitLab
import Payments
import Storage

extension Demo {
    /// The demonstration's walker, who does not exist: two visits to the gait laboratory, twelve weeks apart.
    package static let walkerEmail = "walker@demo.example"

    private struct Visit {
        var name: String
        var weeksAgo: Double
        var walker: SimulatedWalker
        var question: String
        var words: String
    }

    private static var visits: [Visit] {
        var before = SimulatedWalker()
        before.cadenceStepsPerMinute = 94
        before.leftStepLengthMetres = 0.46
        before.rightStepLengthMetres = 0.55
        before.stanceFraction = 0.65
        var after = SimulatedWalker()
        after.cadenceStepsPerMinute = 110
        after.leftStepLengthMetres = 0.61
        after.rightStepLengthMetres = 0.60
        return [
            Visit(
                name: "before", weeksAgo: 12, walker: before,
                question: "Since my ankle sprain I feel that I limp. Do I?",
                words:
                    "Yes, a little: your left step is shorter than your right one, and you walk slowly.\n\nWe train the "
                    + "calf for twelve weeks and measure again."),
            Visit(
                name: "after", weeksAgo: 0, walker: after, question: "Have the twelve weeks of training helped?",
                words:
                    "They have: your steps are even again and you walk faster.\n\nThe curves below show before and after; "
                    + "the walker is simulated, so take them as a picture of the report and not of a person."),
        ]
    }

    /// Takes the walker through both visits as a clinic would. Done again, it goes on where it stopped.
    package static func walk(through clinic: Clinic) async throws {
        guard
            let clinician = try await clinic.store.read({
                try clinic.staff.find(email: accounts[1].email, in: $0)
            })
        else { return }
        let actor = Actor.staff(clinician.id, .clinician)
        var earlier: Order.ID?
        for visit in visits {
            let order = try await place(visit, clinic)
            let known = try await clinic.store.read { try Reports().find(order: order.description, in: $0) }
            if !(known?.isReleased ?? false) {
                try await send(visit, order, actor, clinic)
                guard try await isAnalysed(order, clinic) else { return }
                if let earlier { try await clinic.compareGait(order: order, with: earlier, by: actor) }
                try await clinic.writeReport(visit.words, order: order, release: true, by: actor)
            }
            earlier = order
        }
    }

    private static func moment(_ visit: Visit, _ clinic: Clinic) -> Date {
        clinic.clock.now().addingTimeInterval(-visit.weeksAgo * 7 * 86_400)
    }

    /// An order that costs nothing, so that the demonstration's books stay empty.
    private static func place(_ visit: Visit, _ clinic: Clinic) async throws -> Order.ID {
        let now = moment(visit, clinic)
        return try await clinic.store.write { [orders = clinic.orders, patients = clinic.patients] transaction in
            let patient = try patients.findOrAdd(
                ContactDetails(name: "Wren Walker", email: walkerEmail, phone: nil), by: .system("demo"), at: now,
                in: transaction)
            let order = try orders.place(
                Orders.Request(
                    patient: patient, contactName: patient.name, serviceSlug: "3d-gait", serviceName: "3D Gait",
                    price: Money(minorUnits: 0, currency: "USD"), question: visit.question,
                    formAttempt: "demo-walker-\(visit.name)", access: Secret.random()), by: .system("demo"), at: now,
                in: transaction)
            _ = try orders.settleFree(order, at: now, in: transaction)
            return order.id
        }
    }

    /// The standing trial and three walks, each at a slightly different pace.
    private static func send(_ visit: Visit, _ order: Order.ID, _ actor: Actor, _ clinic: Clinic) async throws {
        var files = [("standing.c3d", C3DWriter.write(visit.walker.standingRecording()))]
        for (number, pace) in [0.97, 1.0, 1.04].enumerated() {
            var walker = visit.walker
            walker.cadenceStepsPerMinute *= pace
            files.append(("walk-\(number + 1).c3d", C3DWriter.write(walker.recording())))
        }
        let now = moment(visit, clinic)
        for (name, bytes) in files {
            let sha256 = SHA256.hash(data: bytes).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
                .joined()
            let told = try FileAnnouncement(
                fileName: name, byteCount: Int64(bytes.count), sha256: sha256, accepted: Upload.accepted)
            let upload = try await clinic.store.write { [orders = clinic.orders] transaction in
                guard let known = try orders.find(order, in: transaction) else { throw OrderRefusal.unknownOrder }
                return try Uploads().start(
                    told, orderID: order.description, patient: known.patient, by: actor, at: now, in: transaction)
            }
            let received = try await upload.transfer.received(in: clinic.files)
            if received < Int64(bytes.count) {
                _ = try await upload.transfer.append(
                    Array(bytes[Int(received)...]), at: received, in: clinic.files)
            }
            let file = try await upload.transfer.seal(in: clinic.files)
            try await clinic.store.write { transaction in
                _ = try Uploads().finish(upload.id, file: file, by: actor, at: now, in: transaction)
            }
        }
        var settings = LabSettings()
        settings.options.markerDiameterMillimetres = 14
        settings.options.flatFoot = .init(left: true, right: true)
        try await clinic.chooseGaitSettings(settings, norm: nil, order: order, by: actor)
    }

    /// Waits for the jobs, a minute at most.
    private static func isAnalysed(_ order: Order.ID, _ clinic: Clinic) async throws -> Bool {
        for _ in 0..<600 {
            let (visit, recordings) = try await clinic.store.read { transaction in
                (
                    try Visits().find(order.description, in: transaction),
                    try Recordings().list(ofOrder: order.description, in: transaction)
                )
            }
            if let visit, !visit.isWaiting, visit.document != nil, recordings.allSatisfy({ $0.state != .waiting }) {
                return true
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        return false
    }
}
