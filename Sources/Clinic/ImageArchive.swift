// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Archive
package import DICOM
import Diary
import Foundation
import Imaging
import Logging
import Storage

// The archive of objects for other programs: found, fetched and sent by DICOMweb.
extension Clinic {
    package enum Level: Sendable { case studies, series, instances }

    /// A row of an answer: the object that stands for it, and what the row says.
    package struct ArchiveRow: Sendable {
        package let object: StoredObject
        package let attributes: Attributes
    }

    /// What matches the keys, in the order in which it came. Objects that wait for reconciliation are told to those who
    /// may assign them.
    package func search(
        _ level: Level, keys: Attributes, study: String?, series: String?, by actor: Actor
    ) async throws -> [ArchiveRow] {
        guard actor.may(.seeLoops) else { throw ArchiveError.notPermitted }
        let now = clock.now()
        return try await store.write { [audit] transaction in
            // The names that a question gives narrow it before anything is read.
            let objects = try StoredObjects().list(
                study: study ?? Self.only(keys.texts(.studyInstance)),
                series: series ?? Self.only(keys.texts(.seriesInstance)),
                instance: Self.only(keys.texts(.sopInstance)), in: transaction)
            try audit.record(
                "dicom.search", patient: nil, subject: "dicom", detail: ["level": "\(level)"], by: actor, at: now,
                in: transaction)
            return try Self.rows(level, of: objects).filter { Matching.matches(keys, $0.attributes) }
        }
    }

    private static func only(_ names: [String]) -> String? {
        names.count == 1 && isUniqueIdentifier(names[0]) ? names[0] : nil
    }

    private static func rows(_ level: Level, of objects: [StoredObject]) throws -> [ArchiveRow] {
        var order: [String] = []
        var groups: [String: [StoredObject]] = [:]
        for object in objects {
            let name =
                switch level {
                case .studies: object.study
                case .series: "\(object.study)/\(object.series)"
                case .instances: object.sopInstance
                }
            if groups[name] == nil { order.append(name) }
            groups[name, default: []].append(object)
        }
        return try order.compactMap { name in
            guard let group = groups[name], let first = group.first else { return nil }
            return ArchiveRow(object: first, attributes: try row(level, group, first))
        }
    }

    private static let studyTags: [DICOMTag] = [
        .studyDate, .studyTime, .accessionNumber, .referringPhysician, .studyDescription, .patientName, .patientID,
        .patientBirthDate, .patientSex, .studyInstance, .studyID,
    ]
    private static let seriesTags: [DICOMTag] = [.modality, .seriesDescription, .seriesInstance, .seriesNumber]
    private static let instanceTags: [DICOMTag] = [
        .sopClass, .sopInstance, .instanceNumber, .rows, .columns, .bitsAllocated, .frameCount,
    ]

    private static func row(_ level: Level, _ group: [StoredObject], _ first: StoredObject) throws -> Attributes {
        let source = try first.index().attributes
        var row = Attributes()
        func copy(_ tags: [DICOMTag]) { for tag in tags where source.contains(tag) { row[tag] = source[tag] } }
        row.set(.specificCharacterSet, "CS", "ISO_IR 192")
        copy(studyTags)
        row.set(.studyInstance, "UI", first.study)
        if level == .studies {
            row[.modalitiesInStudy] = .init("CS", Set(group.map(\.modality)).sorted().map { .text($0) })
            row.set(.seriesCount, "IS", number: Double(Set(group.map(\.series)).count))
            row.set(.instanceCount, "IS", number: Double(group.count))
        } else {
            copy(seriesTags)
            row.set(.seriesInstance, "UI", first.series)
        }
        if level == .series { row.set(.seriesInstanceCount, "IS", number: Double(group.count)) }
        if level == .instances { copy(instanceTags) }
        return row
    }

    /// The objects of a study, series or instance; reading them is written down for each patient.
    package func objects(
        study: String, series: String? = nil, instance: String? = nil, by actor: Actor
    ) async throws -> [StoredObject] {
        guard actor.may(.seeLoops) else { throw ArchiveError.notPermitted }
        let now = clock.now()
        return try await store.write { [audit] transaction in
            let objects = try StoredObjects().list(study: study, series: series, instance: instance, in: transaction)
            guard let first = objects.first else { throw ArchiveError.unknownObject }
            for patient in Set(objects.map(\.patient)) {
                try audit.record(
                    "dicom.see", patient: patient, subject: "dicom/\(first.id)",
                    detail: ["study": study, "objects": "\(objects.count)"], by: actor, at: now, in: transaction)
            }
            return objects
        }
    }

    package func bytes(_ object: StoredObject) async throws -> [UInt8] { try await files.readAll(object.file.key) }

    /// Hands a part of an object over as it was stored, a megabyte at a time.
    package func read(
        _ range: Range<Int64>, of object: StoredObject, take: ([UInt8]) async throws -> Void
    ) async throws {
        for position in stride(from: range.lowerBound, to: range.upperBound, by: 1 << 20) {
            let end = min(position + (1 << 20), range.upperBound)
            try await take(try await files.read(object.file.key, range: position..<end))
        }
    }

    /// Where the stored bytes of a frame (from 1) lie in the file.
    package func ranges(ofFrame number: Int, of object: StoredObject) throws -> [Range<Int64>] {
        guard let pictures = try object.index().pictures else { throw ArchiveError.noPictures }
        let ranges = pictures.ranges(ofFrame: number - 1)
        guard !ranges.isEmpty else { throw ArchiveError.noSuchFrame }
        return ranges
    }

    /// One frame (from 1) as red, green and blue.
    package func display(
        _ number: Int, of object: StoredObject
    ) async throws -> (width: Int, height: Int, pixels: [UInt8]) {
        guard let pictures = try object.index().pictures, !pictures.isFilm else { throw ArchiveError.noPictures }
        guard (1...pictures.frames).contains(number) else { throw ArchiveError.noSuchFrame }
        guard let helper = HelperProgram.find() else { throw HelperFailure.missing }
        let path = settings.dataFolder.appendingPathComponent("files/\(object.file.key)").standardizedFileURL.path
        let decoded = await withCheckedContinuation { continuation in
            DispatchQueue.global(qos: .userInitiated).async {
                var frame: [UInt8] = []
                do throws(HelperFailure) {
                    try helper.decode(path, .display, from: number - 1, count: 1, seconds: 20) { bytes in
                        frame = bytes
                        return true
                    }
                    continuation.resume(returning: Result<[UInt8], HelperFailure>.success(frame))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return (pictures.columns, pictures.rows, try decoded.get())
    }

    package enum Sent: Sendable {
        case kept(sopClass: String, sopInstance: String, study: String, series: String)
        /// With the reason's code of PS3.3 C.14.1.1.
        case refused(sopClass: String?, sopInstance: String?, reason: Int)
    }

    /// For the objects that a program sends in one message.
    package func arriving(by actor: Actor) throws -> ArrivingObjects {
        guard actor.may(.sendObjects) else { throw ArchiveError.notPermitted }
        guard HelperProgram.find() != nil else { throw HelperFailure.missing }
        return ArrivingObjects(clinic: self)
    }

    /// Takes the objects of a message that has come whole.
    package func receive(_ arrived: ArrivingObjects, study: String?, by actor: Actor) async throws -> [Sent] {
        var sent: [Sent] = []
        for var one in arrived.all {
            do {
                guard one.isWritten else { throw FilesError.disk("an upload was not written") }
                let (byteCount, sha256) = try await one.object.whole(in: files)
                sent.append(
                    try await receive(
                        one.object.upload, byteCount: byteCount, sha256: sha256, study: study, by: actor))
            } catch is FilesError {
                // A full disk is said as machines are told it: out of resources, send it again.
                try? await files.discard(upload: one.object.upload)
                sent.append(.refused(sopClass: nil, sopInstance: nil, reason: 0xA700))
            }
        }
        return sent
    }

    /// Takes one object that lies among the uploads.
    private func receive(
        _ upload: String, byteCount: Int64, sha256: String, study: String?, by actor: Actor
    ) async throws -> Sent {
        guard actor.may(.sendObjects) else { throw ArchiveError.notPermitted }
        guard let helper = HelperProgram.find() else { throw HelperFailure.missing }
        let path = settings.dataFolder.appendingPathComponent("uploads/\(upload)").standardizedFileURL.path
        let result = await withCheckedContinuation { continuation in
            DispatchQueue.global(qos: .userInitiated).async {
                do throws(HelperFailure) {
                    continuation.resume(returning: Result<ObjectIndex, HelperFailure>.success(try helper.index(path)))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        guard case .success(let index) = result, let sopClass = index.attributes.text(.sopClass),
            let sopInstance = index.attributes.text(.sopInstance)
        else {
            try await files.discard(upload: upload)
            if case .failure(let failure) = result { await note("An upload was refused: \(failure).", actor.auditName) }
            return .refused(sopClass: nil, sopInstance: nil, reason: 0xC000)
        }
        if let study, index.attributes.text(.studyInstance) != study {
            try await files.discard(upload: upload)
            return .refused(sopClass: sopClass, sopInstance: sopInstance, reason: 0x0110)
        }
        let text = String(decoding: try JSONEncoder().encode(index), as: UTF8.self)
        let key = ArrivedObject.key(named: StoredObject.ID.make(at: clock.now()).description)
        do {
            try await files.adopt(upload: upload, as: key)
        } catch {
            logger.error("An upload could not be put into its place.", metadata: ["error": "\(error)"])
            try? await files.discard(upload: upload)
            return .refused(sopClass: sopClass, sopInstance: sopInstance, reason: 0xA700)
        }
        let received = AssociationTalk.Received(
            sopClass: sopClass, sopInstance: sopInstance, path: path, byteCount: byteCount,
            sha256: sha256, sync: .done, head: index.head, indexText: text)
        switch await take(received, key: key, source: actor.auditName) {
        case .kept(.new), .kept(.known):
            return .kept(
                sopClass: sopClass, sopInstance: sopInstance, study: index.attributes.text(.studyInstance) ?? "",
                series: index.attributes.text(.seriesInstance) ?? "")
        case .kept(.nameTaken): return .refused(sopClass: sopClass, sopInstance: sopInstance, reason: 0x0111)
        case .refused: return .refused(sopClass: sopClass, sopInstance: sopInstance, reason: 0xA900)
        case .failed: return .refused(sopClass: sopClass, sopInstance: sopInstance, reason: 0xA700)
        }
    }
}
