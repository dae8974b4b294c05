// SPDX-License-Identifier: Apache-2.0

package import Accounts
import Diary
import Foundation
import Payments
import Storage

/// The demonstration clinic: invented people, rooms and hours, and passwords that everybody may know.
package enum Demo {
    package struct Account: Sendable {
        package let role: Role
        package let name: String
        package let email: String
        package let password: String
    }

    package static let accounts = [
        Account(role: .owner, name: "Rowan Marsh", email: "owner@demo.example", password: "practice-owner"),
        Account(
            role: .clinician, name: "Dr. Juniper Fable", email: "clinician@demo.example", password: "practice-clinician"
        ),
        Account(role: .desk, name: "Noor Lindqvist", email: "desk@demo.example", password: "practice-desk"),
    ]

    /// The loops are made when the clinic is up and has answered its first visitors.
    private static let loopsDelay = 2.0

    /// Fills an empty clinic; one that was filled before is left as it is.
    /// - Throws: `Clinic.OpeningFailure.demoOnRealData` where the database belongs to a real clinic.
    package static func fill(_ clinic: Clinic) async throws {
        let now = clinic.clock.now()
        let isFilled = try await clinic.store.read { transaction in
            let known = try clinic.staff.find(email: accounts[0].email, in: transaction) != nil
            if !known, try clinic.staff.count(in: transaction) > 0 { throw Clinic.OpeningFailure.demoOnRealData }
            return known
        }
        guard !isFilled else { return }
        var hashes: [String] = []
        for account in accounts { hashes.append(try await clinic.hasher.hash(account.password)) }
        let hashed = hashes
        try await clinic.store.write { transaction in
            var clinician: [StaffMember.ID] = []
            for (account, hash) in zip(accounts, hashed) {
                let member = try clinic.staff.add(
                    name: account.name, email: account.email, role: account.role, passwordHash: hash,
                    by: .system("demo"), at: now, in: transaction)
                if account.role == .clinician { clinician.append(member.id) }
            }
            try DemoDiary.seed(clinic.definitions, staff: clinician, in: transaction)
            if let first = clinician.first { try DemoCare.fill(clinic, clinician: first, at: now, in: transaction) }
            if clinic.settings.hasDemoLoops, let member = clinician.first {
                let name = accounts.first { $0.role == .clinician }?.name ?? ""
                try Jobs.enqueue(
                    DemoLoopsJob.kind, key: DemoLoopsJob.kind,
                    payload: DemoLoopsJob(clinician: member, clinicianName: name),
                    at: now.addingTimeInterval(loopsDelay), in: transaction)
            }
            for offer in packageOffers { try clinic.packageOffers.add(offer, in: transaction) }
            try clinic.discountCodes.add(
                "WELCOME10", kind: .percent, value: 10, currency: "USD", service: nil, validFrom: nil, validUntil: nil,
                mostUses: nil, at: now, in: transaction)
        }
    }

    private static let packageOffers = [
        PackageOffer(
            slug: "three-video-visits", name: "Three video visits",
            summary: "For a plan that you follow at home: we look at your exercises and change what needs changing.",
            service: "telehealth", credits: 3, price: Money(minorUnits: 24_300, currency: "USD"), validDays: 120,
            latePolicy: .giveBack),
        PackageOffer(
            slug: "six-acupuncture-sessions", name: "Six acupuncture sessions",
            summary: "A short course with a review in the middle, when six sessions are what the plan says.",
            service: "acupuncture", credits: 6, price: Money(minorUnits: 59_400, currency: "USD"), validDays: 180,
            latePolicy: .keep),
    ]
}
