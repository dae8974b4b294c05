// SPDX-License-Identifier: Apache-2.0

import Accounts
import Foundation
import Logging
import Storage
import StorageTesting
import Testing
import Ultrasound

@testable import Imaging

/// A clinic with one patient and one visit, on a fresh database and folder.
struct LoopHouse: Sendable {
    static let migrations =
        Jobs.migrations + AccountsSchema.migrations + ImagingSchema.migrations
        + ExamSchema.migrations
    static let now = Date(timeIntervalSince1970: 1_900_000_000)
    static let clinician = Actor.staff(StaffMember.ID("clinician"), .clinician)
    static let desk = Actor.staff(StaffMember.ID("desk"), .desk)

    let store: Store
    let files: any Files
    let patient: Patient.ID
    let visit = "visit-1"

    static func withEach(_ body: @Sendable (LoopHouse) async throws -> Void) async throws {
        try await withEachStore(migrations) { store in
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("loops-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: folder) }
            let patient = try await store.write { transaction in
                try Patients().findOrAdd(
                    ContactDetails(name: "Ada Practice", email: "ada@example.org", phone: nil), by: .visitor, at: now,
                    in: transaction
                ).id
            }
            try await body(LoopHouse(store: store, files: try FolderFiles(folder: folder), patient: patient))
            let verdict = try await store.read { try AuditTrail().verify(in: $0) }
            guard case .whole = verdict else {
                Issue.record("the audit trail is broken: \(verdict)")
                return
            }
        }
    }

    func receive(_ bytes: [UInt8], name: String, by actor: Actor = clinician) async throws -> VisitLoop {
        let told = try FileAnnouncement(
            fileName: name, byteCount: Int64(bytes.count), accepted: LoopUpload.accepted)
        let upload = try await store.write {
            try LoopUploads().start(told, visit: visit, patient: patient, by: actor, at: Self.now, in: $0)
        }
        let half = bytes.count / 2
        #expect(try await upload.transfer.append(Array(bytes[..<half]), at: 0, in: files) == Int64(half))
        _ = try await upload.transfer.append(Array(bytes[half...]), at: Int64(half), in: files)
        let file = try await upload.transfer.seal(in: files)
        let loop = try await store.write {
            try LoopUploads().finish(upload.id, file: file, by: actor, at: Self.now, in: $0)
        }
        let again = try await store.write {
            try LoopUploads().finish(upload.id, file: file, by: actor, at: Self.now, in: $0)
        }
        #expect(again.id == loop.id)
        return loop
    }

    /// Does what is due, twice: a job done again does nothing.
    func work() async throws {
        let clock = WallClock { Self.now }
        let runner = JobRunner(
            store: store, clock: clock,
            handlers: [
                LoopReadingJob.kind: { job in
                    try await LoopReadingJob.perform(job, store: store, files: files, clock: clock)
                    try await LoopReadingJob.perform(job, store: store, files: files, clock: clock)
                },
                LoopMeasureJob.kind: { job in
                    try await LoopMeasureJob.perform(job, store: store, files: files, clock: clock)
                    try await LoopMeasureJob.perform(job, store: store, files: files, clock: clock)
                },
            ], logger: Logger(label: "test"))
        try await runner.runDue()
    }

    func find(_ id: VisitLoop.ID) async throws -> VisitLoop {
        try await store.read { try VisitLoops().find(id, in: $0) }
    }
}

@Suite("Loops at a visit")
struct VisitLoopTests {
    /// Two textured blocks that part by twenty pixels and come back, over a still ground, as an MP4.
    static func film(in folder: TemporaryFolder) throws -> [UInt8] {
        let ground = Pictures.noise(240, 160, seed: 8)
        let block = Pictures.noise(240, 160, seed: 9)
        func smooth(_ image: GreyImage, _ x: Int, _ y: Int) -> Int {
            var sum = 0
            for dy in -1...1 { for dx in -2...2 { sum += Int(image[(x + dx + 240) % 240, (y + dy + 160) % 160]) } }
            return sum / 15
        }
        let frames = (0..<24).map { time -> GreyImage in
            let opening = Int((10 * sin(Double(time) / 23 * .pi)).rounded())
            var image = GreyImage(width: 240, height: 160, filledWith: 0)
            for y in 0..<160 {
                for x in 0..<240 {
                    let left = x < 118 - opening
                    let right = x > 122 + opening
                    let value =
                        left
                        ? smooth(block, x + opening, y)
                        : right ? smooth(block, x - opening, y) : smooth(ground, x, y) / 4
                    image[x, y] = UInt8(min(255, max(0, (value - 128) * 3 + 128)))
                }
            }
            return image
        }
        let path = folder.path + "/film.mp4"
        try FilmTests.film(
            try CineLoop(frames: frames, frameRate: 20), ["-c:v", "libx264", "-crf", "1", "-pix_fmt", "yuv420p"],
            to: path)
        return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    @Test(
        "A loop is received, read, given a scale, measured once, and accepted by a person",
        .enabled(if: ChildProcess.find("ffmpeg") != nil, "needs ffmpeg"))
    func path() async throws {
        try await LoopHouse.withEach { house in
            let folder = try TemporaryFolder()
            let loop = try await house.receive(try Self.film(in: folder), name: "tear.mp4")
            #expect(loop.state == .waiting)
            try await house.work()
            let read = try await house.find(loop.id)
            let frames = try #require(read.frames)
            #expect(read.state == .ready && frames.count == 24 && frames.width == 240)
            let first = try await PNG.decode(frames.picture(0, in: house.files), limits: .clinic)
            #expect(first.width == 240 && first.height == 160)
            await #expect(throws: ImagingError.noSuchFrame) { try await frames.picture(24, in: house.files) }

            let (a, b) = (PicturePoint(x: 80, y: 80), PicturePoint(x: 160, y: 80))
            func ask() async throws -> LoopMeasure.ID {
                try await house.store.write {
                    try LoopMeasures().ask(
                        frame: 0, first: a, second: b, in: loop.id, by: LoopHouse.clinician, at: LoopHouse.now, in: $0
                    ).id
                }
            }
            let pixels = try await ask()
            try await house.work()
            try await house.store.write {
                try VisitLoops().calibrate(
                    loop.id, spacing: try LoopCalibration.spacing(millimetresPerPixel: 0.2), how: "number",
                    by: LoopHouse.clinician, at: LoopHouse.now, in: $0)
            }
            let millimetres = try await ask()
            try await house.work()
            let inPixels = try await house.store.read { try LoopMeasures().find(pixels, in: $0) }
            let inMillimetres = try await house.store.read { try LoopMeasures().find(millimetres, in: $0) }
            #expect(inPixels.result?.unit == .pixels && inMillimetres.result?.unit == .millimetres)
            #expect(abs((inPixels.result?.opening ?? 0) - 20) < 1)
            #expect(abs((inMillimetres.result?.opening ?? 0) - 4) < 0.2)
            #expect((10...13).contains(inPixels.result?.maximumFrame ?? 0))
            #expect(inMillimetres.method == LoopMeasure.methodVersion)

            await #expect(throws: ImagingError.notPermitted) {
                try await house.store.write {
                    try LoopMeasures().accept(millimetres, by: .system("job"), at: LoopHouse.now, in: $0)
                }
            }
            await #expect(throws: ImagingError.notPermitted) {
                try await house.store.write {
                    try LoopMeasures().accept(millimetres, by: LoopHouse.desk, at: LoopHouse.now, in: $0)
                }
            }
            for _ in 0..<2 {
                let accepted = try await house.store.write {
                    try LoopMeasures().accept(millimetres, by: LoopHouse.clinician, at: LoopHouse.now, in: $0)
                }
                #expect(accepted.acceptedAt == LoopHouse.now)
            }
            let stored = try await house.store.read { try VisitLoops().storedFiles(in: $0) }
            #expect(stored.count == 2)
            for file in stored { #expect(try await house.files.byteCount(of: file.key) == file.byteCount) }
        }
    }

    @Test("A file that is no loop is told in words, once, and nothing can be measured in it")
    func noLoop() async throws {
        try await LoopHouse.withEach { house in
            let loop = try await house.receive(Array("RIFF and so on, but no film".utf8), name: "x.avi")
            try await house.work()
            let read = try await house.find(loop.id)
            #expect(read.state == .failed && read.failure?.isEmpty == false && read.frames == nil)
            await #expect(throws: ImagingError.notReady) {
                try await house.store.write {
                    try LoopMeasures().ask(
                        frame: 0, first: PicturePoint(x: 1, y: 1), second: PicturePoint(x: 9, y: 9), in: loop.id,
                        by: LoopHouse.clinician, at: LoopHouse.now, in: $0)
                }
            }
        }
    }

    @Test("Who may not, may not")
    func permissions() async throws {
        try await LoopHouse.withEach { house in
            await #expect(throws: ImagingError.notPermitted) {
                _ = try await house.receive([1, 2, 3, 4], name: "x.avi", by: LoopHouse.desk)
            }
            let loop = try await house.receive([1, 2, 3, 4], name: "x.avi")
            for actor in [Actor.visitor, .patient(house.patient), LoopHouse.desk] {
                await #expect(throws: ImagingError.notPermitted) {
                    try await house.store.write {
                        try VisitLoops().see(loop.id, by: actor, at: LoopHouse.now, in: $0)
                    }
                }
            }
        }
    }

    @Test("A scale is plausible or refused")
    func scales() throws {
        let origin = PicturePoint(x: 10, y: 10)
        #expect(
            try LoopCalibration.spacing(from: origin, to: PicturePoint(x: 40, y: 50), millimetres: 5)
                == PixelSpacing(x: 0.1, y: 0.1))
        for wrong in [0, -1, 0.001, 3, Double.nan, .infinity] {
            #expect(throws: ImagingError.implausibleScale) { try LoopCalibration.spacing(millimetresPerPixel: wrong) }
        }
        #expect(throws: ImagingError.implausibleScale) {
            try LoopCalibration.spacing(from: origin, to: origin, millimetres: 10)
        }
    }

    @Test("Names are text, kinds and sizes are checked before a byte is sent")
    func announcements() throws {
        func told(_ name: String, _ count: Int64, sha256: String? = nil) throws -> FileAnnouncement {
            try FileAnnouncement(fileName: name, byteCount: count, sha256: sha256, accepted: LoopUpload.accepted)
        }
        #expect(try told("../../etc/a.MP4", 1).fileName == "a.MP4")
        #expect(throws: FileTransferError.self) { try told("a.exe", 1) }
        #expect(throws: FileTransferError.empty(advice: "Export the loop again and send that file.")) {
            try told("a.avi", 0)
        }
        #expect(throws: FileTransferError.unnamed) { try told("\u{0}/", 1) }
        #expect(throws: FileTransferError.malformedChecksum) { try told("a.avi", 1, sha256: "zz") }
    }
}
