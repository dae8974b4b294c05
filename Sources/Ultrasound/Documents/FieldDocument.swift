// SPDX-License-Identifier: Apache-2.0

/// A motion field as `fascia.ultrasound.field/1` JSON: the file that `framesFile` of ``TrackDocument`` names.
///
///     {"schema":"fascia.ultrasound.field/1","spacingPixels":16,"columns":31,"rows":31,"frameCount":90,"restFrame":0,
///      "points":[{"name":"r0c0","row":0,"column":0,"positions":[[16,16],…],"confidence":[1,…],"errorPixels95":[0,…]},…]}
///
/// Points row by row; `positions`, `confidence` and `errorPixels95` as in ``TrackDocument``, one entry for each frame.
public enum FieldDocument {
    /// The bytes of the file.
    public static func bytes(_ field: MotionField) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(field.columns * field.rows * field.frameCount * 32 + 1024)
        func add(_ string: String) { text.append(contentsOf: string.utf8) }
        add("{\"schema\":\"fascia.ultrasound.field/1\",\"spacingPixels\":\(field.spacingPixels),")
        add("\"columns\":\(field.columns),\"rows\":\(field.rows),\"frameCount\":\(field.frameCount),")
        add("\"restFrame\":\(field.restFrame),\n\"points\":[")
        for row in 0..<field.rows {
            for column in 0..<field.columns {
                if row + column > 0 { add(",") }
                let track = field.track(column: column, row: row)
                add("\n{\"name\":\"r\(row)c\(column)\",\"row\":\(row),\"column\":\(column),\"positions\":[")
                for (index, place) in track.positions.enumerated() {
                    if index > 0 { add(",") }
                    add("[")
                    Self.number(place.x, &text)
                    add(",")
                    Self.number(place.y, &text)
                    add("]")
                }
                add("],\"confidence\":[")
                for (index, value) in track.confidence.enumerated() {
                    if index > 0 { add(",") }
                    Self.number(value, &text)
                }
                add("],\"errorPixels95\":[")
                for (index, value) in track.errorPixels95.enumerated() {
                    if index > 0 { add(",") }
                    if value.isFinite { Self.number(value, &text) } else { add("null") }
                }
                add("]}")
            }
        }
        add("]}\n")
        return text
    }

    /// A number with up to four places after the point, without going through a formatter.
    private static func number(_ value: Double, _ text: inout [UInt8]) {
        guard value.isFinite, abs(value) < 1e12 else {
            text.append(UInt8(ascii: "0"))
            return
        }
        var whole = Int((abs(value) * 10_000).rounded())
        if value < 0, whole > 0 { text.append(UInt8(ascii: "-")) }
        var part = whole % 10_000
        whole /= 10_000
        text.append(contentsOf: String(whole).utf8)
        guard part > 0 else { return }
        text.append(UInt8(ascii: "."))
        var digit = 1000
        while part > 0 {
            text.append(UInt8(ascii: "0") + UInt8(part / digit))
            part %= digit
            digit /= 10
        }
    }
}
