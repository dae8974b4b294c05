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

/// SwiftPM gives an executable's entry another name and links `main` to it, so the driver is called from here.
@_cdecl("FuzzRecordings_main")
public func start(
    _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
    var count = count
    var arguments = arguments
    return runDriver(&count, &arguments, fuzz)
}

/// libFuzzer as a library (LLVM's documentation of libFuzzer, "Using libFuzzer as a library").
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ target: @convention(c) (UnsafePointer<UInt8>, Int) -> CInt
) -> CInt
