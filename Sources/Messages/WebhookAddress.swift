// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// Where webhooks may go: HTTPS to public addresses. In a demonstration plain HTTP to this machine, too. A server that calls
/// what its owner typed could otherwise be led to call into the private network that it stands in.
package struct WebhookAddress: Sendable, Hashable {
    package enum Refusal: Error, Sendable, Hashable {
        case unreadable
        case notSecure
        /// The host is, or leads to, an address that is not public.
        case privateAddress(String)
        case unknownHost(String)

        package var explanation: String {
            switch self {
            case .unreadable: "This is no address of the form https://example.org/path, without name and password."
            case .notSecure: "The address must begin with https://."
            case .privateAddress(let host):
                "\(host) is an address inside a private network. Webhooks go to public ones only."
            case .unknownHost(let host): "There is no host \(host)."
            }
        }
    }

    package let url: URL
    package let host: String
    private let isDemo: Bool

    /// Checks what can be checked without asking for the host's address.
    package init(_ text: String, isDemo: Bool) throws(Refusal) {
        guard text.utf8.count <= 2000, text.utf8.allSatisfy({ $0 > 32 && $0 < 127 }), let url = URL(string: text),
            let host = url.host(percentEncoded: false)?.trimmingCharacters(in: CharacterSet(charactersIn: "[]")),
            !host.isEmpty, url.user == nil, url.password == nil, url.fragment == nil
        else { throw .unreadable }
        self.url = url
        self.host = host.lowercased()
        self.isDemo = isDemo
        switch url.scheme?.lowercased() {
        case "https": break
        case "http" where isDemo && Self.isLoopback(self.host): break
        case "http": throw .notSecure
        default: throw .unreadable
        }
        if self.host == "localhost" || self.host.hasSuffix(".localhost") {
            guard isDemo else { throw .privateAddress(self.host) }
        } else if NetworkAddress(self.host) != nil {
            try check(resolved: self.host)
        } else if self.host.allSatisfy({ $0.isHexDigit || $0 == "." || $0 == "x" }), self.host.last?.isNumber == true {
            // 0x7f.1, 2130706433 and the like are addresses to some programs.
            throw .unreadable
        }
    }

    /// Checks the address that the host's name leads to; the call goes to exactly this one.
    package func check(resolved address: String) throws(Refusal) {
        guard let address = NetworkAddress(address) else { throw .unknownHost(host) }
        if address.isPublic { return }
        guard isDemo else { throw .privateAddress(host) }
    }

    static func isLoopback(_ host: String) -> Bool { host == "localhost" || host == "127.0.0.1" || host == "::1" }
}

/// An IPv4 or IPv6 address in its usual text form.
package struct NetworkAddress: Sendable, Hashable {
    private let bytes: [UInt8]

    package init?(_ text: String) {
        if text.contains(":") {
            guard let bytes = Self.version6(text) else { return nil }
            self.bytes = bytes
        } else {
            guard let bytes = Self.version4(text) else { return nil }
            self.bytes = bytes
        }
    }

    /// Whether the address may be anywhere on the internet (the IANA special-purpose registries, RFC 6890).
    package var isPublic: Bool {
        if bytes.count == 4 { return Self.isPublic4(bytes) }
        // Only 2000::/3 is given out; in it, documentation, Teredo, 6to4 and benchmarking lead elsewhere.
        guard bytes[0] & 0xE0 == 0x20 else { return false }
        let first = Int(bytes[0]) << 8 | Int(bytes[1])
        let second = Int(bytes[2]) << 8 | Int(bytes[3])
        switch (first, second) {
        case (0x2001, 0...0x1FF), (0x2001, 0x0DB8), (0x2002, _), (0x3FFF, 0..<0x1000): return false
        default: return true
        }
    }

    private static func isPublic4(_ bytes: [UInt8]) -> Bool {
        switch (bytes[0], bytes[1], bytes[2]) {
        case (0, _, _), (10, _, _), (127, _, _), (100, 64...127, _), (169, 254, _), (172, 16...31, _), (192, 168, _),
            (192, 0, 0), (192, 0, 2), (192, 88, 99), (198, 18...19, _), (198, 51, 100), (203, 0, 113), (224..., _, _):
            false
        default: true
        }
    }

    private static func version4(_ text: some StringProtocol) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            // A leading zero means octal to some; it is refused.
            guard part.utf8.allSatisfy({ (48...57).contains($0) }), part.count == 1 || part.first != "0",
                let byte = UInt8(part)
            else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    private static func version6(_ text: String) -> [UInt8]? {
        let halves = text.components(separatedBy: "::")
        guard halves.count <= 2, !text.contains("%") else { return nil }
        func bytes(_ half: String) -> [UInt8]? {
            guard !half.isEmpty else { return [] }
            var result: [UInt8] = []
            let groups = half.split(separator: ":", omittingEmptySubsequences: false)
            for (index, group) in groups.enumerated() {
                if group.contains(".") {
                    guard index == groups.count - 1, let last = version4(group) else { return nil }
                    result += last
                } else {
                    guard (1...4).contains(group.count), group.allSatisfy(\.isHexDigit),
                        let word = UInt16(group, radix: 16)
                    else { return nil }
                    result += [UInt8(word >> 8), UInt8(word & 0xFF)]
                }
            }
            return result
        }
        guard let head = bytes(halves[0]), let tail = halves.count == 2 ? bytes(halves[1]) : [] else { return nil }
        let missing = 16 - head.count - tail.count
        guard halves.count == 2 ? missing >= 2 : missing == 0 else { return nil }
        return head + [UInt8](repeating: 0, count: missing) + tail
    }
}
