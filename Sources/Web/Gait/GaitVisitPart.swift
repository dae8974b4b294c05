// SPDX-License-Identifier: Apache-2.0

/// The analysis of a visit as its patient's report and the clinician's page print it.
struct GaitVisitPart: Sendable {
    /// One row of the Movement Analysis Profile; widths with "%".
    struct ProfileRow: Sendable {
        let name: String
        let left: String
        let right: String
        let leftWidth: String
        let rightWidth: String
        /// Where one of the norm's own people usually is; nil where unknown.
        let usual: String?
        /// The whole score's row is set apart.
        let isScore: Bool
    }

    struct KeyRow: Sendable {
        let name: String
        let left: String
        let right: String
        let norm: String
        let verdict: String
    }

    struct Curve: Sendable {
        let title: String
        let unit: String
        let direction: String
        /// Made on the server; readable without a script.
        let svg: String
        let caption: String
        let head: [String]
        let rows: [Row]

        struct Row: Sendable {
            let percent: String
            let cells: [String]
        }
    }

    struct Group: Sendable {
        let name: String
        let curves: [Curve]
    }

    struct Comparison: Sendable {
        /// "with the visit of 3 March 2026"
        let heading: String
        let verdict: String
        let rows: [Row]

        struct Row: Sendable {
            let name: String
            let before: String
            let now: String
            let change: String
        }
    }

    struct Note: Sendable {
        let text: String
        /// The walks that it is about; empty for all.
        let files: String
    }

    var summary: [String]
    var profile: [ProfileRow]
    let hasProfile: Bool
    /// "Overall score 5.43°. GDI* …"
    var scores: String
    /// "12 healthy children …, n = 12, ages: children"
    var norm: String
    var keyFigures: [KeyRow]
    let hasKeyFigures: Bool
    var groups: [Group]
    let hasCurves: Bool
    var hasForces: Bool
    var comparison: Comparison?
    var notes: [Note]
    let hasNotes: Bool
    var walks: [String]
    var methods: [String]
    /// All points of all curves as a file.
    var csvURL: String

    init(
        summary: [String], profile: [ProfileRow], scores: String, norm: String, keyFigures: [KeyRow], groups: [Group],
        hasForces: Bool, comparison: Comparison?, notes: [Note], walks: [String], methods: [String], csvURL: String
    ) {
        self.summary = summary
        self.profile = profile
        hasProfile = !profile.isEmpty
        self.scores = scores
        self.norm = norm
        self.keyFigures = keyFigures
        hasKeyFigures = !keyFigures.isEmpty
        self.groups = groups
        hasCurves = !groups.isEmpty
        self.hasForces = hasForces
        self.comparison = comparison
        self.notes = notes
        hasNotes = !notes.isEmpty
        self.walks = walks
        self.methods = methods
        self.csvURL = csvURL
    }
}
