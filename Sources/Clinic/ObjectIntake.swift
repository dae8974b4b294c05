// SPDX-License-Identifier: Apache-2.0

import Accounts
import Archive
import DICOM
import Diary
import Foundation
import Imaging
import Logging
import Storage

/// Takes objects in that lie whole and synced in the spool: under their keys, with their rows, filed where it is certain
/// whose they are. Those that arrive together share one transaction and one sync, so that many machines cost little more
/// than one.
actor ObjectIntake {
    struct Waiting {
        let received: AssociationTalk.Received
        let source: String
        let done: CheckedContinuation<Outcome, Never>
    }

    enum Outcome: Sendable {
        case kept(StoredObjects.Kept)
        case refused(String)
        case failed
    }

    private var waiting: [Waiting] = []
    private var isWorking = false
    /// More would hold the database for others too long.
    private static let mostAtOnce = 64

    /// Takes one in; it is there for good when this returns `.kept`.
    func take(_ received: AssociationTalk.Received, source: String, in clinic: Clinic) async -> Outcome {
        await withCheckedContinuation { continuation in
            waiting.append(Waiting(received: received, source: source, done: continuation))
            if !isWorking {
                isWorking = true
                Task { await work(in: clinic) }
            }
        }
    }

    private func work(in clinic: Clinic) async {
        while !waiting.isEmpty {
            let batch = Array(waiting.prefix(Self.mostAtOnce))
            waiting.removeFirst(batch.count)
            let outcomes = await Self.keep(batch.map { ($0.received, $0.source) }, in: clinic)
            for (one, outcome) in zip(batch, outcomes) { one.done.resume(returning: outcome) }
        }
        isWorking = false
    }

    private static func keep(
        _ batch: [(received: AssociationTalk.Received, source: String)], in clinic: Clinic
    ) async -> [Outcome] {
        let now = clinic.clock.now()
        var outcomes = [Outcome](repeating: .failed, count: batch.count)
        var arrived: [(place: Int, object: ArrivedObject)] = []
        var moves: [(upload: String, key: String)] = []
        for (place, one) in batch.enumerated() {
            let id = StoredObject.ID.make(at: now)
            let name = URL(fileURLWithPath: one.received.path).lastPathComponent
            let object = ArrivedObject(
                id: id,
                file: StoredFile(
                    key: ArrivedObject.key(id), byteCount: one.received.byteCount, sha256: one.received.sha256),
                source: one.source, index: one.received.index, indexText: one.received.indexText,
                sopClass: one.received.sopClass, sopInstance: one.received.sopInstance)
            if let fault = object.fault {
                outcomes[place] = .refused(fault)
                try? await clinic.files.discard(upload: name)
            } else {
                arrived.append((place, object))
                moves.append((name, object.file.key))
            }
        }
        guard !arrived.isEmpty else { return outcomes }
        do {
            try await clinic.files.adopt(moves)
            let objects = arrived.map(\.object)
            let kept = try await clinic.store.write { transaction in
                var known: [String: Filing] = [:]
                return try objects.map { try clinic.keep($0, known: &known, at: now, in: transaction) }
            }
            for (one, result) in zip(arrived, kept) {
                outcomes[one.place] = .kept(result)
                // What is here already needs no second copy.
                if result != .new(one.object.id) { try? await clinic.files.remove(one.object.file.key) }
            }
        } catch {
            clinic.logger.error("Objects could not be kept; their machine is told so.", metadata: ["error": "\(error)"])
            for move in moves {
                try? await clinic.files.discard(upload: move.upload)
                try? await clinic.files.remove(move.key)
            }
        }
        return outcomes
    }
}

extension Clinic {
    /// Writes an object's row, and makes a loop of its visit of it.
    func keep(
        _ object: ArrivedObject, known: inout [String: Filing], at now: Date, in transaction: any Transaction
    ) throws -> StoredObjects.Kept {
        let says = [DICOMTag.accessionNumber, .studyInstance, .patientID, .patientName].map(object.text)
            .joined(separator: "\u{1F}")
        let filing = try known[says] ?? filing(of: object, in: transaction)
        known[says] = filing
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
                object.file, index: object.index, visit: visit, patient: patient, by: actor, at: now, in: transaction)
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
