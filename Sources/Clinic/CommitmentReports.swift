// SPDX-License-Identifier: Apache-2.0

import DICOM
import Foundation
import Storage

/// A result of storage commitment that a machine is called for (PS3.4 J.3.3); tried again until it has it.
struct CommitmentReportJob: Codable {
    static let kind = "dicom.report"

    let title: String
    let address: String
    let event: UInt16
    /// Explicit little endian.
    let result: Data
}

extension Settings.Machines {
    /// Where a machine hears results, if it does not hear them on the association on which it asks.
    func called(for peer: AssociationTalk.Peer) -> HelperProgram.CalledPeer? {
        let title = peer.calling.trimmingCharacters(in: .whitespaces)
        return reportedTo.first { $0.title == title }
    }
}

// Machines that delete their own copy once they are told that it is safe: most hear of it on the association on which they ask,
// some only where they are called.
extension Clinic {
    /// Keeps the result until the machine has it; asked again meanwhile, it is told once.
    func report(
        _ result: Attributes, event: UInt16, transaction: String, to peer: HelperProgram.CalledPeer
    ) async throws {
        let now = clock.now()
        let job = CommitmentReportJob(
            title: peer.title, address: peer.address, event: event, result: Data(DataSetWriter.bytes(result)))
        try await store.write {
            try Jobs.enqueue(
                CommitmentReportJob.kind, key: "\(CommitmentReportJob.kind)/\(peer.title)/\(transaction)", payload: job,
                at: now, in: $0)
        }
    }

    func giveReport(_ job: Job) async throws {
        let report = try job.decode(CommitmentReportJob.self)
        guard let helper = HelperProgram.find() else { throw HelperFailure.missing }
        let file = settings.dataFolder.appendingPathComponent("uploads/dicom-report-\(UUID().uuidString)")
        try report.result.write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let own = settings.machines?.title ?? "FASCIA"
        let security = settings.machines?.security
        let peer = HelperProgram.CalledPeer(title: report.title, address: report.address)
        let failure: HelperFailure? = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                do throws(HelperFailure) {
                    try helper.report(file.path, event: report.event, to: peer, own: own, security: security)
                    continuation.resume(returning: nil)
                } catch {
                    continuation.resume(returning: error)
                }
            }
        }
        guard let failure else { return }
        let why = if case .refused(let why) = failure { why } else { failure.description }
        // Said once; a machine that is switched off at night is called many times.
        if job.attempt == 1 {
            await note(
                "It could not be told which of its objects are safe: \(why). It is called again.",
                "\(report.title)@\(report.address)")
        }
        throw failure
    }
}
