// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Diary
import Foundation
package import Imaging
import Storage
package import Ultrasound

// The examination itself: what is drawn into loops, how they are laid beside each other, where it hurts.
extension Clinic {
    // MARK: At once

    /// Follows two marks while the clinician waits. The job that would do it is there all the same, for the case that the
    /// program ends meanwhile.
    package func measureNow(
        in id: VisitLoop.ID, frame: Int, first: PicturePoint, second: PicturePoint, by actor: Actor
    ) async throws -> LoopMeasure {
        let now = clock.now()
        let asked = try await store.write {
            try LoopMeasures().ask(
                frame: frame, first: first, second: second, in: id, patience: 20, by: actor, at: now, in: $0)
        }
        try await LoopMeasureJob.perform(asked.id, store: store, files: files, clock: clock)
        return try await store.read { try LoopMeasures().find(asked.id, in: $0) }
    }

    /// The motion field of a loop as it is drawn; nil while it is being made.
    package func loopMotion(_ id: VisitLoop.ID, by actor: Actor) async throws -> [UInt8]? {
        guard actor.may(.seeLoops) else { throw ImagingError.notPermitted }
        let now = clock.now()
        guard let motion = try await store.write({ try LoopMotions().ask(id, at: now, in: $0) }) else { return nil }
        guard let key = motion.fileKey else { throw ImagingError.notMeasured }
        return try await files.readAll(key)
    }

    /// The picture along a line over time, as PNG: one column for each frame.
    package func mMode(of id: VisitLoop.ID, along line: [PicturePoint], by actor: Actor) async throws -> [UInt8] {
        guard actor.may(.seeLoops) else { throw ImagingError.notPermitted }
        guard let frames = try await store.read({ try VisitLoops().find(id, in: $0) }).frames else {
            throw ImagingError.notReady
        }
        return try await frames.mMode(along: line, in: files)
    }

    // MARK: Words and drawings

    package func label(_ id: VisitLoop.ID, as label: LoopLabel, by actor: Actor) async throws {
        let now = clock.now()
        try await store.write { try VisitLoops().setLabel(label, of: id, by: actor, at: now, in: $0) }
    }

    package func annotate(
        _ id: VisitLoop.ID, kind: LoopAnnotation.Kind, meaning: LoopAnnotation.Meaning, frame: Int,
        points: [PicturePoint], text: String, by actor: Actor
    ) async throws -> LoopAnnotation {
        let now = clock.now()
        return try await store.write {
            try LoopAnnotations().add(
                kind, meaning: meaning, frame: frame, points: points, text: text, in: id, by: actor, at: now, in: $0)
        }
    }

    package func removeAnnotation(_ id: LoopAnnotation.ID, by actor: Actor) async throws -> LoopAnnotation {
        let now = clock.now()
        return try await store.write { try LoopAnnotations().remove(id, by: actor, at: now, in: $0) }
    }

    package func acceptAnnotation(_ id: LoopAnnotation.ID, by actor: Actor) async throws -> LoopAnnotation {
        let now = clock.now()
        return try await store.write { try LoopAnnotations().accept(id, by: actor, at: now, in: $0) }
    }

    // MARK: Side by side

    package struct Comparison: Sendable {
        package let left: LoopView
        package let right: LoopView
        package let leftPhases: LoopPhases?
        package let rightPhases: LoopPhases?
        /// For each frame of the left loop, the right one's frame of the same phase, and the other way round.
        package let rightOfLeft: [Int]
        package let leftOfRight: [Int]

        /// Whether both contractions are known.
        package var isByPhase: Bool { leftPhases != nil && rightPhases != nil }
    }

    /// Two loops of one patient.
    package func compare(
        _ left: VisitLoop.ID, with right: VisitLoop.ID, by actor: Actor
    ) async throws -> Comparison {
        let (one, other) = (try await loop(left, by: actor), try await loop(right, by: actor))
        guard one.loop.patient == other.loop.patient else { throw ImagingError.unknownLoop }
        guard let ownTimes = one.loop.frames?.times, let otherTimes = other.loop.frames?.times else {
            throw ImagingError.notReady
        }
        let now = clock.now()
        let phases = try await store.write { transaction in
            let found = (
                try LoopPhases.of(one.loop, in: transaction), try LoopPhases.of(other.loop, in: transaction)
            )
            // A loop whose contraction nobody marked is looked at by itself; the page shows it when it is done.
            if found.0 == nil { _ = try LoopMotions().ask(left, at: now, in: transaction) }
            if found.1 == nil { _ = try LoopMotions().ask(right, at: now, in: transaction) }
            return found
        }
        return Comparison(
            left: one, right: other, leftPhases: phases.0, rightPhases: phases.1,
            rightOfLeft: LoopPhases.match(ownTimes, phases.0?.phases, to: otherTimes, phases.1?.phases),
            leftOfRight: LoopPhases.match(otherTimes, phases.1?.phases, to: ownTimes, phases.0?.phases))
    }

    // MARK: Where it hurts

    /// Whose visit it is, if the actor may have to do with it.
    private func visitPatient(
        _ visit: Booking.ID, _ actor: Actor, in transaction: any Storage.Transaction
    ) throws -> Booking {
        guard let booking = try bookings.find(visit, in: transaction) else { throw BookingError.notFound }
        if case .patient(let own) = actor, booking.patient != own { throw BookingError.notFound }
        return booking
    }

    /// Adds a place to the probe's list.
    package func addTarget(
        _ place: String, side: BodySide?, note: String = "", source: String, visit: Booking.ID, by actor: Actor
    ) async throws {
        let now = clock.now()
        try await store.write { transaction in
            let booking = try visitPatient(visit, actor, in: transaction)
            try VisitTargets().add(
                place, side: side, note: note, source: source, visit: visit.description, patient: booking.patient,
                by: actor, at: now, in: transaction)
        }
    }

    package func lookAtTarget(_ id: VisitTarget.ID, by actor: Actor) async throws -> VisitTarget {
        let now = clock.now()
        return try await store.write { try VisitTargets().look(at: id, by: actor, at: now, in: $0) }
    }

    /// What the patient's slider says.
    package func reportPain(_ value: Int, visit: Booking.ID, by actor: Actor) async throws {
        let now = clock.now()
        _ = try await store.write { transaction in
            let booking = try visitPatient(visit, actor, in: transaction)
            return try Pain().report(
                value, visit: visit.description, patient: booking.patient, by: actor, at: now, in: transaction)
        }
    }

    /// The newest word of the patient's slider, for the clinician's live screen.
    package func latestPain(visit: Booking.ID) async throws -> PainReport? {
        try await store.read { try Pain().latest(ofVisit: visit.description, in: $0) }
    }

    package func markPain(
        _ value: Int, frame: Int, source: LoopPain.Source, loop: VisitLoop.ID, by actor: Actor
    ) async throws {
        let now = clock.now()
        try await store.write {
            try Pain().mark(value, frame: frame, source: source, loop: loop, by: actor, at: now, in: $0)
        }
    }

    /// A visit as its patient's phone needs it for the slider.
    package func examVisit(_ id: Booking.ID, of patient: Patient.ID) async throws -> (Booking, [VisitTarget]) {
        try await store.read { transaction in
            (
                try visitPatient(id, .patient(patient), in: transaction),
                try VisitTargets().list(ofVisit: id.description, in: transaction)
            )
        }
    }
}
