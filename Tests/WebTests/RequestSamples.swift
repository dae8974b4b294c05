// SPDX-License-Identifier: Apache-2.0

@testable import Web

extension Samples {
    static let requests: [(String, any PageValue)] = [
        ("request", requestPage(wrong: false)),
        ("request, with faults", requestPage(wrong: true)),
        (
            "answer, with times",
            AnswerPage(
                frame: frame("We have 2 times for you", isPrivate: true), kicker: "Consultation",
                heading: "We have 2 times for you", lead: "Kept for you alone until 3 March, 9:45 am.",
                note: "Please bring your running shoes.",
                times: [
                    .init(
                        value: "b1", when: "Tuesday, 3 March 2026, 9:45 to 10:15 am", detail: "Dr. Juniper Fable",
                        isFirst: true),
                    .init(value: "b2", when: "Thursday, 5 March 2026, 2 to 2:30 pm", detail: "Theo Inkwell"),
                ], hasTimes: true, acceptURL: "/offers/4f/accept", zone: "New York time",
                actions: [.init(url: "/offers/4f/decline", label: "None of these suits me")])
        ),
        (
            "answer",
            AnswerPage(
                frame: frame("This offer is over", isPrivate: true), kicker: "Consultation",
                heading: "This offer is over",
                lead: "Its times are free for others again.",
                actions: [.init(url: "/request/visit", label: "Ask again", isLink: true)])
        ),
        (
            "waitlist",
            WaitlistPage(
                frame: frame("Waitlist"), service: services[2], action: "/waitlist/acupuncture", attempt: "a1",
                clinicians: [.init(value: "", label: "Anybody", isChosen: true)],
                hours: [.init(value: "any", label: "At any time")], from: FieldValue(value: "2026-03-02"),
                to: FieldValue(value: "2026-03-30", error: "The last day must not be before the first."),
                errorSummary: ErrorSummary([.init(field: "to", message: "The last day must not be before the first.")]))
        ),
        (
            "desk-requests",
            InboxPage(
                frame: deskFrame("Requests", place: .deskRequests), overdue: "1 person has waited longer than a day.",
                items: [
                    .init(
                        url: "/desk/requests/4f", name: "Ana Example", detail: "Knee, by video", age: "26 hours",
                        badge: .bad,
                        stateLabel: "Overdue", isOverdue: true)
                ], hasItems: true,
                waiting: [.init(name: "Ben Sample", service: "3D Gait", wanted: "2 to 9 March", since: "1 March 2026")],
                hasWaiting: true)
        ),
        (
            "desk-requests, empty",
            InboxPage(
                frame: deskFrame("Requests", place: .deskRequests), overdue: nil, items: [], hasItems: false,
                waiting: [],
                hasWaiting: false)
        ),
        (
            "desk-request",
            RequestDeskPage(
                frame: deskFrame("Request of Ana Example", place: .deskRequests), name: "Ana Example",
                kicker: "Wants to come in", age: "3 hours", badge: .warn, stateLabel: "Waits for an answer",
                problem: "My left knee gives way when I run downhill.", region: "Knee", preferred: "Mornings",
                email: "ana@example.org", phone: nil, offered: ["3 March, 9:45 am, Dr. Fable"], hasOffered: true,
                offeredUntil: "4 March, 9 am", action: "/desk/requests/4f/offer",
                closeAction: "/desk/requests/4f/close",
                closedReason: nil, services: [.init(value: "consultation", label: "Consultation", isChosen: true)],
                serviceURL: "/desk/requests/4f", service: "consultation", grid: grid(named: true),
                validity: [.init(value: "24", label: "1 day", isChosen: true)])
        ),
        (
            "calendar",
            CalendarPage(
                frame: deskFrame("Calendar", place: .deskCalendar, scripts: ["calendar.js"]), date: "2026-03-03",
                views: [.init(value: "day", label: "Day", isChosen: true)],
                kinds: [.init(value: "clinician", label: "Clinicians", isChosen: true)],
                listURL: "/desk?date=2026-03-03")
        ),
    ]

    static func requestPage(wrong: Bool) -> RequestPage {
        RequestPage(
            frame: frame("Request Telehealth"), heading: "Request Telehealth",
            intro: "Tell us what is wrong and when you can come.", action: "/request/telehealth", attempt: "a1",
            regions: [.init(value: "Knee", label: "Knee", isChosen: true)],
            region: FieldValue(value: "Knee", error: wrong ? "Please choose where it hurts." : nil),
            problem: FieldValue(value: "It gives way.", error: wrong ? "Please tell us what is wrong." : nil),
            otherURL: "/request/visit", otherLabel: "Ask for a visit in the clinic instead",
            errorSummary: wrong
                ? ErrorSummary([.init(field: "region", message: "Please choose where it hurts.")]) : nil)
    }
}
