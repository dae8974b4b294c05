// SPDX-License-Identifier: Apache-2.0

import Care
import Foundation

/// Points drawn on the body, roughly: to see at a glance where needles are, not to find a point by. Positions are our own
/// sketch on the figure of `BodyMap`; a point that is not drawn is listed beside it.
struct PointMap: Sendable {
    struct Dot: Sendable {
        var x: String
        var y: String
        var label: String
    }

    struct Figure: Sendable {
        var title: String
        var outline: [String]
        var dots: [Dot]
        var text: String
    }

    let figures: [Figure]
    /// "ASHI L (front of the thigh)"
    let others: [String]
    let hasOthers: Bool

    init(_ points: [AcupuncturePoint]) {
        var front: [Dot] = []
        var back: [Dot] = []
        var others: [String] = []
        for point in points {
            guard let place = Self.places[point.code] else {
                others.append(point.text)
                continue
            }
            // A place is on the viewer's right: the person's left from the front, the right from behind.
            let onRight: [Bool] =
                switch point.side {
                case .left: [!place.isBehind]
                case .right: [place.isBehind]
                case .both: place.x == 100 ? [true] : [true, false]
                case .midline: [true]
                }
            for isRight in onRight {
                let dot = Dot(
                    x: "\(isRight ? place.x : 200 - place.x)", y: "\(place.y)",
                    label: "\(point.code) \(point.side.rawValue)")
                if place.isBehind { back.append(dot) } else { front.append(dot) }
            }
        }
        func text(_ title: String, _ dots: [Dot]) -> String {
            dots.isEmpty ? "\(title): no point" : "\(title): " + dots.map(\.label).joined(separator: ", ")
        }
        figures = [
            Figure(
                title: "From the front", outline: BodyMap.outline(fromBehind: false), dots: front,
                text: text("From the front", front)),
            Figure(
                title: "From behind", outline: BodyMap.outline(fromBehind: true), dots: back,
                text: text("From behind", back)),
        ]
        self.others = others
        hasOthers = !others.isEmpty
    }

    private struct Place {
        let x: Int
        let y: Int
        let isBehind: Bool
    }

    private static func front(_ x: Int, _ y: Int) -> Place { Place(x: x, y: y, isBehind: false) }
    private static func back(_ x: Int, _ y: Int) -> Place { Place(x: x, y: y, isBehind: true) }

    private static let places: [String: Place] = [
        "LI4": front(164, 226), "LI10": front(154, 178), "LI11": front(150, 164), "LI15": front(140, 92),
        "LI20": front(105, 40), "LU5": front(147, 160), "LU7": front(161, 204), "LU9": front(162, 210),
        "PC6": front(157, 198), "HT7": front(156, 212), "TE5": back(160, 198), "SI3": back(170, 228),
        "GB20": back(108, 56), "GB21": back(122, 80), "GB30": back(128, 210), "GB31": front(134, 244),
        "GB34": front(130, 324), "GB39": front(128, 366), "GB41": front(126, 402), "ST25": front(110, 156),
        "ST31": front(122, 216), "ST32": front(124, 250), "ST34": front(126, 280), "ST35": front(124, 306),
        "ST36": front(124, 328), "ST40": front(124, 346), "ST44": front(122, 408), "SP6": front(114, 366),
        "SP9": front(112, 322), "SP10": front(112, 278), "LR3": front(117, 404), "KI3": front(112, 384),
        "CV4": front(100, 174), "CV6": front(100, 166), "CV12": front(100, 140), "CV17": front(100, 104),
        "GV20": back(100, 12), "GV14": back(100, 76), "GV4": back(100, 166), "GV3": back(100, 174),
        "GV26": front(100, 45), "BL10": back(105, 58), "BL13": back(108, 92), "BL17": back(108, 118),
        "BL18": back(108, 128), "BL20": back(108, 142), "BL23": back(108, 162), "BL25": back(108, 172),
        "BL26": back(108, 178), "BL36": back(118, 230), "BL37": back(119, 256), "BL40": back(119, 300),
        "BL57": back(119, 344), "BL60": back(124, 384), "BL62": back(126, 392), "EX-B2": back(104, 166),
        "EX-B7": back(116, 172), "EX-UE7": back(166, 226), "EX-HN3": front(100, 24), "EX-LE4": front(114, 306),
        "EX-LE5": front(118, 306),
    ]
}
