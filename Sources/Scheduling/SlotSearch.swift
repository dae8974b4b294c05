// SPDX-License-Identifier: Apache-2.0

/// How much longer than the shown time a resource is claimed: a room for its cleaning, a device for its calibration.
public struct ServiceSpan: Hashable, Sendable, Codable {
    /// Minutes claimed before the shown start.
    public let minutesBefore: Int
    /// Minutes claimed after the shown end.
    public let minutesAfter: Int

    /// A span; negative minutes count as zero.
    public init(minutesBefore: Int = 0, minutesAfter: Int = 0) {
        self.minutesBefore = max(0, minutesBefore)
        self.minutesAfter = max(0, minutesAfter)
    }

    /// The cells claimed by an appointment that starts at cell `start` and lasts `durationMinutes`.
    public func claim(start: Int, durationMinutes: Int) -> Range<Int> {
        let end = start + CellGrid.cells(covering: durationMinutes + minutesAfter)
        return start - CellGrid.cells(covering: minutesBefore)..<max(start, end)
    }
}

/// Finds the times at which a service can be given: every requirement met by at least one resource that is free for the
/// whole of its own span.
///
///     let gait = SlotSearch(durationMinutes: 60, requirements: [
///         .init(pool: [1, 2, 3]),                                          // any of three clinicians
///         .init(pool: [7], span: ServiceSpan(minutesAfter: 10)),           // the gait laboratory, cleaned afterwards
///         .init(pool: [9], span: ServiceSpan(minutesBefore: 15)),          // its cameras, calibrated before
///     ])
///     let openings = gait.openings(among: halfHours) { resource in free[resource] }
///     openings.starts                                                      // cell numbers
///     openings.free(for: 0, at: openings.starts[0])                        // which clinicians
public struct SlotSearch: Hashable, Sendable {
    /// One resource out of a pool, for a span of its own.
    public struct Requirement: Hashable, Sendable {
        /// The resources that will do, best first, by the caller's numbers.
        public let pool: [Int]
        /// What is claimed before and after the shown time.
        public let span: ServiceSpan

        /// A requirement.
        public init(pool: [Int], span: ServiceSpan = ServiceSpan()) {
            self.pool = pool
            self.span = span
        }
    }

    /// The shown length, in minutes.
    public let durationMinutes: Int
    /// What is needed at once. A resource must not be in two pools: the search looks at each requirement by itself.
    public let requirements: [Requirement]

    /// A search for one service.
    public init(durationMinutes: Int, requirements: [Requirement]) {
        self.durationMinutes = durationMinutes
        self.requirements = requirements
    }

    /// How many cells a claim may reach before a start, and from a start on: how far beyond the wanted starts the free
    /// timelines must go.
    public var reach: (before: Int, after: Int) {
        let claims = requirements.map { $0.span.claim(start: 0, durationMinutes: durationMinutes) }
        return (
            -(claims.map(\.lowerBound).min() ?? 0),
            claims.map(\.upperBound).max() ?? CellGrid.cells(covering: durationMinutes)
        )
    }

    /// The openings among the wanted starts.
    ///
    /// - Parameters:
    ///   - starts: the cells at which the service may start at all (step, dates, lead time).
    ///   - free: the free cells of a resource, or nil where it has none. Covers the same days as `starts`; what is not
    ///     covered counts as not free.
    /// - Complexity: O(resources · days · log(duration)).
    public func openings(among starts: Timeline, free: (_ resource: Int) -> Timeline?) -> Openings {
        var possible = starts
        var pools: [[Openings.Candidate]] = []
        for requirement in requirements {
            let claim = requirement.span.claim(start: 0, durationMinutes: durationMinutes)
            var anyone = Timeline(firstDay: starts.firstDay, dayCount: starts.dayCount)
            var candidates: [Openings.Candidate] = []
            for resource in requirement.pool {
                guard let free = free(resource) else { continue }
                let startable = free.starts(before: -claim.lowerBound, length: claim.upperBound)
                anyone.formUnion(startable)
                candidates.append(Openings.Candidate(resource: resource, startable: startable))
            }
            possible.formIntersection(anyone)
            pools.append(candidates)
        }
        return Openings(possible: possible, pools: pools)
    }
}

/// What a ``SlotSearch`` found.
public struct Openings: Sendable {
    struct Candidate: Sendable {
        let resource: Int
        let startable: Timeline
    }

    /// The cells at which the service can start.
    public let possible: Timeline
    let pools: [[Candidate]]

    /// The cell numbers at which the service can start, in order.
    public var starts: [Int] {
        var starts: [Int] = []
        possible.forEachCell { starts.append($0) }
        return starts
    }

    /// The resources of requirement `index` that are free at a start, in the order of its pool; none for an index that
    /// there is not.
    public func free(for index: Int, at start: Int) -> [Int] {
        guard pools.indices.contains(index) else { return [] }
        return pools[index].compactMap { $0.startable.contains(start) ? $0.resource : nil }
    }
}
