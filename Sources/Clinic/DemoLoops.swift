// SPDX-License-Identifier: Apache-2.0

import Accounts
import Diary
import Foundation
import Imaging
import Storage
import Ultrasound

/// The founding case in the demonstration clinic, with simulated loops: rest, contraction and the other side at the first look, and
/// the follow-up three weeks later. Made after the start, so that nobody waits for it.
struct DemoLoopsJob: Codable, Sendable {
    static let kind = "demo.loops"
    /// The public clip of the founding case: `clip:` in Content/cases.
    static let clip = CaseClip.ID("founding-case")
    private static let patient = ContactDetails(name: "Sasha Quill", email: "sasha@demo.example", phone: nil)
    private static let service = "dynamic-ultrasound"

    let clinician: StaffMember.ID
    let clinicianName: String

    /// Does the job. Done again, it does what is missing.
    func perform(_ clinic: Clinic) async throws {
        let now = clinic.clock.now()
        let (first, later, patient) = try await visits(clinic, at: now)
        guard let first, let later else { return }
        let known = try await clinic.store.read { transaction in
            try
                (VisitLoops().list(ofVisit: first.description, in: transaction)
                + VisitLoops().list(ofVisit: later.description, in: transaction)).map(\.fileName)
        }
        func tear(_ peak: Double) -> SimulatedMuscle.Tear {
            SimulatedMuscle.Tear(centreMillimetres: 25.6, restMillimetres: 1, peakMillimetres: peak)
        }
        let scenes:
            [(name: String, visit: Booking.ID, side: BodySide, state: LoopLabel.State, tear: SimulatedMuscle.Tear?)] = [
                ("contraction, left", first, .left, .contraction, tear(12)),
                ("rest, left", first, .left, .rest, tear(1)),
                ("contraction, right", first, .right, .contraction, nil),
                ("follow-up, left", later, .left, .contraction, tear(4)),
            ]
        for (index, scene) in scenes.enumerated() where !known.contains(scene.name) {
            let muscle = SimulatedLoops.muscle(
                seed: UInt64(41 + index), tear: scene.tear, contracts: scene.state == .contraction)
            let id = try await SimulatedLoops().add(
                muscle, named: scene.name,
                label: LoopLabel(side: scene.side, muscle: .rectusFemoris, state: scene.state),
                visit: scene.visit.description, patient: patient, store: clinic.store, files: clinic.files, at: now)
            if index == 0 { try await addClip(of: id, clinic, at: now) }
            if scene.tear != nil, scene.state == .contraction { try await measure(id, clinic, muscle) }
        }
        try await sign(first, contraction: "contraction, left", clinic)
    }

    /// The two visits of the past, found or made; nil where the demonstration's diary has no such service.
    private func visits(_ clinic: Clinic, at now: Date) async throws -> (Booking.ID?, Booking.ID?, Patient.ID) {
        try await clinic.store.write { transaction in
            let patient = try clinic.patients.findOrAdd(Self.patient, by: .system("demo"), at: now, in: transaction)
            let known = try clinic.bookings.all(of: patient.id, in: transaction).map(\.id)
            if known.count >= 2 { return (known[0], known[1], patient.id) }
            guard try clinic.services.find(slug: Self.service, in: transaction) != nil else {
                return (nil, nil, patient.id)
            }
            var made: [Booking.ID] = []
            for days in [28.0, 7.0] {
                // Ten in the morning, by the hour of the clinic's grid.
                let start = Date(
                    timeIntervalSince1970: ((now.timeIntervalSince1970 - days * 86_400) / 86_400).rounded(.down)
                        * 86_400
                        + 15 * 3600)
                var request = Bookings.Request(
                    service: Self.service, start: start, patient: patient.id, name: patient.name)
                request.isImported = true
                request.isOverride = true
                made.append(try clinic.bookings.book(request, by: .system("demo"), in: transaction).booking.id)
            }
            return (made[0], made[1], patient.id)
        }
    }

    private var actor: Actor { .staff(clinician, .clinician) }

    /// Two marks in the stumps, six millimetres from the tear, as a clinician would tap them.
    private func measure(_ id: VisitLoop.ID, _ clinic: Clinic, _ muscle: SimulatedMuscle) async throws {
        let middle = 25.6 / muscle.millimetresPerPixelX
        let apart = 6 / muscle.millimetresPerPixelX
        let y = 19 / muscle.millimetresPerPixelY
        let measure = try await clinic.measureNow(
            in: id, frame: 0, first: PicturePoint(x: middle - apart, y: y),
            second: PicturePoint(x: middle + apart, y: y), by: actor)
        guard let result = measure.result else { return }
        _ = try await clinic.acceptMeasure(measure.id, by: actor)
        // It hurts while the gap opens.
        let peak = result.maximumFrame
        for (frame, value) in [(peak - 6, 3), (peak - 3, 6), (peak - 1, 8)] where frame > 0 {
            try await clinic.markPain(value, frame: frame, source: .tap, loop: id, by: actor)
        }
    }

    private func sign(_ visit: Booking.ID, contraction: String, _ clinic: Clinic) async throws {
        let view = try await clinic.findings(ofVisit: visit, by: actor)
        guard view.versions.isEmpty, let loop = view.loops.first(where: { $0.fileName == contraction }),
            let last = loop.frames?.count
        else { return }
        try await clinic.writeFindings(
            .init(
                region: "Left thigh, rectus femoris",
                words: """
                    On contraction a gap opens in the left rectus femoris; at rest it is nearly closed. The right side moves as one \
                    piece. A simulated case.
                    """,
                wordsForPatient: """
                    When you tense the thigh, the muscle parts: there is a tear, and it explains the pain. We look again in three \
                    weeks. This is an invented person and a simulated picture.
                    """, sectionPercent: nil, grades: [:],
                clips: [
                    .init(
                        loop: loop.id.description, firstFrame: 0, lastFrame: last - 1,
                        caption: "The gap opens as the muscle tenses")
                ]), visit: visit, sign: clinicianName, by: actor)
        if let signed = try await clinic.findings(ofVisit: visit, by: actor).versions.first {
            _ = try await clinic.releaseFindings(signed.id, by: actor)
        }
    }

    /// The clip of the public case study. Nobody's pictures, so nobody's consent.
    private func addClip(of id: VisitLoop.ID, _ clinic: Clinic, at now: Date) async throws {
        let loop = try await clinic.store.read { try VisitLoops().find(id, in: $0) }
        guard let frames = loop.frames else { return }
        let area = try ClearedArea(x: 0, y: 0, width: frames.width, height: frames.height, in: frames)
        let extract = try LoopSharing.extract(
            frames, bytes: try await clinic.files.readAll(frames.fileKey), area: area, range: 0...(frames.count - 1),
            spacing: nil)
        let file = try await LoopSharing.keep(extract, as: Self.clip, in: clinic.files)
        try await clinic.store.write {
            try LoopSharing().addClip(
                extract, file: file,
                caption: "A simulated loop: the muscle tenses, and a gap opens. These are not the athlete's pictures.",
                consent: nil, id: Self.clip, by: .system("demo"), at: now, in: $0)
        }
    }
}
