// SPDX-License-Identifier: Apache-2.0

/// Reads TRC files (Motion Analysis, OpenSim, markerless systems): marker positions as tab-separated text.
public enum TRC {
    /// Reads a file.
    ///
    /// - Parameter bytes: the whole file.
    /// - Throws: `RecordingError` saying what is wrong, at which byte, and what to do.
    public static func read(_ bytes: [UInt8]) throws(RecordingError) -> Recording {
        guard !bytes.isEmpty else { throw RecordingError(.empty, "The file is empty") }
        let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
        guard recordedText(lines[0]).hasPrefix("PathFileType") else {
            throw RecordingError(.notARecording, "This is not a TRC file: it does not begin with “PathFileType”", at: 0)
        }
        guard lines.count >= 5 else {
            throw RecordingError(.truncated, "The file ends within its head", at: bytes.count)
        }
        let names = fields(lines[1])
        let values = fields(lines[2])
        func value(_ name: String) -> String? {
            guard let column = names.firstIndex(of: name), column < values.count else { return nil }
            return values[column]
        }
        guard let rate = value("DataRate").flatMap(Double.init), rate >= 1, rate <= 100_000 else {
            throw RecordingError(.damagedDescription, "The head gives no usable DataRate", at: lines[2].startIndex)
        }
        guard let frames = value("NumFrames").flatMap(Int.init), frames > 0 else {
            throw RecordingError(.damagedDescription, "The head gives no NumFrames", at: lines[2].startIndex)
        }
        guard let markerCount = value("NumMarkers").flatMap(Int.init), markerCount > 0, markerCount < 100_000 else {
            throw RecordingError(.damagedDescription, "The head gives no NumMarkers", at: lines[2].startIndex)
        }
        // Every coordinate takes a byte at least; so memory stays proportional to the file.
        guard !frames.multipliedReportingOverflow(by: markerCount).overflow, frames * markerCount <= bytes.count else {
            throw RecordingError(
                .truncated, "The file promises \(frames) frames of \(markerCount) markers and is too short for them",
                at: bytes.count)
        }
        let unitName = value("Units") ?? "mm"
        guard let unit = lengthUnit(unitName) else {
            throw RecordingError(.unsupported, "The positions are in the unknown unit “\(unitName)”")
        }
        let labels = fields(lines[3]).dropFirst(2).filter { !$0.isEmpty }
        guard labels.count >= markerCount else {
            throw RecordingError(
                .damagedDescription, "The head promises \(markerCount) markers and names \(labels.count)",
                at: lines[3].startIndex)
        }
        return try rows(
            lines[5...], rate: rate, frames: frames, labels: Array(labels.prefix(markerCount)), unit: unit,
            byteCount: bytes.count)
    }

    private static func rows(
        _ lines: ArraySlice<ArraySlice<UInt8>>, rate: Double, frames: Int, labels: [String], unit: Double,
        byteCount: Int
    ) throws(RecordingError) -> Recording {
        var coordinates: [Float] = []
        var firstFrame = 1
        var read = 0
        for line in lines where read < frames {
            let cells = fields(line)
            guard cells.contains(where: { !$0.isEmpty }) else { continue }
            guard let number = cells.first.flatMap({ Double($0) }).flatMap({ Int(exactly: $0.rounded()) }) else {
                throw RecordingError(
                    .damagedDescription, "A row does not begin with its frame's number", at: line.startIndex)
            }
            if read == 0 { firstFrame = min(max(number, 0), 1 << 31) }
            for marker in labels.indices {
                let numbers = (0..<3).map { axis -> Float in
                    let column = 2 + marker * 3 + axis
                    guard column < cells.count, let value = Double(cells[column]), value.isFinite else { return .nan }
                    return Float(value * unit)
                }
                let isSeen = numbers.allSatisfy(\.isFinite) && numbers != [0, 0, 0]
                coordinates += isSeen ? numbers : [.nan, .nan, .nan]
            }
            read += 1
        }
        guard read == frames else {
            throw RecordingError(.truncated, "The file promises \(frames) frames and holds \(read)", at: byteCount)
        }
        return Recording(
            format: .trc, pointRate: rate, firstFrame: firstFrame, frameCount: frames, pointLabels: labels,
            coordinates: coordinates)
    }

    /// The cells of a line; without the carriage return that Windows adds.
    private static func fields(_ line: ArraySlice<UInt8>) -> [String] {
        line.split(separator: 9, omittingEmptySubsequences: false).map { recordedText($0) }
    }
}
