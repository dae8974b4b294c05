// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Diary
import Foundation
import Gait
import GaitLab
import Payments
import Storage

/// The desk's page of one order, made of what the clinic knows about it.
struct LabOrderPages {
    let site: Site

    func page(
        _ view: Clinic.LabOrderView, _ actor: Actor, _ context: WebContext, words: FieldValue? = nil,
        settings typed: GaitSettingsForm? = nil
    ) async throws -> DeskOrderPage {
        let zone = try await site.clinic.timeZone()
        let order = view.order
        let path = "/desk/orders/\(order.id)"
        let seesReport = actor.may(.seeReports)
        let isReleased = view.report?.isReleased ?? false
        let writes = actor.may(.writeReports) && view.figures != nil && !isReleased
        let isWaiting = view.recordings.contains { $0.state == .waiting } || (view.visit?.isWaiting ?? false)
        let mayChoose = actor.may(.uploadRecordings) && !isReleased
        var problems: [ErrorSummary.Item] = []
        if let error = words?.error { problems.append(.init(field: "words", message: error)) }
        if let error = typed?.error { problems.append(.init(field: "diameter", message: error)) }
        var frame = site.deskFrame(
            "Order \(order.reference)", context, place: .deskOrders, scripts: ["upload.js", "walk.js"])
        if isWaiting { frame = frame.refreshing(every: 3) }
        return DeskOrderPage(
            frame: frame, head: head(view, zone), message: isReleased ? "The report is released." : nil,
            errorSummary: ErrorSummary(problems),
            uploadURL: order.state == .paid && actor.may(.uploadRecordings) ? "\(path)/uploads" : nil,
            uploadNote: order.state == .paid ? "" : "Recordings can be added once the order is paid.",
            recordings: view.recordings.map { self.recording($0, view, actor, zone, mayChoose: mayChoose) },
            settings: view.recordings.contains { $0.state != .waiting }
                ? typed
                    ?? GaitSettingsForm(
                        view.visit?.settings ?? LabSettings(), visit: view.visit, norms: view.norms,
                        norm: view.visit?.norm)
                : nil,
            settingsAction: mayChoose ? "\(path)/gait/settings" : nil,
            gaitURL: seesReport && view.visit?.document != nil ? "\(path)/gait" : nil,
            // Not while they are being computed: nobody should release what is about to change.
            figures: seesReport && !isWaiting
                ? (view.report?.visit ?? view.visit?.document).map { GaitWords.figures($0.figures) }
                    ?? view.figures.map { GaitWords.figures($0.figures) } : nil,
            warnings: seesReport
                ? view.visit?.document?.notes.map(\.message) ?? view.figures?.document.warnings.map(\.message) ?? []
                : [],
            walkURL: seesReport ? view.figuresOf.map { "/desk/recordings/\($0)/walk.json" } : nil,
            walkText: view.figures.map { GaitWords.walkText($0.figures) } ?? "",
            wordsAction: writes ? "\(path)/words" : nil,
            words: words ?? FieldValue(value: seesReport ? view.report?.words ?? "" : ""),
            canRelease: writes && actor.may(.releaseReports),
            releaseNote: "The patient gets a mail without a clinical word, and reads the report after signing in.",
            reportURL: seesReport ? view.report.map { "/portal/reports/\($0.id)" } : nil,
            moneyURL: actor.may(.takePayments) ? "\(path)/money" : nil)
    }

    private func head(_ view: Clinic.LabOrderView, _ zone: TimeZone) -> DeskOrderPage.Head {
        let order = view.order
        let isReleased = view.report?.isReleased ?? false
        let (badge, label): (Badge, String) =
            if isReleased {
                (.good, "Report released")
            } else if view.figures != nil {
                (.warn, "Waiting for words")
            } else {
                (order.state == .paid ? .warn : .plain, order.state == .paid ? "Waiting for a recording" : "Not paid")
            }
        return .init(
            number: order.reference, patientName: order.contactName, serviceName: order.serviceName, badge: badge,
            stateLabel: label, question: order.question, email: view.patient.email, phone: view.patient.phone,
            orderedOn: Words.date(order.placedAt, in: zone), payment: OrderWords.label(order),
            paymentBadge: OrderWords.badge(order), amount: order.price.formatted,
            booked: view.booking.map { Words.span($0.start, $0.end, in: $0.timeZone) } ?? "no time yet",
            released: view.report?.releasedAt.map { Words.moment($0, in: zone) })
    }

    private func recording(
        _ recording: LabRecording, _ view: Clinic.LabOrderView, _ actor: Actor, _ zone: TimeZone, mayChoose: Bool
    ) -> DeskOrderPage.Recording {
        let (badge, label): (Badge, String) =
            switch recording.state {
            case .waiting: (.warn, "Being analysed")
            case .analysed: (.good, "Analysed")
            case .failed: (.bad, "Can't be read")
            }
        let corrections = view.corrections[recording.id] ?? 0
        let isWalk = recording.kind == .walk && recording.state == .analysed
        let names = recording.subjectNames
        return .init(
            id: recording.id.description, fileName: recording.fileName,
            size: String(format: "%.1f MB", Double(recording.byteCount) / 1_048_576),
            uploaded: Words.moment(recording.receivedAt, in: zone), checksum: String(recording.sha256.prefix(12)),
            badge: badge, stateLabel: label, problem: recording.failure, removeAction: nil,
            roleAction: mayChoose && recording.state == .analysed ? "/desk/recordings/\(recording.id)/role" : nil,
            roles: Self.roles(recording).map { .init(value: $0.rawValue, label: $1, isChosen: recording.kind == $0) },
            roleNote: Self.roleNote(recording),
            names: names.isEmpty ? nil : names.map { "“\($0)”" }.joined(separator: ", "),
            stripAction: !names.isEmpty && actor.may(.uploadRecordings)
                ? "/desk/recordings/\(recording.id)/strip" : nil,
            eventsURL: isWalk && actor.may(.seeReports) ? "/desk/recordings/\(recording.id)/events" : nil,
            corrections: corrections == 0 ? nil : "\(corrections) by hand")
    }

    private static func roles(_ recording: LabRecording) -> [(LabRecording.Kind, String)] {
        recording.holdsForces
            ? [(.forces, "Forces of the walk of the same name"), (.leftOut, "Left out")]
            : [(.walk, "A walk"), (.static, "The standing trial"), (.leftOut, "Left out")]
    }

    private static func roleNote(_ recording: LabRecording) -> String {
        if recording.isKindChosen { return "Chosen by hand." }
        return switch recording.kind {
        case .static: "Nobody walks in it."
        case .forces: "It holds forces and no markers."
        case .walk, .leftOut: "Somebody walks in it."
        }
    }
}
