// SPDX-License-Identifier: Apache-2.0

import Accounts
import Diary
import Foundation
import Messages
import Storage
import Testing

@testable import Clinic

@Suite struct ReminderTests {
    private func reminders(_ house: LetterHouse) -> [String] {
        house.subjects.filter { $0.hasPrefix("Reminder") || $0.hasPrefix("Today") }
    }

    @Test("one a day before and one two hours before, not earlier and not twice")
    func bothCome() async throws {
        try await LetterHouse.onEachEngine { house in
            _ = try await house.book("2026-03-10T10:00:00-04:00")
            try await house.pass(until: "2026-03-09T09:59:59-04:00")
            #expect(reminders(house) == [])
            try await house.pass(until: "2026-03-09T10:00:00-04:00")
            #expect(reminders(house) == ["Reminder"])
            try await house.pass(until: "2026-03-10T08:00:00-04:00")
            try await house.work()
            #expect(reminders(house) == ["Reminder", "Today"])
            try await house.pass(until: "2026-03-12T08:00:00-04:00")
            #expect(reminders(house).count == 2)
        }
    }

    @Test("none of a moment that was past when the visit was booked")
    func bookedLater() async throws {
        try await LetterHouse.onEachEngine { house in
            _ = try await house.book("2026-03-03T08:00:00-05:00")
            try await house.pass(until: "2026-03-02T12:00:00-05:00")
            #expect(reminders(house) == ["Reminder"], "booked 25 hours before: both are due")
            _ = try await house.book("2026-03-02T15:00:00-05:00", email: "ben@example.org")
            _ = try await house.book("2026-03-02T13:30:00-05:00", email: "cleo@example.org")
            try await house.pass(until: "2026-03-02T13:00:00-05:00")
            let late = house.box.value.filter { $0.recipient != "ana@example.org" && $0.subject.hasPrefix("Today") }
            #expect(late.map(\.recipient) == ["ben@example.org"])
        }
    }

    @Test("a moved visit is reminded of at its new time only; a cancelled one never")
    func movedAndCancelled() async throws {
        try await LetterHouse.onEachEngine { house in
            let moved = try await house.book("2026-03-10T10:00:00-04:00")
            let cancelled = try await house.book("2026-03-10T11:00:00-04:00", email: "ben@example.org")
            _ = try await house.move(moved, to: "2026-03-12T15:00:00-04:00", by: house.desk)
            try await house.cancel(cancelled, by: .patient(cancelled.patient))
            try await house.pass(until: "2026-03-11T14:59:00-04:00")
            #expect(reminders(house) == [])
            try await house.pass(until: "2026-03-12T13:00:00-04:00")
            #expect(
                reminders(house) == ["Today"],
                "the server slept over the first one, which leaves its place to the second")
            #expect(house.box.value.last?.body.contains("3:00 PM") == true)
        }
    }

    @Test("moved away and back: reminded once")
    func thereAndBack() async throws {
        try await LetterHouse.onEachEngine { house in
            let booking = try await house.book("2026-03-10T10:00:00-04:00")
            _ = try await house.move(booking, to: "2026-03-12T15:00:00-04:00", by: house.desk)
            _ = try await house.move(booking, to: "2026-03-10T10:00:00-04:00", by: house.desk)
            for hour in ["2026-03-09T10:00:00-04:00", "2026-03-10T08:00:00-04:00", "2026-03-13T08:00:00-04:00"] {
                try await house.pass(until: hour)
            }
            #expect(reminders(house) == ["Reminder", "Today"])
        }
    }

    @Test("the link of a reminder ends them, and starts them again")
    func stopping() async throws {
        try await LetterHouse.onEachEngine { house in
            let booking = try await house.book("2026-03-10T10:00:00-04:00")
            try await house.pass(until: "2026-03-09T10:00:00-04:00")
            let letter = try #require(house.box.value.last)
            let url = try #require(letter.unsubscribeURL)
            #expect(letter.body.contains(url))
            #expect(letter.encoded().contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"))
            let link = Secret(String(url.split(separator: "/").last ?? ""))
            #expect(try await house.clinic.remindersWanted(link: link) == true)
            #expect(try await house.clinic.setReminders(false, link: link))
            #expect(try await house.clinic.remindersWanted(link: link) == false)
            try await house.pass(until: "2026-03-10T08:00:00-04:00")
            #expect(reminders(house) == ["Reminder"])
            #expect(try await !house.clinic.setReminders(false, link: Secret("unknown")))
            try await house.clinic.setReminders(true, for: booking.patient)
            #expect(try await house.clinic.remindersWanted(by: booking.patient))
        }
    }

    @Test("a letter follows a visit that took place, not one that was undone or missed")
    func followUp() async throws {
        try await LetterHouse.onEachEngine(at: "2026-03-02T09:00:00-05:00") { house in
            func attend(_ booking: Booking, _ attendance: Booking.Attendance?) async throws {
                try await house.change(booking.id, .attendance, by: house.desk) {
                    try $0.attend(booking.id, attendance, by: house.desk, in: $1)
                }
            }
            let done = try await house.book("2026-03-02T10:00:00-05:00", email: "a@example.org")
            let undone = try await house.book("2026-03-02T11:00:00-05:00", email: "b@example.org")
            let missed = try await house.book("2026-03-02T12:00:00-05:00", email: "c@example.org")
            try await house.pass(until: "2026-03-02T13:00:00-05:00")
            for booking in [done, undone] { try await attend(booking, .fulfilled) }
            try await attend(undone, nil)
            try await attend(missed, .noShow)
            try await house.pass(until: "2026-03-03T12:59:00-05:00")
            #expect(!house.subjects.contains("After your visit"))
            try await house.pass(until: "2026-03-03T13:00:00-05:00")
            let letters = house.box.value.filter { $0.subject == "After your visit" }
            #expect(letters.map(\.recipient) == ["a@example.org"])
        }
    }
}
