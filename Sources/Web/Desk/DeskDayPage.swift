// SPDX-License-Identifier: Apache-2.0

import Accounts
import Care
import Clinic
import Recovery

/// The desk's day at a glance.
struct DeskDayPage: PageValue {
    static let template = "desk-day"

    struct Alarm: Sendable {
        var tone: Badge
        var title: String
        var detail: String
        var url: String
        /// "Look", "Call", "Refund"
        var actionLabel: String
    }

    struct Booking: Sendable {
        /// "9:45 to 10:45 am"
        var time: String
        var patient: String
        /// The order's page, where there is one.
        var url: String?
        var service: String
        var clinician: String
        /// "Gait laboratory, camera system"
        var resources: String
        var badge: Badge
        var stateLabel: String
        /// The visit's ultrasound loops, for who may see them.
        var loopsURL: String?
        /// The patient's episodes, for who may see them.
        var careURL: String?
        /// The room of a visit by video.
        var callURL: String?
    }

    /// Episodes whose recovery does not come, the loudest first: one line for each, and one that leads to all.
    static func alarms(care lines: [Clinic.AlarmLine]) -> [Alarm] {
        var episodes: [Episode.ID] = []
        var redCount = 0
        for line in lines where !episodes.contains(line.episode.id) {
            episodes.append(line.episode.id)
            if line.alarm.level.isRed { redCount += 1 }
        }
        // Whatever is red stands here by its name, up to a dozen; what is less only where there is room.
        let shown = min(12, max(5, redCount))
        var alarms = episodes.prefix(shown).compactMap { id -> Alarm? in
            let own = lines.filter { $0.episode.id == id }
            guard let loudest = own.first else { return nil }
            let more = own.count - 1
            let due = loudest.alarm.owner == .clinicLead ? "Overdue since" : "By"
            return Alarm(
                tone: AlarmWords.badge(loudest.alarm),
                title:
                    "\(loudest.patient.name), \(loudest.episode.place): \(AlarmWords.name(of: loudest.alarm.level).lowercased())",
                detail: "\(loudest.alarm.says) \(due) \(CareWords.date(loudest.alarm.dueOn))."
                    + (more == 0 ? "" : more == 1 ? " One more alarm is open." : " \(more) more alarms are open."),
                url: "/desk/episodes/\(id)/alarms/\(loudest.alarm.rule)", actionLabel: "Answer")
        }
        if episodes.count > shown {
            alarms.append(
                Alarm(
                    tone: .warn, title: "\(episodes.count - shown) more episodes have open alarms",
                    detail: "Each waits for a clinician's answer.", url: "/desk/alarms", actionLabel: "See all"))
        }
        return alarms
    }

    /// Letters that came back.
    static func alarms(bounces: Int) -> [Alarm] {
        guard bounces > 0 else { return [] }
        return [
            Alarm(
                tone: .warn, title: bounces == 1 ? "A letter came back" : "\(bounces) letters came back",
                detail: "Its reader does not know what it said. Please call.", url: "/desk/mail", actionLabel: "Call")
        ]
    }

    /// Pictures from machines that belong to nobody yet.
    static func alarms(waitingStudies: Int) -> [Alarm] {
        guard waitingStudies > 0 else { return [] }
        return [
            Alarm(
                tone: .warn,
                title: waitingStudies == 1
                    ? "A study waits for its visit" : "\(waitingStudies) studies wait for their visits",
                detail: "It came from a machine, and it is not certain whose it is.", url: "/desk/machines",
                actionLabel: "Look")
        ]
    }

    /// Warning answers of patients, told to the desk without a name or a word about what was answered.
    static func alarms(emergencies: Int, maySee: Bool) -> [Alarm] {
        guard emergencies > 0 else { return [] }
        return [
            Alarm(
                tone: .bad,
                title: emergencies == 1
                    ? "A patient needs a clinician now" : "\(emergencies) patients need a clinician now",
                detail: maySee ? "A warning question was answered with yes." : "Please call a clinician to the desk.",
                url: maySee ? "/desk/care" : "/desk", actionLabel: "Look")
        ]
    }

    var frame: Frame
    /// "Tuesday, 3 March 2026"
    var dayLabel: String
    var previousURL: String
    /// Nil on today's page.
    var todayURL: String?
    var nextURL: String
    var alarms: [Alarm]
    let hasAlarms: Bool
    var bookings: [Booking]
    let hasBookings: Bool
    /// Orders that wait for a recording.
    var waiting: [Entry]

    init(
        frame: Frame, dayLabel: String, previousURL: String, todayURL: String?, nextURL: String, alarms: [Alarm],
        bookings: [Booking], waiting: [Entry]
    ) {
        self.frame = frame
        self.dayLabel = dayLabel
        self.previousURL = previousURL
        self.todayURL = todayURL
        self.nextURL = nextURL
        self.alarms = alarms
        hasAlarms = !alarms.isEmpty
        self.bookings = bookings
        hasBookings = !bookings.isEmpty
        self.waiting = waiting
    }
}
