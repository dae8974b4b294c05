// SPDX-License-Identifier: Apache-2.0

import Accounts
import Care
import Foundation
import Recovery
import Storage

/// Thirty invented episodes in all states, each some days old by the injected clock; the founding case is the first.
enum DemoCare {
    /// A course of scores: day since onset, pain, activities.
    private typealias Score = (day: Int, pain: Double, activity: Double)

    private struct Story {
        let name: String
        let region: BodyRegion
        let side: BodyRegion.Side
        let kind: EpisodeKind
        let complaint: String
        let ageDays: Int
        let scores: [Score]
        var visits: [(day: Int, treatment: Treatment)] = []
        var diagnosis: (day: Int, words: String, status: EpisodeHistory.Diagnosis.Status)?
        var tear: (day: Int, signs: TearSigns)?
        var imaging: (day: Int, modality: Modality, resultDay: Int?, words: String)?
        var flag: (flag: Flag, answer: Answer)?
        var closed: String?
    }

    static func fill(_ clinic: Clinic, clinician: StaffMember.ID, at now: Date, in transaction: any Transaction) throws
    {
        let today = try clinic.today(in: transaction)
        let actor = Actor.staff(clinician, .clinician)
        for (index, story) in stories.enumerated() {
            let onset = today.adding(-story.ageDays)
            /// Entries are written as of their own day, so that the trail reads as it would have been.
            func moment(_ day: Int) -> Date { now.addingTimeInterval(Double(day - story.ageDays) * 86_400) }
            let patient = try clinic.patients.findOrAdd(
                ContactDetails(
                    name: story.name, email: "care\(index + 1)@demo.example", phone: "(555) 555-01\(index + 10)"),
                by: .system("demo"), at: moment(0), in: transaction
            ).id
            let episode = try clinic.episodes.open(
                .init(
                    region: story.region, side: story.side, kind: story.kind, onset: onset, complaint: story.complaint),
                of: patient, today: onset, by: actor, at: moment(0), in: transaction
            ).id
            func add(_ fact: EpisodeHistory.Content, _ day: Int, _ words: String = "") throws -> EpisodeEntry.ID {
                try clinic.episodes.add(
                    fact, to: episode, on: onset.adding(day), words: words, source: "demo", by: actor, at: moment(day),
                    in: transaction)
            }
            let asked: [Flag] =
                story.kind == .back
                ? [.caudaEquina, .progressiveDeficit, .aneurysm, .infection, .fracture, .malignancy] : [.compartment]
            for flag in asked where flag != story.flag?.flag { _ = try add(.flag(flag, .no), 0) }
            if let flag = story.flag {
                _ = try add(.flag(flag.flag, flag.answer), 0)
                if flag.answer == .yes {
                    try SafetyTasks().raise(
                        flag.flag, of: patient, episode: episode, source: "demo", by: actor, at: moment(0),
                        in: transaction)
                }
            }
            if let tear = story.tear { _ = try add(.tearSigns(tear.signs), tear.day) }
            if let diagnosis = story.diagnosis {
                try clinic.episodes.diagnose(
                    episode, words: diagnosis.words, status: diagnosis.status, on: onset.adding(diagnosis.day),
                    by: actor, at: moment(diagnosis.day), in: transaction)
            }
            for score in story.scores {
                _ = try add(.score(.nrs, score.pain), score.day)
                _ = try add(.score(.psfs, score.activity), score.day)
            }
            for visit in story.visits { _ = try add(.visit(visit.treatment), visit.day) }
            if let imaging = story.imaging {
                let ordered = try add(
                    .imaging(imaging.modality, result: nil, expectedDays: nil), imaging.day, imaging.words)
                if let result = imaging.resultDay {
                    try clinic.episodes.complete(
                        ordered, on: onset.adding(result), words: imaging.words, by: actor, at: moment(result),
                        in: transaction)
                }
            }
            if let why = story.closed {
                try clinic.episodes.close(episode, why: why, by: actor, at: now, in: transaction)
            }
        }
    }

    private static func no(strength: Double, girth: Double) -> TearSigns {
        TearSigns(
            Dictionary(uniqueKeysWithValues: TearSigns.Sign.allCases.map { ($0, Answer.no) }), strengthGrade: strength,
            girthDifferenceCentimetres: girth)
    }

    private static func weekly(_ pains: [Double], _ activities: [Double]) -> [Score] {
        zip(pains, activities).enumerated().map { (day: $0.offset * 7, pain: $0.element.0, activity: $0.element.1) }
    }

    private static func visits(_ days: [Int], _ treatment: Treatment) -> [(day: Int, treatment: Treatment)] {
        days.map { ($0, treatment) }
    }

    private static let stories: [Story] = founding + backs + muscles + others

    /// An athlete, "minor quadriceps strain": four weeks of treatment without success, and at last the picture.
    private static let founding = [
        Story(
            name: "Marlo Quill", region: .thighFront, side: .left, kind: .muscle,
            complaint: "Sprint at training, sudden pain in the front of the thigh.", ageDays: 29,
            scores: weekly([6, 5, 5, 4], [3, 3, 4, 4]), visits: visits([1, 8, 15, 22], .manual),
            diagnosis: (1, "Quadriceps strain, minor", .provisional), tear: (1, no(strength: 5, girth: 0)),
            imaging: (
                28, .ultrasound, 29, "Dynamic ultrasound: complete tear of the rectus femoris, opens on contraction"
            ))
    ]

    private static let backs: [Story] = {
        let names = [
            "Ilva Fern", "Otis Vale", "Nell Brook", "Jun Harrow", "Pia Stone", "Abel Reed", "Cora Lind", "Emil Frost",
            "Vera Moss", "Theo Birch", "Lena Ash", "Hugo Pell", "Rita Glen", "Sol Amber",
        ]
        let courses: [([Double], [Double], Int)] = [
            ([7, 5, 3, 1], [2, 5, 7, 9], 24), ([6, 6, 6, 6], [3, 3, 3, 4], 23),
            ([5, 4, 3, 2, 1], [4, 6, 7, 8, 9], 31),
            ([8, 8, 7, 8, 8, 7, 8], [1, 1, 2, 2, 1, 2, 2], 45), ([4, 3], [5, 6], 9), ([6], [3], 2),
            ([7, 5], [2, 4], 10),
            ([6, 4, 4, 4, 4, 4], [3, 5, 5, 5, 5, 5], 38), ([5, 7, 8], [4, 3, 2], 16), ([3, 2, 2], [6, 7, 7], 17),
            ([], [], 15),
            ([7, 6, 5, 4, 4, 3], [3, 3, 4, 5, 6, 6], 40), ([8], [1], 0), ([5, 3, 2, 1, 0], [5, 7, 8, 9, 10], 60),
        ]
        return zip(names, courses).enumerated().map { index, pair in
            let (name, course) = pair
            var story = Story(
                name: name, region: .lowerBack, side: .middle, kind: .back,
                complaint: index % 2 == 0 ? "After lifting a box." : "Slowly, over some weeks of sitting.",
                ageDays: course.2, scores: weekly(course.0, course.1),
                visits: visits(
                    Array(stride(from: 0, through: course.2, by: 7)), index % 3 == 0 ? .acupuncture : .exercise))
            if index != 12 {
                story.diagnosis = (0, "Non-specific low back pain", index == 2 ? .confirmed : .provisional)
            }
            if index == 12 { story.flag = (.infection, .yes) }
            if index == 13 { story.closed = "Recovered" }
            return story
        }
    }()

    private static let muscles: [Story] = {
        let names = ["Kit Rowan", "Uma Dale", "Finn Marsh", "Alba Wren", "Gus Hollow", "Bea Thorn", "Roy Plume"]
        let regions: [BodyRegion] = [.thighBack, .calf, .thighFront, .groin, .calf, .thighBack, .upperArm]
        let courses: [([Double], [Double], Int)] = [
            ([5, 3, 1], [4, 7, 9], 15), ([6, 5], [3, 3], 8), ([7, 6], [2, 2], 9), ([4, 2, 1, 0], [5, 8, 9, 10], 27),
            ([6], [3], 1), ([5, 5, 5], [4, 4, 4], 18), ([3, 1], [6, 9], 12),
        ]
        return names.indices.map { index in
            let course = courses[index]
            var story = Story(
                name: names[index], region: regions[index], side: index % 2 == 0 ? .right : .left, kind: .muscle,
                complaint: "Pulled up in a sprint.", ageDays: course.2, scores: weekly(course.0, course.1),
                visits: visits(Array(stride(from: 0, through: course.2, by: 7)), .exercise))
            let isTear = index == 2
            story.tear =
                isTear
                ? (
                    0,
                    TearSigns(
                        [
                            .pop: .yes, .bruising: .yes, .palpableGap: .no, .defectOpensOnContraction: .no,
                            .cannotBearWeight: .no, .motionLoss: .no,
                        ], strengthGrade: 4, girthDifferenceCentimetres: 1)
                ) : (0, no(strength: 5, girth: 0))
            if !isTear { story.diagnosis = (0, "Muscle strain, minor", .provisional) }
            if isTear { story.imaging = (1, .ultrasound, nil, "Dynamic ultrasound ordered") }
            if index == 3 { story.closed = "Recovered; back in full training" }
            return story
        }
    }()

    private static let others: [Story] = {
        let people: [(String, BodyRegion, [Double], [Double], Int)] = [
            ("Ivo Lark", .shoulder, [6, 5, 4], [3, 4, 6], 20), ("Mae Cove", .knee, [5, 3, 2], [4, 6, 8], 22),
            ("Nils Bay", .ankle, [4, 2], [5, 8], 10), ("Opal Rush", .neck, [7, 6, 6, 6], [2, 3, 3, 3], 29),
            ("Per Field", .elbow, [5, 5, 4, 4], [4, 4, 5, 5], 33), ("Quin Shore", .hip, [6, 4, 3], [3, 6, 7], 19),
            ("Ria Knoll", .foot, [3], [6], 3), ("Stan Weir", .shoulder, [4, 4, 3, 1], [5, 5, 7, 9], 90),
        ]
        return people.enumerated().map { index, person in
            var story = Story(
                name: person.0, region: person.1, side: person.1.hasSides ? .right : .middle, kind: .other,
                complaint: "Comes and goes, worse with work.", ageDays: person.4, scores: weekly(person.2, person.3),
                visits: visits(
                    Array(stride(from: 0, through: min(28, person.4), by: 7)), index == 3 ? .acupuncture : .manual))
            story.flag = (.compartment, .no)
            if index == 7 { story.closed = "Recovered" }
            return story
        }
    }()
}
