// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Content
import Diary
import Foundation
import HTTPTypes
import Hummingbird
import Imaging
import NIOCore
import ServiceLifecycle
import Storage
import Ultrasound

/// What is done during the examination: drawing, laying side by side, marking where it hurts.
struct ExamController {
    let site: Site

    func add(to router: Router<WebContext>) {
        router.post("/desk/loops/:id/label", use: label)
        router.post("/desk/loops/:id/annotations", use: annotate)
        router.post("/desk/annotations/:id/accept", use: acceptAnnotation)
        router.post("/desk/annotations/:id/remove", use: removeAnnotation)
        router.get("/desk/loops/:id/motion", use: motion)
        router.get("/desk/loops/:id/mmode", use: mMode)
        router.get("/desk/loops/:id/compare", use: compare)
        router.get("/desk/loops/:id/match/:other", use: match)
        router.post("/desk/loops/:id/pain", use: markPain)
        router.post("/desk/visits/:id/targets", use: addTarget)
        router.post("/desk/targets/:id/look", use: lookAtTarget)
        router.get("/desk/visits/:id/pain/changes", use: painChanges)
        router.get("/portal/visits/:id/pain", use: slider)
        router.post("/portal/visits/:id/pain", use: reportPain)
        router.post("/portal/visits/:id/places", use: addPlace)
    }

    private func loopID(_ context: WebContext) -> VisitLoop.ID { VisitLoop.ID(context.parameters.get("id") ?? "") }
    private func visitID(_ context: WebContext) -> Booking.ID { Booking.ID(context.parameters.get("id") ?? "") }

    // MARK: Words and drawings

    @Sendable func label(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.measureLoops, context)
        let form = try await Form(request, context)
        guard let state = LoopLabel.State(rawValue: form["state"]),
            let muscle = ComparedMuscle(rawValue: form["muscle"])
        else { throw Fault.badRequest("Choose what the loop shows from the lists.") }
        try await site.clinic.label(
            loopID(context), as: LoopLabel(side: BodySide(rawValue: form["side"]), muscle: muscle, state: state),
            by: actor)
        return .seeOther("/desk/loops/\(loopID(context))")
    }

    @Sendable func annotate(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.measureLoops, context)
        let form = try await Form(request, context)
        guard let kind = LoopAnnotation.Kind(rawValue: form["kind"]),
            let meaning = LoopAnnotation.Meaning(rawValue: form["meaning"])
        else { throw Fault.badRequest("Choose what was drawn from the lists.") }
        // "10.5,20 30,40.5"
        let points = form["points"].split(separator: " ").map { pair -> PicturePoint in
            let numbers = pair.split(separator: ",").map { Double($0) ?? .nan }
            return PicturePoint(x: numbers.first ?? .nan, y: numbers.count == 2 ? numbers[1] : .nan)
        }
        let made = try await site.clinic.annotate(
            loopID(context), kind: kind, meaning: meaning, frame: Int(form["frame"]) ?? -1, points: points,
            text: form["text"], by: actor)
        if request.wantsJSON { return .json(["annotation": made.id.description], status: .created) }
        return .seeOther("/desk/loops/\(loopID(context))#annotations")
    }

    @Sendable func acceptAnnotation(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.acceptMeasures, context)
        let annotation = try await site.clinic.acceptAnnotation(
            LoopAnnotation.ID(context.parameters.get("id") ?? ""), by: actor)
        return .seeOther("/desk/loops/\(annotation.loop)#annotations")
    }

    @Sendable func removeAnnotation(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.measureLoops, context)
        let annotation = try await site.clinic.removeAnnotation(
            LoopAnnotation.ID(context.parameters.get("id") ?? ""), by: actor)
        return .seeOther("/desk/loops/\(annotation.loop)#annotations")
    }

    @Sendable func motion(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.seeLoops, context)
        guard let bytes = try await site.clinic.loopMotion(loopID(context), by: actor) else {
            return Response(status: .accepted, headers: [.cacheControl: "no-store"])
        }
        return .bytes(ByteBuffer(bytes: bytes), contentType: "application/octet-stream")
    }

    @Sendable func mMode(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.seeLoops, context)
        func number(_ name: String) -> Double {
            request.uri.queryParameters[name[...]].flatMap { Double($0) } ?? .nan
        }
        let line = [
            PicturePoint(x: number("x1"), y: number("y1")), PicturePoint(x: number("x2"), y: number("y2")),
        ]
        let bytes = try await site.clinic.mMode(of: loopID(context), along: line, by: actor)
        return .bytes(ByteBuffer(bytes: bytes), contentType: "image/png")
    }

    // MARK: Side by side

    @Sendable func compare(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.seeLoops, context)
        let other = VisitLoop.ID(request.uri.queryParameters["with"].map(String.init) ?? "")
        let view = try await site.clinic.compare(loopID(context), with: other, by: actor)
        return try site.answer(
            ComparePage(
                view, frame: site.deskFrame("Side by side", context, place: .deskDay, scripts: ["loop-compare.js"])))
    }

    @Sendable func match(_ request: Request, context: WebContext) async throws -> Response {
        struct Match: Encodable {
            let rightOfLeft: [Int]
            let leftOfRight: [Int]
        }
        let actor = try await site.staff(.seeLoops, context)
        let view = try await site.clinic.compare(
            loopID(context), with: VisitLoop.ID(context.parameters.get("other") ?? ""), by: actor)
        return .json(Match(rightOfLeft: view.rightOfLeft, leftOfRight: view.leftOfRight))
    }

    // MARK: Where it hurts

    @Sendable func markPain(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.measureLoops, context)
        let form = try await Form(request, context)
        try await site.clinic.markPain(
            Int(form["value"]) ?? -1, frame: Int(form["frame"]) ?? -1,
            source: form["source"] == "slider" ? .slider : .tap, loop: loopID(context), by: actor)
        if request.wantsJSON { return .json(["marked": true]) }
        return .seeOther("/desk/loops/\(loopID(context))#pain")
    }

    @Sendable func addTarget(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.measureLoops, context)
        let form = try await Form(request, context)
        try await site.clinic.addTarget(
            form["place"], side: BodySide(rawValue: form["side"]), source: "clinician", visit: visitID(context),
            by: actor)
        return .seeOther("/desk/visits/\(visitID(context))/loops#targets")
    }

    @Sendable func lookAtTarget(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.measureLoops, context)
        let target = try await site.clinic.lookAtTarget(
            VisitTarget.ID(context.parameters.get("id") ?? ""), by: actor)
        return .seeOther("/desk/visits/\(target.visit)/loops#targets")
    }

    /// Server-sent events (HTML Standard §9.2): what the patient's slider says, whenever it has moved. The stream ends after ten
    /// minutes, so that a revoked session does not go on listening; the browser then asks again.
    @Sendable func painChanges(_ request: Request, context: WebContext) async throws -> Response {
        _ = try await site.staff(.seeLoops, context)
        let watch = PainWatch(clinic: site.clinic, visit: visitID(context))
        let events = AsyncStream(unfolding: { await watch.next() }).cancelOnGracefulShutdown()
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: ResponseBody(asyncSequence: events))
    }

    // MARK: The patient's phone

    @Sendable func slider(_ request: Request, context: WebContext) async throws -> Response {
        let (booking, targets) = try await site.clinic.examVisit(visitID(context), of: try context.patient())
        let latest = try await site.clinic.latestPain(visit: booking.id)
        return try site.answer(
            PainSliderPage(
                frame: site.frame("Where does it hurt?", context, isPrivate: true, scripts: ["pain-slider.js"]),
                action: "/portal/visits/\(booking.id)/pain", placesAction: "/portal/visits/\(booking.id)/places",
                value: "\(latest?.value ?? 0)",
                places: targets.map { target in
                    target.side.map {
                        said($0 == .left ? "{place}, left" : "{place}, right", ["place": target.place])
                    } ?? target.place
                }))
    }

    @Sendable func reportPain(_ request: Request, context: WebContext) async throws -> Response {
        let patient = try context.patient()
        let form = try await Form(request, context)
        try await site.clinic.reportPain(Int(form["value"]) ?? -1, visit: visitID(context), by: .patient(patient))
        if request.wantsJSON { return .json(["kept": true]) }
        return .seeOther("/portal/visits/\(visitID(context))/pain")
    }

    @Sendable func addPlace(_ request: Request, context: WebContext) async throws -> Response {
        let patient = try context.patient()
        let form = try await Form(request, context)
        try await site.clinic.addTarget(
            form["place"], side: BodySide(rawValue: form["side"]), source: "patient", visit: visitID(context),
            by: .patient(patient))
        return .seeOther("/portal/visits/\(visitID(context))/pain")
    }
}

/// The events of one screen that listens for a patient's slider.
actor PainWatch {
    private static let pause = Duration.milliseconds(250)
    private static let mostRounds = 2400
    private let clinic: Clinic
    private let visit: Booking.ID
    private var known: PainReport.ID?
    private var rounds = 0

    init(clinic: Clinic, visit: Booking.ID) {
        self.clinic = clinic
        self.visit = visit
    }

    /// The next event; nil once there are no more.
    func next() async -> ByteBuffer? {
        while rounds < Self.mostRounds {
            if rounds > 0 {
                do { try await Task.sleep(for: Self.pause) } catch { return nil }
            }
            rounds += 1
            let latest: PainReport?
            do { latest = try await clinic.latestPain(visit: visit) } catch { return nil }
            if let latest, latest.id != known {
                known = latest.id
                return ByteBuffer(string: "event: pain\ndata: \(latest.value)\n\n")
            }
            // By it a connection that is gone is noticed.
            if rounds % 60 == 1 { return ByteBuffer(string: ": here\n\n") }
        }
        return nil
    }
}
