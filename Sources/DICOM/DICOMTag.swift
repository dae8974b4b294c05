// SPDX-License-Identifier: Apache-2.0

/// The number of an attribute, "0008,0018" in print and "00080018" in JSON.
package struct DICOMTag: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let number: UInt32

    package init(_ number: UInt32) { self.number = number }

    /// From eight hexadecimal digits.
    package init?(hexadecimal text: some StringProtocol) {
        guard text.utf8.count == 8, let number = UInt32(text, radix: 16) else { return nil }
        self.number = number
    }

    package var description: String {
        let digits = String(number, radix: 16, uppercase: true)
        return String(repeating: "0", count: 8 - digits.utf8.count) + digits
    }

    package static func < (left: DICOMTag, right: DICOMTag) -> Bool { left.number < right.number }

    package static let specificCharacterSet = DICOMTag(0x0008_0005)
    package static let sopClass = DICOMTag(0x0008_0016)
    package static let sopInstance = DICOMTag(0x0008_0018)
    package static let studyDate = DICOMTag(0x0008_0020)
    package static let studyTime = DICOMTag(0x0008_0030)
    package static let accessionNumber = DICOMTag(0x0008_0050)
    package static let retrieveAETitle = DICOMTag(0x0008_0054)
    package static let modality = DICOMTag(0x0008_0060)
    package static let modalitiesInStudy = DICOMTag(0x0008_0061)
    package static let referringPhysician = DICOMTag(0x0008_0090)
    package static let studyDescription = DICOMTag(0x0008_1030)
    package static let seriesDescription = DICOMTag(0x0008_103E)
    package static let referencedStudies = DICOMTag(0x0008_1110)
    package static let referencedPatients = DICOMTag(0x0008_1120)
    package static let failureReason = DICOMTag(0x0008_1197)
    package static let failedInstances = DICOMTag(0x0008_1198)
    package static let referencedInstances = DICOMTag(0x0008_1199)
    package static let referencedClass = DICOMTag(0x0008_1150)
    package static let referencedInstance = DICOMTag(0x0008_1155)
    package static let retrieveURL = DICOMTag(0x0008_1190)
    package static let transactionUID = DICOMTag(0x0008_1195)
    package static let frameRateShown = DICOMTag(0x0008_2144)
    package static let patientName = DICOMTag(0x0010_0010)
    package static let patientID = DICOMTag(0x0010_0020)
    package static let patientBirthDate = DICOMTag(0x0010_0030)
    package static let patientSex = DICOMTag(0x0010_0040)
    package static let patientWeight = DICOMTag(0x0010_1030)
    package static let medicalAlerts = DICOMTag(0x0010_2000)
    package static let allergies = DICOMTag(0x0010_2110)
    package static let pregnancyStatus = DICOMTag(0x0010_21C0)
    package static let cineRate = DICOMTag(0x0018_0040)
    package static let frameTime = DICOMTag(0x0018_1063)
    package static let frameTimeVector = DICOMTag(0x0018_1065)
    package static let ultrasoundRegions = DICOMTag(0x0018_6011)
    package static let studyInstance = DICOMTag(0x0020_000D)
    package static let seriesInstance = DICOMTag(0x0020_000E)
    package static let studyID = DICOMTag(0x0020_0010)
    package static let seriesNumber = DICOMTag(0x0020_0011)
    package static let instanceNumber = DICOMTag(0x0020_0013)
    package static let seriesCount = DICOMTag(0x0020_1206)
    package static let instanceCount = DICOMTag(0x0020_1208)
    package static let seriesInstanceCount = DICOMTag(0x0020_1209)
    package static let photometric = DICOMTag(0x0028_0004)
    package static let frameCount = DICOMTag(0x0028_0008)
    package static let frameIncrementPointer = DICOMTag(0x0028_0009)
    package static let rows = DICOMTag(0x0028_0010)
    package static let columns = DICOMTag(0x0028_0011)
    package static let bitsAllocated = DICOMTag(0x0028_0100)
    package static let burnedInAnnotation = DICOMTag(0x0028_0301)
    package static let requestingPhysician = DICOMTag(0x0032_1032)
    package static let requestedDescription = DICOMTag(0x0032_1060)
    package static let admissionID = DICOMTag(0x0038_0010)
    package static let stationAETitle = DICOMTag(0x0040_0001)
    package static let stepStartDate = DICOMTag(0x0040_0002)
    package static let stepStartTime = DICOMTag(0x0040_0003)
    package static let performingPhysician = DICOMTag(0x0040_0006)
    package static let stepDescription = DICOMTag(0x0040_0007)
    package static let stepID = DICOMTag(0x0040_0009)
    package static let stationName = DICOMTag(0x0040_0010)
    package static let stepLocation = DICOMTag(0x0040_0011)
    package static let scheduledSteps = DICOMTag(0x0040_0100)
    package static let performedStatus = DICOMTag(0x0040_0252)
    package static let scheduledAttributes = DICOMTag(0x0040_0270)
    package static let requestedProcedureID = DICOMTag(0x0040_1001)
    package static let requestedPriority = DICOMTag(0x0040_1003)
    package static let perFrameGroups = DICOMTag(0x5200_9230)
    package static let pixelData = DICOMTag(0x7FE0_0010)
}

/// A unique identifier as it may be believed: digits and points, 64 at most. Anything else is nobody's name.
package func isUniqueIdentifier(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count) && text.utf8.allSatisfy { (48...57).contains($0) || $0 == 46 }
}
