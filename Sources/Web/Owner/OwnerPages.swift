// SPDX-License-Identifier: Apache-2.0

/// The owner's overview of what the clinic offers and when.
struct OwnerPage: PageValue {
    static let template = "owner"

    struct Row: Sendable {
        var url: String
        var name: String
        var detail: String
    }

    struct Group: Sendable {
        var heading: String
        var rows: [Row]
        var addURL: String
        var addLabel: String
    }

    struct Holiday: Sendable {
        var date: String
        var label: String
    }

    var frame: Frame
    var message: String?
    var groups: [Group]
    var holidays: [Holiday]
    var hasHolidays: Bool
    var holidayAction: String
    var holiday = FieldValue()
    var rulesAction: String
    var zone = FieldValue()
    var lead = FieldValue()
    var horizon = FieldValue()
    var errorSummary: ErrorSummary?
}

/// One clinician, room or device, with its hours.
struct OwnerResourcePage: PageValue {
    static let template = "owner-resource"

    struct Day: Sendable {
        var field: String
        var label: String
        var value: String
        var error: String?
    }

    var frame: Frame
    var heading: String
    var message: String?
    var action: String
    var isClinician: Bool
    var name = FieldValue()
    var title = FieldValue()
    var days: [Day]
    var exceptions = FieldValue()
    var errorSummary: ErrorSummary?
}

/// One service: words, price, times, and what it needs.
struct OwnerServicePage: PageValue {
    static let template = "owner-service"

    struct Need: Sendable {
        var kind: String
        var label: String
        var beforeField: String
        var before: String
        var afterField: String
        var after: String
        var candidates: [Candidate]
        var error: String?
    }

    struct Candidate: Sendable {
        var field: String
        var name: String
        var isChosen: Bool
    }

    var frame: Frame
    var heading: String
    var message: String?
    var action: String
    var name = FieldValue()
    var slug = FieldValue()
    var summary = FieldValue()
    var duration = FieldValue()
    var step = FieldValue()
    var price = FieldValue()
    var deposit = FieldValue()
    var freeHours = FieldValue()
    var lateFee = FieldValue()
    var noShowFee = FieldValue()
    var currency: String
    var modalities: [Choice]
    var payments: [Choice]
    var needs: [Need]
    var errorSummary: ErrorSummary?
}
