// SPDX-License-Identifier: Apache-2.0

extension C3D {
    /// The same file without the names of its subjects: in SUBJECTS, in EVENT:SUBJECTS, and before the colons of labels. Lengths and every number stay as they are.
    ///
    /// - Throws: `RecordingError` where the file can't be read at all.
    public static func withoutNames(_ bytes: [UInt8]) throws(RecordingError) -> [UInt8] {
        let names = try read(bytes).subjectNames.map { Array($0.utf8) }.filter { $0.count > 1 }
        var result = bytes
        let start = (Int(bytes[0]) - 1) * 512
        guard let encoding = NumberEncoding(rawValue: bytes[start + 3]) else { return bytes }
        let reader = ByteReader(bytes: bytes, encoding: encoding)
        let dataStart = (try C3DLayout.dataBlock(reader, nil) - 1) * 512
        let end = dataStart > start ? min(dataStart, bytes.count) : bytes.count
        let parameters = try C3DParameters(reader, start: start, end: end)
        for (name, parameter) in parameters.all {
            guard case .text = parameter.values, let width = parameter.dimensions.first, width > 0 else { continue }
            let first = parameter.byteOffset + 2 + parameter.dimensions.count
            let count = parameter.dimensions.reduce(1, *)
            let isNameList = name == "SUBJECTS:NAMES" || name == "EVENT:SUBJECTS" || name == "SUBJECTS:LABEL_PREFIXES"
            for entry in stride(from: first, to: first + count, by: width) {
                let range = entry..<(entry + width)
                if isNameList {
                    for index in range { result[index] = 32 }
                    continue
                }
                var text = Array(result[range])
                if let colon = text.firstIndex(of: 58), name.contains(":LABELS") || name.contains(":DESCRIPTIONS") {
                    text = Array(text[(colon + 1)...]) + [UInt8](repeating: 32, count: colon + 1)
                }
                for known in names where known.count <= text.count {
                    for place in 0...(text.count - known.count)
                    where Array(text[place..<(place + known.count)]) == known && name.hasPrefix("SUBJECTS:") {
                        for index in place..<(place + known.count) { text[index] = 32 }
                    }
                }
                result.replaceSubrange(range, with: text)
            }
        }
        return result
    }
}
