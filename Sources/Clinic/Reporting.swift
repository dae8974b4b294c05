// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Diary
package import Foundation
package import Imaging
import Messages
package import Storage
import Ultrasound

// What was found is written, signed, released, and given to whoever follows the recovery.
extension Clinic {
    package struct FindingsView: Sendable {
        package let booking: Booking
        /// What would be signed now: the draft's words over what is accepted at this moment.
        package let draft: FindingsContent
        /// The newest first.
        package let versions: [Findings]
        package let loops: [VisitLoop]
        /// What differs from the newest signed version.
        package var isChanged: Bool { versions.first?.content != draft }
    }

    /// The findings of a visit, as the clinician writes them.
    package func findings(ofVisit id: Booking.ID, by actor: Actor) async throws -> FindingsView {
        guard actor.may(.seeLoops) else { throw ImagingError.notPermitted }
        let now = clock.now()
        return try await store.write { [bookings, audit] transaction in
            guard let booking = try bookings.find(id, in: transaction) else { throw BookingError.notFound }
            try audit.record(
                "findings.see", patient: booking.patient, subject: "visit/\(id)", by: actor, at: now, in: transaction)
            return FindingsView(
                booking: booking, draft: try current(booking, in: transaction),
                versions: try FindingsBook().versions(ofVisit: id.description, in: transaction),
                loops: try VisitLoops().list(ofVisit: id.description, in: transaction).filter { $0.state == .ready })
        }
    }

    private func current(_ booking: Booking, in transaction: any Storage.Transaction) throws -> FindingsContent {
        let book = FindingsBook()
        let visit = booking.id.description
        var content = try book.draft(ofVisit: visit, in: transaction) ?? FindingsContent()
        content.measures = try book.acceptedMeasures(ofVisit: visit, in: transaction)
        content.worst = try book.worst(ofVisit: visit, in: transaction)
        for index in content.clips.indices {
            let clip = content.clips[index]
            // The moment that says most stands on paper: where something accepted was measured, the widest opening first.
            content.clips[index].stillFrame =
                content.measures.first {
                    $0.loop == clip.loop && (clip.firstFrame...clip.lastFrame).contains($0.frame)
                }?.frame ?? clip.firstFrame
        }
        var earlier: [(day: String, measures: [FindingsContent.Measure])] = []
        for other in try book.latest(ofPatient: booking.patient, in: transaction) where other.visit != visit {
            guard let past = try bookings.find(Booking.ID(other.visit), in: transaction), past.start < booking.start
            else { continue }
            let style = Date.ISO8601FormatStyle(timeZone: booking.timeZone).year().month().day()
            earlier.append((past.start.formatted(style), other.content.measures))
        }
        content.comparisons = book.comparisons(of: content.measures, earlier: earlier.sorted { $0.day < $1.day })
        return content
    }

    /// What the clinician typed.
    package struct FindingsWords: Sendable {
        package var region: String
        package var words: String
        package var wordsForPatient: String
        package var sectionPercent: Double?
        package var grades: [String: String]
        package var clips: [FindingsContent.Clip]

        package init(
            region: String, words: String, wordsForPatient: String, sectionPercent: Double?, grades: [String: String],
            clips: [FindingsContent.Clip]
        ) {
            self.region = region
            self.words = words
            self.wordsForPatient = wordsForPatient
            self.sectionPercent = sectionPercent
            self.grades = grades
            self.clips = clips
        }
    }

    /// Keeps the draft, and signs it if asked.
    package func writeFindings(
        _ typed: FindingsWords, visit id: Booking.ID, sign name: String?, by actor: Actor
    ) async throws {
        let now = clock.now()
        try await store.write { [bookings] transaction in
            guard let booking = try bookings.find(id, in: transaction) else { throw BookingError.notFound }
            var draft = FindingsContent()
            draft.region = String(typed.region.prefix(200))
            draft.words = String(typed.words.prefix(8000))
            draft.wordsForPatient = String(typed.wordsForPatient.prefix(8000))
            draft.sectionPercent = typed.sectionPercent.flatMap { (0...100).contains($0) ? $0 : nil }
            draft.grades = typed.grades.filter { system, grade in
                GradingSystem(rawValue: system)?.classes.contains { $0.name == grade } ?? false
            }
            for clip in typed.clips {
                let loop = try VisitLoops().find(VisitLoop.ID(clip.loop), in: transaction)
                guard loop.visit == id.description, let frames = loop.frames else { throw ImagingError.unknownLoop }
                guard clip.firstFrame >= 0, clip.firstFrame <= clip.lastFrame, clip.lastFrame < frames.count else {
                    throw ImagingError.noSuchFrame
                }
                draft.clips.append(clip)
            }
            try FindingsBook().keep(
                draft, visit: id.description, patient: booking.patient, by: actor, at: now, in: transaction)
            guard let name else { return }
            let signed = try FindingsBook().sign(
                try current(booking, in: transaction), visit: id.description, patient: booking.patient, named: name,
                by: actor, at: now, in: transaction)
            try FindingsReportJob.enqueue(signed.id, at: now, in: transaction)
        }
    }

    /// Gives a signed version to its patient, with a letter that carries no clinical word.
    package func releaseFindings(_ id: Findings.ID, by actor: Actor) async throws -> Findings {
        let now = clock.now()
        return try await store.write { [patients, settings] transaction in
            let findings = try FindingsBook().find(id, in: transaction)
            guard try FindingsBook().release(id, by: actor, at: now, in: transaction),
                let patient = try patients.find(Patient.ID(findings.patient), in: transaction)
            else { return findings }
            try write(
                .reportReady(name: patient.name, url: "\(settings.publicURL)/sign-in"), to: patient,
                key: "findings:\(id)", at: now, in: transaction)
            return findings
        }
    }

    package struct SignedView: Sendable {
        package let findings: Findings
        package let booking: Booking
        /// A newer version took its place.
        package let isSuperseded: Bool
    }

    /// Signed findings, read by their patient once released, or by staff.
    package func readFindings(_ id: Findings.ID, by actor: Actor) async throws -> SignedView {
        let now = clock.now()
        return try await store.write { [bookings] transaction in
            let findings = try FindingsBook().read(id, by: actor, at: now, in: transaction)
            guard let booking = try bookings.find(Booking.ID(findings.visit), in: transaction) else {
                throw BookingError.notFound
            }
            let newest = try FindingsBook().latest(ofVisit: findings.visit, in: transaction)
            return SignedView(findings: findings, booking: booking, isSuperseded: newest?.id != id)
        }
    }

    /// One clip of released findings: its frames, in its range. Nothing else of the loop is given.
    package func findingsClip(
        _ number: Int, of id: Findings.ID, by actor: Actor
    ) async throws -> (clip: FindingsContent.Clip, frames: VisitLoop.Frames) {
        try await store.read { transaction in
            let findings = try FindingsBook().find(id, in: transaction)
            switch actor {
            case .patient(let own):
                guard findings.patient == own.description, findings.releasedAt != nil else {
                    throw ImagingError.unknownFindings
                }
            default: guard actor.may(.seeLoops) else { throw ImagingError.unknownFindings }
            }
            guard findings.content.clips.indices.contains(number) else { throw ImagingError.unknownClip }
            let clip = findings.content.clips[number]
            guard let frames = try VisitLoops().find(VisitLoop.ID(clip.loop), in: transaction).frames else {
                throw ImagingError.notReady
            }
            return (clip, frames)
        }
    }

    package func releasedFindings(of patient: Patient.ID) async throws -> [Findings] {
        try await store.read { try FindingsBook().released(to: patient, in: $0) }
    }

    // MARK: For whoever follows the recovery

    /// Something that a clinician accepted in a loop and signed, which the rules of recovery ask for.
    package struct ImagingFact: Sendable, Hashable {
        package enum Kind: String, Sendable, Hashable {
            /// A gap that grows when the muscle contracts, by more than can be an error.
            case defectOpensOnContraction
            /// No gap grows: a look that found none.
            case noDefectOpens
            case haematoma
            /// Smaller than the other side by more than healthy sides differ.
            case atrophy
        }
        package let kind: Kind
        /// The visit's beginning.
        package let at: Date
        package let value: MeasuredValue
        /// The signed findings in which it stands.
        package let findings: Findings.ID
    }

    /// Below this an opening is not told from the lateral resolution.
    package static let leastOpeningMillimetres = 0.7

    /// What signed findings say that the rules of recovery ask for, the oldest visit first. Only the version that counts, only
    /// accepted measures, only millimetres.
    package func imagingFacts(
        of patient: Patient.ID, in transaction: any Storage.Transaction
    ) throws -> [ImagingFact] {
        var facts: [ImagingFact] = []
        for findings in try FindingsBook().latest(ofPatient: patient, in: transaction) {
            guard let booking = try bookings.find(Booking.ID(findings.visit), in: transaction) else { continue }
            func fact(_ kind: ImagingFact.Kind, _ value: MeasuredValue) {
                facts.append(ImagingFact(kind: kind, at: booking.start, value: value, findings: findings.id))
            }
            for measure in findings.content.measures where measure.value.isCalibrated {
                switch measure.meaning {
                case "opening":
                    let sure = measure.value.value - (measure.error95 ?? 0) > Self.leastOpeningMillimetres
                    fact(sure ? .defectOpensOnContraction : .noDefectOpens, measure.value)
                case LoopAnnotation.Meaning.haematomaArea.rawValue, LoopAnnotation.Meaning.haematomaLength.rawValue:
                    fact(.haematoma, measure.value)
                default: break
                }
            }
            for comparison in findings.content.comparisons
            where comparison.with == "other side" && comparison.isMore == true {
                fact(.atrophy, comparison.percent ?? 0 < 0 ? comparison.now : comparison.other)
            }
        }
        return facts.sorted { $0.at < $1.at }
    }
}
