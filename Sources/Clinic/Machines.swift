// SPDX-License-Identifier: Apache-2.0

import Accounts
import Archive
package import DICOM
import Diary
import Foundation
import Logging
import Storage

// What ultrasound machines ask of the clinic.
extension Clinic {
    /// The listener that the settings ask for, ready to start.
    package func machineListener() throws -> DICOMListener? {
        guard let machines = settings.machines else { return nil }
        guard let helper = HelperProgram.find() else { throw HelperFailure.missing }
        let spool = settings.dataFolder.appendingPathComponent("uploads").standardizedFileURL.path
        // What a helper was receiving when the machine's power went; nothing of it was ever acknowledged.
        for name in (try? FileManager.default.contentsOfDirectory(atPath: spool)) ?? [] where name.hasPrefix("dicom-") {
            try? FileManager.default.removeItem(atPath: "\(spool)/\(name)")
        }
        let place = settings.dataFolder.appendingPathComponent("files/\(ArrivedObject.folder)").standardizedFileURL
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        var limits = DICOMListener.Limits()
        limits.associations = machines.associations
        limits.idleSeconds = machines.idleSeconds
        let listener = try DICOMListener(
            host: machines.host, port: machines.port, helper: helper, spool: spool, place: place.path, limits: limits,
            security: machines.security,
            mayConnect: { [self] in mayConnect($0) },
            answers: AssociationTalk.Answers(
                admit: { [self] peer, address in admit(peer, address) },
                store: { [self] received, peer, address in
                    await store(received, source: "\(peer.calling)@\(address)")
                },
                find: { [self] query, peer in await find(query, peer) },
                step: { [self] step, peer in await perform(step, peer) },
                commit: { [self] commitment, peer in await commit(commitment, peer) },
                ended: { [self] peer, address, code in await ended(peer, address, code) }))
        logger.info(
            "Machines may connect.",
            metadata: ["address": "\(machines.host):\(machines.port)", "title": "\(machines.title)"])
        return listener
    }

    private static func isThisMachine(_ address: String) -> Bool {
        address.hasPrefix("127.") || address == "::1" || address.hasPrefix("::ffff:127.")
    }

    private func mayConnect(_ address: String) -> Bool {
        let peers = settings.machines?.peers ?? []
        return peers.isEmpty
            ? Self.isThisMachine(address) : peers.contains { $0.address == nil || $0.address == address }
    }

    private func admit(_ peer: AssociationTalk.Peer, _ address: String) -> AssociationTalk.Admission {
        guard let machines = settings.machines, peer.called.trimmingCharacters(in: .whitespaces) == machines.title
        else { return .unknownName }
        guard !machines.peers.isEmpty else { return .welcome }
        let calling = peer.calling.trimmingCharacters(in: .whitespaces)
        let isKnown = machines.peers.contains {
            ($0.title == nil || $0.title == calling) && ($0.address == nil || $0.address == address)
        }
        return isKnown ? .welcome : .unknownCaller
    }

    private func store(_ received: AssociationTalk.Received, source: String) async -> AssociationTalk.Status {
        // The helper chose a name; where it lies, it does not choose.
        let name = URL(fileURLWithPath: received.path).deletingPathExtension().lastPathComponent
        guard name.utf8.count == 32, name.allSatisfy(\.isHexDigit) else { return .outOfResources }
        switch await take(received, key: ArrivedObject.key(named: name), source: source) {
        case .kept(.new), .kept(.known): return .success
        case .kept(.nameTaken):
            await note(
                "The object \(received.sopInstance) came again with other contents; the first one stays.", source)
            return .duplicateInstance
        case .refused(let why):
            await note("An object was refused: \(why).", source)
            return .init(AssociationTalk.Status.classMismatch.code, why)
        case .failed: return .outOfResources
        }
    }

    private func find(
        _ query: AssociationTalk.Query, _ peer: AssociationTalk.Peer
    ) async -> (rows: [Attributes], status: AssociationTalk.Status) {
        guard query.sopClass == Worklist.sopClass else { return ([], .init(0x0122)) }
        do {
            return (
                try await worklist(query.identifier, asking: peer.calling.trimmingCharacters(in: .whitespaces)),
                .success
            )
        } catch {
            logger.error("A worklist could not be answered.", metadata: ["error": "\(error)"])
            return ([], .outOfResources)
        }
    }

    /// A step that begins puts the patient in the room; one that is completed ends the visit. What the desk has noted as
    /// further along stays.
    private func perform(_ step: AssociationTalk.Step, _ peer: AssociationTalk.Peer) async -> AssociationTalk.Status {
        let now = clock.now()
        let actor = Actor.system("dicom")
        do {
            try await store.write { [self] transaction in
                let steps = PerformedSteps()
                if step.operation == .create {
                    let accession = step.attributes.items(.scheduledAttributes).first?.text(.accessionNumber) ?? ""
                    let booking = try AccessionNumber.identifierPrefix(accession).flatMap {
                        try bookings.all(identifiersFrom: $0, in: transaction).first
                    }
                    try steps.begin(
                        step.instance, visit: booking?.id.description, station: peer.calling,
                        attributes: step.attributes, at: now, in: transaction)
                    if let booking, booking.state == .confirmed,
                        booking.attendance == nil || booking.attendance == .arrived
                    {
                        let changed = try bookings.attend(booking.id, .inRoom, by: actor, in: transaction)
                        try bookingChanged(changed, what: .attendance, by: actor, in: transaction)
                    }
                } else {
                    let (state, visit) = try steps.change(
                        step.instance, attributes: step.attributes, at: now, in: transaction)
                    if state == .completed, let visit,
                        let booking = try bookings.find(Booking.ID(visit), in: transaction),
                        booking.state == .confirmed, booking.attendance == .inRoom
                    {
                        let changed = try bookings.attend(booking.id, .fulfilled, by: actor, in: transaction)
                        try bookingChanged(changed, what: .attendance, by: actor, in: transaction)
                    }
                }
            }
            return .success
        } catch let refusal as PerformedSteps.Refusal {
            switch refusal {
            case .malformed: return .init(0x0106, "the status is missing or unknown")
            case .duplicate: return .duplicateInstance
            case .unknown: return .noSuchInstance
            case .over: return .init(0x0110, "the step is over and does not change any more")
            }
        } catch {
            logger.error("A performed step could not be noted.", metadata: ["error": "\(error)"])
            return .failure
        }
    }

    /// Says of each object whether it is here for good (PS3.4 annex J).
    private func commit(
        _ commitment: AssociationTalk.Commitment, _ peer: AssociationTalk.Peer
    ) async -> (status: AssociationTalk.Status, event: UInt16, result: Attributes) {
        guard commitment.action == 1, let transactionUID = commitment.attributes.text(.transactionUID) else {
            return (.init(0x0123), 0, Attributes())
        }
        let asked = commitment.attributes.items(.referencedInstances)
        do {
            let found = try await store.read { transaction in
                try asked.map { item in
                    try item.text(.referencedInstance).flatMap {
                        try StoredObjects().find(instance: $0, in: transaction)?.sopClass
                    }
                }
            }
            var safe: [Attributes] = []
            var missing: [Attributes] = []
            for (item, sopClass) in zip(asked, found) {
                var told = Attributes()
                told.set(.referencedClass, "UI", item.text(.referencedClass))
                told.set(.referencedInstance, "UI", item.text(.referencedInstance))
                if let sopClass, sopClass == item.text(.referencedClass) {
                    safe.append(told)
                } else {
                    told.set(.failureReason, "US", number: sopClass == nil ? 0x0112 : 0x0119)
                    missing.append(told)
                }
            }
            var result = Attributes()
            result.set(.transactionUID, "UI", transactionUID)
            if let title = settings.machines?.title { result.set(.retrieveAETitle, "AE", title) }
            if !safe.isEmpty { result.set(.referencedInstances, items: safe) }
            if !missing.isEmpty { result.set(.failedInstances, items: missing) }
            let event: UInt16 = missing.isEmpty ? 1 : 2
            if let called = settings.machines?.called(for: peer) {
                try await report(result, event: event, transaction: transactionUID, to: called)
                return (.success, 0, Attributes())
            }
            return (.success, event, result)
        } catch {
            return (.failure, 0, Attributes())
        }
    }

    private func ended(_ peer: AssociationTalk.Peer?, _ address: String, _ code: Int32) async {
        // 128 and the signal: the helper was ended by what it read, or by a limit.
        let isSlow = code == HelperProgram.slowExit
        guard isSlow || code >= 128 && code != 128 + SIGKILL else { return }
        let source = peer.map { "\($0.calling)@\(address)" } ?? address
        guard !isSlow else {
            return await note("A connection was ended because it took longer than it may.", source)
        }
        logger.warning("An association broke its helper.", metadata: ["source": "\(source)", "code": "\(code)"])
        await note("A connection broke off because what it sent could not be read (code \(code)).", source)
    }

    func note(_ what: String, _ source: String) async {
        let now = clock.now()
        try? await store.write { try StoredObjects().note(what, source: source, at: now, in: $0) }
    }
}
