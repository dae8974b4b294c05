// SPDX-License-Identifier: Apache-2.0

import Accounts
import Archive
import Crypto
import Diary
import Foundation
import GaitLab
import Imaging
import Messages
import Payments
import Storage
import Telehealth

extension Clinic {
    /// One thing that the doctor looked at.
    package struct Finding: Sendable, Codable {
        package enum State: String, Sendable, Codable { case right, note, wrong }
        package let state: State
        package let what: String
    }

    /// Looks at everything that must be true.
    package func examine() async throws -> [Finding] {
        var findings: [Finding] = []
        func add(_ state: Finding.State, _ what: String) { findings.append(Finding(state: state, what: what)) }
        let state = try await store.read { [audit, ledger, outbox, staff] transaction in
            (
                audit: try audit.verify(in: transaction), ledger: try ledger.faults(in: transaction),
                diary: try DiaryCheck.recompute(in: transaction), jobs: try Jobs.summary(in: transaction),
                bounced: try outbox.bouncedCount(in: transaction), staff: try staff.count(in: transaction),
                recordings: try Recordings().storedFiles(in: transaction)
                    + VisitLoops().storedFiles(in: transaction) + StoredObjects().storedFiles(in: transaction)
                    + RemoteExamination().storedFiles(in: transaction)
            )
        }
        switch state.audit {
        case .whole(let count, _): add(.right, "The audit trail is whole: \(count) entries.")
        case .broken(let sequence, let why): add(.wrong, "The audit trail is broken at entry \(sequence): \(why).")
        }
        if state.ledger.isEmpty { add(.right, "The ledger sums to zero and agrees with the orders.") }
        for fault in state.ledger { add(.wrong, "Money: \(fault).") }
        if state.diary.isEmpty { add(.right, "The diary's busy times agree with its bookings.") }
        for difference in state.diary { add(.wrong, "Diary: \(difference).") }
        if state.jobs.givenUp.isEmpty { add(.right, "No job was given up; \(state.jobs.waiting) wait.") }
        for job in state.jobs.givenUp { add(.wrong, "A job was given up: \(job).") }
        var badFiles = 0
        for file in state.recordings where try await !isIntact(file) {
            badFiles += 1
            add(.wrong, "The recording \(file.key) is missing or was changed on disk; restore it from a backup.")
        }
        if badFiles == 0 { add(.right, "All \(state.recordings.count) recordings are on disk with their checksums.") }
        let known = Set(state.recordings.map(\.key))
        let nobodys = try await files.keys().filter { $0.hasPrefix("\(ArrivedObject.folder)/") && !known.contains($0) }
        if !nobodys.isEmpty {
            add(
                .note,
                "Files in \(ArrivedObject.folder)/ that belong to no object: \(nobodys.count). A machine's line or this program "
                    + "ended before they were acknowledged. While no machine sends, they can be thrown away.")
        }
        if state.bounced > 0 { add(.note, "\(state.bounced) mails came back: their addresses do not exist.") }
        if settings.mail == nil, !settings.isDemo {
            add(.note, "No mail server is set (FASCIA_SMTP_HOST); mail waits.")
        }
        if settings.stripe == nil, !settings.isDemo {
            add(.note, "Stripe is not set (FASCIA_STRIPE_SECRET_KEY); nothing can be bought online.")
        }
        if !settings.publicURL.hasPrefix("https://"), !settings.isDemo {
            add(.note, "The public address is not https; set FASCIA_PUBLIC_URL to what patients type.")
        }
        if !settings.relay.hasRelay, !settings.isDemo {
            add(
                .note,
                "No relay is set (FASCIA_TURN_URLS): visits by video fail between some networks (docs/telehealth.md).")
        }
        if state.staff == 0 { add(.note, "There is no staff account; make one with fascia account add.") }
        return findings
    }

    private func isIntact(_ file: StoredFile) async throws -> Bool {
        var hash = SHA256()
        var offset: Int64 = 0
        do {
            while true {
                let part = try await files.read(file.key, range: offset..<offset + (1 << 20))
                if part.isEmpty { break }
                hash.update(data: part)
                offset += Int64(part.count)
            }
        } catch FilesError.missing {
            return false
        }
        let digest = hash.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return digest == file.sha256
    }
}
