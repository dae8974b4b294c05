// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation
import Logging
import Storage

/// An object that a program sends, part by part. It lies among the uploads until it is known what it is.
package struct ArrivingObject: Sendable {
    let upload: String
    private(set) var byteCount: Int64 = 0
    private var hash = SHA256()
    /// What is not written yet: each write is synced.
    private var waiting: [UInt8] = []
    private static let writtenAtOnce = 4 << 20

    init(upload: String) { self.upload = upload }

    mutating func take(_ bytes: [UInt8], in files: any Files) async throws {
        hash.update(data: bytes)
        waiting += bytes
        if waiting.count >= Self.writtenAtOnce { try await write(in: files) }
    }

    /// Its file with its checksum, once all has come.
    mutating func whole(in files: any Files) async throws -> (byteCount: Int64, sha256: String) {
        try await write(in: files)
        let digest = hash.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return (byteCount, digest)
    }

    private mutating func write(in files: any Files) async throws {
        guard !waiting.isEmpty else { return }
        byteCount = try await files.append(waiting, toUpload: upload, at: byteCount)
        waiting.removeAll(keepingCapacity: true)
    }
}

/// The objects of one message, in their order. None is taken before the message has come whole.
package struct ArrivingObjects: Sendable {
    let clinic: Clinic
    private(set) var all: [(object: ArrivingObject, isWritten: Bool)] = []

    init(clinic: Clinic) { self.clinic = clinic }

    package mutating func begin() {
        all.append(
            (ArrivingObject(upload: "dicom-web-\(Identifier<ArrivingObject>.make(at: clinic.clock.now()))"), true))
    }

    /// A part of the newest one. A full disk is remembered and told at the end, of that object alone.
    package mutating func take(_ bytes: [UInt8]) async {
        guard let last = all.indices.last, all[last].isWritten else { return }
        do {
            try await all[last].object.take(bytes, in: clinic.files)
        } catch {
            clinic.logger.error("An upload could not be written.", metadata: ["error": "\(error)"])
            all[last].isWritten = false
            try? await clinic.files.discard(upload: all[last].object.upload)
        }
    }

    package var isEmpty: Bool { all.isEmpty }

    /// Throws all away.
    package func discard() async {
        for one in all { try? await clinic.files.discard(upload: one.object.upload) }
    }
}
