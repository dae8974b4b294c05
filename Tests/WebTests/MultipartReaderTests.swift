// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Web

@Suite struct MultipartReaderTests {
    private static let contentType = "multipart/related; type=\"application/dicom\"; boundary=\"a-b\""

    /// What a reader makes of a body that arrives in pieces of these sizes.
    private func parts(_ body: [UInt8], pieces: () -> Int) throws -> (parts: [[UInt8]], isOver: Bool) {
        var reader = try #require(MultipartReader(contentType: Self.contentType))
        var parts: [[UInt8]] = []
        var open = false
        var rest = body[...]
        while !rest.isEmpty {
            let piece = rest.prefix(pieces())
            rest = rest.dropFirst(piece.count)
            for event in try reader.take(piece) {
                switch event {
                case .partBegins:
                    #expect(!open)
                    open = true
                    parts.append([])
                case .bytes(let bytes):
                    #expect(open && !bytes.isEmpty)
                    parts[parts.count - 1] += bytes
                case .partEnds: open = false
                }
            }
        }
        return (parts, reader.isOver)
    }

    /// Contents that look like boundaries, cut anywhere.
    @Test(arguments: 0..<200) func partsComeBackHoweverTheyAreCut(_ seed: UInt64) throws {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        func number(_ below: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % below
        }
        let words = ["\r\n--a-", "\r\n", "--a-b", "\r\n--a-c", "-", "\r", "x", "\u{0}"].map { Array($0.utf8) }
        let wanted = (0..<1 + number(4)).map { _ in
            // No content holds its own boundary, nor begins with it: writers choose another one then.
            while true {
                let content = (0..<number(30)).flatMap { _ in words[number(words.count)] }
                if Data("\r\n".utf8 + content).range(of: Data("\r\n--a-b".utf8)) == nil { return content }
            }
        }
        var body = Array((number(2) == 0 ? "" : "a preamble\r\n").utf8)
        for content in wanted {
            body += Array("--a-b\r\nContent-Type: application/dicom\r\n\r\n".utf8) + content + Array("\r\n".utf8)
        }
        body += Array("--a-b--\r\nan epilogue".utf8)
        let read = try parts(body) { 1 + number(12) }
        #expect(read.parts == wanted)
        #expect(read.isOver)
        #expect(try parts(body) { body.count }.parts == wanted)
        // Cut off anywhere before the last boundary, it is not whole.
        let cut = body.count - "--\r\nan epilogue".utf8.count - number(20)
        #expect(try !parts(Array(body.prefix(cut))) { 7 }.isOver)
    }

    @Test(arguments: 1...30) func aPartWithoutABodyIsEmpty(_ step: Int) throws {
        let body = Array("--a-b\r\nContent-Type: x\r\n\r\n--a-b\r\n\r\nsecond\r\n--a-b--".utf8)
        #expect(try parts(body) { step }.parts == [[], Array("second".utf8)])
    }

    @Test func aHeadWithoutAnEndIsDamage() throws {
        var reader = try #require(MultipartReader(contentType: Self.contentType))
        _ = try reader.take(Array("--a-b\r\n".utf8))
        #expect(throws: MultipartReader.Damage.self) {
            for _ in 0..<20 { _ = try reader.take([UInt8](repeating: 65, count: 1024)) }
        }
    }

    @Test(arguments: ["multipart/related", "multipart/related; boundary=", "multipart/related; boundary=\"\""])
    func withoutABoundaryThereIsNoReader(_ contentType: String) {
        #expect(MultipartReader(contentType: contentType) == nil)
    }
}
