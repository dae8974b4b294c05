// SPDX-License-Identifier: Apache-2.0

package import Accounts
import Foundation
import Scheduling
package import Storage

/// The demo clinic's diary: invented people in invented rooms.
package enum DemoDiary {
    /// Fills an empty diary; one that has services is left alone.
    /// - Parameter staff: the accounts of the three clinicians, in order, as far as there are any.
    package static func seed(
        _ definitions: DiaryDefinitions, staff: [StaffMember.ID] = [], in transaction: any Transaction
    ) throws {
        let services = Services(definitions: definitions)
        guard try services.all(in: transaction).isEmpty else { return }
        let actor = Actor.system("demo")
        if let zone = TimeZone(identifier: "America/New_York") {
            try services.configure(zone: zone, leadMinutes: 60, horizonDays: 180, by: actor, in: transaction)
        }

        let working = hours(weekdays: (480, 1080), saturday: (480, 720))
        let clinicians = try [
            ("Dr. Juniper Fable", "Physical therapist, gait specialist"),
            ("Theo Inkwell", "Physical therapist, licensed acupuncturist"),
            ("Dr. Marisol Paperwright", "Sports physician, musculoskeletal ultrasound"),
        ].enumerated().map { index, person in
            try services.addResource(
                .clinician, name: person.0, title: person.1, staff: index < staff.count ? staff[index] : nil,
                hours: working, by: actor, in: transaction
            ).id
        }
        // Rooms and devices are open longer, so that calibration and cleaning fit around the first and the last visit.
        let house = hours(weekdays: (420, 1140), saturday: (420, 780))
        func add(_ kind: DiaryResource.Kind, _ name: String) throws -> DiaryResource.ID {
            try services.addResource(kind, name: name, hours: house, by: actor, in: transaction).id
        }
        let gaitLaboratory = try add(.room, "Gait Laboratory")
        let willowRoom = try add(.room, "Willow Room")
        let heronRoom = try add(.room, "Heron Room")
        let cameras = try add(.device, "Gait laboratory cameras and force plates")
        let scanner = try add(.device, "Ultrasound scanner")

        let cleaning = ServiceSpan(minutesAfter: 10)
        let treatmentRoom = HealthcareService.Requirement(
            kind: .room, candidates: [willowRoom, heronRoom], span: ServiceSpan(minutesAfter: 5))
        func anyOf(_ indices: Int...) -> HealthcareService.Requirement {
            HealthcareService.Requirement(kind: .clinician, candidates: indices.map { clinicians[$0] })
        }
        func fees(late: Int64, noShow: Int64) -> ChangePolicy {
            ChangePolicy(
                lateFee: Money(minorUnits: late, currency: "USD"), noShowFee: Money(minorUnits: noShow, currency: "USD")
            )
        }
        let offered: [HealthcareService.Description] = [
            .init(
                slug: "3d-gait", name: "3D Gait Analysis",
                summary: "You walk; cameras and force plates measure every joint. A clinician explains the result.",
                durationMinutes: 60, stepMinutes: 30, modality: .inPerson,
                price: Money(minorUnits: 28_000, currency: "USD"),
                requirements: [
                    anyOf(0, 1, 2), .init(kind: .room, candidates: [gaitLaboratory], span: cleaning),
                    .init(
                        kind: .device, candidates: [cameras],
                        span: ServiceSpan(minutesBefore: 15, minutesAfter: 10)),
                ], payment: .full, policy: fees(late: 7_000, noShow: 14_000)),
            .init(
                slug: "dynamic-ultrasound", name: "Dynamic Ultrasound",
                summary: "We look at the muscle or tendon while it moves, where a still picture shows nothing.",
                durationMinutes: 30, stepMinutes: 30, modality: .inPerson,
                price: Money(minorUnits: 16_000, currency: "USD"),
                requirements: [
                    anyOf(2, 0), treatmentRoom, .init(kind: .device, candidates: [scanner], span: cleaning),
                ],
                payment: .deposit(Money(minorUnits: 4_000, currency: "USD")),
                policy: fees(late: 4_000, noShow: 4_000)),
            .init(
                slug: "acupuncture", name: "Acupuncture",
                summary: "For back pain and muscle pain, with a plan for what comes after.",
                durationMinutes: 45, stepMinutes: 15, modality: .inPerson,
                price: Money(minorUnits: 11_000, currency: "USD"), requirements: [anyOf(1, 2), treatmentRoom],
                policy: fees(late: 3_000, noShow: 6_000)),
            .init(
                slug: "consultation", name: "Consultation",
                summary: "Your story, an examination, and a plan that you understand.",
                durationMinutes: 30, stepMinutes: 30, modality: .inPerson,
                price: Money(minorUnits: 12_000, currency: "USD"), requirements: [anyOf(0, 1, 2), treatmentRoom],
                policy: fees(late: 3_000, noShow: 6_000)),
            .init(
                slug: "telehealth", name: "Telehealth Visit",
                summary: "By video from home: movement tests, advice, and what to do next.",
                durationMinutes: 30, stepMinutes: 30, modality: .telehealth,
                price: Money(minorUnits: 9_000, currency: "USD"), requirements: [anyOf(0, 1, 2)], payment: .full),
        ]
        for description in offered { _ = try services.add(description, by: actor, in: transaction) }
    }

    private static func hours(weekdays: (Int, Int), saturday: (Int, Int)) -> WeeklyHours {
        var rules: [Weekday: [WallInterval]] = [:]
        for weekday in [Weekday.monday, .tuesday, .wednesday, .thursday, .friday, .saturday] {
            let (opens, closes) = weekday == .saturday ? saturday : weekdays
            rules[weekday] = WallInterval(opensMinute: opens, closesMinute: closes).map { [$0] } ?? []
        }
        return WeeklyHours(rules: rules)
    }
}
