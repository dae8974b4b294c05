// SPDX-License-Identifier: Apache-2.0

import Accounts
import Foundation
import Storage
import StorageTesting
import Testing
import Ultrasound

@testable import Imaging

extension LoopHouse {
    /// A small simulated loop of this visit, ready to be looked at.
    func simulated(
        seed: UInt64, side: BodySide?, tear: Double? = 6, muscle: ComparedMuscle = .rectusFemoris
    ) async throws -> VisitLoop {
        var scene = SimulatedLoops.muscle(
            seed: seed,
            tear: tear.map { .init(centreMillimetres: 12.8, restMillimetres: 1, peakMillimetres: $0) }, contracts: true)
        scene.width = 128
        scene.height = 96
        scene.frameCount = 16
        let id = try await SimulatedLoops().add(
            scene, named: "loop-\(seed).demo", label: LoopLabel(side: side, muscle: muscle, state: .contraction),
            visit: visit, patient: patient, store: store, files: files, at: Self.now)
        return try await find(id)
    }

    func draw(
        _ meaning: LoopAnnotation.Meaning, _ points: [PicturePoint], kind: LoopAnnotation.Kind = .distance,
        in loop: VisitLoop.ID, at now: Date = now
    ) async throws -> LoopAnnotation {
        try await store.write {
            try LoopAnnotations().add(
                kind, meaning: meaning, frame: 0, points: points, text: "", in: loop, by: Self.clinician, at: now,
                in: $0)
        }
    }
}

@Suite("The exam room")
struct ExamTests {
    @Test(
        "What is drawn has millimetres only with a scale, is accepted by a person, and is taken away without being lost"
    )
    func annotations() async throws {
        try await LoopHouse.withEach { house in
            let loop = try await house.simulated(seed: 1, side: .left)
            let line = [PicturePoint(x: 10, y: 10), PicturePoint(x: 60, y: 10)]
            let length = try await house.draw(.thickness, line, in: loop.id)
            #expect(length.content.value == MeasuredValue(10, .millimetres))
            let square = [(10.0, 10.0), (30, 10), (30, 30), (10, 30)].map { PicturePoint(x: $0.0, y: $0.1) }
            let area = try await house.draw(.haematomaArea, square, kind: .area, in: loop.id)
            #expect(area.content.value == MeasuredValue(16, .squareMillimetres))
            let corner = [(30.0, 10.0), (10, 10), (10, 40)].map { PicturePoint(x: $0.0, y: $0.1) }
            let angle = try await house.draw(.pennation, corner, kind: .angle, in: loop.id)
            #expect(abs((angle.content.value?.value ?? 0) - 90) < 1e-9)
            let content = try LoopAnnotation.Content(
                kind: .distance, meaning: .other, frame: 0, points: line, text: "", in: #require(loop.frames),
                spacing: nil)
            #expect(content.value == MeasuredValue(50, .pixels) && content.value?.isCalibrated == false)

            await #expect(throws: ImagingError.notPermitted) {
                try await house.store.write {
                    try LoopAnnotations().accept(length.id, by: .system("job"), at: LoopHouse.now, in: $0)
                }
            }
            let accepted = try await house.store.write {
                try LoopAnnotations().accept(length.id, by: LoopHouse.clinician, at: LoopHouse.now, in: $0)
            }
            #expect(accepted.acceptedAt != nil)
            _ = try await house.store.write {
                try LoopAnnotations().remove(area.id, by: LoopHouse.clinician, at: LoopHouse.now, in: $0)
            }
            let left = try await house.store.read { try LoopAnnotations().list(of: loop.id, in: $0) }
            #expect(Set(left.map(\.id)) == [length.id, angle.id])
        }
    }

    @Test(
        "A drawing that can't be is refused",
        arguments: [
            (LoopAnnotation.Kind.distance, [(5.0, 5.0)], ImagingError.marksMissing),
            (.distance, [(5, 5), (5, 5)], .marksTooNear), (.angle, [(5, 5), (9, 9)], .marksMissing),
            (.area, [(5, 5), (500, 9), (9, 9)], .marksMissing), (.note, [(5, 5)], .emptyNote),
            (.distance, [(.nan, 5), (9, 9)], .marksMissing),
        ])
    func impossible(_ kind: LoopAnnotation.Kind, _ points: [(Double, Double)], _ error: ImagingError) {
        let frames = VisitLoop.Frames(width: 100, height: 80, times: [0, 1], fileKey: "", ends: [1, 2])
        #expect(throws: error) {
            try LoopAnnotation.Content(
                kind: kind, meaning: .other, frame: 0, points: points.map { PicturePoint(x: $0.0, y: $0.1) }, text: "",
                in: frames, spacing: nil)
        }
    }

    @Test("The frame where it hurts is found from taps and from the slider's course by the clock")
    func pain() async throws {
        try await LoopHouse.withEach { house in
            let loop = try await house.simulated(seed: 2, side: .left)
            func mark(_ value: Int, _ frame: Int) async throws {
                try await house.store.write {
                    try Pain().mark(
                        value, frame: frame, source: .tap, loop: loop.id, by: LoopHouse.clinician, at: LoopHouse.now,
                        in: $0)
                }
            }
            try await mark(4, 3)
            try await mark(8, 9)
            try await mark(8, 11)
            var course = try await house.store.read { try Pain().course(of: loop, in: $0) }
            #expect(course.map(\.frame) == [3, 9, 11] && Pain.worst(course)?.frame == 9)

            // The loop was taken at 15 frames a second from `now`; the slider said 9 after 0.4 seconds: frame 6.
            try await house.store.write { transaction in
                try Pain().setBeginning(
                    of: loop.id, at: LoopHouse.now, how: "file", by: LoopHouse.clinician, now: LoopHouse.now,
                    in: transaction)
                _ = try Pain().report(
                    9, visit: house.visit, patient: house.patient, by: .patient(house.patient),
                    at: LoopHouse.now.addingTimeInterval(0.41), in: transaction)
                // After the end of the loop: not on its axis.
                _ = try Pain().report(
                    10, visit: house.visit, patient: house.patient, by: .patient(house.patient),
                    at: LoopHouse.now.addingTimeInterval(30), in: transaction)
            }
            course = try await house.store.read { try Pain().course(of: loop, in: $0) }
            #expect(Pain.worst(course) == LoopPain(frame: 6, value: 9, source: .clock))
            await #expect(throws: ImagingError.notPermitted) {
                try await house.store.write {
                    try Pain().report(
                        3, visit: house.visit, patient: house.patient, by: .patient(.init("somebody else")),
                        at: LoopHouse.now, in: $0)
                }
            }
            await #expect(throws: ImagingError.noSuchPain) { try await mark(11, 3) }
        }
    }

    @Test("Findings copy what is accepted, are sealed, and a new version takes the place of the one before")
    func findings() async throws {
        try await LoopHouse.withEach { house in
            let left = try await house.simulated(seed: 3, side: .left)
            let right = try await house.simulated(seed: 4, side: .right, tear: nil)
            for (loop, width) in [(left, 40.0), (right, 60.0)] {
                let line = [PicturePoint(x: 10, y: 10), PicturePoint(x: 10 + width, y: 10)]
                let drawn = try await house.draw(.thickness, line, in: loop.id)
                _ = try await house.store.write {
                    try LoopAnnotations().accept(drawn.id, by: LoopHouse.clinician, at: LoopHouse.now, in: $0)
                }
            }
            // Drawn and not accepted: it does not stand in findings.
            _ = try await house.draw(
                .haematomaLength, [PicturePoint(x: 1, y: 1), PicturePoint(x: 9, y: 9)], in: left.id)
            let book = FindingsBook()
            let measures = try await house.store.read { try book.acceptedMeasures(ofVisit: house.visit, in: $0) }
            #expect(measures.map(\.meaning) == ["thickness", "thickness"])
            let comparison = try #require(book.comparisons(of: measures, earlier: []).first)
            #expect(abs((comparison.percent ?? 0) + 100.0 / 3) < 1e-9 && comparison.isMore == true)

            var content = FindingsContent()
            content.measures = measures
            func sign(by actor: Actor = LoopHouse.clinician) async throws -> Findings {
                let copy = content
                return try await house.store.write {
                    try book.sign(
                        copy, visit: house.visit, patient: house.patient, named: "Dr. Practice", by: actor,
                        at: LoopHouse.now, in: $0)
                }
            }
            await #expect(throws: ImagingError.nothingToSign) { try await sign() }
            content.words = "A gap opens."
            await #expect(throws: ImagingError.notPermitted) { try await sign(by: LoopHouse.desk) }
            await #expect(throws: ImagingError.notPermitted) { try await sign(by: .system("job")) }
            let first = try await sign()
            #expect(try await sign().id == first.id)
            content.words = "A gap opens wide."
            let second = try await sign()
            #expect(second.version == 2)
            #expect(try await house.store.read { try book.find(first.id, in: $0) }.content.words == "A gap opens.")

            await #expect(throws: ImagingError.superseded) {
                try await house.store.write {
                    try book.release(first.id, by: LoopHouse.clinician, at: LoopHouse.now, in: $0)
                }
            }
            func read() async throws -> Findings {
                try await house.store.write {
                    try book.read(second.id, by: .patient(house.patient), at: LoopHouse.now, in: $0)
                }
            }
            await #expect(throws: ImagingError.unknownFindings) { try await read() }
            _ = try await house.store.write {
                try book.release(second.id, by: LoopHouse.clinician, at: LoopHouse.now, in: $0)
            }
            #expect(try await read().version == 2)

            // A row that was changed no longer fits its seal.
            try await house.store.write { transaction in
                _ = try transaction.run(
                    "UPDATE findings SET content = replace(content, 'wide', 'a bit') WHERE id = \(second.id)")
            }
            await #expect(throws: ImagingError.findingsChanged) { try await read() }
        }
    }

    @Test("Nothing leaves before a person has looked for text, and what leaves is cut to what was looked at")
    func sharing() async throws {
        try await LoopHouse.withEach { house in
            let loop = try await house.simulated(seed: 5, side: nil)
            let frames = try #require(loop.frames)
            func export() async throws -> ClearedArea {
                try await house.store.write {
                    try LoopSharing().exported(loop.id, by: LoopHouse.clinician, at: LoopHouse.now, in: $0)
                }
            }
            await #expect(throws: ImagingError.textNotChecked) { try await export() }
            #expect(throws: ImagingError.wrongArea) { try ClearedArea(x: 100, y: 0, width: 60, height: 60, in: frames) }
            let area = try ClearedArea(x: 8, y: 16, width: 64, height: 48, in: frames)
            try await house.store.write {
                try LoopSharing().clear(area, of: loop.id, by: LoopHouse.clinician, at: LoopHouse.now, in: $0)
            }
            #expect(try await export() == area)
            let bytes = try await house.files.readAll(frames.fileKey)
            let extract = try LoopSharing.extract(
                frames, bytes: bytes, area: area, range: 2...9, every: 2, mostPixels: 64 * 48 / 4,
                spacing: PixelSpacing(x: 0.2, y: 0.2))
            #expect(extract.width == 32 && extract.height == 24 && extract.pictures.count == 4)
            #expect(extract.times.first == 0 && extract.spacing?.x == 0.4)
            let whole = try PNG.decode(try await frames.picture(2, in: house.files), limits: .clinic)
            let small = try PNG.decode(extract.pictures[0], limits: .clinic)
            let mean = [(8, 16), (9, 16), (8, 17), (9, 17)].reduce(0) { $0 + Int(whole[$1.0, $1.1]) }
            #expect(Int(small[0, 0]) == (mean + 2) / 4)

            let clip = CaseClip.ID("a-clip")
            let file = try await LoopSharing.keep(extract, as: clip, in: house.files)
            await #expect(throws: ImagingError.consentMissing) {
                try await house.store.write {
                    try LoopSharing().addClip(
                        extract, file: file, caption: "x", consent: nil, id: clip, by: LoopHouse.clinician,
                        at: LoopHouse.now, in: $0)
                }
            }
            try await house.store.write {
                try LoopSharing().addClip(
                    extract, file: file, caption: "x", consent: (try .init(name: "Ada", day: "2026-03-02"), loop.id),
                    id: clip, by: LoopHouse.clinician, at: LoopHouse.now, in: $0)
            }
            #expect(try await house.store.read { try LoopSharing().clip(clip, in: $0) }.frames.count == 4)
            #expect(
                try await house.store.read { try LoopSharing().clips(ofLoop: loop.id, in: $0) }.map(\.consent.name) == [
                    "Ada"
                ])
            try await house.store.write {
                try LoopSharing().takeDown(clip, by: LoopHouse.clinician, at: LoopHouse.now, in: $0)
            }
            await #expect(throws: ImagingError.unknownClip) {
                try await house.store.read { try LoopSharing().clip(clip, in: $0) }
            }
        }
    }

    @Test("The probe's list holds a place once, and whoever names it")
    func targets() async throws {
        try await LoopHouse.withEach { house in
            func add(_ place: String, _ side: BodySide?, by actor: Actor) async throws {
                try await house.store.write {
                    try VisitTargets().add(
                        place, side: side, note: "", source: "patient", visit: house.visit, patient: house.patient,
                        by: actor, at: LoopHouse.now, in: $0)
                }
            }
            try await add("Front of the thigh", .left, by: .patient(house.patient))
            try await add("front of the thigh", .left, by: LoopHouse.clinician)
            try await add("Front of the thigh", .right, by: LoopHouse.clinician)
            await #expect(throws: ImagingError.notPermitted) { try await add("Groin", nil, by: LoopHouse.desk) }
            await #expect(throws: ImagingError.unnamedPlace) { try await add("  ", nil, by: LoopHouse.clinician) }
            let list = try await house.store.read { try VisitTargets().list(ofVisit: house.visit, in: $0) }
            #expect(list.count == 2)
            _ = try await house.store.write {
                try VisitTargets().look(at: list[0].id, by: LoopHouse.clinician, at: LoopHouse.now, in: $0)
            }
            let now = try await house.store.read { try VisitTargets().list(ofVisit: house.visit, in: $0) }
            #expect(now.map { $0.lookedAt != nil } == [false, true])
        }
    }

    @Test("Loops are matched by the phase of their contraction, and by their share of the time without one")
    func phases() throws {
        // The same contraction, the second time later and slower.
        func signal(_ onset: Double, _ length: Double, _ times: [Double]) -> [Double] {
            times.map { $0 < onset || $0 > onset + length ? 0 : sin(($0 - onset) / length * .pi) * 10 }
        }
        let times = (0..<60).map { Double($0) / 20 }
        let one = try #require(ContractionPhases(of: signal(0.5, 1, times), times: times))
        let other = try #require(ContractionPhases(of: signal(1, 1.6, times), times: times))
        let match = LoopPhases.match(times, one, to: times, other)
        #expect(abs(match[one.peakFrame] - other.peakFrame) <= 1)
        #expect(abs(match[one.onsetFrame] - other.onsetFrame) <= 1)
        #expect(match == match.sorted())
        let shared = LoopPhases.match(times, nil, to: (0..<30).map { Double($0) }, other)
        #expect(shared.first == 0 && shared.last == 29)
    }

    @Test("A motion field is packed as the browser reads it")
    func motion() throws {
        let loop = SimulatedLoops.muscle(seed: 6, tear: nil, contracts: true).loop()
        let field = try MotionField(of: loop, spacingPixels: 24)
        let bytes = LoopMotion.pack(field)
        #expect(bytes.count == 16 + field.frameCount * field.columns * field.rows * 6)
        func number(_ index: Int) -> Int {
            Int(Int16(bitPattern: UInt16(bytes[2 * index]) | UInt16(bytes[2 * index + 1]) << 8))
        }
        #expect((0..<6).map(number) == [1, field.columns, field.rows, 24, field.frameCount, 0])
        let (frame, row, column) = (field.frameCount / 2, 2, 3)
        let at = 8 + ((frame * field.rows + row) * field.columns + column) * 3
        let moved = field.displacement(column: column, row: row, frame: frame)
        #expect(abs(Double(number(at)) / 16 - moved.x) <= 1.0 / 32 + 1e-9)
        #expect(abs(Double(number(at + 1)) / 16 - moved.y) <= 1.0 / 32 + 1e-9)
    }
}
