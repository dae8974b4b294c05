// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Scheduling

/// The times at which a service can be had, each with the clinicians who are free for it.
package struct SlotList: Sendable {
    package struct Start: Sendable {
        /// The cell at which the visit starts.
        let cell: Int
        let clinicianNumbers: [Int]
        package let start: Date
        package let end: Date
        /// The clinic's wall date, and minutes since its midnight by the wall clock. A repeated hour has two starts that
        /// differ only in their offset.
        package let localDate: CivilDate
        package let localMinute: Int
        package let utcOffsetSeconds: Int

        /// RFC 3339 with the offset in force, what `POST /api/v1/bookings` takes back.
        package var startText: String {
            RFC3339.string(
                secondsSince1970: cell * CellGrid.secondsPerCell, utcOffsetSeconds: utcOffsetSeconds)
        }
    }

    package let service: HealthcareService
    /// In order of time.
    package let starts: [Start]
    private let definition: DiaryDefinition

    /// The clinic's IANA zone.
    package var timeZone: String { definition.zone.identifier }

    /// Who is free at a start, in the service's order of preference.
    package func clinicians(at start: Start) -> [DiaryResource] {
        start.clinicianNumbers.compactMap { definition.resource(number: $0) }
    }

    init(service: HealthcareService, openings: Openings?, definition: DiaryDefinition) {
        self.service = service
        self.definition = definition
        let leading = service.description.requirements.firstIndex { $0.kind == .clinician }
        var starts: [Start] = []
        openings?.possible.forEachCell { cell in
            let start = CellGrid.instant(of: cell)
            starts.append(
                Start(
                    cell: cell, clinicianNumbers: leading.map { openings?.free(for: $0, at: cell) ?? [] } ?? [],
                    start: start, end: start.addingTimeInterval(Double(service.durationMinutes) * 60),
                    localDate: definition.offsets.localDate(at: cell),
                    localMinute: definition.offsets.localMinute(at: cell),
                    utcOffsetSeconds: definition.offsets.utcOffsetSeconds(at: cell)))
        }
        self.starts = starts
    }

    /// The body of `GET /api/v1/services/{slug}/slots`: one slot for each start and free clinician.
    package var json: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(64 + starts.reduce(0) { $0 + 176 * max(1, $1.clinicianNumbers.count) })
        bytes += Array("{\"timeZone\":".utf8)
        JSONText.write(timeZone, into: &bytes)
        bytes += Array(",\"slots\":[".utf8)
        let afterStart = Array("\",\"end\":\"".utf8)
        let afterEnd = Array("\",\"clinician\":".utf8)
        var isFirst = true
        var head: [UInt8] = []
        for start in starts {
            head.removeAll(keepingCapacity: true)
            head += Array("{\"start\":\"".utf8)
            let seconds = start.cell * CellGrid.secondsPerCell
            RFC3339.write(secondsSince1970: seconds, utcOffsetSeconds: start.utcOffsetSeconds, into: &head)
            head += afterStart
            let end = seconds + service.durationMinutes * 60
            RFC3339.write(
                secondsSince1970: end,
                utcOffsetSeconds: definition.offsets.utcOffsetSeconds(
                    at: start.cell + service.durationMinutes / CellGrid.minutesPerCell), into: &head)
            head += afterEnd
            for number in start.clinicianNumbers {
                if !isFirst { bytes.append(UInt8(ascii: ",")) }
                isFirst = false
                bytes += head
                bytes += definition.clinicianJSON[number] ?? Array("null".utf8)
                bytes.append(UInt8(ascii: "}"))
            }
            if start.clinicianNumbers.isEmpty {
                if !isFirst { bytes.append(UInt8(ascii: ",")) }
                isFirst = false
                bytes += head
                bytes += Array("null}".utf8)
            }
        }
        bytes += Array("]}".utf8)
        return bytes
    }
}
