// SPDX-License-Identifier: Apache-2.0

@testable import Web

extension Samples {
    static let desk: [(String, any PageValue)] = []
}
