// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging

/// One JSON object a line on standard error. No patient data is ever handed to a logger (CONTRIBUTING.md).
struct LogLines: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info
    let label: String

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line: [String: String] = metadata.merging(event.metadata ?? [:]) { $1 }.mapValues(\.description)
        line["time"] = Date().formatted(.iso8601.year().month().day().time(includingFractionalSeconds: true))
        line["level"] = event.level.rawValue
        line["message"] = event.message.description
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard var data = try? encoder.encode(line) else { return }
        data.append(UInt8(ascii: "\n"))
        try? FileHandle.standardError.write(contentsOf: data)
    }
}
