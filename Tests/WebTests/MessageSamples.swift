// SPDX-License-Identifier: Apache-2.0

@testable import Web

extension Samples {
    private static let tabs = [
        Frame.Link(label: "Mail", url: "/desk/mail", isCurrent: true),
        Frame.Link(label: "Letters", url: "/desk/letters", isCurrent: false),
    ]
    private static let events = [
        DeskWebhooksPage.Event(name: "booking.created", field: "event.booking.created", isChosen: true),
        DeskWebhooksPage.Event(name: "order.paid", field: "event.order.paid", isChosen: false),
    ]

    static let messages: [(String, any PageValue)] =
        [
            ("desk-mail", mail(empty: false)), ("desk-mail, empty", mail(empty: true)),
            (
                "desk-letters",
                DeskLettersPage(
                    frame: deskFrame("Letters", place: .deskMail), links: tabs, message: "Saved.",
                    errorSummary: ErrorSummary([.init(field: "delay", message: "Minutes from 0 to 60, please.")]),
                    letters: [
                        Entry(
                            title: "Appointment confirmed", detail: "", url: "/desk/letters/booked", badge: .good,
                            stateLabel: "Your words")
                    ], delayMinutes: FieldValue(value: "90", error: "Minutes from 0 to 60, please."),
                    followUpHours: FieldValue(value: "24"))
            ),
            ("desk-letter", letter(faulty: false)), ("desk-letter, faulty", letter(faulty: true)),
            (
                "desk-webhooks",
                DeskWebhooksPage(
                    frame: deskFrame("Webhooks", place: .deskMail), links: tabs,
                    errorSummary: ErrorSummary([.init(field: "url", message: "The address must begin with https://.")]),
                    endpoints: [
                        Entry(
                            title: "https-of-another.example/hook", detail: "nothing told yet",
                            url: "/desk/webhooks/4f",
                            badge: .plain, stateLabel: "New")
                    ], url: FieldValue(value: "ftp-of-mine", error: "The address must begin with https://."),
                    events: events)
            ),
            (
                "desk-webhook",
                DeskWebhookPage(
                    frame: deskFrame("Webhook", place: .deskMail), url: "another.example/hook",
                    action: "/desk/webhooks/4f", message: "Saved.", secret: "whsec_practice",
                    rotationNote: "The old secret signs as well until 4 March 2026, 10:00 am.", events: events,
                    deliveries: [
                        .init(
                            at: "3 March 2026, 10:00 am", event: "booking.created", badge: .warn,
                            stateLabel: "Trying again",
                            answer: "500, after 2 tries", body: "{\"type\":\"booking.created\"}",
                            replayAction: "/desk/webhooks/4f/replay/9c")
                    ])
            ),
            (
                "desk-webhook, new",
                DeskWebhookPage(
                    frame: deskFrame("Webhook", place: .deskMail), url: "another.example/hook",
                    action: "/desk/webhooks/4f", message: nil, secret: "whsec_practice", rotationNote: nil,
                    events: events,
                    deliveries: [])
            ),
            (
                "portal-messages",
                PortalMessagesPage(
                    frame: frame("Reminders and calendar", signedIn: true, isPrivate: true),
                    message: "We will remind you.",
                    wantsReminders: true,
                    feed: CalendarFeedPart(
                        action: "/portal/messages", madeOn: "3 March 2026", freshURL: "clinic.example/calendar/x.ics"))
            ),
            (
                "portal-messages, quiet",
                PortalMessagesPage(
                    frame: frame("Reminders and calendar", signedIn: true, isPrivate: true), wantsReminders: false,
                    feed: CalendarFeedPart(action: "/portal/messages"))
            ),
            (
                "desk-feed",
                DeskFeedPage(
                    frame: deskFrame("My calendar", place: .deskMail), links: tabs, message: "Ended.",
                    feed: CalendarFeedPart(action: "/desk/calendar-feed", madeOn: "3 March 2026"))
            ),
        ]
        + [(true, true), (true, false), (false, true), (false, false)].map { wants, changed in
            (
                "reminders, \(wants) \(changed)",
                RemindersPage(
                    frame: frame("Reminders", isPrivate: true), action: "/reminders/t", wantsReminders: wants,
                    isChanged: changed)
            )
        }

    private static func mail(empty: Bool) -> DeskMailPage {
        func letter(_ badge: Badge, _ label: String, _ action: String?) -> DeskMailPage.Letter {
            .init(
                patient: "Ana Example", email: "ana@example.org", subject: "Your appointment has a new time",
                moment: "3 March 2026, 10:52 am", takeBackAction: action, badge: badge, stateLabel: label)
        }
        return DeskMailPage(
            frame: deskFrame("Mail", place: .deskMail), links: tabs,
            message: empty ? nil : "The letter was taken back. Nobody got it.",
            bounces: empty
                ? []
                : [("555 0100", "5550100"), (nil, nil)].map { phone, link in
                    .init(
                        patient: "Ana Example", phone: phone, phoneLink: link, email: "ana@exmaple.org",
                        subject: "Your appointment", cameBack: "3 March 2026, 10:52 am",
                        reason: "5.1.1: no such person",
                        settleAction: "/desk/mail/4f/settled")
                }, waiting: empty ? [] : [letter(.warn, "Waiting", "/desk/mail/4f/take-back")],
            departed: empty ? [] : [letter(.good, "Sent", nil)])
    }

    private static func letter(faulty: Bool) -> DeskLetterPage {
        let error = faulty ? "There is no {wen} in the text of this letter." : nil
        return DeskLetterPage(
            frame: deskFrame("Appointment confirmed", place: .deskMail), title: "Appointment confirmed",
            action: "/desk/letters/booked", isEdited: !faulty, message: faulty ? nil : "Saved.",
            errorSummary: faulty ? ErrorSummary([.init(field: "body", message: error ?? "")]) : nil,
            subject: FieldValue(value: "Your appointment: {when}", error: error),
            body: FieldValue(value: "Hello {name},", error: error),
            placeholders: [
                .init(name: "{when}", meaning: "the time", note: "needed"), .init(name: "{name}", meaning: ""),
            ],
            preview: faulty
                ? nil
                : .init(
                    subject: "Your appointment",
                    paragraphs: [
                        .init(text: "Hello Ana,", link: nil), .init(text: nil, link: "clinic.example/bookings"),
                    ]),
            history: faulty
                ? []
                : [
                    .init(
                        writtenAt: "3 March 2026, 10:00 am", writtenBy: "Rowan Marsh",
                        subject: "Our words were put back."),
                    .init(
                        writtenAt: "2 March 2026, 10:00 am", writtenBy: "Rowan Marsh", subject: "Your time: {when}",
                        words: "Hello"),
                ])
    }
}
