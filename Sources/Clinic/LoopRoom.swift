// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Diary
import Foundation
package import Imaging
package import Storage
package import Ultrasound

// A loop comes in at a visit, is read, calibrated, marked, measured, and its measure accepted.
extension Clinic {
    package struct VisitLoopsView: Sendable {
        package let booking: Booking
        package let loops: [VisitLoop]
        /// Of each loop, its newest measure that somebody accepted.
        package let accepted: [VisitLoop.ID: LoopMeasure]
        package let labels: [VisitLoop.ID: LoopLabel]
        package let targets: [VisitTarget]
        package let findings: Findings?
    }

    /// The loops of one visit.
    package func visitLoops(_ id: Booking.ID, by actor: Actor) async throws -> VisitLoopsView {
        guard actor.may(.seeLoops) else { throw ImagingError.notPermitted }
        let now = clock.now()
        return try await store.write { [bookings, audit] transaction in
            guard let booking = try bookings.find(id, in: transaction) else { throw BookingError.notFound }
            let loops = try VisitLoops().list(ofVisit: id.description, in: transaction)
            var accepted: [VisitLoop.ID: LoopMeasure] = [:]
            var labels: [VisitLoop.ID: LoopLabel] = [:]
            for loop in loops {
                labels[loop.id] = try VisitLoops().label(of: loop.id, in: transaction)
                accepted[loop.id] = try LoopMeasures().list(of: loop.id, in: transaction)
                    .first { $0.acceptedAt != nil }
            }
            try audit.record(
                "visit.loops.see", patient: booking.patient, subject: "booking/\(id)", by: actor, at: now,
                in: transaction)
            return VisitLoopsView(
                booking: booking, loops: loops, accepted: accepted, labels: labels,
                targets: try VisitTargets().list(ofVisit: id.description, in: transaction),
                findings: try FindingsBook().latest(ofVisit: id.description, in: transaction))
        }
    }

    package struct LoopView: Sendable {
        package let loop: VisitLoop
        package let booking: Booking
        package let calibration: LoopCalibration?
        /// The newest first.
        package let measures: [LoopMeasure]
        package let label: LoopLabel?
        package let annotations: [LoopAnnotation]
        package let pain: [LoopPain]
        package let phases: LoopPhases?
        /// The patient's other loops with their labels, the newest first.
        package let others: [(loop: VisitLoop, label: LoopLabel?)]
        package let clearedArea: ClearedArea?
        package let clips: [(id: CaseClip.ID, consent: LoopSharing.Consent)]
    }

    /// One loop with everything measured in it.
    package func loop(_ id: VisitLoop.ID, by actor: Actor) async throws -> LoopView {
        let now = clock.now()
        return try await store.write { [bookings] transaction in
            let loop = try VisitLoops().see(id, by: actor, at: now, in: transaction)
            guard let booking = try bookings.find(Booking.ID(loop.visit), in: transaction) else {
                throw BookingError.notFound
            }
            let others = try VisitLoops().list(ofPatient: loop.patient, in: transaction).filter { $0.id != id }
            return LoopView(
                loop: loop, booking: booking,
                calibration: try VisitLoops().calibration(of: id, in: transaction),
                measures: try LoopMeasures().list(of: id, in: transaction),
                label: try VisitLoops().label(of: id, in: transaction),
                annotations: try LoopAnnotations().list(of: id, in: transaction),
                pain: try Pain().course(of: loop, in: transaction),
                phases: try LoopPhases.of(loop, in: transaction),
                others: try others.reversed().map { ($0, try VisitLoops().label(of: $0.id, in: transaction)) },
                clearedArea: try LoopSharing().clearedArea(of: id, in: transaction),
                clips: try LoopSharing().clips(ofLoop: id, in: transaction))
        }
    }

    /// One frame as PNG. Seeing the loop itself is what the audit trail notes.
    package func loopFrame(_ frame: Int, of id: VisitLoop.ID, by actor: Actor) async throws -> [UInt8] {
        guard actor.may(.seeLoops) else { throw ImagingError.notPermitted }
        guard let frames = try await store.read({ try VisitLoops().find(id, in: $0) }).frames else {
            throw ImagingError.notReady
        }
        return try await frames.picture(frame, in: files)
    }

    /// The frames of a loop, to be sent as they lie there.
    package func loopFrames(of id: VisitLoop.ID, by actor: Actor) async throws -> VisitLoop.Frames {
        guard actor.may(.seeLoops) else { throw ImagingError.notPermitted }
        guard let frames = try await store.read({ try VisitLoops().find(id, in: $0) }).frames else {
            throw ImagingError.notReady
        }
        return frames
    }

    // MARK: Receiving

    /// Begins an upload, or finds the one that was begun before.
    package func startLoopUpload(
        _ announced: FileAnnouncement, visit id: Booking.ID, by actor: Actor
    ) async throws -> (upload: LoopUpload, received: Int64) {
        let now = clock.now()
        let upload = try await store.write { [bookings] transaction in
            guard let booking = try bookings.find(id, in: transaction) else { throw BookingError.notFound }
            return try LoopUploads().start(
                announced, visit: id.description, patient: booking.patient, by: actor, at: now, in: transaction)
        }
        return (upload, try await upload.transfer.received(in: files))
    }

    package func received(_ id: LoopUpload.ID) async throws -> Int64 {
        let upload = try await store.read { try LoopUploads().find(id, in: $0) }
        return try await upload.transfer.received(in: files)
    }

    /// Takes one part; it is on disk when this returns.
    package func append(_ part: [UInt8], to id: LoopUpload.ID, at offset: Int64) async throws -> Int64 {
        let upload = try await store.read { try LoopUploads().find(id, in: $0) }
        return try await upload.transfer.append(part, at: offset, in: files)
    }

    /// Makes the received bytes a loop of the visit; its reading follows by itself.
    package func finishUpload(_ id: LoopUpload.ID, by actor: Actor) async throws -> VisitLoop {
        let upload = try await store.read { try LoopUploads().find(id, in: $0) }
        let now = clock.now()
        do {
            let file = try await upload.transfer.seal(in: files)
            return try await store.write { try LoopUploads().finish(id, file: file, by: actor, at: now, in: $0) }
        } catch FileTransferError.wrongChecksum {
            try await store.write { try LoopUploads().refuse(id, by: actor, at: now, in: $0) }
            throw FileTransferError.wrongChecksum
        }
    }

    // MARK: Measuring

    package func calibrate(_ id: VisitLoop.ID, spacing: PixelSpacing, how: String, by actor: Actor) async throws {
        let now = clock.now()
        try await store.write {
            try VisitLoops().calibrate(id, spacing: spacing, how: how, by: actor, at: now, in: $0)
        }
    }

    /// Asks for the separation of two marks; the result follows by itself.
    package func measureSeparation(
        in id: VisitLoop.ID, frame: Int, first: PicturePoint, second: PicturePoint, by actor: Actor
    ) async throws -> LoopMeasure {
        let now = clock.now()
        return try await store.write {
            try LoopMeasures().ask(frame: frame, first: first, second: second, in: id, by: actor, at: now, in: $0)
        }
    }

    package func acceptMeasure(_ id: LoopMeasure.ID, by actor: Actor) async throws -> LoopMeasure {
        let now = clock.now()
        return try await store.write { try LoopMeasures().accept(id, by: actor, at: now, in: $0) }
    }
}
