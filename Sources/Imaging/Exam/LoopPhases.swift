// SPDX-License-Identifier: Apache-2.0

package import Storage
package import Ultrasound

/// Two loops shown at the same moment of their contractions.
package struct LoopPhases: Sendable, Hashable {
    /// What the phases were taken from.
    package enum Source: String, Sendable, Codable {
        /// The newest separation of marks.
        case separation
        /// The motion of the whole picture.
        case motion
    }

    package let phases: ContractionPhases
    package let source: Source

    /// A loop's contraction: from its newest separation, else from its motion; nothing where neither shows one.
    package static func of(_ loop: VisitLoop, in transaction: any Transaction) throws -> LoopPhases? {
        guard let times = loop.frames?.times else { return nil }
        let measured = try LoopMeasures().list(of: loop.id, in: transaction).compactMap(\.result).first
        if let measured, let phases = ContractionPhases(of: measured.perFrame.map { $0 ?? .nan }, times: times) {
            return LoopPhases(phases: phases, source: .separation)
        }
        if let signal = try LoopMotions().find(loop.id, in: transaction)?.signal,
            let phases = ContractionPhases(of: signal, times: times)
        {
            return LoopPhases(phases: phases, source: .motion)
        }
        return nil
    }

    /// For each frame of this loop, the frame of another at the same phase. Where either shows no contraction (a loop at
    /// rest has none), frames go by their share of the time.
    package static func match(
        _ times: [Double], _ own: ContractionPhases?, to others: [Double], _ other: ContractionPhases?
    ) -> [Int] {
        if let own, let other { return times.indices.map { other.frame(at: own.phase(at: $0)) } }
        guard let first = times.first, let last = times.last, let start = others.first, let end = others.last else {
            return []
        }
        return times.map { time in
            let part = last > first ? (time - first) / (last - first) : 0
            let wanted = start + part * (end - start)
            return others.indices.min { abs(others[$0] - wanted) < abs(others[$1] - wanted) } ?? 0
        }
    }
}
