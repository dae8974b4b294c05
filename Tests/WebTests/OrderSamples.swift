// SPDX-License-Identifier: Apache-2.0

@testable import Web

extension Samples {
    static let included = [
        "60 minutes in the gait laboratory", "Measures of your walk, left and right side by side",
        "A figure that walks, which you can turn and slow down",
        "A clinician's words on what it means for your question",
    ]
    static let preparation = [
        "Wear shorts and a close-fitting top", "Bring the shoes you walk in most, and any insoles",
        "No lotion on your legs that day; the markers need to stick",
    ]
    static let order: [(String, any PageValue)] = [
        ("order", orderPage(faulty: false)),
        ("order, with faults", orderPage(faulty: true)),
        ("order-status, processing", statusPage(.processing)),
        ("order-status, paid", statusPage(.paid)),
        ("order-status, failed", statusPage(.failed)),
        ("order-status, expired", statusPage(.expired)),
        ("order-status, refunded", statusPage(.refunded)),
        (
            "practice-card",
            PracticeCardPage(
                frame: frame("Practice card page", isPrivate: true), description: "3D Gait", amount: "$240.00",
                action: "/practice/card/cs_1", message: "The practice bank declined the card. You can try again.")
        ),
        (
            "receipt",
            ReceiptPage(
                frame: frame("Receipt", isPrivate: true, scripts: ["print.js"]), number: "R-2026-0007",
                orderNumber: "G-7K2M", payer: "Ana Example", paidOn: "2 March 2026", method: "Card, through Stripe",
                lines: [.init(what: "3D Gait", amount: "$240.00")], total: "$240.00", refundNote: nil,
                backURL: "/orders/4f")
        ),
    ]

    static func statusPage(_ state: OrderStatusPage.State) -> OrderStatusPage {
        let retries = state == .failed || state == .expired
        return OrderStatusPage(
            frame: frame("Your order", isPrivate: true, refreshSeconds: state == .processing ? 5 : nil), state: state,
            number: "G-7K2M", serviceName: "3D Gait", amount: "$240.00", email: "ana@example.org",
            message: retries ? "The card was declined." : "", chooseTimeURL: state == .paid ? "/orders/4f/time" : nil,
            retryURL: retries ? "/order/3d-gait" : nil, receiptURL: state == .paid ? "/orders/4f/receipt" : nil)
    }

    static func orderPage(faulty: Bool) -> OrderPage {
        let question = FieldValue(
            value: faulty ? "" : "", error: faulty ? "Say in a sentence what you want to find out." : nil)
        let email = FieldValue(
            value: faulty ? "ana@" : "", error: faulty ? "This email address is not complete." : nil)
        let terms = FieldValue(error: faulty ? "Please read and accept the terms." : nil)
        return OrderPage(
            frame: frame(faulty ? "Please correct: 3D Gait" : "Order 3D Gait", place: .services), service: services[0],
            included: included, preparation: preparation, action: "/order/3d-gait",
            attempt: "01998f2a-6f0e-7c55-8f2f-0c3a5b1d9e01", question: question,
            name: FieldValue(value: faulty ? "Ana Example" : ""), email: email, phone: FieldValue(), terms: terms,
            termsTicked: false,
            termsText: "I have read what is included. I can cancel for a full refund until 24 hours before my time.",
            paymentNote: "You enter your card on Stripe's page. We never see or keep its number.",
            errorSummary: ErrorSummary(fields: ["question": question, "email": email, "terms": terms]))
    }
}
