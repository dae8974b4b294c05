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

    /// Takes one in that comes to lie under its key; it is there for good when this returns `.kept`. Its row is committed after
    /// the file is on disk, never before.
    func take(_ received: AssociationTalk.Received, key: String, source: String) async -> ObjectOutcome {
        let now = clock.now()
        let object = ArrivedObject(
            id: StoredObject.ID.make(at: now),
            file: StoredFile(key: key, byteCount: received.byteCount, sha256: received.sha256), source: source,
            head: received.head, indexText: received.indexText, sopClass: received.sopClass,
            sopInstance: received.sopInstance)
        if let fault = object.fault {
            await throwAway(key, of: received)
            return .refused(fault)
        }
        do {
            let kept = try await keep(object, of: received, at: now)
            if kept == .new(object.id) { return .kept(kept) }
            let known = kept == .nameTaken ? try await sameObject(as: object) : nil
            // What is here already needs no second copy.
            await throwAway(key, of: received)
            return .kept(known.map { .known($0) } ?? kept)
        } catch {
            logger.error("An object could not be kept; its machine is told so.", metadata: ["error": "\(error)"])
            await throwAway(key, of: received)
            return .failed
        }
    }

    /// The row and the disk go on at the same time. A disk that is slow is waited for outside of the transaction, so that nobody
    /// else waits for it.
    private func keep(
        _ object: ArrivedObject, of received: AssociationTalk.Received, at now: Date
    ) async throws -> StoredObjects.Kept {
        while true {
            do {
                return try await store.write { [self] transaction in
                    let kept = try keep(object, at: now, in: transaction)
                    try received.sync.wait(milliseconds: 50)
                    return kept
                }
            } catch is DiskSync.Late {
                await received.sync.settled()
            }
        }
    }

    /// Only once its helper has brought it there, else it would come after.
    private func throwAway(_ key: String, of received: AssociationTalk.Received) async {
        await received.sync.settled()
        try? await files.remove(key)
    }

    /// The kept object of this name, where its data set is the same byte for byte: each way on which one comes writes a meta
    /// header of its own before it (PS3.10 7.1), so that whole files differ.
    private func sameObject(as object: ArrivedObject) async throws -> StoredObject.ID? {
        guard let known = try await store.read({ try StoredObjects().find(instance: object.sopInstance, in: $0) })
        else { return nil }
        let index = try known.index()
        let start = index.dataSetOffset
        let own = object.head.dataSetOffset
        guard index.transferSyntax == object.head.transferSyntax,
            known.file.byteCount - start == object.file.byteCount - own
        else { return nil }
        for part in stride(from: 0, to: known.file.byteCount - start, by: 1 << 20) {
            let end = min(part + (1 << 20), known.file.byteCount - start)
            guard
                try await files.read(known.file.key, range: start + part..<start + end)
                    == files.read(object.file.key, range: own + part..<own + end)
            else { return nil }
        }
        return known.id
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
                object.file, head: object.head, visit: visit, patient: patient, by: actor, at: now, in: transaction)
        case .nobody:
            try audit.record(
                "dicom.receive", patient: nil, subject: "dicom/\(id)",
                detail: ["source": object.source, "sha256": object.file.sha256], by: actor, at: now, in: transaction)
        }
        return kept
    }

    /// Hands a kept object's pictures to the room of loops.
    func show(
        _ file: StoredFile, head: ObjectHead, visit: String, patient: Patient.ID, by actor: Actor, at now: Date,
        in transaction: any Transaction
    ) throws {
        guard head.frameCount > 0 else { return }
        let kind = head.isFilm ? "Film" : head.frameCount > 1 ? "Loop" : "Picture"
        let number = head.text(.instanceNumber).prefix(8)
        let described = head.text(.seriesDescription).prefix(60)
        let name = kind + (number.isEmpty ? "" : " \(number)") + (described.isEmpty ? "" : ", \(described)")
        _ = try LoopUploads().adopt(
            file, named: name, visit: visit, patient: patient, by: actor, at: now,
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
