// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A variable of the Gait Profile Score (Baker et al. 2009, Gait & Posture 30:265).
public enum GaitVariable: String, Sendable, Hashable, Codable, CaseIterable {
    /// Anterior positive, and so on as in `JointAngles`.
    case pelvicTilt, pelvicObliquity, pelvicRotation, hipFlexion, hipAdduction, hipRotation, kneeFlexion
    /// See `pelvicTilt`.
    case ankleDorsiflexion, footProgression

    /// Whether both sides show the same movement, so that the overall score counts it once.
    public var isOfPelvis: Bool { self == .pelvicTilt || self == .pelvicObliquity || self == .pelvicRotation }

    /// The curve of this variable through a trial.
    public func values(in angles: JointAngles) -> [Double?] {
        switch self {
        case .pelvicTilt: angles.pelvis.tilt
        case .pelvicObliquity: angles.pelvis.obliquity
        case .pelvicRotation: angles.pelvis.rotation
        case .hipFlexion: angles.hip.flexion
        case .hipAdduction: angles.hip.adduction
        case .hipRotation: angles.hip.rotation
        case .kneeFlexion: angles.knee.flexion
        case .ankleDorsiflexion: angles.ankle.dorsiflexion
        case .footProgression: angles.foot.progression
        }
    }

    /// The names that a normative file may use, without case and underscores.
    var columnNames: [String] {
        switch self {
        case .pelvicTilt: ["pelvictilt", "pelvistilt"]
        case .pelvicObliquity: ["pelvicobliquity", "pelvisobliquity"]
        case .pelvicRotation: ["pelvicrotation", "pelvisrotation"]
        case .hipFlexion: ["hipflexion"]
        case .hipAdduction: ["hipadduction"]
        case .hipRotation: ["hipinternalrotation", "hiprotation"]
        case .kneeFlexion: ["kneeflexion"]
        case .ankleDorsiflexion: ["ankledorsiflexion"]
        case .footProgression: ["footprogression", "footinternalprogression"]
        }
    }
}

/// Mean curves of people who walk well, with how much they differ: what a person's curves are compared with.
///
/// A clinic loads its own as CSV:
///
///     # source: Our laboratory, 2024 to 2026
///     # n: 42
///     # ages: 18 to 65
///     percent,pelvic_tilt_mean,pelvic_tilt_sd,…,foot_progression_mean,foot_progression_sd
///     0,11.2,4.9,…
///
/// One row for each of 0, 2 … 100 per cent of the stride (other steps are interpolated). The lines with # may be left
/// out. A long table (`variable,percent,free_mean,free_sd`) is read too; of several speeds, the one called free.
public struct NormativeSet: Sendable, Hashable {
    /// One variable's mean and standard deviation between people at 51 points, degrees.
    public struct Curve: Sendable, Hashable, Codable {
        /// 51 means.
        public var mean: [Double]
        /// 51 standard deviations; empty where the file has none.
        public var deviation: [Double]
    }

    /// Points of a stride: 0, 2 … 100 per cent.
    public static let pointCount = 51

    /// Where it is from, as printed in reports.
    public var source: String
    /// How many people; nil where unknown.
    public var count: Int?
    /// Their ages, as printed in reports.
    public var ages: String?
    /// Whether they are children.
    public var areChildren: Bool
    /// The mean of the natural logarithm of these people's own scores.
    public var logGPSMean: Double?
    /// Its standard deviation.
    public var logGPSDeviation: Double?
    /// The curves.
    public var curves: [GaitVariable: Curve]

    /// A mistake in a normative file, in words for the person who made it.
    public struct Mistake: Error, Hashable, Sendable, CustomStringConvertible {
        /// The sentence.
        public var description: String
    }

    init(
        source: String, count: Int?, ages: String?, areChildren: Bool, logGPSMean: Double?, logGPSDeviation: Double?,
        curves: [GaitVariable: Curve]
    ) {
        self.source = source
        self.count = count
        self.ages = ages
        self.areChildren = areChildren
        self.logGPSMean = logGPSMean
        self.logGPSDeviation = logGPSDeviation
        self.curves = curves
    }

    /// Reads a set.
    ///
    /// - Parameters:
    ///   - csv: the file's text.
    ///   - fileName: stands for the source where the file names none.
    public init(csv: String, fileName: String) throws(Mistake) {
        var notes: [String: String] = [:]
        var rows: [[String]] = []
        for line in csv.split(whereSeparator: \.isNewline) {
            if line.hasPrefix("#") {
                let parts = line.dropFirst().split(separator: ":", maxSplits: 1)
                if parts.count == 2 { notes[Self.canonical(String(parts[0]))] = Self.trimmed(String(parts[1])) }
            } else if !line.allSatisfy({ $0 == "," || $0.isWhitespace }) {
                rows.append(
                    line.split(separator: ",", omittingEmptySubsequences: false).map { Self.trimmed(String($0)) })
            }
        }
        guard let head = rows.first?.map(Self.canonical), rows.count > 2 else {
            throw Mistake(description: "The normative file has no table: a head line and rows from 0 to 100 per cent.")
        }
        let table = head.first == "variable" ? Self.long(head, rows.dropFirst()) : Self.wide(head, rows.dropFirst())
        var curves: [GaitVariable: Curve] = [:]
        for variable in GaitVariable.allCases {
            guard let points = variable.columnNames.lazy.compactMap({ table[$0] }).first else { continue }
            let sorted = points.sorted { $0.percent < $1.percent }
            guard let first = sorted.first, let last = sorted.last, first.percent <= 0, last.percent >= 100 else {
                throw Mistake(
                    description: "The normative curve of \(variable.rawValue) does not span 0 to 100 per cent.")
            }
            let mean = Self.resampled(sorted.map { ($0.percent, $0.mean) })
            let hasDeviation = sorted.allSatisfy { $0.deviation != nil }
            curves[variable] = Curve(
                mean: mean,
                deviation: hasDeviation ? Self.resampled(sorted.map { ($0.percent, $0.deviation ?? 0) }) : [])
        }
        guard !curves.isEmpty else {
            throw Mistake(
                description: "The normative file names none of the known variables, such as pelvic_tilt_mean.")
        }
        let source = notes["source"] ?? fileName
        let words = (source + " " + (notes["ages"] ?? "")).lowercased()
        self.init(
            source: source, count: notes["n"].flatMap(Int.init), ages: notes["ages"],
            areChildren: words.contains("child") || words.contains("paediatric") || words.contains("pediatric"),
            logGPSMean: notes["lngpsmean"].flatMap(Double.init),
            logGPSDeviation: notes["lngpssd"].flatMap(Double.init), curves: curves)
    }

    private typealias Point = (percent: Double, mean: Double, deviation: Double?)

    private static func wide(_ head: [String], _ rows: ArraySlice<[String]>) -> [String: [Point]] {
        var table: [String: [Point]] = [:]
        guard let percent = head.firstIndex(of: "percent") ?? head.firstIndex(of: "cycle") else { return [:] }
        for (column, name) in head.enumerated() where name.hasSuffix("mean") {
            let variable = String(name.dropLast(4))
            let deviation = head.firstIndex(of: variable + "sd")
            table[variable] = rows.compactMap { row in
                guard let at = number(row, percent), let mean = number(row, column) else { return nil }
                return (at, mean, deviation.flatMap { number(row, $0) })
            }
        }
        return table
    }

    private static func long(_ head: [String], _ rows: ArraySlice<[String]>) -> [String: [Point]] {
        var table: [String: [Point]] = [:]
        let mean = head.firstIndex(of: "freemean") ?? head.firstIndex { $0.hasSuffix("mean") }
        let deviation = head.firstIndex(of: "freesd") ?? head.firstIndex { $0.hasSuffix("sd") }
        guard let mean, let percent = head.firstIndex(of: "percent") else { return [:] }
        for row in rows {
            guard let name = row.first, let at = number(row, percent), let value = number(row, mean) else { continue }
            table[canonical(name), default: []].append((at, value, deviation.flatMap { number(row, $0) }))
        }
        return table
    }

    private static func number(_ row: [String], _ column: Int) -> Double? {
        column < row.count ? Double(row[column]).flatMap { $0.isFinite ? $0 : nil } : nil
    }

    private static func resampled(_ points: [(Double, Double)]) -> [Double] {
        var index = 0
        return (0..<pointCount).map { point in
            let percent = 2 * Double(point)
            while index + 2 < points.count, points[index + 1].0 < percent { index += 1 }
            let (x0, y0) = points[index]
            guard index + 1 < points.count else { return y0 }
            let (x1, y1) = points[index + 1]
            // The file's own points come out as they are written.
            if percent >= x1 { return y1 }
            return x1 > x0 ? y0 + (y1 - y0) * max(0, (percent - x0) / (x1 - x0)) : y0
        }
    }

    private static func canonical(_ name: String) -> String { name.lowercased().filter { $0.isLetter || $0.isNumber } }

    private static func trimmed(_ text: String) -> String {
        text.trimmingCharacters(in: CharacterSet(charactersIn: " \t\"\u{feff}\r"))
    }
}
