// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Writes results where a command was told to.
package enum PictureFile {
    /// Writes bytes whole or not at all; `-` is standard output.
    package static func write(_ bytes: [UInt8], to path: String) throws(LoopError) {
        do {
            if path == "-" {
                try FileHandle.standardOutput.write(contentsOf: Data(bytes))
            } else {
                try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
            }
        } catch {
            throw LoopError(.unwritable, "The result cannot be written there. Check the folder and the free space.")
        }
    }
}
