// SPDX-License-Identifier: Apache-2.0

import Foundation
import Recovery
import Storage

@testable import Care
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
        ("check-in", checkIn(open: true)), ("check-in, answered", checkIn(open: false)), ("desk-score", score),
        ("desk-care-figures", careFigures),
        ("desk-alarms", alarms(empty: false)), ("desk-alarms, empty", alarms(empty: true)),
        ("desk-alarm", alarm(open: true)), ("desk-alarm, answered", alarm(open: false)),
        ("desk-note", note(signed: false)), ("desk-note, signed", note(signed: true)),
        ("desk-session", session(signed: false)), ("desk-session, signed", session(signed: true)),
        ("desk-episode, with everything", wholeEpisode), ("portal-care", portalCare(some: true)),
        ("portal-care, empty", portalCare(some: false)), ("desk-episode", episode(open: true)),
        ("desk-episode, closed", episode(open: false)),
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
            lead: "Your answers are kept.", isEmergency: emergency, isSameDay: !emergency,
            inPersonURL: emergency ? nil : "/book/consultation", goOnURL: "/services",
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

    private static func note(signed: Bool) -> NotePage {
        NotePage(
            frame: deskFrame("Note", place: .deskCare), episodeURL: "/desk/episodes/4f",
            place: "Front of the thigh, left",
            patientName: "Ana Example", day: "3 March 2026",
            errorSummary: signed ? nil : ErrorSummary([.init(field: "sign-pop", message: "Fill in pop.")]),
            editing: signed
                ? nil
                : .init(
                    action: "/desk/notes/4f", copied: "Copied forward from the note of 1 March 2026.",
                    texts: [.init(name: "said", label: "What the patient says", value: "Better", before: "Bad")],
                    pairs: [
                        .init(
                            name: "girth", label: "Girth, cm", injured: "52", other: "53.5", difference: "−1.5 cm",
                            before: "53")
                    ], movement: .init(name: "movement", label: "Movement", value: "Knee bend", before: nil),
                    asks: [
                        .init(
                            name: "sign-pop", label: "Pop or snap",
                            choices: [Choice(value: "no", label: "No", isChosen: true)], before: "yes", isNeeded: true)
                    ], treatments: [Choice(value: "exercise", label: "Exercise", isChosen: true)],
                    diagnosis: .init(name: "diagnosis", label: "Working diagnosis", value: "", before: nil),
                    statuses: [Choice(value: "provisional", label: "Provisional", isChosen: true)]),
            signed: signed
                ? .init(
                    facts: [.init(label: "Plan", value: "Rest")], signed: "Signed 3 March 2026.",
                    addenda: [.init(words: "Phoned.", signed: "4 March 2026")], hasAddenda: true,
                    addendumAction: "/desk/notes/4f/addenda") : nil)
    }

    private static func session(signed: Bool) -> SessionPage {
        SessionPage(
            frame: deskFrame("Session", place: .deskCare), episodeURL: "/desk/episodes/4f", place: "Lower back",
            patientName: "Ana Example", heading: "Session 3 of 6, 3 March 2026", note: "This is the planned review.",
            errorSummary: signed ? nil : ErrorSummary([.init(field: "removed", message: "Look for the others.")]),
            points: "BL23 B 20, ASHI L (back)", pregnancies: [Choice(value: "no", label: "Not pregnant")],
            fields: [
                .init(item: "2a", name: "removed", label: "Needles removed", value: "4"),
                .init(
                    item: "1a", name: "style", label: "Style", value: "TCM",
                    choices: [Choice(value: "TCM", label: "TCM", isChosen: true)]),
            ], warnings: [.init(name: "reason-thorax", words: "Over the lung.", reason: "Flat angle")],
            favourites: [.init(name: "Back", points: "BL23 B")],
            map: PointMap((try? AcupuncturePoint.list("BL23 B 20, ST36 L, ASHI L (back)")) ?? []),
            action: signed ? nil : "/desk/sessions/4f", checklist: signed ? nil : reactionList,
            reactions: signed
                ? [
                    .init(
                        name: "Bruise", detail: "1: mild", badge: .warn, state: "Open",
                        closeAction: "/desk/reactions/4f/close")
                ] : [], isChecked: signed, signed: signed ? "Signed 3 March 2026." : nil,
            facts: [.init(label: "Points", value: "BL23 B 20")])
    }

    private static let reactionList = ReactionList(
        action: "/desk/sessions/4f/reactions", moment: "end", title: "Reactions, at the end of the session")

    private static var wholeEpisode: EpisodePage {
        var page = episode(open: true)
        page.chart = chart
        page.work = .init(
            notes: [line], hasNotes: true, noteAction: "/desk/episodes/4f/notes", sessions: [line], hasSessions: true,
            course: "2 of 6 sessions", planAction: "/desk/episodes/4f/course",
            sessionAction: "/desk/episodes/4f/sessions", blocked: "No session begins while a warning is open.",
            checkDue: ReactionList(action: "/desk/sessions/4f/reactions", moment: "next", title: "Before the next"),
            precautions: ["Blood thinners: apixaban"], hasPrecautions: true, tasks: [line], hasTasks: true,
            alarms: [line], hasAlarms: true, past: [line], hasPast: true,
            forms: [.init(label: "Pain", url: "/desk/episodes/4f/scores?form=urn")], hasForms: true,
            results: [.init(source: "loop-measure/4f", words: "Opening 12 mm", date: "3 March 2026", isPicture: true)],
            hasResults: true, hangAction: "/desk/episodes/4f/results")
        return page
    }

    private static func portalCare(some: Bool) -> PortalCarePage {
        PortalCarePage(
            frame: frame("My progress", signedIn: true, isPrivate: true),
            complaints: some
                ? [
                    .init(
                        place: "Lower back", since: "since 3 March 2026", diagnosis: "Low back pain",
                        sentences: ["Your pain was 6 of 10 at the start and is 3 now."],
                        curves: [.init(kind: "nrs", path: "M30 50L790 120")],
                        dots: [.init(kind: "dot-nrs", x: "30", y: "50", label: "")], target: "90",
                        chartText: "Pain 6, then 3", hasChart: true,
                        rows: [.init(date: "3 March 2026", pain: "6", activity: "–")], visits: "2 visits so far.")
                ] : [])
    }

    /// Two scores, a visit and a picture, as the rows hold them.
    private static var chart: EpisodeChart? {
        func row(_ values: [String: SQLValue]) -> Row { Row(columns: Array(values.keys), values: Array(values.values)) }
        func entry(_ day: Int64, _ kind: String, _ content: String) throws -> EpisodeEntry {
            try EpisodeEntry(
                row([
                    "id": .text("\(day)"), "episode": .text("4f"), "on_day": .integer(day),
                    "second_of_day": .integer(0),
                    "kind": .text(kind), "content": .text(content), "completes": .null, "words": .text("words"),
                    "source": .text(""), "entered_at": .integer(0), "entered_by": .text("staff"),
                ]))
        }
        guard
            let episode = try? Episode(
                row([
                    "id": .text("4f"), "patient": .text("4f"), "region": .text("thighFront"), "side": .text("left"),
                    "kind": .text("muscle"), "onset": .integer(20_000), "complaint": .text(""),
                    "opened_at": .integer(0),
                    "opened_by": .text("staff"), "closed_at": .null, "closed_why": .null,
                ])),
            let entries = try? [
                entry(20_000, "score", #"{"measure":"nrs","value":6}"#),
                entry(20_001, "visit", #"{"treatment":"manual"}"#),
                entry(20_003, "imaging", #"{"modality":"mri"}"#),
                entry(20_007, "score", #"{"measure":"nrs","value":3}"#),
            ]
        else { return nil }
        return EpisodeChart(episode, entries: entries, today: Day(number: 20_010))
    }
}
