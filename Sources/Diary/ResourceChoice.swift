// SPDX-License-Identifier: Apache-2.0

import Foundation
import Scheduling
import Storage

/// Which resources a visit claims: one for each requirement of its service, chosen inside the transaction that claims them.
struct ResourceChoice {
    let service: HealthcareService
    let startCell: Int
    let durationMinutes: Int
    /// Resources that were asked for; the choice is the clinic's where none of a requirement's candidates is among them.
    var wanted: Set<Int> = []
    /// Staff wants this time whatever stands against it.
    var isOverride = false

    /// A claim and whether it takes its cells; one that overlaps on purpose does not.
    struct Chosen: Hashable {
        let claim: BusyCells.Claim
        let overlaps: Bool
    }

    /// The UTC days that the claims of a start may touch.
    static func days(of service: HealthcareService, startCell: Int, durationMinutes: Int) -> Range<Int> {
        let spans = service.description.requirements.map {
            $0.span.claim(start: startCell, durationMinutes: durationMinutes)
        }
        let first = min(startCell, spans.map(\.lowerBound).min() ?? startCell)
        let last = spans.map(\.upperBound).max() ?? startCell + CellGrid.cells(covering: durationMinutes)
        return CellGrid.day(of: first)..<CellGrid.day(of: last - 1) + 1
    }

    /// The clinician with the least to do that day, the first room and device that are free.
    /// - Throws: `BookingError.taken`, `.outsideHours`.
    func make(definition: DiaryDefinition, busy: BusyCells) throws(BookingError) -> [Chosen] {
        var chosen: [Chosen] = []
        var isTaken = false
        for requirement in service.description.requirements {
            let span = requirement.span.claim(start: startCell, durationMinutes: durationMinutes)
            var pool = requirement.candidates.compactMap { definition.resource($0) }
            let asked = pool.filter { wanted.contains($0.number) }
            if !asked.isEmpty { pool = asked }
            let open = pool.filter { resource in
                CellGrid.masks(of: span).allSatisfy {
                    $0.cells.subtracting(resource.hours.openCells(day: $0.day, offsets: definition.offsets)).isEmpty
                }
            }
            let free = open.filter { busy.free($0, offsets: definition.offsets).contains(span) }
            if let best = least(free, busy) {
                chosen.append(Chosen(claim: BusyCells.Claim(resource: best.number, span: span), overlaps: false))
            } else if isOverride, let best = least(open.isEmpty ? pool : open, busy) {
                chosen.append(Chosen(claim: BusyCells.Claim(resource: best.number, span: span), overlaps: true))
            } else if open.isEmpty {
                throw .outsideHours
            } else {
                isTaken = true
            }
        }
        if isTaken { throw .taken }
        return chosen
    }

    private func least(_ resources: [DiaryResource], _ busy: BusyCells) -> DiaryResource? {
        resources.first?.kind == .clinician
            ? resources.min { busy.load(of: $0.number) < busy.load(of: $1.number) } : resources.first
    }
}
