// SPDX-License-Identifier: Apache-2.0

import Foundation

@testable import Telehealth
@testable import Web

extension Samples {
    static let calls: [(String, any PageValue)] = [
        ("call-door, early", door(opens: "Tuesday, 3 March 2026, 9:15 am")), ("call-door, over", door(opens: nil)),
        ("call-prepare", prepare(isPatient: true, wrong: true)),
        ("call-prepare, guest", prepare(isPatient: false, wrong: false)),
        ("call-advice", advice(times: true, booked: nil)),
        ("call-advice, booked", advice(times: true, booked: "Tuesday, 3 March")),
        ("call-advice, nothing free", advice(times: false, booked: nil)),
        ("call-room", room(left: false)), ("call-room, left", room(left: true)),
        ("desk-video", deskVideo(some: true)), ("desk-video, empty", deskVideo(some: false)),
        ("desk-call", deskCall(isIn: true)), ("desk-call, over", deskCall(isIn: false)),
    ]

    private static func door(opens: String?) -> CallDoorPage {
        CallDoorPage(
            frame: frame("Your visit by video", isPrivate: true, refreshSeconds: opens == nil ? nil : 30),
            title: opens == nil ? "This visit is over" : "You are early", detail: "The link stays the same.",
            opens: opens,
            instant: opens == nil ? nil : "2026-03-03T14:15:00Z", zone: opens == nil ? nil : "America/New_York")
    }

    private static func prepare(isPatient: Bool, wrong: Bool) -> CallPreparePage {
        var page = CallPreparePage(
            frame: frame("Before the video visit", isPrivate: true, scripts: ["call-check.js"]),
            heading: "Before the video visit", visit: "Telehealth, 3 March 2026, 9:45 to 10:15 am", action: "/call/4f",
            isPatient: isPatient, warnings: [.init(name: "pop", label: "I felt a pop.", isTicked: true)],
            limits: ["Reflexes"], consent: ["I agree to be seen by video today."],
            lineNote: wrong ? "On some networks the picture may not come through." : nil,
            adviceURL: wrong ? "/call/4f/in-person" : nil)
        if wrong {
            page.name.error = "Please type your full name."
            page.bornOn.error = "Please type your date of birth."
            page.place.error = "Please type the city and the state or country where you are now."
            page.callBack.error = "Please type a number at which we reach you now."
            page.agree.error = "Without your agreement there is no visit by video."
            page.errorSummary = ErrorSummary(fields: ["name": page.name, "place": page.place])
        }
        return page
    }

    private static func advice(times: Bool, booked: String?) -> CallAdvicePage {
        CallAdvicePage(
            frame: frame("We should see you in person", isPrivate: true), isEmergency: true, reasons: ["I felt a pop."],
            serviceName: "Consultation", price: "You pay $150 in the clinic, after the visit.",
            times: times ? [.init(value: "2026-03-04T10:00:00Z 4f", label: "Wednesday, 10 am", isChosen: true)] : [],
            hasTimes: times, action: "/call/4f/in-person", bookURL: times && booked == nil ? nil : "/book/consultation",
            booked: booked, problem: times ? "This time has just been taken." : nil, goOnURL: "/call/4f",
            isBefore: booked == nil)
    }

    private static func stage(isClinician: Bool) -> CallStage {
        CallStage(
            base: "/call/4f", me: "p1", role: isClinician ? "clinician" : "patient", state: "admitted", after: "12",
            startsAt: "2026-03-03T14:45:00Z", chat: [#"{"from":"p1","body":{"text":"a \"quoted\" word"}}"#],
            isPatient: !isClinician, isClinician: isClinician)
    }

    private static func room(left: Bool) -> CallRoomPage {
        CallRoomPage(
            frame: frame("Your visit by video", isPrivate: true, scripts: ["call.js"]),
            visit: "Telehealth, 3 March 2026",
            with: "Theo Inkwell", stage: stage(isClinician: false), backAction: left ? "/call/4f/back" : nil,
            lineNote: "On some networks the picture may not come through.", adviceURL: "/call/4f/in-person")
    }

    private static func deskVideo(some: Bool) -> DeskVideoPage {
        func visit(_ isWaiting: Bool) -> DeskVideoPage.Visit {
            DeskVideoPage.Visit(
                id: "4f", time: "9:45 to 10:15 am", patient: "Ana Example", clinician: "Theo Inkwell", badge: .warn,
                stateLabel: "Waits", since: isWaiting ? "since 9:41 am" : nil, isWaiting: isWaiting,
                callURL: isWaiting ? "/desk/visits/4f/call" : nil, joinAction: "/desk/visits/4f/call/join",
                admitAction: isWaiting ? "/desk/visits/4f/call/admit/p1" : nil,
                noticeAction: isWaiting ? "/desk/visits/4f/call/notice" : nil,
                moveAction: "/desk/visits/4f/call/move",
                times: isWaiting ? [.init(value: "x", label: "4 March, 10 am", isChosen: true)] : [],
                hasTimes: isWaiting)
        }
        return DeskVideoPage(
            frame: deskFrame("Video visits", place: .deskVideo), dayLabel: "Tuesday, 3 March 2026",
            previousURL: "/desk/video?date=2026-03-02", nextURL: "/desk/video?date=2026-03-04",
            visits: some ? [visit(true), visit(false)] : [], relayNote: some ? "No relay is set up." : nil,
            problem: some ? "This time has just been taken." : nil)
    }

    private static func deskCall(isIn: Bool) -> DeskCallPage {
        DeskCallPage(
            frame: deskFrame("Video visit of Ana Example", place: .deskVideo), path: "/desk/visits/4f/call",
            patientName: "Ana Example", visit: "Telehealth, 3 March 2026", badge: .good, stateLabel: "In the call",
            stage: isIn ? stage(isClinician: true) : nil, canJoin: !isIn, early: isIn ? nil : "3 March 2026, 9:15 am",
            people: [
                .init(
                    name: "Ana Example", badge: .warn, stateLabel: "Waits since 9:41 am",
                    details: ["Now in Albany, NY"],
                    warnings: isIn ? "a tear is possible" : nil, admitAction: "/desk/visits/4f/call/admit/p1",
                    removeAction: "/desk/visits/4f/call/remove/p1")
            ], isOpen: isIn, isOver: !isIn, invitation: isIn ? "https://clinic.example/call/abc" : nil,
            relayNote: isIn ? "No relay is set up." : nil,
            things: isIn ? [.init(value: "loop/4f", label: "Loop rest.mp4")] : [],
            hasThings: isIn, joints: ["Knee flexion"],
            measures: isIn
                ? [
                    .init(
                        joint: "Knee flexion", side: "left", degrees: "132°", at: "9:50 am", picture: "Picture kept",
                        pictureURL: "/desk/visits/4f/call/measures/m1/picture", askAction: nil)
                ] : [], hasMeasures: isIn,
            comparisons: isIn ? [.init(joint: "Knee flexion", left: "132°", right: "140°", difference: "8°")] : [],
            hasComparisons: isIn, pain: isIn ? [.init(label: "9:52 am", value: "4 of 10")] : [], hasPain: isIn,
            figures: isIn ? [] : [.init(label: "Talked", value: "12 min 3 s")], hasFigures: !isIn, dayURL: "/desk",
            loopsURL: "/desk/visits/4f/loops",
            notes: isIn ? [] : [.init(value: "/desk/episodes/4f/notes", label: "Front of the thigh, left")],
            careURL: isIn ? nil : "/desk/patients/4f/care",
            followUps: isIn
                ? [] : [.init(value: "telehealth 2026-03-10T10:00:00Z 4f", label: "Telehealth, in a week: 10 am")],
            hasFollowUps: !isIn, booked: isIn ? nil : "Telehealth, 10 March, 10 am",
            billAction: isIn ? nil : "/desk/visits/4f/bill",
            orderURL: isIn ? nil : "/desk/orders/4f", reopenAction: isIn ? nil : "/desk/visits/4f/call/reopen",
            problem: isIn ? "The room is full." : nil)
    }
}
