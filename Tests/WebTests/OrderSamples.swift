// SPDX-License-Identifier: Apache-2.0

@testable import Web

extension Samples {
    static let included = [
        "60 minutes in the gait laboratory", "Measures of your walk, left and right side by side",
        "A figure that walks, which you can turn and slow down", "A clinician's words on what it means for your question",
    ]
    static let preparation = [
        "Wear shorts and a close-fitting top", "Bring the shoes you walk in most, and any insoles",
        "No lotion on your legs that day; the markers need to stick",
    ]
    static let order: [(String, any PageValue)] = [
        ("order", orderPage(faulty: false)),
        ("order, with faults", orderPage(faulty: true)),
    ]

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
