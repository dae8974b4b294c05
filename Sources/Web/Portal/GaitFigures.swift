// SPDX-License-Identifier: Apache-2.0

import Content

/// The figures of a gait analysis, as the patient's report and the desk print them.
struct GaitFigures: Sendable {
    /// A measure that belongs to no side: cadence, speed, step width.
    struct Overall: Sendable {
        var name: String
        /// "112"
        var value: String
        /// "steps per minute"
        var unit: String
        /// What it is, in a sentence.
        var explanation: String
    }

    /// How one leg's cycle is shared between ground and air.
    struct Cycle: Sendable {
        /// "left" or "right": the class that colours it.
        let side: String
        let label: String
        /// "61 % on the ground, 39 % in the air"
        let text: String
        /// "61.2%", widths of the drawing.
        let stanceWidth: String
        let swingWidth: String

        init(side: String, label: String, stancePercent: Double) {
            let stance = min(max(stancePercent, 0), 100)
            let tenths = Int((stance * 10).rounded())
            self.side = side
            self.label = label
            let whole = Int(stance.rounded())
            text = said(
                "{a} % on the ground, {b} % in the air", ["a": String(whole), "b": String(100 - whole)]
            ).replacing(" %", with: "\u{a0}%")
            stanceWidth = "\(tenths / 10).\(tenths % 10)%"
            swingWidth = "\((1000 - tenths) / 10).\((1000 - tenths) % 10)%"
        }
    }

    /// Two bars for the eye, widths with "%"; the longer is about 100 %.
    struct Bars: Sendable {
        let left: String
        let right: String

        /// Nil where neither value can be drawn.
        init?(left: Double?, right: Double?) {
            let longest = max(left ?? 0, right ?? 0)
            guard longest > 0 else { return nil }
            func width(_ value: Double?) -> String { "\(Int(((value ?? 0) / longest * 100).rounded()))%" }
            self.left = width(left)
            self.right = width(right)
        }
    }

    struct Row: Sendable {
        var name: String
        var explanation: String
        /// "0.64 m", or "not measured".
        var left: String
        var right: String
        /// "even", "left 6 % shorter"
        var symmetry: String
        var bars: Bars?
    }

    var overall: [Overall]
    var cycle: [Cycle]
    let hasCycle: Bool
    /// "Left and right, mean of 5 strides each"
    var tableCaption: String
    var rows: [Row]

    init(overall: [Overall], cycle: [Cycle], tableCaption: String, rows: [Row]) {
        self.overall = overall
        self.cycle = cycle
        hasCycle = !cycle.isEmpty
        self.tableCaption = tableCaption
        self.rows = rows
    }
}
