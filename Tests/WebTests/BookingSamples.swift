// SPDX-License-Identifier: Apache-2.0

@testable import Web

extension Samples {
    static let booking: [(String, any PageValue)] = [
        (
            "choose-time",
            ChooseTimePage(
                frame: frame("Choose a time", place: .services, isPrivate: true), service: services[0],
                intro: "It is paid; nothing more is due.", action: "/orders/4f/time", attempt: "a1", grid: grid(),
                errorSummary: nil)
        ),
        (
            "choose-time, taken",
            ChooseTimePage(
                frame: frame("Choose a time", place: .services, isPrivate: true), service: services[0],
                intro: "It is paid; nothing more is due.", action: "/orders/4f/time", attempt: "a1",
                grid: grid(empty: true),
                errorSummary: ErrorSummary([
                    .init(field: "times", message: "Somebody took that time a moment ago. Please choose another.")
                ]))
        ),
        ("book", bookPage()),
        ("book, by a package", bookPage(credit: "Your package pays: you have 4 sessions left.")),
        (
            "widget",
            WidgetPage(frame: frame("Book a consultation", isPrivate: true), book: bookPage(), formTarget: "_self")
        ),
        (
            "widget-services",
            WidgetServicesPage(
                frame: frame("Book", isPrivate: true),
                doors: [.init(service: services[3], url: "/widget/consultation", target: "_self")])
        ),
        ("booking", bookingPage(.booked)),
        ("booking, cancelled", bookingPage(.cancelled)),
    ]

    static func bookPage(credit: String? = nil) -> BookPage {
        BookPage(
            frame: frame("Book a consultation", place: .services), service: services[3],
            paymentNote: "You pay in the clinic, after the visit.", pays: credit == nil, action: "/book/consultation",
            attempt: "a2", grid: grid(named: true),
            email: FieldValue(value: "ana@", error: "This email address is not complete."), creditNote: credit,
            errorSummary: ErrorSummary([.init(field: "email", message: "This email address is not complete.")]))
    }

    static func bookingPage(_ state: BookingPage.State) -> BookingPage {
        BookingPage(
            frame: frame("Your booking", isPrivate: true), state: state,
            lead: state == .booked
                ? "We have written to ana@example.org with everything on this page. See you then."
                : "The time is free again, and we have written to ana@example.org.",
            serviceName: "3D Gait", when: "Tuesday, 3 March 2026, 9:45 to 10:45 am",
            timeZoneLabel: "New York time (EST, UTC\u{2212}5)", clinician: "Theo Inkwell",
            place: "14 Fibre Lane, Example Falls", calendarURL: "/bookings/9c/calendar.ics", preparation: preparation,
            changeNote: "Moving or cancelling is free until Monday, 9:45 am.", moveURL: "/bookings/9c/time",
            cancelAction: "/bookings/9c/cancel", bookAgainURL: state == .cancelled ? "/orders/4f/time" : nil)
    }

    static func grid(empty: Bool = false, named: Bool = false) -> TimeGrid {
        let weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]
        let days = weekdays.enumerated().map { index, weekday in
            let times =
                index == 2 ? [] : ["9:00 am", "9:45 am", "10:30 am", "11:15 am", "1:30 pm", "2:15 pm", "3:00 pm"]
            return TimeGrid.Day(
                weekday: weekday, date: "\(index + 2) March",
                slots: times.dropFirst(index % 3).enumerated().map { slot, time in
                    TimeGrid.Slot(
                        value: "2026-03-0\(index + 2)T\(slot)Z c1", time: time, instant: "2026-03-02T09:00:00-05:00",
                        zone: "America/New_York", clinician: named ? "Dr. Fable" : nil,
                        isChosen: index == 1 && slot == 2)
                })
        }
        return TimeGrid(
            filterURL: "/orders/4f/time", from: "2026-03-02",
            clinicians: [
                .init(id: "c1", name: "Dr. Juniper Fable"), .init(id: "c2", name: "Theo Inkwell", isChosen: true),
            ],
            timeZoneLabel: "New York time (EST, UTC\u{2212}5)", rangeLabel: "2 to 6 March 2026",
            previousURL: empty ? "?from=2026-02-23" : nil, nextURL: "?from=2026-03-09", isEmptyWeek: empty,
            nextFreeURL: empty ? "?from=2026-03-09" : nil, nextFreeLabel: empty ? "Tuesday, 10 March" : nil,
            days: empty ? [] : days)
    }
}
