// SPDX-License-Identifier: Apache-2.0

@testable import Web

extension Samples {
    static let caseTeaser = Teaser(
        title: "The minor strain that was not getting better",
        summary:
            "An athlete, a sore thigh, four weeks. What a look in motion showed, and the rule we made of it.",
        url: "/cases/minor-quadriceps-strain", date: "10 February 2026")
    static let articleTeaser = Teaser(
        title: "Acupuncture for back pain: what it can do, what it cannot",
        summary: "Better than nothing, little better than sham, rarely harmful. The numbers, and what we do with them.",
        url: "/articles/acupuncture-for-back-pain", date: "2 March 2026")

    static let site: [(String, any PageValue)] = [
        (
            "home",
            HomePage(
                frame: frame("Muscles, joints and backs, measured"),
                heading: "Find out why it hurts. See whether it heals.",
                lead:
                    "We are a small clinic for muscles, joints and backs. We look at the part that hurts as it moves, "
                    + "we treat it, and we measure whether you are getting better. If you are not, we look again, in time.",
                buyURL: "/order/3d-gait", buyPrice: "$240", services: services, telehealthURL: "/book/telehealth",
                officeURL: "/book/consultation", featuredCase: caseTeaser, articles: [articleTeaser],
                bodyHTML: "<h2>What we promise</h2><p>Words and <strong>more</strong> words that say what we do.</p>")
        ),
        (
            "services",
            ServicesPage(
                frame: frame("Services and prices", place: .services),
                lead: "Every price is the whole price. You can cancel for nothing until 24 hours before.",
                services: services, telehealthURL: "/book/telehealth", officeURL: "/book/consultation")
        ),
        (
            "service",
            ServicePage(
                frame: frame("3D Gait", place: .services), service: services[0], bodyHTML: prose,
                paymentNote: "Paid online before you choose a time.", preparation: preparation)
        ),
        (
            "clinicians",
            CliniciansPage(
                frame: frame("Clinicians", place: .clinicians),
                lead: "Three people, one record, no secrets between them.",
                clinicians: [
                    .init(
                        name: "Dr. Juniper Fable", initials: "JF", profession: "Sports and musculoskeletal physician",
                        languages: "English, German", bodyHTML: "<p>Juniper looks first and talks later.</p>",
                        services: [.init(label: "Consultation", url: "/services/consultation")]),
                    .init(
                        name: "Theo Inkwell", initials: "TI", profession: "Physiotherapist, gait laboratory",
                        languages: "English, Finnish", bodyHTML: "<p>Theo has watched four thousand people walk.</p>",
                        services: [.init(label: "3D Gait", url: "/services/3d-gait")]),
                ])
        ),
        (
            "contact",
            ContactPage(
                frame: frame("Contact", place: .contact), lead: "Call, write, or come by.",
                hours: [
                    .init(days: "Monday to Thursday", times: "8:00 am to 6:00 pm"),
                    .init(days: "Friday", times: "8:00 am to 2:00 pm"),
                ], timeZoneLabel: "New York time", bodyHTML: prose)
        ),
        (
            "article",
            ArticlePage(
                frame: frame(articleTeaser.title, place: .articles), title: articleTeaser.title,
                summary: articleTeaser.summary, author: "Theo Inkwell", date: articleTeaser.date,
                reviewed: "Dr. Juniper Fable", bodyHTML: prose,
                action: .init(label: "Book acupuncture", url: "/book/acupuncture"))
        ),
        (
            "case",
            CasePage(
                frame: frame(caseTeaser.title, place: .articles), title: caseTeaser.title, summary: caseTeaser.summary,
                author: "The clinic", date: caseTeaser.date, reviewed: nil, bodyHTML: prose, action: nil,
                clip: .init(url: "/cases/clips/4f", caption: "A gap opens."))
        ),
        (
            "articles",
            ArticlesPage(frame: frame("Articles", place: .articles), articles: [articleTeaser], cases: [caseTeaser])
        ),
        (
            "error",
            ErrorPage(
                frame: frame("Something needs to be corrected"), status: "422",
                title: "Something needs to be corrected",
                detail: "The form has faults.", fields: ["The email address is not complete."], reference: "b7d1f0")
        ),
        ("not-found", NotFoundPage(frame: frame("This page is not here"))),
    ]

    static let prose = """
        <p>Words with a <a href="/services">link</a>.</p><h2>What it is for</h2><p>Some words.</p><h3>Smaller</h3>\
        <ul><li>One</li><li>Two</li></ul><blockquote><p>Said well.</p></blockquote>\
        <table><thead><tr><th>Study</th><th>Result</th></tr></thead><tbody><tr><td>A study</td><td>9.3 %</td></tr>\
        </tbody></table><h2>Sources</h2><ol><li>Somebody 2021.</li></ol>
        """
}
