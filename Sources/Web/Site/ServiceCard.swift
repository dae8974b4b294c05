// SPDX-License-Identifier: Apache-2.0

/// A service as the public pages show it.
struct ServiceCard: Sendable {
    /// Also the name of its mark in `Assets/marks.svg`.
    var slug: String
    var name: String
    var summary: String
    /// "$240"
    var price: String
    /// "60 minutes"
    var duration: String
    /// "in the clinic" or "by video"
    var modality: String
    /// "Buy now" for a service that is ordered and paid first, "Book now" for the others.
    var actionLabel: String
    /// `/order/{slug}` or `/book/{slug}`.
    var actionURL: String
    /// `/services/{slug}`
    var detailURL: String
    /// One or two sentences: what happens in the room.
    var happens: String
}
