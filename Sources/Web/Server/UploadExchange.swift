// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Storage

/// What a page and the clinic say to each other while a file is sent in parts, as `upload.js` does: announce, ask where to
/// go on, send a part, finish.
enum UploadExchange {
    /// One part of an upload; `upload.js` sends 4 MB at most.
    private static let largestPart = 16 << 20

    /// The announcement: `fileName`, `size`, and `sha256` if it is known.
    static func announcement(_ request: Request, accepted: AcceptedFiles) async throws -> FileAnnouncement {
        struct Announcement: Decodable {
            let fileName: String
            let size: Int64
            let sha256: String?
        }
        var request = request
        let body = try await request.collectBody(upTo: 16 << 10)
        guard let said = try? JSONDecoder().decode(Announcement.self, from: Data(body.readableBytesView)) else {
            throw Fault.badRequest("Say fileName and size, as JSON.")
        }
        return try FileAnnouncement(
            fileName: said.fileName, byteCount: said.size, sha256: said.sha256, accepted: accepted)
    }

    /// A part and the byte where it begins.
    static func part(_ request: Request) async throws -> (bytes: [UInt8], offset: Int64) {
        guard let offset = request.uri.queryParameters["offset"].flatMap({ Int64($0) }), offset >= 0 else {
            throw Fault.badRequest("Say at which byte the part begins: ?offset=0")
        }
        var request = request
        let part = try await request.collectBody(upTo: Self.largestPart)
        return (Array(part.readableBytesView), offset)
    }

    /// Where the upload stands.
    static func state(of upload: String, received: Int64, status: HTTPResponse.Status = .ok) -> Response {
        struct State: Encodable {
            let id: String
            let received: Int64
        }
        return .json(State(id: upload, received: received), status: status)
    }
}

extension FileTransferError: Explained {
    var fault: Fault {
        switch self {
        case .unknown: .notFound("upload")
        case .wrongOffset, .incomplete, .wrongChecksum, .refused:
            .conflict("upload", "That does not fit what is here", description)
        case .tooLarge, .tooManyBytes:
            Fault(status: .contentTooLarge, kind: "too-large", title: "The file is too large", detail: description)
        case .unnamed, .wrongExtension, .empty, .malformedChecksum:
            .invalid([.init(name: "file", detail: description)])
        }
    }
}
