// SPDX-License-Identifier: Apache-2.0

import Accounts
import Diary
import Foundation
import Messages
import Storage
import Testing

@testable import Clinic

@Suite struct FeedTests {
    @Test("a patient's calendar holds their own confirmed times within its window; the address ends with a new one")
    func patient() async throws {
        try await LetterHouse.onEachEngine { house in
            let booking = try await house.book("2026-03-10T10:00:00-04:00")
            _ = try await house.book("2026-03-10T11:00:00-04:00", email: "ben@example.org")
            let owner = CalendarFeeds.Owner.patient(booking.patient)
            func key(_ url: String) -> Secret {
                Secret(String(url.dropFirst("https://clinic.example/calendar/".count).dropLast(4)))
            }
            let first = key(try await house.clinic.makeFeed(for: owner, by: .patient(booking.patient)))
            let answer = try #require(try await house.clinic.calendarFeed(first, knownTags: ""))
            let text = try #require(answer.text)
            #expect(text.matches(of: #/BEGIN:VEVENT/#).count == 1 && text.contains("UID:\(booking.id)@fascia"))
            #expect(try await house.clinic.calendarFeed(first, knownTags: "\"x\", W/\(answer.tag)")?.text == nil)
            house.time.change { $0 += 7200 }
            #expect(
                try await house.clinic.calendarFeed(first, knownTags: answer.tag)?.text == nil,
                "time alone changes nothing")
            _ = try await house.move(booking, to: "2026-03-10T12:00:00-04:00", by: house.desk)
            let moved = try #require(try await house.clinic.calendarFeed(first, knownTags: answer.tag)?.text)
            #expect(moved.contains("SEQUENCE:1\r\n"))
            house.time.value = try instant("2026-04-20T10:00:00-04:00")
            #expect(try await house.clinic.calendarFeed(first, knownTags: "")?.text?.contains("VEVENT") == false)
            let second = key(try await house.clinic.makeFeed(for: owner, by: .patient(booking.patient)))
            #expect(try await house.clinic.calendarFeed(first, knownTags: answer.tag) == nil)
            #expect(try await house.clinic.calendarFeed(second, knownTags: "") != nil)
            try await house.clinic.revokeFeed(of: owner, by: .patient(booking.patient))
            #expect(try await house.clinic.calendarFeed(second, knownTags: "") == nil)
        }
    }

    @Test("a clinician who has left has no calendar any more")
    func staff() async throws {
        try await LetterHouse.onEachEngine { house in
            guard case .staff(let id, _) = house.desk else { return }
            let url = try await house.clinic.makeFeed(for: .staff(id), by: house.desk)
            let key = Secret(String(url.dropFirst("https://clinic.example/calendar/".count).dropLast(4)))
            #expect(try await house.clinic.calendarFeed(key, knownTags: "") != nil)
            try await house.clinic.store.write { [clinic = house.clinic] in
                try clinic.staff.disable(id, by: .system("test"), at: clinic.clock.now(), in: $0)
            }
            #expect(try await house.clinic.calendarFeed(key, knownTags: "") == nil)
        }
    }
}
