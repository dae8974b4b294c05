// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Reads a `multipart/related` body (RFC 2387, RFC 2046 section 5.1) as it arrives: of a part it holds back no more than could be
/// the beginning of a boundary.
struct MultipartReader {
    enum Event: Equatable {
        case partBegins
        case bytes([UInt8])
        case partEnds
    }

    struct Damage: Error {}

    private enum Place { case before, afterBoundary, head, afterHead, part, over }

    private static let longestHead = 16 << 10
    private let boundary: [UInt8]
    private var waiting: [UInt8] = []
    private var place = Place.before

    /// Nothing where the header names no boundary.
    init?(contentType: String) {
        guard let boundary = MultipartRelated.parameter("boundary", of: contentType),
            (1...70).contains(boundary.utf8.count)
        else { return nil }
        self.boundary = Array("\r\n--\(boundary)".utf8)
        // The first boundary has no line before it.
        waiting = Array("\r\n".utf8)
    }

    /// Whether the last boundary has come.
    var isOver: Bool { place == .over }

    /// - Throws: `Damage` where the parts can't be told apart.
    mutating func take(_ bytes: some Sequence<UInt8>) throws -> [Event] {
        guard place != .over else { return [] }
        waiting += bytes
        var events: [Event] = []
        var position = 0
        steps: while true {
            switch place {
            case .before, .part:
                let found = find(boundary, from: position)
                // What could be the beginning of a boundary stays.
                let end = found ?? max(position, waiting.count - boundary.count + 1)
                if place == .part, end > position { events.append(.bytes(Array(waiting[position..<end]))) }
                position = end
                guard let found else { break steps }
                if place == .part { events.append(.partEnds) }
                position = found + boundary.count
                place = .afterBoundary
            case .afterBoundary:
                guard waiting.count - position >= 2 else { break steps }
                let isLast = waiting[position..<position + 2].elementsEqual("--".utf8)
                place = isLast ? .over : .head
            case .head:
                guard let end = find(Array("\r\n\r\n".utf8), from: position) else {
                    guard waiting.count - position <= Self.longestHead else { throw Damage() }
                    break steps
                }
                position = end + 2
                place = .afterHead
            case .afterHead:
                // The empty line may be the one before the next boundary: such a part is empty.
                let rest = waiting[position...]
                guard rest.count >= boundary.count || !boundary.starts(with: rest) else { break steps }
                if !rest.starts(with: boundary) { position += 2 }
                place = .part
                events.append(.partBegins)
            case .over:
                position = waiting.count
                break steps
            }
        }
        waiting.removeFirst(position)
        return events
    }

    /// The first place of some bytes in what waits.
    private func find(_ wanted: [UInt8], from start: Int) -> Int? {
        guard let first = wanted.first, start <= waiting.count - wanted.count else { return nil }
        return waiting.withUnsafeBytes { all in
            var position = start
            let last = all.count - wanted.count
            while position <= last {
                // memory's own search for the first byte, because bodies are hundreds of megabytes
                guard let base = all.baseAddress, let found = memchr(base + position, Int32(first), last - position + 1)
                else { return nil }
                position = UnsafeRawPointer(found) - base
                if all[position..<position + wanted.count].elementsEqual(wanted) { return position }
                position += 1
            }
            return nil
        }
    }
}
