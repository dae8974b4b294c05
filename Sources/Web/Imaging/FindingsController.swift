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
import Storage
import Ultrasound

/// The findings of a visit: written, signed, released; read by colleagues and by the patient.
struct FindingsController {
    let site: Site

    func add(to router: Router<WebContext>) {
        router.get("/desk/visits/:id/findings", use: edit)
        router.post("/desk/visits/:id/findings", use: write)
        router.get("/desk/findings/:id", use: signed)
        router.get("/desk/findings/:id/clips/:number", use: deskClip)
        router.get("/desk/findings/:id/report.dcm", use: structured)
        router.post("/desk/findings/:id/release", use: release)
        router.get("/portal/findings/:id", use: patient)
        router.get("/portal/findings/:id/clips/:number", use: clip)
        router.get("/portal/findings/:id/clips/:number/frames", use: frames)
        router.get("/portal/findings/:id/clips/:number/still", use: still)
    }

    private func visitID(_ context: WebContext) -> Booking.ID { Booking.ID(context.parameters.get("id") ?? "") }
    private func findingsID(_ context: WebContext) -> Findings.ID { Findings.ID(context.parameters.get("id") ?? "") }

    private func visit(_ booking: Booking) -> String {
        "\(booking.service.name), \(Words.date(booking.start, in: booking.timeZone))"
    }

    // MARK: Writing

    @Sendable func edit(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.seeLoops, context)
        return try site.answer(
            page(try await site.clinic.findings(ofVisit: visitID(context), by: actor), actor, context))
    }

    private func page(
        _ view: Clinic.FindingsView, _ actor: Actor, _ context: WebContext, faults: [ErrorSummary.Item] = []
    ) -> FindingsEditPage {
        let draft = view.draft
        let visitURL = "/desk/visits/\(view.booking.id)"
        return FindingsEditPage(
            frame: site.deskFrame("Findings of \(view.booking.name)", context, place: .deskDay),
            patientName: view.booking.name, visit: visit(view.booking), visitURL: "\(visitURL)/loops",
            action: actor.may(.signFindings) ? "\(visitURL)/findings" : nil, errorSummary: ErrorSummary(faults),
            region: draft.region, words: draft.words, wordsForPatient: draft.wordsForPatient,
            section: draft.sectionPercent.map { String(format: "%g", $0) } ?? "", grades: FindingsWords.grades(draft),
            clips: view.loops.map { loop in
                let id = loop.id.description
                let chosen = draft.clips.first { $0.loop == id && !$0.isStill }
                let still = draft.clips.first { $0.loop == id && $0.isStill }
                let last = (loop.frames?.count ?? 1) - 1
                return .init(
                    loop: id, name: loop.fileName, isChosen: chosen != nil, first: "\(chosen?.firstFrame ?? 0)",
                    last: "\(chosen?.lastFrame ?? last)", lastFrame: last,
                    caption: (chosen ?? still)?.caption ?? "", still: still.map { "\($0.firstFrame)" } ?? "")
            },
            table: FindingsWords.table(draft),
            versions: view.versions.enumerated().map { index, version in
                .init(
                    name: "Version \(version.version), signed by \(version.signedName), "
                        + Words.moment(version.signedAt, in: view.booking.timeZone),
                    url: "/desk/findings/\(version.id)",
                    state: version.releasedAt != nil ? "Released" : index == 0 ? "Not released" : "Superseded",
                    badge: version.releasedAt != nil ? .good : index == 0 ? .warn : .plain)
            }, isChanged: view.isChanged && !view.versions.isEmpty)
    }

    @Sendable func write(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.signFindings, context)
        let form = try await Form(request, limit: 128 << 10)
        var clips: [FindingsContent.Clip] = []
        for loop in form.ticked("loop-") {
            let caption = String(form["caption-\(loop)"].prefix(200))
            if form.isTicked("clip-\(loop)") {
                clips.append(
                    .init(
                        loop: loop, firstFrame: Int(form["first-\(loop)"]) ?? -1,
                        lastFrame: Int(form["last-\(loop)"]) ?? -1, caption: caption))
            }
            if !form["still-\(loop)"].isEmpty {
                let frame = Int(form["still-\(loop)"]) ?? -1
                clips.append(.init(loop: loop, firstFrame: frame, lastFrame: frame, caption: caption))
            }
        }
        var grades: [String: String] = [:]
        for system in GradingSystem.allCases where !form["grade-\(system.rawValue)"].isEmpty {
            grades[system.rawValue] = form["grade-\(system.rawValue)"]
        }
        let name: String? = form["do"] == "sign" ? context.session?.name ?? "a clinician" : nil
        do {
            try await site.clinic.writeFindings(
                .init(
                    region: form["region"], words: form["words"], wordsForPatient: form["plain"],
                    sectionPercent: Double(form["section"].replacingOccurrences(of: ",", with: ".")), grades: grades,
                    clips: clips), visit: visitID(context), sign: name, by: actor)
        } catch let error as ImagingError where error == .nothingToSign || error == .noSuchFrame {
            let view = try await site.clinic.findings(ofVisit: visitID(context), by: actor)
            let field = error == .nothingToSign ? "words" : "clips"
            return try site.answer(
                page(view, actor, context, faults: [.init(field: field, message: error.description)]),
                status: .unprocessableContent)
        }
        guard name != nil else { return .seeOther("/desk/visits/\(visitID(context))/findings") }
        let view = try await site.clinic.findings(ofVisit: visitID(context), by: actor)
        return .seeOther("/desk/findings/\(view.versions.first?.id.description ?? "")")
    }

    // MARK: Signed

    @Sendable func signed(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.seeLoops, context)
        let view = try await site.clinic.readFindings(findingsID(context), by: actor)
        let (findings, zone) = (view.findings, view.booking.timeZone)
        let content = findings.content
        return try site.answer(
            FindingsPage(
                frame: site.deskFrame(
                    "Findings of \(view.booking.name)", context, place: .deskDay, scripts: ["print.js"]),
                patientName: view.booking.name, visit: visit(view.booking),
                visitURL: "/desk/visits/\(findings.visit)/findings", versionName: "Version \(findings.version)",
                isSuperseded: view.isSuperseded, region: content.region,
                words: FindingsWords.paragraphs(content.words),
                wordsForPatient: FindingsWords.paragraphs(content.wordsForPatient),
                grades: FindingsWords.chosenGrades(content), table: FindingsWords.table(content),
                clips: try await clips(findings, by: actor, isDesk: true),
                reportURL: "/desk/findings/\(findings.id)/report.dcm",
                signed: "Signed by \(findings.signedName), \(Words.moment(findings.signedAt, in: zone))",
                released: findings.releasedAt.map { "Released to the patient \(Words.moment($0, in: zone))" },
                releaseAction: findings.releasedAt == nil && !view.isSuperseded && actor.may(.signFindings)
                    ? "/desk/findings/\(findings.id)/release" : nil))
    }

    /// The same as a DICOM structured report, to take along.
    @Sendable func structured(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.seeLoops, context)
        let bytes = try await site.clinic.reportFile(of: findingsID(context), by: actor)
        var response = Response.bytes(ByteBuffer(bytes: bytes), contentType: "application/dicom")
        response.headers[.contentDisposition] = "attachment; filename=\"findings.dcm\""
        return response
    }

    private func clips(_ findings: Findings, by actor: Actor, isDesk: Bool) async throws -> [FindingsClip] {
        var found: [FindingsClip] = []
        for (number, clip) in findings.content.clips.enumerated() {
            let (_, frames) = try await site.clinic.findingsClip(number, of: findings.id, by: actor)
            let url = "/portal/findings/\(findings.id)/clips/\(number)"
            found.append(
                FindingsClip(
                    caption: clip.caption,
                    stillURL: isDesk ? "/desk/findings/\(findings.id)/clips/\(number)" : "\(url)/still",
                    width: frames.width, height: frames.height, clipURL: isDesk || clip.isStill ? nil : url))
        }
        return found
    }

    @Sendable func release(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.signFindings, context)
        let findings = try await site.clinic.releaseFindings(findingsID(context), by: actor)
        return .seeOther("/desk/findings/\(findings.id)")
    }

    @Sendable func deskClip(_ request: Request, context: WebContext) async throws -> Response {
        try await picture(by: try await site.staff(.seeLoops, context), context)
    }

    // MARK: The patient's copy

    @Sendable func patient(_ request: Request, context: WebContext) async throws -> Response {
        let actor = Actor.patient(try context.patient())
        let view = try await site.clinic.readFindings(findingsID(context), by: actor)
        let (findings, zone) = (view.findings, view.booking.timeZone)
        let content = findings.content
        return try site.answer(
            PatientFindingsPage(
                frame: site.frame("Your ultrasound", context, isPrivate: true, scripts: ["clip.js", "print.js"]),
                visit: "\(heard(view.booking.service.name)), \(Words.date(view.booking.start, in: zone))",
                region: content.region, words: FindingsWords.paragraphs(content.wordsForPatient),
                rows: content.measures.map { measure in
                    .init(
                        name: FindingsWords.plainName(measure.meaning),
                        value: measure.value.isCalibrated
                            ? measure.value.text : said("{value}, without a scale", ["value": measure.value.text]),
                        detail: FindingsWords.plainSide(measure.side))
                },
                clips: try await clips(findings, by: actor, isDesk: false),
                signed: said(
                    "{name}, {date}", ["name": findings.signedName, "date": Words.date(findings.signedAt, in: zone)])))
    }

    private func number(_ context: WebContext) -> Int { Int(context.parameters.get("number") ?? "") ?? -1 }

    @Sendable func clip(_ request: Request, context: WebContext) async throws -> Response {
        let (clip, frames) = try await site.clinic.findingsClip(
            number(context), of: findingsID(context), by: .patient(try context.patient()))
        return .json(
            ClipData(
                frames, range: clip.firstFrame...clip.lastFrame,
                url: "/portal/findings/\(findingsID(context))/clips/\(number(context))/frames"))
    }

    @Sendable func frames(_ request: Request, context: WebContext) async throws -> Response {
        let (clip, frames) = try await site.clinic.findingsClip(
            number(context), of: findingsID(context), by: .patient(try context.patient()))
        return .packed(frames, range: clip.firstFrame...clip.lastFrame, in: site.clinic.files)
    }

    @Sendable func still(_ request: Request, context: WebContext) async throws -> Response {
        try await picture(by: .patient(try context.patient()), context)
    }

    private func picture(by actor: Actor, _ context: WebContext) async throws -> Response {
        let (clip, frames) = try await site.clinic.findingsClip(number(context), of: findingsID(context), by: actor)
        let bytes = try await frames.picture(clip.stillFrame, in: site.clinic.files)
        return .bytes(ByteBuffer(bytes: bytes), contentType: "image/png")
    }
}
