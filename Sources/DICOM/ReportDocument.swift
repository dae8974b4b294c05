// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A coded word: its code, whose code it is, and what it means in plain words (PS3.3 8.8).
package struct ReportCode: Sendable, Hashable {
    package let value: String
    package let scheme: String
    package let meaning: String

    /// The most letters that a code has (VR SH) and that its meaning has (VR LO).
    package static let (mostLetters, mostMeaning) = (16, 64)

    package init(_ value: String, _ scheme: String, _ meaning: String) {
        self.value = String(value.prefix(Self.mostLetters))
        self.scheme = scheme
        self.meaning = String(meaning.prefix(Self.mostMeaning))
    }

    /// DICOM's own code (PS3.16 annex D).
    package static func dicom(_ value: String, _ meaning: String) -> ReportCode { ReportCode(value, "DCM", meaning) }
    /// A unit of measurement (https://ucum.org).
    package static func unit(_ value: String, _ meaning: String) -> ReportCode { ReportCode(value, "UCUM", meaning) }

    package var attributes: Attributes {
        var code = Attributes()
        code.set(.codeValue, "SH", value)
        code.set(.codingScheme, "SH", scheme)
        code.set(.codeMeaning, "LO", meaning)
        return code
    }
}

/// One line of a structured report with the lines below it (PS3.3 C.17.3).
package struct ReportItem: Sendable, Hashable {
    /// How a line belongs to the one above it.
    package enum Relationship: String, Sendable {
        case contains = "CONTAINS"
        case observationContext = "HAS OBS CONTEXT"
        case acquisitionContext = "HAS ACQ CONTEXT"
        case modifier = "HAS CONCEPT MOD"
        case inferredFrom = "INFERRED FROM"
        case selectedFrom = "SELECTED FROM"
    }

    /// An object, and one of its frames (from 1) where it has several.
    package struct Reference: Sendable, Hashable {
        package let sopClass: String
        package let sopInstance: String
        package let frame: Int?

        package init(sopClass: String, sopInstance: String, frame: Int? = nil) {
            self.sopClass = sopClass
            self.sopInstance = sopInstance
            self.frame = frame
        }

        var attributes: Attributes {
            var item = Attributes()
            item.set(.referencedClass, "UI", sopClass)
            item.set(.referencedInstance, "UI", sopInstance)
            if let frame { item.set(.referencedFrame, "IS", number: Double(frame)) }
            return item
        }
    }

    package private(set) var attributes = Attributes()

    private init(_ type: String, _ relationship: Relationship?, _ name: ReportCode?, _ children: [ReportItem]) {
        if let relationship { attributes.set(.relationshipType, "CS", relationship.rawValue) }
        attributes.set(.valueType, "CS", type)
        if let name { attributes.set(.conceptName, items: [name.attributes]) }
        if !children.isEmpty { attributes.set(.content, items: children.map(\.attributes)) }
    }

    /// - Parameter template: of PS3.16, where the lines below are one.
    package static func container(
        _ relationship: Relationship?, _ name: ReportCode, template: String? = nil, _ children: [ReportItem]
    ) -> ReportItem {
        var item = ReportItem("CONTAINER", relationship, name, children)
        item.attributes.set(.continuity, "CS", "SEPARATE")
        if let template {
            var named = Attributes()
            named.set(.mappingResource, "CS", "DCMR")
            named.set(.templateIdentifier, "CS", template)
            item.attributes.set(.contentTemplate, items: [named])
        }
        return item
    }

    package static func text(
        _ relationship: Relationship, _ name: ReportCode, _ text: String, _ children: [ReportItem] = []
    ) -> ReportItem {
        var item = ReportItem("TEXT", relationship, name, children)
        item.attributes.set(.textValue, "UT", text)
        return item
    }

    package static func code(
        _ relationship: Relationship, _ name: ReportCode, _ value: ReportCode, _ children: [ReportItem] = []
    ) -> ReportItem {
        var item = ReportItem("CODE", relationship, name, children)
        item.attributes.set(.conceptCode, items: [value.attributes])
        return item
    }

    /// - Parameter person: with its parts in DICOM's order ("Vega^Maria Luisa").
    package static func person(_ relationship: Relationship, _ name: ReportCode, _ person: String) -> ReportItem {
        var item = ReportItem("PNAME", relationship, name, [])
        item.attributes.set(.personName, "PN", person)
        return item
    }

    package static func identifier(_ relationship: Relationship, _ name: ReportCode, _ uid: String) -> ReportItem {
        var item = ReportItem("UIDREF", relationship, name, [])
        item.attributes.set(.uidValue, "UI", uid)
        return item
    }

    package static func number(
        _ relationship: Relationship, _ name: ReportCode, _ value: Double, _ unit: ReportCode,
        _ children: [ReportItem] = []
    ) -> ReportItem {
        var item = ReportItem("NUM", relationship, name, children)
        var measured = Attributes()
        measured.set(.measurementUnit, items: [unit.attributes])
        measured.set(.floatingPointValue, "FD", number: value)
        measured.set(.numericValue, "DS", decimal(value))
        item.attributes.set(.measuredValue, items: [measured])
        return item
    }

    package static func image(
        _ relationship: Relationship, _ reference: Reference, _ children: [ReportItem] = []
    ) -> ReportItem {
        var item = ReportItem("IMAGE", relationship, nil, children)
        item.attributes.set(.referencedInstances, items: [reference.attributes])
        return item
    }

    /// A line through places of a picture: columns and rows, 0 at the upper left corner of the first pixel (C.18.6.1.1).
    package static func polyline(
        _ relationship: Relationship, _ places: [(column: Double, row: Double)], in reference: Reference
    ) -> ReportItem {
        var item = ReportItem("SCOORD", relationship, nil, [.image(.selectedFrom, reference)])
        item.attributes.set(.graphicType, "CS", "POLYLINE")
        item.attributes[.graphicData] = .init(
            "FL", places.flatMap { [Attributes.Value.number($0.column), .number($0.row)] })
        return item
    }

    /// A number as a decimal string: sixteen characters at most (PS3.5 6.2).
    package static func decimal(_ value: Double) -> String {
        for digits in stride(from: 15, through: 1, by: -1) {
            let text = String(format: "%.\(digits)g", value)
            if text.utf8.count <= 16 { return text }
        }
        return "0"
    }
}

extension DICOMTag {
    package static let contentDate = DICOMTag(0x0008_0023)
    package static let contentTime = DICOMTag(0x0008_0033)
    package static let manufacturer = DICOMTag(0x0008_0070)
    package static let codeValue = DICOMTag(0x0008_0100)
    package static let codingScheme = DICOMTag(0x0008_0102)
    package static let codeMeaning = DICOMTag(0x0008_0104)
    package static let mappingResource = DICOMTag(0x0008_0105)
    package static let codingSchemes = DICOMTag(0x0008_0110)
    package static let codingSchemeName = DICOMTag(0x0008_0115)
    package static let codingSchemeOrganization = DICOMTag(0x0008_0116)
    package static let timezoneOffset = DICOMTag(0x0008_0201)
    package static let institutionName = DICOMTag(0x0008_0080)
    package static let manufacturerModel = DICOMTag(0x0008_1090)
    package static let performedSteps = DICOMTag(0x0008_1111)
    package static let referencedSeries = DICOMTag(0x0008_1115)
    package static let referencedFrame = DICOMTag(0x0008_1160)
    package static let requestedProcedureCode = DICOMTag(0x0032_1064)
    package static let relationshipType = DICOMTag(0x0040_A010)
    package static let verifyingOrganization = DICOMTag(0x0040_A027)
    package static let verificationMoment = DICOMTag(0x0040_A030)
    package static let valueType = DICOMTag(0x0040_A040)
    package static let conceptName = DICOMTag(0x0040_A043)
    package static let continuity = DICOMTag(0x0040_A050)
    package static let verifyingObservers = DICOMTag(0x0040_A073)
    package static let verifyingObserver = DICOMTag(0x0040_A075)
    package static let verifyingObserverCode = DICOMTag(0x0040_A088)
    package static let personName = DICOMTag(0x0040_A123)
    package static let uidValue = DICOMTag(0x0040_A124)
    package static let textValue = DICOMTag(0x0040_A160)
    package static let floatingPointValue = DICOMTag(0x0040_A161)
    package static let conceptCode = DICOMTag(0x0040_A168)
    package static let measuredValue = DICOMTag(0x0040_A300)
    package static let numericValue = DICOMTag(0x0040_A30A)
    package static let predecessors = DICOMTag(0x0040_A360)
    package static let referencedRequests = DICOMTag(0x0040_A370)
    package static let performedProcedureCode = DICOMTag(0x0040_A372)
    package static let evidence = DICOMTag(0x0040_A375)
    package static let completionFlag = DICOMTag(0x0040_A491)
    package static let verificationFlag = DICOMTag(0x0040_A493)
    package static let contentTemplate = DICOMTag(0x0040_A504)
    package static let content = DICOMTag(0x0040_A730)
    package static let measurementUnit = DICOMTag(0x0040_08EA)
    package static let placerOrder = DICOMTag(0x0040_2016)
    package static let fillerOrder = DICOMTag(0x0040_2017)
    package static let templateIdentifier = DICOMTag(0x0040_DB00)
    package static let graphicData = DICOMTag(0x0070_0022)
    package static let graphicType = DICOMTag(0x0070_0023)
}
