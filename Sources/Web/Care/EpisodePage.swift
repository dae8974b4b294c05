// SPDX-License-Identifier: Apache-2.0

import Accounts
import Care
import Clinic
import Foundation
import Recovery

/// One episode, for clinicians.
struct EpisodePage: PageValue {
    static let template = "desk-episode"

    struct Diagnosis: Sendable {
        var words: String
        var status: String
        var badge: Badge
        var date: String
    }

    struct Line: Sendable {
        var date: String
        var title: String
        var detail: String
    }

    var frame: Frame
    var patientName: String
    var patientURL: String
    /// "Front of the thigh, left"
    var place: String
    /// "Injury of a muscle or tendon, since 3 March 2026 (day 14)"
    var facts: String
    var complaint: String?
    var badge: Badge
    var stateLabel: String
    var errorSummary: ErrorSummary?
    /// The newest first.
    var diagnoses: [Diagnosis]
    let hasDiagnoses: Bool
    /// Nil for who may not write, and in a closed episode.
    var actions: Actions?
    /// The newest first.
    var entries: [Line]
    let hasEntries: Bool

    struct Actions: Sendable {
        var diagnosis: String
        var diagnosisTyped: String
        var statuses: [Choice]
        var close: String
        var whyTyped: String
    }

    init(
        frame: Frame, patientName: String, patientURL: String, place: String, facts: String, complaint: String?,
        badge: Badge, stateLabel: String, errorSummary: ErrorSummary?, diagnoses: [Diagnosis], actions: Actions?,
        entries: [Line]
    ) {
        self.frame = frame
        self.patientName = patientName
        self.patientURL = patientURL
        self.place = place
        self.facts = facts
        self.complaint = complaint
        self.badge = badge
        self.stateLabel = stateLabel
        self.errorSummary = errorSummary
        self.diagnoses = diagnoses
        hasDiagnoses = !diagnoses.isEmpty
        self.actions = actions
        self.entries = entries
        hasEntries = !entries.isEmpty
    }
}

struct EpisodePages {
    let site: Site

    func page(
        _ view: Clinic.EpisodeView, _ actor: Actor, _ context: WebContext, faults: [ErrorSummary.Item] = [],
        typed: Form = .empty
    ) -> EpisodePage {
        let episode = view.episode
        let path = "/desk/episodes/\(episode.id)"
        return EpisodePage(
            frame: site.deskFrame("\(view.patient.name): \(episode.place)", context, place: .deskCare),
            patientName: view.patient.name, patientURL: "/desk/patients/\(view.patient.id)/care", place: episode.place,
            facts: "\(CareWords.name(of: episode.kind)), since \(CareWords.date(episode.onset)) "
                + "(day \(view.today - episode.onset))",
            complaint: episode.complaint.isEmpty ? nil : episode.complaint, badge: episode.isOpen ? .good : .plain,
            stateLabel: episode.isOpen ? "Open" : "Closed: \(episode.closedWhy ?? "")",
            errorSummary: ErrorSummary(faults),
            diagnoses: view.diagnoses.reversed().map {
                .init(
                    words: $0.words, status: CareWords.name(of: $0.status),
                    badge: $0.status == .confirmed ? .good : $0.status == .refuted ? .bad : .warn,
                    date: CareWords.date($0.day))
            },
            actions: actor.may(.writeCare) && episode.isOpen
                ? .init(
                    diagnosis: "\(path)/diagnosis", diagnosisTyped: typed["diagnosis"],
                    statuses: EpisodeHistory.Diagnosis.Status.allCases.map {
                        Choice(
                            value: $0.rawValue, label: CareWords.name(of: $0), isChosen: $0.rawValue == typed["status"])
                    }, close: "\(path)/close", whyTyped: typed["why"]) : nil,
            entries: view.entries.reversed().map {
                let words = CareWords.words($0)
                return .init(date: CareWords.date($0.day), title: words.title, detail: words.detail)
            })
    }
}
