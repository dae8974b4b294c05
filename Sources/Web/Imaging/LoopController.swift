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
import Ultrasound

/// The loops of a visit, and one loop with its viewer.
struct LoopController {
    let site: Site

    func add(to router: Router<WebContext>) {
        router.get("/desk/visits/:id/loops", use: loops)
        router.get("/desk/loops/:id", use: loop)
        router.get("/desk/loops/:id/data", use: data)
        router.get("/desk/loops/:id/frames", use: frames)
        router.get("/desk/loops/:id/frames/:frame", use: frame)
        router.post("/desk/loops/:id/scale", use: scale)
        router.post("/desk/loops/:id/measures", use: measure)
        router.post("/desk/measures/:id/accept", use: accept)
        LoopUploadController(site: site).add(to: router)
        ExamController(site: site).add(to: router)
        FindingsController(site: site).add(to: router)
        ShareController(site: site).add(to: router)
    }

    private func loopID(_ context: WebContext) -> VisitLoop.ID { VisitLoop.ID(context.parameters.get("id") ?? "") }

    @Sendable func loops(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.seeLoops, context)
        let id = context.parameters.get("id") ?? ""
        let view = try await site.clinic.visitLoops(Booking.ID(id), by: actor)
        let booking = view.booking
        var frame = site.deskFrame("Loops of \(booking.name)", context, place: .deskDay, scripts: ["upload.js"])
        if view.loops.contains(where: { $0.state == .waiting }) { frame = frame.refreshing(every: 3) }
        return try site.answer(
            VisitLoopsPage(
                frame: frame, patientName: booking.name,
                visit: "\(booking.service.name), \(Words.span(booking.start, booking.end, in: booking.timeZone))",
                uploadURL: actor.may(.measureLoops) ? "/desk/visits/\(booking.id)/loops/uploads" : nil,
                loops: view.loops.map { loop in
                    let state = LoopWords.state(loop)
                    return .init(
                        fileName: loop.fileName, url: loop.state == .ready ? "/desk/loops/\(loop.id)" : nil,
                        detail: String(format: "%.1f MB", Double(loop.byteCount) / 1_048_576)
                            + ", received \(Words.moment(loop.receivedAt, in: booking.timeZone))",
                        badge: state.badge, stateLabel: state.label, problem: loop.failure,
                        accepted: view.accepted[loop.id]?.result.map {
                            "Opening \(LoopWords.length($0.opening, $0.unit)), accepted"
                        }, label: view.labels[loop.id].map(LoopWords.label))
                },
                targets: view.targets.map { target in
                    let words = [LoopWords.side(target.side).lowercased(), "named by the \(target.source)"]
                    return .init(
                        place: target.place, detail: words.filter { !$0.isEmpty }.joined(separator: ", "),
                        lookAction: target.lookedAt == nil && actor.may(.measureLoops)
                            ? "/desk/targets/\(target.id)/look" : nil, isDone: target.lookedAt != nil)
                }, targetAction: actor.may(.measureLoops) ? "/desk/visits/\(booking.id)/targets" : nil,
                findingsURL: "/desk/visits/\(booking.id)/findings",
                findingsState: view.findings.map {
                    "Version \($0.version) signed\($0.releasedAt == nil ? "" : ", released")"
                } ?? "Not signed",
                findingsBadge: view.findings == nil ? .plain : view.findings?.releasedAt == nil ? .warn : .good))
    }

    @Sendable func loop(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.seeLoops, context)
        return try site.answer(page(try await site.clinic.loop(loopID(context), by: actor), actor, context))
    }

    private func page(
        _ view: Clinic.LoopView, _ actor: Actor, _ context: WebContext, faults: [ErrorSummary.Item] = [],
        marks: LoopPage.Marks? = nil
    ) -> LoopPage {
        let loop = view.loop
        let zone = view.booking.timeZone
        let path = "/desk/loops/\(loop.id)"
        let mayMeasure = actor.may(.measureLoops) && loop.frames != nil
        let newest = view.measures.first
        let shown = view.measures.first { $0.result != nil }
        let isMeasuring = newest?.isWaiting ?? false
        let state = LoopWords.state(loop)
        var frame = site.deskFrame(loop.fileName, context, place: .deskDay, scripts: ["loop.js"])
        if isMeasuring || loop.state == .waiting { frame = frame.refreshing(every: 2) }
        return LoopPage(
            frame: frame, visitURL: "/desk/visits/\(loop.visit)/loops", patientName: view.booking.name,
            fileName: loop.fileName, badge: state.badge, stateLabel: state.label, problem: loop.failure,
            warnings: loop.warnings.map(\.message), viewer: loop.frames.map { LoopWords.viewer($0, path: path) },
            scale: LoopWords.scale(view.calibration, zone: zone),
            isCalibrated: view.calibration != nil, scaleAction: mayMeasure ? "\(path)/scale" : nil,
            errorSummary: ErrorSummary(faults), measureAction: mayMeasure ? "\(path)/measures" : nil,
            marks: marks ?? self.marks(shown?.request ?? newest?.request), isMeasuring: isMeasuring,
            failure: newest?.failure,
            measure: shown.flatMap { measure in
                loop.frames.flatMap {
                    LoopWords.measure(
                        measure, times: $0.times, pain: view.pain, zone: zone, mayAccept: actor.may(.acceptMeasures))
                }
            },
            earlier: view.measures.filter { $0.id != shown?.id && !$0.isWaiting }.map {
                LoopWords.earlier($0, zone: zone)
            }, exam: loop.frames.map { ExamWords.exam(view, frames: $0, actor: actor) })
    }

    private func marks(_ request: LoopMeasure.Request?) -> LoopPage.Marks {
        guard let request else { return LoopPage.Marks() }
        func text(_ value: Double) -> String { String(format: "%.1f", value) }
        return LoopPage.Marks(
            frame: "\(request.frame)", firstX: text(request.first.x), firstY: text(request.first.y),
            secondX: text(request.second.x), secondY: text(request.second.y))
    }

    // MARK: What the viewer asks for

    @Sendable func data(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.seeLoops, context)
        let view = try await site.clinic.loop(loopID(context), by: actor)
        guard let frames = view.loop.frames else { throw ImagingError.notReady }
        return .json(LoopData(view, frames: frames))
    }

    /// All frames in one file, as they lie on disk.
    @Sendable func frames(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.seeLoops, context)
        return .packed(try await site.clinic.loopFrames(of: loopID(context), by: actor), in: site.clinic.files)
    }

    @Sendable func frame(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.seeLoops, context)
        let number = Int(context.parameters.get("frame") ?? "") ?? -1
        let bytes = try await site.clinic.loopFrame(number, of: loopID(context), by: actor)
        var response = Response.bytes(ByteBuffer(bytes: bytes), contentType: "image/png")
        // A frame never changes; it may stay in this reader's own browser for a while.
        response.headers[.cacheControl] = "private, max-age=600, immutable"
        return response
    }

    // MARK: What the clinician sets

    @Sendable func scale(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.measureLoops, context)
        let form = try await Form(request, context)
        func number(_ name: String) -> Double? { Double(form[name].replacingOccurrences(of: ",", with: ".")) }
        do {
            if !form["scale"].isEmpty {
                let spacing = try LoopCalibration.spacing(millimetresPerPixel: number("scale") ?? .nan)
                try await site.clinic.calibrate(loopID(context), spacing: spacing, how: "number", by: actor)
            } else {
                guard let x1 = number("x1"), let y1 = number("y1"), let x2 = number("x2"), let y2 = number("y2"),
                    let length = number("length")
                else { throw ImagingError.implausibleScale }
                let spacing = try LoopCalibration.spacing(
                    from: PicturePoint(x: x1, y: y1), to: PicturePoint(x: x2, y: y2), millimetres: length)
                try await site.clinic.calibrate(loopID(context), spacing: spacing, how: "ruler", by: actor)
            }
        } catch let error as ImagingError where error == .implausibleScale {
            let view = try await site.clinic.loop(loopID(context), by: actor)
            return try site.answer(
                page(view, actor, context, faults: [.init(field: "scale", message: error.description)]),
                status: .unprocessableContent)
        }
        return .seeOther("/desk/loops/\(loopID(context))")
    }

    @Sendable func measure(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.measureLoops, context)
        let form = try await Form(request, context)
        func point(_ name: String) -> PicturePoint {
            PicturePoint(x: Double(form["\(name)x"]) ?? .nan, y: Double(form["\(name)y"]) ?? .nan)
        }
        let frame = Int(form["frame"]) ?? -1
        if request.wantsJSON {
            // Whoever tapped twice waits for the result.
            let measure = try await site.clinic.measureNow(
                in: loopID(context), frame: frame, first: point("a"), second: point("b"), by: actor)
            return .json(["measure": measure.id.description])
        }
        do {
            _ = try await site.clinic.measureSeparation(
                in: loopID(context), frame: frame, first: point("a"), second: point("b"), by: actor)
        } catch let error as ImagingError where [.marksMissing, .marksTooNear, .noSuchFrame].contains(error) {
            let view = try await site.clinic.loop(loopID(context), by: actor)
            let typed = LoopPage.Marks(
                frame: form["frame"], firstX: form["ax"], firstY: form["ay"], secondX: form["bx"], secondY: form["by"])
            let field = error == .noSuchFrame ? "frame" : "ax"
            return try site.answer(
                page(view, actor, context, faults: [.init(field: field, message: error.description)], marks: typed),
                status: .unprocessableContent)
        }
        return .seeOther("/desk/loops/\(loopID(context))")
    }

    @Sendable func accept(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.acceptMeasures, context)
        let measure = try await site.clinic.acceptMeasure(
            LoopMeasure.ID(context.parameters.get("id") ?? ""), by: actor)
        return .seeOther("/desk/loops/\(measure.loop)#separation")
    }
}
