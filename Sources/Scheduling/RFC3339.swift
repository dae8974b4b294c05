// SPDX-License-Identifier: Apache-2.0

/// Writes instants as RFC 3339 text by hand: a list of slots is mostly such text, and a formatter costs more than the
/// search that found them.
public enum RFC3339 {
    /// Appends `2026-03-08T09:00:00-04:00`: the wall time of an instant and the offset that was in force.
    ///
    /// - Parameters:
    ///   - secondsSince1970: the instant, in whole seconds UTC.
    ///   - utcOffsetSeconds: local time minus UTC, in seconds; RFC 3339 has whole minutes, so seconds are cut off.
    ///     Zero is written `Z`.
    ///   - bytes: where the 20 or 25 bytes go.
    public static func write(secondsSince1970: Int, utcOffsetSeconds: Int, into bytes: inout [UInt8]) {
        let offsetMinutes = utcOffsetSeconds / 60
        let local = secondsSince1970 + offsetMinutes * 60
        let day = floorDivide(local, 86_400)
        let second = local - day * 86_400
        writeDate(CivilDate(daysSince1970: day), into: &bytes)
        bytes.append(UInt8(ascii: "T"))
        writeTwo(second / 3600, into: &bytes)
        bytes.append(UInt8(ascii: ":"))
        writeTwo(second / 60 % 60, into: &bytes)
        bytes.append(UInt8(ascii: ":"))
        writeTwo(second % 60, into: &bytes)
        guard offsetMinutes != 0 else {
            bytes.append(UInt8(ascii: "Z"))
            return
        }
        bytes.append(offsetMinutes < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
        writeTwo(abs(offsetMinutes) / 60, into: &bytes)
        bytes.append(UInt8(ascii: ":"))
        writeTwo(abs(offsetMinutes) % 60, into: &bytes)
    }

    /// The same as a string.
    public static func string(secondsSince1970: Int, utcOffsetSeconds: Int) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(25)
        write(secondsSince1970: secondsSince1970, utcOffsetSeconds: utcOffsetSeconds, into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends `YYYY-MM-DD`.
    public static func writeDate(_ date: CivilDate, into bytes: inout [UInt8]) {
        let (year, month, day) = date.components
        writeTwo(year / 100, into: &bytes)
        writeTwo(year % 100, into: &bytes)
        bytes.append(UInt8(ascii: "-"))
        writeTwo(month, into: &bytes)
        bytes.append(UInt8(ascii: "-"))
        writeTwo(day, into: &bytes)
    }

    @inline(__always)
    private static func writeTwo(_ number: Int, into bytes: inout [UInt8]) {
        bytes.append(UInt8(truncatingIfNeeded: 48 + number / 10))
        bytes.append(UInt8(truncatingIfNeeded: 48 + number % 10))
    }
}
