// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Diary
import Foundation
import HTTPTypes
import Hummingbird
import Imaging
import NIOCore
import Storage

/// A loop comes in, in parts, as `upload.js` sends it.
struct LoopUploadController {
    let site: Site
    private static let largestPart = 16 << 20

    func add(to router: Router<WebContext>) {
        router.post("/desk/visits/:id/loops/uploads", use: start)
        router.get("/desk/visits/:id/loops/uploads/:upload", use: state)
        router.put("/desk/visits/:id/loops/uploads/:upload", use: part)
        router.post("/desk/visits/:id/loops/uploads/:upload/finish", use: finish)
    }

    private struct UploadState: Encodable {
        let id: String
        let received: Int64
    }

    private func uploadID(_ context: WebContext) -> LoopUpload.ID {
        LoopUpload.ID(context.parameters.get("upload") ?? "")
    }

    @Sendable func start(_ request: Request, context: WebContext) async throws -> Response {
        struct Announcement: Decodable {
            let fileName: String
            let size: Int64
            let sha256: String?
        }
        let actor = try await site.staff(.measureLoops, context)
        var request = request
        let body = try await request.collectBody(upTo: 16 << 10)
        guard let announced = try? JSONDecoder().decode(Announcement.self, from: Data(body.readableBytesView)) else {
            throw Fault.badRequest("Say fileName and size, as JSON.")
        }
        let (upload, received) = try await site.clinic.startLoopUpload(
            try LoopUpload.Announcement(
                fileName: announced.fileName, byteCount: announced.size, sha256: announced.sha256),
            visit: Booking.ID(context.parameters.get("id") ?? ""), by: actor)
        return .json(UploadState(id: upload.id.description, received: received), status: .created)
    }

    @Sendable func state(_ request: Request, context: WebContext) async throws -> Response {
        _ = try await site.staff(.measureLoops, context)
        let received = try await site.clinic.received(uploadID(context))
        return .json(UploadState(id: uploadID(context).description, received: received))
    }

    @Sendable func part(_ request: Request, context: WebContext) async throws -> Response {
        _ = try await site.staff(.measureLoops, context)
        guard let offset = request.uri.queryParameters["offset"].flatMap({ Int64($0) }), offset >= 0 else {
            throw Fault.badRequest("Say at which byte the part begins: ?offset=0")
        }
        var request = request
        let part = try await request.collectBody(upTo: Self.largestPart)
        let received = try await site.clinic.append(Array(part.readableBytesView), to: uploadID(context), at: offset)
        return .json(UploadState(id: uploadID(context).description, received: received))
    }

    @Sendable func finish(_ request: Request, context: WebContext) async throws -> Response {
        struct Finished: Encodable {
            let loop: String
        }
        let actor = try await site.staff(.measureLoops, context)
        let loop = try await site.clinic.finishUpload(uploadID(context), by: actor)
        return .json(Finished(loop: loop.id.description))
    }
}
