// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import DICOM
package import Foundation
package import Storage

/// A DICOM object that the clinic keeps, byte for byte as it came.
package struct StoredObject: Sendable, Hashable {
    package typealias ID = Identifier<StoredObject>

    package enum State: String, Sendable, Bindable {
        /// It belongs to a visit.
        case filed
        /// Nobody knows yet whose it is; a person at the desk decides.
        case unmatched
    }

    package let id: ID
    package let sopInstance: String
    package let sopClass: String
    package let study: String
    package let series: String
    /// As the machine wrote them.
    package let patientID: String
    package let patientName: String
    package let accession: String
    package let modality: String
    package let studyDate: String
    package let file: StoredFile
    /// The machine's AE title and address, or who uploaded it.
    package let source: String
    package let receivedAt: Date
    package let state: State
    /// Why it was not filed.
    package let problem: String?
    package let visit: String?
    package let patient: Patient.ID?
    let indexText: String

    package func index() throws -> ObjectIndex { try ObjectIndex(json: Data(indexText.utf8)) }

    init(_ row: Row) throws {
        id = try row.get("id")
        sopInstance = try row.get("sop_instance")
        sopClass = try row.get("sop_class")
        study = try row.get("study")
        series = try row.get("series")
        patientID = try row.get("patient_id")
        patientName = try row.get("patient_name")
        accession = try row.get("accession")
        modality = try row.get("modality")
        studyDate = try row.get("study_date")
        file = StoredFile(
            key: try row.get("file_key"), byteCount: try row.get("byte_count"), sha256: try row.get("sha256"))
        source = try row.get("source")
        receivedAt = try row.get("received_at")
        state = try row.get("state")
        problem = try row.get("problem")
        visit = try row.get("visit")
        patient = try row.get("patient")
        indexText = try row.get("index_text")
    }
}

/// An object that has arrived and lies under its key already.
package struct ArrivedObject: Sendable {
    package let id: StoredObject.ID
    package let file: StoredFile
    package let source: String
    package let head: ObjectHead
    package let indexText: String
    package let sopClass: String
    package let sopInstance: String

    package init(
        id: StoredObject.ID, file: StoredFile, source: String, head: ObjectHead, indexText: String, sopClass: String,
        sopInstance: String
    ) {
        self.id = id
        self.file = file
        self.source = source
        self.head = head
        self.indexText = indexText
        self.sopClass = sopClass
        self.sopInstance = sopInstance
    }

    /// The key of an object's file.
    package static func key(named name: String) -> String { "\(folder)/\(name).dcm" }
    /// The folder of all of them, among the files.
    package static let folder = "dicom"

    package func text(_ tag: DICOMTag) -> String { head.text(tag) }

    /// What is wrong with its names, if something is: they must be those that were announced, and names at all.
    package var fault: String? {
        for tag in [DICOMTag.studyInstance, .seriesInstance, .sopInstance, .sopClass]
        where !isUniqueIdentifier(text(tag)) {
            return "the identifier \(tag) is missing or malformed"
        }
        if text(.sopInstance) != sopInstance || text(.sopClass) != sopClass {
            return "the object is not the one that was announced"
        }
        return nil
    }
}

/// Whose an object is.
package enum Filing: Sendable, Hashable {
    case visit(String, patient: Patient.ID)
    case nobody(why: String)
}
