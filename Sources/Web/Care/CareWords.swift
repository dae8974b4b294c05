// SPDX-License-Identifier: Apache-2.0

import Accounts
import Care
import Clinic
import Foundation
import Recovery

/// How the pages of care say what the rules and the rows hold.
enum CareWords {
    static func name(of kind: EpisodeKind) -> String {
        switch kind {
        case .muscle: "Injury of a muscle or tendon"
        case .back: "Low back pain"
        case .other: "Something else"
        }
    }

    static func name(of status: EpisodeHistory.Diagnosis.Status) -> String {
        switch status {
        case .provisional: "Provisional"
        case .confirmed: "Confirmed"
        case .refuted: "Refuted"
        }
    }

    /// "3 March 2026"
    static func date(_ day: Day) -> String {
        Words.date(Date(timeIntervalSince1970: Double(day.number) * 86_400 + 43_200), in: .gmt)
    }

    static func line(_ line: Clinic.EpisodeLine, withPatient: Bool = true) -> Entry {
        let episode = line.episode
        let diagnosis = line.diagnosis.map { "\($0.words), \(name(of: $0.status).lowercased())" } ?? "no diagnosis yet"
        let place = "\(episode.place), since \(date(episode.onset))"
        return Entry(
            title: withPatient ? line.patientName : place, detail: withPatient ? "\(place); \(diagnosis)" : diagnosis,
            url: "/desk/episodes/\(episode.id)", badge: episode.isOpen ? .good : .plain,
            stateLabel: episode.isOpen ? "Open" : "Closed")
    }

    static func task(_ line: Clinic.SafetyTaskLine, zone: TimeZone) -> Entry {
        let task = line.task
        return Entry(
            title: line.patient.name,
            detail: "Answered yes: \(task.flag.words). By \(Words.moment(task.dueAt, in: zone))",
            url: "/desk/safety/\(task.id)", badge: task.level == .emergency ? .bad : .warn,
            stateLabel: name(of: task.level))
    }

    static func name(of level: SafetyTask.Level) -> String {
        switch level {
        case .emergency: "Emergency"
        case .sameDay: "Today"
        }
    }

    /// What an entry says, in a few words.
    static func words(_ entry: EpisodeEntry) -> (title: String, detail: String) {
        switch entry.content {
        case .result: return ("Result", entry.words)
        case .gaitReport: return ("Gait report", entry.words)
        case .fact(let fact):
            switch fact {
            case .score(let measure, let value):
                return (name(of: measure), plain(value) + (entry.words.isEmpty ? "" : " (\(entry.words))"))
            case .flag(let flag, let answer): return ("Asked about \(flag.words)", name(of: answer))
            case .tearSigns(let signs):
                let suspicion = signs.suspicion
                let found = suspicion.major + suspicion.minor
                return ("Examined for a tear", found.isEmpty ? "nothing found" : found.joined(separator: ", "))
            case .visit(let treatment): return ("Visit", treatment.rawValue)
            case .missedVisit: return ("Missed visit", entry.words)
            case .imaging(let modality, let result, _):
                return (
                    "Imaging: \(modality == .mri ? "MRI" : modality.rawValue)",
                    entry.words + (result == nil ? "" : " (result there)")
                )
            case .referral: return ("Referral", entry.words)
            case .disposition(let rule, let what, let until):
                return (
                    "Answer to alarm \(rule)",
                    name(of: what) + (until.map { ", until \(date($0))" } ?? "")
                        + (entry.words.isEmpty ? "" : ": \(entry.words)")
                )
            }
        }
    }

    static func capital(_ words: String) -> String { words.prefix(1).uppercased() + words.dropFirst() }

    static func name(of answer: Answer) -> String {
        switch answer {
        case .yes: "yes"
        case .no: "no"
        case .notAsked: "not asked"
        }
    }

    static func name(of measure: Measure) -> String {
        switch measure {
        case .nrs: "Pain (0 to 10)"
        case .psfs: "Activities (0 to 10)"
        case .grc: "Change since it began (−5 to +5)"
        default: measure.name
        }
    }

    static func name(of disposition: Disposition) -> String {
        switch disposition {
        case .imagingOrdered: "imaging ordered"
        case .referred: "referred"
        case .reexaminedAndChanged: "examined again, diagnosis or plan changed"
        case .justifiedWait: "justified wait"
        case .patientDeclined: "patient declined"
        case .ruleWrong: "the rule does not fit"
        }
    }

    static func plain(_ value: Double) -> String {
        let text = String(format: "%.1f", value)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
