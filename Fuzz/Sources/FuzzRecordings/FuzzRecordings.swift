// SPDX-License-Identifier: Apache-2.0

import Gait

/// libFuzzer's entry: any bytes as a recording, analysed and reported. A refusal is a success; only a trap, a hang or too
/// much memory is a find.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    // libFuzzer owns `count` bytes at `start` for the length of this call; they are copied.
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    for name in ["walk.c3d", "walk.trc", "walk.mot"] {
        guard let recording = try? GaitAnalysis.read(bytes, fileName: name) else { continue }
        let analysis = GaitAnalysis(
            of: recording, staticTrial: recording, fileName: name, options: AnalysisOptions(events: .detected))
        _ = try? analysis.document.json()
        _ = GaitReport([analysis], version: "fuzz").html
    }
    _ = try? C3D.withoutNames(bytes)
    return 0
}
