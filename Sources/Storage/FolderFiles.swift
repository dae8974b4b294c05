// SPDX-License-Identifier: Apache-2.0

import Crypto
import Dispatch
package import Foundation

/// `Files` in a folder: `uploads/` for what is being received, `files/` for what is whole.
package struct FolderFiles: Files {
    private let folder: URL
    /// Disk calls block, so they have a queue of their own.
    private let queue = DispatchQueue(label: "fascia.files", attributes: .concurrent)

    package init(folder: URL) throws {
        self.folder = folder
        for name in ["uploads", "files"] {
            try FileManager.default.createDirectory(
                at: folder.appendingPathComponent(name), withIntermediateDirectories: true)
        }
    }

    package func receivedByteCount(ofUpload upload: String) async throws -> Int64 {
        let file = try path(upload, in: "uploads")
        return try await onQueue { size(of: file) ?? 0 }
    }

    package func append(_ bytes: [UInt8], toUpload upload: String, at offset: Int64) async throws -> Int64 {
        let file = try path(upload, in: "uploads")
        return try await onQueue {
            let received = size(of: file) ?? 0
            guard received == offset else { throw FilesError.wrongOffset(received: received) }
            if received == 0, !FileManager.default.fileExists(atPath: file.path) {
                try Data().write(to: file)
            }
            let handle = try FileHandle(forWritingTo: file)
            defer { try? handle.close() }
            do {
                try handle.seekToEnd()
                try handle.write(contentsOf: Data(bytes))
                try handle.synchronize()
            } catch {
                // A part that is half there would break the next offset.
                try? handle.truncate(atOffset: UInt64(received))
                throw error
            }
            return received + Int64(bytes.count)
        }
    }

    package func seal(upload: String, as key: String, expectedSHA256: String?) async throws -> StoredFile {
        let source = try path(upload, in: "uploads")
        let target = try path(key, in: "files")
        return try await onQueue {
            let alreadySealed = size(of: target) != nil
            let file = alreadySealed ? target : source
            guard let byteCount = size(of: file) else { throw FilesError.missing(key: upload) }
            let sha256 = try checksum(of: file)
            if let expectedSHA256, expectedSHA256.lowercased() != sha256 {
                throw FilesError.checksum(expected: expectedSHA256, found: sha256)
            }
            if !alreadySealed {
                try move(source, to: target)
            }
            return StoredFile(key: key, byteCount: byteCount, sha256: sha256)
        }
    }

    package func discard(upload: String) async throws {
        let file = try path(upload, in: "uploads")
        try await onQueue { try? FileManager.default.removeItem(at: file) }
    }

    package func adopt(upload: String, as key: String) async throws {
        let source = try path(upload, in: "uploads")
        let target = try path(key, in: "files")
        try await onQueue { try move(source, to: target) }
    }

    package func read(_ key: String, range: Range<Int64>) async throws -> [UInt8] {
        let file = try path(key, in: "files")
        return try await onQueue {
            guard size(of: file) != nil else { throw FilesError.missing(key: key) }
            let handle = try FileHandle(forReadingFrom: file)
            defer { try? handle.close() }
            try handle.seek(toOffset: UInt64(max(0, range.lowerBound)))
            return [UInt8](try handle.read(upToCount: Int(range.upperBound - range.lowerBound)) ?? Data())
        }
    }

    package func byteCount(of key: String) async throws -> Int64 {
        let file = try path(key, in: "files")
        return try await onQueue {
            guard let byteCount = size(of: file) else { throw FilesError.missing(key: key) }
            return byteCount
        }
    }

    package func remove(_ key: String) async throws {
        let file = try path(key, in: "files")
        try await onQueue { try? FileManager.default.removeItem(at: file) }
    }

    package func keys() async throws -> [String] {
        let root = folder.appendingPathComponent("files").standardizedFileURL.path + "/"
        return try await onQueue {
            guard let paths = FileManager.default.subpaths(atPath: root) else { return [] }
            return paths.filter { path in
                var isFolder: ObjCBool = false
                return unsafe FileManager.default.fileExists(atPath: root + path, isDirectory: &isFolder)
                    && !isFolder.boolValue
            }.sorted()
        }
    }

    private func path(_ key: String, in part: String) throws -> URL {
        let allowed = key.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
                || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "/")
        }
        guard allowed, !key.isEmpty, !key.hasPrefix("/"), !key.contains("..") else { throw FilesError.unsafeKey(key) }
        return folder.appendingPathComponent(part).appendingPathComponent(key)
    }

    private func onQueue<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            queue.async {
                do {
                    continuation.resume(returning: try body())
                } catch let error as FilesError {
                    continuation.resume(throwing: error)
                } catch {
                    continuation.resume(throwing: FilesError.disk((error as NSError).localizedDescription))
                }
            }
        }
    }
}

private func size(of file: URL) -> Int64? {
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: file.path) else { return nil }
    return (attributes[.size] as? NSNumber)?.int64Value
}

private func checksum(of file: URL) throws -> String {
    let handle = try FileHandle(forReadingFrom: file)
    defer { try? handle.close() }
    var hash = SHA256()
    while let part = try handle.read(upToCount: 1 << 20), !part.isEmpty { hash.update(data: part) }
    return hash.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

private func move(_ source: URL, to target: URL) throws {
    let folder = target.deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try FileManager.default.moveItem(at: source, to: target)
    synchronizeFolder(folder)
}

/// A rename is on disk once its folder is.
private func synchronizeFolder(_ folder: URL) {
    let descriptor = unsafe open(folder.path, O_RDONLY)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
}
