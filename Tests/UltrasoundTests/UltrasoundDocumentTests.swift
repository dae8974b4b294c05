// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Ultrasound

@Suite struct UltrasoundDocumentTests {
    private let loop = small(.torn(seed: 2), frames: 8).loop()

    private func object(_ document: some Encodable) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: try JSONEncoder().encode(document)) as? [String: Any])
    }

    @Test func aTrackHasTheKeysOthersRead() throws {
        let tracks = try PointTracker().track([PicturePoint(x: 70, y: 100), PicturePoint(x: 140, y: 100)], in: loop)
        let document = try object(
            TrackDocument(
                loop: loop, file: "a.mp4", tracks: [("A", tracks[0]), ("B", tracks[1])],
                separation: ("A", "B", Separation(between: tracks[0], and: tracks[1], in: loop))))
        #expect(document["schema"] as? String == "fascia.ultrasound/1")
        #expect(document["field"] is NSNull)
        let points = try #require(document["points"] as? [[String: Any]])
        #expect((points[0]["positions"] as? [[Double]])?.count == 8)
        #expect((points[0]["confidence"] as? [Double])?.count == 8)
        let separation = try #require(document["separation"] as? [String: Any])
        for key in ["restMillimetres", "maximumMillimetres", "maximumFrame", "openingMillimetres"] {
            #expect(separation[key] is NSNumber)
        }
        #expect((separation["perFrameMillimetres"] as? [Double])?.count == 8)
    }

    @Test func whatIsNotThereIsNull() throws {
        let bare = try CineLoop(frames: [loop.frames[0]], times: [0])
        let document = try object(TrackDocument(loop: bare, file: "x", tracks: []))
        #expect(document["separation"] is NSNull)
        let told = try #require(document["loop"] as? [String: Any])
        #expect(told["millimetresPerPixel"] is NSNull)
        #expect(told["frameRate"] is NSNull)
        let codes = (document["warnings"] as? [[String: String]] ?? []).compactMap { $0["code"] }
        #expect(codes.contains("uncalibrated") && codes.contains("oneFrame"))
    }

    @Test func aFieldIsReadableAndComplete() throws {
        let field = try MotionField(of: loop, spacingPixels: 40)
        let text = Data(FieldDocument.bytes(field))
        let document = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
        let points = try #require(document["points"] as? [[String: Any]])
        #expect(points.count == field.columns * field.rows)
        let last = try #require(points.last)
        let positions = try #require(last["positions"] as? [[Double]])
        let place = field.position(column: field.columns - 1, row: field.rows - 1, frame: 7)
        #expect(abs(positions[7][0] - place.x) < 1e-4 && abs(positions[7][1] - place.y) < 1e-4)
    }

    @Test func noTearIsAnEmptyList() throws {
        let document = try object(TearDocument([], loop: loop))
        #expect(document["schema"] as? String == "fascia.tear/1")
        #expect((document["candidates"] as? [Any])?.isEmpty == true)
    }
}
