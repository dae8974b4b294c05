// SPDX-License-Identifier: Apache-2.0

import Crypto
package import Foundation

/// Which servers help browsers to find a way to each other.
package struct RelaySettings: Sendable, Hashable {
    /// `turn:host:port?transport=udp` and its like; empty without a relay.
    package var turnURLs: [String]
    /// What the relay's `static-auth-secret` says.
    package var secret: String
    package var stunURLs: [String]
    /// Whether everything goes through the relay, so that neither side learns the other's address.
    package var isRelayOnly: Bool

    package init(turnURLs: [String] = [], secret: String = "", stunURLs: [String] = [], isRelayOnly: Bool = false) {
        self.turnURLs = turnURLs
        self.secret = secret
        self.stunURLs = stunURLs
        self.isRelayOnly = isRelayOnly
    }

    package var hasRelay: Bool { !turnURLs.isEmpty && !secret.isEmpty }

    /// How long a credential opens the relay: longer than any visit.
    package static let lifetimeSeconds: TimeInterval = 4 * 3600

    /// One entry of a browser's `RTCConfiguration.iceServers`.
    package struct Server: Sendable, Hashable, Encodable {
        package let urls: [String]
        package let username: String?
        package let credential: String?
    }

    /// The servers for one party, with credentials that end by themselves (draft-uberti-behave-turn-rest-00): the name is
    /// "expiry:party", the password its HMAC-SHA1 under the secret that the relay knows, too.
    package func servers(for party: VideoParty.ID, at now: Date) -> [Server] {
        var servers = stunURLs.isEmpty ? [] : [Server(urls: stunURLs, username: nil, credential: nil)]
        if hasRelay {
            let expiry = Int64(now.addingTimeInterval(Self.lifetimeSeconds).timeIntervalSince1970)
            let name = "\(expiry):\(party)"
            servers.append(
                Server(urls: turnURLs, username: name, credential: Self.password(for: name, secret: secret)))
        }
        return servers
    }

    static func password(for name: String, secret: String) -> String {
        let code = HMAC<Crypto.Insecure.SHA1>.authenticationCode(
            for: Data(name.utf8), using: SymmetricKey(data: Data(secret.utf8)))
        return Data(code).base64EncodedString()
    }
}
