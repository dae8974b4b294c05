// SPDX-License-Identifier: Apache-2.0

@testable import Web

extension Samples {
    static let cash: [(String, any PageValue)] = [
        ("desk-order-money", money(faulty: false)),
        ("desk-order-money, with faults", money(faulty: true)),
        (
            "billing-document",
            BillingDocumentPage(
                frame: deskFrame("Invoice I-000004", place: .deskOrders, scripts: ["print.js"]), kind: "Invoice",
                number: "I-000004", payer: "Ana Example", issuedOn: "3 March 2026", method: "Cash",
                orderNumber: "7F3K9Q2M", what: "Acupuncture", amount: "$110.00", tax: "Includes 8.1 % tax: $8.24.",
                backURL: "/desk/orders/4f/money")
        ),
        ("desk-cash", cashDay(closed: false)),
        ("desk-cash, closed", cashDay(closed: true)),
        (
            "desk-disputes",
            DisputesPage(
                frame: deskFrame("Disputes", place: .deskCash), links: cashLinks,
                disputes: [
                    .init(
                        amount: "$280.00", reason: "Product not received", openedOn: "3 March 2026",
                        answerBy: "12 March 2026", badge: .bad, stateLabel: "Needs your answer",
                        orderURL: "/desk/orders/4f/money", name: "Ana Example"),
                    .init(
                        amount: "$90.00", reason: "Fraudulent", openedOn: "1 March 2026", badge: .good,
                        stateLabel: "Won",
                        name: "No order of ours"),
                ])
        ),
        ("desk-disputes, none", DisputesPage(frame: deskFrame("Disputes"), links: cashLinks, disputes: [])),
        ("desk-prices", prices(faulty: true)),
        (
            "desk-prices, empty",
            PricesPage(frame: deskFrame("Codes and tax"), links: cashLinks, codes: [], services: [], rates: [])
        ),
        ("packages", PackagesPage(frame: frame("Packages", place: .services), offers: [offer])),
        ("packages, none", PackagesPage(frame: frame("Packages", place: .services), offers: [])),
        ("package-order", packageOrder(faulty: false)),
        ("package-order, with faults", packageOrder(faulty: true)),
        (
            "portal-packages",
            PortalPackagesPage(
                frame: frame("Your packages", signedIn: true, isPrivate: true), message: "They can use it now.",
                errorSummary: ErrorSummary([.init(field: "name-p1", message: "Please type their name.")]),
                packages: [package("p1", isOwner: true), package("p2", isOwner: false)])
        ),
        (
            "portal-packages, none",
            PortalPackagesPage(frame: frame("Your packages", signedIn: true, isPrivate: true), packages: [])
        ),
        (
            "desk-packages",
            DeskPackagesPage(
                frame: deskFrame("Packages", place: .deskCash), links: cashLinks, search: "ana",
                packages: [
                    .init(
                        owner: "Ana Example", url: "/desk/packages/p1", name: "Six acupuncture sessions",
                        left: "4 of 6", validUntil: "30 August 2026", badge: .good, stateLabel: "Ready")
                ])
        ),
        (
            "desk-packages, none",
            DeskPackagesPage(frame: deskFrame("Packages"), links: cashLinks, search: "", packages: [])
        ),
        (
            "desk-package",
            DeskPackagePage(
                frame: deskFrame("Six acupuncture sessions", place: .deskCash), links: cashLinks,
                message: "They can use it now.",
                errorSummary: ErrorSummary([.init(field: "credits", message: "4 sessions can go back.")]),
                package: package("p1", isOwner: true), moneyURL: "/desk/orders/4f/money",
                refundForm: .init(
                    action: "/desk/packages/p1/refund", attempt: "a",
                    credits: FieldValue(value: "9", error: "4 can go."),
                    methods: methods, note: "All 4 that are left are worth $396.00."))
        ),
    ]

    private static let cashLinks: [Frame.Link] = [
        .init(label: "Cash desk", url: "/desk/cash", isCurrent: true),
        .init(label: "Packages", url: "/desk/packages", isCurrent: false),
    ]
    private static let methods = [
        MenuChoice(value: "cash", label: "Cash"), MenuChoice(value: "credit", label: "Account credit", isChosen: true),
    ]
    private static let offer = PackagesPage.Offer(
        name: "Six acupuncture sessions", summary: "A short course with a review in the middle.", price: "$594",
        each: "$99 a session, $11 less than one by one", sessions: "6 sessions", service: "Acupuncture",
        serviceURL: "/services/acupuncture", validity: "Valid for 180 days",
        policy: "A session that you cancel in time comes back.", buyURL: "/packages/six")

    private static func money(faulty: Bool) -> OrderMoneyPage {
        let fault = faulty ? "Only $120.00 is due." : nil
        return OrderMoneyPage(
            frame: deskFrame("Payments of order 7F3K9Q2M", place: .deskOrders), number: "7F3K9Q2M",
            patientName: "Ana Example", serviceName: "Dynamic Ultrasound", orderURL: "/desk/orders/4f", badge: .good,
            stateLabel: "Paid", message: faulty ? nil : "The payment is recorded.",
            errorSummary: fault.flatMap { ErrorSummary([.init(field: "amount", message: $0)]) }, total: "$160.00",
            discount: "$16.00", tax: "8.1 %: $11.99", paid: "$40.00", returned: "$10.00", onTheWay: "$5.00",
            disputed: faulty ? "$40.00" : nil, due: "$120.00",
            payForm: .init(
                action: "/desk/orders/4f/payments", attempt: "a", methods: methods,
                amount: FieldValue(value: "120.00", error: fault), reference: FieldValue(),
                note: "The patient has $20.00 of credit."),
            refundForm: .init(
                action: "/desk/orders/4f/refunds", attempt: "b", methods: methods,
                amount: FieldValue(value: "25.00", error: faulty ? "No more than $25.00 can go back this way." : nil),
                reason: FieldValue(), note: "At most $25.00."),
            packageURL: faulty ? "/desk/packages/p1" : nil, invoiceAction: "/desk/orders/4f/invoice",
            papers: [
                .init(
                    title: "Receipt R-000017", url: "/desk/documents/R-000017", amount: "$40.00", detail: "Card, online"
                )
            ],
            returns: [
                .init(
                    amount: "$10.00", detail: "Card, online", badge: .bad, stateLabel: "Did not go",
                    problem: "The bank sent it back."),
                .init(amount: "$10.00", detail: "Cash, 3 March 2026", badge: .good, stateLabel: "Done"),
            ])
    }

    private static func cashDay(closed: Bool) -> CashDayPage {
        let close = CashDayPage.Closed(
            date: "2026-03-02", counted: "$210.00", difference: "−$0.50", banked: "$100.00", note: "Coffee")
        return CashDayPage(
            frame: deskFrame("Cash desk", place: .deskCash), links: cashLinks, dayLabel: "Tuesday, 3 March 2026",
            previousURL: "/desk/cash?date=2026-03-02", todayURL: closed ? "/desk/cash" : nil,
            nextURL: "/desk/cash?date=2026-03-04", message: closed ? "The day is closed." : nil,
            errorSummary: closed ? nil : ErrorSummary([.init(field: "counted", message: "Please type an amount.")]),
            alarms: closed
                ? []
                : [
                    Entry(
                        title: "A refund of $40.00 did not go", detail: "The bank sent it back.",
                        url: "/desk/orders/4f/money", badge: .bad, stateLabel: "Send it another way")
                ],
            totals: [
                .init(method: "Card, online", received: "$280.00", returned: "$0.00", net: "$280.00"),
                .init(method: "Cash", received: "$110.00", returned: "$10.00", net: "$100.00"),
            ],
            movements: closed
                ? []
                : [
                    .init(
                        time: "9:45 am", name: "Ana Example", url: "/desk/orders/4f/money", what: "Acupuncture",
                        method: "Cash", amount: "$110.00")
                ],
            closeForm: closed
                ? nil
                : .init(
                    action: "/desk/cash/close?date=2026-03-03", expected: "$210.50",
                    counted: FieldValue(value: "many", error: "Please type an amount."), banked: FieldValue(value: "0"),
                    note: FieldValue()),
            closed: closed ? close : nil,
            unbilled: closed
                ? []
                : [
                    .init(
                        when: "2 March 2026, 4:00 pm", name: "Ben Sample", what: "Consultation", due: "$120.00",
                        action: "/desk/visits/9a/bill")
                ], closes: closed ? [] : [close])
    }

    private static func prices(faulty: Bool) -> PricesPage {
        var page = PricesPage(
            frame: deskFrame("Codes and tax", place: .deskCash), links: cashLinks, message: "Saved.",
            codes: [
                .init(
                    code: "WELCOME10", detail: "10 % off everything", uses: "3 of 50",
                    endAction: "/desk/prices/codes/WELCOME10/end", badge: .good, stateLabel: "Valid"),
                .init(code: "OLD", detail: "$5.00 off", uses: "7", badge: .plain, stateLabel: "Over"),
            ],
            services: [
                MenuChoice(value: "", label: "Everything"), MenuChoice(value: "acupuncture", label: "Acupuncture"),
            ],
            rates: ["8.1 % on everything else"])
        page.code.error = "There is a code WELCOME10 already."
        page.rate.error = "Type a rate."
        page.errorSummary = ErrorSummary([
            .init(field: "code", message: "There is one already."), .init(field: "rate", message: "Type a rate."),
        ])
        return page
    }

    private static func packageOrder(faulty: Bool) -> PackageOrderPage {
        var page = PackageOrderPage(
            frame: frame("Six acupuncture sessions", place: .services), offer: offer, action: "/packages/six",
            attempt: "a", termsText: "I agree.", paymentNote: "You enter your card on Stripe's page.")
        if faulty {
            page.name.error = "Please type your name."
            page.email.error = "Please type your email address."
            page.phone.error = "Please shorten it."
            page.discount = FieldValue(value: "NO", error: "There is no such code.")
            page.terms.error = "Please agree before you pay."
            page.errorSummary = ErrorSummary([.init(field: "discount", message: "There is no such code.")])
        }
        return page
    }

    private static func package(_ key: String, isOwner: Bool) -> PackageCard {
        PackageCard(
            name: "Six acupuncture sessions", owner: "Ana Example", service: "Acupuncture",
            bookURL: "/book/acupuncture",
            available: "4", availableLabel: "of 6 sessions left", rest: "1 booked, 1 used",
            validUntil: "30 August 2026", badge: .good, stateLabel: "Ready", isOwner: isOwner,
            shareAction: isOwner ? "/portal/packages/\(key)/share" : nil, key: key,
            shares: [.init(name: "Milo Example", endAction: isOwner ? "/portal/packages/\(key)/shares/1/end" : nil)],
            history: [.init(what: "6 sessions bought", when: "3 March 2026, 9:45 am")])
    }
}
