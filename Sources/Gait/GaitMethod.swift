// SPDX-License-Identifier: Apache-2.0

/// What a clinic knows about walking, as pure computation: bytes in, values out.
///
///     let recording = try C3D.read(bytes)
///     let analysis = GaitAnalysis(of: recording, fileName: "walk.c3d", options: AnalysisOptions())
///     analysis.document.spatiotemporal.cadenceStepsPerMinute
///
/// Nothing in this package opens a file, reads a clock or writes a log. Lengths in recordings are millimetres, in
/// figures metres; times are seconds counted from frame 1, as Vicon counts them; forces are newtons.
public enum GaitMethod {
    /// The method's version, kept beside figures so that a later change of the method can be told from a change in the
    /// patient.
    public static let version = "1"
}
