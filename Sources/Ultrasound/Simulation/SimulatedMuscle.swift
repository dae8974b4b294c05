// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A muscle that does not exist, seen by a probe that does not exist: every movement in it is known.
///
///     var muscle = SimulatedMuscle.torn(seed: 1)
///     let loop = muscle.loop()                                // 90 pictures
///     let truth = muscle.truth
///     truth.gapMillimetres(frame: 45)                         // how far the stumps are apart
///     truth.position(ofRestX: 100, y: 250, frame: 45)         // where the tissue at that pixel has gone
///
/// Point scatterers are moved by a known deformation and drawn anew for every frame, so that the speckle changes as it
/// does in life (it is not a picture that is warped). The point spread function is Gaussian in both directions on a
/// carrier; noise is added before the envelope is taken; the envelope is compressed logarithmically to 8 bits. Lengths
/// in tissue are millimetres, x along the fibres, y in depth, from the centre of the top-left pixel at rest.
///
/// What it does not show: refraction at the stumps, persistence, the artefacts of video compression, speckle that
/// depends on the direction of fibres. A number measured on it is a bound from one side.
public struct SimulatedMuscle: Hashable, Sendable {
    /// Columns of the picture.
    public var width = 512
    /// Rows of the picture.
    public var height = 512
    /// The size of a pixel, along x and y, in millimetres.
    public var millimetresPerPixelX = 0.1, millimetresPerPixelY = 0.1
    /// Number of frames, and how many there are in a second.
    public var frameCount = 90, frameRate = 30.0
    /// Everything random comes from this number.
    public var seed: UInt64

    /// Scatterers in a square millimetre; the speckle is fully developed from about 10 in a resolution cell.
    public var scatterersPerSquareMillimetre = 60.0
    /// The carrier, in megahertz; sound travels 1540 m/s.
    public var centreFrequencyMegahertz = 7.5
    /// Full width at half maximum of the point spread function in depth and across, in millimetres.
    public var axialResolutionMillimetres = 0.28, lateralResolutionMillimetres = 0.71
    /// The range of echoes from black to white, in decibels.
    public var dynamicRangeDecibels = 60.0
    /// Noise relative to the mean echo of muscle, in decibels.
    public var noiseDecibels = -30.0
    /// The grey value of an echo as strong as the mean echo of muscle.
    public var muscleGrey = 130.0
    /// Gain rises and falls by this much over the loop, in decibels.
    public var gainChangeDecibels = 0.0
    /// The part of the echoes' power that is exchanged for others at the height of contraction, and from first to last frame.
    public var decorrelationAtPeak = 0.15, decorrelationByDrift = 0.05
    /// How much the echo strength varies in streaks along the fibres, in decibels (standard deviation).
    public var streaksDecibels = 0.0

    /// When the muscle contracts.
    public var contraction = Contraction()
    /// Change of length along x at full contraction; −0.08 is 8 % shorter.
    public var strainAlong = 0.0
    /// Change of thickness at full contraction.
    public var strainAcross = 0.0
    /// Turning at full contraction, in degrees.
    public var rotationDegrees = 0.0
    /// The muscle as a whole moves along x by this at full contraction, past what lies above and below, in millimetres.
    public var slideMillimetres = 0.0
    /// The probe wanders by about this much along x and y, in millimetres.
    public var probeMotionXMillimetres = 0.0, probeMotionYMillimetres = 0.0
    /// Depths of the upper and lower sheath (aponeurosis) of the muscle, in millimetres; nothing is one uniform tissue.
    public var sheaths: Sheaths?
    /// A tear through the whole muscle, or nothing for a healthy one.
    public var tear: Tear?
    /// A shadow that stands in the picture, or nothing.
    public var shadow: Shadow?
    /// Tissue that leaves the plane of the picture, or nothing.
    public var outOfPlane: OutOfPlane?

    /// A still, uniform tissue.
    public init(seed: UInt64) {
        self.seed = seed
    }

    /// When the muscle contracts: parts of the loop at rest, rising, held and falling, then rest; repeated `cycles` times.
    public struct Contraction: Hashable, Sendable {
        /// Parts of one cycle; together at most 1.
        public var rest = 0.17, rise = 0.2, hold = 0.25, fall = 0.2
        /// Contractions in the loop.
        public var cycles = 1

        /// One contraction in the middle of the loop.
        public init() {}

        /// From 0 at rest to 1 at full contraction, at a part of the loop from 0 to 1.
        func activation(at part: Double) -> Double {
            let phase = (part * Double(cycles)).truncatingRemainder(dividingBy: 1)
            func smooth(_ u: Double) -> Double { 0.5 - 0.5 * cos(.pi * min(max(u, 0), 1)) }
            if phase < rest + rise { return smooth((phase - rest) / rise) }
            return 1 - smooth((phase - rest - rise - hold) / fall)
        }
    }

    /// The muscle's upper and lower boundary.
    public struct Sheaths: Hashable, Sendable {
        /// Depth of the middle of the upper sheath, in millimetres.
        public var upperMillimetres: Double
        /// Depth of the middle of the lower sheath, in millimetres.
        public var lowerMillimetres: Double
        /// Thickness of either, in millimetres.
        public var thicknessMillimetres = 0.7

        /// Sheaths at two depths.
        public init(upperMillimetres: Double, lowerMillimetres: Double) {
            self.upperMillimetres = upperMillimetres
            self.lowerMillimetres = lowerMillimetres
        }
    }

    /// A tear through the whole thickness of the muscle, filled with blood.
    public struct Tear: Hashable, Sendable {
        /// Where the middle of the gap is at rest, in millimetres from the left.
        public var centreMillimetres: Double
        /// The gap at rest and at full contraction, in millimetres.
        public var restMillimetres: Double, peakMillimetres: Double
        /// The echo of the blood relative to muscle, in decibels.
        public var haematomaDecibels = -18.0
        /// How far the stumps' faces wander from a straight line, in millimetres.
        public var roughnessMillimetres = 0.8

        /// A tear that opens from one width to another.
        public init(centreMillimetres: Double, restMillimetres: Double, peakMillimetres: Double) {
            self.centreMillimetres = centreMillimetres
            self.restMillimetres = restMillimetres
            self.peakMillimetres = peakMillimetres
        }
    }

    /// Columns in which little sound arrives below a depth.
    public struct Shadow: Hashable, Sendable {
        /// Left and right edge and the depth where it begins, in millimetres.
        public var fromMillimetres: Double, toMillimetres: Double, belowMillimetres: Double
        /// What is lost, in decibels.
        public var decibels = 25.0

        /// A shadow between two columns, below a depth.
        public init(fromMillimetres: Double, toMillimetres: Double, belowMillimetres: Double) {
            self.fromMillimetres = fromMillimetres
            self.toMillimetres = toMillimetres
            self.belowMillimetres = belowMillimetres
        }
    }

    /// A disc of tissue that leaves the plane and is replaced by other tissue.
    public struct OutOfPlane: Hashable, Sendable {
        /// The middle at rest and the radius, in millimetres.
        public var xMillimetres: Double, yMillimetres: Double, radiusMillimetres: Double
        /// The first frame in which tissue is exchanged, and how many frames that takes.
        public var firstFrame: Int, frames = 2

        /// A disc that leaves at a frame.
        public init(xMillimetres: Double, yMillimetres: Double, radiusMillimetres: Double, firstFrame: Int) {
            self.xMillimetres = xMillimetres
            self.yMillimetres = yMillimetres
            self.radiusMillimetres = radiusMillimetres
            self.firstFrame = firstFrame
        }
    }

    /// What is true of this muscle.
    public var truth: SimulatedTruth { SimulatedTruth(self) }
}

extension SimulatedMuscle {
    /// Uniform tissue that moves as a whole, as when only the probe slips.
    public static func rigid(seed: UInt64) -> SimulatedMuscle {
        var muscle = SimulatedMuscle(seed: seed)
        muscle.probeMotionXMillimetres = 0.75
        muscle.probeMotionYMillimetres = 0.4
        return muscle
    }

    /// Uniform tissue that shortens by 8 % and turns by 3°.
    public static func strained(seed: UInt64) -> SimulatedMuscle {
        var muscle = SimulatedMuscle(seed: seed)
        muscle.strainAlong = -0.08
        muscle.strainAcross = 0.04
        muscle.rotationDegrees = 3
        return muscle
    }

    /// A torn muscle between two sheaths: a gap of 1 mm at rest opens to 25 mm.
    public static func torn(seed: UInt64) -> SimulatedMuscle {
        var muscle = SimulatedMuscle(seed: seed)
        muscle.sheaths = Sheaths(upperMillimetres: 10, lowerMillimetres: 37)
        muscle.tear = Tear(centreMillimetres: 25.6, restMillimetres: 1, peakMillimetres: 25)
        return muscle
    }

    /// A healthy muscle between two sheaths that shortens by 12 %, thickens, slides, under a probe that wanders.
    public static func healthy(seed: UInt64) -> SimulatedMuscle {
        var muscle = SimulatedMuscle(seed: seed)
        muscle.sheaths = Sheaths(upperMillimetres: 10, lowerMillimetres: 37)
        muscle.strainAlong = -0.12
        muscle.strainAcross = 0.08
        muscle.slideMillimetres = 4
        muscle.probeMotionXMillimetres = 0.5
        muscle.probeMotionYMillimetres = 0.3
        muscle.streaksDecibels = 3
        return muscle
    }
}
