// SPDX-License-Identifier: Apache-2.0

package import Scheduling
package import Storage

/// Why no slots could be listed.
package enum SlotsError: Error, Sendable, Equatable {
    case unknownService(String)
    case unknownClinician(String)
    /// `to` lies before `from`, or more than 62 days are asked for.
    case badRange

    package var explanation: String {
        switch self {
        case .unknownService(let slug): "There is no service \"\(slug)\". GET /api/v1/services lists them."
        case .unknownClinician(let id): "There is no clinician \"\(id)\"."
        case .badRange: "Ask for at most \(Slots.mostDays) days, with \"to\" not before \"from\"."
        }
    }
}

/// What can be booked.
package struct Slots: Sendable {
    package static let mostDays = 62

    private let definitions: DiaryDefinitions

    package init(definitions: DiaryDefinitions) { self.definitions = definitions }

    /// The open starts of a service on the clinic's dates `from` to `to`, both included.
    /// - Parameter booking: one that is to be moved: what it claims itself counts as free.
    /// - Throws: `SlotsError`.
    package func slots(
        service slug: String, from: CivilDate, to: CivilDate, clinician: DiaryResource.ID? = nil,
        moving booking: Booking.ID? = nil, in transaction: any Transaction
    ) throws -> SlotList {
        guard from <= to, to.daysSince1970 - from.daysSince1970 < Self.mostDays else { throw SlotsError.badRange }
        let now = definitions.clock.now()
        var plan: Plan?
        var (definition, busy) = try definitions.withBusyCells(in: transaction) { definition in
            plan = nil
            guard let service = definition.service(slug: slug) else { return 0..<0 }
            let made = Plan(
                service: service, clinician: clinician.flatMap { definition.resource($0) }, dates: from...to,
                bookable: definition.bookableStarts(at: now), definition: definition)
            plan = made
            return made.days
        }
        guard let plan else { throw SlotsError.unknownService(slug) }
        if let booking { try busy.forget(claimsOf: booking, in: transaction) }
        if let clinician {
            guard definition.resource(clinician)?.kind == .clinician else {
                throw SlotsError.unknownClinician(clinician.description)
            }
            guard plan.service.clinicians.contains(clinician) else {
                return SlotList(service: plan.service, openings: nil, definition: definition)
            }
        }
        return SlotList(service: plan.service, openings: plan.openings(busy: busy), definition: definition)
    }
}

/// The half of a search that needs only the definition: where visits could start if nobody had booked, and so which days
/// of busy cells have to be read at all.
private struct Plan {
    let service: HealthcareService
    let search: SlotSearch
    /// UTC days that the claims of any possible start touch; empty where there is no start.
    let days: Range<Int>
    private let starts: Timeline
    private let definition: DiaryDefinition

    init(
        service: HealthcareService, clinician: DiaryResource?, dates: ClosedRange<CivilDate>, bookable: Range<Int>,
        definition: DiaryDefinition
    ) {
        self.service = service
        self.definition = definition
        search = definition.search(for: service, clinician: clinician)
        let span = ZoneOffsets.days(holding: dates)
        var allowed = Timeline(firstDay: span.lowerBound, dayCount: span.count)
        var leadingHours = allowed
        let leading = service.description.requirements.first { $0.kind == .clinician }?.candidates ?? []
        let wanted = leading.compactMap { definition.resource($0) }.filter {
            clinician == nil || $0.id == clinician?.id
        }
        for day in span {
            let midnight = day * CellGrid.cellsPerDay
            allowed[day: day] = definition.offsets.gridStarts(
                everyMinutes: service.description.stepMinutes, dates: dates, day: day
            ).intersection(DayCells(bookable.lowerBound - midnight..<bookable.upperBound - midnight))
            // Rooms and devices are open longer than people, so the people's hours narrow the days enough.
            leadingHours[day: day] =
                service.clinicians.isEmpty
                ? .wholeDay
                : wanted.reduce(DayCells()) {
                    $0.union($1.hours.openCells(day: day, offsets: definition.offsets))
                }
        }
        allowed.formIntersection(leadingHours)
        let possible = allowed.days.filter { !allowed[day: $0].isEmpty }
        if let first = possible.first, let last = possible.last {
            let firstCell = first * CellGrid.cellsPerDay + (allowed[day: first].runs.first?.lowerBound ?? 0)
            let lastCell = last * CellGrid.cellsPerDay + (allowed[day: last].runs.last?.upperBound ?? 0)
            days =
                CellGrid.day(of: firstCell - search.reach.before)..<CellGrid.day(of: lastCell + search.reach.after) + 1
        } else {
            days = 0..<0
        }
        var starts = Timeline(firstDay: days.lowerBound, dayCount: days.count)
        for day in days { starts[day: day] = allowed[day: day] }
        self.starts = starts
    }

    func openings(busy: BusyCells) -> Openings? {
        guard !days.isEmpty else { return nil }
        return search.openings(among: starts) { number in
            definition.resource(number: number).map { busy.free($0, offsets: definition.offsets) }
        }
    }
}
