// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// What calendar and clock on the wall show at an instant. By arithmetic, not by `Calendar`, which takes longer than the rest of
/// a line of a list.
public struct WallTime: Hashable, Sendable {
    /// The day of the calendar.
    public let date: CivilDate
    /// Seconds since midnight by the wall clock: on a day on which clocks are changed not those that have passed.
    public let secondOfDay: Int

    /// - Parameter zone: where the wall is.
    public init(_ instant: Date, in zone: TimeZone) {
        let seconds = Int(instant.timeIntervalSince1970.rounded(.down)) + zone.secondsFromGMT(for: instant)
        let day = floorDivide(seconds, 86_400)
        date = CivilDate(daysSince1970: day)
        secondOfDay = seconds - day * 86_400
    }

    /// Whole minutes since midnight by the wall clock.
    public var minuteOfDay: Int { secondOfDay / 60 }
}
