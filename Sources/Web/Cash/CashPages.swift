// SPDX-License-Identifier: Apache-2.0

/// One choice of a list.
struct MenuChoice: Sendable {
    var value: String
    var label: String
    var isChosen = false
}

/// One order's money: what is due, taking it, giving it back, and its papers.
struct OrderMoneyPage: PageValue {
    static let template = "desk-order-money"

    struct Paper: Sendable {
        /// "Receipt R-000017"
        var title: String
        var url: String
        var amount: String
        var detail: String
    }

    struct Return: Sendable {
        var amount: String
        /// "By card, 4 March 2026, 9:45 am. Cancelled in time."
        var detail: String
        var badge: Badge
        var stateLabel: String
        var problem: String?
    }

    struct PayForm: Sendable {
        var action: String
        var attempt: String
        var methods: [MenuChoice]
        var amount: FieldValue
        var reference: FieldValue
        /// "The patient has $20.00 of credit."
        var note: String?
    }

    struct RefundForm: Sendable {
        var action: String
        var attempt: String
        var methods: [MenuChoice]
        var amount: FieldValue
        var reason: FieldValue
        /// "At most $280.00."
        var note: String
    }

    struct CreditForm: Sendable {
        var action: String
        var attempt: String
        var amount = FieldValue()
        var why = FieldValue()
    }

    var frame: Frame
    var number: String
    var patientName: String
    var serviceName: String
    var orderURL: String
    var badge: Badge
    var stateLabel: String
    var message: String?
    var errorSummary: ErrorSummary?
    var total: String
    var discount: String?
    var tax: String?
    var paid: String
    var returned: String?
    var onTheWay: String?
    var disputed: String?
    var due: String
    var payForm: PayForm?
    var refundForm: RefundForm?
    /// A package is refunded by its sessions.
    var packageURL: String?
    var invoiceAction: String?
    var papers: [Paper]
    var returns: [Return]
    let hasReturns: Bool
    /// A fee can be waived while nothing of it is paid.
    var waiveAction: String?
    var creditForm: CreditForm?

    init(
        frame: Frame, number: String, patientName: String, serviceName: String, orderURL: String, badge: Badge,
        stateLabel: String, message: String? = nil, errorSummary: ErrorSummary? = nil, total: String,
        discount: String? = nil, tax: String? = nil, paid: String, returned: String? = nil, onTheWay: String? = nil,
        disputed: String? = nil, due: String, payForm: PayForm? = nil, refundForm: RefundForm? = nil,
        packageURL: String? = nil, invoiceAction: String? = nil, papers: [Paper] = [], returns: [Return] = []
    ) {
        self.frame = frame
        self.number = number
        self.patientName = patientName
        self.serviceName = serviceName
        self.orderURL = orderURL
        self.badge = badge
        self.stateLabel = stateLabel
        self.message = message
        self.errorSummary = errorSummary
        self.total = total
        self.discount = discount
        self.tax = tax
        self.paid = paid
        self.returned = returned
        self.onTheWay = onTheWay
        self.disputed = disputed
        self.due = due
        self.payForm = payForm
        self.refundForm = refundForm
        self.packageURL = packageURL
        self.invoiceAction = invoiceAction
        self.papers = papers
        self.returns = returns
        hasReturns = !returns.isEmpty
    }
}

/// A receipt, an invoice or a credit note, on one sheet.
struct BillingDocumentPage: PageValue {
    static let template = "billing-document"

    /// With the script `print.js`.
    var frame: Frame
    /// "Invoice"
    var kind: String
    var number: String
    var payer: String
    var issuedOn: String
    var method: String?
    var orderNumber: String
    var what: String
    var amount: String
    /// "Includes 8.1 % tax: $5.25", or that there is none.
    var tax: String
    var backURL: String
}

/// The cash desk's day.
struct CashDayPage: PageValue {
    static let template = "desk-cash"

    struct Total: Sendable {
        var method: String
        var received: String
        var returned: String
        var net: String
    }

    struct Movement: Sendable {
        var time: String
        var name: String
        var url: String
        var what: String
        var method: String
        var amount: String
    }

    struct Unbilled: Sendable {
        var when: String
        var name: String
        var what: String
        var due: String
        var action: String
        /// A fee has its bill already, so that nothing needs to be made.
        var method = "post"
    }

    struct CloseForm: Sendable {
        var action: String
        var expected: String
        var counted: FieldValue
        var banked: FieldValue
        var note: FieldValue
    }

    struct Closed: Sendable {
        var date: String
        var counted: String
        var difference: String
        var banked: String
        var note: String
    }

    var frame: Frame
    var links: [Frame.Link]
    var dayLabel: String
    var previousURL: String
    var todayURL: String?
    var nextURL: String
    var message: String?
    var errorSummary: ErrorSummary?
    /// Refunds that did not go.
    var alarms: [Entry]
    let hasAlarms: Bool
    var totals: [Total]
    var movements: [Movement]
    let hasMovements: Bool
    var closeForm: CloseForm?
    var closed: Closed?
    var unbilled: [Unbilled]
    let hasUnbilled: Bool
    var closes: [Closed]
    let hasCloses: Bool

    init(
        frame: Frame, links: [Frame.Link], dayLabel: String, previousURL: String, todayURL: String?, nextURL: String,
        message: String? = nil, errorSummary: ErrorSummary? = nil, alarms: [Entry], totals: [Total],
        movements: [Movement], closeForm: CloseForm?, closed: Closed?, unbilled: [Unbilled], closes: [Closed]
    ) {
        self.frame = frame
        self.links = links
        self.dayLabel = dayLabel
        self.previousURL = previousURL
        self.todayURL = todayURL
        self.nextURL = nextURL
        self.message = message
        self.errorSummary = errorSummary
        self.alarms = alarms
        hasAlarms = !alarms.isEmpty
        self.totals = totals
        self.movements = movements
        hasMovements = !movements.isEmpty
        self.closeForm = closeForm
        self.closed = closed
        self.unbilled = unbilled
        hasUnbilled = !unbilled.isEmpty
        self.closes = closes
        hasCloses = !closes.isEmpty
    }
}

/// The owner's disputes.
struct DisputesPage: PageValue {
    static let template = "desk-disputes"

    struct Line: Sendable {
        var amount: String
        var reason: String
        var openedOn: String
        /// "Answer by 12 March 2026"
        var answerBy: String?
        var badge: Badge
        var stateLabel: String
        var orderURL: String?
        var name: String
    }

    var frame: Frame
    var links: [Frame.Link]
    var disputes: [Line]
    let hasDisputes: Bool

    init(frame: Frame, links: [Frame.Link], disputes: [Line]) {
        self.frame = frame
        self.links = links
        self.disputes = disputes
        hasDisputes = !disputes.isEmpty
    }
}

/// The owner's discount codes and tax rates.
struct PricesPage: PageValue {
    static let template = "desk-prices"

    struct Code: Sendable {
        var code: String
        /// "10 % off Acupuncture"
        var detail: String
        var uses: String
        var endAction: String?
        var badge: Badge
        var stateLabel: String
    }

    var frame: Frame
    var links: [Frame.Link]
    var message: String?
    var errorSummary: ErrorSummary?
    var codes: [Code]
    let hasCodes: Bool
    var services: [MenuChoice]
    var code = FieldValue()
    var value = FieldValue()
    var until = FieldValue()
    var most = FieldValue()
    /// "8.1 % on everything else"
    var rates: [String]
    var rate = FieldValue()

    init(
        frame: Frame, links: [Frame.Link], message: String? = nil, codes: [Code], services: [MenuChoice],
        rates: [String]
    ) {
        self.frame = frame
        self.links = links
        self.message = message
        self.codes = codes
        hasCodes = !codes.isEmpty
        self.services = services
        self.rates = rates
    }
}
