// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Care
import Diary
import Foundation
import GaitLab
import Imaging
package import Recovery
import Storage

// What was measured elsewhere in the clinic is hung onto an episode by a clinician, once.
extension Clinic {
    package struct HangableResult: Sendable {
        /// "loop-measure/…" or "gait-report/…"
        package let source: String
        package let words: String
        package let day: Day
    }

    /// Accepted measures of loops, and released gait reports, of the episode's patient since its onset, that do not hang on it yet.
    package func hangableResults(for episode: Episode) async throws -> [HangableResult] {
        try await store.read { [bookings, episodes] transaction in
            let zone = try timeZone(in: transaction)
            var found: [HangableResult] = []
            for booking in try bookings.all(of: episode.patient, in: transaction) {
                for loop in try VisitLoops().list(ofVisit: booking.id.description, in: transaction) {
                    guard
                        let measure = try LoopMeasures().list(of: loop.id, in: transaction).first(where: {
                            $0.acceptedAt != nil
                        }), let result = measure.result
                    else { continue }
                    let opening = String(
                        format: "%.1f %@", result.opening, result.unit == .millimetres ? "mm" : "pixels")
                    found.append(
                        .init(
                            source: "loop-measure/\(measure.id)", words: "Dynamic ultrasound: opening \(opening)",
                            day: Self.day(of: loop.receivedAt, in: zone)))
                }
            }
            for report in try Reports().released(to: episode.patient, in: transaction) {
                found.append(
                    .init(
                        source: "gait-report/\(report.id)", words: "3D gait report",
                        day: Self.day(of: report.writtenAt, in: zone)))
            }
            return try found.filter {
                try $0.day >= episode.onset
                    && !episodes.hasEntry(source: $0.source, in: episode.id, transaction: transaction)
            }
        }
    }

    /// Hangs a result onto the episode. A picture that shows a defect opening on contraction counts as that sign, because a
    /// clinician says so here.
    package func hang(
        _ source: String, onto id: Episode.ID, opensOnContraction: Answer, by actor: Actor
    ) async throws {
        let now = clock.now()
        let episode = try await store.read { [episodes] in try episodes.find(id, in: $0) }
        guard let result = try await hangableResults(for: episode).first(where: { $0.source == source }) else {
            throw CareError.unknownEntry
        }
        try await store.write { [episodes] transaction in
            guard try !episodes.hasEntry(source: source, in: id, transaction: transaction) else { return }
            if source.hasPrefix("gait-report/") {
                try episodes.addGaitReport(
                    to: id, on: result.day, words: result.words, source: source, by: actor, at: now, in: transaction)
            } else {
                try episodes.add(
                    .imaging(.ultrasound, result: result.day, expectedDays: nil), to: id, on: result.day,
                    words: result.words, source: source, by: actor, at: now, in: transaction)
                if opensOnContraction != .notAsked {
                    try episodes.add(
                        .tearSigns(TearSigns([.defectOpensOnContraction: opensOnContraction])), to: id, on: result.day,
                        words: result.words, source: source, by: actor, at: now, in: transaction)
                }
            }
        }
    }
}
