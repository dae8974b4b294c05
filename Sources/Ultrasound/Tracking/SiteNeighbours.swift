// SPDX-License-Identifier: Apache-2.0

/// Which sites are near which, in lists: those of site i are `lists[starts[i]..<starts[i + 1]]`, itself among them.
struct SiteNeighbours {
    private(set) var starts: [Int] = [0]
    private(set) var lists: [Int32] = []

    /// - Parameters:
    ///   - contributes: sites that others may lean on; a site that does not is in no list but its own.
    init(_ places: [SIMD2<Float>], contributes: [Bool], radius: Float) {
        // Sorted into squares as wide as the radius, so that the work grows with the number of sites and no faster.
        var squares: [SIMD2<Int32>: [Int32]] = [:]
        func square(_ place: SIMD2<Float>) -> SIMD2<Int32> {
            SIMD2(Int32((place.x / radius).rounded(.down)), Int32((place.y / radius).rounded(.down)))
        }
        for (index, place) in places.enumerated() where contributes[index] {
            squares[square(place), default: []].append(Int32(index))
        }
        starts.reserveCapacity(places.count + 1)
        for (index, place) in places.enumerated() {
            if !contributes[index] { lists.append(Int32(index)) }
            let middle = square(place)
            for down in Int32(-1)...1 {
                for across in Int32(-1)...1 {
                    for other in squares[SIMD2(middle.x &+ across, middle.y &+ down)] ?? [] {
                        let offset = places[Int(other)] - place
                        if (offset * offset).sum() <= radius * radius { lists.append(other) }
                    }
                }
            }
            starts.append(lists.count)
        }
    }

    @inline(__always)
    func entries(_ site: Int) -> Range<Int> { starts[site]..<starts[site + 1] }
}
