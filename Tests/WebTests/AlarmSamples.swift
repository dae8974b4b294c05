// SPDX-License-Identifier: Apache-2.0

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
}
