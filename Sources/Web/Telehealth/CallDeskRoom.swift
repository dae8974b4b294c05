// SPDX-License-Identifier: Apache-2.0

import Accounts
import Care
import Clinic
import Diary
import Foundation
import Hummingbird
import Storage
import Telehealth

/// Makes the clinician's page of one visit by video.
struct CallDeskRoom {
    let site: Site
    let relayNote: String?

    func page(
        _ view: Clinic.CallView, _ actor: Actor, _ context: WebContext, invitation: String?
    ) async throws -> DeskCallPage {
        let booking = view.booking
        let zone = booking.timeZone
        let now = site.clinic.clock.now()
        let path = "/desk/visits/\(booking.id)/call"
        let line = Clinic.VideoLine(booking: booking, room: view.room, parties: view.parties)
        let state = CallDeskWords.state(line, at: now)
        let isOver = view.room?.closedAt != nil
        let isIn = view.own?.state == .admitted && !isOver && state.isOpen
        let followUps =
            isOver && booking.state == .confirmed && actor.may(.changeBookings)
            ? try await site.clinic.followUpTimes(after: booking, by: actor) : []
        let things = isIn ? try await site.clinic.thingsToShow(booking.id, by: actor) : []
        return DeskCallPage(
            frame: site.deskFrame(
                "Video visit of \(booking.name)", context, place: .deskVideo,
                scripts: isIn ? ["call.js", "call-examine.js"] : state.isOpen && !isOver ? ["call-list.js"] : []),
            path: path, patientName: booking.name,
            visit: "\(booking.service.name), \(Words.span(booking.start, booking.end, in: zone))", badge: state.badge,
            stateLabel: state.label,
            stage: isIn ? view.own.flatMap { own in view.room.map { stage(own, $0, view, path) } } : nil,
            canJoin: state.isOpen && !isOver && !isIn,
            early: state.isEarly
                ? Words.moment(booking.start.addingTimeInterval(-VideoVisit.earlySeconds), in: zone) : nil,
            people: view.parties.filter { $0.role != .clinician && $0.state != .removed }.map {
                person($0, view, path, zone: zone, isOpen: !isOver)
            },
            isOpen: state.isOpen && !isOver, isOver: isOver, invitation: invitation,
            relayNote: isOver ? nil : relayNote,
            things: things.map {
                .init(value: "\($0.shown.kind.rawValue)/\($0.shown.id)", label: $0.label)
            }, hasThings: !things.isEmpty, joints: CallDeskWords.joints,
            measures: view.measures.map { measure($0, path, zone: zone, isOpen: isIn) },
            hasMeasures: !view.measures.isEmpty,
            comparisons: CallDeskWords.comparisons(view.measures),
            hasComparisons: !CallDeskWords.comparisons(view.measures).isEmpty,
            pain: view.pain.map { .init(label: Words.time($0.reportedAt, in: zone), value: "\($0.level) of 10") },
            hasPain: !view.pain.isEmpty, figures: isOver ? CallDeskWords.figures(line, zone: zone) : [],
            hasFigures: isOver,
            dayURL: "/desk?date=\(Words.isoDay(booking.start, in: zone))", loopsURL: "/desk/visits/\(booking.id)/loops",
            notes: isOver && actor.may(.writeCare)
                ? view.episodes.map { .init(value: "/desk/episodes/\($0.id)/notes", label: $0.place) } : [],
            careURL: actor.may(.seeCare) ? "/desk/patients/\(booking.patient)/care" : nil,
            followUps: followUps.map {
                .init(
                    value: "\($0.service.slug) \($0.start.formatted(.iso8601)) \($0.clinician)",
                    label: "\($0.service.name), in \($0.weeks == 1 ? "a week" : "\($0.weeks) weeks"): "
                        + Words.moment($0.start, in: zone))
            }, hasFollowUps: !followUps.isEmpty,
            billAction: isOver && booking.orderID == nil && actor.may(.takePayments) && view.room?.outcome == .held
                ? "/desk/visits/\(booking.id)/bill" : nil,
            orderURL: booking.orderID.map { "/desk/orders/\($0)" },
            reopenAction: isOver && now < booking.end.addingTimeInterval(VideoVisit.lateSeconds)
                ? "\(path)/reopen" : nil,
            problem: nil)
    }

    private func stage(_ own: VideoParty, _ room: VideoRoom, _ view: Clinic.CallView, _ path: String) -> CallStage {
        CallStage(
            base: path, me: own.id.description, role: own.role.rawValue, state: own.state.rawValue,
            after: String(room.lastSignal), startsAt: room.start.formatted(.iso8601),
            chat: view.chat.map(RoomFeed.line),
            isPatient: false, isClinician: true)
    }

    private func person(
        _ party: VideoParty, _ view: Clinic.CallView, _ path: String, zone: TimeZone, isOpen: Bool
    ) -> DeskCallPage.Person {
        let now = site.clinic.clock.now()
        let consent = view.consents[party.id]
        var details: [String] = []
        if let consent {
            let form = consent.form
            details.append(form.name + (form.bornOn.map { ", born \($0)" } ?? ""))
            if !form.place.isEmpty { details.append("Now in \(form.place)") }
            if !form.callBack.isEmpty { details.append("Call back \(form.callBack)") }
            details.append("Agreed at \(Words.time(consent.agreedAt, in: zone)) to \(form.version) (\(form.language))")
        }
        let (label, badge): (String, Badge) =
            switch party.state {
            case .expected: ("Has not come", .plain)
            case .waiting:
                (
                    "Waits" + (party.arrivedAt.map { " since \(Words.time($0, in: zone))" } ?? "")
                        + (party.isHere(at: now) ? "" : ", page closed"), .warn
                )
            case .admitted: (party.isHere(at: now) ? "In the call" : "In the call, reconnecting", .good)
            case .left: ("Left", .plain)
            case .removed: ("Sent out", .plain)
            }
        return DeskCallPage.Person(
            name: party.role == .guest ? "\(party.name) (invited)" : party.name, badge: badge, stateLabel: label,
            details: details, warnings: consent.flatMap { $0.form.warnings.isEmpty ? nil : $0.form.warnings },
            admitAction: isOpen && party.state == .waiting ? "\(path)/admit/\(party.id)" : nil,
            removeAction: isOpen && party.role == .guest ? "\(path)/remove/\(party.id)" : nil)
    }

    private func measure(
        _ measure: VideoMeasure, _ path: String, zone: TimeZone, isOpen: Bool
    ) -> DeskCallPage.Measure {
        DeskCallPage.Measure(
            joint: measure.joint, side: measure.side.rawValue, degrees: String(format: "%.0f°", measure.degrees),
            at: Words.time(measure.measuredAt, in: zone), picture: CallDeskWords.picture(measure.picture),
            pictureURL: measure.picture == .kept ? "\(path)/measures/\(measure.id)/picture" : nil,
            askAction: nil)
    }
}
