// SPDX-License-Identifier: Apache-2.0

import CChild

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// One message between the clinic and its helper: four bytes of length (little endian), one that says what it is, the rest.
package struct HelperFrame: Sendable, Hashable {
    package let kind: UInt8
    package let payload: [UInt8]

    package init(_ kind: Character, _ payload: [UInt8]) {
        self.kind = kind.asciiValue ?? 0
        self.payload = payload
    }

    /// One that holds several texts, each after its length in four bytes (little endian).
    init(_ kind: Character, texts: [String]) {
        self.init(
            kind,
            texts.flatMap { text in
                (0..<4).map { UInt8(truncatingIfNeeded: text.utf8.count >> (8 * $0)) } + Array(text.utf8)
            })
    }

    init(kind: UInt8, payload: [UInt8]) {
        self.kind = kind
        self.payload = payload
    }

    /// What a helper may say at once: one frame of a loop, or an object's attributes.
    static let mostBytes = 64 << 20

    var head: [UInt8] {
        let count = UInt32(truncatingIfNeeded: payload.count)
        return (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * UInt32($0))) } + [kind]
    }

    /// Waits for the next one on a descriptor; nothing at its end, or where it speaks another language.
    static func receive(_ descriptor: Int32) -> HelperFrame? {
        guard let head = bytes(descriptor, count: 5) else { return nil }
        let count = (0..<4).reduce(0) { $0 | Int(head[$1]) << (8 * $1) }
        guard count <= mostBytes, let payload = bytes(descriptor, count: count) else { return nil }
        return HelperFrame(kind: head[4], payload: payload)
    }

    /// The texts of a frame that holds several; nothing where they do not fit it.
    static func texts(_ payload: [UInt8]) -> [String]? {
        var texts: [String] = []
        var rest = payload[...]
        while !rest.isEmpty {
            guard rest.count >= 4 else { return nil }
            let start = rest.startIndex
            let count = (0..<4).reduce(0) { $0 | Int(rest[start + $1]) << (8 * $1) }
            rest = rest.dropFirst(4)
            guard count <= rest.count else { return nil }
            texts.append(String(decoding: rest.prefix(count), as: UTF8.self))
            rest = rest.dropFirst(count)
        }
        return texts
    }

    /// False where nobody listens any more.
    func send(_ descriptor: Int32) -> Bool {
        let bytes = head + payload
        var done = 0
        while done < bytes.count {
            // The memory is the array's own and outlives the call.
            let sent = unsafe bytes.withUnsafeBytes {
                unsafe helper_send(descriptor, $0.baseAddress?.advanced(by: done), bytes.count - done)
            }
            if sent < 0, errno == EINTR { continue }
            guard sent > 0 else { return false }
            done += sent
        }
        return true
    }

    private static func bytes(_ descriptor: Int32, count: Int) -> [UInt8]? {
        var done = 0
        // What is not filled is not given out: the closure says how much it wrote.
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while done < count {
                let got = unsafe read(descriptor, buffer.baseAddress?.advanced(by: done), count - done)
                if got < 0, errno == EINTR { continue }
                if got <= 0 { break }
                done += got
            }
            filled = done
        }
        return done == count ? bytes : nil
    }
}
