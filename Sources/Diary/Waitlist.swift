// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Scheduling
package import Storage

/// Somebody who wants an earlier time than there is.
package struct WaitlistEntry: Sendable, Hashable {
    package typealias ID = Identifier<WaitlistEntry>

    package let id: ID
    package let patient: Patient.ID
    package let name: String
    package let service: HealthcareService.ID
    /// Nil: anybody.
    package let clinician: DiaryResource.ID?
    /// Dates of the clinic's calendar, both included.
    package let firstDate: CivilDate
    package let lastDate: CivilDate
    /// Between which minutes of the day a visit may begin, both included.
    package let firstMinute: Int
    package let lastMinute: Int
    package let joinedAt: Date
    package let leftAt: Date?
}

/// The waitlist: whoever waits longest is offered a freed time first, alone, for a while; then it goes on to the next.
package struct Waitlist: Sendable {
    package struct Form: Sendable {
        package var patient: Patient.ID
        package var name: String
        package var service: HealthcareService.ID
        package var clinician: DiaryResource.ID?
        package var dates: ClosedRange<CivilDate>
        package var minutes: ClosedRange<Int>
        package var attempt: String
        package var access: Secret

        package init(
            patient: Patient.ID, name: String, service: HealthcareService.ID, clinician: DiaryResource.ID?,
            dates: ClosedRange<CivilDate>, minutes: ClosedRange<Int>, attempt: String, access: Secret
        ) {
            self.patient = patient
            self.name = name
            self.service = service
            self.clinician = clinician
            self.dates = dates
            self.minutes = minutes
            self.attempt = attempt
            self.access = access
        }
    }

    private let definitions: DiaryDefinitions
    private let audit = AuditTrail()

    package init(definitions: DiaryDefinitions) { self.definitions = definitions }

    package func join(_ form: Form, in transaction: any Transaction) throws -> WaitlistEntry {
        let now = definitions.clock.now()
        if let entry = try list(where: "form_attempt = \(form.attempt)", in: transaction).first { return entry }
        let id = WaitlistEntry.ID.make(at: now)
        try transaction.run(
            """
            INSERT INTO waitlist_entry (id, patient, name, service, clinician, first_date, last_date, first_minute,
                last_minute, access_sha256, form_attempt, joined_at)
            VALUES (\(id), \(form.patient), \(form.name), \(form.service), \(form.clinician),
                \(form.dates.lowerBound.description), \(form.dates.upperBound.description), \(form.minutes.lowerBound),
                \(form.minutes.upperBound), \(form.access.sha256), \(form.attempt), \(now))
            """)
        try audit.record(
            "waitlist.join", patient: form.patient, subject: "waitlist/\(id)", by: .visitor, at: now, in: transaction)
        guard let entry = try list(where: "id = \(id)", in: transaction).first else { throw OfferError.unknown }
        return entry
    }

    package func find(access: Secret, in transaction: any Transaction) throws -> WaitlistEntry? {
        try list(where: "access_sha256 = \(access.sha256)", in: transaction).first
    }

    /// Everybody who waits, the longest first.
    package func waiting(in transaction: any Transaction) throws -> [WaitlistEntry] {
        try list(where: "left_at IS NULL", in: transaction)
    }

    package static func isAnybodyWaiting(in transaction: any Transaction) throws -> Bool {
        try transaction.first("SELECT 1 AS found FROM waitlist_entry WHERE left_at IS NULL LIMIT 1") != nil
    }

    /// Leaving twice changes nothing.
    package func leave(access: Secret, in transaction: any Transaction) throws {
        guard let entry = try find(access: access, in: transaction) else { throw OfferError.unknown }
        let now = definitions.clock.now()
        try transaction.run("UPDATE waitlist_entry SET left_at = \(now) WHERE id = \(entry.id) AND left_at IS NULL")
        try audit.record(
            "waitlist.leave", patient: entry.patient, subject: "waitlist/\(entry.id)", by: .patient(entry.patient),
            at: now, in: transaction)
    }

    /// Offers what is free now to those who wait for it: each at most one time at once, none twice to the same person.
    /// - Parameter window: how long each person has to answer.
    package func offerFreeTimes(
        window: TimeInterval, in transaction: any Transaction
    ) throws -> [(entry: WaitlistEntry, view: Offers.View, access: Secret)] {
        let now = definitions.clock.now()
        let waiting = try waiting(in: transaction)
        guard !waiting.isEmpty else { return [] }
        try Bookings(definitions: definitions).releaseEndedHolds(at: now, in: transaction)
        let definition = try definitions.current(in: transaction)
        let today = definition.offsets.localDate(at: CellGrid.cell(containing: now))
        var made: [(entry: WaitlistEntry, view: Offers.View, access: Secret)] = []
        for entry in waiting {
            guard let service = definition.service(entry.service), entry.lastDate >= today else { continue }
            let before = try Offers.list(where: "offer.waitlist_entry = \(entry.id)", in: transaction)
            if before.contains(where: { $0.isOpen(at: now) }) { continue }
            let refused = Set(
                try transaction.rows(
                    """
                    SELECT booking.starts_at FROM booking JOIN offer_booking ON offer_booking.booking = booking.id
                    JOIN offer ON offer.id = offer_booking.offer WHERE offer.waitlist_entry = \(entry.id)
                    """
                ).map { try $0.get("starts_at", as: Date.self) })
            let from = max(entry.firstDate, today)
            let to = min(entry.lastDate, from.adding(days: Slots.mostDays - 1))
            let list = try Slots(definitions: definitions).slots(
                service: service.slug, from: from, to: to, clinician: entry.clinician, in: transaction)
            guard
                let start = list.starts.first(where: {
                    (entry.firstMinute...entry.lastMinute).contains($0.localMinute) && !refused.contains($0.start)
                })
            else { continue }
            let last = start.start.addingTimeInterval(-Double(definition.leadMinutes) * 60)
            let until = min(now.addingTimeInterval(window), max(last, now.addingTimeInterval(300)))
            let (view, access) = try Offers(definitions: definitions).make(
                .waitlist(entry), service: service.slug, times: [(start.start, entry.clinician)], until: until,
                note: "",
                by: .system("waitlist"), in: transaction)
            made.append((entry, view, access))
        }
        return made
    }

    private func list(where condition: SQL, in transaction: any Transaction) throws -> [WaitlistEntry] {
        try transaction.rows("SELECT * FROM waitlist_entry WHERE \(condition) ORDER BY joined_at, id").map { row in
            guard let first = CivilDate(iso: try row.get("first_date", as: String.self)),
                let last = CivilDate(iso: try row.get("last_date", as: String.self))
            else { throw DatabaseError.column("waitlist_entry holds a date that is none") }
            return WaitlistEntry(
                id: try row.get("id"), patient: try row.get("patient"), name: try row.get("name"),
                service: try row.get("service"), clinician: try row.get("clinician"), firstDate: first, lastDate: last,
                firstMinute: try row.get("first_minute"), lastMinute: try row.get("last_minute"),
                joinedAt: try row.get("joined_at"), leftAt: try row.get("left_at"))
        }
    }
}
