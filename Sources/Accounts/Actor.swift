// SPDX-License-Identifier: Apache-2.0

import Storage

/// What a member of the clinic is trusted with.
package enum Role: String, Sendable, Codable, CaseIterable, Bindable {
    case owner, clinician, desk
}

/// Who acts. Every action that touches a patient's data takes one and writes it into the audit trail.
package enum Actor: Hashable, Sendable {
    case visitor
    case patient(Patient.ID)
    case staff(StaffMember.ID, Role)
    /// The program itself, named by the job or command: `.system("reconciler")`.
    case system(String)

    /// The actor as the audit trail keeps it.
    package var auditName: String {
        switch self {
        case .visitor: "visitor"
        case .patient(let id): "patient/\(id)"
        case .staff(let id, let role): "staff/\(id)/\(role.rawValue)"
        case .system(let name): "system/\(name)"
        }
    }

    package func may(_ permission: Permission) -> Bool {
        switch self {
        case .staff(_, let role): Permission.table[permission]?.contains(role) ?? false
        case .system: true
        case .visitor, .patient: false
        }
    }
}

/// Things that only staff may do; what patients may do is decided by whose the thing is.
package enum Permission: String, Sendable, CaseIterable {
    case seeDay, seeOrders, uploadRecordings, seeReports, writeReports, releaseReports, cancelBookings, changeBookings
    case answerRequests, overrideBookings, manageDiary, manageStaff, moveData, manageContent
    case takePayments, refundPayments, managePackages, seeDisputes, manageMoney
    case seeLoops, measureLoops, acceptMeasures, signFindings, shareLoops, assignObjects, sendObjects
    case seeCare, writeCare
    case holdCalls
    case handleMail, reportBounces, manageLetters, manageWebhooks

    /// The whole of the rules about roles, in one place.
    static let table: [Permission: Set<Role>] = [
        .seeDay: [.owner, .clinician, .desk],
        .seeOrders: [.owner, .clinician, .desk],
        .uploadRecordings: [.owner, .clinician, .desk],
        .seeReports: [.owner, .clinician],
        .writeReports: [.owner, .clinician],
        .releaseReports: [.owner, .clinician],
        .cancelBookings: [.owner, .clinician, .desk],
        .changeBookings: [.owner, .clinician, .desk],
        .answerRequests: [.owner, .clinician, .desk],
        .overrideBookings: [.owner, .clinician, .desk],
        .manageDiary: [.owner],
        .manageStaff: [.owner],
        .moveData: [.owner],
        .manageContent: [.owner],
        .takePayments: [.owner, .desk],
        .refundPayments: [.owner, .desk],
        .managePackages: [.owner, .desk],
        .seeDisputes: [.owner],
        .manageMoney: [.owner],
        .seeLoops: [.owner, .clinician],
        .measureLoops: [.owner, .clinician],
        .acceptMeasures: [.owner, .clinician],
        .assignObjects: [.owner, .clinician, .desk],
        .sendObjects: [.owner, .clinician],
        .signFindings: [.owner, .clinician],
        .shareLoops: [.owner, .clinician],
        .seeCare: [.owner, .clinician],
        .writeCare: [.owner, .clinician],
        .holdCalls: [.owner, .clinician],
        .handleMail: [.owner, .clinician, .desk],
        .reportBounces: [.owner, .desk],
        .manageLetters: [.owner],
        .manageWebhooks: [.owner],
    ]
}
