// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Content
import Diary
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Storage
import Telehealth

/// A visit by video for whoever holds a link to it: the door, consent, the waiting room, the call.
struct CallController {
    let site: Site
    let channel: CallChannel

    func add(to router: Router<WebContext>) {
        router.get("/call/:token", use: page)
        router.post("/call/:token", use: agree)
        router.post("/call/:token/back", use: back)
        router.get("/call/:token/in-person", use: advice)
        router.post("/call/:token/in-person", use: bookInPerson)
        router.get("/call/:token/events") { try await channel.events($0, to: caller($1)) }
        router.post("/call/:token/signals") { try await channel.post($0, by: caller($1)) }
        router.get("/call/:token/ice") { _, context in try await channel.ice(for: caller(context)) }
        router.post("/call/:token/figures") { try await channel.figures($0, of: caller($1)) }
        router.post("/call/:token/leave", use: leave)
        router.post("/call/:token/pain", use: pain)
        router.post("/call/:token/pictures/:measure", use: answerPicture)
        router.post("/bookings/:token/join", use: joinFromBooking)
        router.post("/portal/bookings/:id/join", use: joinFromPortal)
    }

    private func link(_ context: WebContext) -> Secret { Secret(context.parameters.get("token") ?? "") }
    private func caller(_ context: WebContext) -> CallCaller { .link(link(context)) }
    private func path(_ context: WebContext) -> String { "/call/\(link(context).text)" }

    // MARK: The door

    @Sendable func page(_ request: Request, context: WebContext) async throws -> Response {
        let entrance: Clinic.CallEntrance
        do {
            entrance = try await site.clinic.enterCall(link: link(context))
        } catch let error as TelehealthError {
            return try await door(error, context)
        }
        if entrance.consent == nil { return try answer(preparePage(entrance, context)) }
        return try answer(roomPage(entrance, context))
    }

    /// Camera and microphone are allowed on these pages, and on no others.
    private func answer(_ page: some PageValue, status: HTTPResponse.Status = .ok) throws -> Response {
        var response = try site.answer(page, status: status)
        response.headers[.callPermissions] = "yes"
        return response
    }

    private func door(_ error: TelehealthError, _ context: WebContext) async throws -> Response {
        let fault = error.fault
        var page = CallDoorPage(
            frame: site.frame("Your visit by video", context, isPrivate: true), title: heard(fault.title),
            detail: heard(fault.detail), opens: nil, instant: nil, zone: nil)
        if case .early(let opensAt) = error {
            let zone = try await site.clinic.timeZone()
            page.frame = site.frame(
                "Your visit by video", context, isPrivate: true, refreshSeconds: 30, scripts: ["local-time.js"])
            page.opens = Words.day(opensAt, in: zone) + ", " + Words.time(opensAt, in: zone)
            page.instant = opensAt.formatted(.iso8601)
            page.zone = zone.identifier
        }
        return try site.answer(page, status: fault.status)
    }

    private func visitText(_ booking: Booking) -> String {
        "\(heard(booking.service.name)), \(Words.span(booking.start, booking.end, in: booking.timeZone))"
    }

    private var lineNote: String? {
        site.clinic.settings.relay.hasRelay
            ? nil
            : said(
                "On some networks, such as a company’s, the picture may not come through. If so, use another network, or we call you."
            )
    }

    private func preparePage(_ entrance: Clinic.CallEntrance, _ context: WebContext) -> CallPreparePage {
        let isPatient = entrance.party.role == .patient
        var page = CallPreparePage(
            frame: site.frame("Before the video visit", context, isPrivate: true, scripts: ["call-check.js"]),
            heading: said("Before the video visit"), visit: visitText(entrance.booking), action: path(context),
            isPatient: isPatient,
            warnings: isPatient
                ? CallWords.Warning.allCases.map { .init(name: $0.rawValue, label: $0.label, isTicked: false) } : [],
            limits: isPatient ? CallWords.limits : [],
            consent: isPatient ? CallWords.consent : CallWords.guestConsent, lineNote: lineNote,
            adviceURL: CallWords.Warning.told(entrance.needsHands).isEmpty ? nil : "\(path(context))/in-person")
        page.name.value = entrance.party.name
        return page
    }

    private func roomPage(_ entrance: Clinic.CallEntrance, _ context: WebContext) -> CallRoomPage {
        let path = path(context)
        let hasLeft = entrance.party.state == .left
        return CallRoomPage(
            frame: site.frame("Your visit by video", context, isPrivate: true, scripts: hasLeft ? [] : ["call.js"]),
            visit: visitText(entrance.booking), with: entrance.booking.clinician?.name ?? site.clinic.details.name,
            stage: CallStage(
                base: path, me: entrance.party.id.description, role: entrance.party.role.rawValue,
                state: entrance.party.state.rawValue, after: String(entrance.room.lastSignal),
                startsAt: entrance.booking.start.formatted(.iso8601),
                chat: entrance.party.state == .admitted ? entrance.chat.map(RoomFeed.line) : [],
                isPatient: entrance.party.role == .patient, isClinician: false),
            backAction: hasLeft ? "\(path)/back" : nil, lineNote: lineNote,
            adviceURL: CallWords.Warning.found(entrance).isEmpty ? nil : "\(path)/in-person")
    }

    // MARK: Consent

    @Sendable func agree(_ request: Request, context: WebContext) async throws -> Response {
        try site.limits.check(.signIn, request, context)
        let form = try await Form(request, context)
        let entrance: Clinic.CallEntrance
        do {
            entrance = try await site.clinic.enterCall(link: link(context))
        } catch let error as TelehealthError {
            return try await door(error, context)
        }
        // Sent twice, the consent was taken down once.
        if entrance.consent != nil { return .seeOther(path(context)) }
        var page = preparePage(entrance, context)
        func field(_ name: String, _ most: Int) -> FieldValue { FieldValue(value: String(form[name].prefix(most))) }
        page.name = field("name", 200)
        if page.name.value.isEmpty { page.name.error = "Please type your full name." }
        if page.isPatient {
            page.bornOn = field("born", 10)
            page.place = field("place", 200)
            page.callBack = field("callback", 40)
            if page.bornOn.value.isEmpty { page.bornOn.error = "Please type your date of birth." }
            if page.place.value.count < 3 {
                page.place.error = "Please type the city and the state or country where you are now."
            }
            if page.callBack.value.count(where: \.isNumber) < 5 {
                page.callBack.error = "Please type a number at which we reach you now."
            }
        }
        if !form.isTicked("agree") {
            page.agree.error =
                "Without your agreement there is no visit by video. You may ask for a visit in the clinic instead."
        }
        page.warnings = page.warnings.map { .init(name: $0.name, label: $0.label, isTicked: form.isTicked($0.name)) }
        page.errorSummary = ErrorSummary(fields: [
            "name": page.name, "born": page.bornOn, "place": page.place, "callback": page.callBack, "agree": page.agree,
        ])
        guard page.errorSummary == nil else { return try answer(page, status: .unprocessableContent) }
        let told = CallWords.Warning.told(entrance.needsHands)
        let warnings = CallWords.Warning.allCases.filter {
            told.contains($0) || (page.isPatient && form.isTicked($0.rawValue))
        }
        try await site.clinic.agreeToCall(
            link: link(context),
            VideoConsent.Form(
                version: page.isPatient ? CallWords.consentVersion : CallWords.consentVersion + "-guest",
                language: Catalogue.current.language, words: page.consent.joined(separator: "\n\n"),
                name: page.name.value,
                bornOn: page.isPatient ? page.bornOn.value : nil, place: page.place.value,
                callBack: page.callBack.value, warnings: warnings.map(\.finding).joined(separator: "; ")))
        return .seeOther(warnings.isEmpty ? path(context) : path(context) + "/in-person")
    }

    @Sendable func back(_ request: Request, context: WebContext) async throws -> Response {
        try await site.clinic.comeBackToCall(link: link(context))
        return .seeOther(path(context))
    }

    // MARK: A visit in person, on the spot

    @Sendable func advice(_ request: Request, context: WebContext) async throws -> Response {
        do {
            return try site.answer(try await advicePage(context))
        } catch let error as TelehealthError {
            return try await door(error, context)
        }
    }

    private func advicePage(_ context: WebContext) async throws -> CallAdvicePage {
        let entrance = try await site.clinic.enterCall(link: link(context))
        let warnings = CallWords.Warning.found(entrance)
        let offer = try await site.clinic.inPersonTimes(count: 3)
        return CallAdvicePage(
            frame: site.frame("We should see you in person", context, isPrivate: true),
            isEmergency: warnings.contains(.emergency), reasons: warnings.map(\.label),
            serviceName: offer.map { heard($0.service.name) } ?? "",
            price: offer.map { site.paymentNote($0.service) } ?? "",
            times: offer?.times.enumerated().map { index, time in
                .init(
                    value: "\(time.text) \(time.clinician)",
                    label: Words.span(time.start, time.end, in: entrance.booking.timeZone)
                        + (time.name.isEmpty ? "" : ", \(time.name)"), isChosen: index == 0)
            } ?? [], hasTimes: offer?.times.isEmpty == false, action: path(context) + "/in-person",
            bookURL: offer.flatMap { $0.service.dueAtBooking == nil ? nil : "/book/\($0.service.slug)" },
            booked: nil, problem: nil, goOnURL: path(context), isBefore: entrance.consent == nil)
    }

    @Sendable func bookInPerson(_ request: Request, context: WebContext) async throws -> Response {
        try site.limits.check(.booking, request, context)
        let form = try await Form(request, context)
        guard let slot = TimeGrids.parse(form["slot"]) else {
            throw Fault.invalid([.init(name: "slot", detail: "Please choose a time.")])
        }
        do {
            let booking = try await site.clinic.bookInPerson(
                link: link(context), start: slot.start, clinician: slot.clinician)
            var page = try await advicePage(context)
            page.booked = Words.span(booking.start, booking.end, in: booking.timeZone)
            return try site.answer(page)
        } catch let error as BookingError where error.isConflict {
            var page = try await advicePage(context)
            page.problem = heard(error.explanation)
            return try site.answer(page, status: .conflict)
        }
    }

    // MARK: In the call

    @Sendable func leave(_ request: Request, context: WebContext) async throws -> Response {
        try await site.clinic.leaveCall(caller(context))
        return .seeOther(path(context))
    }

    private func decode<T: Decodable>(_ type: T.Type, _ request: Request) async throws -> T {
        var request = request
        let body = try await request.collectBody(upTo: 4 << 10)
        guard let value = try? JSONDecoder().decode(type, from: Data(body.readableBytesView)) else {
            throw TelehealthError.malformed("it has not the form that the call's page sends")
        }
        return value
    }

    @Sendable func pain(_ request: Request, context: WebContext) async throws -> Response {
        struct Report: Decodable {
            let id: String
            let level: Int
        }
        let report = try await decode(Report.self, request)
        try await site.clinic.reportPain(report.level, key: report.id, link: link(context))
        return Response(status: .noContent)
    }

    @Sendable func answerPicture(_ request: Request, context: WebContext) async throws -> Response {
        struct Answer: Decodable { let agreed: Bool }
        let answer = try await decode(Answer.self, request)
        try await site.clinic.answerPicture(
            VideoMeasure.ID(context.parameters.get("measure") ?? ""), agreed: answer.agreed, link: link(context))
        return Response(status: .noContent)
    }

    // MARK: From elsewhere

    @Sendable func joinFromBooking(_ request: Request, context: WebContext) async throws -> Response {
        try site.limits.check(.signIn, request, context)
        return .seeOther("/call/\(try await site.clinic.joinLink(manage: link(context)).text)")
    }

    @Sendable func joinFromPortal(_ request: Request, context: WebContext) async throws -> Response {
        let id = Booking.ID(context.parameters.get("id") ?? "")
        return .seeOther("/call/\(try await site.clinic.joinLink(to: id, of: try context.patient()).text)")
    }
}

extension TelehealthError: Explained {
    var fault: Fault {
        switch self {
        case .unknownLink:
            Fault(status: .notFound, kind: "call-link", title: "This link opens nothing", detail: description)
        case .noVisit:
            Fault(status: .gone, kind: "call-none", title: "There is no visit by video here", detail: description)
        case .early: Fault(status: .forbidden, kind: "call-early", title: "You are early", detail: description)
        case .over: Fault(status: .gone, kind: "call-over", title: "This visit is over", detail: description)
        case .notPermitted: .notAllowed
        case .noConsent: .conflict("call-consent", "The consent is missing", description)
        case .notAdmitted: .conflict("call-not-admitted", "You are not in the room", description)
        case .full: .conflict("call-full", "The room is full", description)
        case .unknownParty, .unknownMeasure, .notShown:
            Fault(status: .notFound, kind: "call-gone", title: "That is not here any more", detail: description)
        case .malformed:
            Fault(status: .badRequest, kind: "call-message", title: "That can’t be taken", detail: description)
        case .pictureNotAgreed: .conflict("call-picture", "The picture is not kept", description)
        case .consentIncomplete: .invalid([.init(name: "agree", detail: description)])
        }
    }
}
