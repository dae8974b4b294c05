// SPDX-License-Identifier: Apache-2.0

import Content

/// What every page has around its content: title, navigation, the clinic's card.
struct Frame: Sendable {
    /// How to reach the clinic.
    struct ClinicCard: Sendable {
        var name: String
        /// Beside the mark in the head of the page.
        var shortName: String
        var addressLines: [String]
        var phone: String
        /// The number as `tel:` wants it: `+1…`.
        var phoneLink: String
        var email: String
        var emergencyNumber: String
    }

    /// How a public page presents itself where it is linked to (OpenGraph, ogp.me; schema.org as JSON-LD).
    struct PublicFacts: Sendable {
        /// The page's one address.
        let url: String
        /// The same without a language: each browser gets its own.
        let anyLanguageURL: String
        let imageURL: String
        /// "website" or "article".
        let kind: String
        /// JSON-LD, ready for its script element.
        let structuredData: String
    }

    struct Language: Sendable {
        let code: String
        /// What its speakers call it.
        let name: String
        /// The same page in it.
        let url: String
        /// The same with the site's name, for search engines.
        let fullURL: String
        let isCurrent: Bool
    }

    struct Link: Sendable {
        let label: String
        let url: String
        let isCurrent: Bool
    }

    struct Staff: Sendable {
        let name: String
        /// "owner", "clinician" or "desk".
        let role: String
    }

    /// The entry of the navigation that is lit.
    enum Place: Sendable {
        case services, clinicians, articles, contact, elsewhere
        case deskDay, deskCalendar, deskRequests, deskOrders
        case deskMail, deskClinic, deskCash, deskCare, deskVideo
    }

    let title: String
    let description: String
    /// The page's language (BCP 47), and the others in which it can be read.
    var language = "en"
    var languages: [Language] = []
    var hasLanguages = false
    let clinic: ClinicCard
    let demo: Bool
    let signedIn: Bool
    let staff: Staff?
    let links: [Link]
    /// Search engines are asked to leave the page out: it concerns one person.
    let isPrivate: Bool
    /// The page looks again after so many seconds: by `wait.js`, or without JavaScript by loading itself.
    private(set) var refreshSeconds: Int?
    /// What search engines and other programs that link here are told; nil on pages that concern one person.
    var publicFacts: PublicFacts?
    /// Names of modules in `Assets`.
    private(set) var scripts: [String]

    init(
        title: String, description: String, clinic: ClinicCard, demo: Bool = false, signedIn: Bool = false,
        staff: Staff? = nil, place: Place = .elsewhere, isPrivate: Bool = false, refreshSeconds: Int? = nil,
        scripts: [String] = []
    ) {
        self.title = title
        self.description = description
        self.clinic = clinic
        self.demo = demo
        self.signedIn = signedIn
        self.staff = staff
        self.isPrivate = isPrivate
        self.refreshSeconds = refreshSeconds
        self.scripts = refreshSeconds == nil ? scripts : scripts + [Self.waitScript]
        links =
            staff == nil
            ? [
                Link(label: said("Services"), url: "/services", isCurrent: place == .services),
                Link(label: said("Clinicians"), url: "/clinicians", isCurrent: place == .clinicians),
                Link(label: said("Articles"), url: "/articles", isCurrent: place == .articles),
                Link(label: said("Contact"), url: "/contact", isCurrent: place == .contact),
            ]
            : [
                Link(label: "Today", url: "/desk", isCurrent: place == .deskDay),
                Link(label: "Calendar", url: "/desk/calendar", isCurrent: place == .deskCalendar),
                Link(label: "Video", url: "/desk/video", isCurrent: place == .deskVideo),
                Link(label: "Requests", url: "/desk/requests", isCurrent: place == .deskRequests),
                Link(label: "Orders", url: "/desk/orders", isCurrent: place == .deskOrders),
                Link(label: "Cash", url: "/desk/cash", isCurrent: place == .deskCash),
                Link(label: "Mail", url: "/desk/mail", isCurrent: place == .deskMail),
            ]
                + (staff?.role == "desk"
                    ? [] : [Link(label: "Care", url: "/desk/care", isCurrent: place == .deskCare)])
                + (staff?.role == "owner"
                    ? [Link(label: "Clinic", url: "/desk/clinic", isCurrent: place == .deskClinic)] : [])
    }

    private static let waitScript = "wait.js"

    /// The same frame on a page that looks again by itself.
    func refreshing(every seconds: Int) -> Frame {
        var frame = self
        frame.refreshSeconds = seconds
        frame.scripts.append(Self.waitScript)
        return frame
    }
}
