// SPDX-License-Identifier: Apache-2.0

import Gait
import GaitLab

@testable import Web

extension Samples {
    /// Two walks of the person who does not exist, and an earlier visit at a slower pace.
    static let gaitVisit: VisitAnalysis = visit(cadence: 110)

    static func visit(cadence: Double) -> VisitAnalysis {
        var walker = SimulatedWalker()
        walker.cadenceStepsPerMinute = cadence
        let options = AnalysisOptions(markerDiameterMillimetres: 14)
        let walks = (1...2).map { number in
            GaitAnalysis(of: walker.recording(), fileName: "walk-\(number).c3d", options: options)
        }
        return VisitAnalysis(walks, standing: "static.c3d", options: options)
    }

    static let gaitPart = GaitVisitWords.part(
        gaitVisit, earlier: visit(cadence: 95), earlierOn: "3 January 2026", csvURL: "/portal/reports/4f/curves.csv")

    static let gaitSettings: GaitSettingsForm = {
        var form = GaitSettingsForm(
            LabSettings(measures: ["Bodymass": 71.5]), visit: nil, norms: [], norm: nil)
        form.asksDiameter = true
        form.error = "The marker diameter must be a number between 1 and 60. Leave it empty to take the file's."
        return form
    }()

    static let gait: [(String, any PageValue)] = [
        (
            "desk-gait",
            DeskGaitPage(
                frame: deskFrame("Gait of Ana Example", place: .deskOrders, scripts: ["walk.js", "print.js"]),
                orderURL: "/desk/orders/4f", patientName: "Ana Example", number: "G-7K2M", failure: nil,
                figures: figures, visit: gaitPart, walkURL: "/data/walk.json", walkText: "A figure walks.",
                compareAction: "/desk/orders/4f/gait/compare",
                compareChoices: [.init(value: "3a", label: "3 January 2026", isChosen: true)])
        ),
        (
            "desk-gait, nothing yet",
            DeskGaitPage(
                frame: deskFrame("Gait of Ana Example"), orderURL: "/desk/orders/4f", patientName: "Ana Example",
                number: "G-7K2M", failure: "There is no analysed walk yet.", figures: nil, visit: nil, walkURL: nil,
                walkText: "", compareAction: nil, compareChoices: [])
        ),
        ("desk-events", events(mayChange: true)), ("desk-events, released", events(mayChange: false)),
        (
            "desk-norms",
            DeskNormsPage(
                frame: deskFrame("Normative sets", scripts: ["read-file.js"]),
                errorSummary: ErrorSummary([.init(field: "csv", message: "The normative file has no table.")]),
                norms: [
                    .init(
                        name: "Our adults", detail: "Our laboratory, n = 42, ages: 18 to 65", added: "3 March 2026",
                        removeAction: "/desk/norms/1/remove")
                ], builtIn: "12 healthy children", name: FieldValue(value: "Our adults"),
                csv: FieldValue(value: "percent", error: "The normative file has no table."))
        ),
        (
            "desk-norms, none",
            DeskNormsPage(frame: deskFrame("Normative sets"), norms: [], builtIn: "12 healthy children")
        ),
    ]

    private static func events(mayChange: Bool) -> DeskEventsPage {
        let recording = SimulatedWalker().recording()
        let analysis = GaitAnalysis(of: recording, fileName: "walk-1.c3d", options: AnalysisOptions())
        let signals = EventSignals(recording, analysis)
        let events = analysis.document.events
        return DeskEventsPage(
            frame: deskFrame("Events of walk-1.c3d", place: .deskOrders, scripts: ["events.js"]),
            orderURL: "/desk/orders/4f", patientName: "Ana Example", fileName: "walk-1.c3d",
            errorSummary: mayChange ? ErrorSummary([.init(field: "events", message: "Line 2 is no event.")]) : nil,
            closed: mayChange ? nil : "The report is released, so its events do not change any more.",
            saveAction: mayChange ? "/desk/recordings/1/events" : nil,
            undoAction: mayChange ? "/desk/recordings/1/events/undo" : nil,
            corrections: "These are the events as they were found.", start: "0.0000", end: "5.2000", rate: "100.0000",
            panels: Side.allCases.map { EventPanel(signals, $0, events).panel },
            rows: events.enumerated().map { index, event in
                .init(
                    index: index, number: index + 1, isLeft: event.side == .left, isStrike: event.kind == .footStrike,
                    seconds: "\(event.timeSeconds)", source: "file", isNew: false)
            }, rowCount: events.count)
    }
}
