// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Where a command puts what it worked out.
enum ResultFile {
    /// Writes a file whole or not at all; `-` is standard output. What is there and is no file (a device, a pipe) is written into: putting
    /// a file in its place would take `/dev/null` from the whole machine.
    static func write(_ data: Data, to path: String) throws {
        if path == "-" {
            try FileHandle.standardOutput.write(contentsOf: data)
            return
        }
        let target = URL(fileURLWithPath: path)
        let kind = try? FileManager.default.attributesOfItem(atPath: target.resolvingSymlinksInPath().path)[.type]
        guard let kind = kind as? FileAttributeType, kind != .typeRegular, kind != .typeDirectory else {
            try data.write(to: target, options: .atomic)
            return
        }
        let handle = try FileHandle(forWritingTo: target)
        try handle.write(contentsOf: data)
        try handle.close()
    }
}
