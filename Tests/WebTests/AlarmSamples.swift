// SPDX-License-Identifier: Apache-2.0

import Clinic

@testable import Web

extension Samples {
    static func alarms(empty: Bool) -> AlarmsPage {
        AlarmsPage(
            frame: deskFrame("Alarms", place: .deskCare),
            alarms: empty
                ? []
                : [
                    Entry(
                        title: "Ana Example: This does not fit a minor strain.", detail: "Front of the thigh, left. A5",
                        url: "/desk/episodes/4f/alarms/A5", badge: .bad, stateLabel: "Red")
                ])
    }

    static func alarm(open: Bool) -> AlarmPage {
        AlarmPage(
            frame: deskFrame("Ana Example: A5", place: .deskCare), patientName: "Ana Example", rule: "A5",
            says: "This does not fit a minor strain.", badge: open ? .bad : .good,
            stateLabel: open ? "Red, open" : "Red, answered", place: "Front of the thigh, left",
            episodeURL: "/desk/episodes/4f", fired: "17 March 2026", due: "20 March 2026",
            owner: "The treating clinician", inputs: [.init(date: "3 March 2026", what: "nrs 6 (baseline)")],
            missing: open ? "result of imaging" : nil, threshold: "not improved by day 14", source: "Cross 2004",
            version: "Rules 2026.1, rule version 1", options: ["Dynamic ultrasound within 72 hours"],
            answers: open
                ? [] : [.init(date: "18 March 2026", what: "Imaging ordered", words: "Dynamic ultrasound tomorrow")],
            errorSummary: open ? ErrorSummary([.init(field: "words", message: "Write what was done.")]) : nil,
            action: open ? "/desk/episodes/4f/alarms/A5" : nil,
            choices: [Choice(value: "imagingOrdered", label: "Imaging ordered", isChosen: true)], until: "", words: "")
    }

    static func checkIn(open: Bool) -> CheckInPage {
        var page = CheckInPage(
            frame: frame("How are you this week?", isPrivate: true),
            heading: open ? "How are you this week?" : "Thank you",
            lead: open ? "Three short questions." : "Your answers are with your clinician.",
            errorSummary: open ? ErrorSummary([.init(field: "average-0", message: "Please choose a number.")]) : nil)
        func scale(_ name: String, _ range: ClosedRange<Int>) -> IntakePage.Scale {
            .init(
                name: name, label: "How is \(name)?", low: "Not at all", high: "As before",
                numbers: range.map { Choice(value: "\($0)", label: "\($0)", isChosen: $0 == 3) })
        }
        if open {
            page.form = .init(
                action: "/check-in/4f", pain: scale("average", 0...10),
                activities: [true, false].enumerated().map {
                    .init(
                        number: $0 + 1, name: $1 ? "Running" : "", isNamed: $1,
                        scale: scale("activity-\($0 + 1)-score", 0...10))
                }, change: scale("change", -5...5))
        }
        return page
    }

    static let score = ScorePage(
        frame: deskFrame("Ana Example: Pain", place: .deskCare), title: "Pain", patientName: "Ana Example",
        episodeURL: "/desk/episodes/4f", place: "Front of the thigh, left", about: "nrs, version 1. Our own words.",
        action: "/desk/episodes/4f/scores?form=urn",
        errorSummary: ErrorSummary([.init(field: "average", message: "Not scored.")]),
        items: [
            .init(
                name: "words", label: "About the past week", value: "", choices: [], isChoice: false, isNumber: false,
                isWords: true, hint: nil),
            .init(
                name: "average", label: "How strong?", value: "4", choices: [], isChoice: false, isNumber: true,
                isWords: false, hint: "0 to 10"),
            .init(
                name: "q2", label: "Stairs?", value: "", choices: [Choice(value: "a", label: "Yes", isChosen: true)],
                isChoice: true, isNumber: false, isWords: false, hint: nil),
        ])

    static let careFigures = CareFiguresPage(
        frame: deskFrame("Figures of care", place: .deskCare), fault: "Not one reaction was recorded in 220 sessions.",
        figures: CareFiguresController.lines(CareFigures()))
}
