// SPDX-License-Identifier: Apache-2.0

/// A questionnaire with its way of scoring: the part of a FHIR R4 `Questionnaire` that Fascia asks and counts.
public struct Questionnaire: Hashable, Sendable {
    /// The canonical address that names it everywhere.
    public let url: String
    /// The version of words and scoring; stored with each score.
    public let version: String
    /// What a person calls it.
    public let title: String
    /// Who owns the words, and under which licence they are here.
    public let copyright: String
    /// The questions, groups resolved, in order.
    public let items: [Item]
    /// How it is scored; nil for a form without a score.
    public let scoring: Scoring?

    /// One question.
    public struct Item: Hashable, Sendable {
        /// Its name within the questionnaire.
        public let linkId: String
        /// The question.
        public let text: String
        /// What can be answered.
        public let kind: Kind
        /// Whether it must be answered.
        public let isRequired: Bool
        /// The smallest and largest number; for choices, of their values.
        public let range: ClosedRange<Double>?
        /// The choices, in order.
        public let options: [Option]
    }

    /// What can be answered.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Yes or no; a whole number; a number; one of the options; words; only shown.
        case boolean, integer, decimal, choice, text, display
    }

    /// A choice.
    public struct Option: Hashable, Sendable {
        /// What is stored.
        public let code: String
        /// What is shown.
        public let text: String
        /// What it counts; nil where it has no number.
        public let value: Double?
    }

    /// The answer to a question.
    public enum Answer: Hashable, Sendable {
        /// Yes or no; a number; the code of a choice; words.
        case boolean(Bool), number(Double), code(String), text(String)
    }
}

/// How answers become one number.
public struct Scoring: Hashable, Sendable {
    /// The outcome measure that the number is a value of.
    public let measure: Measure
    /// The items that count, by their `linkId`.
    public let items: [String]
    /// How they are put together.
    public let method: Method
    /// What is done where answers are missing.
    public let missing: Missing
    /// Added to the result of the method, before `factor`.
    public let offset: Double
    /// Multiplies the result.
    public let factor: Double
    /// The lowest and highest score there is: floor and ceiling.
    public let range: ClosedRange<Double>
    /// Whether more is better.
    public let higherIsBetter: Bool
    /// The smallest change that matters to people.
    public let importantChange: ImportantChange?

    /// How items are put together.
    public enum Method: Hashable, Sendable {
        /// Their sum; their mean; their sum scaled up to all items; a table from their sum.
        case sum, mean, prorated, lookup([Double: Double])
    }

    /// What is done where answers are missing.
    public enum Missing: Hashable, Sendable {
        /// No score.
        case refuse
        /// Counts as nothing (a statement that was not ticked).
        case asZero
        /// Left out, as long as no more than so many are missing.
        case leaveOut(most: Int)
    }

    /// The smallest change that matters to people.
    public enum ImportantChange: Hashable, Sendable {
        /// So many points.
        case points(Double)
        /// This part of the baseline.
        case fraction(Double)
    }
}
