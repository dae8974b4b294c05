// SPDX-License-Identifier: Apache-2.0

/// Follows sites through a loop.
public struct Lab {
    nonisolated(unsafe) public static var keyEvery = 4
    nonisolated(unsafe) public static var smooth = true
    nonisolated(unsafe) public static var g = 0.01
    nonisolated(unsafe) public static var tau: Float = 0.15
    nonisolated(unsafe) public static var reach: Float = 1.0/(32*32)
    nonisolated(unsafe) public static var passes = 3
    nonisolated(unsafe) public static var ridge: Float = 20
    nonisolated(unsafe) public static var radius: Float = 40
    nonisolated(unsafe) public static var kappa: Float = 10
    nonisolated(unsafe) public static var spacing = 16
    public static func blur(_ b: Float) { FramePyramid.blur = b }
}
import Foundation
public func labTrack(_ loop: CineLoop, _ sites: [(Float, Float)]) -> [[(Float, Float)]] {
  FramePyramid.blur = 0.15
  let table = (0..<256).map { v -> Float in Float(exp(Double(v - 128) * Lab.g) / Lab.g) }
  let n = sites.count
  var starts: [Int32] = [0], lists: [Int32] = []
  for i in 0..<n { for j in 0..<n { let dx = sites[i].0 - sites[j].0, dy = sites[i].1 - sites[j].1
    if dx*dx+dy*dy <= Lab.radius*Lab.radius { lists.append(Int32(j)) } }; starts.append(Int32(lists.count)) }
  let smoother = SiteSmoother(starts: starts, lists: lists)
  var key = FramePyramid(width: loop.width, height: loop.height, levels: 4), cur = FramePyramid(width: loop.width, height: loop.height, levels: 4)
  key.load(loop.frames[0], table: table)
  var keyPos = sites, pos = sites
  var disp = [(Float, Float)](repeating: (0,0), count: n), vel = disp
  var fits = [SiteSmoother.Fit](repeating: .init(), count: n)
  var out = [sites]
  var sinceKey = 0
  var sx = 0.0, cnt = 0.0
  for f in 1..<loop.frames.count {
    cur.load(loop.frames[f], table: table); sinceKey += 1
    let m = SiteMatcher(template: key, target: cur, strips: 4, rows: 31)
    var inp = [SiteSmoother.Input](repeating: .init(), count: n)
    for i in 0..<n {
      let gx = disp[i].0 + vel[i].0, gy = disp[i].1 + vel[i].1
      var r = m.match(x: keyPos[i].0, y: keyPos[i].1, guessX: gx, guessY: gy)
      if r.isInside && r.correlation < 0.8 { let r2 = m.search(x: keyPos[i].0, y: keyPos[i].1, guessX: gx, guessY: gy, from: 3)
        if r2.isInside && r2.correlation > r.correlation { r = r2 } ; sx += 1 }
      cnt += 1
      if !r.isInside || r.correlation < 0.3 { inp[i] = .init(x: keyPos[i].0, y: keyPos[i].1, dx: gx, dy: gy, varianceX: 100, varianceY: 100); continue }
      let det = max(r.xx*r.yy - r.xy*r.xy, 1e-6)
      let noise = Lab.kappa * (1.002 - r.correlation) * 961 * 0 + Lab.kappa * (1.002 - r.correlation) * r.variance
      inp[i] = .init(x: keyPos[i].0, y: keyPos[i].1, dx: r.dx, dy: r.dy, varianceX: noise * r.yy / det + 1e-5, varianceY: noise * r.xx / det + 1e-5)
    }
    var nd = disp
    if Lab.smooth {
      inp.withUnsafeBufferPointer { p in
        for i in 0..<n { let ft = smoother.fit(i, p, prior: fits[i], tolerance: Lab.tau); fits[i] = ft; nd[i] = (ft.dx, ft.dy) }
      }
    } else { for i in 0..<n { nd[i] = (inp[i].dx, inp[i].dy) } }
    for i in 0..<n { vel[i] = (nd[i].0 - disp[i].0, nd[i].1 - disp[i].1); disp[i] = nd[i]; pos[i] = (keyPos[i].0 + nd[i].0, keyPos[i].1 + nd[i].1) }
    out.append(pos)
    if sinceKey >= Lab.keyEvery { sinceKey = 0; keyPos = pos; swap(&key, &cur); for i in 0..<n { disp[i] = (0,0)
      let q = 1 / Float(Lab.keyEvery); fits[i].xx *= q; fits[i].xy *= q; fits[i].yx *= q; fits[i].yy *= q } }
  }
  if CommandLine.arguments.contains("-v") { print("  searched", sx/cnt) }
  return out
}
