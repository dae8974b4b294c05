// SPDX-License-Identifier: Apache-2.0

import Testing
import Ultrasound

@testable import DICOM

@Suite struct RegionTests {
    static func item(
        _ left: Int, _ top: Int, _ right: Int, _ bottom: Int, x: Double = 0.02, y: Double = 0.03,
        units: (Int, Int) = (3, 3),
        format: Int = 1, flags: Int = 0
    ) -> Attributes {
        var item = Attributes()
        let numbers: [(UInt32, Double)] = [
            (0x0018_6012, Double(format)), (0x0018_6016, Double(flags)), (0x0018_6018, Double(left)),
            (0x0018_601A, Double(top)), (0x0018_601C, Double(right)), (0x0018_601E, Double(bottom)),
            (0x0018_6024, Double(units.0)), (0x0018_6026, Double(units.1)), (0x0018_602C, x), (0x0018_602E, y),
        ]
        for (tag, number) in numbers { item.set(DICOMTag(tag), "UL", number: number) }
        return item
    }

    @Test func centimetresBecomeMillimetresAndPixelsNeedNotBeSquare() {
        let regions = UltrasoundRegions([Self.item(10, 10, 89, 89)], columns: 100, rows: 100)
        #expect(regions.spacing(from: (20, 20), to: (80, 80)) == PixelSpacing(x: 0.2, y: 0.3))
        #expect(regions.pictureSpacing == PixelSpacing(x: 0.2, y: 0.3))
    }

    @Test func outsideOfARegionThereIsNoMillimetre() {
        let regions = UltrasoundRegions([Self.item(10, 10, 89, 89)], columns: 100, rows: 100)
        #expect(regions.spacing(from: (5, 20), to: (80, 80)) == nil)
        #expect(regions.spacing(from: (20, 20), to: (95, 80)) == nil)
    }

    @Test func theTwoHalvesOfADualPictureAreNotMeasuredAcross() {
        let regions = UltrasoundRegions([Self.item(0, 0, 49, 99), Self.item(50, 0, 99, 99)], columns: 100, rows: 100)
        #expect(regions.pictureSpacing != nil)
        #expect(regions.spacing(from: (10, 10), to: (90, 10)) == nil)
        #expect(regions.spacing(from: (60, 10), to: (90, 10)) != nil)
    }

    @Test func aTimeAxisIsNoLength() {
        let trace = Self.item(0, 60, 99, 99, units: (4, 3), format: 2)
        let regions = UltrasoundRegions([Self.item(0, 0, 99, 59), trace], columns: 100, rows: 100)
        #expect(regions.spacing(from: (10, 70), to: (20, 80)) == nil)
        #expect(regions.spacing(from: (10, 10), to: (20, 20)) != nil)
        #expect(regions.pictureSpacing == PixelSpacing(x: 0.2, y: 0.3))
    }

    @Test(arguments: [Double.nan, .infinity, 0, 0.00001, 1.5, -0.00001])
    func numbersThatCannotBeAreNone(_ delta: Double) {
        let regions = UltrasoundRegions([Self.item(0, 0, 99, 99, x: delta)], columns: 100, rows: 100)
        #expect(regions.spacing(from: (10, 10), to: (20, 20)) == nil)
        #expect(regions.pictureSpacing == nil)
    }

    @Test func aNegativeDeltaTellsADirectionOnly() {
        let regions = UltrasoundRegions([Self.item(0, 0, 99, 99, x: -0.02)], columns: 100, rows: 100)
        #expect(regions.pictureSpacing == PixelSpacing(x: 0.2, y: 0.3))
    }

    @Test func aRegionOfAPictureThatWasResizedIsRefused() {
        #expect(UltrasoundRegions([Self.item(0, 0, 199, 99)], columns: 100, rows: 100).all.isEmpty)
        // The column behind the last one is how some makers count.
        #expect(UltrasoundRegions([Self.item(0, 0, 100, 100)], columns: 100, rows: 100).all.count == 1)
    }

    @Test func twoScalesInOnePictureAreNotOne() {
        let regions = UltrasoundRegions(
            [Self.item(0, 0, 49, 99), Self.item(50, 0, 99, 99, x: 0.05)], columns: 100, rows: 100)
        #expect(regions.pictureSpacing == nil)
        #expect(regions.spacing(from: (60, 10), to: (90, 10)) == PixelSpacing(x: 0.5, y: 0.3))
    }
}
