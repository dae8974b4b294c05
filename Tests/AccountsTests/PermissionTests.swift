// SPDX-License-Identifier: Apache-2.0

import Accounts
import Storage
import Testing

@Suite("Permissions")
struct PermissionTests {
    /// Written out a second time on purpose: who adds a permission or a role says here, too, who has it.
    private static let expected: [(permission: Permission, owner: Bool, clinician: Bool, desk: Bool)] = [
        (.seeDay, true, true, true),
        (.seeOrders, true, true, true),
        (.uploadRecordings, true, true, true),
        (.seeReports, true, true, false),
        (.writeReports, true, true, false),
        (.releaseReports, true, true, false),
        (.cancelBookings, true, true, true),
        (.changeBookings, true, true, true),
        (.overrideBookings, true, true, true),
        (.answerRequests, true, true, true),
        (.takePayments, true, false, true),
        (.refundPayments, true, false, true),
        (.managePackages, true, false, true),
        (.seeDisputes, true, false, false),
        (.manageMoney, true, false, false),
        (.seeLoops, true, true, false),
        (.measureLoops, true, true, false),
        (.acceptMeasures, true, true, false),
        (.assignObjects, true, true, true),
        (.sendObjects, true, true, false),
        (.signFindings, true, true, false), (.shareLoops, true, true, false),
        (.holdCalls, true, true, false),
        (.seeCare, true, true, false),
        (.writeCare, true, true, false),
        (.handleMail, true, true, true),
        (.reportBounces, true, false, true),
        (.manageLetters, true, false, false),
        (.manageWebhooks, true, false, false),
        (.manageDiary, true, false, false),
        (.manageStaff, true, false, false),
        (.moveData, true, false, false),
        (.manageContent, true, false, false),
    ]

    @Test("every permission by every role, and every other actor")
    func table() {
        #expect(Self.expected.map(\.permission.rawValue).sorted() == Permission.allCases.map(\.rawValue).sorted())
        #expect(Role.allCases == [.owner, .clinician, .desk])
        for row in Self.expected {
            #expect(Actor.staff(.init("s"), .owner).may(row.permission) == row.owner, "\(row.permission)")
            #expect(Actor.staff(.init("s"), .clinician).may(row.permission) == row.clinician, "\(row.permission)")
            #expect(Actor.staff(.init("s"), .desk).may(row.permission) == row.desk, "\(row.permission)")
            #expect(!Actor.visitor.may(row.permission) && !Actor.patient(.init("p")).may(row.permission))
            #expect(Actor.system("job").may(row.permission))
        }
    }

    @Test("no two actors have one name in the trail")
    func names() {
        let actors: [Actor] =
            [.visitor, .patient(.init("1")), .patient(.init("2")), .system("1"), .system("visitor")]
            + Role.allCases.flatMap { [.staff(.init("1"), $0), .staff(.init("2"), $0)] }
        #expect(Set(actors.map(\.auditName)).count == actors.count)
    }
}
