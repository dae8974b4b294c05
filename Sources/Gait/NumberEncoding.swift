// SPDX-License-Identifier: Apache-2.0

/// The processor whose number format a C3D file uses (the fourth byte of its parameter section).
public enum NumberEncoding: UInt8, CaseIterable, Sendable {
    /// Little-endian integers, IEEE 754 floats.
    case intel = 84
    /// Little-endian integers, VAX F floats with swapped 16-bit words.
    case dec = 85
    /// Big-endian integers, IEEE 754 floats (MIPS, SGI).
    case mips = 86

    /// Decodes a 32-bit float from the word as the file's first byte order gives it.
    ///
    /// `word` is built from four bytes b0…b3 as `b0 | b1 << 8 | b2 << 16 | b3 << 24`.
    @inline(__always)
    func float(fromLittleEndianWord word: UInt32) -> Float {
        switch self {
        case .intel: return Float(bitPattern: word)
        case .mips: return Float(bitPattern: word.byteSwapped)
        case .dec: return Self.vaxFloat((word >> 16) | (word << 16))
        }
    }

    /// A VAX F float has the fields of an IEEE one, but its hidden digit stands behind the point and its bias is 128:
    /// the same bits mean a quarter. Exponent 0 is zero (or, with the sign set, no number).
    @inline(__always)
    static func vaxFloat(_ bits: UInt32) -> Float {
        let exponent = (bits >> 23) & 0xFF
        if exponent > 2 { return Float(bitPattern: bits &- (2 << 23)) }
        if exponent == 0 { return bits >> 31 == 0 ? 0 : .nan }
        return Float(bitPattern: bits) * 0.25
    }

    /// The four bytes of a float in this encoding. VAX has no infinities: what does not fit becomes the largest number.
    func bytes(of value: Float) -> [UInt8] {
        switch self {
        case .intel: return Self.littleEndianBytes(value.bitPattern)
        case .mips: return Self.littleEndianBytes(value.bitPattern.byteSwapped)
        case .dec:
            let bits = Self.vaxBits(value)
            return Self.littleEndianBytes((bits >> 16) | (bits << 16))
        }
    }

    private static func vaxBits(_ value: Float) -> UInt32 {
        guard value.isFinite else { return value.isNaN ? 0x8000_0000 : (value < 0 ? 0xFFFF_FFFF : 0x7FFF_FFFF) }
        let ieee = value.bitPattern
        let exponent = (ieee >> 23) & 0xFF
        if exponent == 0 {
            let scaled = (value * 4).bitPattern
            return (scaled >> 23) & 0xFF == 0 ? 0 : scaled
        }
        guard exponent < 254 else { return value < 0 ? 0xFFFF_FFFF : 0x7FFF_FFFF }
        return ieee &+ (2 << 23)
    }

    /// The two bytes of a 16-bit integer in this encoding.
    func bytes(of value: UInt16) -> [UInt8] {
        let low = UInt8(truncatingIfNeeded: value)
        let high = UInt8(truncatingIfNeeded: value >> 8)
        return self == .mips ? [high, low] : [low, high]
    }

    private static func littleEndianBytes(_ word: UInt32) -> [UInt8] {
        [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) }
    }
}
