// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Foundation
import Gait
import GaitLab
import Hummingbird
import Storage

/// A walk's events: looked at on the feet's signals, moved, added, removed, undone.
struct GaitEventsController {
    let site: Site
    /// Empty rows at the end of the form, for who has no script.
    private static let emptyRows = 3

    func add(to router: Router<WebContext>) {
        router.get("/desk/recordings/:id/events", use: events)
        router.post("/desk/recordings/:id/events", use: save)
        router.post("/desk/recordings/:id/events/undo", use: undo)
    }

    private func id(_ context: WebContext) -> LabRecording.ID { LabRecording.ID(context.parameters.get("id") ?? "") }

    @Sendable func events(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.seeReports, context)
        let view = try await site.clinic.gaitEvents(of: id(context), by: actor)
        return try site.answer(page(view, actor, context))
    }

    @Sendable func save(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.writeReports, context)
        let form = try await Form(request, limit: 1 << 20)
        do {
            try await site.clinic.correctEvents(try Self.posted(form), of: id(context), by: actor)
            return .seeOther("/desk/recordings/\(id(context))/events")
        } catch let error as GaitLabError {
            if case .unknownRecording = error { throw error }
            let view = try await site.clinic.gaitEvents(of: id(context), by: actor)
            var page = page(view, actor, context)
            page.errorSummary = ErrorSummary([.init(field: "events", message: error.description)])
            page.rows = Self.typed(form)
            page.rowCount = page.rows.count
            return try site.answer(page, status: .unprocessableContent)
        }
    }

    @Sendable func undo(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.writeReports, context)
        try await site.clinic.undoEvents(of: id(context), by: actor)
        return .seeOther("/desk/recordings/\(id(context))/events")
    }

    // MARK: The form

    private static func count(_ form: Form) -> Int { min(max(Int(form["count"]) ?? 0, 0), EventEdits.most) }

    private static func posted(_ form: Form) throws(GaitLabError) -> [GaitEvent] {
        var events: [GaitEvent] = []
        for index in 0..<count(form) {
            let time = form["time-\(index)"]
            if time.isEmpty || form.isTicked("remove-\(index)") { continue }
            guard let side = Side(rawValue: form["side-\(index)"]),
                let kind = GaitEvent.Kind(rawValue: form["kind-\(index)"]),
                let seconds = Double(time.replacing(",", with: ".")), seconds.isFinite
            else { throw .malformedEvent(line: index + 1) }
            events.append(GaitEvent(side: side, kind: kind, timeSeconds: seconds, source: .manual))
        }
        return events
    }

    private static func typed(_ form: Form) -> [DeskEventsPage.Row] {
        (0..<count(form)).map { index in
            .init(
                index: index, number: index + 1, isLeft: form["side-\(index)"] != Side.right.rawValue,
                isStrike: form["kind-\(index)"] != GaitEvent.Kind.footOff.rawValue, seconds: form["time-\(index)"],
                source: "typed", isNew: form["time-\(index)"].isEmpty)
        }
    }

    private func page(_ view: Clinic.EventsView, _ actor: Actor, _ context: WebContext) -> DeskEventsPage {
        let document = view.figures.document
        let trial = document.trial
        let start = Double(trial.firstFrame - 1) / trial.pointRate
        let end = start + Double(max(0, trial.frameCount - 1)) / trial.pointRate
        let path = "/desk/recordings/\(view.recording.id)/events"
        let mayChange = actor.may(.writeReports) && !view.isClosed && view.signals != nil
        var frame = site.deskFrame(
            "Events of \(view.recording.fileName)", context, place: .deskOrders, scripts: ["events.js"])
        if view.isWaiting { frame = frame.refreshing(every: 2) }
        var rows = document.events.enumerated().map { index, event in
            DeskEventsPage.Row(
                index: index, number: index + 1, isLeft: event.side == .left, isStrike: event.kind == .footStrike,
                seconds: String(format: "%.4f", event.timeSeconds), source: Self.source(event.source), isNew: false)
        }
        if mayChange {
            for extra in 0..<Self.emptyRows {
                let index = document.events.count + extra
                rows.append(
                    .init(
                        index: index, number: index + 1, isLeft: true, isStrike: true, seconds: "", source: "new",
                        isNew: true))
            }
        }
        return DeskEventsPage(
            frame: frame, orderURL: "/desk/orders/\(view.recording.orderID)", patientName: view.patientName,
            fileName: view.recording.fileName, message: nil, errorSummary: nil,
            closed: view.isClosed
                ? "The report is released, so its events do not change any more."
                : view.signals == nil ? "The walk is being analysed; its events can be corrected in a moment." : nil,
            saveAction: mayChange ? path : nil,
            undoAction: mayChange && view.corrections > 0 ? "\(path)/undo" : nil,
            corrections: view.corrections == 0
                ? "These are the events as they were found."
                : "\(view.corrections) \(view.corrections == 1 ? "correction is" : "corrections are") in force; the events as they were found are kept.",
            start: String(format: "%.4f", start), end: String(format: "%.4f", end),
            rate: String(format: "%.4f", trial.pointRate),
            panels: view.signals.map { signals in
                Side.allCases.map { EventPanel(signals, $0, document.events).panel }
            } ?? [], rows: rows, rowCount: rows.count)
    }

    private static func source(_ source: GaitEvent.Source) -> String {
        switch source {
        case .file: "file"
        case .plate: "force plate"
        case .kinematic: "markers"
        case .manual: "by hand"
        }
    }
}

/// One foot's signals drawn into a box of 1000 × 160.
struct EventPanel {
    let panel: DeskEventsPage.Panel
    /// More points than this cannot be told apart.
    private static let mostPoints = 1500

    init(_ signals: EventSignals, _ side: Side, _ events: [GaitEvent]) {
        let foot = signals[side]
        let count = max(foot.heelHeight.count, foot.toeHeight.count, foot.speed.count, 2)
        let step = max(1, count / Self.mostPoints)
        let highest = max((foot.heelHeight + foot.toeHeight).compactMap { $0 }.max() ?? 1, 1)
        let fastest = max(foot.speed.compactMap { $0 }.max() ?? 1, 1)
        let heaviest = max(signals.load.compactMap { $0 }.max() ?? 1, 1)
        func path(_ values: [Int32?], _ most: Int32) -> String {
            var text = ""
            var isDown = false
            for index in stride(from: 0, to: values.count, by: step) {
                guard let value = values[index] else {
                    isDown = false
                    continue
                }
                let x = Double(index) / Double(count - 1) * 1000
                let y = 155 - Double(value) / Double(most) * 150
                text += (isDown ? "L" : "M") + String(format: "%.1f %.1f", x, y)
                isDown = true
            }
            return text
        }
        let length = Double(count - 1) / signals.rate
        let name = side == .left ? "Left" : "Right"
        let own = events.filter { $0.side == side }
        panel = DeskEventsPage.Panel(
            side: side.rawValue, label: "\(name) foot",
            text:
                "Heights of the \(side.rawValue) heel and toe, the foot's speed and the load on the plates over time, with "
                + "\(own.count { $0.kind == .footStrike }) strikes and \(own.count { $0.kind == .footOff }) offs.",
            heel: path(foot.heelHeight, highest), toe: path(foot.toeHeight, highest), speed: path(foot.speed, fastest),
            load: path(signals.load, heaviest),
            marks: own.map { event in
                .init(
                    kind: event.kind == .footStrike ? "strike" : "off",
                    x: String(format: "%.1f", (event.timeSeconds - signals.startSeconds) / max(length, 1e-6) * 1000))
            }, highest: "\(highest) mm")
    }
}
