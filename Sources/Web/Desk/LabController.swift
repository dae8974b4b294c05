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
        return try site.answer(try await page(view, actor, context))
    }

    private func page(
        _ view: Clinic.LabOrderView, _ actor: Actor, _ context: WebContext, words: FieldValue? = nil
    ) async throws -> DeskOrderPage {
        let zone = try await site.clinic.timeZone()
        let order = view.order
        let path = "/desk/orders/\(order.id)"
        let seesReport = actor.may(.seeReports)
        let isReleased = view.report?.isReleased ?? false
        let writes = actor.may(.writeReports) && view.figures != nil && !isReleased
        let isWaiting = view.recordings.contains { $0.state == .waiting }
        var frame = site.deskFrame(
            "Order \(order.reference)", context, place: .deskOrders, scripts: ["upload.js", "walk.js"])
        if isWaiting { frame = frame.refreshing(every: 3) }
        return DeskOrderPage(
            frame: frame, head: head(view, zone), message: isReleased ? "The report is released." : nil,
            errorSummary: words?.error.flatMap { ErrorSummary([.init(field: "words", message: $0)]) },
            uploadURL: order.state == .paid && actor.may(.uploadRecordings) ? "\(path)/uploads" : nil,
            uploadNote: order.state == .paid ? "" : "Recordings can be added once the order is paid.",
            recordings: view.recordings.map { recording in
                let (badge, label): (Badge, String) =
                    switch recording.state {
                    case .waiting: (.warn, "Being analysed")
                    case .analysed: (.good, "Analysed")
                    case .failed: (.bad, "Can't be read")
                    }
                return .init(
                    fileName: recording.fileName,
                    size: String(format: "%.1f MB", Double(recording.byteCount) / 1_048_576),
                    uploaded: Words.moment(recording.receivedAt, in: zone),
                    checksum: String(recording.sha256.prefix(12)),
                    badge: badge, stateLabel: label, problem: recording.failure, removeAction: nil)
            },
            figures: seesReport ? view.figures.map { GaitWords.figures($0.figures) } : nil,
            warnings: seesReport ? view.figures?.document.warnings.map(\.message) ?? [] : [],
            walkURL: seesReport ? view.figuresOf.map { "/desk/recordings/\($0)/walk.json" } : nil,
            walkText: view.figures.map { GaitWords.walkText($0.figures) } ?? "",
            wordsAction: writes ? "\(path)/words" : nil,
            words: words ?? FieldValue(value: seesReport ? view.report?.words ?? "" : ""),
            canRelease: writes && actor.may(.releaseReports),
            releaseNote: "The patient gets a mail without a clinical word, and reads the report after signing in.",
            reportURL: seesReport ? view.report.map { "/portal/reports/\($0.id)" } : nil,
            moneyURL: actor.may(.takePayments) ? "\(path)/money" : nil)
    }

    private func head(_ view: Clinic.LabOrderView, _ zone: TimeZone) -> DeskOrderPage.Head {
        let order = view.order
        let isReleased = view.report?.isReleased ?? false
        let (badge, label): (Badge, String) =
            if isReleased {
                (.good, "Report released")
            } else if view.figures != nil {
                (.warn, "Waiting for words")
            } else {
                (order.state == .paid ? .warn : .plain, order.state == .paid ? "Waiting for a recording" : "Not paid")
            }
        return .init(
            number: order.reference, patientName: order.contactName, serviceName: order.serviceName, badge: badge,
            stateLabel: label, question: order.question, email: view.patient.email, phone: view.patient.phone,
            orderedOn: Words.date(order.placedAt, in: zone), payment: OrderWords.label(order),
            paymentBadge: OrderWords.badge(order), amount: order.price.formatted,
            booked: view.booking.map { Words.span($0.start, $0.end, in: $0.timeZone) } ?? "no time yet",
            released: view.report?.releasedAt.map { Words.moment($0, in: zone) })
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
                try await page(
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
        case .wrongOffset, .incomplete, .wrongChecksum, .uploadRefused, .alreadyReleased:
            .conflict("upload", "That does not fit what is here", description)
        case .tooLarge, .tooManyBytes:
            Fault(status: .contentTooLarge, kind: "too-large", title: "The file is too large", detail: description)
        case .unnamed, .wrongExtension, .emptyFile, .malformedChecksum, .notAnalysed, .noWords, .wordsTooLong:
            .invalid([.init(name: "file", detail: description)])
        }
    }
}
