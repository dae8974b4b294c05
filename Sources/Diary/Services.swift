// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Scheduling
package import Storage

/// Why a change of what the clinic offers was refused.
package enum ServicesError: Error, Sendable, Equatable {
    case slugTaken(String)
    case unknownService
    case unknownResource(String)
    /// A requirement names a resource of another kind, or none at all.
    case wrongCandidates(DiaryResource.Kind)
    /// A resource stands in two requirements (or twice in one) of the same service.
    case candidateTwice(String)
    /// The duration or the step is not positive, or the step is not a multiple of five minutes.
    case badTimes
    /// A price, a fee or a deposit below nothing, or a deposit above the price.
    case badPrice

    package var explanation: String {
        switch self {
        case .slugTaken(let slug): "Another service has the short name \"\(slug)\". Choose another one."
        case .unknownService: "There is no such service."
        case .unknownResource(let id): "There is no clinician, room or device \"\(id)\"."
        case .wrongCandidates(let kind): "Choose at least one \(kind.rawValue), and only such, for this requirement."
        case .candidateTwice(let name): "\(name) is chosen twice; a visit can claim each only once."
        case .badPrice: "A price or a fee can't be negative, and a deposit is at most the price."
        case .badTimes: "The duration must be positive, and starts a multiple of 5 minutes apart."
        }
    }
}

/// What the owner does: services, clinicians, rooms, devices, their hours.
package struct Services: Sendable {
    private let definitions: DiaryDefinitions
    private let audit = AuditTrail()

    package init(definitions: DiaryDefinitions) { self.definitions = definitions }

    /// All services, in the owner's order.
    package func all(in transaction: any Transaction) throws -> [HealthcareService] {
        try definitions.current(in: transaction).services
    }

    package func find(slug: String, in transaction: any Transaction) throws -> HealthcareService? {
        try definitions.current(in: transaction).service(slug: slug)
    }

    /// The clinic's zone and how early and late the public may book.
    package func configure(
        zone: TimeZone, leadMinutes: Int, horizonDays: Int, by actor: Actor, in transaction: any Transaction
    ) throws {
        try transaction.run(
            """
            UPDATE diary_version SET time_zone = \(zone.identifier), lead_minutes = \(max(0, leadMinutes)),
                horizon_days = \(max(1, horizonDays))
            """)
        try changed("diary.configure", "diary", by: actor, in: transaction)
    }

    package func addResource(
        _ kind: DiaryResource.Kind, name: String, title: String = "", staff: StaffMember.ID? = nil, hours: WeeklyHours,
        by actor: Actor, in transaction: any Transaction
    ) throws -> DiaryResource {
        let last: Int? = try transaction.value(Int?.self, "SELECT max(number) FROM resource") ?? nil
        let resource = DiaryResource(
            id: .make(at: definitions.clock.now()), kind: kind, name: name, title: title, staff: staff, hours: hours,
            number: (last ?? 0) + 1)
        try transaction.run(
            """
            INSERT INTO resource (number, id, kind, name, title, staff)
            VALUES (\(resource.number), \(resource.id), \(kind), \(name), \(title), \(staff))
            """)
        try write(hours, of: resource.number, in: transaction)
        try changed("resource.add", "resource/\(resource.id)", by: actor, in: transaction)
        return resource
    }

    /// Another name or title for a clinician, room or device.
    /// - Throws: `ServicesError.unknownResource`.
    package func rename(
        _ id: DiaryResource.ID, name: String, title: String, by actor: Actor, in transaction: any Transaction
    ) throws {
        let changedRows = try transaction.run("UPDATE resource SET name = \(name), title = \(title) WHERE id = \(id)")
        guard changedRows == 1 else { throw ServicesError.unknownResource(id.description) }
        try changed("resource.rename", "resource/\(id)", by: actor, in: transaction)
    }

    /// Closes a date for everyone and everything, or opens it again by the weekly hours. What is booked stays booked.
    package func setHoliday(
        _ date: CivilDate, isClosed: Bool, by actor: Actor, in transaction: any Transaction
    ) throws {
        let definition = try definitions.current(in: transaction)
        for resource in definition.resources {
            var hours = resource.hours
            hours.exceptions[date] = isClosed ? [] : nil
            try setHours(hours, of: resource.id, by: actor, in: transaction)
        }
    }

    /// Replaces the hours and exceptions of a resource. What is booked stays booked.
    /// - Throws: `ServicesError.unknownResource`.
    package func setHours(
        _ hours: WeeklyHours, of id: DiaryResource.ID, by actor: Actor, in transaction: any Transaction
    ) throws {
        guard let number = try transaction.value(Int.self, "SELECT number FROM resource WHERE id = \(id)") else {
            throw ServicesError.unknownResource(id.description)
        }
        try transaction.run("DELETE FROM resource_hours WHERE resource = \(number)")
        try transaction.run("DELETE FROM resource_exception WHERE resource = \(number)")
        try write(hours, of: number, in: transaction)
        try changed("resource.hours", "resource/\(id)", by: actor, in: transaction)
    }

    /// - Throws: `ServicesError`.
    package func add(
        _ description: HealthcareService.Description, by actor: Actor, in transaction: any Transaction
    ) throws -> HealthcareService {
        let numbers = try check(description, in: transaction)
        let id = HealthcareService.ID.make(at: definitions.clock.now())
        guard try transaction.first("SELECT 1 FROM service WHERE slug = \(description.slug)") == nil else {
            throw ServicesError.slugTaken(description.slug)
        }
        let position = try transaction.value(Int.self, "SELECT count(*) FROM service") ?? 0
        try transaction.run(
            """
            INSERT INTO service (id, slug, position, name, description, duration_minutes, step_minutes, modality,
                price_minor_units, currency, payment, deposit_minor_units, free_change_hours, late_fee_minor_units,
                no_show_fee_minor_units)
            VALUES (\(id), \(description.slug), \(position), \(description.name), \(description.summary),
                \(description.durationMinutes), \(description.stepMinutes), \(description.modality),
                \(description.price.minorUnits), \(description.price.currency), \(description.payment.word),
                \(description.payment.depositMinorUnits), \(description.policy.freeHours),
                \(description.policy.lateFee.minorUnits), \(description.policy.noShowFee.minorUnits))
            """)
        try write(description.requirements, of: id, numbers: numbers, in: transaction)
        try changed("service.add", "service/\(id)", by: actor, in: transaction)
        return HealthcareService(id: id, description: description)
    }

    /// Replaces the description of a service. What is booked stays booked.
    /// - Throws: `ServicesError`.
    package func change(
        _ id: HealthcareService.ID, to description: HealthcareService.Description, by actor: Actor,
        in transaction: any Transaction
    ) throws {
        let numbers = try check(description, in: transaction)
        guard
            try transaction.first("SELECT 1 FROM service WHERE slug = \(description.slug) AND id <> \(id)") == nil
        else { throw ServicesError.slugTaken(description.slug) }
        let changedRows = try transaction.run(
            """
            UPDATE service SET slug = \(description.slug), name = \(description.name),
                description = \(description.summary), duration_minutes = \(description.durationMinutes),
                step_minutes = \(description.stepMinutes), modality = \(description.modality),
                price_minor_units = \(description.price.minorUnits), currency = \(description.price.currency),
                payment = \(description.payment.word), deposit_minor_units = \(description.payment.depositMinorUnits),
                free_change_hours = \(description.policy.freeHours),
                late_fee_minor_units = \(description.policy.lateFee.minorUnits),
                no_show_fee_minor_units = \(description.policy.noShowFee.minorUnits)
            WHERE id = \(id)
            """)
        guard changedRows == 1 else { throw ServicesError.unknownService }
        try transaction.run("DELETE FROM service_candidate WHERE service = \(id)")
        try transaction.run("DELETE FROM service_requirement WHERE service = \(id)")
        try write(description.requirements, of: id, numbers: numbers, in: transaction)
        try changed("service.change", "service/\(id)", by: actor, in: transaction)
    }

    // MARK: -

    /// The numbers of all candidates, once the description is known to make sense.
    private func check(
        _ description: HealthcareService.Description, in transaction: any Transaction
    ) throws -> [DiaryResource.ID: Int] {
        guard description.durationMinutes > 0, description.stepMinutes > 0,
            description.stepMinutes % CellGrid.minutesPerCell == 0
        else { throw ServicesError.badTimes }
        guard description.price.minorUnits >= 0,
            (0...description.price.minorUnits).contains(description.payment.depositMinorUnits)
        else { throw ServicesError.badPrice }
        let policy = description.policy
        guard policy.freeHours >= 0, policy.lateFee.minorUnits >= 0, policy.noShowFee.minorUnits >= 0 else {
            throw ServicesError.badPrice
        }
        let definition = try definitions.current(in: transaction)
        var numbers: [DiaryResource.ID: Int] = [:]
        for requirement in description.requirements {
            guard !requirement.candidates.isEmpty else { throw ServicesError.wrongCandidates(requirement.kind) }
            for id in requirement.candidates {
                guard let resource = definition.resource(id) else {
                    throw ServicesError.unknownResource(id.description)
                }
                guard resource.kind == requirement.kind else { throw ServicesError.wrongCandidates(requirement.kind) }
                guard numbers.updateValue(resource.number, forKey: id) == nil else {
                    throw ServicesError.candidateTwice(resource.name)
                }
            }
        }
        return numbers
    }

    private func write(
        _ requirements: [HealthcareService.Requirement], of id: HealthcareService.ID,
        numbers: [DiaryResource.ID: Int], in transaction: any Transaction
    ) throws {
        for (position, requirement) in requirements.enumerated() {
            try transaction.run(
                """
                INSERT INTO service_requirement (service, position, kind, minutes_before, minutes_after)
                VALUES (\(id), \(position), \(requirement.kind), \(requirement.span.minutesBefore),
                    \(requirement.span.minutesAfter))
                """)
            for (rank, candidate) in requirement.candidates.enumerated() {
                try transaction.run(
                    """
                    INSERT INTO service_candidate (service, requirement, position, resource)
                    VALUES (\(id), \(position), \(rank), \(numbers[candidate]))
                    """)
            }
        }
    }

    private func write(_ hours: WeeklyHours, of number: Int, in transaction: any Transaction) throws {
        for (weekday, intervals) in hours.rules {
            for interval in intervals {
                try transaction.run(
                    """
                    INSERT INTO resource_hours (resource, weekday, opens_minute, closes_minute)
                    VALUES (\(number), \(weekday.rawValue), \(interval.opensMinute), \(interval.closesMinute))
                    """)
            }
        }
        for (date, intervals) in hours.exceptions {
            // A closed date is one interval without length.
            let bounds = intervals.isEmpty ? [(0, 0)] : intervals.map { ($0.opensMinute, $0.closesMinute) }
            for (opens, closes) in bounds {
                try transaction.run(
                    """
                    INSERT INTO resource_exception (resource, date, opens_minute, closes_minute)
                    VALUES (\(number), \(date.description), \(opens), \(closes))
                    """)
            }
        }
    }

    private func changed(
        _ action: String, _ subject: String, by actor: Actor, in transaction: any Transaction
    ) throws {
        try DiaryDefinitions.touch(in: transaction)
        try audit.record(
            action, patient: nil, subject: subject, by: actor, at: definitions.clock.now(), in: transaction)
    }
}
