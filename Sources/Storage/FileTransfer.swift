// SPDX-License-Identifier: Apache-2.0

/// A file on its way in: its parts in order, each on disk before it is acknowledged, and at the end one file under its key.
/// What has arrived is told by the files, not by a second counter, so a transfer goes on after any interruption.
package struct FileTransfer: Sendable, Hashable {
    package enum State: String, Sendable, Bindable {
        /// Parts are taken.
        case receiving
        /// The file is here, under its key.
        case whole
        /// The checksum was wrong; nothing is kept.
        case refused
    }

    /// Its name among the uploads.
    let upload: String
    /// Where the whole file lies.
    let key: String
    let byteCount: Int64
    let sha256: String?
    let state: State

    package init(upload: String, key: String, byteCount: Int64, sha256: String?, state: State) {
        self.upload = upload
        self.key = key
        self.byteCount = byteCount
        self.sha256 = sha256
        self.state = state
    }

    /// How many bytes have arrived.
    package func received(in files: any Files) async throws -> Int64 {
        switch state {
        case .whole: return byteCount
        case .refused: throw FileTransferError.refused
        case .receiving:
            let parts = try await files.receivedByteCount(ofUpload: upload)
            // Sealed, but the program ended before the row was written: all is here.
            if parts == 0, try await isSealed(in: files) { return byteCount }
            return parts
        }
    }

    /// Takes one part; it is on disk when this returns the new number of bytes.
    package func append(_ part: [UInt8], at offset: Int64, in files: any Files) async throws -> Int64 {
        let received = try await received(in: files)
        guard offset == received else { throw FileTransferError.wrongOffset(resumeAt: received) }
        guard Int64(part.count) <= byteCount - received else {
            throw FileTransferError.tooManyBytes(announced: byteCount)
        }
        guard !part.isEmpty else { return received }
        do {
            return try await files.append(part, toUpload: upload, at: offset)
        } catch FilesError.wrongOffset(let received) {
            throw FileTransferError.wrongOffset(resumeAt: received)
        }
    }

    /// Makes the received bytes a file, if they are all here and those that were meant; after
    /// `FileTransferError.wrongChecksum` nothing is kept.
    package func seal(in files: any Files) async throws -> StoredFile {
        let received = try await received(in: files)
        guard received == byteCount else {
            throw FileTransferError.incomplete(resumeAt: received, announced: byteCount)
        }
        do {
            return try await files.seal(upload: upload, as: key, expectedSHA256: sha256)
        } catch FilesError.checksum {
            try await files.discard(upload: upload)
            throw FileTransferError.wrongChecksum
        }
    }

    private func isSealed(in files: any Files) async throws -> Bool {
        do {
            return try await files.byteCount(of: key) == byteCount
        } catch FilesError.missing {
            return false
        }
    }
}
