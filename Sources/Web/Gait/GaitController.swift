// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Content
import Foundation
import Gait
import GaitLab
import HTTPTypes
import Hummingbird
import NIOCore
import Payments
import Storage

/// What the clinic decides about an order's recordings: what each is, how they are analysed, what they are compared with.
struct GaitController {
    let site: Site

    func add(to router: Router<WebContext>) {
        router.get("/desk/orders/:id/gait", use: visit)
        router.get("/desk/orders/:id/gait/curves.csv", use: curves)
        router.post("/desk/orders/:id/gait/settings", use: settings)
        router.post("/desk/orders/:id/gait/compare", use: compare)
        router.post("/desk/recordings/:id/role", use: role)
        router.post("/desk/recordings/:id/strip", use: strip)
        GaitEventsController(site: site).add(to: router)
        NormsController(site: site).add(to: router)
    }

    private func orderID(_ context: WebContext) -> Order.ID { Order.ID(context.parameters.get("id") ?? "") }

    private func recordingID(_ context: WebContext) -> LabRecording.ID {
        LabRecording.ID(context.parameters.get("id") ?? "")
    }

    // MARK: The visit

    @Sendable func visit(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.seeReports, context)
        let view = try await site.clinic.labOrder(orderID(context), by: actor)
        let zone = try await site.clinic.timeZone()
        let path = "/desk/orders/\(view.order.id)"
        let isWaiting = view.visit?.isWaiting ?? false
        let isReleased = view.report?.isReleased ?? false
        var frame = site.deskFrame(
            "Gait of \(view.order.contactName)", context, place: .deskOrders, scripts: ["walk.js", "print.js"])
        if isWaiting { frame = frame.refreshing(every: 2) }
        let document = view.report?.visit ?? view.visit?.document
        let other = view.others.first { $0.orderID == view.visit?.comparedWith }
        let earlier = view.report?.earlier ?? (isReleased ? nil : other?.document)
        func day(_ visit: LabVisit) -> String { visit.measuredAt.map { Words.date($0, in: zone) } ?? "" }
        let choices = view.others.map {
            Choice(
                value: $0.orderID, label: day($0), isChosen: $0.orderID == view.visit?.comparedWith)
        }
        return try site.answer(
            DeskGaitPage(
                frame: frame, orderURL: path, patientName: view.order.contactName, number: view.order.reference,
                failure: document == nil ? view.visit?.failure ?? "There is no analysed walk yet." : nil,
                figures: document.map { GaitWords.figures($0.figures) },
                visit: document.map {
                    GaitVisitWords.part(
                        $0, earlier: earlier, earlierOn: other.map(day) ?? "", csvURL: "\(path)/gait/curves.csv")
                },
                walkURL: view.figuresOf.map { "/desk/recordings/\($0)/walk.json" },
                walkText: document.map { GaitWords.walkText($0.figures) } ?? "",
                compareAction: !isReleased && !choices.isEmpty && actor.may(.writeReports)
                    ? "\(path)/gait/compare" : nil, compareChoices: choices))
    }

    @Sendable func curves(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.seeReports, context)
        let view = try await site.clinic.labOrder(orderID(context), by: actor)
        guard let document = view.report?.visit ?? view.visit?.document else { throw GaitLabError.notAnalysed }
        return .curves(document)
    }

    @Sendable func settings(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.uploadRecordings, context)
        let form = try await Form(request, context)
        let order = orderID(context)
        do {
            let norm = form["norm"].isEmpty ? nil : LabNorm.ID(form["norm"])
            try await site.clinic.chooseGaitSettings(
                try GaitSettingsForm(form).settings, norm: norm, order: order, by: actor)
            return .seeOther("/desk/orders/\(order)#recordings")
        } catch let error as GaitLabError {
            guard case .settingOutOfRange = error else { throw error }
            // What was typed stays on the page.
            let view = try await site.clinic.labOrder(order, by: actor)
            let page = try await LabOrderPages(site: site).page(
                view, actor, context, settings: GaitSettingsForm(form, error: error.description))
            return try site.answer(page, status: .unprocessableContent)
        }
    }

    @Sendable func compare(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.writeReports, context)
        let other = try await Form(request, context)["with"]
        try await site.clinic.compareGait(
            order: orderID(context), with: other.isEmpty ? nil : Order.ID(other), by: actor)
        return .seeOther("/desk/orders/\(orderID(context))/gait")
    }

    // MARK: Recordings

    @Sendable func role(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.uploadRecordings, context)
        let chosen = LabRecording.Kind(rawValue: try await Form(request, context)["role"])
        let order = try await site.clinic.chooseRole(chosen, of: recordingID(context), by: actor)
        return .seeOther("/desk/orders/\(order)#recordings")
    }

    @Sendable func strip(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.uploadRecordings, context)
        let order = try await site.clinic.stripNames(of: recordingID(context), by: actor)
        return .seeOther("/desk/orders/\(order)#recordings")
    }
}

extension Response {
    /// A visit's curves as a file to keep.
    static func curves(_ visit: VisitAnalysis) -> Response {
        var response = Response.bytes(ByteBuffer(string: visit.csv), contentType: "text/csv; charset=utf-8")
        response.headers[.contentDisposition] = "attachment; filename=\"curves.csv\""
        return response
    }
}
