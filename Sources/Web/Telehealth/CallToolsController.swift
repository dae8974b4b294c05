// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Diary
import Foundation
import GaitLab
import HTTPTypes
import Hummingbird
import Imaging
import NIOCore
import Payments
import Storage
import Telehealth

/// Looking together and examining by video: what is put into the call, and what is measured in it.
struct CallToolsController {
    let site: Site

    func add(to router: Router<WebContext>) {
        router.post("/desk/visits/:id/call/show", use: show)
        router.get("/desk/visits/:id/call/shown/loop") { try await loop(to: staff($1), $0) }
        router.get("/desk/visits/:id/call/shown/frames/:frame") { try await frame(to: staff($1), $1) }
        router.get("/desk/visits/:id/call/shown/report") { try await report(to: staff($1), $0) }
        router.get("/call/:token/shown/loop") { try await loop(to: link($1), $0) }
        router.get("/call/:token/shown/frames/:frame") { try await frame(to: link($1), $1) }
        router.get("/call/:token/shown/report") { try await report(to: link($1), $0) }
        router.post("/desk/visits/:id/call/measures", use: measure)
        router.post("/desk/visits/:id/call/measures/:measure/ask", use: ask)
        router.put("/desk/visits/:id/call/measures/:measure/picture", use: keep)
        router.get("/desk/visits/:id/call/measures/:measure/picture", use: picture)
    }

    private func id(_ context: WebContext) -> Booking.ID { Booking.ID(context.parameters.get("id") ?? "") }
    private func measureID(_ context: WebContext) -> VideoMeasure.ID {
        VideoMeasure.ID(context.parameters.get("measure") ?? "")
    }

    private func link(_ context: WebContext) -> CallCaller { .link(Secret(context.parameters.get("token") ?? "")) }
    private func staff(_ context: WebContext) async throws -> CallCaller {
        .staff(id(context), try await site.staff(.holdCalls, context))
    }

    private func decode<T: Decodable>(_ type: T.Type, _ request: Request) async throws -> T {
        var request = request
        let body = try await request.collectBody(upTo: 4 << 10)
        guard let value = try? JSONDecoder().decode(type, from: Data(body.readableBytesView)) else {
            throw TelehealthError.malformed("it has not the form that the call's page sends")
        }
        return value
    }

    // MARK: Looking together

    @Sendable func show(_ request: Request, context: WebContext) async throws -> Response {
        struct Wanted: Decodable { let shown: VideoRoom.Shown? }
        let actor = try await site.staff(.holdCalls, context)
        let wanted = try await decode(Wanted.self, request)
        try await site.clinic.show(wanted.shown, in: id(context), by: actor)
        return Response(status: .noContent)
    }

    private struct ShownLoop: Encodable {
        struct Marks: Encodable {
            let first: [[Double]]
            let second: [[Double]]
            let unit: String
            let perFrame: [Double?]
        }
        let name: String
        let width: Int
        let height: Int
        let times: [Double]
        let measure: Marks?
    }

    private func loop(to caller: CallCaller, _ request: Request) async throws -> Response {
        let shown = try await site.clinic.shownLoop(to: caller)
        guard let frames = shown.loop.frames else { throw TelehealthError.notShown }
        return .json(
            ShownLoop(
                name: shown.loop.fileName, width: frames.width, height: frames.height, times: frames.times,
                measure: shown.measure?.result.map {
                    .init(first: $0.first, second: $0.second, unit: $0.unit.rawValue, perFrame: $0.perFrame)
                }))
    }

    private func frame(to caller: CallCaller, _ context: WebContext) async throws -> Response {
        let number = Int(context.parameters.get("frame") ?? "") ?? -1
        return .bytes(
            ByteBuffer(bytes: try await site.clinic.shownFrame(number, to: caller)), contentType: "image/png")
    }

    private struct ShownReport: Encodable {
        struct Row: Encodable {
            let name: String
            let left: String
            let right: String
            let symmetry: String
        }
        struct Overall: Encodable {
            let name: String
            let value: String
        }
        let name: String
        let words: [String]
        let overall: [Overall]
        let rows: [Row]
    }

    /// The report's figures in the reader's own language; its page is the patient's, this is for pointing at together.
    private func report(to caller: CallCaller, _ request: Request) async throws -> Response {
        let view = try await site.clinic.shownReport(to: caller)
        let figures = GaitWords.figures(view.figures.figures)
        return .json(
            ShownReport(
                name: view.order.serviceName,
                words: view.report.words.split(whereSeparator: \.isNewline).map(String.init).filter { !$0.isEmpty },
                overall: figures.overall.map { .init(name: $0.name, value: "\($0.value) \($0.unit)") },
                rows: figures.rows.map { .init(name: $0.name, left: $0.left, right: $0.right, symmetry: $0.symmetry) }))
    }

    // MARK: Examining

    @Sendable func measure(_ request: Request, context: WebContext) async throws -> Response {
        struct Wanted: Decodable {
            let joint: String
            let side: VideoMeasure.Side
            let clicks: RemoteExamination.Clicks
        }
        struct Answer: Encodable {
            let id: String
            let degrees: Double
            let joint: String
            let side: String
        }
        let actor = try await site.staff(.holdCalls, context)
        let wanted = try await decode(Wanted.self, request)
        let made = try await site.clinic.measureAngle(
            wanted.clicks, joint: wanted.joint, side: wanted.side, in: id(context), by: actor)
        return .json(
            Answer(id: made.id.description, degrees: made.degrees, joint: made.joint, side: made.side.rawValue),
            status: .created)
    }

    @Sendable func ask(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.holdCalls, context)
        try await site.clinic.askForPicture(measureID(context), in: id(context), by: actor)
        return Response(status: .noContent)
    }

    @Sendable func keep(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.holdCalls, context)
        let body = try await request.body.collect(upTo: RemoteExamination.largestPictureBytes)
        try await site.clinic.keepPicture(
            Array(body.readableBytesView), of: measureID(context), in: id(context), by: actor)
        return Response(status: .noContent)
    }

    @Sendable func picture(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.holdCalls, context)
        let bytes = try await site.clinic.measuredPicture(measureID(context), in: id(context), by: actor)
        return .bytes(ByteBuffer(bytes: bytes), contentType: "image/jpeg")
    }
}
