// SPDX-License-Identifier: Apache-2.0

package import Accounts
import Archive
package import Care
package import Content
package import Diary
import Foundation
import GaitLab
import Imaging
package import Logging
package import Messages
package import Payments
package import Storage
package import Telehealth

/// The whole clinic, put together: every feature, on one database, one folder of files and one clock.
///
/// Its methods are the journeys, one for each thing that a person does; each is at most one transaction, with what happens
/// outside (Stripe, mail, analyses) before it or handed to a job in it.
package struct Clinic: Sendable {
    package let settings: Settings
    package var details: ClinicDetails { ClinicDetails(library: library) }
    package let clock: WallClock
    package let store: Store
    package let files: any Files
    let bookcase: Bookcase
    package let logger: Logger
    package let provider: CheckoutProvider
    /// Only in a demonstration without Stripe.
    package let practice: PracticeCheckout?
    let mailTransport: MailTransport?
    let webhookTransport: WebhookTransport

    package let patients = Patients()
    package let staff = Staff()
    package let sessions = Sessions()
    package let signInLinks = SignInLinks()
    package let tokens = APITokens()
    package let audit = AuditTrail()
    package let services: Services
    package let slots: Slots
    package let bookings: Bookings
    package let blocks: Blocks
    let careRequests = CareRequests()
    let offers: Offers
    let waitlist: Waitlist
    package let episodes = Episodes()
    package let questionnaires: Questionnaires
    package let orders = Orders()
    package let ledger = Ledger()
    package let packages = Packages()
    package let packageOffers = PackageOffers()
    package let discountCodes = DiscountCodes()
    package let documents = BillingDocuments()
    let refunds = Refunds()
    package let outbox = Outbox()
    package let webhooks = Webhooks()
    let feeds = CalendarFeeds()
    let reminderChoices = ReminderChoices()
    let definitions: DiaryDefinitions
    let settlement = Settlement()
    var letters: Letters { Letters(clinicName: details.name, phone: details.phone) }
    let hasher = PasswordHasher()
    /// Who listens to rooms in this process.
    package let roomBoard = RoomBoard()

    package init(
        settings: Settings, clock: WallClock, store: Store, files: any Files, library: Library,
        provider: CheckoutProvider, practice: PracticeCheckout?, mailTransport: MailTransport?,
        webhookTransport: WebhookTransport = .http, logger: Logger
    ) {
        self.settings = settings
        self.clock = clock
        self.store = store
        self.files = files
        bookcase = Bookcase(library)
        questionnaires = Questionnaires(files: library.questionnaires)
        self.provider = provider
        self.practice = practice
        self.mailTransport = mailTransport
        self.webhookTransport = webhookTransport
        self.logger = logger
        definitions = DiaryDefinitions(clock: clock)
        services = Services(definitions: definitions)
        slots = Slots(definitions: definitions)
        bookings = Bookings(definitions: definitions)
        blocks = Blocks(definitions: definitions)
        offers = Offers(definitions: definitions)
        waitlist = Waitlist(definitions: definitions)
    }

    /// Every table of every feature, in the order in which they refer to each other.
    package static let migrations: [Migration] =
        Jobs.migrations + AccountsSchema.migrations + PaymentsSchema.migrations + DiarySchema.migrations
        + GaitLabSchema.migrations + MessagesSchema.migrations + IdempotentAnswers.migrations
        + BookingReasons.migrations + Embedding.migrations + ContentEdits.migrations
        + ImagingSchema.migrations + CareSchema.migrations + ArchiveSchema.migrations + ExamSchema.migrations
        + TelehealthSchema.migrations
}

/// The clinic's own card, from the front matter of `Content/pages/contact.md`.
package struct ClinicDetails: Sendable {
    package let name: String
    package let shortName: String
    package let addressLines: [String]
    package let phone: String
    package let phoneLink: String
    package let email: String
    package let emergencyNumber: String

    init(library: Library) {
        let page = library.contact
        func value(_ field: String, else fallback: String) -> String {
            let text = page?[field] ?? ""
            return text.isEmpty ? fallback : text
        }
        name = value("clinic", else: "Fascia Clinic")
        shortName = value("shortName", else: "Fascia")
        addressLines = page?.list("address") ?? []
        phone = value("phone", else: "")
        phoneLink = value("phoneLink", else: "")
        email = value("email", else: "")
        emergencyNumber = value("emergencyNumber", else: "911")
    }

    package var address: String { addressLines.joined(separator: ", ") }
}
