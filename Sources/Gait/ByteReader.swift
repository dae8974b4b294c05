// SPDX-License-Identifier: Apache-2.0

/// Reads numbers from bytes; every access is checked, so that no file can trap the program.
struct ByteReader {
    let bytes: [UInt8]
    let encoding: NumberEncoding

    var count: Int { bytes.count }

    func byte(at offset: Int) throws(RecordingError) -> UInt8 {
        guard offset >= 0, offset < bytes.count else { throw pastTheEnd(offset) }
        return bytes[offset]
    }

    func signedByte(at offset: Int) throws(RecordingError) -> Int {
        Int(Int8(bitPattern: try byte(at: offset)))
    }

    func unsigned16(at offset: Int) throws(RecordingError) -> Int {
        guard offset >= 0, offset <= bytes.count - 2 else { throw pastTheEnd(offset) }
        return Int(unchecked16(at: offset))
    }

    func signed16(at offset: Int) throws(RecordingError) -> Int {
        Int(Int16(truncatingIfNeeded: try unsigned16(at: offset)))
    }

    func float(at offset: Int) throws(RecordingError) -> Float {
        guard offset >= 0, offset <= bytes.count - 4 else { throw pastTheEnd(offset) }
        return uncheckedFloat(at: offset)
    }

    func slice(_ range: Range<Int>) throws(RecordingError) -> ArraySlice<UInt8> {
        guard range.lowerBound >= 0, range.upperBound <= bytes.count else { throw pastTheEnd(range.upperBound) }
        return bytes[range]
    }

    /// For inner loops whose whole range was checked before; the array still checks each index.
    @inline(__always)
    func unchecked16(at offset: Int) -> UInt16 {
        let first = UInt16(bytes[offset])
        let second = UInt16(bytes[offset &+ 1])
        return encoding == .mips ? (first << 8) | second : first | (second << 8)
    }

    /// See `unchecked16(at:)`.
    @inline(__always)
    func uncheckedFloat(at offset: Int) -> Float {
        let low = UInt32(bytes[offset]) | (UInt32(bytes[offset &+ 1]) << 8)
        let high = UInt32(bytes[offset &+ 2]) | (UInt32(bytes[offset &+ 3]) << 8)
        return encoding.float(fromLittleEndianWord: low | (high << 16))
    }

    private func pastTheEnd(_ offset: Int) -> RecordingError {
        RecordingError(
            .truncated, "The file ends after \(bytes.count) bytes, in the middle of its description", at: offset)
    }
}

/// Text from a file: UTF-8 where it is, else each byte as Latin-1; without the padding of either end.
func recordedText(_ bytes: some Collection<UInt8>) -> String {
    let text =
        String(validating: bytes, as: UTF8.self)
        ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    let scalars = text.unicodeScalars
    let isPadding: (Unicode.Scalar) -> Bool = { $0.value <= 32 }
    guard let first = scalars.firstIndex(where: { !isPadding($0) }),
        let last = scalars.lastIndex(where: { !isPadding($0) })
    else { return "" }
    return String(scalars[first...last])
}
