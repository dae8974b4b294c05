// SPDX-License-Identifier: Apache-2.0

import Accounts
import Foundation
import Payments
import Storage
import Testing

@Suite("Tax, typed amounts and discount codes")
struct PricesTests {
    @Test("the tax of the parts is the tax of the whole, however it is cut", arguments: 0..<50)
    func taxOfParts(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let rate = try #require(TaxRate(.random(in: 0...1000, using: &generator)))
        let whole = Int64.random(in: 0...10_000_000, using: &generator)
        // Another way to the same: by decimals, rounded half up.
        let exact = Decimal(whole) * Decimal(rate.tenthsOfPercent) / Decimal(1000 + rate.tenthsOfPercent)
        var (rounded, source) = (Decimal(), exact)
        NSDecimalRound(&rounded, &source, 0, .plain)
        #expect(Decimal(rate.included(in: whole)) == rounded)
        var (done, sum): (Int64, Int64) = (0, 0)
        while done < whole {
            let part = Int64.random(in: 1...whole - done, using: &generator)
            sum += rate.included(in: part, after: done)
            done += part
        }
        #expect(sum == rate.included(in: whole))
        #expect(rate.included(in: -whole) == -rate.included(in: whole))
    }

    @Test("no rate below nothing or above everything", arguments: [-1, 1001, Int64.max, Int64.min])
    func noRate(tenths: Int64) { #expect(TaxRate(tenths) == nil) }

    @Test(
        "typed amounts",
        arguments: [
            ("45", "USD", 4500), ("45.5", "USD", 4550), ("45.50", "USD", 4550), ("1,250.00", "USD", 125_000),
            ("$ 3.07", "USD", 307), ("0.01", "USD", 1), ("1200", "JPY", 1200), ("1.005", "KWD", 1005),
            ("2.5", "KWD", 2500),
        ] as [(String, String, Int64)])
    func typed(text: String, currency: String, minor: Int64) {
        #expect(Money(typed: text, currency: currency) == Money(minorUnits: minor, currency: currency))
    }

    @Test(
        "what is no amount is refused, not guessed",
        arguments: ["", "0", "0.00", "-5", "4.", ".5", "1.2.3", "4.505", "ten", "1e3", "99999999999", "٣", "5 %"])
    func notTyped(text: String) { #expect(Money(typed: text, currency: "USD") == nil) }

    @Test("a code counts for its service, in its time, as often as it may, and never below nothing")
    func codes() async throws {
        try await CashDesk.onEachEngine { desk in
            let now = CashDesk.opening
            func add(
                _ code: String, _ kind: DiscountCode.Kind, _ value: Int64, service: String? = nil, from: Date? = nil,
                until: Date? = nil, most: Int64? = nil
            ) async throws {
                try await desk.store.write { transaction in
                    try DiscountCodes().add(
                        code, kind: kind, value: value, currency: "USD", service: service, validFrom: from,
                        validUntil: until, mostUses: most, at: now, in: transaction)
                }
            }
            try await add(" spring ", .percent, 15)
            try await add("BIG", .amount, 99_999)
            try await add("NEEDLES", .percent, 10, service: "acupuncture")
            try await add("LATER", .percent, 10, from: now.addingTimeInterval(1))
            try await add("OVER", .percent, 10, until: now)
            try await add("TWICE", .percent, 50, most: 2)
            for (code, value) in [("SPRING", Int64(5)), ("MUCH", 101), ("a b", 5), ("NONE-AT-ALL", 0)] {
                await #expect(throws: CashError.self) { try await add(code, .percent, value) }
            }
            func price(_ code: String) async throws -> Int64 {
                try await desk.store.write { transaction in
                    let patient = try Patients().findOrAdd(
                        ContactDetails(name: "Pat", email: "pat@example.org", phone: nil), by: .visitor, at: now,
                        in: transaction)
                    return try desk.orders.place(
                        Orders.Request(
                            patient: patient, contactName: "Pat", serviceSlug: "3d-gait", serviceName: "3D",
                            price: Money(minorUnits: 28_001, currency: "USD"), question: "",
                            formAttempt: UUID().uuidString, access: .random(), discountCode: code), by: .visitor,
                        at: now,
                        in: transaction
                    ).price.minorUnits
                }
            }
            #expect(try await price("") == 28_001)
            #expect(try await price("Spring") == 28_001 - 4200)
            #expect(try await price("BIG") == 0)
            for (code, error) in [
                ("NONE", CashError.unknownCode), ("needles", .codeForOtherService), ("LATER", .codeNotYet),
                ("OVER", .codeOver),
            ] {
                await #expect(throws: error) { try await price(code) }
            }
            // Eight at once for two places.
            let won = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<8 { group.addTask { (try? await price("TWICE")) == 14_000 } }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(won == 2)
            await #expect(throws: CashError.codeUsedUp) { try await price("TWICE") }
        }
    }

    @Test("an order that costs nothing is paid at once, with a receipt, and has nothing to refund")
    func free() async throws {
        try await CashDesk.onEachEngine { desk in
            let order = try await desk.place(price: Money(minorUnits: 0, currency: "USD"))
            let paid = try await desk.store.write { try desk.orders.settleFree(order, at: CashDesk.opening, in: $0) }
            #expect(paid?.state == .paid && paid?.receiptNumber == "R-000001")
            let again = try await desk.order(order.id)
            #expect(
                try await desk.store.write { try desk.orders.settleFree(again, at: CashDesk.opening, in: $0) } == nil)
            #expect(try await desk.faults().isEmpty)
        }
    }
}
