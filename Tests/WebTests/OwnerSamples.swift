// SPDX-License-Identifier: Apache-2.0

@testable import Web

extension Samples {
    static let owner: [(String, any PageValue)] = [
        (
            "owner",
            OwnerPage(
                frame: deskFrame("The clinic", place: .deskClinic), message: "Saved.",
                groups: [
                    .init(
                        heading: "Rooms",
                        rows: [
                            .init(
                                url: "/desk/clinic/resources/4f", name: "Willow Room",
                                detail: "Mon Tue Wed Thu Fri Sat")
                        ],
                        addURL: "/desk/clinic/resources/new-room", addLabel: "Add a room")
                ],
                holidays: [.init(date: "2026-12-25", label: "Friday, 25 December 2026")], hasHolidays: true,
                holidayAction: "/desk/clinic/holidays", rulesAction: "/desk/clinic/rules",
                zone: FieldValue(value: "Mars/Base", error: "This is no time zone."), lead: FieldValue(value: "60"),
                horizon: FieldValue(value: "180"),
                errorSummary: ErrorSummary([.init(field: "zone", message: "This is no time zone.")]))
        ),
        (
            "owner-resource",
            OwnerResourcePage(
                frame: deskFrame("Theo Inkwell", place: .deskClinic), heading: "Theo Inkwell",
                action: "/desk/clinic/resources/4f", isClinician: true, name: FieldValue(value: "Theo Inkwell"),
                title: FieldValue(value: "Physical therapist"),
                days: [
                    .init(field: "monday", label: "Monday", value: "08:00-12:00"),
                    .init(field: "tuesday", label: "Tuesday", value: "later", error: "\"later\" can't be read."),
                ], exceptions: FieldValue(value: "2026-12-24 closed"),
                errorSummary: ErrorSummary([.init(field: "tuesday", message: "Tuesday: write it like 08:00-12:00.")]))
        ),
        (
            "owner-service",
            OwnerServicePage(
                frame: deskFrame("Acupuncture", place: .deskClinic), heading: "Acupuncture",
                action: "/desk/clinic/services/4f", name: FieldValue(value: "Acupuncture"),
                slug: FieldValue(value: "acupuncture"),
                price: FieldValue(value: "cheap", error: "Write it like 120.00."),
                currency: "USD", modalities: [.init(value: "inPerson", label: "In the clinic", isChosen: true)],
                payments: [.init(value: "atVisit", label: "At the visit", isChosen: true)],
                needs: [
                    .init(
                        kind: "room", label: "A room out of", beforeField: "before-room", before: "0",
                        afterField: "after-room", after: "5",
                        candidates: [.init(field: "use:r1", name: "Willow Room", isChosen: true)])
                ], errorSummary: ErrorSummary([.init(field: "price", message: "Write it like 120.00.")]))
        ),
        (
            "owner-staff",
            StaffPage(
                frame: deskFrame("Staff", place: .deskClinic), message: "Saved.",
                invitation: .init(name: "Ana Example", url: "https://clinic.example.org/staff/setup/abc"),
                people: [
                    .init(
                        id: "1", name: "Theo Inkwell", email: "theo@example.org", roles: roles,
                        action: "/desk/clinic/staff/1",
                        isOpen: true, hasSecondKey: true, isReader: true),
                    .init(
                        id: "2", name: "Ana Example", email: "ana@example.org", roles: roles,
                        action: "/desk/clinic/staff/2",
                        isOpen: true, hasSecondKey: false, isReader: false),
                    .init(
                        id: "3", name: "Gone Before", email: "gone@example.org", roles: roles,
                        action: "/desk/clinic/staff/3", isOpen: false, hasSecondKey: false, isReader: false),
                ], email: FieldValue(value: "ana", error: "Please give an address like name@example.org."),
                roles: roles,
                errorSummary: ErrorSummary([.init(field: "email", message: "Please give an address.")]))
        ),
        (
            "staff-setup",
            StaffSetupPage(
                frame: frame("Set your password"), name: "Ana Example", email: "ana@example.org",
                action: "/staff/setup/abc", password: FieldValue(error: "Use at least 12 characters."),
                errorSummary: ErrorSummary([.init(field: "password", message: "Use at least 12 characters.")]))
        ),
        (
            "owner-import",
            ImportPage(
                frame: deskFrame("Import", place: .deskClinic),
                kinds: [.init(value: "patients", label: "Patients", columns: "name, email", isChosen: true)],
                text: FieldValue(value: "name,email\n"), overlaps: true, leavesOut: true,
                report: .init(
                    heading: "Only tried", badge: .warn, lines: 3, added: "2 would be added", known: 0, faulty: 1,
                    faults: [.init(line: 3, message: "\"ana\" is no email address.")], more: "and 1 more"))
        ),
        (
            "owner-widget",
            OwnerWidgetPage(
                frame: deskFrame("Booking on other sites", place: .deskClinic), message: "Saved.",
                origins: FieldValue(value: "ftp:", error: "\"ftp:\" is no address of a site."),
                snippets: [.init(id: "all", label: "All services", code: "<script></script>")],
                errorSummary: ErrorSummary([.init(field: "origins", message: "No address.")]))
        ),
        (
            "widget-booked",
            WidgetBookedPage(
                frame: frame("You are booked", isPrivate: true), serviceName: "Consultation",
                when: "Tuesday, 3 March 2026, 9:45 to 10:15 am", timeZoneLabel: "New York time (EST, UTC\u{2212}5)",
                place: "Maple Falls", manageURL: "/bookings/4f")
        ),
        (
            "owner-content",
            ContentListPage(
                frame: deskFrame("Texts of the site", place: .deskClinic), message: "Published.",
                groups: [
                    .init(
                        heading: "Articles",
                        rows: [
                            .init(url: "/desk/clinic/content/articles/a", title: "a", detail: "English, as it came")
                        ],
                        addURL: "/desk/clinic/content/articles/new")
                ])
        ),
        (
            "owner-content-edit",
            ContentEditPage(
                frame: deskFrame("a", place: .deskClinic), heading: "A new text", message: "Published.",
                action: "/desk/clinic/content/articles/new",
                slug: FieldValue(value: "A b", error: "Use small letters."),
                text: FieldValue(value: "---", error: "line 1"), resetLabel: "Take it down", previewTitle: "A",
                previewHTML: "<p>b</p>",
                history: [
                    .init(writtenAt: "3 March 2026", writtenBy: "Rowan", words: "x"),
                    .init(writtenAt: "2 March 2026", writtenBy: "Rowan", words: nil),
                ], hasHistory: true, errorSummary: ErrorSummary([.init(field: "text", message: "line 1")]))
        ),
        (
            "owner-packages",
            OwnerOffersPage(
                frame: deskFrame("Packages for sale", place: .deskClinic), message: "It is for sale.",
                offers: [.init(name: "Six", detail: "6 × Acupuncture", endAction: "/desk/clinic/packages/six/end")],
                name: FieldValue(value: "", error: "Please give the package a name."), services: roles, policies: roles,
                errorSummary: ErrorSummary([.init(field: "name", message: "Please give the package a name.")]))
        ),
        ("owner-export", ExportPage(frame: deskFrame("Export", place: .deskClinic))),
    ]

    private static let roles: [Choice] = [.init(value: "desk", label: "Desk", isChosen: true)]
}
