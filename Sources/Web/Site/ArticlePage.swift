// SPDX-License-Identifier: Apache-2.0

/// What a text ends in: a next step for the reader.
struct TextAction: Sendable {
    var label: String
    var url: String
}

/// An article from `Content/articles`.
struct ArticlePage: PageValue {
    static let template = "article"

    var frame: Frame
    var title: String
    var summary: String
    var author: String
    /// "2 March 2026"
    var date: String
    /// Who checked it and when: "Dr. Maren Holt, 4 March 2026".
    var reviewed: String?
    var bodyHTML: String
    var action: TextAction?
    /// The language of the text, and a word about it where it is not the page's.
    var textLanguage = "en"
    var languageNote: String?
}

/// A case from `Content/cases`.
struct CasePage: PageValue {
    static let template = "case"

    var frame: Frame
    var title: String
    var summary: String
    var author: String
    var date: String
    var reviewed: String?
    var bodyHTML: String
    var action: TextAction?
    /// The language of the text, and a word about it where it is not the page's.
    var textLanguage = "en"
    var languageNote: String?
    var clip: Clip?

    /// An ultrasound clip that loads when it is played.
    struct Clip: Sendable {
        var url: String
        var caption: String
    }
}

/// All articles and cases.
struct ArticlesPage: PageValue {
    static let template = "articles"

    var frame: Frame
    var articles: [Teaser]
    var cases: [Teaser]
}
