// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Synchronization
import Ultrasound

/// `track-trials KIND COUNT`: one line of JSON for each trial on the simulated muscle, to standard output.
///
/// KIND is healthy, torn, marks, haematoma, leaving or bounds. `trials.py` beside it runs all and judges.
@main struct TrackTrials {
    static func main() throws {
        let words = CommandLine.arguments
        guard words.count == 3, let count = Int(words[2]), count > 0, let kind = Kind(rawValue: words[1]) else {
            FileHandle.standardError.write(
                Data("usage: track-trials healthy|torn|marks|haematoma|leaving|bounds COUNT\n".utf8))
            exit(2)
        }
        let output = Mutex(FileHandle.standardOutput)
        DispatchQueue.concurrentPerform(iterations: count) { trial in
            var line: [String: Double]
            do {
                line = try kind.run(trial)
            } catch {
                FileHandle.standardError.write(Data("trial \(trial): \(error)\n".utf8))
                exit(1)
            }
            line["trial"] = Double(trial)
            let text = line.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ")
            output.withLock { $0.write(Data("{\(text)}\n".utf8)) }
        }
    }
}

/// What is tried.
enum Kind: String {
    case healthy, torn, marks, haematoma, leaving, bounds

    func run(_ trial: Int) throws -> [String: Double] {
        switch self {
        case .healthy: try Trials.healthy(trial)
        case .torn: try Trials.torn(trial)
        case .marks: try Trials.marks(trial)
        case .haematoma: try Trials.haematoma(trial)
        case .leaving: try Trials.leaving(trial)
        case .bounds: try Trials.bounds(trial)
        }
    }
}

enum Trials {
    static let openings: [Double] = [2, 3, 5, 8, 12, 20, 30]

    /// What differs from machine to machine and from hand to hand, a little of everything.
    private static func vary(_ muscle: inout SimulatedMuscle, _ trial: Int) {
        muscle.noiseDecibels = [-30, -26, -22][trial % 3]
        muscle.decorrelationAtPeak = [0.1, 0.15, 0.25][trial / 3 % 3]
        muscle.lateralResolutionMillimetres = [0.6, 0.71, 0.9][trial / 2 % 3]
        muscle.probeMotionXMillimetres = [0.3, 0.6, 1][trial / 5 % 3]
        muscle.probeMotionYMillimetres = muscle.probeMotionXMillimetres / 2
        muscle.gainChangeDecibels = trial % 4 == 3 ? 4 : 0
        muscle.streaksDecibels = [0, 3][trial % 2]
    }

    static func healthy(_ trial: Int) throws -> [String: Double] {
        var muscle = SimulatedMuscle.healthy(seed: UInt64(20_000 + trial))
        vary(&muscle, trial)
        muscle.width = 400
        muscle.height = 400
        muscle.frameCount = 24
        muscle.sheaths = .init(upperMillimetres: 8, lowerMillimetres: 30)
        muscle.slideMillimetres = [0, 2, 4, 6][trial % 4]
        muscle.strainAlong = [-0.05, -0.1, -0.18][trial / 4 % 3]
        muscle.strainAcross = -0.6 * muscle.strainAlong
        if trial % 5 == 4 { muscle.shadow = .init(fromMillimetres: 15, toMillimetres: 18, belowMillimetres: 10) }
        let found = try finder.find(in: muscle.loop())
        return ["found": Double(found.count), "opening": found.first?.openingMillimetres ?? 0]
    }

    private static var finder: TearFinder {
        var finder = TearFinder()
        finder.isParallel = false
        return finder
    }

    /// A torn muscle that opens by one of ``openings``; as wide a picture as the opening needs.
    private static func tornMuscle(_ trial: Int) -> (muscle: SimulatedMuscle, opening: Double) {
        let opening = openings[trial % openings.count], variant = trial / openings.count
        var muscle = SimulatedMuscle.torn(seed: UInt64(30_000 + trial))
        vary(&muscle, variant)
        muscle.width = opening > 10 ? 512 : 400
        muscle.height = 400
        muscle.frameCount = opening > 10 ? 60 : 36
        muscle.sheaths = .init(upperMillimetres: 8, lowerMillimetres: 30)
        let rest = [1, 0.5, 2][variant % 3]
        muscle.tear = .init(
            centreMillimetres: Double(muscle.width) * 0.05, restMillimetres: rest, peakMillimetres: rest + opening)
        return (muscle, opening)
    }

    static func torn(_ trial: Int) throws -> [String: Double] {
        let (muscle, opening) = tornMuscle(trial)
        let loop = muscle.loop(), truth = muscle.truth
        let found = try finder.find(in: loop)
        var line = ["opening": opening, "found": Double(found.count)]
        guard let tear = found.first, let gap = tear.gapMillimetres, let centre = muscle.tear?.centreMillimetres else {
            return line
        }
        line["off"] = abs(tear.x * 0.1 - centre)
        line["opens"] = tear.openingMillimetres ?? 0
        let errors = gap.indices.map { abs(gap[$0] - (truth.gapMillimetres(frame: $0) ?? 0)) }
        line["mean"] = errors.reduce(0, +) / Double(errors.count)
        line["worst"] = errors.max() ?? 0
        line["seen"] = tear.isGapSeen ? 1 : 0
        return line
    }

    /// Two marks, some millimetres from either face, at a depth that changes from trial to trial.
    static func marks(_ trial: Int) throws -> [String: Double] {
        var (muscle, opening) = tornMuscle(trial)
        if trial % openings.count == 0, trial / openings.count % 2 == 0 {
            // The least: 1 mm.
            opening = 1
            let rest = muscle.tear?.restMillimetres ?? 1
            muscle.tear?.peakMillimetres = rest + opening
        }
        let loop = muscle.loop(), truth = muscle.truth, variant = Double(trial / openings.count)
        let middle = (muscle.tear?.centreMillimetres ?? 0) * 10
        let away = 18 + 5 * variant.truncatingRemainder(dividingBy: 4)
        let depth = 120 + 26 * variant.truncatingRemainder(dividingBy: 6)
        let left = PicturePoint(x: middle - away, y: depth), right = PicturePoint(x: middle + away, y: depth + 4)
        var tracker = PointTracker()
        tracker.isParallel = false
        let tracks = try tracker.track([left, right], in: loop)
        let measured = Separation(between: tracks[0], and: tracks[1], in: loop)
        var worst = 0.0, worstOfLimit = 0.0, unknown = 0, held = 0
        for (frame, distance) in (measured.perFrameMillimetres ?? []).enumerated() {
            let a = truth.position(ofRestX: left.x, y: left.y, frame: frame)
            let b = truth.position(ofRestX: right.x, y: right.y, frame: frame)
            let isInside = [a, b].allSatisfy { $0.x >= 0 && $0.x <= Double(muscle.width - 1) }
            if !measured.isKnown(frame: frame) {
                if isInside { unknown += 1 }
                continue
            }
            let apart = (b.x - a.x) * 0.1, error = abs(distance - apart)
            worst = max(worst, error)
            worstOfLimit = max(worstOfLimit, error / max(0.3, 0.02 * apart))
            if error <= measured.error95[frame] + 1e-9 { held += 1 }
        }
        return [
            "opening": opening, "worst": worst, "worstOfLimit": worstOfLimit, "unknown": Double(unknown),
            "frames": Double(muscle.frameCount),
            "held": Double(held) / Double(max(muscle.frameCount - unknown, 1)),
        ]
    }

    /// The area of the blood at the height of contraction, grown from one click.
    static func haematoma(_ trial: Int) throws -> [String: Double] {
        let (muscle, opening) = tornMuscle(trial / 5 * openings.count + 2 + trial % 5)
        let truth = muscle.truth
        let peak = (0..<muscle.frameCount).max { truth.activation(frame: $0) < truth.activation(frame: $1) } ?? 0
        let image = muscle.loop().frames[peak]
        // A click somewhere between the stumps, up to a third of the gap off the middle.
        let left = truth.position(ofRestX: 40, y: 190, frame: peak)
        let right = truth.position(ofRestX: Double(muscle.width) - 40, y: 190, frame: peak)
        let off = opening / 0.3 * (Double(trial % 7) / 3 - 1)
        let click = PicturePoint(x: (left.x + right.x) / 2 + off, y: left.y + Double(trial % 9 * 12 - 48))
        let area = truth.haematomaSquareMillimetres(frame: peak) ?? 0
        var line = ["opening": opening, "area": area]
        do throws(OutlineError) {
            let outline = try HaematomaOutline(in: image, seed: click)
            let found = PictureArea(inside: outline.points, spacing: PixelSpacing(x: 0.1, y: 0.1)).squareMillimetres ?? 0
            line["found"] = found
            line["off"] = abs(found / area - 1)
        } catch {
            line["off"] = 1
        }
        return line
    }

    /// A disc that leaves the plane, and a muscle that slides out of the picture: frames until the point is told lost.
    static func leaving(_ trial: Int) throws -> [String: Double] {
        if trial % 2 == 0 {
            var muscle = SimulatedMuscle.rigid(seed: UInt64(40_000 + trial))
            vary(&muscle, trial / 2)
            muscle.width = 256
            muscle.height = 256
            muscle.frameCount = 24
            let begin = 6 + trial / 2 % 10
            muscle.outOfPlane = .init(
                xMillimetres: 12, yMillimetres: 12, radiusMillimetres: 5, firstFrame: begin)
            let tracks = try PointTracker().track(
                [PicturePoint(x: 120, y: 120), PicturePoint(x: 30, y: 220)], in: muscle.loop())
            let first = tracks[0].lostFrames.first ?? 99
            return [
                "plane": 1, "late": Double(first - begin), "again": tracks[0].isLost(frame: 23) ? 0 : 1,
                "wrong": Double(tracks[1].lostFrames.count),
            ]
        }
        var muscle = SimulatedMuscle.healthy(seed: UInt64(40_000 + trial))
        vary(&muscle, trial / 2)
        muscle.width = 256
        muscle.height = 256
        muscle.frameCount = 30
        muscle.sheaths = .init(upperMillimetres: 5, lowerMillimetres: 22)
        muscle.strainAlong = 0
        muscle.slideMillimetres = 6
        let mark = PicturePoint(x: 225, y: 130)
        let track = try PointTracker().track([mark], in: muscle.loop())[0]
        let truth = muscle.truth
        let gone = (0..<30).first { truth.position(ofRestX: mark.x, y: mark.y, frame: $0).x > 255 } ?? 99
        let told = track.lostFrames.first ?? 99
        return ["plane": 0, "late": Double(told - gone), "again": 0, "wrong": told < gone - 3 ? 1 : 0]
    }

    /// The part of positions told with a bound that lies within it.
    static func bounds(_ trial: Int) throws -> [String: Double] {
        var muscle: SimulatedMuscle
        let seed = UInt64(50_000 + trial)
        switch trial % 4 {
        case 0: muscle = .rigid(seed: seed)
        case 1: muscle = .strained(seed: seed)
        case 2: muscle = .torn(seed: seed)
        default: muscle = .healthy(seed: seed)
        }
        let probe = (muscle.probeMotionXMillimetres, muscle.probeMotionYMillimetres)
        vary(&muscle, trial / 4)
        if trial % 4 < 2 { (muscle.probeMotionXMillimetres, muscle.probeMotionYMillimetres) = probe }
        muscle.width = 320
        muscle.height = 320
        muscle.frameCount = 40
        if muscle.sheaths != nil { muscle.sheaths = .init(upperMillimetres: 7, lowerMillimetres: 25) }
        if muscle.tear != nil { muscle.tear = .init(centreMillimetres: 16, restMillimetres: 1, peakMillimetres: 9) }
        let field = try MotionField(of: muscle.loop(), isParallel: false), truth = muscle.truth
        var told = 0, held = 0, all = 0, sum = 0.0
        for row in 0..<field.rows {
            for column in 0..<field.columns {
                let rest = field.rest(column: column, row: row)
                guard truth.tissue(atRestX: rest.x, y: rest.y) != .haematoma else { continue }
                for frame in 1..<field.frameCount {
                    let place = truth.position(ofRestX: rest.x, y: rest.y, frame: frame)
                    guard place.x >= 0, place.y >= 0, place.x < 320, place.y < 320 else { continue }
                    let found = field.position(column: column, row: row, frame: frame)
                    let bound = field.errorPixels95(column: column, row: row, frame: frame)
                    all += 1
                    guard bound.isFinite else { continue }
                    let error = hypot(found.x - place.x, found.y - place.y)
                    told += 1
                    sum += error
                    if error <= bound { held += 1 }
                }
            }
        }
        return [
            "scene": Double(trial % 4), "held": Double(held) / Double(max(told, 1)),
            "lost": 1 - Double(told) / Double(max(all, 1)), "mean": sum / Double(max(told, 1)),
        ]
    }
}
