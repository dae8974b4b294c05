// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// How far a long command is, on standard error; nothing where that is no terminal.
final class ProgressBar: Sendable {
    private let label: String
    private let isShown: Bool
    private let last = Mutex(-1)

    init(_ label: String) {
        self.label = label
        isShown = isatty(FileHandle.standardError.fileDescriptor) == 1
    }

    /// Draws anew when a percent has been done; may be called from any thread.
    func show(_ done: Int, of count: Int) {
        guard isShown, count > 0 else { return }
        let percent = min(done * 100 / count, 100)
        last.withLock { last in
            guard percent > last else { return }
            last = percent
            let full = String(repeating: "█", count: percent / 4),
                rest = String(repeating: "░", count: 25 - percent / 4)
            write("\r\(label) \(full)\(rest) \(percent) %\(percent == 100 ? "\n" : "")")
        }
    }

    private func write(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
