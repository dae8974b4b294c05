// SPDX-License-Identifier: Apache-2.0

import Care
import Clinic
import Foundation
import Recovery

/// One session of needles.
struct SessionPage: PageValue {
    static let template = "desk-session"

    struct Field: Sendable {
        var item: String
        var name: String
        var label: String
        var value: String
        /// For a select; empty for a text.
        var choices: [Choice]
        let isSelect: Bool

        init(item: String, name: String, label: String, value: String, choices: [Choice] = []) {
            self.item = item
            self.name = name
            self.label = label
            self.value = value
            self.choices = choices
            isSelect = !choices.isEmpty
        }
    }

    struct Warning: Sendable {
        var name: String
        var words: String
        var reason: String
    }

    struct Reaction: Sendable {
        var name: String
        var detail: String
        var badge: Badge
        var state: String
        var closeAction: String?
    }

    struct Favourite: Sendable {
        var name: String
        var points: String
    }

    struct Dot: Sendable {
        var x: String
        var y: String
        var label: String
    }

    var frame: Frame
    var episodeURL: String
    var place: String
    var patientName: String
    /// "Session 3 of 6, 3 March 2026"
    var heading: String
    var note: String?
    var errorSummary: ErrorSummary?
    var points: String
    var pregnancies: [Choice]
    var fields: [Field]
    var warnings: [Warning]
    let hasWarnings: Bool
    var favourites: [Favourite]
    let hasFavourites: Bool
    var map: PointMap
    /// Nil once it is signed.
    var action: String?
    /// Nil once the checklist was gone through.
    var checklist: ReactionList?
    var reactions: [Reaction]
    let hasReactions: Bool
    var isChecked: Bool
    var signed: String?
    var facts: [Fact]

    init(
        frame: Frame, episodeURL: String, place: String, patientName: String, heading: String, note: String?,
        errorSummary: ErrorSummary?, points: String, pregnancies: [Choice], fields: [Field], warnings: [Warning],
        favourites: [Favourite], map: PointMap, action: String?, checklist: ReactionList?, reactions: [Reaction],
        isChecked: Bool, signed: String?, facts: [Fact]
    ) {
        self.frame = frame
        self.episodeURL = episodeURL
        self.place = place
        self.patientName = patientName
        self.heading = heading
        self.note = note
        self.errorSummary = errorSummary
        self.points = points
        self.pregnancies = pregnancies
        self.fields = fields
        self.warnings = warnings
        hasWarnings = !warnings.isEmpty
        self.favourites = favourites
        hasFavourites = !favourites.isEmpty
        self.map = map
        self.action = action
        self.checklist = checklist
        self.reactions = reactions
        hasReactions = !reactions.isEmpty
        self.isChecked = isChecked
        self.signed = signed
        self.facts = facts
    }
}

/// The checklist after needles.
struct ReactionList: Sendable {
    struct Line: Sendable {
        var name: String
        var label: String
    }

    var action: String
    /// "end" or "next"
    var moment: String
    var title: String
    let lines = AdverseReaction.Kind.allCases.map { Line(name: $0.rawValue, label: $0.name) }
    let grades = AdverseReaction.grades.sorted { $0.key < $1.key }.map { Choice(value: "\($0.key)", label: $0.value) }
    let causalities = AdverseReaction.causalities.map { Choice(value: $0, label: $0, isChosen: $0 == "possible") }
}
