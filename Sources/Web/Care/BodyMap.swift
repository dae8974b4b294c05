// SPDX-License-Identifier: Apache-2.0

import Care
import Content
import Foundation

/// The body from the front and from behind, as shapes that lead to their region. Each is a link, so it works without JavaScript;
/// `intake.js` makes it choose in place.
struct BodyMap: Sendable {
    struct Shape: Sendable {
        /// "knee"
        var region: String
        var side: String
        /// "Knee, left"
        var label: String
        var url: String
        var path: String
        /// Mirrors the half that is drawn.
        var transform: String
        var isChosen: Bool
        var state: String
    }

    struct Figure: Sendable {
        var title: String
        var shapes: [Shape]
    }

    let figures: [Figure]

    init(path: String, chosen: BodyRegion?, side: BodyRegion.Side) {
        func shapes(_ drawing: [(BodyRegion, String)], seenFromBehind: Bool) -> [Shape] {
            drawing.flatMap { region, outline -> [Shape] in
                // Drawn is the half on the viewer's right: the person's left from the front, the right from behind.
                let halves: [(BodyRegion.Side, Bool)] =
                    region.hasSides
                    ? [(seenFromBehind ? .right : .left, false), (seenFromBehind ? .left : .right, true)]
                    : [(.middle, false)]
                return halves.map { half, mirrored in
                    let isChosen = region == chosen && (half == side || side == .both || !region.hasSides)
                    return Shape(
                        region: region.rawValue, side: half.rawValue,
                        label: region.hasSides
                            ? heard(region.name) + ", " + IntakeWords.side(half).lowercased() : heard(region.name),
                        url: "\(path)?region=\(region.rawValue)&side=\(half.rawValue)", path: outline,
                        transform: mirrored ? "translate(200 0) scale(-1 1)" : "translate(0 0)", isChosen: isChosen,
                        state: isChosen ? "chosen" : "free")
                }
            }
        }
        figures = [
            Figure(title: said("From the front"), shapes: shapes(Self.front + Self.limbs, seenFromBehind: false)),
            Figure(title: said("From behind"), shapes: shapes(Self.back + Self.limbs, seenFromBehind: true)),
        ]
    }

    /// The whole figure without its parts, for other drawings.
    static func outline(fromBehind: Bool) -> [String] { (fromBehind ? back + limbs : front + limbs).map(\.1) }

    private static let head = "M100 8C111 8 119 18 119 32S111 58 100 58 81 46 81 32 89 8 100 8Z"
    private static let neck = "M89 58H111L113 74H87Z"
    private static let shoulder = "M114 74C134 74 146 84 149 102L129 106 115 88Z"

    private static let limbs: [(BodyRegion, String)] = [
        (.upperArm, "M149 102L157 146 140 149 130 106Z"), (.elbow, "M157 147L161 168 145 171 140 150Z"),
        (.forearm, "M161 169L168 210 155 213 145 172Z"), (.hand, "M168 211L175 244C172 252 162 252 158 245L155 214Z"),
        (.ankle, "M127 374L127 392 111 392 112 374Z"), (.foot, "M127 393L134 410C128 416 114 416 109 410L111 393Z"),
    ]
    private static let front: [(BodyRegion, String)] = [
        (.head, head), (.neck, neck), (.shoulder, shoulder),
        (.chest, "M87 75H113L128 106V130H72V106Z"), (.abdomen, "M72 131H128L126 182H74Z"),
        (.hip, "M126 183L137 208 121 214 113 190Z"), (.groin, "M101 184L112 190 120 214 102 222Z"),
        (.thighFront, "M137 209L133 284 108 286 103 223 121 215Z"), (.knee, "M133 285L131 316 110 316 108 287Z"),
        (.shin, "M131 317L127 373 112 373 110 317Z"),
    ]
    private static let back: [(BodyRegion, String)] = [
        (.head, head), (.neck, neck), (.shoulder, shoulder),
        (.upperBack, "M87 75H113L128 106V142H72V106Z"), (.lowerBack, "M72 143H128L126 184H74Z"),
        (.buttock, "M101 185H126L137 212 135 228 102 228Z"), (.thighBack, "M135 229L132 284 108 286 102 229Z"),
        (.knee, "M132 285L131 316 110 316 108 287Z"), (.calf, "M131 317L127 373 112 373 110 317Z"),
    ]
}
