// SPDX-License-Identifier: Apache-2.0

/// The paths of the markers that the lower-body model needs, in axes with z up; `Vector3.unseen` in gaps.
struct LegMarkers: Sendable {
    /// One leg's markers; an empty path where the file has none of that name.
    struct Leg: Sendable {
        var anteriorSpine: [Vector3]
        var posteriorSpine: [Vector3]
        var thigh: [Vector3]
        var knee: [Vector3]
        var shank: [Vector3]
        var ankle: [Vector3]
        var heel: [Vector3]
        var toe: [Vector3]
        /// The knee alignment device's three: along the knee's axis, and the two others.
        var device: [[Vector3]]
        var medialKnee: [Vector3]
        var medialAnkle: [Vector3]
    }

    var frameCount: Int
    var sacrum: [Vector3]
    var left: Leg
    var right: Leg

    subscript(side: Side) -> Leg { side == .left ? left : right }

    init(_ recording: Recording, _ markers: WalkMarkers) {
        frameCount = recording.frameCount
        let names = markers.names
        let upAxis = markers.upAxis
        func path(_ point: Int?) -> [Vector3] {
            guard let point else { return [] }
            var path = [Vector3](repeating: .unseen, count: recording.frameCount)
            let stride = recording.pointLabels.count * 3
            var index = point * 3
            var isSeen = false
            for frame in path.indices where index + 2 < recording.coordinates.count {
                let place = Vector3(
                    Double(recording.coordinates[index]), Double(recording.coordinates[index + 1]),
                    Double(recording.coordinates[index + 2]))
                if place.isSeen {
                    path[frame] = upAxis.standing(place)
                    isSeen = true
                }
                index += stride
            }
            return isSeen ? path : []
        }
        func leg(_ side: Side) -> Leg {
            func own(_ role: MarkerRole) -> [Vector3] { path(names.index(role, side)) }
            return Leg(
                anteriorSpine: own(.anteriorSpine), posteriorSpine: own(.posteriorSpine), thigh: own(.thighWand),
                knee: own(.knee), shank: own(.shankWand), ankle: own(.ankle), heel: own(.heel), toe: own(.toe),
                device: [own(.deviceAxis), own(.deviceFirst), own(.deviceSecond)], medialKnee: own(.medialKnee),
                medialAnkle: own(.medialAnkle))
        }
        left = leg(.left)
        right = leg(.right)
        sacrum = path(names.index(.sacrum))
    }

    /// The markers that are missing from the file altogether and without which there are no angles.
    var missing: [String] {
        var missing: [String] = []
        for side in Side.allCases {
            let l = side == .left ? "L" : "R"
            let leg = self[side]
            let needed: [(String, [Vector3])] = [
                ("ASI", leg.anteriorSpine), ("THI", leg.thigh), ("TIB", leg.shank), ("ANK", leg.ankle),
                ("TOE", leg.toe),
            ]
            missing += needed.filter { $0.1.isEmpty }.map { l + $0.0 }
            if leg.knee.isEmpty, leg.device.contains(where: \.isEmpty) { missing.append(l + "KNE") }
            if leg.posteriorSpine.isEmpty, sacrum.isEmpty { missing.append(l + "PSI or SACR") }
        }
        return missing
    }
}
