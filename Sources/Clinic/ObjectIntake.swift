// SPDX-License-Identifier: Apache-2.0

import Accounts
import Archive
import DICOM
import Diary
import Foundation
import Imaging
import Logging
import Storage

// Objects that have arrived: under their keys, with their rows, filed where it is certain whose they are. Those that arrive
// at the same time share one sync of the database (`GroupCommit`).
extension Clinic {
    enum ObjectOutcome: Sendable {
        case kept(StoredObjects.Kept)
        case refused(String)
        case failed
    }

    /// Takes one in that lies under its key; it is there for good when this returns `.kept`. Its row is committed after the
    /// file is on disk, never before.
    func take(_ received: AssociationTalk.Received, key: String, source: String) async -> ObjectOutcome {
        let now = clock.now()
        let object = ArrivedObject(
            id: StoredObject.ID.make(at: now),
            file: StoredFile(key: key, byteCount: received.byteCount, sha256: received.sha256), source: source,
            head: received.head, indexText: received.indexText, sopClass: received.sopClass,
            sopInstance: received.sopInstance)
        if let fault = object.fault {
            try? await files.remove(key)
            return .refused(fault)
        }
        do {
            let kept = try await store.write { [self] transaction in
                let kept = try keep(object, at: now, in: transaction)
                // The disk has worked meanwhile.
                try received.sync.wait()
                return kept
            }
            // What is here already needs no second copy.
            if kept != .new(object.id) { try? await files.remove(key) }
            return .kept(kept)
        } catch {
            logger.error("An object could not be kept; its machine is told so.", metadata: ["error": "\(error)"])
            try? await files.remove(key)
            return .failed
        }
    }

    /// Writes an object's row, and makes a loop of its visit of it.
    private func keep(
        _ object: ArrivedObject, at now: Date, in transaction: any Transaction
    ) throws -> StoredObjects.Kept {
        let filing = try filing(of: object, in: transaction)
        let kept = try StoredObjects().keep(object, as: filing, at: now, in: transaction)
        guard case .new(let id) = kept else { return kept }
        let actor = Actor.system("dicom")
        switch filing {
        case .visit(let visit, let patient):
            try audit.record(
                "dicom.receive", patient: patient, subject: "dicom/\(id)",
                detail: ["visit": visit, "source": object.source, "sha256": object.file.sha256], by: actor, at: now,
                in: transaction)
            try show(
                object.file, index: object.head, visit: visit, patient: patient, by: actor, at: now, in: transaction)
        case .nobody:
            try audit.record(
                "dicom.receive", patient: nil, subject: "dicom/\(id)",
                detail: ["source": object.source, "sha256": object.file.sha256], by: actor, at: now, in: transaction)
        }
        return kept
    }

    /// Hands a kept object's pictures to the room of loops.
    func show(
        _ file: StoredFile, index: ObjectIndex, visit: String, patient: Patient.ID, by actor: Actor, at now: Date,
        in transaction: any Transaction
    ) throws {
        guard let pictures = index.pictures else { return }
        let number = index.attributes.text(.instanceNumber).map { " \($0.prefix(8))" } ?? ""
        let kind = pictures.isFilm ? "Film" : pictures.frames > 1 ? "Loop" : "Picture"
        let described = index.attributes.text(.seriesDescription).map { ", \($0.prefix(60))" } ?? ""
        _ = try LoopUploads().adopt(
            file, named: "\(kind)\(number)\(described)", visit: visit, patient: patient, by: actor, at: now,
            in: transaction)
    }

    /// Whose an object is: its accession number or study is that of a booking, and its patient is that booking's. Anything
    /// less is nobody's until a person says so.
    func filing(of object: ArrivedObject, in transaction: any Transaction) throws -> Filing {
        let accession = object.text(.accessionNumber)
        let study = object.text(.studyInstance)
        let patientID = object.text(.patientID)
        guard let prefix = AccessionNumber.identifierPrefix(accession) else {
            return .nobody(
                why: accession.isEmpty
                    ? "It has no accession number." : "Its accession number is none of this clinic's.")
        }
        guard
            let booking = try bookings.all(identifiersFrom: prefix, in: transaction).first(where: {
                AccessionNumber.text($0.id) == accession.uppercased()
            })
        else { return .nobody(why: "No booking has its accession number.") }
        guard patientID == booking.patient.description else {
            return .nobody(why: "Its patient's number is not that of the booking with this accession number.")
        }
        guard sharesAName(object.text(.patientName), Worklist.personName(booking.name)) else {
            return .nobody(why: "Its patient's name is not that of the booking with this accession number.")
        }
        // A study of another visit under this accession number: somebody chose the wrong line on the machine.
        if study.hasPrefix("2.25."), study != AccessionNumber.studyInstance(booking.id),
            try bookings.all(of: booking.patient, in: transaction).contains(where: {
                AccessionNumber.studyInstance($0.id) == study
            })
        {
            return .nobody(why: "Its study is that of another visit of this patient.")
        }
        return .visit(booking.id.description, patient: booking.patient)
    }

    /// Machines shorten and rewrite names; not one word in common is another person.
    private func sharesAName(_ one: String, _ other: String) -> Bool {
        func words(_ name: String) -> Set<String> {
            Set(
                name.folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
                    .split { !$0.isLetter }.map(String.init))
        }
        let left = words(one)
        return left.isEmpty || !left.isDisjoint(with: words(other))
    }
}
