// SPDX-License-Identifier: Apache-2.0

package import Accounts
import Care
import Foundation
package import Recovery
import Storage

/// What the clinic's episodes look like together (issue: clinic figures). Counts only; nobody is named.
package struct CareFigures: Sendable {
    /// How many of how many.
    package struct Share: Sendable, Hashable {
        package var part = 0
        package var whole = 0
    }

    package struct Check: Sendable, Hashable {
        package let week: Int
        package var improved = Share()
        /// Nobody knows: no score. Never counted as improved.
        package var unknown = 0
    }

    package var episodes = 0
    package var withBaseline = Share()
    package var checks = [4, 6, 12].map { Check(week: $0) }
    package var alarms = 0
    package var openRed = 0
    package var openOther = 0
    package var overdue = 0
    /// Answers that ordered something, or changed diagnosis or plan.
    package var changedPlan = Share()
    /// Days from an alarm to its imaging or referral.
    package var daysToWorkUp: [Int] = []
    package var sessions = 0
    package var reactions = 0

    package var alarmsPerHundred: Double? { episodes == 0 ? nil : Double(alarms) * 100 / Double(episodes) }
    package var reactionsPerThousand: Double? { sessions == 0 ? nil : Double(reactions) * 1000 / Double(sessions) }
    package var medianDaysToWorkUp: Double? {
        let sorted = daysToWorkUp.sorted()
        guard !sorted.isEmpty else { return nil }
        let middle = sorted.count / 2
        return sorted.count % 2 == 1
            ? Double(sorted[middle]) : Double(sorted[middle - 1] + sorted[middle]) / 2
    }
    /// So many sessions without a single reaction are a recording that does not happen (domain notes 3.4).
    package var isRecordingFault: Bool { sessions >= 200 && reactions == 0 }

    /// Takes one more episode into account.
    package mutating func count(_ history: EpisodeHistory, isOpen: Bool, today: Day) {
        episodes += 1
        let first = max(
            [history.opened, history.entries.first?.at, history.diagnoses.first?.at].compactMap { $0 }.min()
                ?? history.onset, history.onset)
        func has(_ measures: [Measure]) -> Bool {
            history.entries.contains { entry in
                guard entry.at - first <= 7, case .score(let measure, _) = entry.content else { return false }
                return measures.contains(measure)
            }
        }
        withBaseline.whole += 1
        // A baseline is one score of pain and one of function, within the first week.
        let function = ["psfs", "rmdq", "odi", "lefs"].map { Measure($0) }
        if has([.nrs, Measure("peg")]), has(function) { withBaseline.part += 1 }
        for index in checks.indices {
            let day = first.adding(checks[index].week * 7)
            guard day <= today else { continue }
            checks[index].improved.whole += 1
            switch Progress(of: history, on: day).status {
            case .improved, .recovered: checks[index].improved.part += 1
            case .unknown: checks[index].unknown += 1
            default: break
            }
        }
        let found = assess(history, now: today)
        alarms += found.count
        if isOpen {
            let open = found.filter(\.isOpen)
            openRed += open.filter(\.level.isRed).count
            openOther += open.filter { !$0.level.isRed }.count
            overdue += open.filter { $0.owner == .clinicLead }.count
        }
        for entry in history.entries {
            guard entry.at <= today, case .disposition(let rule, let what, _) = entry.content,
                let fired = found.first(where: { $0.rule == rule })?.firedOn
            else { continue }
            changedPlan.whole += 1
            switch what {
            case .imagingOrdered, .referred:
                changedPlan.part += 1
                daysToWorkUp.append(max(0, entry.at - fired))
            case .reexaminedAndChanged: changedPlan.part += 1
            case .justifiedWait, .patientDeclined, .ruleWrong: break
            }
        }
    }

    package init() {}
}

extension Clinic {
    /// The clinic's figures of care as they stand today.
    package func careFigures(by actor: Actor) async throws -> CareFigures {
        guard actor.may(.seeCare) else { throw CareError.notPermitted }
        let now = clock.now()
        return try await store.write { [episodes, audit] transaction in
            try audit.record("figures.see", patient: nil, subject: "care-figures", by: actor, at: now, in: transaction)
            let today = try today(in: transaction)
            var figures = CareFigures()
            for episode in try episodes.listAll(in: transaction) {
                figures.count(
                    try episodes.history(of: episode.id, in: transaction), isOpen: episode.isOpen, today: today)
            }
            let counts = try AdverseReactions().counts(in: transaction)
            figures.sessions = counts.sessions
            figures.reactions = counts.reactions
            return figures
        }
    }
}
