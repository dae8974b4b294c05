// SPDX-License-Identifier: Apache-2.0
//
// The whole of what Fascia believes about a recovery that does not come, in one table. The levels and days are the clinic's own rules unless a source is
// named ("clinic rule"); each clinic signs them off before it switches them on. Change a row: raise its version and the table's, add a test.

extension RuleSet {
    /// The rules in force.
    public static let current = RuleSet(version: "2026.2", rules: ruleTable, measures: measureTable)
}

// Pain and function: "fall ≥ 30 % of baseline" implies "fall ≥ 2 points" for every NRS baseline ≥ 4; below 4 the scale cannot judge improvement.
private let measureTable: [MeasureRule] = [
    MeasureRule(
        "nrs", .pain, 0...10, higherIsBetter: false, improvement: .fraction(0.3), evaluable: 4...10, worse: 2,
        detectableChange: 2, recovered: 1, source: "Farrar 2001 (PMID 11690728); Ostelo 2008"),
    MeasureRule(
        "peg", .pain, 0...10, higherIsBetter: false, improvement: .fraction(0.3), evaluable: 4...10, worse: 2,
        detectableChange: 1.75, recovered: nil, source: "Krebs 2009; Reed 2023 (PMC10859144)"),
    MeasureRule(
        "psfs", .function, 0...10, higherIsBetter: true, improvement: .points(2), evaluable: 0...8, worse: 2,
        detectableChange: 2, recovered: 9, source: "PSFS, minimal detectable change of the mean 2 (Rehabmeasures)"),
    MeasureRule(
        "psfsSingle", .function, 0...10, higherIsBetter: true, improvement: .points(3), evaluable: 0...7, worse: 3,
        detectableChange: 3, recovered: 9, source: "PSFS, minimal detectable change of one activity 3 (Rehabmeasures)"),
    MeasureRule(
        "rmdq", .function, 0...24, higherIsBetter: false, improvement: .fraction(0.3), evaluable: 4...24, worse: 5,
        detectableChange: 5, recovered: 2, source: "Ostelo 2008; Stratford 1996; Kamper 2010 (PMC2989296)"),
    MeasureRule(
        "odi", .function, 0...100, higherIsBetter: false, improvement: .fraction(0.3), evaluable: 20...100, worse: 10,
        detectableChange: 10, recovered: nil, source: "Ostelo 2008"),
    MeasureRule(
        "lefs", .function, 0...80, higherIsBetter: true, improvement: .points(9), evaluable: 0...71, worse: 9,
        detectableChange: 9, recovered: 76, source: "Binkley 1999"),
    MeasureRule(
        "strength", .strength, 0...200, higherIsBetter: true, improvement: .pointsOrReaching(10, 90),
        evaluable: 0...89.999, worse: 10, detectableChange: 10, recovered: 90,
        source: "clinic rule: percent of the other side"),
    MeasureRule(
        "grc", .globalChange, -5...5, higherIsBetter: true, improvement: .never, evaluable: -5...5, worse: 2,
        detectableChange: 2, recovered: nil, source: "Kamper 2009 (PMID 20046623): biased to the present, never alone"),
]

private let anyKind: Set<EpisodeKind> = [.muscle, .back, .other]
private let reexamine = Rule.Option("Examine again now and record what changed", .reexaminedAndChanged)
private let wait = Rule.Option("Wait, with the reason, for at most 14 days; once", .justifiedWait)

private let ruleTable: [Rule] = [
    Rule(
        "A1", anyKind, .entry, .flag(.emergency), .redEmergency, due: .days(0),
        says:
            "An emergency sign was answered with yes. No treatment, no routine booking, until a named clinician closes this.",
        threshold: "any emergency flag answered yes",
        source: "BASS 2018; GIRFT cauda equina pathway; NICE NG156; clinic rule for levels",
        options: [
            Rule.Option("Send to the emergency department now and hand over by telephone", .referred),
            Rule.Option("Examined at once by a named clinician: what was found", .reexaminedAndChanged),
        ]),
    Rule(
        "A2", anyKind, .entry, .flag(.sameDay), .redSameDay, due: .days(0),
        says:
            "A warning sign was answered with yes. A clinician speaks with the patient today; otherwise it is an emergency.",
        threshold: "any same-day flag answered yes",
        source: "G-care back pain red flags; Downie 2013; clinic rule for levels",
        options: [
            Rule.Option("Speak with the patient today and examine", .reexaminedAndChanged),
            Rule.Option("Refer today", .referred),
        ]),
    Rule(
        "A3", [.muscle, .other], .entry, .tearSuspicion, .red, due: .days(3),
        says:
            "The signs fit a muscle or tendon tear. “Strain” cannot be the only diagnosis until a tear has been looked for.",
        threshold: "one major or two minor signs of a tear",
        source:
            "Kerkhoffs 2012 (ESSKA, PMC3549245): imaging within 3 days; Kary 2010; Guillodo 2011; BMC Sports Sci Med Rehabil 2022;14",
        options: [
            Rule.Option(
                "Dynamic ultrasound within 72 hours: at rest and contracting, both sides, loop stored", .imagingOrdered),
            Rule.Option(
                "MRI if there is a defect, retraction, tendon injury, or ultrasound is unclear", .imagingOrdered),
            Rule.Option("Orthopaedic or sports physician's opinion", .referred),
        ]),
    Rule(
        "A4", [.muscle], .day(7, orVisit: 2), .notReexaminedOrNotStronger, .amber, due: .days(3),
        says: "The tear signs were not examined again, or strength is not better than at the start.",
        threshold: "no complete second examination by day 7 or visit 2, or strength not better than at the first",
        source: "Guillodo 2011; clinic rule: window from day 5 to day 10",
        options: [reexamine, Rule.Option("Still weak: go on as for a suspected tear (A3)", .imagingOrdered), wait]),
    Rule(
        "A5", [.muscle], .day(14, orVisit: 4), .notImprovedWithoutImaging, .red, due: .days(3),
        says:
            "This does not fit a minor strain: typical return to training is 4 to 9 days, 27 with the central tendon.",
        threshold: "not improved by day 14 or visit 4, and no result of imaging",
        source: "Cross 2004 (Am J Sports Med): rectus femoris 9.2 days, central tendon 26.9, vastus 4.4",
        options: [
            Rule.Option(
                "Dynamic ultrasound within 72 hours: at rest and contracting, both sides, loop stored", .imagingOrdered),
            Rule.Option("Orthopaedic or sports physician's opinion", .referred), reexamine, wait,
        ]),
    Rule(
        "A6", [.muscle], .day(21, orVisit: nil), .notImprovedOrWasting(centimetres: 1), .red, due: .days(7),
        says:
            "Three weeks without improvement, or the muscle is wasting. One look is not enough: a second reader or another method.",
        threshold:
            "not improved by day 21 (or 1.5 times the expected time of its imaged grade, if sooner), or girth down by 1 cm",
        source: "Cross 2004; Rougraff 1996 (delayed repair gives worse function); clinic rule for days and girth",
        options: [
            Rule.Option("MRI, or a second reader of the loops", .imagingOrdered),
            Rule.Option("Orthopaedic or sports physician", .referred), reexamine, wait,
        ]),
    Rule(
        "A7", [.back], .day(14, orVisit: 3), .noImprovementAtAll, .info, due: .days(7),
        says:
            "No improvement yet after two weeks: ask the warning signs again, repeat the neurological examination, talk about expectations.",
        threshold: "neither pain nor function improved, or unknown, by week 2 or visit 3",
        source: "AAFP Choosing Wisely; NICE NG59 1.1.1; Kongsted 2009 (PMC2781014)",
        options: [
            Rule.Option("Ask the warning signs again and repeat the neurological examination", .reexaminedAndChanged),
            wait,
        ]),
    Rule(
        "A8", [.back], .day(28, orVisit: 6), .notImproved, .amber, due: .days(7),
        says:
            "Not improved after four weeks: examine again and think again. Radiculopathy, fracture, inflammatory, hip or sacroiliac joint,"
            + " visceral, cancer?",
        threshold: "pain and function not both improved by week 4 or visit 6",
        source: "Kongsted 2009 (63 % improve by week 4); Downie 2013; G-care: no improvement after one month",
        options: [
            Rule.Option("Examine again, reconsider the diagnosis, change the plan", .reexaminedAndChanged),
            Rule.Option("Refer", .referred),
            Rule.Option("Imaging, because a warning sign was answered with yes", .imagingOrdered, offered: .withFlag),
            wait,
        ]),
    Rule(
        "A9", [.back], .day(42, orVisit: 8), .notImprovedOrPartlyWithDeficit, .red, due: .days(7),
        says: "Not improved after six weeks or eight visits: decide about work-up.",
        threshold:
            "not improved by week 6 or visit 8; partial improvement counts as not improved while radicular pain or a deficit persists",
        source: "ACR Appropriateness Criteria Low Back Pain 2021; Kongsted 2009 (plateau after week 7)",
        options: [
            Rule.Option("Refer to a specialist", .referred),
            Rule.Option(
                "MRI without contrast, if its result would change what is done", .imagingOrdered,
                offered: .fromWeekSixOrWithFlag),
            Rule.Option("Laboratory tests, if infection, cancer or inflammation is possible", .referred),
            Rule.Option("Examine again and change diagnosis or plan", .reexaminedAndChanged), wait,
        ]),
    Rule(
        "A10", anyKind, .day(84, orVisit: nil), .notRecoveredNorBetterThan(atDay: 42), .amber, due: .days(14),
        says:
            "Twelve weeks, not recovered and no longer getting better: a chronic-pain pathway, a psychosocial screen, goals.",
        threshold: "at week 12 neither recovered nor better than at any time up to week 6 by a detectable change",
        source: "Pengel 2003; Henschke 2008 (PMC2483884)",
        options: [
            Rule.Option("Chronic-pain pathway, psychosocial screen, new goals", .reexaminedAndChanged),
            Rule.Option("Refer", .referred), wait,
        ]),
    Rule(
        "A11", anyKind, .acupunctureVisit(6, orDay: nil), .notImproved, .amber, due: .days(7),
        says: "Six acupuncture visits without clear improvement: stop, change, or say why to go on.",
        threshold: "not improved at acupuncture visit 6", source: "clinic rule; CMS NCD 30.3.3",
        options: [
            Rule.Option("Stop or change the treatment", .reexaminedAndChanged), Rule.Option("Refer", .referred),
            Rule.Option("Go on, with the reason, for at most 14 days; once", .justifiedWait),
        ]),
    Rule(
        "A12", anyKind, .acupunctureVisit(12, orDay: 90), .notImproved, .red, due: .days(7),
        says: "Twelve acupuncture visits or 90 days without improvement: Medicare requires that treatment stops.",
        threshold: "not improved at acupuncture visit 12 or 90 days after the first",
        source: "CMS NCD 30.3.3: treatment must be discontinued if the patient is not improving or is regressing",
        options: [
            Rule.Option("Stop acupuncture and change the plan", .reexaminedAndChanged), Rule.Option("Refer", .referred),
            wait,
        ]),
    Rule(
        "A12", anyKind, .entry, .tooManyVisits(moreThan: 20, days: 365), .info, due: .days(7),
        says: "More than 20 acupuncture visits within 12 months: Medicare does not cover further ones.",
        threshold: "more than 20 acupuncture visits within 365 days", source: "CMS NCD 30.3.3",
        options: [Rule.Option("Tell the patient who pays, and review the plan", .reexaminedAndChanged)]),
    Rule(
        "A13", anyKind, .entry, .worsening(painRise: 3, globalChange: -3), .redSameDay, due: .workingDays(1),
        says: "The patient is getting worse. Speak with them within one working day and ask the warning signs again.",
        threshold: "worse on two days, or pain up by 3 between any two scores, or global change −3 or less",
        source: "clinic rule; Kamper 2009",
        options: [
            Rule.Option("Speak with the patient, ask the warning signs again, examine", .reexaminedAndChanged),
            Rule.Option("Refer", .referred),
        ]),
    Rule(
        "A14", anyKind, .entry, .silence(days: 14, visits: 3), .amber, due: .days(3),
        says:
            "Nothing was scored. Unknown counts as not improved: write to the patient, ask at the desk, then the clinician asks.",
        threshold: "no score for 14 days or 3 visits", source: "clinic rule; Briggs 2020; Santos & Pires 2024",
        options: [Rule.Option("Obtain a score: by message, at the desk, or ask yourself", .reexaminedAndChanged), wait]),
    Rule(
        "A15", anyKind, .day(28, orVisit: nil), .unconfirmedDiagnosis, .red, due: .days(7),
        says: "Four weeks with the same unconfirmed diagnosis and no improvement. Is it still right?",
        threshold: "day 28, same working diagnosis, never confirmed by a test or a second examiner, not improved",
        source: "J Urgent Care Med (quadriceps tendon tears missed in up to half, typically as strain); clinic rule",
        options: [
            Rule.Option("Confirmed, because … (test or second examiner)", .reexaminedAndChanged),
            Rule.Option("Changed to …", .reexaminedAndChanged), Rule.Option("Refer for a second opinion", .referred),
            wait,
        ]),
    Rule(
        "A16", anyKind, .entry, .plateau(scores: 3, days: 21), .amber, due: .days(14),
        says: "The gain has stopped before recovery: change the plan.",
        threshold: "at least 3 scores over 21 days after the first improvement, no detectable gain, not recovered",
        source: "clinic rule; Kongsted 2009",
        options: [Rule.Option("Change the plan", .reexaminedAndChanged), Rule.Option("Refer", .referred), wait]),
    Rule(
        "A17", anyKind, .entry, .missedVisit, .amber, due: .workingDays(2),
        says:
            "A patient whose alarm is open did not come. Reach out within two working days: a stalled patient must not vanish.",
        threshold: "a visit cancelled or missed while an amber or red alarm is open", source: "clinic rule",
        options: [Rule.Option("Reached the patient: what was agreed", .reexaminedAndChanged)]),
    Rule(
        "A18", anyKind, .entry, .orderWithoutResult(muscleDays: 7, otherDays: 21), .red, due: .workingDays(1),
        says: "What was ordered because of an alarm has no result. The loop is not closed.",
        threshold: "no result 7 days after an order from a red flag or a muscle rule, 21 days after any other",
        source: "clinic rule",
        options: [
            Rule.Option("Obtain the result, or order again", .imagingOrdered), Rule.Option("Refer", .referred),
            reexamine, wait,
        ]),
    Rule(
        "A19", anyKind, .entry, .flag(.soon), .amber, due: .days(14),
        says:
            "A sign that needs a work-up or a referral within two weeks was answered with yes. Most people with it are well; write down what was done.",
        threshold: "a flag of malignancy or inflammatory disease answered yes",
        source: "G-care back pain red flags; NICE NG65; clinic rule for levels",
        options: [
            Rule.Option("Work it up: blood tests, imaging where it would change something", .imagingOrdered),
            Rule.Option("Refer", .referred),
            Rule.Option("Examine and ask again: what speaks for it, what against", .reexaminedAndChanged),
        ]),
]
