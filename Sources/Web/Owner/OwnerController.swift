// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Diary
import Foundation
import Hummingbird
import Scheduling
import Storage

/// The owner's rooms: people, rooms, devices and their hours, holidays, rules. Services have a controller of their own.
struct OwnerController {
    let site: Site
    private static let weekdays = [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ]

    func add(to router: Router<WebContext>) {
        router.get("/desk/clinic", use: overview)
        router.post("/desk/clinic/rules", use: rules)
        router.post("/desk/clinic/holidays", use: holidays)
        router.get("/desk/clinic/resources/:id", use: resource)
        router.post("/desk/clinic/resources/:id", use: saveResource)
    }

    // MARK: The overview

    private func page(_ context: WebContext, message: String? = nil) async throws -> OwnerPage {
        let diary = try await site.clinic.diary()
        let today = TimeGrids.today(site.clinic.clock.now(), diary.zone)
        func group(_ kind: DiaryResource.Kind, _ heading: String, _ addLabel: String) -> OwnerPage.Group {
            .init(
                heading: heading,
                rows: diary.resources.filter { $0.kind == kind }.map {
                    .init(url: "/desk/clinic/resources/\($0.id)", name: $0.name, detail: Self.week($0.hours))
                }, addURL: "/desk/clinic/resources/new-\(kind.rawValue)", addLabel: addLabel)
        }
        let services = OwnerPage.Group(
            heading: "Services",
            rows: diary.services.map {
                .init(
                    url: "/desk/clinic/services/\($0.id)", name: $0.name,
                    detail: "\($0.durationMinutes) minutes, \(Words.price($0.price))")
            }, addURL: "/desk/clinic/services/new", addLabel: "Add a service")
        var closed: [CivilDate: Int] = [:]
        for resource in diary.resources {
            for (date, intervals) in resource.hours.exceptions where intervals.isEmpty && date >= today {
                closed[date, default: 0] += 1
            }
        }
        let holidays = closed.filter { $0.value == diary.resources.count }.keys.sorted()
        return OwnerPage(
            frame: site.deskFrame("The clinic", context, place: .deskClinic), message: message,
            groups: [
                services, group(.clinician, "Clinicians", "Add a clinician"), group(.room, "Rooms", "Add a room"),
                group(.device, "Devices", "Add a device"),
            ],
            holidays: holidays.map { .init(date: $0.description, label: Self.label($0)) },
            hasHolidays: !holidays.isEmpty, holidayAction: "/desk/clinic/holidays", rulesAction: "/desk/clinic/rules",
            zone: FieldValue(value: diary.zone.identifier), lead: FieldValue(value: String(diary.leadMinutes)),
            horizon: FieldValue(value: String(diary.horizonDays)))
    }

    private static func week(_ hours: WeeklyHours) -> String {
        let open = weekdays.enumerated().filter { index, _ in
            !(Weekday(rawValue: index + 1).flatMap { hours.rules[$0] } ?? []).isEmpty
        }
        return open.isEmpty ? "always closed" : open.map { $0.element.prefix(3) }.joined(separator: " ")
    }

    private static func label(_ date: CivilDate) -> String {
        Words.day(Date(timeIntervalSince1970: Double(date.daysSince1970) * 86_400 + 43_200), in: .gmt)
    }

    @Sendable func overview(_ request: Request, context: WebContext) async throws -> Response {
        _ = try await site.staff(.manageDiary, context)
        return try site.answer(try await page(context))
    }

    @Sendable func rules(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.manageDiary, context)
        let form = try await Form(request, context)
        var page = try await page(context)
        let zone = TimeZone(identifier: form["zone"])
        page.zone = FieldValue(
            value: form["zone"], error: zone == nil ? "This is no time zone. Write one like America/New_York." : nil)
        let lead = Int(form["lead"]).flatMap { (0...20_160).contains($0) ? $0 : nil }
        page.lead = FieldValue(
            value: form["lead"], error: lead == nil ? "Give minutes from 0 to 20160 (two weeks)." : nil)
        let horizon = Int(form["horizon"]).flatMap { (1...730).contains($0) ? $0 : nil }
        page.horizon = FieldValue(value: form["horizon"], error: horizon == nil ? "Give days from 1 to 730." : nil)
        page.errorSummary = ErrorSummary(fields: ["zone": page.zone, "lead": page.lead, "horizon": page.horizon])
        guard page.errorSummary == nil, let zone, let lead, let horizon else {
            return try site.answer(page, status: .unprocessableContent)
        }
        try await site.clinic.setRules(zone: zone, leadMinutes: lead, horizonDays: horizon, by: actor)
        return try site.answer(
            try await self.page(context, message: "Saved. The diary follows these rules from now on."))
    }

    @Sendable func holidays(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.manageDiary, context)
        let form = try await Form(request, context)
        guard let date = CivilDate(iso: form["date"]) else {
            var page = try await page(context)
            page.holiday = FieldValue(value: form["date"], error: "Give a date.")
            page.errorSummary = ErrorSummary(fields: ["holiday": page.holiday])
            return try site.answer(page, status: .unprocessableContent)
        }
        let isClosed = form["step"] != "open"
        try await site.clinic.setHoliday(date, isClosed: isClosed, by: actor)
        return try site.answer(
            try await page(
                context,
                message: isClosed
                    ? "\(Self.label(date)) is closed. Visits that are booked then stay booked; see the calendar."
                    : "\(Self.label(date)) is open by the weekly hours again."))
    }

    // MARK: A clinician, room or device

    private func find(_ context: WebContext) async throws -> (resource: DiaryResource?, kind: DiaryResource.Kind) {
        let id = context.parameters.get("id") ?? ""
        if id.hasPrefix("new-"), let kind = DiaryResource.Kind(rawValue: String(id.dropFirst(4))) { return (nil, kind) }
        guard let resource = try await site.clinic.diary().resource(DiaryResource.ID(id)) else {
            throw Fault.notFound("clinician, room or device")
        }
        return (resource, resource.kind)
    }

    private func page(
        _ resource: DiaryResource?, _ kind: DiaryResource.Kind, _ context: WebContext
    ) -> OwnerResourcePage {
        let heading = resource?.name ?? "A new \(kind.rawValue)"
        return OwnerResourcePage(
            frame: site.deskFrame(heading, context, place: .deskClinic), heading: heading,
            action: "/desk/clinic/resources/\(resource?.id.description ?? "new-\(kind.rawValue)")",
            isClinician: kind == .clinician, name: FieldValue(value: resource?.name ?? ""),
            title: FieldValue(value: resource?.title ?? ""),
            days: Self.weekdays.enumerated().map { index, label in
                let intervals = Weekday(rawValue: index + 1).flatMap { resource?.hours.rules[$0] } ?? []
                return .init(field: label.lowercased(), label: label, value: HoursText.text(intervals))
            }, exceptions: FieldValue(value: HoursText.text(resource?.hours.exceptions ?? [:])))
    }

    @Sendable func resource(_ request: Request, context: WebContext) async throws -> Response {
        _ = try await site.staff(.manageDiary, context)
        let (resource, kind) = try await find(context)
        return try site.answer(page(resource, kind, context))
    }

    @Sendable func saveResource(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.manageDiary, context)
        let (resource, kind) = try await find(context)
        let form = try await Form(request, context)
        var page = page(resource, kind, context)
        page.name = FieldValue(
            value: form["name"],
            error: form["name"].isEmpty || form["name"].count > 200
                ? "Please give a name, at most 200 characters." : nil)
        page.title = FieldValue(value: String(form["title"].prefix(200)))
        var hours = WeeklyHours(rules: [:])
        var faults: [ErrorSummary.Item] = page.name.error.map { [.init(field: "name", message: $0)] } ?? []
        for index in page.days.indices {
            let day = page.days[index]
            page.days[index].value = form[day.field]
            do {
                let intervals = try HoursText.intervals(form[day.field])
                if let weekday = Weekday(rawValue: index + 1) { hours.rules[weekday] = intervals }
            } catch {
                page.days[index].error = "\"\(error.part)\" can't be read. \(error.advice)"
                faults.append(.init(field: day.field, message: "\(day.label): \(error.advice)"))
            }
        }
        page.exceptions.value = form["exceptions"]
        do {
            hours.exceptions = try HoursText.exceptions(form["exceptions"])
        } catch {
            page.exceptions.error = "\"\(error.part)\" can't be read. \(error.advice)"
            faults.append(.init(field: "exceptions", message: page.exceptions.error ?? ""))
        }
        page.errorSummary = ErrorSummary(faults)
        guard page.errorSummary == nil else { return try site.answer(page, status: .unprocessableContent) }
        let saved = try await site.clinic.saveResource(
            resource?.id, kind: kind, name: page.name.value, title: page.title.value, hours: hours, by: actor)
        guard resource != nil else { return .seeOther("/desk/clinic/resources/\(saved.id)") }
        let fresh = try await site.clinic.diary().resource(saved.id)
        page = self.page(fresh, kind, context)
        page.message =
            saved.outside == 0
            ? "Saved."
            : saved.outside == 1
                ? "Saved. 1 coming visit lies outside of these hours and stays booked: look at the calendar."
                : "Saved. \(saved.outside) coming visits lie outside of these hours and stay booked: look at the calendar."
        return try site.answer(page)
    }
}
