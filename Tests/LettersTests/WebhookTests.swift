// SPDX-License-Identifier: Apache-2.0

import Accounts
import Crypto
import Diary
import Foundation
import Messages
import Payments
import Storage
import Testing

@testable import Clinic

@Suite struct WebhookTests {
    private func endpoint(_ house: LetterHouse, _ events: Set<WebhookEvent> = Set(WebhookEvent.allCases)) async throws
        -> WebhookEndpoint
    {
        let id = try await house.clinic.addWebhook("https://programs.example/hook", events: events, by: house.desk)
        return try #require(try await house.clinic.webhookView(id)).endpoint
    }

    private func header(_ call: WebhookTransport.Call) -> String {
        call.headers.first { $0.0 == WebhookSignature.headerName }?.1 ?? ""
    }

    @Test("the signature is the one that Stripe's receivers check, also during a rotation")
    func signature() throws {
        let body = "{\"a\":\"ü\"}"
        let now = Date(timeIntervalSince1970: 1_772_000_000)
        let header = WebhookSignature.header(body: body, secrets: ["whsec_new", "whsec_old"], at: now)
        for secret in ["whsec_new", "whsec_old"] {
            try StripeSignature.verify(header: header, body: Data(body.utf8), secrets: [secret], at: now)
        }
        #expect(throws: StripeSignature.Refusal.wrong) {
            try StripeSignature.verify(header: header, body: Data(body.utf8), secrets: ["whsec_third"], at: now)
        }
    }

    @Test("the story of a booking is told, to whom it was asked for, without a name")
    func story() async throws {
        try await LetterHouse.onEachEngine(at: "2026-03-10T08:00:00-04:00") { house in
            _ = try await endpoint(house)
            _ = try await endpoint(house, [.bookingAttended])
            let booking = try await house.book("2026-03-10T10:00:00-04:00", service: "acupuncture")
            _ = try await house.move(booking, to: "2026-03-10T11:00:00-04:00", by: house.desk)
            try await house.pass(until: "2026-03-10T11:05:00-04:00")
            try await house.change(booking.id, .attendance, by: house.desk) {
                try $0.attend(booking.id, .fulfilled, by: house.desk, in: $1)
            }
            try await house.work()
            let types = house.calls.value.compactMap {
                $0.body.firstMatch(of: #/"type":"([a-z.]+)"/#).map { String($0.1) }
            }
            #expect(types.sorted() == ["booking.attended", "booking.attended", "booking.changed", "booking.created"])
            for call in house.calls.value {
                #expect(!call.body.contains("Ana") && !call.body.contains("ana@example.org"))
                #expect(ClinicalWords.first(in: call.body) == nil)
                #expect(call.body.contains("\"start\":\"2026-03-10T1"))
            }
        }
    }

    @Test("tried again with growing waits until it is taken; given up after three days, and replayed by hand")
    func retries() async throws {
        try await LetterHouse.onEachEngine { house in
            let endpoint = try await endpoint(house)
            house.answers.value = [500, 302, 404]
            _ = try await house.book("2026-06-10T10:00:00-04:00")
            func latest() async throws -> WebhookDelivery {
                try #require(try await house.clinic.webhookView(endpoint.id)?.deliveries.first)
            }
            try await house.work()
            #expect(try await latest().state == .waiting && house.calls.value.count == 1)
            try await house.work()
            #expect(house.calls.value.count == 1, "not before its time")
            for _ in 0..<3 { try await house.pass(60) }
            let taken = try await latest()
            #expect(taken.state == .delivered && taken.attempts == 4 && taken.answer == "200")
            #expect(Set(house.calls.value.map(\.body)).count == 1)

            house.answers.value = Array(repeating: 503, count: 100)
            try await house.clinic.changeWebhook(endpoint.id, .replay(taken.id), by: house.desk)
            var hours = 0
            while try await latest().state == .waiting, hours < 200 {
                try await house.pass(3600)
                hours += 1
            }
            let failed = try await latest()
            #expect(failed.state == .failed && failed.isReplay && failed.event == taken.event)
            #expect((48...96).contains(hours), "\(hours) hours")
            let doctor = try await house.clinic.examine()
            #expect(doctor.allSatisfy { $0.state != .wrong }, "a deaf receiver is no fault of the clinic's")
            house.answers.value = []
            try await house.clinic.changeWebhook(endpoint.id, .replay(failed.id), by: house.desk)
            try await house.work()
            #expect(try await latest().state == .delivered)
        }
    }

    @Test("after a rotation both secrets sign for a day, then the new one; what is removed is told nothing")
    func rotation() async throws {
        try await LetterHouse.onEachEngine { house in
            let endpoint = try await endpoint(house)
            try await house.clinic.changeWebhook(endpoint.id, .rotateSecret, by: house.desk)
            _ = try await house.book("2026-03-20T10:00:00-04:00")
            try await house.work()
            let first = try #require(house.calls.value.last)
            try StripeSignature.verify(
                header: header(first), body: Data(first.body.utf8), secrets: [endpoint.secret], at: house.time.value)
            #expect(header(first).split(separator: ",").count == 3)
            try await house.pass(24 * 3600 + 1)
            _ = try await house.book("2026-03-20T11:00:00-04:00", email: "b@example.org")
            try await house.work()
            let second = try #require(house.calls.value.last)
            #expect(throws: StripeSignature.Refusal.wrong) {
                try StripeSignature.verify(
                    header: header(second), body: Data(second.body.utf8), secrets: [endpoint.secret],
                    at: house.time.value)
            }
            let count = house.calls.value.count
            _ = try await house.book("2026-03-20T12:00:00-04:00", email: "c@example.org")
            try await house.clinic.changeWebhook(endpoint.id, .remove, by: house.desk)
            try await house.pass(10)
            #expect(house.calls.value.count == count)
        }
    }

    @Test(
        "addresses inside a network are refused, in every spelling",
        arguments: [
            "https://127.0.0.1/", "https://10.1.2.3/", "https://172.16.0.1/", "https://172.31.255.255/",
            "https://192.168.1.1/", "https://169.254.169.254/latest", "https://100.64.0.1/", "https://0.0.0.0/",
            "https://224.0.0.1/", "https://255.255.255.255/", "https://[::1]/", "https://[::]/", "https://[fe80::1]/",
            "https://[fc00::1]/", "https://[::ffff:10.0.0.1]/", "https://[64:ff9b::a00:1]/", "https://[2002:a00:1::]/",
            "https://[2001:db8::1]/", "https://localhost/", "https://a.localhost/", "http://example.org/",
            "http://127.0.0.1/", "https://2130706433/", "https://0x7f000001/", "https://127.1/", "https://010.0.0.1/",
            "ftp://example.org/", "https://user@example.org/", "https://example.org/#x", "example.org", "https://",
        ])
    func refusedAddresses(_ text: String) {
        #expect(throws: WebhookAddress.Refusal.self) { try WebhookAddress(text, isDemo: false) }
    }

    @Test(
        "public addresses are taken, and a name that leads inside is not called",
        arguments: ["https://example.org/a?b=c", "https://8.8.8.8/", "https://[2606:4700::1111]:8443/"])
    func takenAddresses(_ text: String) throws {
        let address = try WebhookAddress(text, isDemo: false)
        try address.check(resolved: "93.184.216.34")
        for inside in ["127.0.0.1", "10.0.0.1", "::1", "fd00::1", "::ffff:192.168.0.1"] {
            #expect(throws: WebhookAddress.Refusal.self) { try address.check(resolved: inside) }
        }
    }

    @Test("only a demonstration may call this machine, and it without encryption only")
    func demoAddresses() throws {
        _ = try WebhookAddress("http://127.0.0.1:8080/hook", isDemo: true)
        _ = try WebhookAddress("http://localhost:8080/hook", isDemo: true)
        for text in ["http://10.0.0.1/", "http://example.org/"] {
            #expect(throws: WebhookAddress.Refusal.notSecure) { try WebhookAddress(text, isDemo: true) }
        }
    }

    @Test(
        "the real transport refuses a name that leads to this machine, before it calls",
        arguments: ["localhost.", "ip6-localhost"])
    func rebinding(_ host: String) async throws {
        let address = try WebhookAddress("https://\(host)/", isDemo: false)
        await #expect(throws: WebhookAddress.Refusal.self) {
            _ = try await WebhookTransport.http.send(.init(address: address, headers: [], body: ""))
        }
    }
}
