// SPDX-License-Identifier: Apache-2.0

package import Accounts
import Crypto
import Diary
package import Foundation
package import Messages
import Storage

// Calendars that people's own programs fetch: what is agreed, without a word of what for.
extension Clinic {
    package struct FeedAnswer: Sendable {
        /// A strong entity tag with its quotes.
        package let tag: String
        /// Nil where the asker has it already.
        package let text: String?
    }

    /// The calendar behind a private address: from 30 days ago to 180 days ahead.
    /// - Parameter knownTags: the entity tags that the asker holds.
    /// - Returns: nil where there is no such address, or no more.
    package func calendarFeed(_ secret: Secret, knownTags: String) async throws -> FeedAnswer? {
        let now = clock.now()
        let found = try await store.read { [feeds] transaction -> (CalendarFeeds.Owner, String)? in
            guard let owner = try feeds.owner(of: secret, in: transaction),
                let feed = try feed(of: owner, at: now, in: transaction)
            else { return nil }
            return (owner, feed.text())
        }
        guard let (owner, text) = found else { return nil }
        let digest = SHA256.hash(data: Data(text.utf8)).prefix(16)
            .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let tag = "\"\(digest)\""
        let known = knownTags.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        // A proxy may have made the tag a weak one; for asking again that is the same (RFC 9110 §13.1.2).
        if known.contains("*") || known.contains(tag) || known.contains("W/\(tag)") {
            return FeedAnswer(tag: tag, text: nil)
        }
        try await store.write { [feeds] in try feeds.noteRead(owner, at: now, in: $0) }
        return FeedAnswer(tag: tag, text: text)
    }

    private func feed(
        of owner: CalendarFeeds.Owner, at now: Date, in transaction: any Transaction
    ) throws -> CalendarFeed? {
        let from = now.addingTimeInterval(-30 * 86_400)
        let to = now.addingTimeInterval(180 * 86_400)
        let list: [Booking]
        let url: (Booking) -> String
        switch owner {
        case .patient(let id):
            list = try bookings.all(of: id, in: transaction).filter {
                $0.state == .confirmed && $0.start >= from && $0.start < to
            }
            url = { "\(settings.publicURL)/portal/bookings/\($0.id)" }
        case .staff(let id):
            // Whoever left the clinic has no calendar here any more.
            guard try staff.find(id, in: transaction) != nil else { return nil }
            list =
                try bookings.clinician(of: id, in: transaction).map {
                    try bookings.all(claiming: $0.id, from: from, to: to, in: transaction)
                } ?? []
            url = { "\(settings.publicURL)/desk?date=\(Self.isoDate($0.start, in: $0.timeZone))" }
        }
        return CalendarFeed(
            name: details.name, timeZone: try timeZone(in: transaction),
            events: list.map {
                .init(
                    uid: "\($0.id)@fascia", sequence: $0.sequence, stamp: $0.createdAt, start: $0.start, end: $0.end,
                    summary: "Appointment at \(details.name)", location: place(of: $0), url: url($0),
                    isTentative: false)
            })
    }

    private static func isoDate(_ date: Date, in zone: TimeZone) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = zone
        formatter.dateFormat = "yyyy-MM-dd"
        return formatter.string(from: date)
    }

    package func feedMadeAt(_ owner: CalendarFeeds.Owner) async throws -> Date? {
        try await store.read { [feeds] in try feeds.madeAt(owner, in: $0) }
    }

    /// A new private address, shown this once; an earlier one ends.
    package func makeFeed(for owner: CalendarFeeds.Owner, by actor: Actor) async throws -> String {
        let now = clock.now()
        let secret = try await store.write { [feeds] in try feeds.make(for: owner, by: actor, at: now, in: $0) }
        return "\(settings.publicURL)/calendar/\(secret.text).ics"
    }

    package func revokeFeed(of owner: CalendarFeeds.Owner, by actor: Actor) async throws {
        let now = clock.now()
        try await store.write { [feeds] in try feeds.revoke(owner, by: actor, at: now, in: $0) }
    }
}
