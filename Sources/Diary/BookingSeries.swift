// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
import Scheduling
package import Storage

// Several visits at once, all or none.
extension Bookings {
    /// Books the same visit at each of `starts`, all under one series.
    /// - Throws: `BookingError.seriesTaken` with every start that can't be had; nothing is booked then.
    package func bookSeries(
        _ request: Request, starts: [Date], by actor: Actor, in transaction: any Transaction
    ) throws -> [Booked] {
        let series = UUID().uuidString.lowercased()
        var booked: [Booked] = []
        var lost: [Date] = []
        for start in starts {
            var one = request
            one.start = start
            one.series = series
            do {
                booked.append(try book(one, by: actor, in: transaction))
            } catch let error as BookingError where error.isAboutTheTime {
                lost.append(start)
            }
        }
        guard lost.isEmpty else { throw BookingError.seriesTaken(lost) }
        return booked
    }

    /// Moves all coming visits of a series by so many days and to another wall time; the distance between them stays.
    /// - Parameter minuteOfDay: nil keeps each visit's own time.
    /// - Throws: `BookingError.seriesTaken` with the starts that can't be had; nothing is moved then.
    package func moveSeries(
        _ series: String, byDays days: Int, minuteOfDay: Int?, clinician: DiaryResource.ID? = nil, by actor: Actor,
        in transaction: any Transaction
    ) throws -> [Booking] {
        let now = definitions.clock.now()
        let offsets = try definitions.current(in: transaction).offsets
        let coming = try all(series: series, in: transaction).filter {
            $0.isLive(at: now) && $0.start > now && $0.attendance == nil
        }
        guard !coming.isEmpty else { throw BookingError.notFound }
        // All make room first, so that a visit may take the place that another one of the series leaves.
        for booking in coming { try free(booking.id, in: transaction) }
        var moved: [Booking] = []
        var lost: [Date] = []
        for booking in coming {
            let cell = CellGrid.cell(containing: booking.start)
            let date = offsets.localDate(at: cell).adding(days: days)
            let minute = minuteOfDay ?? offsets.localMinute(at: cell)
            guard let target = offsets.cell(on: date, minuteOfDay: minute) else {
                lost.append(booking.start)
                continue
            }
            do {
                moved.append(
                    try place(
                        booking, at: CellGrid.instant(of: target), clinician: clinician ?? booking.clinician?.id,
                        by: actor, in: transaction))
            } catch let error as BookingError where error.isAboutTheTime {
                lost.append(CellGrid.instant(of: target))
            }
        }
        guard lost.isEmpty else { throw BookingError.seriesTaken(lost) }
        return moved
    }
}

extension BookingError {
    /// Whether another time would cure it.
    var isAboutTheTime: Bool {
        switch self {
        case .taken, .offGrid, .inThePast, .tooSoon, .beyondHorizon, .outsideHours: true
        default: false
        }
    }
}
