// SPDX-License-Identifier: Apache-2.0

@testable import Web

extension Samples {
    static let desk: [(String, any PageValue)] = [
        (
            "staff-sign-in",
            StaffSignInPage(
                frame: frame("Staff sign-in"), codeOptional: true,
                accounts: [.init(role: "Clinician", email: "fable@fascia.example.org", password: "only-for-the-demo")])
        ),
        (
            "staff-totp-setup",
            StaffTOTPSetupPage(
                frame: frame("Set up your second key"), secret: "JBSW Y3DP EHPK 3PXP",
                setupURL: "otpauth://totp/Fascia",
                action: "/staff/totp")
        ),
        ("desk-day", day(empty: false)),
        ("desk-day, empty", day(empty: true)),
        ("desk-order", deskOrder(analysed: true)),
        ("desk-order, new", deskOrder(analysed: false)),
        (
            "desk-orders",
            DeskOrdersPage(
                frame: deskFrame("Orders", place: .deskOrders),
                filters: [
                    .init(label: "Open", url: "/desk/orders", isCurrent: true),
                    .init(label: "All", url: "/desk/orders?all=yes", isCurrent: false),
                ],
                orders: [
                    .init(
                        orderedOn: "2 March", patient: "Ana Example", url: "/desk/orders/4f", service: "3D Gait",
                        payment: "Paid", paymentBadge: .good, booked: "3 March, 9:45 am",
                        report: "Waits for a recording",
                        reportBadge: .warn)
                ], olderURL: "/desk/orders?before=4f")
        ),
        (
            "practice-mailbox",
            PracticeMailboxPage(
                frame: frame("Practice mailbox", isPrivate: true),
                mails: [
                    .init(
                        subject: "Your sign-in link", recipient: "ana@example.org", sentAt: "2 March 2026, 10:31 am",
                        url: "/practice/mail/1")
                ])
        ),
        (
            "practice-mail",
            PracticeMailPage(
                frame: frame("Your sign-in link", isPrivate: true), subject: "Your sign-in link",
                sender: "hello@fascia.example.org", recipient: "ana@example.org", sentAt: "2 March 2026, 10:31 am",
                paragraphs: PracticeMailPage.paragraphs(
                    of: "Hello,\n\nuse this link:\nhttp://127.0.0.1:8080/sign-in/x"),
                attachments: [.init(name: "appointment.ics", size: "1 kB", url: "/practice/mail/1/0")])
        ),
    ]

    static func day(empty: Bool) -> DeskDayPage {
        DeskDayPage(
            frame: deskFrame("Today"), dayLabel: "Tuesday, 3 March 2026", previousURL: "/desk?day=2026-03-02",
            todayURL: empty ? "/desk" : nil, nextURL: "/desk?day=2026-03-04",
            alarms: empty
                ? []
                : [
                    .init(
                        tone: .bad, title: "Paid, but the time is gone",
                        detail: "Order G-7K2M paid after its hold ended.",
                        url: "/desk/orders/4f", actionLabel: "Look")
                ],
            bookings: empty
                ? []
                : [
                    .init(
                        time: "9:45 to 10:45 am", patient: "Ana Example", url: "/desk/orders/4f", service: "3D Gait",
                        clinician: "Theo Inkwell", resources: "Gait laboratory, camera system", badge: .good,
                        stateLabel: "Booked"),
                    .init(
                        time: "11:00 to 11:45 am", patient: "Ben Sample", url: nil, service: "Consultation",
                        clinician: "Dr. Juniper Fable", resources: "Room 2", badge: .plain, stateLabel: "Cancelled"),
                ],
            waiting: empty
                ? []
                : [
                    Entry(
                        title: "Ana Example", detail: "3D Gait, today 9:45 am", url: "/desk/orders/4f", badge: .warn,
                        stateLabel: "Waits for a recording")
                ])
    }

    static func deskOrder(analysed: Bool) -> DeskOrderPage {
        DeskOrderPage(
            frame: deskFrame("Order G-7K2M", place: .deskOrders, scripts: ["upload.js", "walk.js"]),
            head: .init(
                number: "G-7K2M", patientName: "Ana Example", serviceName: "3D Gait", badge: .warn,
                stateLabel: analysed ? "Waits for your words" : "Waits for a recording",
                question: "My left knee hurts after twenty minutes of running. Do I walk differently on that side?",
                email: "ana@example.org", phone: analysed ? "(555) 555-0199" : nil, orderedOn: "2 March 2026, 9:02 am",
                payment: "Paid", paymentBadge: .good, amount: "$240.00", booked: "3 March 2026, 9:45 am, Theo Inkwell",
                released: nil),
            uploadURL: "/desk/orders/4f/uploads",
            recordings: analysed
                ? [
                    .init(
                        id: "1", fileName: "ana-walk-02.c3d", size: "1.4 MB",
                        uploaded: "3 March 2026, 10:52 am, Noor Lindqvist",
                        checksum: "9f86d081884c", badge: .good, stateLabel: "Analysed",
                        roleAction: "/desk/recordings/1/role",
                        roles: [
                            .init(value: "walk", label: "A walk", isChosen: true),
                            .init(value: "static", label: "The standing trial", isChosen: false),
                        ], roleNote: "Somebody walks in it.", names: "“Subject 7”",
                        stripAction: "/desk/recordings/1/strip", eventsURL: "/desk/recordings/1/events",
                        corrections: "2 by hand"),
                    .init(
                        id: "2", fileName: "holiday.c3d", size: "12 kB",
                        uploaded: "3 March 2026, 10:50 am, Noor Lindqvist",
                        checksum: "60303ae22b99", badge: .bad, stateLabel: "Can't be read",
                        problem:
                            "The file ends in the middle of frame 12 of 480. Export it again and upload the new file.",
                        removeAction: "/desk/recordings/2/remove"),
                ] : [],
            settings: analysed ? gaitSettings : nil,
            settingsAction: analysed ? "/desk/orders/4f/gait/settings" : nil,
            gaitURL: analysed ? "/desk/orders/4f/gait" : nil,
            figures: analysed ? figures : nil,
            warnings: analysed ? ["No force plate; steps found from the markers."] : [],
            walkURL: analysed ? "/data/walk.json" : nil, walkText: "A figure walks.",
            wordsAction: analysed ? "/desk/orders/4f/words" : nil, words: FieldValue(value: "Yes, a little."),
            canRelease: analysed,
            releaseNote: "The patient gets a mail without any clinical word, and reads this after signing in.",
            reportURL: analysed ? "/desk/orders/4f/report" : nil,
            moneyURL: analysed ? "/desk/orders/4f/money" : nil)
    }
}
