// SPDX-License-Identifier: Apache-2.0

/// A file that is whole, on disk, and known by its checksum.
package struct StoredFile: Sendable, Hashable {
    package let key: String
    package let byteCount: Int64
    /// SHA-256, lower-case hexadecimal.
    package let sha256: String

    package init(key: String, byteCount: Int64, sha256: String) {
        self.key = key
        self.byteCount = byteCount
        self.sha256 = sha256
    }
}

/// What a file store refuses, with what to do.
package enum FilesError: Error, Sendable, Equatable {
    /// The part does not begin where the received bytes end: go on at `received`.
    case wrongOffset(received: Int64)
    /// The bytes are not those that the sender meant: send the file again.
    case checksum(expected: String, found: String)
    case missing(key: String)
    case unsafeKey(String)
    /// The disk refused (full, read-only): said to the person and in the log; what was received is kept.
    case disk(String)
}

/// Where recordings and letters live: a folder by default.
///
/// A file is received in parts, each on disk before it is acknowledged; `seal` gives it its key and checksum in one step
/// that either happened or did not. Keys are made by the program: letters, digits, `.`, `-` and `/`.
package protocol Files: Sendable {
    /// How many bytes of an upload have been received; 0 for one that is unknown.
    func receivedByteCount(ofUpload upload: String) async throws -> Int64
    /// Appends one part; `offset` must be the number of bytes received so far. Returns the new number.
    func append(_ bytes: [UInt8], toUpload upload: String, at offset: Int64) async throws -> Int64
    /// Makes an upload a file. Done again for the same key it answers the same.
    func seal(upload: String, as key: String, expectedSHA256: String?) async throws -> StoredFile
    func discard(upload: String) async throws
    /// Makes an upload a file that is whole and synced already, and whose checksum is known; it is under its key, for good,
    /// when this returns.
    func adopt(upload: String, as key: String) async throws
    /// The bytes in `range`, fewer where the file ends sooner.
    func read(_ key: String, range: Range<Int64>) async throws -> [UInt8]
    func byteCount(of key: String) async throws -> Int64
    func remove(_ key: String) async throws
    /// All keys, for backup and doctor.
    func keys() async throws -> [String]
}

extension Files {
    /// The whole file in memory.
    package func readAll(_ key: String) async throws -> [UInt8] {
        try await read(key, range: 0..<(try await byteCount(of: key)))
    }
}
