// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Listens to what ffmpeg says while it decodes: the time of each frame, and complaints.
struct FilmListener {
    /// Presentation time of each frame in seconds; nothing where the film has none.
    private(set) var times: [Double?] = []
    /// The first complaint about damage.
    private(set) var complaint: String?
    /// Frames changed their size on the way.
    private(set) var sizeChanged = false

    /// ffmpeg is of another age and does not know an option.
    var isUnknownOption: Bool { complaint?.contains("nrecognized option") ?? false }

    /// Seconds of one tick of the film's clock; its rounded seconds are not used, they lose digits in long films.
    private var tick: Double?
    private var line: [UInt8] = []
    private var size: Substring?

    mutating func take(_ bytes: UnsafeRawBufferPointer) {
        for byte in bytes {
            if byte == 10 || byte == 13 {
                hear(String(decoding: line, as: UTF8.self))
                line.removeAll(keepingCapacity: true)
            } else if line.count < 4096 {
                line.append(byte)
            }
        }
    }

    private mutating func hear(_ text: String) {
        if text.contains("Parsed_showinfo"), text.contains(" n:") {
            let ticks = Self.word(" pts:", in: text).flatMap { Double($0) }
            times.append(ticks.flatMap { ticks in tick.map { ticks * $0 } })
            if let now = Self.word(" s:", in: text) {
                if let size, size != now { sizeChanged = true }
                size = now
            }
        } else if text.contains("Parsed_showinfo"), let base = Self.word("time_base:", in: text) {
            let parts = base.split { $0 == "/" || $0 == "," }.compactMap { Double($0) }
            if parts.count == 2, parts[0] > 0, parts[1] > 0, tick == nil { tick = parts[0] / parts[1] }
        } else if complaint == nil, text.contains("[error]") || text.contains("[fatal]") || text.contains("[panic]"),
            !text.contains("non monoton")
        {
            // "[h264 @ 0x55…] [error] message": the message is for people.
            complaint = String(text.split(separator: "] ").last ?? "").trimmingPrefixSpaces
        }
    }

    /// The word after a label.
    private static func word(_ label: String, in text: String) -> Substring? {
        guard let range = text.range(of: label) else { return nil }
        let rest = text[range.upperBound...].drop { $0 == " " }
        return rest.prefix { $0 != " " }
    }
}

extension String {
    fileprivate var trimmingPrefixSpaces: String { String(drop { $0 == " " }) }
}
