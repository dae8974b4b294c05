// SPDX-License-Identifier: Apache-2.0

/// The list of orders.
struct DeskOrdersPage: PageValue {
    static let template = "desk-orders"

    struct Order: Sendable {
        var orderedOn: String
        var patient: String
        var url: String
        var service: String
        var payment: String
        var paymentBadge: Badge
        /// "3 March, 9:45 am", "no time yet"
        var booked: String
        var report: String
        var reportBadge: Badge
    }

    var frame: Frame
    var filters: [Frame.Link]
    var orders: [Order]
    let hasOrders: Bool
    var newerURL: String?
    var olderURL: String?

    init(
        frame: Frame, filters: [Frame.Link], orders: [Order], newerURL: String? = nil, olderURL: String? = nil
    ) {
        self.frame = frame
        self.filters = filters
        self.orders = orders
        hasOrders = !orders.isEmpty
        self.newerURL = newerURL
        self.olderURL = olderURL
    }
}
