// SPDX-License-Identifier: Apache-2.0

import Accounts
import Diary
import Foundation
import Messages
import Testing

@testable import Clinic

/// Letters about what becomes of a booking: at once for the patient's own doing, after a delay for staff's, none for an undo.
@Suite struct NewsTests {
    @Test("what a patient did is told at once; what staff did after three minutes")
    func delays() async throws {
        try await LetterHouse.onEachEngine { house in
            let booking = try await house.book("2026-03-10T10:00:00-04:00")
            try await house.work()
            #expect(house.subjects == ["Your appointment"])
            _ = try await house.move(booking, to: "2026-03-10T11:00:00-04:00", by: house.desk)
            try await house.pass(179)
            #expect(house.subjects == ["Your appointment"])
            try await house.pass(1)
            #expect(house.subjects == ["Your appointment", "Your appointment has a new time"])
            let letter = try #require(house.box.value.last)
            #expect(letter.body.contains("Before, it was: Tuesday, 10 March 2026, 10:00 AM"))
            #expect(letter.calendar?.contains("SEQUENCE:1\r\n") == true)
        }
    }

    @Test("an undo within the delay costs no mail, and a second thought one mail")
    func undo() async throws {
        try await LetterHouse.onEachEngine { house in
            let booking = try await house.book("2026-03-10T10:00:00-04:00")
            try await house.work()
            _ = try await house.move(booking, to: "2026-03-10T11:00:00-04:00", by: house.desk)
            try await house.pass(60)
            _ = try await house.move(booking, to: "2026-03-10T10:00:00-04:00", by: house.desk)
            try await house.cancel(booking, by: house.desk)
            try await house.pass(60)
            try await house.change(booking.id, .restored, by: house.desk) {
                try $0.restore(booking.id, by: house.desk, in: $1)
            }
            try await house.pass(3600)
            #expect(house.subjects == ["Your appointment"])
            _ = try await house.move(booking, to: "2026-03-10T12:00:00-04:00", by: house.desk)
            _ = try await house.move(booking, to: "2026-03-10T13:00:00-04:00", by: house.desk)
            try await house.pass(3600)
            #expect(house.box.value.count == 2)
            #expect(house.box.value.last?.body.contains("1:00 PM") == true)
        }
    }

    @Test(
        "a walk-in entered and removed within the delay is never written to; later it is told, with the way to a new time"
    )
    func neverTold() async throws {
        try await LetterHouse.onEachEngine { house in
            let mistake = try await house.book("2026-03-10T10:00:00-04:00", by: house.desk)
            try await house.cancel(mistake, by: house.desk)
            try await house.pass(3600)
            #expect(house.box.value.isEmpty)
            let booking = try await house.book("2026-03-11T10:00:00-04:00", by: house.desk)
            try await house.pass(200)
            try await house.cancel(booking, by: house.desk)
            try await house.pass(200)
            #expect(house.subjects == ["Your appointment", "Cancelled"])
            let letter = try #require(house.box.value.last)
            #expect(letter.calendar?.contains("METHOD:CANCEL") == true && letter.encoded().contains("method=CANCEL"))
            #expect(letter.body.contains("https://clinic.example/services"))
        }
    }

    @Test("a patient's change overtakes a letter of staff's that has not left")
    func overtaken() async throws {
        try await LetterHouse.onEachEngine { house in
            let booking = try await house.book("2026-03-10T10:00:00-04:00")
            try await house.work()
            _ = try await house.move(booking, to: "2026-03-10T11:00:00-04:00", by: house.desk)
            try await house.cancel(booking, by: .patient(booking.patient))
            try await house.pass(3600)
            #expect(house.subjects == ["Your appointment", "Cancelled"])
            // The patient never heard of the other time, so the letter names the one they know.
            #expect(house.box.value.last?.body.contains("10:00 AM") == true)
        }
    }

    @Test("the link of a later letter opens the booking as the first one does")
    func laterLinks() async throws {
        try await LetterHouse.onEachEngine { house in
            let booking = try await house.book("2026-03-10T10:00:00-04:00")
            _ = try await house.move(booking, to: "2026-03-10T11:00:00-04:00", by: house.desk)
            try await house.pass(200)
            for letter in house.box.value {
                let link = try #require(letter.body.firstMatch(of: #/https://clinic\.example/bookings/(\S+)/#))
                let found = try await house.clinic.booking(manage: .init(String(link.output.1)))
                #expect(found.id == booking.id)
            }
            #expect(house.box.value.count == 1, "the confirmation had not left when staff moved it")
        }
    }

    @Test("the owner's delay holds; a letter that was taken by hand does not leave")
    func ownersDelay() async throws {
        try await LetterHouse.onEachEngine { house in
            try await house.clinic.saveLetterRules(
                LetterRules(staffDelaySeconds: 600, followUpHours: nil), by: house.desk)
            _ = try await house.book("2026-03-10T10:00:00-04:00", by: house.desk)
            try await house.pass(599)
            #expect(house.box.value.isEmpty)
            let waiting = try await house.clinic.mailView(by: house.desk).waiting
            let mail = try #require(waiting.first?.mail)
            #expect(waiting.count == 1)
            #expect(try await house.clinic.takeBackLetter(mail.id, by: house.desk))
            #expect(try await !house.clinic.takeBackLetter(mail.id, by: house.desk))
            try await house.pass(3600)
            #expect(house.box.value.isEmpty)
        }
    }
}
