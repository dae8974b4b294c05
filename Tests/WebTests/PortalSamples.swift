// SPDX-License-Identifier: Apache-2.0

@testable import Web

extension Samples {
    static let portal: [(String, any PageValue)] = [
        ("sign-in", SignInPage(frame: frame("Sign in"), returnTo: "/portal")),
        (
            "sign-in-sent",
            SignInSentPage(
                frame: frame("Look in your mailbox"), email: "ana@example.org", minutesValid: "15",
                code: FieldValue(value: "123", error: "This code is wrong or used up. Ask for a new one."),
                errorSummary: ErrorSummary([.init(field: "code", message: "This code is wrong or used up.")]))
        ),
        (
            "sign-in-link", SignInLinkPage(frame: frame("Sign in", isPrivate: true), action: "/sign-in/link/t")
        ),
        (
            "portal-home",
            PortalHomePage(
                frame: frame("My care", signedIn: true, isPrivate: true), greeting: "Hello, Ana",
                exams: [
                    Entry(
                        title: "Say where it hurts", detail: "A slider", url: "/portal/visits/9c/pain", badge: .good,
                        stateLabel: "Now")
                ],
                reports: [
                    Entry(
                        title: "3D Gait", detail: "Measured on 3 March 2026", url: "/portal/reports/4f", badge: .good,
                        stateLabel: "Ready")
                ],
                bookings: [
                    Entry(
                        title: "Tuesday, 3 March 2026, 9:45 am", detail: "3D Gait with Theo Inkwell",
                        url: "/bookings/9c",
                        badge: .good, stateLabel: "Booked")
                ], orders: [])
        ),
        (
            "report",
            ReportPage(
                frame: frame("Your walk", signedIn: true, isPrivate: true, scripts: ["walk.js", "print.js"]),
                serviceName: "3D Gait", patientName: "Ana Example", measuredOn: "3 March 2026",
                question: "My left knee hurts after twenty minutes of running. Do I walk differently on that side?",
                words: [
                    "Yes, a little. You stand 4 % shorter on your left leg, and your left step is shorter.",
                    "That fits a knee you are protecting. It is small enough to train. Bring this page along.",
                ], clinician: "Dr. Juniper Fable", releasedOn: "4 March 2026", walkURL: "/data/walk.json",
                walkText: "A figure of the legs and pelvis walks five steps from left to right.",
                numbersIntro:
                    "We compare your left with your right. A difference under about 5 % is usual in healthy people.",
                figures: figures,
                methods: ["Ten cameras, 100 pictures a second.", "Steps found with the force plates in the floor."],
                warnings: ["The right heel marker was hidden for 0.2 seconds; its path there is an estimate."],
                visit: gaitPart)
        ),
    ]

    static let figures = GaitFigures(
        overall: [
            .init(name: "Speed", value: "1.21", unit: "m/s", explanation: "How fast you walked."),
            .init(
                name: "Cadence", value: "112", unit: "steps per minute",
                explanation: "How often your feet touch the floor."),
            .init(name: "Step width", value: "9.4", unit: "cm", explanation: "How far apart your feet land."),
        ],
        cycle: [
            .init(side: "left", label: "Left leg", stancePercent: 59.4),
            .init(side: "right", label: "Right leg", stancePercent: 62.1),
        ],
        tableCaption: "Left and right, mean of 5 strides each",
        rows: [
            .init(
                name: "Step length", explanation: "From one heel to the other as it lands.", left: "0.61 m",
                right: "0.68 m",
                symmetry: "left 10 % shorter", bars: .init(left: 0.61, right: 0.68)),
            .init(
                name: "Single support", explanation: "Time on this leg alone.", left: "0.39 s", right: "0.41 s",
                symmetry: "even", bars: .init(left: 0.39, right: 0.41)),
            .init(
                name: "Foot off", explanation: "When the foot leaves the floor.", left: "59 %", right: "not measured",
                symmetry: "cannot be compared", bars: nil),
        ])
}
