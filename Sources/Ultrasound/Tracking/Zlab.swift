// SPDX-License-Identifier: Apache-2.0
public func labGrain(_ i: GreyImage) -> (x: Double, y: Double, h: Int) {
    let s = SpeckleSize.halfDistance(i); return (s.x, s.y, SpeckleSize.halvings(i))
}
