// SPDX-License-Identifier: Apache-2.0

package import Accounts
import Crypto
package import Diary
import Foundation
import Storage
package import Telehealth

// Examining by video: angles on a frozen picture, and the picture itself where the patient agreed.
extension Clinic {
    package func measureAngle(
        _ clicks: RemoteExamination.Clicks, joint: String, side: VideoMeasure.Side, in id: Booking.ID, by actor: Actor
    ) async throws -> VideoMeasure {
        let now = clock.now()
        return try await store.write {
            try RemoteExamination().measure(
                clicks, joint: joint, side: side, in: id.description, by: actor, at: now, transaction: $0)
        }
    }

    package func askForPicture(_ measure: VideoMeasure.ID, in id: Booking.ID, by actor: Actor) async throws {
        let now = clock.now()
        try await store.write {
            try RemoteExamination().askForPicture(measure, in: id.description, by: actor, at: now, transaction: $0)
        }
        roomBoard.wake(id.description)
    }

    /// Takes the picture in, once it is agreed to; whole on disk, with its checksum, before it is said to be kept.
    package func keepPicture(
        _ bytes: [UInt8], of measure: VideoMeasure.ID, in id: Booking.ID, by actor: Actor
    ) async throws {
        let now = clock.now()
        try await store.read {
            try RemoteExamination().checkPicture(measure, in: id.description, by: actor, transaction: $0)
        }
        // A JPEG, as the page makes it; anything else is not stored at all.
        guard bytes.starts(with: [0xFF, 0xD8, 0xFF]), bytes.count <= RemoteExamination.largestPictureBytes else {
            throw TelehealthError.malformed("the picture is no JPEG of at most 2 MB")
        }
        let digest = SHA256.hash(data: bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let upload = "video-\(measure)"
        // A try that broke off leaves its part; it is begun anew.
        try await files.discard(upload: upload)
        _ = try await files.append(bytes, toUpload: upload, at: 0)
        let file = try await files.seal(
            upload: upload, as: "video/\(measure).jpg", expectedSHA256: digest)
        try await store.write {
            try RemoteExamination().keepPicture(
                file, of: measure, in: id.description, by: actor, at: now, transaction: $0)
        }
    }

    /// A kept picture, for who may hold calls; the look is written down.
    package func measuredPicture(_ measure: VideoMeasure.ID, in id: Booking.ID, by actor: Actor) async throws -> [UInt8]
    {
        guard actor.may(.holdCalls) else { throw TelehealthError.notPermitted }
        let now = clock.now()
        let key = try await store.write { [audit] transaction -> String in
            let found = try RemoteExamination().find(measure, in: id.description, transaction)
            guard let key = found.pictureKey else { throw TelehealthError.unknownMeasure }
            try audit.record(
                "video.picture.see", patient: found.patient, subject: "booking/\(id)",
                detail: ["measure": measure.description], by: actor, at: now, in: transaction)
            return key
        }
        return try await files.readAll(key)
    }
}
