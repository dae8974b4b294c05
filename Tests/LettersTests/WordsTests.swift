// SPDX-License-Identifier: Apache-2.0

import Accounts
import Diary
import Foundation
import Messages
import Storage
import Testing

@testable import Clinic

/// What the letters say, and what they must not say.
@Suite struct WordsTests {
    @Test(
        "no letter of the house carries a clinical word, and each passes the owner's checks",
        arguments: LetterKind.allCases, ["en", "es"])
    func houseWords(_ kind: LetterKind, _ language: String) {
        let text = LetterTexts.text(of: kind, in: language)
        #expect(ClinicalWords.first(in: text.subject + "\n" + text.body) == nil)
        #expect(LetterTemplates.faults(of: text, for: kind, services: []).isEmpty)
        let filled = Letters(clinicName: "Example House", phone: "555 0100")
            .preview(text, of: kind, publicURL: "https://clinic.example")
        #expect(ClinicalWords.first(in: filled.subject + "\n" + filled.body) == nil)
        #expect(LetterText.names(in: filled.subject + filled.body).isEmpty, "a placeholder was left")
        #expect(filled.subject.count < 120 && !filled.subject.contains("\n"))
    }

    @Test(
        "the list of clinical words finds what gives a patient away",
        arguments: [
            "Your 3D Gait Analysis", "Acupuncture at 10", "Dynamic Ultrasound", "about your KNEE", "your torn muscle",
            "Back pain", "Consultation tomorrow", "Telehealth visit", "MRI result", "your hip.",
        ])
    func wordsAreFound(_ text: String) { #expect(ClinicalWords.first(in: text) != nil) }

    @Test(
        "and leaves ordinary words alone",
        arguments: [
            "Your appointment on Tuesday", "See you in the ship", "Come back soon", "Painting", "Achievement",
            "Tearoom",
        ])
    func ordinaryWords(_ text: String) { #expect(ClinicalWords.first(in: text) == nil) }

    @Test(
        "everything that was mailed and put into calendars over a whole story is free of clinical words, for every service"
    )
    func everythingSent() async throws {
        try await LetterHouse.onEachEngine { house in
            let names = try await house.clinic.store.read {
                try house.clinic.services.all(in: $0).map { ($0.slug, $0.name) }
            }
            for (index, service) in names.enumerated() {
                let booking = try await house.book(
                    "2026-03-\(10 + index)T10:00:00-04:00", service: service.0, email: "p\(index)@example.org")
                try await house.work()
                _ = try await house.move(booking, to: "2026-03-\(10 + index)T11:00:00-04:00", by: house.desk)
                try await house.pass(200)
                if index % 2 == 0 { try await house.cancel(booking, by: house.desk) }
            }
            for day in 9..<20 {
                for hour in ["09", "11"] {
                    try await house.pass(until: "2026-03-\(day < 10 ? "0" : "")\(day)T\(hour):00:00-04:00")
                }
            }
            #expect(house.box.value.count == 17)
            for mail in house.box.value {
                let text = mail.subject + "\n" + mail.body + "\n" + (mail.calendar ?? "")
                #expect(ClinicalWords.first(in: text, or: names.map(\.1)) == nil, "\(mail.subject)")
            }
        }
    }

    @Test("an unknown placeholder is refused by its name, in the text and in the subject")
    func unknownPlaceholder() {
        let text = LetterText(subject: "You, {name}", body: "Hello {nmae}, {when} {link}")
        let faults = LetterTemplates.faults(of: text, for: .booked, services: [])
        #expect(faults.count == 2)
        #expect(faults.first?.explanation.contains("{name}") == true, "a name does not belong in a subject")
        #expect(faults.last?.explanation.hasPrefix("There is no {nmae} in the text of this letter.") == true)
    }

    @Test("a service's own name is refused in a subject, whatever it is")
    func serviceNames() {
        let text = LetterText(subject: "Your Moonbathing on {when}", body: "{when} {link}")
        #expect(
            LetterTemplates.faults(of: text, for: .booked, services: ["Moonbathing"]) == [.clinicalWord("Moonbathing")])
    }

    @Test("what a person typed is never read as a placeholder; a paragraph without any value is left out")
    func filling() {
        let text = LetterText(subject: "{when}", body: "Hello {name},\n\nWith {with}\n\n{ link } and {unknown}\n\nEnd.")
        let filled = text.filled(with: [.name: "{link}{stop}", .link: "L", .when: "now\nBcc: x", .with: ""])
        #expect(filled.body == "Hello {link}{stop},\n\nL and {unknown}\n\nEnd.")
        #expect(filled.subject == "now Bcc: x")
    }

    @Test("texts are kept with their history; reset brings ours back and loses nothing")
    func history() async throws {
        try await LetterHouse.onEachEngine { house in
            let mine = LetterText(subject: "On {when}", body: "{when}\n\n{link}\n")
            try await house.clinic.saveLetter(mine, for: .booked, language: "en", by: house.desk, named: "Rowan")
            try await house.clinic.saveLetter(mine, for: .booked, language: "en", by: house.desk, named: "Rowan")
            _ = try await house.book("2026-03-10T10:00:00-04:00")
            try await house.work()
            #expect(house.box.value.last?.subject.hasPrefix("On Tuesday, 10 March") == true)
            house.time.change { $0 += 1 }
            try await house.clinic.resetLetter(.booked, language: "en", by: house.desk, named: "Theo")
            let view = try await house.clinic.letterView(.booked, language: "en")
            #expect(view.text == LetterTexts.text(of: .booked) && !view.isEdited)
            #expect(view.history.map(\.text) == [nil, mine] && view.history.map(\.writtenBy) == ["Theo", "Rowan"])
            await #expect(throws: LetterTextRefusal.missing(.when)) {
                try await house.clinic.saveLetter(
                    LetterText(subject: "x", body: "{link}"), for: .booked, language: "en", by: house.desk,
                    named: "Theo")
            }
        }
    }
}
