// SPDX-License-Identifier: Apache-2.0

import Care

@testable import Web

extension Samples {
    static let care: [(String, any PageValue)] = [
        ("desk-care", carePage(empty: false)), ("desk-care, empty", carePage(empty: true)),
        ("desk-patient-care", patientCare(empty: false)), ("desk-patient-care, empty", patientCare(empty: true)),
        ("desk-safety-task", safetyTask(open: true)), ("desk-safety-task, closed", safetyTask(open: false)),
        ("intake-start", IntakeStartPage(frame: frame("Before your visit"))),
        (
            "intake-start, with faults",
            IntakeStartPage(
                frame: frame("Before your visit"), name: FieldValue(error: "Please tell us your name."),
                email: FieldValue(error: "Please check it."), phone: FieldValue(error: "Please check it."),
                errorSummary: ErrorSummary([.init(field: "name", message: "Please tell us your name.")]))
        ),
        ("intake", intake { $0.region = region }), ("intake, start", intake { $0.start = start }),
        ("intake, pain", intake { $0.scales = [IntakeWords.scale("pain-now", "Now", 4)] }),
        (
            "intake, activities",
            intake {
                $0.activities = [1, 2].map { .init(number: $0, name: "Stairs", numbers: numbers, isFirst: $0 == 1) }
            }
        ),
        (
            "intake, warnings",
            intake {
                $0.questions = [.init(name: "flag-infection", words: "Fever?", isYes: true, isNo: false)]
                $0.hasQuestions = true
            }
        ),
        (
            "intake, precautions",
            intake {
                $0.ticks = [.init(name: "precaution-pregnancy", label: "Pregnant", isTicked: true)]
                $0.hasTicks = true
                $0.tickWords = "Apixaban"
            }
        ),
        ("intake-done", intakeDone(emergency: true)), ("intake-done, thanks", intakeDone(emergency: false)),
        ("desk-alarms", alarms(empty: false)), ("desk-alarms, empty", alarms(empty: true)),
        ("desk-alarm", alarm(open: true)), ("desk-alarm, answered", alarm(open: false)),
        ("desk-episode", episode(open: true)), ("desk-episode, closed", episode(open: false)),
    ]

    private static let line = Entry(
        title: "Ana Example", detail: "Front of the thigh, left, since 3 March 2026; no diagnosis yet",
        url: "/desk/episodes/4f", badge: .good, stateLabel: "Open")

    private static func carePage(empty: Bool) -> CarePage {
        CarePage(
            frame: deskFrame("Care", place: .deskCare), tasks: empty ? [] : [line], search: empty ? "zz" : "ana",
            found: empty
                ? []
                : [
                    Entry(
                        title: "Ana Example", detail: "ana@example.org", url: "/desk/patients/4f/care", badge: .plain,
                        stateLabel: "Patient")
                ],
            isNothingFound: empty, episodes: empty ? [] : [line])
    }

    private static func patientCare(empty: Bool) -> PatientCarePage {
        PatientCarePage(
            frame: deskFrame("Care of Ana Example", place: .deskCare), patientName: "Ana Example",
            episodes: empty ? [] : [line], openAction: "/desk/patients/4f/episodes",
            errorSummary: empty ? ErrorSummary([.init(field: "onset", message: "Give the day.")]) : nil,
            regions: [Choice(value: "thighFront", label: "Front of the thigh", isChosen: true)],
            sides: [Choice(value: "left", label: "Left", isChosen: false)],
            kinds: [Choice(value: "muscle", label: "Injury of a muscle or tendon", isChosen: true)],
            onset: "2026-03-03", complaint: "Sprinting, sudden.")
    }

    private static func episode(open: Bool) -> EpisodePage {
        EpisodePage(
            frame: deskFrame("Ana Example: Front of the thigh", place: .deskCare), patientName: "Ana Example",
            patientURL: "/desk/patients/4f/care", place: "Front of the thigh, left",
            facts: "Injury of a muscle or tendon, since 3 March 2026 (day 14)",
            complaint: open ? "Sprinting, sudden." : nil, badge: open ? .good : .plain,
            stateLabel: open ? "Open" : "Closed: recovered",
            errorSummary: open ? ErrorSummary([.init(field: "diagnosis", message: "Fill in pop.")]) : nil,
            diagnoses: open ? [.init(words: "Strain", status: "Provisional", badge: .warn, date: "3 March 2026")] : [],
            actions: open
                ? .init(
                    diagnosis: "/desk/episodes/4f/diagnosis", diagnosisTyped: "Strain",
                    statuses: [Choice(value: "provisional", label: "Provisional", isChosen: true)],
                    close: "/desk/episodes/4f/close", whyTyped: "") : nil,
            entries: open ? [.init(date: "3 March 2026", title: "Pain (0 to 10)", detail: "6")] : [])
    }

    private static let numbers = (0...10).map { (number: Int) in
        Choice(value: "\(number)", label: "\(number)", isChosen: number == 4)
    }
    private static var region: IntakePage.Region {
        .init(
            map: BodyMap(path: "/intake/4f/region", chosen: .knee, side: .left),
            regions: [Choice(value: "knee", label: "Knee", isChosen: true)],
            sides: [Choice(value: "left", label: "Left", isChosen: true)])
    }
    private static var start: IntakePage.Start {
        .init(
            since: [Choice(value: "2026-03-03", label: "Today", isChosen: true)], onset: "2026-03-03",
            mechanisms: [Choice(value: "sudden", label: "Suddenly", isChosen: true)], words: "Sprinting")
    }

    private static func intake(_ change: (inout IntakePage) -> Void) -> IntakePage {
        var page = IntakePage(
            frame: frame("Where does it hurt?", isPrivate: true, scripts: ["intake.js"]), progress: "Step 1 of 6",
            heading: "Where does it hurt?", hint: "Tap the place.", action: "/intake/4f/region",
            backURL: "/intake/4f/region",
            errorSummary: nil, button: "Next")
        change(&page)
        if page.region != nil {
            page.errorSummary = ErrorSummary([.init(field: "region", message: "Please choose.")])
        }
        return page
    }

    private static func intakeDone(emergency: Bool) -> IntakeDonePage {
        IntakeDonePage(
            frame: frame("Thank you", isPrivate: true), heading: emergency ? "Get help now" : "Thank you",
            lead: "Your answers are kept.", isEmergency: emergency, isSameDay: !emergency, goOnURL: "/services",
            goOnLabel: "See services and prices")
    }

    private static func safetyTask(open: Bool) -> SafetyTaskPage {
        SafetyTaskPage(
            frame: deskFrame("Warning", place: .deskCare), patientName: "Ana Example", level: "Emergency", badge: .bad,
            question: "cauda equina", raised: "3 March 2026, 9:45 am", due: "3 March 2026, 10:45 am",
            phone: open ? "(555) 555-0199" : nil, email: "ana@example.org", episodeURL: "/desk/episodes/4f",
            closed: open ? nil : .init(outcome: "Examined here today", words: "All well.", when: "3 March 2026"),
            closeAction: open ? "/desk/safety/4f" : nil,
            outcomes: [Choice(value: "seenToday", label: "Examined here today", isChosen: true)], typed: "",
            errorSummary: open ? ErrorSummary([.init(field: "words", message: "Write what was done.")]) : nil)
    }
}
