// SPDX-License-Identifier: Apache-2.0

import Foundation
import Imaging
import Ultrasound

/// `fascia.measure/1`: what was measured in one frame. Lengths without calibration have no millimetres.
struct MeasureDocument: Encodable {
    struct Spacing: Encodable {
        let x: Double
        let y: Double
    }

    struct Outline: Encodable {
        let points: [PicturePoint]
        let area: PictureArea
        let echoIntensity: EchoIntensity?

        init(_ points: [PicturePoint], in image: GreyImage, spacing: PixelSpacing?) {
            self.points = points
            area = PictureArea(inside: points, spacing: spacing)
            echoIntensity = EchoIntensity(of: image, inside: points)
        }
    }

    struct Fascicles: Encodable {
        let angleDegrees: Double
        let pennationDegrees: Double
        let length: PictureLength
        let visibility: Double
    }

    struct Thickness: Encodable {
        /// At the middle of the tissue; then at its edges.
        let middle: PictureLength
        let left: PictureLength
        let right: PictureLength
        let superficial: BorderLine
        let deep: BorderLine
        let echoIntensity: EchoIntensity?
        let fascicles: Fascicles?

        init(_ borders: MuscleBorders, in image: GreyImage, spacing: PixelSpacing?) {
            let left = Double(borders.area.columns.lowerBound)
            let right = Double(borders.area.columns.upperBound - 1)
            middle = borders.thickness(spacing: spacing)
            self.left = borders.thickness(at: left, spacing: spacing)
            self.right = borders.thickness(at: right, spacing: spacing)
            superficial = borders.superficial
            deep = borders.deep
            echoIntensity = EchoIntensity(
                of: image,
                inside: [(left, superficial), (right, superficial), (right, deep), (left, deep)].map {
                    PicturePoint(x: $0.0, y: $0.1.row(at: $0.0))
                })
            fascicles = FascicleGeometry(in: image, between: borders, spacing: spacing).map {
                Fascicles(
                    angleDegrees: $0.angleDegrees, pennationDegrees: $0.pennationDegrees, length: $0.length,
                    visibility: $0.visibility)
            }
        }
    }

    let schema = "fascia.measure/1"
    let file: String
    let frame: Int
    let width: Int
    let height: Int
    let millimetresPerPixel: Spacing?
    var thickness: Thickness?
    var distances: [PictureLength] = []
    var outlines: [Outline] = []
    var haematoma: Outline?
    var warnings: [LoopWarning] = []

    init(loop file: String, frame: Int, image: GreyImage, spacing: PixelSpacing?) {
        self.file = file
        self.frame = frame
        width = image.width
        height = image.height
        millimetresPerPixel = spacing.map { Spacing(x: $0.x, y: $0.y) }
    }

    /// For people.
    var text: String {
        func number(_ value: Double) -> String { String(format: "%.1f", value) }
        func length(_ value: PictureLength) -> String {
            value.millimetres.map { "\(String(format: "%.2f", $0)) mm" } ?? "\(number(value.pixels)) px"
        }
        func area(_ value: PictureArea) -> String {
            value.squareMillimetres.map { "\(number($0)) mm²" } ?? "\(number(value.squarePixels)) px²"
        }
        var lines: [String] = []
        if let thickness {
            lines.append(
                "thickness      \(length(thickness.middle)) in the middle, \(length(thickness.left)) left, \(length(thickness.right)) right"
            )
            if let fascicles = thickness.fascicles {
                lines.append(
                    "fascicles      \(number(fascicles.angleDegrees))° to the horizontal, \(number(fascicles.pennationDegrees))° to the deep border, \(length(fascicles.length)) long"
                )
            }
            if let echo = thickness.echoIntensity {
                lines.append("echo intensity \(number(echo.mean)) ± \(number(echo.standardDeviation))")
            }
        }
        for value in distances { lines.append("distance       \(length(value))") }
        for (name, value) in outlines.map({ ("outline", $0) }) + (haematoma.map { [("haematoma", $0)] } ?? []) {
            let echo = value.echoIntensity.map { ", echo intensity \(number($0.mean))" } ?? ""
            lines.append("\(name.padding(toLength: 14, withPad: " ", startingAt: 0)) \(area(value.area))\(echo)")
        }
        if millimetresPerPixel == nil, !lines.isEmpty {
            lines.append("Not calibrated: give --mm-per-pixel for millimetres.")
        }
        return lines.map { "\($0)\n" }.joined()
    }
}
