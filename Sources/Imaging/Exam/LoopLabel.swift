// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage
package import Ultrasound

package enum BodySide: String, Sendable, Codable, CaseIterable, Bindable {
    case left, right
}

/// What a loop shows, as the clinician says it: which side, which muscle, in which state.
package struct LoopLabel: Sendable, Hashable {
    package enum State: String, Sendable, Codable, CaseIterable, Bindable {
        case rest, contraction, passiveStretch
    }

    package let side: BodySide?
    package let muscle: ComparedMuscle
    package let state: State

    package init(side: BodySide?, muscle: ComparedMuscle, state: State) {
        self.side = side
        self.muscle = muscle
        self.state = state
    }
}

extension ComparedMuscle: Bindable {
    package var sqlValue: SQLValue { .text(rawValue) }
    package static func decode(_ value: SQLValue) -> ComparedMuscle? {
        String.decode(value).flatMap(ComparedMuscle.init(rawValue:))
    }
}

extension VisitLoops {
    /// The label that counts: the last one.
    package func label(of id: VisitLoop.ID, in transaction: any Transaction) throws -> LoopLabel? {
        try transaction.first("SELECT * FROM loop_label WHERE loop = \(id) ORDER BY id DESC LIMIT 1").map {
            LoopLabel(side: try $0.get("side"), muscle: try $0.get("muscle"), state: try $0.get("state"))
        }
    }

    package func setLabel(
        _ label: LoopLabel, of id: VisitLoop.ID, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws {
        guard actor.may(.measureLoops) else { throw ImagingError.notPermitted }
        let loop = try find(id, in: transaction)
        try transaction.run(
            """
            INSERT INTO loop_label (id, loop, side, muscle, state, set_at, set_by)
            VALUES (\(Identifier<LoopLabel>.make(at: now)), \(id), \(label.side), \(label.muscle), \(label.state), \(now),
                \(actor.auditName))
            """)
        try AuditTrail().record(
            "loop.label", patient: loop.patient, subject: "loop/\(id)",
            detail: [
                "side": label.side?.rawValue ?? "", "muscle": label.muscle.rawValue, "state": label.state.rawValue,
            ], by: actor, at: now, in: transaction)
    }

    /// All loops of a patient that can be looked at, the newest visit's last.
    package func list(ofPatient patient: Patient.ID, in transaction: any Transaction) throws -> [VisitLoop] {
        try transaction.rows("SELECT id FROM visit_loop WHERE patient = \(patient) AND state = 'ready' ORDER BY id")
            .map { try find(try $0.get("id"), in: transaction) }
    }
}
