// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
import Scheduling
package import Storage

/// Whether a visit fits somewhere, told before anybody drops it there.
package enum BookingFit: Sendable, Hashable {
    case free
    /// What stands against it, in words for the desk; an override can still put it there.
    case blocked([String])
    /// No override helps.
    case impossible(BookingError)
}

extension Bookings {
    /// Looks whether a booking could be moved there. Changes nothing.
    package func fit(
        _ id: Booking.ID, at start: Date, clinician: DiaryResource.ID?, resources: [DiaryResource.ID] = [],
        durationMinutes: Int? = nil, by actor: Actor, in transaction: any Transaction
    ) throws -> BookingFit {
        let booking = try require(id, in: transaction)
        let place = Place(
            service: booking.service.slug, start: start, clinician: clinician, resources: resources,
            durationMinutes: durationMinutes ?? booking.durationMinutes)
        do {
            _ = try choose(place, at: definitions.clock.now(), by: actor, except: id, in: transaction)
            return .free
        } catch let error as BookingError {
            guard error == .taken || error == .outsideHours else { return .impossible(error) }
            return .blocked(try obstacles(to: place, except: id, in: transaction))
        }
    }

    /// Which resources are closed or taken, and by what.
    private func obstacles(
        to place: Place, except id: Booking.ID, in transaction: any Transaction
    ) throws -> [String] {
        let definition = try definitions.current(in: transaction)
        guard let service = definition.service(slug: place.service), let startCell = CellGrid.cell(at: place.start)
        else { return [] }
        let minutes = place.durationMinutes ?? service.durationMinutes
        let wanted = Set(place.resources + [place.clinician].compactMap { $0 })
        var words: [String] = []
        for requirement in service.description.requirements {
            let span = requirement.span.claim(start: startCell, durationMinutes: minutes)
            let asked = requirement.candidates.filter { wanted.contains($0) }
            let pool = (asked.isEmpty ? requirement.candidates : asked).compactMap { definition.resource($0) }
            var reasons: [String] = []
            for resource in pool {
                let isOpen = CellGrid.masks(of: span).allSatisfy {
                    $0.cells.subtracting(resource.hours.openCells(day: $0.day, offsets: definition.offsets)).isEmpty
                }
                if !isOpen {
                    reasons.append("\(resource.name) is closed then")
                } else if try isClaimed(resource, span, except: id, in: transaction) {
                    reasons.append("\(resource.name) is taken")
                }
            }
            if reasons.count == pool.count { words += reasons }
        }
        return words
    }

    private func isClaimed(
        _ resource: DiaryResource, _ span: Range<Int>, except id: Booking.ID, in transaction: any Transaction
    ) throws -> Bool {
        let now = definitions.clock.now()
        return try transaction.first(
            """
            SELECT 1 AS found FROM claim JOIN booking ON booking.id = claim.booking
            WHERE claim.resource = \(resource.number) AND claim.first_cell < \(span.upperBound)
                AND claim.end_cell > \(span.lowerBound) AND NOT claim.is_overlap AND booking.id <> \(id)
                AND (booking.state = 'confirmed' OR (booking.state = 'pending'
                    AND (booking.held_until IS NULL OR booking.held_until > \(now))))
                AND booking.starts_at > \(CellGrid.instant(of: span.lowerBound - 2 * CellGrid.cellsPerDay))
                AND booking.starts_at < \(CellGrid.instant(of: span.upperBound + 2 * CellGrid.cellsPerDay))
            UNION ALL
            SELECT 1 AS found FROM block WHERE resource = \(resource.number) AND first_cell < \(span.upperBound)
                AND end_cell > \(span.lowerBound)
            """) != nil
    }
}
