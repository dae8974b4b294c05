// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Foundation
import HTTPTypes
import Hummingbird
import Imaging
import NIOCore
import Storage
import Ultrasound

/// A loop leaves the record: without names as a file, or as a clip of a case study.
struct ShareController {
    let site: Site

    func add(to router: Router<WebContext>) {
        router.get("/desk/loops/:id/share", use: share)
        router.post("/desk/loops/:id/clear", use: clear)
        router.get("/desk/loops/:id/export", use: export)
        router.post("/desk/loops/:id/case", use: makeCase)
        router.post("/desk/clips/:id/end", use: takeDown)
        router.get("/cases/clips/:id", use: clip)
        router.get("/cases/clips/:id/frames", use: frames)
    }

    private func loopID(_ context: WebContext) -> VisitLoop.ID { VisitLoop.ID(context.parameters.get("id") ?? "") }
    private func clipID(_ context: WebContext) -> CaseClip.ID { CaseClip.ID(context.parameters.get("id") ?? "") }

    @Sendable func share(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.shareLoops, context)
        return try site.answer(try await page(actor, context))
    }

    private func page(
        _ actor: Actor, _ context: WebContext, faults: [ErrorSummary.Item] = []
    ) async throws -> SharePage {
        let view = try await site.clinic.loop(loopID(context), by: actor)
        guard let frames = view.loop.frames else { throw ImagingError.notReady }
        let path = "/desk/loops/\(view.loop.id)"
        let area = view.clearedArea
        return SharePage(
            frame: site.deskFrame("Share a loop", context, place: .deskDay), loopURL: path,
            fileName: view.loop.fileName, errorSummary: ErrorSummary(faults), firstFrameURL: "\(path)/frames/0",
            width: frames.width, height: frames.height, lastFrame: frames.count - 1, clearAction: "\(path)/clear",
            cleared: area.map {
                "Free of text: \($0.width) × \($0.height) pixels, from \($0.x) across and \($0.y) down."
            }, exportURL: area.map { _ in "\(path)/export" }, caseAction: area.map { _ in "\(path)/case" },
            consentText: LoopSharing.consentText,
            clips: view.clips.map {
                .init(
                    url: "/cases/clips/\($0.id)", consent: "Agreed by \($0.consent.name) on \($0.consent.day)",
                    endAction: "/desk/clips/\($0.id)/end")
            })
    }

    @Sendable func clear(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.shareLoops, context)
        let form = try await Form(request, context)
        do {
            guard form.isTicked("seen") else { throw ImagingError.textNotChecked }
            guard let frames = try await site.clinic.loop(loopID(context), by: actor).loop.frames else {
                throw ImagingError.notReady
            }
            func number(_ name: String) -> Int { Int(form[name]) ?? -1 }
            let area = try ClearedArea(
                x: number("x"), y: number("y"), width: number("width"), height: number("height"), in: frames)
            try await site.clinic.clearLoop(loopID(context), area: area, by: actor)
        } catch let error as ImagingError where [.textNotChecked, .wrongArea].contains(error) {
            return try site.answer(
                try await page(
                    actor, context,
                    faults: [.init(field: error == .wrongArea ? "x" : "seen", message: error.description)]),
                status: .unprocessableContent)
        }
        return .seeOther("/desk/loops/\(loopID(context))/share")
    }

    /// What is known of an exported loop: nothing that names anybody.
    private struct Exported: Encodable {
        let schema = "fascia.loop/1"
        let width: Int
        let height: Int
        let times: [Double]
        let millimetresPerPixel: [String: Double]?
        let frames: [String]
    }

    @Sendable func export(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.shareLoops, context)
        let extract = try await site.clinic.exportLoop(loopID(context), by: actor)
        let names = extract.pictures.indices.map { String(format: "frame-%04d.png", $0) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        let words = try encoder.encode(
            Exported(
                width: extract.width, height: extract.height, times: extract.times,
                millimetresPerPixel: extract.spacing.map { ["x": $0.x, "y": $0.y] }, frames: names))
        var archive = Data()
        // No date either: the day of an examination can tell whose it was.
        let noDay = Date(timeIntervalSince1970: 0)
        for (name, bytes) in [("loop.json", words)] + zip(names, extract.pictures.map { Data($0) }) {
            guard let header = TarArchive.header(name: name, byteCount: Int64(bytes.count), modifiedAt: noDay) else {
                continue
            }
            archive += header + bytes + TarArchive.padding(after: Int64(bytes.count))
        }
        archive += Data(count: 1024)
        var response = Response.bytes(ByteBuffer(bytes: archive), contentType: "application/x-tar")
        response.headers[.contentDisposition] = "attachment; filename=\"loop.tar\""
        return response
    }

    @Sendable func makeCase(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.shareLoops, context)
        let form = try await Form(request, context)
        do {
            guard form.isTicked("agreed") else { throw ImagingError.consentMissing }
            let first = Int(form["first"]) ?? -1
            let last = Int(form["last"]) ?? -1
            guard first <= last else { throw ImagingError.noSuchFrame }
            _ = try await site.clinic.makeCaseStudy(
                of: loopID(context), frames: first...last, slug: form["slug"], title: form["title"],
                caption: form["caption"],
                consent: try LoopSharing.Consent(name: form["name"], day: form["day"]), by: actor,
                named: context.session?.name ?? "a clinician")
        } catch let error as ImagingError where [.consentMissing, .noSuchFrame, .caseAddress].contains(error) {
            let field = error == .consentMissing ? "name" : error == .noSuchFrame ? "first" : "slug"
            return try site.answer(
                try await page(actor, context, faults: [.init(field: field, message: error.description)]),
                status: .unprocessableContent)
        }
        return .seeOther("/cases/\(form["slug"])")
    }

    @Sendable func takeDown(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.shareLoops, context)
        try await site.clinic.takeDownClip(clipID(context), by: actor)
        return .seeOther("/desk")
    }

    // MARK: For everybody

    @Sendable func clip(_ request: Request, context: WebContext) async throws -> Response {
        let clip = try await site.clinic.caseClip(clipID(context))
        return .json(ClipData(clip.frames, url: "/cases/clips/\(clip.id)/frames"))
    }

    @Sendable func frames(_ request: Request, context: WebContext) async throws -> Response {
        .packed(try await site.clinic.caseClip(clipID(context)).frames, isPublic: true, in: site.clinic.files)
    }
}
