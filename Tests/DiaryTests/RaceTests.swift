// SPDX-License-Identifier: Apache-2.0

import Accounts
import Diary
import Foundation
import Scheduling
import Storage
import Testing

@Suite("Races, on both engines")
struct RaceTests {
    /// Books all requests at once; how many won, how many found it taken. Any other error is thrown.
    private func race(_ clinic: DemoClinic, _ requests: [Bookings.Request]) async throws -> (won: [Booking], taken: Int)
    {
        try await withThrowingTaskGroup(of: Booking?.self) { group in
            for request in requests {
                group.addTask {
                    do {
                        return try await clinic.store.write {
                            try clinic.bookings.book(request, by: .visitor, in: $0).booking
                        }
                    } catch BookingError.taken {
                        return nil
                    }
                }
            }
            var won: [Booking] = []
            var taken = 0
            for try await booking in group {
                if let booking { won.append(booking) } else { taken += 1 }
            }
            return (won, taken)
        }
    }

    private func request(_ service: String, _ start: Date, _ clinician: DiaryResource.ID? = nil) -> Bookings.Request {
        Bookings.Request(
            service: service, start: start, clinician: clinician, patient: Patient.ID("patient-1"), name: "Pat Example")
    }

    @Test("32 for one gait slot: one wins, 31 find it taken, five times over")
    func oneSlot() async throws {
        try await DemoClinic.onEachEngine { clinic in
            for round in 0..<5 {
                let start = try instant("2026-03-03T08:00:00-05:00").addingTimeInterval(Double(round) * 5400)
                let (won, taken) = try await race(clinic, Array(repeating: request("3d-gait", start), count: 32))
                #expect(won.count == 1 && taken == 31)
                #expect(won.first?.claims.count == 3)
            }
            #expect(try await clinic.differences().isEmpty)
        }
    }

    @Test("shifted overlaps for one clinician: no two winners overlap, and none who could have won lost")
    func shifted() async throws {
        try await DemoClinic.onEachEngine { clinic in
            let acupuncturist = try #require(
                try await clinic.store.read { try clinic.services.find(slug: "acupuncture", in: $0) }?.clinicians.first)
            let first = try instant("2026-03-03T10:00:00-05:00")
            let requests = (0..<24).map {
                request("acupuncture", first.addingTimeInterval(Double($0 % 6) * 900), acupuncturist)
            }
            let (won, taken) = try await race(clinic, requests.shuffled())
            #expect(won.count + taken == 24)
            for (index, booking) in won.enumerated() {
                for other in won[(index + 1)...] { #expect(booking.end <= other.start || other.end <= booking.start) }
            }
            // 10:00 to 12:00 holds two visits of 45 minutes however they fall, or one that spoils both sides of it.
            for request in requests {
                let end = request.start.addingTimeInterval(2700)
                #expect(won.contains { $0.start < end && request.start < $0.end })
            }
            #expect(try await clinic.differences().isEmpty)
        }
    }

    @Test("any clinician and two rooms: as many winners as there is room for, by different clinicians and rooms")
    func anyClinician() async throws {
        try await DemoClinic.onEachEngine { clinic in
            let start = try instant("2026-03-03T10:00:00-05:00")
            let telehealth = try await race(clinic, Array(repeating: request("telehealth", start), count: 12))
            #expect(telehealth.won.count == 3 && telehealth.taken == 9)
            #expect(Set(telehealth.won.compactMap { $0.clinician?.id }).count == 3)
            let next = try instant("2026-03-03T11:00:00-05:00")
            let consultation = try await race(clinic, Array(repeating: request("consultation", next), count: 12))
            #expect(consultation.won.count == 2 && consultation.taken == 10)
            #expect(Set(consultation.won.compactMap { $0.room?.id }).count == 2)
            #expect(try await clinic.differences().isEmpty)
        }
    }
}
