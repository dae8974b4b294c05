// SPDX-License-Identifier: Apache-2.0

/// What a person decides about an analysis; each choice changes figures, so each is stored and printed.
public struct AnalysisOptions: Hashable, Sendable, Codable {
    /// The regression that places the hip joint centre.
    public enum HipCentre: String, Sendable, Hashable, Codable, CaseIterable {
        /// Davis 1991, as in Plug-in Gait.
        case davis
        /// Harrington 2007.
        case harrington
    }

    /// The order of the pelvis's three rotations.
    public enum PelvisOrder: String, Sendable, Hashable, Codable, CaseIterable {
        /// As Vicon stores it.
        case tiltObliquityRotation = "tilt-obliquity-rotation"
        /// Baker 2001.
        case rotationObliquityTilt = "rotation-obliquity-tilt"
    }

    /// Whether the foot stood flat in the static trial.
    public struct FlatFoot: Hashable, Sendable, Codable {
        /// The left foot.
        public var left: Bool
        /// The right foot.
        public var right: Bool

        /// Both feet's choices.
        public init(left: Bool = false, right: Bool = false) {
            self.left = left
            self.right = right
        }
    }

    /// The markers' diameter in millimetres; nil takes the file's, and 14 where it has none.
    public var markerDiameterMillimetres: Double?
    /// Which feet stood flat in the static trial.
    public var flatFoot: FlatFoot
    /// How the hip centre is placed.
    public var hipCentre: HipCentre
    /// The order of the pelvis's rotations.
    public var pelvisOrder: PelvisOrder
    /// Whether medial knee and ankle markers of the standing trial place the joints' axes. A knee alignment device does
    /// so whenever the standing trial has one.
    public var usesMedialMarkers: Bool
    /// Which events are used. Not part of the printed options: every event carries its source.
    public var events: EventDetection.Policy

    /// The usual choices, those of Vicon's Plug-in Gait.
    public init(
        markerDiameterMillimetres: Double? = nil, flatFoot: FlatFoot = FlatFoot(), hipCentre: HipCentre = .davis,
        pelvisOrder: PelvisOrder = .tiltObliquityRotation, usesMedialMarkers: Bool = false,
        events: EventDetection.Policy = .storedFirst
    ) {
        self.markerDiameterMillimetres = markerDiameterMillimetres
        self.flatFoot = flatFoot
        self.hipCentre = hipCentre
        self.pelvisOrder = pelvisOrder
        self.usesMedialMarkers = usesMedialMarkers
        self.events = events
    }
}
