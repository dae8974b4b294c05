// SPDX-License-Identifier: Apache-2.0
public func labStep(_ loop: CineLoop, _ muscle: SimulatedMuscle, gap: Int, table: [Float], blur: Float, strips: Int, rows: Int) -> (Double, Double, Double, Double) {
  FramePyramid.blur = blur
  let truth = muscle.truth
  let A = FramePyramid(width: loop.width, height: loop.height, levels: 3), B = FramePyramid(width: loop.width, height: loop.height, levels: 3)
  var errs: [Double] = []; var ex = 0.0, ey = 0.0, corr = 0.0
  for f in stride(from: gap, to: loop.frames.count, by: 6) {
    A.load(loop.frames[f - gap], table: table); B.load(loop.frames[f], table: table)
    let m = SiteMatcher(template: A, target: B, strips: strips, rows: rows)
    for y in stride(from: 32, to: muscle.height-16, by: 16) { for x in stride(from: 32, to: muscle.width-16, by: 16) {
      if truth.tissue(atRestX: Double(x), y: Double(y)) == .haematoma { continue }
      let p = truth.position(ofRestX: Double(x), y: Double(y), frame: f - gap), q = truth.position(ofRestX: Double(x), y: Double(y), frame: f)
      if min(p.x, q.x) < 16 || max(p.x, q.x) > Double(muscle.width - 17) || min(p.y,q.y) < 16 || max(p.y,q.y) > Double(muscle.height-17) { continue }
      let tx = Float(q.x - p.x), ty = Float(q.y - p.y)
      let r = m.match(x: Float(p.x), y: Float(p.y), guessX: tx.rounded(), guessY: ty.rounded())
      let dx = Double(r.dx - tx), dy = Double(r.dy - ty)
      errs.append((dx*dx+dy*dy).squareRoot()); ex += dx*dx; ey += dy*dy; corr += Double(r.correlation)
    } }
  }
  errs.sort(); let n = Double(errs.count)
  return (errs.reduce(0,+)/n, errs[Int(n*0.95)], (ex/n).squareRoot()/max((ey/n).squareRoot(),1e-9), corr/n)
}
