// SPDX-License-Identifier: Apache-2.0

import Care
import Content
import Foundation
import Recovery

/// The words of the intake, in the language of the reader.
enum IntakeWords {
    static func side(_ side: BodyRegion.Side) -> String {
        switch side {
        case .left: said("Left")
        case .right: said("Right")
        case .both: said("Both sides")
        case .middle: said("In the middle")
        }
    }

    static func heading(_ step: Intake.Step) -> String {
        switch step {
        case .region: said("Where does it hurt?")
        case .start: said("How did it begin?")
        case .pain: said("How strong is the pain?")
        case .activities: said("What can you not do as before?")
        case .warnings: said("A few questions for your safety")
        case .precautions: said("Before a needle or a treatment")
        }
    }

    static func hint(_ step: Intake.Step) -> String? {
        switch step {
        case .region: said("Tap the place, or choose it from the list.")
        case .start: nil
        case .pain: said("0 is no pain, 10 the worst pain imaginable.")
        case .activities: said("Name one to three things. 0 means you can't do it at all, 10 as well as before.")
        case .warnings: said("Leave a question open if you are not sure: we ask you when you come.")
        case .precautions: said("Tick what applies to you.")
        }
    }

    /// "Today", "Yesterday" … with the day that is kept.
    static func since(_ today: Day, chosen: Day?) -> [Choice] {
        let choices: [(String, Int)] = [
            (said("Today"), 0), (said("Yesterday"), 1), (said("3 days ago"), 3), (said("A week ago"), 7),
            (said("2 weeks ago"), 14), (said("A month ago"), 30), (said("3 months ago"), 91),
            (said("Half a year ago"), 182), (said("A year ago or longer"), 365),
        ]
        return choices.map { label, days in
            let day = today.adding(-days)
            return Choice(value: day.description, label: label, isChosen: day == chosen)
        }
    }

    static func scale(_ name: String, _ label: String, _ value: Int?) -> IntakePage.Scale {
        .init(
            name: name, label: label, low: said("No pain"), high: said("Worst imaginable"),
            numbers: (0...10).map { (number: Int) in
                Choice(value: "\(number)", label: "\(number)", isChosen: number == value)
            })
    }

    static func pain(_ pain: Intake.Pain) -> String {
        switch pain {
        case .now: said("Now")
        case .average: said("On average over the past 7 days")
        case .worst: said("At its worst in the past 7 days")
        }
    }
}
