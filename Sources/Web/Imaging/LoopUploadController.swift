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

    func add(to router: Router<WebContext>) {
        router.post("/desk/visits/:id/loops/uploads", use: start)
        router.get("/desk/visits/:id/loops/uploads/:upload", use: state)
        router.put("/desk/visits/:id/loops/uploads/:upload", use: part)
        router.post("/desk/visits/:id/loops/uploads/:upload/finish", use: finish)
    }

    private func uploadID(_ context: WebContext) -> LoopUpload.ID {
        LoopUpload.ID(context.parameters.get("upload") ?? "")
    }

    @Sendable func start(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.measureLoops, context)
        let (upload, received) = try await site.clinic.startLoopUpload(
            try await UploadExchange.announcement(request, accepted: LoopUpload.accepted),
            visit: Booking.ID(context.parameters.get("id") ?? ""), by: actor)
        return UploadExchange.state(of: upload.id.description, received: received, status: .created)
    }

    @Sendable func state(_ request: Request, context: WebContext) async throws -> Response {
        _ = try await site.staff(.measureLoops, context)
        let received = try await site.clinic.received(uploadID(context))
        return UploadExchange.state(of: uploadID(context).description, received: received)
    }

    @Sendable func part(_ request: Request, context: WebContext) async throws -> Response {
        _ = try await site.staff(.measureLoops, context)
        let part = try await UploadExchange.part(request)
        let received = try await site.clinic.append(part.bytes, to: uploadID(context), at: part.offset)
        return UploadExchange.state(of: uploadID(context).description, received: received)
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
