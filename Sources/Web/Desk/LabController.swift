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
    /// One part of an upload; `upload.js` sends 4 MB at most.
    private static let largestPart = 16 << 20

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

    private struct UploadState: Encodable {
        let id: String
        let received: Int64
    }

    private func uploadID(_ context: WebContext) -> Upload.ID { Upload.ID(context.parameters.get("upload") ?? "") }

    @Sendable func startUpload(_ request: Request, context: WebContext) async throws -> Response {
        struct Announcement: Decodable {
            let fileName: String
            let size: Int64
            let sha256: String?
        }
        let actor = try await site.staff(.uploadRecordings, context)
        var request = request
        let body = try await request.collectBody(upTo: 16 << 10)
        guard let announced = try? JSONDecoder().decode(Announcement.self, from: Data(body.readableBytesView)) else {
            throw Fault.badRequest("Say fileName and size, as JSON.")
        }
        let (upload, received) = try await site.clinic.startUpload(
            try Upload.Announcement(fileName: announced.fileName, byteCount: announced.size, sha256: announced.sha256),
            order: orderID(context), by: actor)
        return .json(UploadState(id: upload.id.description, received: received), status: .created)
    }

    @Sendable func uploadState(_ request: Request, context: WebContext) async throws -> Response {
        _ = try await site.staff(.uploadRecordings, context)
        let received = try await site.clinic.received(uploadID(context))
        return .json(UploadState(id: uploadID(context).description, received: received))
    }

    @Sendable func uploadPart(_ request: Request, context: WebContext) async throws -> Response {
        _ = try await site.staff(.uploadRecordings, context)
        guard let offset = request.uri.queryParameters["offset"].flatMap({ Int64($0) }), offset >= 0 else {
            throw Fault.badRequest("Say at which byte the part begins: ?offset=0")
        }
        var request = request
        let part = try await request.collectBody(upTo: Self.largestPart)
        let received = try await site.clinic.append(Array(part.readableBytesView), to: uploadID(context), at: offset)
        return .json(UploadState(id: uploadID(context).description, received: received))
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
        case .unknownUpload, .unknownRecording, .unknownReport: .notFound("recording or report")
        case .unknownNorm: .notFound("normative set")
        case .wrongOffset, .incomplete, .wrongChecksum, .uploadRefused, .alreadyReleased, .analysisRunning,
            .nothingToUndo,
            .noNames:
            .conflict("upload", "That does not fit what is here", description)
        case .tooLarge, .tooManyBytes:
            Fault(status: .contentTooLarge, kind: "too-large", title: "The file is too large", detail: description)
        case .unnamed, .wrongExtension, .emptyFile, .malformedChecksum, .notAnalysed, .noWords, .wordsTooLong,
            .notThatKind, .settingOutOfRange, .malformedEvent, .eventOutsideWalk, .eventsTooClose, .malformedNorm:
            .invalid([.init(name: "file", detail: description)])
        }
    }
}
