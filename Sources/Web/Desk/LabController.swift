// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Diary
import Foundation
import Gait
import GaitLab
import HTTPTypes
import Hummingbird
import NIOCore
import Payments
import Storage

/// An order at the desk: the recording comes in, the words are written, the report is released.
struct LabController {
    let site: Site

    func add(to router: Router<WebContext>) {
        router.get("/desk/orders/:id", use: order)
        router.post("/desk/orders/:id/words", use: words)
        router.get("/desk/recordings/:id/walk.json", use: walk)
        router.post("/desk/orders/:id/uploads", use: startUpload)
        router.get("/desk/orders/:id/uploads/:upload", use: uploadState)
        router.put("/desk/orders/:id/uploads/:upload", use: uploadPart)
        router.post("/desk/orders/:id/uploads/:upload/finish", use: finishUpload)
    }

    private func orderID(_ context: WebContext) -> Order.ID { Order.ID(context.parameters.get("id") ?? "") }

    // MARK: The page

    @Sendable func order(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.seeOrders, context)
        let view = try await site.clinic.labOrder(orderID(context), by: actor)
        return try site.answer(try await LabOrderPages(site: site).page(view, actor, context))
    }

    @Sendable func words(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.writeReports, context)
        let form = try await Form(request, context)
        do {
            try await site.clinic.writeReport(
                form["words"], order: orderID(context), release: form["step"] == "release", by: actor)
            return .seeOther("/desk/orders/\(orderID(context))")
        } catch let error as GaitLabError {
            // What was typed stays on the page.
            let view = try await site.clinic.labOrder(orderID(context), by: actor)
            return try site.answer(
                try await LabOrderPages(site: site).page(
                    view, actor, context, words: FieldValue(value: form["words"], error: error.description)),
                status: .unprocessableContent)
        }
    }

    @Sendable func walk(_ request: Request, context: WebContext) async throws -> Response {
        _ = try await site.staff(.seeReports, context)
        let text = try await site.clinic.walk(of: LabRecording.ID(context.parameters.get("id") ?? ""))
        return .bytes(ByteBuffer(string: text), contentType: "application/json")
    }

    // MARK: Uploads

    private func uploadID(_ context: WebContext) -> Upload.ID { Upload.ID(context.parameters.get("upload") ?? "") }

    @Sendable func startUpload(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.uploadRecordings, context)
        let (upload, received) = try await site.clinic.startUpload(
            try await UploadExchange.announcement(request, accepted: Upload.accepted), order: orderID(context),
            by: actor)
        return UploadExchange.state(of: upload.id.description, received: received, status: .created)
    }

    @Sendable func uploadState(_ request: Request, context: WebContext) async throws -> Response {
        _ = try await site.staff(.uploadRecordings, context)
        let received = try await site.clinic.received(uploadID(context))
        return UploadExchange.state(of: uploadID(context).description, received: received)
    }

    @Sendable func uploadPart(_ request: Request, context: WebContext) async throws -> Response {
        _ = try await site.staff(.uploadRecordings, context)
        let part = try await UploadExchange.part(request)
        let received = try await site.clinic.append(part.bytes, to: uploadID(context), at: part.offset)
        return UploadExchange.state(of: uploadID(context).description, received: received)
    }

    @Sendable func finishUpload(_ request: Request, context: WebContext) async throws -> Response {
        struct Finished: Encodable {
            let recording: String
            let sha256: String
        }
        let actor = try await site.staff(.uploadRecordings, context)
        let recording = try await site.clinic.finishUpload(uploadID(context), by: actor)
        return .json(Finished(recording: recording.id.description, sha256: recording.sha256))
    }
}

extension GaitLabError: Explained {
    var fault: Fault {
        switch self {
        case .notPermitted: .notAllowed
        case .unknownRecording, .unknownReport: .notFound("recording or report")
        case .unknownNorm: .notFound("normative set")
        case .alreadyReleased, .analysisRunning, .nothingToUndo, .noNames:
            .conflict("upload", "That does not fit what is here", description)
        case .notAnalysed, .noWords, .wordsTooLong,
            .notThatKind, .settingOutOfRange, .malformedEvent, .eventOutsideWalk, .eventsTooClose, .malformedNorm:
            .invalid([.init(name: "file", detail: description)])
        }
    }
}
