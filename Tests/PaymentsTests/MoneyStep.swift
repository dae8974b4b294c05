// SPDX-License-Identifier: Apache-2.0

/// One thing that happens in a random history. Its numbers choose among what is there, so a step stays possible when others
/// are left out.
struct MoneyStep: Sendable, CustomStringConvertible {
    enum Kind: String, Sendable, CaseIterable {
        case order, deposit, buy, payOnline, tell, deskPay, refund, answer, refundAtProvider, bankReturns, dispute
        case hold, use, giveBack, undo, pass, share, endShare, refundCredits, grant, invoice

        /// How often, beside the others.
        var weight: Int {
            switch self {
            case .tell: 9
            case .payOnline, .hold: 5
            case .buy, .deskPay, .refund, .answer, .giveBack, .use: 3
            case .dispute, .refundCredits, .pass: 2
            default: 1
            }
        }
    }

    let kind: Kind
    let a: Int
    let b: Int
    let c: Int

    var description: String { "\(kind.rawValue)(\(a), \(b), \(c))" }

    private static let urn = Kind.allCases.flatMap { Array(repeating: $0, count: $0.weight) }

    static func random(using generator: inout SeededGenerator) -> MoneyStep {
        MoneyStep(
            kind: urn[Int.random(in: urn.indices, using: &generator)], a: .random(in: 0..<1000, using: &generator),
            b: .random(in: 0..<1000, using: &generator), c: .random(in: 0..<1000, using: &generator))
    }

    static func history(_ seed: UInt64) -> [MoneyStep] {
        var generator = SeededGenerator(seed: seed)
        // Something to go on with, or the first steps would meet nothing.
        let opening = [MoneyStep(kind: .buy, a: Int(seed % 7), b: Int(seed % 3), c: 0)]
        return opening + (0..<Int.random(in: 10...45, using: &generator)).map { _ in random(using: &generator) }
    }
}
