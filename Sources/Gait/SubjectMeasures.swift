// SPDX-License-Identifier: Apache-2.0

/// What is measured on the person with a tape and a calliper, in millimetres and kilograms, and the offsets that a
/// laboratory's program stored (radians).
///
/// Read from a file's PROCESSING group (or what stands in its place); a missing or zero measure is nil.
public struct SubjectMeasures: Hashable, Sendable, Codable {
    /// One leg's measures.
    public struct Leg: Hashable, Sendable, Codable {
        /// Anterior spine to medial malleolus.
        public var legLength: Double?
        /// Calliper width of the knee.
        public var kneeWidth: Double?
        /// Calliper width of the ankle.
        public var ankleWidth: Double?
        /// Anterior spine to the height of the trochanter; nil is computed from the leg length (Davis 1991).
        public var asisTrochanterDistance: Double?
        /// Thicker sole under toe than under heel, or thinner (negative).
        public var soleDelta = 0.0
        /// Rotation of the thigh wand about the thigh, from a knee alignment device or a functional calibration.
        public var thighRotation = 0.0
        /// Rotation of the shank wand about the shank.
        public var shankRotation = 0.0
        /// Ankle axis against knee axis.
        public var tibialTorsion = 0.0
        /// How far the ankle's axis is from being perpendicular to the shank.
        public var ankleAbduction = 0.0
        /// The foot's stored offsets; used only where no static trial is given.
        public var staticPlantarFlexion: Double?
        /// See `staticPlantarFlexion`.
        public var staticRotation: Double?
    }

    /// Kilograms.
    public var bodyMassKilograms: Double?
    /// Millimetres between the anterior spines; nil or 0 is measured in the static trial.
    public var interAsisDistance: Double?
    /// The left leg.
    public var left = Leg()
    /// The right leg.
    public var right = Leg()

    /// A side's leg.
    public subscript(side: Side) -> Leg {
        get { side == .left ? left : right }
        set { if side == .left { left = newValue } else { right = newValue } }
    }

    /// Reads the measures of a walk; what it lacks is taken from the static trial of the same session.
    public init(_ walk: [String: Double], standing: [String: Double] = [:]) {
        let walk = Self.canonical(walk)
        let standing = Self.canonical(standing)
        func value(_ names: String...) -> Double? {
            for values in [walk, standing] {
                for name in names {
                    if let value = values[name], value.isFinite, value != 0 { return value }
                }
            }
            return nil
        }
        func positive(_ names: String...) -> Double? {
            for values in [walk, standing] {
                for name in names {
                    if let value = values[name], value.isFinite, value > 0 { return value }
                }
            }
            return nil
        }
        bodyMassKilograms = positive("BODYMASS", "MASS", "WEIGHT")
        interAsisDistance = positive("INTERASISDISTANCE", "INTERASIS")
        for side in Side.allCases {
            let l = side == .left ? "L" : "R"
            var leg = Leg()
            leg.legLength = positive(l + "LEGLENGTH")
            leg.kneeWidth = positive(l + "KNEEWIDTH")
            leg.ankleWidth = positive(l + "ANKLEWIDTH")
            leg.asisTrochanterDistance = positive(l + "ASISTROCANTERDISTANCE", l + "ASISTROCHANTERDISTANCE")
            leg.soleDelta = value(l + "SOLEDELTA") ?? 0
            leg.thighRotation = value(l + "THIGHROTATION") ?? 0
            leg.shankRotation = value(l + "SHANKROTATION") ?? 0
            leg.tibialTorsion = value(l + "TIBIALTORSION") ?? 0
            leg.ankleAbduction = value(l + "ANKLEABADD") ?? 0
            leg.staticPlantarFlexion = value(l + "STATICPLANTFLEX")
            leg.staticRotation = value(l + "STATICROTOFF")
            self[side] = leg
        }
        // One leg measured stands for the other where the other was left out.
        left.legLength = left.legLength ?? right.legLength
        right.legLength = right.legLength ?? left.legLength
    }

    /// The measures without which no joint centre can be placed, in the words of a report.
    public var missing: [String] {
        Side.allCases.flatMap { side in
            [
                self[side].legLength == nil ? "\(side.rawValue) leg length" : nil,
                self[side].kneeWidth == nil ? "\(side.rawValue) knee width" : nil,
                self[side].ankleWidth == nil ? "\(side.rawValue) ankle width" : nil,
            ].compactMap { $0 }
        }
    }

    private static func canonical(_ values: [String: Double]) -> [String: Double] {
        Dictionary(
            values.map { ($0.uppercased().filter { $0 != "_" && $0 != " " }, $1) }, uniquingKeysWith: { a, _ in a })
    }
}
