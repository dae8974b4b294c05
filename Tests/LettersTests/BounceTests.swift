// SPDX-License-Identifier: Apache-2.0

import Accounts
import Diary
import Foundation
import Messages
import Storage
import Testing

@testable import Clinic

@Suite struct BounceTests {
    static func report(mail: String, action: String = "failed", status: String = "5.1.1") -> Data {
        Data(
            """
            From: <>\r
            Content-Type: multipart/report; boundary=b; report-type=delivery-status\r
            \r
            --b\r
            Content-Type: message/delivery-status\r
            \r
            Reporting-MTA: dns; mx\r
            \r
            Final-Recipient: rfc822; ana@example.org\r
            Action: \(action)\r
            Status: \(status)\r
            Diagnostic-Code: smtp; 550 unknown\r
            \r
            --b\r
            Content-Type: message/rfc822\r
            \r
            Subject: x\r
            Message-ID:\r
             <\(mail)@clinic.example>\r
            \r
            Hello\r
            --b--\r
            """.utf8)
    }

    @Test("a refusal at once and a report that comes later are shown with the patient until somebody settles them")
    func bothWays() async throws {
        try await LetterHouse.onEachEngine { house in
            house.refusals.value = ["gone@example.org": .bounced(code: 550)]
            _ = try await house.book("2026-03-10T10:00:00-04:00", email: "gone@example.org")
            _ = try await house.book("2026-03-10T11:00:00-04:00")
            try await house.work()
            #expect(house.box.value.map(\.recipient) == ["ana@example.org"])
            let sent = try #require(house.box.value.first)
            house.time.change { $0 += 60 }
            #expect(try await house.clinic.receiveBounce(Self.report(mail: sent.identifier), by: house.desk))
            #expect(try await house.clinic.receiveBounce(Self.report(mail: sent.identifier), by: house.desk))
            let bounces = try await house.clinic.mailView(by: house.desk).bounces
            #expect(bounces.map(\.mail.recipient) == ["gone@example.org", "ana@example.org"])
            #expect(bounces.allSatisfy { $0.patient?.phone == "555 0100" })
            #expect(bounces.last?.mail.bounceReason == "5.1.1: 550 unknown")
            for bounce in bounces { try await house.clinic.settleBounce(bounce.mail.id, by: house.desk) }
            #expect(try await house.clinic.openBounceCount() == 0)
        }
    }

    @Test("delays, strangers' letters and noise are no bounces")
    func noise() async throws {
        try await LetterHouse.onEachEngine { house in
            _ = try await house.book("2026-03-10T11:00:00-04:00")
            try await house.work()
            let sent = try #require(house.box.value.first)
            let right = Self.report(mail: sent.identifier)
            var noise = [
                Self.report(mail: sent.identifier, action: "delayed", status: "4.4.1"),
                Self.report(mail: sent.identifier, action: "failed", status: "4.2.2"), Self.report(mail: "unknown"),
                Data(),
            ]
            noise += stride(from: 0, to: right.count - 60, by: 7).map { right.prefix($0) }
            for data in noise { _ = try await house.clinic.receiveBounce(data, by: house.desk) }
            #expect(try await house.clinic.openBounceCount() <= 1)
            for data in noise.prefix(4) {
                #expect(try await !house.clinic.receiveBounce(data, by: house.desk))
            }
        }
    }

    @Test(
        "a server that says later gets it later; one that breaks off in the middle may have it, so it can't be taken back"
    )
    func later() async throws {
        try await LetterHouse.onEachEngine { house in
            for (email, error, canBeTakenBack) in [
                ("a@example.org", SMTPError.refused(code: 451, step: "message"), true),
                ("b@example.org", SMTPError.connection("127.0.0.1:25 does not answer"), true),
                ("c@example.org", SMTPError.connection("the server hung up"), false),
            ] {
                house.refusals.value = [email: error]
                let hour = ["a": "10", "b": "11", "c": "12"][String(email.prefix(1))] ?? ""
                let booking = try await house.book("2026-03-10T\(hour):00:00-04:00", email: email)
                try await house.work()
                try await house.cancel(booking, by: house.desk)
                house.refusals.value = [:]
                try await house.pass(3600)
                let letters = house.box.value.filter { $0.recipient == email }.count
                #expect(letters == (canBeTakenBack ? 0 : 2), "\(email)")
            }
        }
    }
}
