// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// Writes the archive format of POSIX (IEEE Std 1003.1, "ustar Interchange Format"), entry by entry, so that it can be sent
/// while it is made.
package enum TarArchive {
    /// The 512 bytes before an entry's bytes. A name of more than 100 characters is split at a slash; nil where it can't be.
    package static func header(name: String, byteCount: Int64, modifiedAt: Date) -> Data? {
        guard byteCount >= 0, byteCount < 1 << 33, let (prefix, short) = split(name) else { return nil }
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int) {
            for (index, byte) in text.utf8.enumerated() { block[offset + index] = byte }
        }
        func octal(_ value: Int64, digits: Int) -> String {
            let text = String(max(0, value), radix: 8)
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        put(short, at: 0)
        put("0000600", at: 100)
        put("0000000", at: 108)
        put("0000000", at: 116)
        put(octal(byteCount, digits: 11), at: 124)
        put(octal(Int64(modifiedAt.timeIntervalSince1970), digits: 11), at: 136)
        put("        ", at: 148)
        put("0", at: 156)
        put("ustar", at: 257)
        put("00", at: 263)
        put(prefix, at: 345)
        put(octal(block.reduce(0) { $0 + Int64($1) }, digits: 6), at: 148)
        block[154] = 0
        return Data(block)
    }

    /// What follows an entry's bytes up to the next whole block.
    package static func padding(after byteCount: Int64) -> Data {
        Data(repeating: 0, count: Int((512 - byteCount % 512) % 512))
    }

    /// What ends an archive.
    package static let end = Data(repeating: 0, count: 1024)

    private static func split(_ name: String) -> (prefix: String, short: String)? {
        if name.utf8.count <= 100 { return ("", name) }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        for index in 1..<max(1, parts.count) {
            let prefix = parts[..<index].joined(separator: "/")
            let short = parts[index...].joined(separator: "/")
            if prefix.utf8.count <= 155, short.utf8.count <= 100 { return (prefix, short) }
        }
        return nil
    }
}
