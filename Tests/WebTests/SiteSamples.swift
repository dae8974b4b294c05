// SPDX-License-Identifier: Apache-2.0

@testable import Web

extension Samples {
    static let caseTeaser = Teaser(
        title: "The minor strain that was not getting better",
        summary: "An athlete, a sore thigh, four weeks of treatment. What a look in motion showed, and the rule we made of it.",
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
                lead: "We are a small clinic for muscles, joints and backs. We look at the part that hurts while it moves, we "
                    + "treat it, and we measure whether you are getting better. If you are not, we look again, in time.",
                buyURL: "/order/3d-gait", buyPrice: "$240", services: services, telehealthURL: "/book/telehealth",
                officeURL: "/book/consultation", featuredCase: caseTeaser, articles: [articleTeaser],
                bodyHTML: "<h2>What we promise</h2><p>Words and <strong>more</strong> words that say what we do.</p>")
        )
    ]
}
