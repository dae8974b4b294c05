// SPDX-License-Identifier: Apache-2.0

import DICOM
import Foundation
import Imaging
import Ultrasound

/// What the findings' words are called in a structured report. DICOM's own codes where it has one, UCUM for units, and codes of
/// this house (`docs/dicom-report.md` lists all of them) for the rest.
package enum ReportWords {
    /// The house's scheme, as every report names it.
    package static let scheme = "99FASCIA"

    static func own(_ value: String, _ meaning: String) -> ReportCode { ReportCode(value, scheme, meaning) }

    // MARK: PS3.16, TID 1500 and what it takes in

    static let title = ReportCode.dicom("126000", "Imaging Measurement Report")
    static let language = ReportCode.dicom("121049", "Language of Content Item and Descendants")
    static let english = ReportCode("en", "RFC5646", "English")
    static let observerType = ReportCode.dicom("121005", "Observer Type")
    static let person = ReportCode.dicom("121006", "Person")
    static let observerName = ReportCode.dicom("121008", "Person Observer Name")
    static let observerOrganization = ReportCode.dicom("121009", "Person Observer's Organization Name")
    static let procedureReported = ReportCode.dicom("121058", "Procedure reported")
    static let imageLibrary = ReportCode.dicom("111028", "Image Library")
    static let imageLibraryGroup = ReportCode.dicom("126200", "Image Library Group")
    static let modality = ReportCode.dicom("121139", "Modality")
    static let ultrasound = ReportCode.dicom("US", "Ultrasound")
    static let measurements = ReportCode.dicom("126010", "Imaging Measurements")
    static let measurementGroup = ReportCode.dicom("125007", "Measurement Group")
    static let trackingIdentifier = ReportCode.dicom("112039", "Tracking Identifier")
    static let trackingUID = ReportCode.dicom("112040", "Tracking Unique Identifier")
    static let findings = ReportCode.dicom("121070", "Findings")
    static let finding = ReportCode.dicom("121071", "Finding")
    static let distance = ReportCode.dicom("121206", "Distance")
    static let angle = ReportCode.dicom("110859", "Angle")

    // MARK: The house's own

    static let dynamicUltrasound = own("dynamic-us", "Dynamic ultrasound of muscle")
    static let site = own("finding-site", "Finding site")
    static let side = own("laterality", "Laterality")
    static let area = own("area", "Area")
    static let opening = own("opening", "Opening of a gap on contraction")
    static let rest = own("gap-at-rest", "Gap at rest")
    static let maximum = own("gap-at-most", "Gap at its widest")
    static let error = own("error-95", "Half width of the 95 % interval, by tracking alone")
    static let section = own("torn-percent", "Torn part of the cross-section")
    static let difference = own("difference", "Difference from the other value")
    static let comparedWith = own("compared-with", "Compared with")
    static let grading = own("grading", "Grading of muscle injuries")
    static let otherSide = own("other-side", "The other side")
    static let earlierVisit = own("earlier-visit", "An earlier visit")

    static func side(_ side: BodySide) -> ReportCode {
        switch side {
        case .left: own("left", "Left")
        case .right: own("right", "Right")
        }
    }

    static func muscle(_ muscle: ComparedMuscle) -> ReportCode {
        switch muscle {
        case .quadriceps: own("quadriceps", "Quadriceps")
        case .hamstrings: own("hamstrings", "Hamstrings")
        case .vasti: own("vasti", "Vasti")
        case .rectusFemoris: own("rectus-femoris", "Rectus femoris")
        case .other: own("muscle", "Muscle")
        }
    }

    /// What a measure is of.
    static func meaning(_ meaning: String) -> ReportCode {
        switch LoopAnnotation.Meaning(rawValue: meaning) {
        case .thickness: own("thickness", "Thickness of the muscle")
        case .tearLength: own("tear-length", "Length of the tear")
        case .haematomaLength: own("haematoma-length", "Length of the haematoma")
        case .haematomaArea: own("haematoma-area", "Area of the haematoma")
        case .crossSection: own("cross-section", "Cross-section of the muscle")
        case .tornSection: own("torn-section", "Torn part of the cross-section, as an area")
        case .pennation: own("pennation", "Pennation angle")
        case .other: own("other", "Another measure")
        case nil: opening
        }
    }

    static func system(_ system: GradingSystem) -> ReportCode {
        switch system {
        case .peetrons: own("peetrons", "Peetrons 2002")
        case .chan: own("chan", "Chan 2012")
        case .munich: own("munich", "Munich consensus 2013")
        case .britishAthletics: own("british", "British Athletics 2014")
        }
    }

    /// A class by its place in its system, so that the code stays short; its name is the meaning.
    static func grade(_ name: String, of system: GradingSystem) -> ReportCode? {
        system.classes.firstIndex { $0.name == name }.map {
            own("\(Self.system(system).value)-\($0)", "\(Self.system(system).meaning), class \(name)")
        }
    }

    /// What kind of number it is, where the measure itself says what it is of.
    static func quantity(_ unit: MeasuredValue.Unit) -> ReportCode {
        switch unit {
        case .millimetres, .pixels: distance
        case .squareMillimetres, .squarePixels: area
        case .degrees: angle
        }
    }

    static func unit(_ unit: MeasuredValue.Unit) -> ReportCode {
        switch unit {
        case .millimetres: .unit("mm", "millimeter")
        case .squareMillimetres: .unit("mm2", "square millimeter")
        case .degrees: .unit("deg", "degree")
        // Without a scale, as PS3.16 writes counted pixels.
        case .pixels: .unit("{pixels}", "pixels, not calibrated")
        case .squarePixels: .unit("{pixels2}", "square pixels, not calibrated")
        }
    }

    static let percent = ReportCode.unit("%", "percent")
}
