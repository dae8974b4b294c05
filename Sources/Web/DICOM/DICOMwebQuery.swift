// SPDX-License-Identifier: Apache-2.0

import DICOM
import Foundation

/// The question of a QIDO-RS request: `?PatientID=…&StudyDate=20260301-&includefield=all&limit=20` (PS3.18 §8.3.4).
struct DICOMwebQuery {
    var keys = Attributes()
    var limit = 200
    var offset = 0
    var included: [DICOMTag] = []
    var includesAll = false

    /// Every attribute that a question may name, with its representation.
    static let names: [String: (tag: DICOMTag, vr: String)] = [
        "StudyDate": (.studyDate, "DA"), "StudyTime": (.studyTime, "TM"), "AccessionNumber": (.accessionNumber, "SH"),
        "ModalitiesInStudy": (.modalitiesInStudy, "CS"), "Modality": (.modality, "CS"),
        "ReferringPhysicianName": (.referringPhysician, "PN"), "PatientName": (.patientName, "PN"),
        "PatientID": (.patientID, "LO"), "PatientBirthDate": (.patientBirthDate, "DA"),
        "PatientSex": (.patientSex, "CS"),
        "StudyInstanceUID": (.studyInstance, "UI"), "StudyID": (.studyID, "SH"),
        "StudyDescription": (.studyDescription, "LO"), "SeriesInstanceUID": (.seriesInstance, "UI"),
        "SeriesNumber": (.seriesNumber, "IS"), "SeriesDescription": (.seriesDescription, "LO"),
        "SOPClassUID": (.sopClass, "UI"), "SOPInstanceUID": (.sopInstance, "UI"),
        "InstanceNumber": (.instanceNumber, "IS"), "Rows": (.rows, "US"), "Columns": (.columns, "US"),
        "BitsAllocated": (.bitsAllocated, "US"), "NumberOfFrames": (.frameCount, "IS"),
        "NumberOfStudyRelatedSeries": (.seriesCount, "IS"), "NumberOfStudyRelatedInstances": (.instanceCount, "IS"),
        "NumberOfSeriesRelatedInstances": (.seriesInstanceCount, "IS"),
    ]

    private static func attribute(_ name: String) -> (tag: DICOMTag, vr: String)? {
        if let known = names[name] { return known }
        guard let tag = DICOMTag(hexadecimal: name) else { return nil }
        return names.values.first { $0.tag == tag } ?? (tag, "LO")
    }

    /// - Throws: `Fault` for a number that is none. A name that is not known narrows nothing, as the standard has it.
    init(_ parameters: [(name: String, value: String)]) throws {
        for (name, value) in parameters {
            switch name.lowercased() {
            case "limit":
                guard let number = Int(value), number >= 0 else { throw Fault.badRequest("limit is no number.") }
                limit = min(number, 1000)
            case "offset":
                guard let number = Int(value), number >= 0 else { throw Fault.badRequest("offset is no number.") }
                offset = number
            case "includefield":
                if value.lowercased() == "all" { includesAll = true }
                included += value.split(separator: ",").compactMap { Self.attribute(String($0))?.tag }
            case "fuzzymatching": break
            default:
                guard let (tag, vr) = Self.attribute(name) else { continue }
                let values = vr == "UI" ? value.split { $0 == "," || $0 == "\\" }.map(String.init) : [value]
                keys[tag] = .init(
                    vr,
                    values.map { vr == "PN" ? .person(alphabetic: $0, ideographic: nil, phonetic: nil) : .text($0) })
            }
        }
    }
}
