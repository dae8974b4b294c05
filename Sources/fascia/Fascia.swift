// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

@main
struct Fascia: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "The connective tissue of a musculoskeletal clinic.")
}
