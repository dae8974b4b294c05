// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Diary
import Foundation
import Hummingbird
import Scheduling
import Storage

/// The owner's page of a service.
struct OwnerServiceController {
    let site: Site
    private static let kinds: [(DiaryResource.Kind, String)] = [
        (.clinician, "A clinician out of"), (.room, "A room out of"), (.device, "A device out of"),
    ]

    func add(to router: Router<WebContext>) {
        router.get("/desk/clinic/services/:id", use: show)
        router.post("/desk/clinic/services/:id", use: save)
    }

    private func find(_ context: WebContext, _ diary: DiaryDefinition) throws -> HealthcareService? {
        let id = context.parameters.get("id") ?? ""
        if id == "new" { return nil }
        guard let service = diary.service(HealthcareService.ID(id)) else { throw Fault.notFound("service") }
        return service
    }

    private func page(
        _ service: HealthcareService?, _ diary: DiaryDefinition, _ context: WebContext
    ) -> OwnerServicePage {
        let heading = service?.name ?? "A new service"
        let currency = service?.price.currency ?? diary.services.first?.price.currency ?? "USD"
        let (payment, deposit): (String, String) =
            switch service?.description.payment {
            case .deposit(let amount): ("deposit", Self.text(amount.minorUnits))
            case .full: ("full", "")
            case .atVisit, nil: ("atVisit", "")
            }
        return OwnerServicePage(
            frame: site.deskFrame(heading, context, place: .deskClinic), heading: heading,
            action: "/desk/clinic/services/\(service?.id.description ?? "new")",
            name: FieldValue(value: service?.name ?? ""), slug: FieldValue(value: service?.slug ?? ""),
            summary: FieldValue(value: service?.summary ?? ""),
            duration: FieldValue(value: service.map { String($0.durationMinutes) } ?? "30"),
            step: FieldValue(value: service.map { String($0.description.stepMinutes) } ?? "30"),
            price: FieldValue(value: service.map { Self.text($0.price.minorUnits) } ?? ""),
            deposit: FieldValue(value: deposit),
            freeHours: FieldValue(value: String(service?.policy.freeHours ?? 24)),
            lateFee: FieldValue(value: Self.text(service?.policy.lateFee.minorUnits ?? 0)),
            noShowFee: FieldValue(value: Self.text(service?.policy.noShowFee.minorUnits ?? 0)), currency: currency,
            modalities: [
                Choice(value: "inPerson", label: "In the clinic", isChosen: service?.modality != .telehealth),
                Choice(value: "telehealth", label: "By video", isChosen: service?.modality == .telehealth),
            ],
            payments: [
                ("atVisit", "At the visit"), ("deposit", "A deposit when booking"), ("full", "All when booking"),
            ]
            .map { Choice(value: $0.0, label: $0.1, isChosen: $0.0 == payment) },
            needs: Self.kinds.map { kind, label in
                let requirement = service?.description.requirements.first { $0.kind == kind }
                return .init(
                    kind: kind.rawValue, label: label, beforeField: "before-\(kind.rawValue)",
                    before: String(requirement?.span.minutesBefore ?? 0), afterField: "after-\(kind.rawValue)",
                    after: String(requirement?.span.minutesAfter ?? 0),
                    candidates: diary.resources.filter { $0.kind == kind }.map {
                        .init(
                            field: "use:\($0.id)", name: $0.name,
                            isChosen: requirement?.candidates.contains($0.id) ?? false)
                    })
            })
    }

    /// "280.00"
    private static func text(_ minorUnits: Int64) -> String {
        "\(minorUnits / 100).\(minorUnits % 100 < 10 ? "0" : "")\(minorUnits % 100)"
    }

    /// Minor units of "280" or "280.00"; nil for anything else.
    static func minorUnits(_ text: String) -> Int64? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let whole = Int64(parts[0]), (0...9_999_999).contains(whole) else {
            return nil
        }
        guard parts.count == 2 else { return whole * 100 }
        guard parts[1].count == 2, let part = Int64(parts[1]), part >= 0 else { return nil }
        return whole * 100 + part
    }

    @Sendable func show(_ request: Request, context: WebContext) async throws -> Response {
        _ = try await site.staff(.manageDiary, context)
        let diary = try await site.clinic.diary()
        return try site.answer(page(try find(context, diary), diary, context))
    }

    @Sendable func save(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.manageDiary, context)
        let diary = try await site.clinic.diary()
        let service = try find(context, diary)
        let form = try await Form(request, context)
        var page = page(service, diary, context)
        let used = Set(form.ticked("use:").map { DiaryResource.ID($0) })
        fill(&page, form, used)
        let requirements = Self.kinds.compactMap { kind, _ -> HealthcareService.Requirement? in
            // The order of preference stays; who is new stands at the end.
            let before = service?.description.requirements.first { $0.kind == kind }?.candidates ?? []
            let all = before + diary.resources.filter { $0.kind == kind && !before.contains($0.id) }.map(\.id)
            let chosen = all.filter { used.contains($0) }
            guard !chosen.isEmpty else { return nil }
            return .init(
                kind: kind, candidates: chosen,
                span: ServiceSpan(
                    minutesBefore: min(Int(form["before-\(kind.rawValue)"]) ?? 0, 240),
                    minutesAfter: min(Int(form["after-\(kind.rawValue)"]) ?? 0, 240)))
        }
        guard page.errorSummary == nil, let price = Self.minorUnits(page.price.value),
            let duration = Int(page.duration.value), let step = Int(page.step.value)
        else { return try site.answer(page, status: .unprocessableContent) }
        func money(_ field: FieldValue) -> Money {
            Money(minorUnits: Self.minorUnits(field.value) ?? 0, currency: page.currency)
        }
        let payment: HealthcareService.Payment =
            switch form["payment"] {
            case "full": .full
            case "deposit":
                .deposit(Money(minorUnits: Self.minorUnits(page.deposit.value) ?? 0, currency: page.currency))
            default: .atVisit
            }
        do {
            try await site.clinic.saveService(
                service?.id,
                .init(
                    slug: page.slug.value, name: page.name.value, summary: page.summary.value,
                    durationMinutes: duration,
                    stepMinutes: step, modality: form["modality"] == "telehealth" ? .telehealth : .inPerson,
                    price: Money(minorUnits: price, currency: page.currency), requirements: requirements,
                    payment: payment,
                    policy: ChangePolicy(
                        freeHours: Int(page.freeHours.value) ?? 24, lateFee: money(page.lateFee),
                        noShowFee: money(page.noShowFee))), by: actor)
        } catch let error as ServicesError {
            page.errorSummary = ErrorSummary(error.fault.fields.map { .init(field: $0.name, message: $0.detail) })
            return try site.answer(page, status: .unprocessableContent)
        }
        guard service != nil else { return .seeOther("/desk/clinic") }
        let fresh = try await site.clinic.diary()
        page = self.page(try find(context, fresh), fresh, context)
        page.message = "Saved. What is booked stays booked; new bookings follow what stands here."
        return try site.answer(page)
    }

    /// Puts what was typed back into the page, with what is wrong beside it.
    private func fill(_ page: inout OwnerServicePage, _ form: Form, _ used: Set<DiaryResource.ID>) {
        func checked(_ field: String, _ fault: String, _ isRight: (String) -> Bool) -> FieldValue {
            FieldValue(value: form[field], error: isRight(form[field]) ? nil : fault)
        }
        page.name = checked("name", "Please give a name, at most 200 characters.") { !$0.isEmpty && $0.count <= 200 }
        page.slug = checked("slug", "Use small letters, digits and hyphens, such as dry-needling.") {
            $0.wholeMatch(of: #/[a-z0-9]+(-[a-z0-9]+)*/#) != nil && $0.count <= 60
        }
        page.summary = FieldValue(value: String(form["summary"].prefix(500)))
        page.duration = checked("duration", "Give minutes from 5 to 480.") {
            Int($0).map { (5...480).contains($0) } ?? false
        }
        page.step = checked("step", "Give 5, 10, 15, 20, 30 or 60 minutes.") {
            [5, 10, 15, 20, 30, 60].contains(Int($0) ?? 0)
        }
        page.price = checked("price", "Write it like 120.00.") { Self.minorUnits($0) != nil }
        page.deposit = checked("deposit", "Write it like 40.00.") {
            form["payment"] != "deposit" || Self.minorUnits($0) != nil
        }
        page.freeHours = checked("free-hours", "Give hours from 0 to 336 (two weeks).") {
            Int($0).map { (0...336).contains($0) } ?? false
        }
        page.lateFee = checked("late-fee", "Write it like 30.00, or 0 for none.") { Self.minorUnits($0) != nil }
        page.noShowFee = checked("no-show-fee", "Write it like 30.00, or 0 for none.") { Self.minorUnits($0) != nil }
        page.modalities = page.modalities.map {
            Choice(value: $0.value, label: $0.label, isChosen: $0.value == form["modality"])
        }
        page.payments = page.payments.map {
            Choice(value: $0.value, label: $0.label, isChosen: $0.value == form["payment"])
        }
        for index in page.needs.indices {
            page.needs[index].before = form[page.needs[index].beforeField]
            page.needs[index].after = form[page.needs[index].afterField]
            for candidate in page.needs[index].candidates.indices {
                let field = page.needs[index].candidates[candidate].field
                page.needs[index].candidates[candidate].isChosen = used.contains(
                    DiaryResource.ID(String(field.dropFirst(4))))
            }
        }
        page.errorSummary = ErrorSummary(fields: [
            "name": page.name, "slug": page.slug, "duration": page.duration, "step": page.step, "price": page.price,
            "deposit": page.deposit, "free-hours": page.freeHours, "late-fee": page.lateFee,
            "no-show-fee": page.noShowFee,
        ])
    }
}
