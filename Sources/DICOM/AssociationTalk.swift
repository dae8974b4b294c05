// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What a helper asks on behalf of its machine, and what the clinic answers.
package enum AssociationTalk {
    package struct Peer: Sendable, Hashable, Codable {
        package let calling: String
        package let called: String
    }

    package enum Admission: UInt8, Sendable {
        case welcome = 0
        case unknownCaller = 1
        case unknownName = 2
        case tooMany = 3
    }

    /// An object that has come whole, and waits for its row.
    package struct Received: Sendable {
        package let sopClass: String
        package let sopInstance: String
        package let path: String
        package let byteCount: Int64
        package let sha256: String
        /// Tells that it lies in its place and that the disk has it; a helper brings it there until then.
        package let sync: DiskSync
        package let head: ObjectHead
        /// The whole index, as the helper wrote it; nobody needs it read before the object is looked at.
        package let indexText: String

        /// As the helper tells it: five texts, the head's, and the whole index.
        init?(_ payload: [UInt8], sync: DiskSync) {
            guard let texts = HelperFrame.texts(payload), texts.count == 6 + ObjectHead.factCount,
                let byteCount = Int64(texts[3]), let head = ObjectHead(facts: texts[5..<texts.count - 1])
            else { return nil }
            self.init(
                sopClass: texts[0], sopInstance: texts[1], path: texts[2], byteCount: byteCount, sha256: texts[4],
                sync: sync, head: head, indexText: texts[texts.count - 1])
        }

        package init(
            sopClass: String, sopInstance: String, path: String, byteCount: Int64, sha256: String, sync: DiskSync,
            head: ObjectHead, indexText: String
        ) {
            self.sopClass = sopClass
            self.sopInstance = sopInstance
            self.path = path
            self.byteCount = byteCount
            self.sha256 = sha256
            self.sync = sync
            self.head = head
            self.indexText = indexText
        }
    }

    package struct Status: Sendable, Hashable {
        package let code: UInt16
        package let comment: String

        package init(_ code: UInt16, _ comment: String = "") {
            self.code = code
            self.comment = comment
        }

        package static let success = Status(0x0000)
        package static let outOfResources = Status(0xA700, "the clinic can't keep it now; send it again")
        package static let duplicateInstance = Status(0x0111, "another object has this identifier")
        package static let classMismatch = Status(0xA900, "the object is not what was announced")
        package static let notUnderstood = Status(0xC000)
        package static let noSuchInstance = Status(0x0112)
        package static let failure = Status(0x0110)

        var bytes: [UInt8] {
            [UInt8(truncatingIfNeeded: code), UInt8(truncatingIfNeeded: code >> 8)] + Array(comment.utf8.prefix(64))
        }
    }

    package struct Query: Sendable, Codable {
        package let sopClass: String
        package let identifier: Attributes
    }

    /// A performed procedure step that is begun or changed.
    package struct Step: Sendable, Codable {
        package enum Operation: String, Sendable, Codable { case create, set }
        package let operation: Operation
        package let instance: String
        package let attributes: Attributes
    }

    /// A question whether objects are safe.
    package struct Commitment: Sendable, Codable {
        package let action: Int
        package let attributes: Attributes
    }

    /// The clinic's answers; every closure may wait for its database.
    package struct Answers: Sendable {
        package var admit: @Sendable (Peer, _ address: String) async -> Admission
        package var store: @Sendable (Received, Peer, _ address: String) async -> Status
        package var find: @Sendable (Query, Peer) async -> (rows: [Attributes], status: Status)
        package var step: @Sendable (Step, Peer) async -> Status
        /// The event (1 all are safe, 2 some are not) and what it says of each.
        package var commit: @Sendable (Commitment, Peer) async -> (status: Status, event: UInt16, result: Attributes)
        /// An association is over; the code is 128 and the signal where its helper crashed.
        package var ended: @Sendable (Peer?, _ address: String, _ code: Int32) async -> Void

        package init(
            admit: @escaping @Sendable (Peer, String) async -> Admission,
            store: @escaping @Sendable (Received, Peer, String) async -> Status,
            find: @escaping @Sendable (Query, Peer) async -> (rows: [Attributes], status: Status),
            step: @escaping @Sendable (Step, Peer) async -> Status,
            commit:
                @escaping @Sendable (Commitment, Peer) async -> (
                    status: Status, event: UInt16, result: Attributes
                ),
            ended: @escaping @Sendable (Peer?, String, Int32) async -> Void
        ) {
            self.admit = admit
            self.store = store
            self.find = find
            self.step = step
            self.commit = commit
            self.ended = ended
        }

        /// The frames that answer one frame of a helper; nothing where it says what it must not.
        func answer(
            _ frame: HelperFrame, sync: DiskSync, peer: inout Peer?, address: String
        ) async -> [HelperFrame]? {
            let json = Data(frame.payload)
            let decoder = JSONDecoder()
            if frame.kind == UInt8(ascii: "A") {
                guard peer == nil, let caller = try? decoder.decode(Peer.self, from: json) else { return nil }
                let admission = await admit(caller, address)
                peer = caller
                return [HelperFrame("a", [admission.rawValue])]
            }
            guard let peer else { return nil }
            switch frame.kind {
            case UInt8(ascii: "S"):
                guard let received = Received(frame.payload, sync: sync) else {
                    return [HelperFrame("s", Status.notUnderstood.bytes)]
                }
                return [HelperFrame("s", await store(received, peer, address).bytes)]
            case UInt8(ascii: "F"):
                guard let query = try? decoder.decode(Query.self, from: json) else {
                    return [HelperFrame("z", Status.notUnderstood.bytes)]
                }
                let (rows, status) = await find(query, peer)
                return rows.map { HelperFrame("f", DataSetWriter.bytes($0)) } + [HelperFrame("z", status.bytes)]
            case UInt8(ascii: "P"):
                guard let step = try? decoder.decode(Step.self, from: json) else {
                    return [HelperFrame("p", Status.failure.bytes)]
                }
                return [HelperFrame("p", await self.step(step, peer).bytes)]
            case UInt8(ascii: "C"):
                guard let commitment = try? decoder.decode(Commitment.self, from: json) else {
                    return [HelperFrame("c", Array(Status.failure.bytes.prefix(2)))]
                }
                let (status, event, result) = await commit(commitment, peer)
                let code = Array(status.bytes.prefix(2))
                let number = [UInt8(truncatingIfNeeded: event), UInt8(truncatingIfNeeded: event >> 8)]
                return [HelperFrame("c", code + number + DataSetWriter.bytes(result))]
            default: return nil
            }
        }
    }
}
