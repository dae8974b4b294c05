// SPDX-License-Identifier: Apache-2.0

package import Accounts
import Content
import Foundation
package import Imaging
import Storage

// A loop leaves the patient's record: as a file without names, or as a clip of a case study, with consent.
extension Clinic {
    package func clearLoop(_ id: VisitLoop.ID, area: ClearedArea, by actor: Actor) async throws {
        let now = clock.now()
        try await store.write { try LoopSharing().clear(area, of: id, by: actor, at: now, in: $0) }
    }

    /// A loop without names: its frames inside the area that a person looked at, and what is known of them.
    package func exportLoop(_ id: VisitLoop.ID, by actor: Actor) async throws -> LoopSharing.Extract {
        let now = clock.now()
        let (loop, area, calibration) = try await store.write { transaction in
            let area = try LoopSharing().exported(id, by: actor, at: now, in: transaction)
            return (
                try VisitLoops().find(id, in: transaction), area,
                try VisitLoops().calibration(of: id, in: transaction)
            )
        }
        guard let frames = loop.frames else { throw ImagingError.notReady }
        return try LoopSharing.extract(
            frames, bytes: try await files.readAll(frames.fileKey), area: area, range: 0...(frames.count - 1),
            spacing: calibration?.spacing)
    }

    /// The largest picture of a public clip, so that it loads on a phone.
    private static let mostClipPixels = 256 * 256
    private static let mostClipFrames = 40

    /// Makes a case study of a loop: its clip, with the consent, and an empty text around it that the owner finishes.
    package func makeCaseStudy(
        of id: VisitLoop.ID, frames range: ClosedRange<Int>, slug: String, title: String, caption: String,
        consent: LoopSharing.Consent, by actor: Actor, named name: String
    ) async throws -> CaseClip.ID {
        guard actor.may(.shareLoops) else { throw ImagingError.notPermitted }
        let now = clock.now()
        let (loop, area) = try await store.read {
            (try VisitLoops().find(id, in: $0), try LoopSharing().clearedArea(of: id, in: $0))
        }
        guard let frames = loop.frames else { throw ImagingError.notReady }
        guard let area else { throw ImagingError.textNotChecked }
        guard range.lowerBound >= 0, range.upperBound < frames.count else { throw ImagingError.noSuchFrame }
        let place = ContentPlace(folder: .cases, slug: slug, language: "en")
        guard place.isAddress, library.source(of: place) == nil, !title.isEmpty else { throw ImagingError.caseAddress }
        let extract = try LoopSharing.extract(
            frames, bytes: try await files.readAll(frames.fileKey), area: area, range: range,
            every: (range.count + Self.mostClipFrames - 1) / Self.mostClipFrames, mostPixels: Self.mostClipPixels,
            spacing: nil)
        let clip = CaseClip.ID.make(at: now)
        let file = try await LoopSharing.keep(extract, as: clip, in: files)
        try await store.write {
            try LoopSharing().addClip(
                extract, file: file, caption: caption, consent: (consent, id), id: clip, by: actor, at: now, in: $0)
        }
        func line(_ text: String) -> String { text.split(whereSeparator: \.isNewline).joined(separator: " ") }
        let day = now.formatted(Date.ISO8601FormatStyle(timeZone: try await timeZone()).year().month().day())
        try await publish(
            """
            ---
            title: \(line(title))
            summary: \(line(caption))
            date: \(day)
            author: The clinicians
            clip: \(clip)
            ---
            \(line(caption))
            """, at: place, by: actor, named: name)
        return clip
    }

    /// A public clip.
    package func caseClip(_ id: CaseClip.ID) async throws -> CaseClip {
        try await store.read { try LoopSharing().clip(id, in: $0) }
    }

    package func takeDownClip(_ id: CaseClip.ID, by actor: Actor) async throws {
        let now = clock.now()
        try await store.write { try LoopSharing().takeDown(id, by: actor, at: now, in: $0) }
    }
}
