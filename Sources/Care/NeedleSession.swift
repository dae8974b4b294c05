// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Recovery
package import Storage

/// A planned course of acupuncture within an episode.
package struct NeedleCourse: Sendable, Hashable {
    package typealias ID = Identifier<NeedleCourse>

    package let id: ID
    package let episode: Episode.ID
    package let plannedSessions: Int
    /// "once a week"
    package let frequency: String
    /// After how many sessions the plan is looked at again.
    package let reviewAfterSessions: Int
    package let plannedAt: Date

    init(_ row: Row) throws {
        id = try row.get("id")
        episode = try row.get("episode")
        plannedSessions = try row.get("planned")
        frequency = try row.get("frequency")
        reviewAfterSessions = try row.get("review_after")
        plannedAt = try row.get("planned_at")
    }
}

/// One session, with the fields of STRICTA 2010 (PMC2882429): a draft until it is signed.
package struct NeedleSession: Sendable, Hashable {
    package typealias ID = Identifier<NeedleSession>

    package let id: ID
    package let course: NeedleCourse.ID
    package let episode: Episode.ID
    /// Session `number` of the course.
    package let number: Int
    package let day: Day
    package let fields: SessionFields
    package let begunAt: Date
    package let signedAt: Date?
    package let signedBy: String?

    package var isSigned: Bool { signedAt != nil }

    init(_ row: Row) throws {
        id = try row.get("id")
        course = try row.get("course")
        episode = try row.get("episode")
        number = try row.get("number")
        day = Day(number: try row.get("on_day"))
        fields = SessionFields(try JSONText.value([String: String].self, row.get("fields")))
        begunAt = try row.get("begun_at")
        signedAt = try row.get("signed_at")
        signedBy = try row.get("signed_by")
    }
}

/// The fields of a session by name, as typed. What studies show to be left out most (depth, response, insertions, needle type;
/// PMC6681161) has a default instead of a blank.
package struct SessionFields: Sendable, Hashable {
    package var values: [String: String]

    package init(_ values: [String: String] = [:]) { self.values = values.filter { !$0.value.isEmpty } }
    package subscript(name: String) -> String { values[name] ?? "" }

    /// STRICTA item, name, label, in the order of the page.
    package static let items: [(item: String, name: String, label: String)] = [
        ("1a", "style", "Style"), ("1b", "reasoning", "Reasoning: indication for these points"),
        ("1c", "variation", "Fixed or individual"), ("2a", "inserted", "Needles inserted"),
        ("2a", "removed", "Needles removed"), ("2b", "points", "Points"),
        ("2c", "depth", "Depth, mm, where no other is written"),
        ("2c", "angle", "Angle"), ("2d", "sought", "Response sought"), ("2d", "obtained", "Response obtained"),
        ("2e", "stimulation", "Stimulation"), ("2f", "retention", "Retention, minutes"),
        ("2g", "needle", "Needle: diameter × length, mm"), ("2g", "maker", "Maker and lot, single use"),
        ("4a", "components", "Other components"), ("4b", "setting", "Setting and what the patient was told"),
        ("5", "practitioner", "Practitioner: licence, years, supervision"),
    ]
    package static let styles = [
        "TCM", "Western medical", "Japanese", "Korean", "Five Element", "Ear", "Dry needling",
    ]
    package static let stimulations = ["None", "Manual", "Electro", "Moxa", "Cupping"]

    package static let defaults = [
        "style": "Western medical", "variation": "Individual", "depth": "15", "angle": "Perpendicular",
        "sought": "De qi",
        "obtained": "Yes", "stimulation": "Manual", "retention": "20", "needle": "0.25 × 40",
        "setting": "Consent given, rare harms named",
    ]

    package var points: [AcupuncturePoint] { get throws(CareError) { try AcupuncturePoint.list(self["points"]) } }
    package var isElectro: Bool { self["stimulation"] == "Electro" }
    package func reason(for warning: NeedleWarning) -> String { self["reason-\(warning.key)"] }
}
