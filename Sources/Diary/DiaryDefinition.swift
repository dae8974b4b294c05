// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Scheduling
import Storage

/// Everything about the diary that changes only when the owner changes it: services, resources, hours, rules.
package struct DiaryDefinition: Sendable {
    let version: Int64
    /// The clinic's zone; all hours are in its wall time.
    package let zone: TimeZone
    /// How long before a visit it may last be booked by the public.
    package let leadMinutes: Int
    /// How far ahead the public may book.
    package let horizonDays: Int
    /// In the owner's order.
    package let services: [HealthcareService]
    /// In the order in which they were added.
    package let resources: [DiaryResource]
    package let offsets: ZoneOffsets
    /// `{"id":"…","name":"…"}` of each clinician, by number.
    let clinicianJSON: [Int: [UInt8]]

    private let servicesBySlug: [String: HealthcareService]
    private let servicesByID: [HealthcareService.ID: HealthcareService]
    private let resourcesByID: [DiaryResource.ID: DiaryResource]
    private let resourcesByNumber: [Int: DiaryResource]

    package func service(slug: String) -> HealthcareService? { servicesBySlug[slug] }
    package func service(_ id: HealthcareService.ID) -> HealthcareService? { servicesByID[id] }
    package func resource(_ id: DiaryResource.ID) -> DiaryResource? { resourcesByID[id] }
    func resource(number: Int) -> DiaryResource? { resourcesByNumber[number] }

    package var clinicians: [DiaryResource] { resources.filter { $0.kind == .clinician } }

    /// The pure search for a service. With a clinician, only that one will do for the part that is theirs.
    func search(for service: HealthcareService, clinician: DiaryResource? = nil) -> SlotSearch {
        SlotSearch(
            durationMinutes: service.durationMinutes,
            requirements: service.description.requirements.map { requirement in
                let pool = requirement.candidates.compactMap { resourcesByID[$0]?.number }
                guard let clinician, pool.contains(clinician.number) else {
                    return SlotSearch.Requirement(pool: pool, span: requirement.span)
                }
                return SlotSearch.Requirement(pool: [clinician.number], span: requirement.span)
            })
    }

    /// The cells at which the public may start a visit at `now`: neither past, nor too soon, nor beyond the horizon.
    func bookableStarts(at now: Date) -> Range<Int> {
        let soonest = now.timeIntervalSince1970 + Double(leadMinutes) * 60
        let first = Int((soonest / Double(CellGrid.secondsPerCell)).rounded(.up))
        return first..<max(first, CellGrid.cell(containing: now.addingTimeInterval(Double(horizonDays) * 86_400)) + 1)
    }

    static func load(version row: Row, in transaction: any Transaction, at now: Date) throws -> DiaryDefinition {
        let resources = try loadResources(in: transaction)
        let services = try loadServices(resources: resources, in: transaction)
        let identifier: String = try row.get("time_zone")
        guard let zone = TimeZone(identifier: identifier) else {
            throw DatabaseError.column("diary_version.time_zone holds \(identifier), which is no IANA time zone")
        }
        let horizon: Int = try row.get("horizon_days")
        let today = CellGrid.day(of: CellGrid.cell(containing: now))
        return DiaryDefinition(
            version: try row.get("version"), zone: zone, leadMinutes: try row.get("lead_minutes"),
            horizonDays: horizon, services: services, resources: resources,
            // A year beyond the horizon, so that a program that runs for months still finds its days here.
            offsets: ZoneOffsets(zone: zone, days: today - 30..<today + horizon + 366),
            clinicianJSON: Dictionary(
                uniqueKeysWithValues: resources.map { resource in
                    var bytes: [UInt8] = Array("{\"id\":".utf8)
                    JSONText.write(resource.id.description, into: &bytes)
                    bytes += Array(",\"name\":".utf8)
                    JSONText.write(resource.name, into: &bytes)
                    bytes.append(UInt8(ascii: "}"))
                    return (resource.number, bytes)
                }),
            servicesBySlug: Dictionary(uniqueKeysWithValues: services.map { ($0.slug, $0) }),
            servicesByID: Dictionary(uniqueKeysWithValues: services.map { ($0.id, $0) }),
            resourcesByID: Dictionary(uniqueKeysWithValues: resources.map { ($0.id, $0) }),
            resourcesByNumber: Dictionary(uniqueKeysWithValues: resources.map { ($0.number, $0) }))
    }

    private static func loadResources(in transaction: any Transaction) throws -> [DiaryResource] {
        var rules: [Int: [Weekday: [WallInterval]]] = [:]
        for row in try transaction.rows("SELECT * FROM resource_hours ORDER BY resource, weekday, opens_minute") {
            guard let weekday = Weekday(rawValue: try row.get("weekday")), let interval = try interval(row) else {
                throw DatabaseError.column("resource_hours holds an interval that no day has")
            }
            rules[try row.get("resource"), default: [:]][weekday, default: []].append(interval)
        }
        var exceptions: [Int: [CivilDate: [WallInterval]]] = [:]
        for row in try transaction.rows("SELECT * FROM resource_exception ORDER BY resource, date, opens_minute") {
            guard let date = CivilDate(iso: try row.get("date", as: String.self)) else {
                throw DatabaseError.column("resource_exception.date is no date")
            }
            // A closed date is kept as one interval without length.
            let intervals = try interval(row).map { [$0] } ?? []
            exceptions[try row.get("resource"), default: [:]][date, default: []] += intervals
        }
        return try transaction.rows("SELECT * FROM resource ORDER BY number").map { row in
            let number: Int = try row.get("number")
            return DiaryResource(
                id: try row.get("id"), kind: try row.get("kind"), name: try row.get("name"),
                title: try row.get("title"), staff: try row.get("staff"),
                hours: WeeklyHours(rules: rules[number] ?? [:], exceptions: exceptions[number] ?? [:]), number: number)
        }
    }

    private static func interval(_ row: Row) throws -> WallInterval? {
        WallInterval(opensMinute: try row.get("opens_minute"), closesMinute: try row.get("closes_minute"))
    }

    private static func loadServices(
        resources: [DiaryResource], in transaction: any Transaction
    ) throws -> [HealthcareService] {
        let identifiers = Dictionary(uniqueKeysWithValues: resources.map { ($0.number, $0.id) })
        var candidates: [HealthcareService.ID: [Int: [DiaryResource.ID]]] = [:]
        for row in try transaction.rows("SELECT * FROM service_candidate ORDER BY service, requirement, position") {
            guard let resource = identifiers[try row.get("resource")] else { continue }
            candidates[try row.get("service"), default: [:]][try row.get("requirement"), default: []].append(resource)
        }
        var requirements: [HealthcareService.ID: [HealthcareService.Requirement]] = [:]
        for row in try transaction.rows("SELECT * FROM service_requirement ORDER BY service, position") {
            let service: HealthcareService.ID = try row.get("service")
            requirements[service, default: []].append(
                HealthcareService.Requirement(
                    kind: try row.get("kind"), candidates: candidates[service]?[try row.get("position")] ?? [],
                    span: ServiceSpan(
                        minutesBefore: try row.get("minutes_before"), minutesAfter: try row.get("minutes_after"))))
        }
        return try transaction.rows("SELECT * FROM service ORDER BY position, slug").map { row in
            let id: HealthcareService.ID = try row.get("id")
            return HealthcareService(
                id: id,
                description: HealthcareService.Description(
                    slug: try row.get("slug"), name: try row.get("name"), summary: try row.get("description"),
                    durationMinutes: try row.get("duration_minutes"), stepMinutes: try row.get("step_minutes"),
                    modality: try row.get("modality"),
                    price: Money(minorUnits: try row.get("price_minor_units"), currency: try row.get("currency")),
                    requirements: requirements[id] ?? [],
                    payment: HealthcareService.Payment(
                        word: try row.get("payment"), depositMinorUnits: try row.get("deposit_minor_units"),
                        currency: try row.get("currency")) ?? .atVisit,
                    policy: ChangePolicy(
                        freeHours: try row.get("free_change_hours"),
                        lateFee: Money(
                            minorUnits: try row.get("late_fee_minor_units"), currency: try row.get("currency")),
                        noShowFee: Money(
                            minorUnits: try row.get("no_show_fee_minor_units"), currency: try row.get("currency")))))
        }
    }
}
