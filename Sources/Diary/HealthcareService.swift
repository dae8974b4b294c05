// SPDX-License-Identifier: Apache-2.0

package import Scheduling
package import Storage

/// Something that a patient can book: "3D Gait Analysis, 60 minutes, $280.00".
package struct HealthcareService: Sendable, Hashable {
    package typealias ID = Identifier<HealthcareService>

    package enum Modality: String, Sendable, Hashable, Codable, Bindable {
        case inPerson, telehealth
    }

    /// When a visit that is booked online is paid.
    package enum Payment: Sendable, Hashable {
        case atVisit
        /// This much when booking, the rest at the visit.
        case deposit(Money)
        case full
    }

    /// One resource of a kind, out of those that will do, for its own span around the shown time.
    package struct Requirement: Sendable, Hashable {
        package let kind: DiaryResource.Kind
        /// Best first.
        package let candidates: [DiaryResource.ID]
        package let span: ServiceSpan

        package init(kind: DiaryResource.Kind, candidates: [DiaryResource.ID], span: ServiceSpan = ServiceSpan()) {
            self.kind = kind
            self.candidates = candidates
            self.span = span
        }
    }

    /// What the owner says of a service; `Services.add` gives it its identifier.
    package struct Description: Sendable, Hashable {
        package var slug: String
        package var name: String
        package var summary: String
        package var durationMinutes: Int
        /// Visits start at whole multiples of this since midnight, by the wall clock.
        package var stepMinutes: Int
        package var modality: Modality
        package var price: Money
        package var requirements: [Requirement]
        package var payment = Payment.atVisit
        package var policy: ChangePolicy

        package init(
            slug: String, name: String, summary: String, durationMinutes: Int, stepMinutes: Int, modality: Modality,
            price: Money, requirements: [Requirement], payment: Payment = .atVisit, policy: ChangePolicy? = nil
        ) {
            self.policy = policy ?? .free(currency: price.currency)
            self.slug = slug
            self.name = name
            self.summary = summary
            self.durationMinutes = durationMinutes
            self.stepMinutes = stepMinutes
            self.modality = modality
            self.price = price
            self.requirements = requirements
            self.payment = payment
        }
    }

    package let id: ID
    package let description: Description

    package var slug: String { description.slug }
    package var name: String { description.name }
    package var summary: String { description.summary }
    package var durationMinutes: Int { description.durationMinutes }
    package var modality: Modality { description.modality }
    package var price: Money { description.price }
    package var policy: ChangePolicy { description.policy }
    /// What is due when it is booked online; nil where everything is paid at the visit.
    package var dueAtBooking: Money? {
        switch description.payment {
        case .atVisit: nil
        case .deposit(let amount): amount
        case .full: price
        }
    }

    /// Everyone who may be asked for, in the order of preference.
    package var clinicians: [DiaryResource.ID] {
        description.requirements.filter { $0.kind == .clinician }.flatMap(\.candidates)
    }
}

extension HealthcareService.Payment {
    /// As the column `service.payment` has it.
    var word: String {
        switch self {
        case .atVisit: "atVisit"
        case .deposit: "deposit"
        case .full: "full"
        }
    }

    var depositMinorUnits: Int64 {
        if case .deposit(let amount) = self { amount.minorUnits } else { 0 }
    }

    init?(word: String, depositMinorUnits: Int64, currency: String) {
        switch word {
        case "atVisit": self = .atVisit
        case "deposit": self = .deposit(Money(minorUnits: depositMinorUnits, currency: currency))
        case "full": self = .full
        default: return nil
        }
    }
}
