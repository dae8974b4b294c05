// SPDX-License-Identifier: Apache-2.0

/// The house's own words of every letter, all in one place. A mail can be read by many on its way, so none carries a
/// clinical word (`ClinicalWords`); a test looks at each.
package enum LetterTexts {
    /// - Parameter language: where the house has no words in it, English.
    package static func text(of kind: LetterKind, in language: String = "en") -> LetterText {
        language == "es" ? LetterTextsSpanish.text(of: kind) : english(kind)
    }

    private static func english(_ kind: LetterKind) -> LetterText {
        switch kind {
        case .booked:
            LetterText(
                subject: "Your appointment: {when}",
                body: paragraphs(
                    "Hello {name},", "your appointment is confirmed.", "{when}", "With {with}", "{place}",
                    "A calendar file is attached. To see, move or cancel the appointment, and to answer a few questions before you come:",
                    "{link}", "{clinic}"))
        case .moved:
            LetterText(
                subject: "Your appointment has a new time: {when}",
                body: paragraphs(
                    "Hello {name},", "your appointment has changed. It is now:", "{when}", "With {with}", "{place}",
                    "Before, it was: {before}.",
                    "The attached calendar file takes the place of the earlier one. If the new time does not suit you:",
                    "{link}", "{clinic}"))
        case .cancelled:
            LetterText(
                subject: "Cancelled: your appointment on {when}",
                body: paragraphs("Hello {name},", "your appointment on {when} is cancelled, as you asked.", "{clinic}"))
        case .cancelledByClinic:
            LetterText(
                subject: "Cancelled: your appointment on {when}",
                body: paragraphs(
                    "Hello {name},", "we are sorry: your appointment on {when} can't take place and is cancelled.",
                    "To choose a new time:", "{link}", "Or call us: {phone}", "{clinic}"))
        case .reminderDay:
            LetterText(
                subject: "Reminder: your appointment on {when}",
                body: paragraphs(
                    "Hello {name},", "this is a reminder of your appointment:", "{when}", "With {with}", "{place}",
                    "If you can't come, please tell us here, so that somebody else can have the time:", "{link}",
                    "{clinic}", "No more reminders: {stop}"))
        case .reminderHours:
            LetterText(
                subject: "Today: your appointment at {when}",
                body: paragraphs(
                    "Hello {name},", "see you soon:", "{when}", "With {with}", "{place}",
                    "If something came up, please tell us:", "{link}", "{clinic}", "No more reminders: {stop}"))
        case .followUp:
            LetterText(
                subject: "After your visit",
                body: paragraphs(
                    "Hello {name},",
                    "thank you for coming. If anything is unclear, or not as you hoped, please tell us: "
                        + "call {phone}, or answer this letter.",
                    "Your next appointments, and everything that you got from us:",
                    "{link}", "{clinic}", "No more letters of this kind: {stop}"))
        case .receipt:
            LetterText(
                subject: "Receipt {receipt}",
                body: paragraphs(
                    "Hello {name},", "thank you. We received {amount} for your order {reference}.",
                    "Your receipt, and what comes next:", "{link}", "{clinic}"))
        case .reportReady:
            LetterText(
                subject: "Something new for you",
                body: paragraphs(
                    "Hello {name},", "there is something new for you to read. Please sign in:", "{link}", "{clinic}"))
        case .timeLost:
            LetterText(
                subject: "Please choose another time",
                body: paragraphs(
                    "Hello {name},",
                    "your payment arrived, but after we could keep {when} for you, and somebody else has that "
                        + "time now. We are sorry. Your money is on its way back to you. To choose another time:",
                    "{link}", "{clinic}"))
        case .missed:
            LetterText(
                subject: "We missed you: {when}",
                body: paragraphs(
                    "Hello {name},",
                    "you had an appointment with us on {when}, and we did not see you. If something went wrong with "
                        + "the link or the line, please call us: {phone}",
                    "To choose another time:", "{link}", "{clinic}"))
        case .requestReceived:
            LetterText(
                subject: "We have your request",
                body: paragraphs(
                    "Hello {name},", "thank you for asking us. We answer within one working day, usually sooner.",
                    "This page shows how far we are:", "{link}", "{clinic}"))
        case .offered:
            LetterText(
                subject: "We have an answer for you",
                body: paragraphs(
                    "Hello {name},", "here is our answer. We keep what we offer for you until {until}.",
                    "Look at it, and take what suits you, by one button:", "{link}", "{clinic}"))
        case .waitlistJoined:
            LetterText(
                subject: "You are on our waitlist",
                body: paragraphs(
                    "Hello {name},", "we write to you as soon as a time becomes free that suits you.",
                    "To see or leave the list:", "{link}", "{clinic}"))
        case .waitlistOffered:
            LetterText(
                subject: "A time has become free",
                body: paragraphs(
                    "Hello {name},", "this time is free, and kept for you alone until {until}:", "{when}",
                    "To take it, or let it go:", "{link}", "{clinic}"))
        case .checkIn:
            LetterText(
                subject: "How are you this week?",
                body: paragraphs(
                    "Hello {name},",
                    "how are you this week? Three short questions, ten seconds, no password. Your answers go to the "
                        + "person who looks after you, who sees by them whether things go the way they should.",
                    "{link}", "The link is for this one time, until {until}.",
                    "If you feel much worse, do not wait: call {phone}.", "{clinic}",
                    "No more letters of this kind: {stop}"))
        case .deskNews:
            LetterText(
                subject: "Something waits for you at the desk",
                body: paragraphs(
                    "Hello {name},", "there is something new that needs your answer. Please sign in and look:",
                    "{link}",
                    "{clinic}"))
        case .signIn:
            LetterText(
                subject: "Your sign-in link",
                body: paragraphs(
                    "Hello {name},", "open this link to sign in:", "{link}",
                    "Or type this code where you asked for it: {code}",
                    "Both work once, for 15 minutes. If you did not ask for them, you need do nothing.", "{clinic}"))
        }
    }

    private static func paragraphs(_ texts: String...) -> String { texts.joined(separator: "\n\n") + "\n" }
}
