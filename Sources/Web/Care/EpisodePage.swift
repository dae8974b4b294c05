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

    /// Filled after the rest: the course on a time axis, notes, sessions, results to hang.
    var chart: EpisodeChart?
    var work: Work?

    struct Work: Sendable {
        var notes: [Entry]
        var hasNotes: Bool
        var noteAction: String?
        var sessions: [Entry]
        var hasSessions: Bool
        /// "Session 3 of 6 is next, once a week, review after 3"
        var course: String?
        var planAction: String?
        var sessionAction: String?
        var blocked: String?
        var checkDue: ReactionList?
        var precautions: [String]
        var hasPrecautions: Bool
        var tasks: [Entry]
        var hasTasks: Bool
        var alarms: [Entry]
        var hasAlarms: Bool
        /// The answered ones.
        var past: [Entry]
        var hasPast: Bool
        /// Where a clinician enters scores.
        var forms: [Link]
        var hasForms: Bool
        var results: [Result]
        var hasResults: Bool
        var hangAction: String
    }

    struct Link: Sendable {
        var label: String
        var url: String
    }

    struct Result: Sendable {
        var source: String
        var words: String
        var date: String
        var isPicture: Bool
    }

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

    /// The page with everything that hangs on the episode.
    func whole(
        _ view: Clinic.EpisodeView, _ actor: Actor, _ context: WebContext, faults: [ErrorSummary.Item] = [],
        typed: Form = .empty
    ) async throws -> EpisodePage {
        var page = page(view, actor, context, faults: faults, typed: typed)
        let episode = view.episode
        let zone = try await site.clinic.timeZone()
        let work = try await site.clinic.work(in: episode)
        let mayWrite = actor.may(.writeCare) && episode.isOpen
        let path = "/desk/episodes/\(episode.id)"
        page.frame = site.deskFrame("\(view.patient.name): \(episode.place)", context, place: .deskCare)
        page.chart = EpisodeChart(episode, entries: view.entries, today: view.today)
        let signedCount = work.course.map { course in
            work.sessions.filter { $0.course == course.id && $0.isSigned }.count
        }
        let results = mayWrite ? try await site.clinic.hangableResults(for: episode) : []
        let precautions = work.precautions.values.filter { $0.answer == .yes }.sorted {
            $0.kind.rawValue < $1.kind.rawValue
        }
        let alarms = assess(view.history, now: view.today).sorted { ($0.level, $1.dueOn) > ($1.level, $0.dueOn) }
        let lines = alarms.map { AlarmWords.line($0, path: path) }
        let open = zip(alarms, lines).filter { $0.0.isOpen }.map(\.1)
        let past = zip(alarms, lines).filter { !$0.0.isOpen }.map(\.1)
        let forms = mayWrite ? try await site.clinic.scoredQuestionnaires() : []
        let hasStop = work.reactions.contains(where: \.stopsNeedling)
        page.work = .init(
            notes: work.notes.map {
                Entry(
                    title: CareWords.date($0.day), detail: String($0.fields["assessment"].prefix(120)),
                    url: "/desk/notes/\($0.id)", badge: $0.isSigned ? .good : .warn,
                    stateLabel: $0.isSigned ? "Signed" : "Draft")
            }, hasNotes: !work.notes.isEmpty, noteAction: mayWrite ? "\(path)/notes" : nil,
            sessions: work.sessions.map {
                Entry(
                    title: "Session \($0.number), \(CareWords.date($0.day))", detail: $0.fields["points"],
                    url: "/desk/sessions/\($0.id)", badge: $0.isSigned ? .good : .warn,
                    stateLabel: $0.isSigned ? "Signed" : "Open")
            }, hasSessions: !work.sessions.isEmpty,
            course: work.course.map {
                "\(signedCount ?? 0) of \($0.plannedSessions) sessions, \($0.frequency), review after session \($0.reviewAfterSessions)"
            }, planAction: mayWrite && work.course == nil ? "\(path)/course" : nil,
            sessionAction: mayWrite && work.course != nil && work.tasks.isEmpty && !hasStop && work.checkDue == nil
                ? "\(path)/sessions" : nil,
            blocked: !work.tasks.isEmpty
                ? "No session begins while a warning is open."
                : hasStop ? CareError.reactionOpen.description : nil,
            checkDue: mayWrite
                ? work.checkDue.map {
                    ReactionList(
                        action: "/desk/sessions/\($0.id)/reactions", moment: "next",
                        title: "Before the next session: how was session \($0.number)?")
                } : nil,
            precautions: precautions.map { $0.kind.question + ($0.words.isEmpty ? "" : ": \($0.words)") },
            hasPrecautions: !precautions.isEmpty,
            tasks: work.tasks.map {
                Entry(
                    title: "Answered yes: \($0.flag.words)", detail: "By \(Words.moment($0.dueAt, in: zone))",
                    url: "/desk/safety/\($0.id)", badge: $0.level == .emergency ? .bad : .warn,
                    stateLabel: CareWords.name(of: $0.level))
            }, hasTasks: !work.tasks.isEmpty, alarms: open, hasAlarms: !open.isEmpty, past: past,
            hasPast: !past.isEmpty,
            forms: forms.map { .init(label: $0.title, url: ScoreController.path(episode.id, $0.url)) },
            hasForms: !forms.isEmpty,
            results: results.map {
                .init(
                    source: $0.source, words: $0.words, date: CareWords.date($0.day),
                    isPicture: $0.source.hasPrefix("loop-measure/"))
            }, hasResults: !results.isEmpty, hangAction: "\(path)/results")
        return page
    }

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
