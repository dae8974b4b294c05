// SPDX-License-Identifier: Apache-2.0

/// A MOT or STO file (OpenSim): a head, then columns of numbers against time; forces of plates, joint angles, anything.
///
///     let forces = try StorageTable.read(bytes)
///     let vertical = forces["ground_force_vy"]
public struct StorageTable: Hashable, Sendable {
    /// The words before `endheader`, by name; both `nRows=10` and `nRows 10` are understood.
    public var head: [String: String]
    /// The columns' names, `time` first.
    public var columns: [String]
    /// Row after row, as many numbers in each as there are columns; not-a-number where the file says so.
    public var values: [Double]

    /// How many rows.
    public var rowCount: Int { columns.isEmpty ? 0 : values.count / columns.count }

    /// One column; empty where there is none of that name.
    public subscript(name: String) -> [Double] {
        guard let column = columns.firstIndex(of: name) else { return [] }
        return stride(from: column, to: values.count, by: columns.count).map { values[$0] }
    }

    /// Whether a name is that of such a file.
    public static func isNamed(_ fileName: String) -> Bool {
        let name = fileName.lowercased()
        return name.hasSuffix(".mot") || name.hasSuffix(".sto")
    }

    /// Reads a file; memory stays proportional to its length.
    ///
    /// - Throws: `RecordingError` saying what is wrong, at which byte, and what to do.
    public static func read(_ bytes: [UInt8]) throws(RecordingError) -> StorageTable {
        guard !bytes.isEmpty else { throw RecordingError(.empty, "The file is empty") }
        var lines = bytes.split(separator: 10, omittingEmptySubsequences: true)[...]
        var head: [String: String] = [:]
        var isEnded = false
        while let line = lines.first, !isEnded {
            lines = lines.dropFirst()
            let text = recordedText(line)
            isEnded = text.lowercased() == "endheader"
            let parts = text.split(maxSplits: 1) { $0 == "=" || $0 == " " || $0 == "\t" }
            if parts.count == 2 { head[String(parts[0])] = recordedText(parts[1].utf8) }
        }
        guard isEnded else {
            throw RecordingError(
                .notARecording, "This is not a MOT or STO file: it has no line “endheader”", at: 0,
                advice: "Send the file that OpenSim or the motion-capture software exports.")
        }
        guard let names = lines.first else {
            throw RecordingError(.truncated, "The file ends after its head", at: bytes.count)
        }
        let columns = cells(names).map { recordedText($0) }
        guard columns.first?.lowercased() == "time" else {
            throw RecordingError(.damagedDescription, "The first column is not the time", at: names.startIndex)
        }
        var values: [Double] = []
        for line in lines.dropFirst() {
            let cells = cells(line)
            guard !cells.isEmpty else { continue }
            guard cells.count == columns.count else {
                throw RecordingError(
                    .contradictory, "A row has \(cells.count) numbers instead of \(columns.count)", at: line.startIndex)
            }
            for cell in cells {
                guard let value = Double(recordedText(cell)) else {
                    throw RecordingError(
                        .damagedDescription, "“\(recordedText(cell.prefix(40)))” is not a number", at: cell.startIndex)
                }
                values.append(value)
            }
        }
        let promised = (head["nRows"] ?? head["datarows"]).flatMap(Int.init)
        let rows = values.count / columns.count
        guard promised == nil || promised == rows else {
            throw RecordingError(
                .truncated, "The file promises \(promised ?? 0) rows and holds \(rows)", at: bytes.count)
        }
        return StorageTable(head: head, columns: columns, values: values)
    }

    private static func cells(_ line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        line.split { $0 == 9 || $0 == 32 || $0 == 13 }
    }
}
