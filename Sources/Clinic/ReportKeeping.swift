// SPDX-License-Identifier: Apache-2.0

package import Accounts
import Archive
import DICOM
import Diary
import Foundation
package import Imaging
import Storage

/// Makes the structured report of signed findings; enqueued where they are signed.
struct FindingsReportJob: Codable {
    static let kind = "findings.report"
    let findings: Findings.ID

    static func enqueue(_ findings: Findings.ID, at now: Date, in transaction: any Transaction) throws {
        try Jobs.enqueue(
            kind, key: "\(kind)/\(findings)", payload: FindingsReportJob(findings: findings), at: now, in: transaction)
    }
}

// Signed findings as an object of the archive, beside the loops that they are about.
extension Clinic {
    /// Makes the reports of findings and of the versions before, where they are not there yet: each names the one before it.
    /// Done again, it finds them.
    @discardableResult
    func keepReport(of id: Findings.ID) async throws -> StoredObject {
        let versions = try await store.read { transaction in
            let findings = try FindingsBook().find(id, in: transaction)
            return try FindingsBook().versions(ofVisit: findings.visit, in: transaction)
                .filter { $0.version <= findings.version }.sorted { $0.version < $1.version }
        }
        var last: StoredObject?
        for version in versions { last = try await keepOneReport(of: version, after: last) }
        guard let last else { throw ImagingError.unknownFindings }
        return last
    }

    private func keepOneReport(of findings: Findings, after predecessor: StoredObject?) async throws -> StoredObject {
        guard let instance = FindingsReport.sopInstance(findings.id) else { throw ImagingError.unknownFindings }
        if let known = try await store.read({ try StoredObjects().find(instance: instance, in: $0) }) { return known }
        let made = try await store.read { try report(of: findings, after: predecessor, in: $0).attributes() }
        guard let attributes = made else { throw ImagingError.unknownFindings }
        let bytes = DataSetWriter.file(attributes, sopClass: FindingsReport.sopClass, sopInstance: instance)
        let object = StoredObject.ID(findings.id.description)
        let upload = "report-\(UUID().uuidString)"
        _ = try await files.append(bytes, toUpload: upload, at: 0)
        let file: StoredFile
        do {
            file = try await files.seal(
                upload: upload, as: ArrivedObject.key(named: findings.id.description), expectedSHA256: nil)
        } catch {
            try? await files.discard(upload: upload)
            throw error
        }
        // Where somebody was faster, the file is there already and this one is nobody's.
        try? await files.discard(upload: upload)
        let index = ObjectIndex(
            transferSyntax: DataSetWriter.transferSyntax,
            dataSetOffset: Int64(bytes.count - DataSetWriter.bytes(attributes).count), attributes: attributes)
        let arrived = ArrivedObject(
            id: object, file: file, source: "findings", head: index.head,
            indexText: String(decoding: try JSONEncoder().encode(index), as: UTF8.self),
            sopClass: FindingsReport.sopClass, sopInstance: instance)
        let now = clock.now()
        return try await store.write { [audit] transaction in
            let patient = Patient.ID(findings.patient)
            let kept = try StoredObjects().keep(
                arrived, as: .visit(findings.visit, patient: patient), at: now, in: transaction)
            if case .new = kept {
                try audit.record(
                    "findings.report", patient: patient, subject: "findings/\(findings.id)",
                    detail: ["object": instance, "sha256": file.sha256], by: .system("findings"), at: now,
                    in: transaction)
            }
            guard let stored = try StoredObjects().find(instance: instance, in: transaction) else {
                throw ArchiveError.unknownObject
            }
            return stored
        }
    }

    private func report(
        of findings: Findings, after predecessor: StoredObject?, in transaction: any Transaction
    ) throws -> FindingsReport {
        guard let booking = try bookings.find(Booking.ID(findings.visit), in: transaction) else {
            throw BookingError.notFound
        }
        var sources: [String: FindingsReport.Source] = [:]
        var drawn: [String: LoopAnnotation.Content] = [:]
        for name in Set(findings.content.measures.map(\.loop) + findings.content.clips.map(\.loop)) {
            let loop = try VisitLoops().find(VisitLoop.ID(name), in: transaction)
            if let object = try StoredObjects().find(fileKey: loop.fileKey, in: transaction) {
                let index = try object.index()
                sources[name] = .init(
                    object: object, index: index,
                    hasItsPixels: loop.frames.map {
                        $0.width == index.pictures?.columns && $0.height == index.pictures?.rows
                    } ?? false)
            }
            for annotation in try LoopAnnotations().list(of: loop.id, in: transaction) {
                drawn["loop-annotation/\(annotation.id)"] = annotation.content
            }
        }
        return FindingsReport(
            findings: findings, booking: booking, sources: sources, drawn: drawn, predecessor: predecessor,
            clinicName: details.name)
    }

    /// The structured report of signed findings as a file, made at once where it is not there yet.
    package func reportFile(of id: Findings.ID, by actor: Actor) async throws -> [UInt8] {
        guard actor.may(.seeLoops) else { throw ImagingError.notPermitted }
        _ = try await readFindings(id, by: actor)
        return try await bytes(try await keepReport(of: id))
    }
}
