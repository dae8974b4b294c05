// SPDX-License-Identifier: Apache-2.0

package import Accounts
import DICOM
package import Foundation
package import Storage

package enum ArchiveError: Error, Sendable, Hashable {
    case notPermitted
    case unknownObject
    case unknownStudy
    /// It belongs to a visit already.
    case filedAlready
    case noSuchFrame
    /// It has no pictures, or some that are only kept.
    case noPictures

    package var explanation: String {
        switch self {
        case .notPermitted: "Your role does not allow this. Ask the owner."
        case .unknownObject: "There is no such object."
        case .unknownStudy: "There is nothing waiting of this study. Somebody may have assigned it meanwhile."
        case .filedAlready: "This belongs to a visit already."
        case .noSuchFrame: "The object has no such frame."
        case .noPictures: "The object has no pictures that can be shown."
        }
    }
}

/// The objects: kept once, found by what they say, assigned by a person where the machine did not know.
package struct StoredObjects: Sendable {
    private let audit = AuditTrail()

    package init() {}

    package enum Kept: Sendable, Hashable {
        case new(StoredObject.ID)
        /// The same bytes were here before.
        case known(StoredObject.ID)
        /// Another object had this name first; it stays.
        case nameTaken
    }

    /// Writes the row of an object that lies under its key.
    package func keep(
        _ object: ArrivedObject, as filing: Filing, at now: Date, in transaction: any Transaction
    ) throws -> Kept {
        if let known = try find(instance: object.sopInstance, in: transaction) {
            return known.file.sha256 == object.file.sha256 ? .known(known.id) : .nameTaken
        }
        let state: StoredObject.State
        var (visit, patient, problem): (String?, Patient.ID?, String?) = (nil, nil, nil)
        switch filing {
        case .visit(let id, let person): (state, visit, patient) = (.filed, id, person)
        case .nobody(let why): (state, problem) = (.unmatched, why)
        }
        func short(_ tag: DICOMTag, _ most: Int = 200) -> String { String(object.text(tag).prefix(most)) }
        try transaction.run(
            """
            INSERT INTO dicom_object (id, sop_instance, sop_class, study, series, patient_id, patient_name, accession,
                modality, study_date, file_key, byte_count, sha256, source, received_at, state, problem, visit, patient,
                index_text)
            VALUES (\(object.id), \(object.sopInstance), \(object.sopClass), \(short(.studyInstance)),
                \(short(.seriesInstance)), \(short(.patientID)), \(short(.patientName)), \(short(.accessionNumber)),
                \(short(.modality)), \(short(.studyDate)), \(object.file.key), \(object.file.byteCount),
                \(object.file.sha256), \(object.source), \(now), \(state), \(problem), \(visit), \(patient),
                \(object.indexText))
            """)
        return .new(object.id)
    }

    package func find(_ id: StoredObject.ID, in transaction: any Transaction) throws -> StoredObject {
        guard let row = try transaction.first("SELECT * FROM dicom_object WHERE id = \(id)") else {
            throw ArchiveError.unknownObject
        }
        return try StoredObject(row)
    }

    package func find(instance: String, in transaction: any Transaction) throws -> StoredObject? {
        try transaction.first("SELECT * FROM dicom_object WHERE sop_instance = \(instance)").map(StoredObject.init)
    }

    package func find(fileKey: String, in transaction: any Transaction) throws -> StoredObject? {
        try transaction.first("SELECT * FROM dicom_object WHERE file_key = \(fileKey)").map(StoredObject.init)
    }

    /// The objects of studies, series or visits, the oldest first.
    package func list(
        study: String? = nil, series: String? = nil, instance: String? = nil, in transaction: any Transaction
    ) throws -> [StoredObject] {
        var condition: SQL = "1 = 1"
        if let study { condition = condition + " AND study = \(study)" }
        if let series { condition = condition + " AND series = \(series)" }
        if let instance { condition = condition + " AND sop_instance = \(instance)" }
        return try transaction.rows("SELECT * FROM dicom_object WHERE \(condition) ORDER BY id").map(StoredObject.init)
    }

    /// The studies that wait for somebody to say whose they are, the newest first: each as its oldest object and how many.
    package func unmatched(limit: Int, in transaction: any Transaction) throws -> [(first: StoredObject, count: Int)] {
        try transaction.rows(
            """
            SELECT study, min(id) AS oldest, count(*) AS many FROM dicom_object WHERE state = \(StoredObject.State.unmatched)
            GROUP BY study ORDER BY oldest DESC LIMIT \(limit)
            """
        ).map { row in
            (try find(row.get("oldest"), in: transaction), try row.get("many"))
        }
    }

    package func unmatchedCount(in transaction: any Transaction) throws -> Int {
        try transaction.value(
            Int.self, "SELECT count(DISTINCT study) FROM dicom_object WHERE state = \(StoredObject.State.unmatched)")
            ?? 0
    }

    /// Gives what waits of a study to a visit: a person says so. The objects that were assigned.
    package func assign(
        study: String, visit: String, patient: Patient.ID, by actor: Actor, at now: Date,
        in transaction: any Transaction
    ) throws -> [StoredObject] {
        guard case .staff = actor, actor.may(.assignObjects) else { throw ArchiveError.notPermitted }
        let waiting = try transaction.rows(
            "SELECT * FROM dicom_object WHERE study = \(study) AND state = \(StoredObject.State.unmatched) ORDER BY id"
        ).map(StoredObject.init)
        guard !waiting.isEmpty else { throw ArchiveError.unknownStudy }
        try transaction.run(
            """
            UPDATE dicom_object SET state = \(StoredObject.State.filed), visit = \(visit), patient = \(patient)
            WHERE study = \(study) AND state = \(StoredObject.State.unmatched)
            """)
        try audit.record(
            "dicom.assign", patient: patient, subject: "booking/\(visit)",
            detail: ["study": study, "objects": "\(waiting.count)", "saidPatient": waiting[0].patientID], by: actor,
            at: now, in: transaction)
        return waiting
    }

    /// Every file as it must lie on disk, for `fascia doctor`.
    package func storedFiles(in transaction: any Transaction) throws -> [StoredFile] {
        try transaction.rows("SELECT file_key, byte_count, sha256 FROM dicom_object ORDER BY file_key").map {
            StoredFile(key: try $0.get("file_key"), byteCount: try $0.get("byte_count"), sha256: try $0.get("sha256"))
        }
    }

    // MARK: What the desk is told

    /// Notes that an association or an object went wrong; the last two hundred are kept.
    package func note(_ what: String, source: String, at now: Date, in transaction: any Transaction) throws {
        try transaction.run(
            """
            INSERT INTO dicom_event (id, at, source, what)
            VALUES (\(Identifier<StoredObject>.make(at: now)), \(now), \(source), \(String(what.prefix(300))))
            """)
        try transaction.run(
            """
            DELETE FROM dicom_event WHERE id NOT IN (SELECT id FROM dicom_event ORDER BY id DESC LIMIT 200)
            """)
    }

    package func notes(limit: Int, in transaction: any Transaction) throws -> [(at: Date, source: String, what: String)]
    {
        try transaction.rows("SELECT * FROM dicom_event ORDER BY id DESC LIMIT \(limit)").map {
            (try $0.get("at"), try $0.get("source"), try $0.get("what"))
        }
    }
}
