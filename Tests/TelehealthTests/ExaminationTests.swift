// SPDX-License-Identifier: Apache-2.0

import Accounts
import Foundation
import Storage
import Testing

@testable import Telehealth

@Suite struct ExaminationTests {
    private static let clicks = RemoteExamination.Clicks(
        first: .init(x: 0.5, y: 0.1), joint: .init(x: 0.5, y: 0.5), second: .init(x: 0.9, y: 0.5), aspect: 1)

    @Test("an angle is computed here, and its picture kept only after the patient agreed to this one")
    func picture() async throws {
        try await VideoHouse.withEach { house in
            let (patient, _) = try await house.begun()
            let exam = RemoteExamination()
            let measure = try await house.store.write {
                try exam.measure(
                    Self.clicks, joint: " Knee flexion ", side: .left, in: "visit-1", by: VideoHouse.clinician,
                    at: VideoHouse.now,
                    transaction: $0)
            }
            #expect(measure.degrees == 90 && measure.joint == "Knee flexion" && measure.picture == .notKept)
            let file = StoredFile(key: "video/1.jpg", byteCount: 3, sha256: "00")
            func keep() async throws {
                try await house.store.write {
                    try exam.keepPicture(
                        file, of: measure.id, in: "visit-1", by: VideoHouse.clinician, at: VideoHouse.now,
                        transaction: $0)
                }
            }
            await #expect(throws: TelehealthError.pictureNotAgreed) { try await keep() }
            try await house.store.write {
                try exam.askForPicture(
                    measure.id, in: "visit-1", by: VideoHouse.clinician, at: VideoHouse.now, transaction: $0)
            }
            await #expect(throws: TelehealthError.pictureNotAgreed) { try await keep() }
            #expect(try await house.heard(by: patient).map(\.kind) == [.pictureAsked])
            try await house.store.write {
                try exam.answerPicture(measure.id, agreed: true, from: patient, at: VideoHouse.now, transaction: $0)
            }
            try await keep()
            #expect(try await house.store.read { try exam.storedFiles(in: $0) } == [file])
        }
    }

    @Test("who refuses is believed, and nobody but the patient may answer")
    func refusal() async throws {
        try await VideoHouse.withEach { house in
            let (patient, clinician) = try await house.begun()
            let exam = RemoteExamination()
            let measure = try await house.store.write { transaction in
                let made = try exam.measure(
                    Self.clicks, joint: "Elbow", side: .right, in: "visit-1", by: VideoHouse.clinician,
                    at: VideoHouse.now,
                    transaction: transaction)
                try exam.askForPicture(
                    made.id, in: "visit-1", by: VideoHouse.clinician, at: VideoHouse.now, transaction: transaction)
                return made
            }
            await #expect(throws: TelehealthError.notPermitted) {
                try await house.store.write {
                    try exam.answerPicture(
                        measure.id, agreed: true, from: clinician, at: VideoHouse.now, transaction: $0)
                }
            }
            try await house.store.write {
                try exam.answerPicture(measure.id, agreed: false, from: patient, at: VideoHouse.now, transaction: $0)
                // A later yes does not undo the no.
                try exam.answerPicture(measure.id, agreed: true, from: patient, at: VideoHouse.now, transaction: $0)
            }
            await #expect(throws: TelehealthError.pictureNotAgreed) {
                try await house.store.read {
                    try exam.checkPicture(measure.id, in: "visit-1", by: VideoHouse.clinician, transaction: $0)
                }
            }
        }
    }

    @Test("pain is kept with its time, once for each report, from the patient in the call only")
    func pain() async throws {
        try await VideoHouse.withEach { house in
            let (patient, clinician) = try await house.begun()
            let exam = RemoteExamination()
            func report(_ level: Int, _ key: String, _ seat: JoinLinks.Seat, after: TimeInterval = 0) async throws {
                try await house.store.write {
                    try exam.reportPain(
                        level, key: key, from: seat, at: VideoHouse.now.addingTimeInterval(after), transaction: $0)
                }
            }
            try await report(4, "a", patient)
            try await report(4, "a", patient, after: 9)
            try await report(6, "b", patient, after: 10)
            await #expect(throws: TelehealthError.self) { try await report(11, "c", patient) }
            await #expect(throws: TelehealthError.notAdmitted) { try await report(1, "d", clinician) }
            let kept = try await house.store.read { try exam.pain(of: "visit-1", in: $0) }
            #expect(
                kept.map(\.level) == [4, 6]
                    && kept.map(\.reportedAt) == [VideoHouse.now, VideoHouse.now.addingTimeInterval(10)])
        }
    }
}
