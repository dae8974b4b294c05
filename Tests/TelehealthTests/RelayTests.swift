// SPDX-License-Identifier: Apache-2.0

import Foundation
import Storage
import Testing

@testable import Telehealth

@Suite struct RelayTests {
    @Test("the credential is base64 of HMAC-SHA1, as another program computes it")
    func knownPassword() {
        // printf '1900014400:party' | openssl dgst -sha1 -hmac 'north' -binary | base64
        #expect(RelaySettings.password(for: "1900014400:party", secret: "north") == Self.expected)
    }

    private static let expected = "avkD0tHzyu12Aa/B3Dir+ROWagg="

    @Test("credentials are one party's, and end after four hours; the secret is never given out")
    func servers() throws {
        let relay = RelaySettings(
            turnURLs: ["turn:relay.example:3478"], secret: "north", stunURLs: ["stun:relay.example:3478"])
        let servers = relay.servers(for: VideoParty.ID("party"), at: Date(timeIntervalSince1970: 1_900_000_000))
        #expect(servers.count == 2)
        #expect(servers[1].username == "1900014400:party" && servers[1].credential == Self.expected)
        let text = String(decoding: try JSONEncoder().encode(servers), as: UTF8.self)
        #expect(!text.contains("north"))
        #expect(RelaySettings().servers(for: VideoParty.ID("p"), at: Date()).isEmpty && !RelaySettings().hasRelay)
    }
}
