// SPDX-License-Identifier: Apache-2.0

import CZlib

/// Bytes in the gzip format (RFC 1952). The deflating is zlib's; what is left is the ten bytes before and eight behind.
enum Gzip {
    /// - Returns: nil where zlib has no memory.
    static func compress(_ plain: [UInt8]) -> [UInt8]? {
        let bound = compressBound(uLong(plain.count))
        var length = bound
        var code = Z_OK
        let wrapped = [UInt8](unsafeUninitializedCapacity: Int(bound)) { buffer, used in
            code = plain.withUnsafeBufferPointer {
                compress2(buffer.baseAddress, &length, $0.baseAddress, uLong($0.count), Z_DEFAULT_COMPRESSION)
            }
            // Only what zlib has written counts as there.
            used = code == Z_OK ? Int(length) : 0
        }
        // zlib's own format (RFC 1950) has two bytes before the deflated data and a checksum of four behind it.
        guard code == Z_OK, wrapped.count > 6 else { return nil }
        let checksum = plain.withUnsafeBufferPointer { crc32(0, $0.baseAddress, uInt($0.count)) }
        let unknownTimeAndSystem: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]
        return unknownTimeAndSystem + wrapped.dropFirst(2).dropLast(4)
            + littleEndian(UInt32(truncatingIfNeeded: checksum))
            + littleEndian(UInt32(truncatingIfNeeded: plain.count))
    }

    private static func littleEndian(_ number: UInt32) -> [UInt8] {
        [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}
