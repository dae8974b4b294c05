// SPDX-License-Identifier: Apache-2.0

/// Why a file cannot be read as a recording, where, and what a person can do about it.
public struct RecordingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of refusal.
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// The file has no bytes.
        case empty
        /// The bytes are not of the format that the name promises.
        case notARecording
        /// The file ends before its own description says.
        case truncated
        /// The description of the recording is broken.
        case damagedDescription
        /// The description contradicts itself or the data.
        case contradictory
        /// The file is well formed but holds something that Fascia does not read.
        case unsupported
    }

    /// What kind of refusal.
    public let reason: Reason
    /// The fault in a sentence, without advice.
    public let what: String
    /// Where in the file, in bytes from its start, if the fault has a place.
    public let byteOffset: Int?
    /// What to do.
    public let advice: String

    /// An error from its parts.
    public init(_ reason: Reason, _ what: String, at byteOffset: Int? = nil, advice: String? = nil) {
        self.reason = reason
        self.what = what
        self.byteOffset = byteOffset
        self.advice = advice ?? reason.advice
    }

    /// One paragraph for a person: fault, place, advice.
    public var description: String {
        let place = byteOffset.map { " (at byte \($0))" } ?? ""
        return "\(what)\(place). \(advice)"
    }
}

extension RecordingError.Reason {
    /// What usually helps.
    var advice: String {
        switch self {
        case .empty: "Export the recording again and send that file."
        case .notARecording: "Send the C3D or TRC file that the motion-capture software exports."
        case .truncated: "The copy was probably cut short: copy or export it again and compare the sizes."
        case .damagedDescription: "Open it in the motion-capture software and save it again as C3D."
        case .contradictory: "Open it in the motion-capture software, check the trial's range and save it again."
        case .unsupported: "Export it in another form, or ask for support of this one and attach the file."
        }
    }
}
