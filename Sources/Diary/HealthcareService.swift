// SPDX-License-Identifier: Apache-2.0

package import Scheduling
package import Storage

/// Something that a patient can book: "3D Gait Analysis, 60 minutes, $280.00".
package struct HealthcareService: Sendable, Hashable {
    package typealias ID = Identifier<HealthcareService>

    package enum Modality: String, Sendable, Hashable, Codable, Bindable {
        case inPerson, telehealth
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

        package init(
            slug: String, name: String, summary: String, durationMinutes: Int, stepMinutes: Int, modality: Modality,
            price: Money, requirements: [Requirement]
        ) {
            self.slug = slug
            self.name = name
            self.summary = summary
            self.durationMinutes = durationMinutes
            self.stepMinutes = stepMinutes
            self.modality = modality
            self.price = price
            self.requirements = requirements
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

    /// Everyone who may be asked for, in the order of preference.
    package var clinicians: [DiaryResource.ID] {
        description.requirements.filter { $0.kind == .clinician }.flatMap(\.candidates)
    }
}
