// SPDX-License-Identifier: Apache-2.0

import Accounts
import Crypto
import Foundation
import Gait
import GaitLab
import Logging
import Storage
import StorageTesting
import Testing

/// A clinic with one patient and one order, on a fresh database and folder.
struct LabHouse: Sendable {
    static let migrations = Jobs.migrations + AccountsSchema.migrations + GaitLabSchema.migrations
    static let now = Date(timeIntervalSince1970: 1_900_000_000)
    static let desk = Actor.staff(StaffMember.ID("desk"), .desk)
    static let clinician = Actor.staff(StaffMember.ID("clinician"), .clinician)

    let store: Store
    let files: any Files
    let patient: Patient.ID
    let order = "order-1"
    let uploads = Uploads()
    let recordings = Recordings()
    let reports = Reports()

    static func withEach(_ body: @Sendable (LabHouse) async throws -> Void) async throws {
        try await withEachStore(migrations) { store in
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lab-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: folder) }
            let patient = try await store.write { transaction in
                try Patients().findOrAdd(
                    ContactDetails(name: "Ada Practice", email: "ada@example.org", phone: nil), by: .visitor, at: now,
                    in: transaction
                ).id
            }
            try await body(LabHouse(store: store, files: try FolderFiles(folder: folder), patient: patient))
            let verdict = try await store.read { try AuditTrail().verify(in: $0) }
            guard case .whole = verdict else {
                Issue.record("the audit trail is broken: \(verdict)")
                return
            }
        }
    }

    func begin(_ bytes: [UInt8], name: String = "walk.c3d", by actor: Actor = LabHouse.desk) async throws -> Upload {
        let told = try FileAnnouncement(
            fileName: name, byteCount: Int64(bytes.count), sha256: checksum(bytes), accepted: Upload.accepted)
        return try await store.write {
            try uploads.start(told, orderID: order, patient: patient, by: actor, at: Self.now, in: $0)
        }
    }

    func finish(_ upload: Upload) async throws -> LabRecording {
        let file = try await upload.transfer.seal(in: files)
        return try await store.write {
            try uploads.finish(upload.id, file: file, by: Self.desk, at: Self.now, in: $0)
        }
    }

    func send(_ bytes: [UInt8], name: String = "walk.c3d") async throws -> LabRecording {
        let upload = try await begin(bytes, name: name)
        _ = try await upload.transfer.append(bytes, at: 0, in: files)
        return try await finish(upload)
    }

    /// Does all jobs, those that jobs enqueue too; how many there were.
    func work() async throws -> Int {
        var sum = 0
        while true {
            let count = try await workOnce()
            if count == 0 { return sum }
            sum += count
        }
    }

    private func workOnce() async throws -> Int {
        let clock = WallClock { Self.now }
        let runner = JobRunner(
            store: store, clock: clock,
            handlers: [
                AnalysisJob.kind: { [store, files] in
                    try await AnalysisJob.perform($0, store: store, files: files, clock: clock)
                },
                VisitJob.kind: { [store, files] in
                    try await VisitJob.perform($0, store: store, files: files, clock: clock)
                },
            ], logger: Logger(label: "test"))
        return try await runner.runDue()
    }

    func actions() async throws -> [String] {
        try await store.read { transaction in
            try transaction.rows("SELECT action FROM audit_entry ORDER BY sequence").map { try $0.get("action") }
        }
    }
}

func checksum(_ bytes: [UInt8]) -> String {
    SHA256.hash(data: bytes).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}

let walk = C3DWriter.write(SimulatedWalker().recording())

@Suite struct UploadTests {
    @Test("A recording sent in parts arrives byte for byte and is analysed once")
    func parts() async throws {
        try await LabHouse.withEach { house in
            let upload = try await house.begin(walk)
            var offset: Int64 = 0
            while offset < Int64(walk.count) {
                let part = Array(walk[Int(offset)..<min(walk.count, Int(offset) + 65_536)])
                offset = try await upload.transfer.append(part, at: offset, in: house.files)
            }
            let recording = try await house.finish(upload)
            #expect(recording.state == .waiting && recording.sha256 == checksum(walk))
            #expect(try await house.files.readAll(recording.fileKey) == walk)

            // Sealed and finished again: one recording, one job.
            #expect(try await house.finish(upload).id == recording.id)
            let again = try await house.begin(walk)
            #expect(again.id == upload.id && again.state == .whole)
            #expect(try await again.transfer.received(in: house.files) == Int64(walk.count))
            // The recording's job and the visit's.
            #expect(try await house.work() == 2)
            #expect(try await house.work() == 0)

            let found = try await house.store.read { try house.recordings.list(ofOrder: house.order, in: $0) }
            #expect(found.map(\.state) == [.analysed] && found.map(\.kind) == [.walk])
            let figures = try #require(
                try await house.store.read { try house.recordings.figures(of: recording.id, in: $0) })
            #expect(abs((figures.document.spatiotemporal.cadenceStepsPerMinute ?? 0) - 110) < 0.1)
            #expect(figures.figures.left.stepLength?.count ?? 0 > 2)
            let figure = try #require(
                try await house.store.read { try house.recordings.stickFigureJSON(of: recording.id, in: $0) })
            #expect(try JSONDecoder().decode(StickFigure.self, from: Data(figure.utf8)).rate == 50)
            #expect(
                try await house.actions() == [
                    "patient.add", "recording.upload.start", "recording.receive", "recording.analyse",
                ])
        }
    }

    @Test("A part at the wrong place is told where to go on; what is not whole is not sealed")
    func offsets() async throws {
        try await LabHouse.withEach { house in
            let upload = try await house.begin(walk)
            _ = try await upload.transfer.append(Array(walk[..<1000]), at: 0, in: house.files)
            for wrong: Int64 in [0, 999, 1001, -1, .max] {
                await #expect(throws: FileTransferError.wrongOffset(resumeAt: 1000)) {
                    try await upload.transfer.append([1], at: wrong, in: house.files)
                }
            }
            await #expect(throws: FileTransferError.incomplete(resumeAt: 1000, announced: Int64(walk.count))) {
                try await upload.transfer.seal(in: house.files)
            }
            await #expect(throws: FileTransferError.tooManyBytes(announced: Int64(walk.count))) {
                try await upload.transfer.append(walk, at: 1000, in: house.files)
            }
            // Begun again, as after a kill, it is the same upload.
            let resumed = try await house.begin(walk)
            #expect(resumed.id == upload.id)
            #expect(try await resumed.transfer.received(in: house.files) == 1000)
        }
    }

    @Test("The program may end between the seal and the row")
    func killedBetween() async throws {
        try await LabHouse.withEach { house in
            let upload = try await house.begin(walk)
            _ = try await upload.transfer.append(walk, at: 0, in: house.files)
            _ = try await upload.transfer.seal(in: house.files)
            #expect(try await upload.transfer.received(in: house.files) == Int64(walk.count))
            #expect(try await house.finish(upload).sha256 == checksum(walk))
        }
    }

    @Test("Wrong bytes are not kept, and the file can be sent again")
    func wrongChecksum() async throws {
        try await LabHouse.withEach { house in
            let upload = try await house.begin(walk)
            var wrong = walk
            wrong[5000] ^= 1
            _ = try await upload.transfer.append(wrong, at: 0, in: house.files)
            await #expect(throws: FileTransferError.wrongChecksum) { try await upload.transfer.seal(in: house.files) }
            try await house.store.write {
                try house.uploads.refuse(upload.id, by: LabHouse.desk, at: LabHouse.now, in: $0)
            }
            #expect(try await house.files.keys().isEmpty)
            let fresh = try await house.begin(walk)
            #expect(fresh.id != upload.id)
            #expect(try await house.send(walk).sha256 == checksum(walk))
        }
    }

    @Test(
        "Files that can't be recordings are refused at the start",
        arguments: [("", 10), ("a/", 10), ("walk.exe", 10), ("walk.c3d", 0), ("walk.c3d", 1 << 40), ("walk.c3d", -5)]
            as [(String, Int64)])
    func announcements(name: String, count: Int64) {
        let error = #expect(throws: FileTransferError.self) {
            try FileAnnouncement(fileName: name, byteCount: count, accepted: Upload.accepted)
        }
        switch error {
        case .unnamed: #expect(name.isEmpty)
        case .wrongExtension(let told, _): #expect(["a", "walk.exe"].contains(told))
        case .empty: #expect(name == "walk.c3d" && count <= 0)
        case .tooLarge(let limit, _): #expect(name == "walk.c3d" && limit == 200 << 20 && count > limit)
        default: Issue.record("refused for another reason: \(String(describing: error))")
        }
    }

    @Test("Strange names stay names")
    func names() async throws {
        try await LabHouse.withEach { house in
            for (told, kept) in [
                ("../../etc/passwd.c3d", "passwd.c3d"), ("C:\\lab\\Walk 1.C3D", "Walk 1.C3D"),
                ("a\u{0}b.trc", "ab.trc"),
            ] {
                #expect(try await house.begin(walk, name: told).fileName == kept)
            }
            let long = try await house.begin(walk, name: String(repeating: "x", count: 5000) + ".c3d")
            #expect(long.fileName.count == 120 && long.fileName.hasSuffix(".c3d"))
        }
        #expect(throws: FileTransferError.malformedChecksum) {
            try FileAnnouncement(
                fileName: "a.c3d", byteCount: 1, sha256: "no", accepted: Upload.accepted)
        }
    }

    @Test("Patients and visitors upload nothing")
    func permission() async throws {
        try await LabHouse.withEach { house in
            for actor in [Actor.visitor, .patient(house.patient)] {
                await #expect(throws: GaitLabError.notPermitted) { try await house.begin(walk, by: actor) }
            }
        }
    }

    @Test("A file that can't be read ends as a reason in words")
    func unreadable() async throws {
        try await LabHouse.withEach { house in
            let recording = try await house.send(Array(walk.prefix(walk.count / 2)))
            #expect(try await house.work() == 1)
            #expect(try await house.work() == 0)
            let found = try #require(try await house.store.read { try house.recordings.find(recording.id, in: $0) })
            #expect(found.state == .failed)
            #expect(found.failure?.contains("promises") == true)
            #expect(try await house.store.read { try house.recordings.figures(of: recording.id, in: $0) } == nil)
        }
    }
}

@Suite struct ReportTests {
    private func analysed(_ house: LabHouse) async throws -> LabRecording {
        let recording = try await house.send(walk)
        _ = try await house.work()
        return recording
    }

    private func write(_ words: String, _ house: LabHouse, by actor: Actor = LabHouse.clinician) async throws
        -> LabReport
    {
        try await house.store.write {
            try house.reports.writeWords(words, orderID: house.order, by: actor, at: LabHouse.now, in: $0)
        }
    }

    private func release(_ id: LabReport.ID, _ house: LabHouse, by actor: Actor = LabHouse.clinician) async throws
        -> Bool
    {
        try await house.store.write {
            try house.reports.release(id, by: actor, at: LabHouse.now, in: $0).isNew
        }
    }

    private func read(_ id: LabReport.ID, _ house: LabHouse, by actor: Actor) async throws -> LabReport {
        try await house.store.write { try house.reports.read(id, by: actor, at: LabHouse.now, in: $0) }
    }

    @Test("A draft is changed until it is released once; then its patient, and no other, reads it")
    func life() async throws {
        try await LabHouse.withEach { house in
            let recording = try await analysed(house)
            let draft = try await write("A first thought.", house)
            #expect(draft.recording == recording.id && !draft.isReleased)
            #expect(try await write("Your steps are even.", house).id == draft.id)

            let patient = Actor.patient(house.patient)
            await #expect(throws: GaitLabError.unknownReport) { try await read(draft.id, house, by: patient) }
            #expect(try await house.store.read { try house.reports.released(to: house.patient, in: $0) }.isEmpty)

            #expect(try await release(draft.id, house))
            #expect(try await release(draft.id, house) == false)
            await #expect(throws: GaitLabError.alreadyReleased) { try await write("Other words.", house) }
            #expect(try await write("Your steps are even.", house).isReleased)

            #expect(try await read(draft.id, house, by: patient).words == "Your steps are even.")
            #expect(try await read(draft.id, house, by: LabHouse.clinician).releasedBy == LabHouse.clinician.auditName)
            for actor in [Actor.patient(Patient.ID("someone else")), .visitor] {
                await #expect(throws: GaitLabError.unknownReport) { try await read(draft.id, house, by: actor) }
            }
            #expect(try await house.actions().count { $0 == "report.release" } == 1)
            #expect(try await house.actions().count { $0 == "report.read" } == 2)
        }
    }

    @Test("There is no report without a walk, and no release without words")
    func refusals() async throws {
        try await LabHouse.withEach { house in
            await #expect(throws: GaitLabError.notAnalysed) { try await write("Words.", house) }
            _ = try await house.send(Array(walk.prefix(2000)), name: "broken.c3d")
            _ = try await house.work()
            await #expect(throws: GaitLabError.notAnalysed) { try await write("Words.", house) }
            _ = try await analysed(house)
            let empty = try await write("  \n", house)
            await #expect(throws: GaitLabError.noWords) { try await release(empty.id, house) }
            await #expect(throws: GaitLabError.wordsTooLong(limit: LabReport.longestWords)) {
                try await write(String(repeating: "x", count: LabReport.longestWords + 1), house)
            }
            for actor in [LabHouse.desk, .patient(house.patient), .visitor] {
                await #expect(throws: GaitLabError.notPermitted) { try await write("Words.", house, by: actor) }
                await #expect(throws: GaitLabError.notPermitted) { try await release(empty.id, house, by: actor) }
            }
            await #expect(throws: GaitLabError.notPermitted) { try await read(empty.id, house, by: LabHouse.desk) }
        }
    }

    @Test("A standing trial is known as one and is not reported on")
    func standing() async throws {
        var recording = SimulatedWalker().recording()
        let perFrame = recording.pointLabels.count * 3
        let first = Array(recording.coordinates[..<perFrame])
        recording.coordinates = (0..<recording.frameCount).flatMap { _ in first }
        recording.storedEvents = []
        recording.analog = recording.analog.map { _ in 0 }
        let bytes = C3DWriter.write(recording)
        try await LabHouse.withEach { house in
            let stood = try await house.send(bytes, name: "static.c3d")
            _ = try await house.work()
            #expect(try await house.store.read { try house.recordings.find(stood.id, in: $0) }?.kind == .static)
            await #expect(throws: GaitLabError.notAnalysed) { try await write("Words.", house) }
            let walked = try await analysed(house)
            #expect(try await write("Words.", house).recording == walked.id)
        }
    }
}
