// SPDX-License-Identifier: Apache-2.0

@testable import Web

/// A page in a state, named for it: "order, with faults".
struct Sample: Sendable {
    let name: String
    let page: any PageValue
}

/// One page value or more for every template, in the states that look different.
enum Samples {
    static let all =
        (site + order + booking + requests + portal + desk + cash + messages + owner + loops + machines + gait + care
        + calls)
        .map {
            Sample(name: $0.0, page: $0.1)
        }

    static let clinic = Frame.ClinicCard(
        name: "Fascia Demonstration Clinic", shortName: "Fascia",
        addressLines: ["14 Fibre Lane", "Example Falls, NY 10000"],
        phone: "(555) 555-0142", phoneLink: "+15555550142", email: "hello@fascia.example.org", emergencyNumber: "911")

    static func frame(
        _ title: String, place: Frame.Place = .elsewhere, signedIn: Bool = false, isPrivate: Bool = false,
        refreshSeconds: Int? = nil, scripts: [String] = []
    ) -> Frame {
        var frame = Frame(
            title: title, description: "A clinic for muscles, joints and backs that measures whether you get better.",
            clinic: clinic, demo: true, signedIn: signedIn, place: place, isPrivate: isPrivate,
            refreshSeconds: refreshSeconds, scripts: scripts)
        if !isPrivate {
            frame.publicFacts = Frame.PublicFacts(
                url: "https://clinic.example.org/", anyLanguageURL: "https://clinic.example.org/",
                imageURL: "https://clinic.example.org/assets/fascia-card.png", kind: "website", structuredData: "{}")
        }
        return frame
    }

    static func deskFrame(_ title: String, place: Frame.Place = .deskDay, scripts: [String] = []) -> Frame {
        Frame(
            title: title, description: "The clinic's desk.", clinic: clinic, demo: true,
            staff: .init(name: "Noor Lindqvist", role: "desk"), place: place, isPrivate: true, scripts: scripts)
    }

    static let services: [ServiceCard] = [
        card(
            "3d-gait", "3D Gait", "Your walk, measured in three dimensions, with a report you can read and replay.",
            "$240",
            "60 minutes", "in the clinic", buys: true,
            happens:
                "We place small reflective markers on your legs and pelvis, you walk up and down the room, and cameras "
                + "follow every step."),
        card(
            "dynamic-ultrasound", "Dynamic Ultrasound",
            "We look at the muscle or tendon while it works, and compare both sides.",
            "$180", "30 minutes", "in the clinic",
            happens: "You tense and relax the muscle while the probe rests on the skin. You see the pictures too."),
        card(
            "acupuncture", "Acupuncture", "A short, reviewed course for long-lasting pain, with honest expectations.",
            "$95",
            "45 minutes", "in the clinic",
            happens: "A few thin needles for about twenty minutes. Every needle is counted in and out."),
        card(
            "consultation", "Consultation", "An examination, a working diagnosis, and a plan with dates in it.", "$150",
            "45 minutes", "in the clinic",
            happens: "We listen, examine the part that hurts and the other side, and write down where you start."),
        card(
            "telehealth", "Telehealth",
            "A first look or a check-up by video, and an honest word if you need to come in.", "$110",
            "30 minutes", "by video",
            happens: "You move in front of the camera. What cannot be examined by video, we say so."),
    ]

    static func card(
        _ slug: String, _ name: String, _ summary: String, _ price: String, _ duration: String, _ modality: String,
        buys: Bool = false, happens: String
    ) -> ServiceCard {
        ServiceCard(
            slug: slug, name: name, summary: summary, price: price, duration: duration, modality: modality,
            actionLabel: buys ? "Buy now" : "Book now", actionURL: buys ? "/order/\(slug)" : "/book/\(slug)",
            detailURL: "/services/\(slug)", happens: happens)
    }
}
