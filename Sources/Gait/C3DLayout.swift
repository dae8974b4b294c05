// SPDX-License-Identifier: Apache-2.0

/// Where the samples of a C3D file lie and how to read them: header and parameters brought to agree.
struct C3DLayout {
    var pointCount: Int
    var frameCount: Int
    var firstFrame: Int
    var pointRate: Double
    /// Millimetres (or the file's unit) per integer step; nil where samples are floats.
    var integerScale: Double?
    var analogChannelCount: Int
    var analogSamplesPerFrame: Int
    var dataOffset: Int
    var warnings: [AnalysisWarning] = []

    var valuesPerFrame: Int { pointCount * 4 + analogChannelCount * analogSamplesPerFrame }
    var bytesPerFrame: Int { valuesPerFrame * (integerScale == nil ? 4 : 2) }

    init(_ reader: ByteReader, _ parameters: C3DParameters) throws(RecordingError) {
        let headerPointCount = try reader.unsigned16(at: 2)
        pointCount = max(0, parameters.count("POINT", "USED") ?? headerPointCount)
        let analogPerFrame = try reader.unsigned16(at: 4)
        let channels = parameters.count("ANALOG", "USED") ?? 0
        if analogPerFrame == 0 {
            (analogChannelCount, analogSamplesPerFrame) = (0, 0)
        } else if channels > 0, analogPerFrame % channels == 0 {
            (analogChannelCount, analogSamplesPerFrame) = (channels, analogPerFrame / channels)
        } else {
            let perFrame = max(1, try reader.unsigned16(at: 18))
            guard analogPerFrame % perFrame == 0 else {
                throw RecordingError(
                    .contradictory,
                    "The header gives \(analogPerFrame) analogue values a frame, which \(channels) channels do not divide",
                    at: 4)
            }
            (analogChannelCount, analogSamplesPerFrame) = (analogPerFrame / perFrame, perFrame)
        }

        let headerScale = Double(try reader.float(at: 12))
        let scale = parameters.number("POINT", "SCALE") ?? headerScale
        guard scale.isFinite else {
            throw RecordingError(.contradictory, "The scale of the positions is not a number", at: 12)
        }
        guard scale != 0 || pointCount == 0 else {
            throw RecordingError(.contradictory, "The scale of the positions is zero", at: 12)
        }
        integerScale = scale < 0 || (scale == 0 && headerScale < 0) ? nil : scale

        let headerRate = Double(try reader.float(at: 20))
        let rate = parameters.number("POINT", "RATE") ?? headerRate
        guard rate.isFinite, rate >= 1, rate <= 100_000 else {
            throw RecordingError(
                .contradictory, "The frame rate is \(rate), so times cannot be known", at: 20)
        }
        pointRate = rate

        let block = try Self.dataBlock(reader, parameters)
        dataOffset = (block - 1) * 512
        firstFrame = try reader.unsigned16(at: 6)
        frameCount = 0
        guard bytesPerFrame > 0 else {
            throw RecordingError(
                .contradictory, "The file describes neither markers nor analogue channels",
                advice: "Export the trial again with its marker trajectories.")
        }
        try chooseFrames(reader, parameters)
        if parameters.isEmpty {
            warnings.append(
                AnalysisWarning(
                    code: "noDescription",
                    message: "The file names neither its markers nor their unit; they are numbered and millimetres."))
        }
    }

    static func dataBlock(_ reader: ByteReader, _ parameters: C3DParameters?) throws(RecordingError) -> Int {
        let header = try reader.unsigned16(at: 16)
        let block = header > 1 ? header : (parameters?.count("POINT", "DATA_START") ?? 0)
        guard block > 1 else {
            throw RecordingError(.contradictory, "The file does not say where its samples begin", at: 16)
        }
        return block
    }

    /// A file tells its length in up to four places, some of which cannot hold large numbers. The places that agree
    /// with the file's size win; where none fits, the file was cut.
    private mutating func chooseFrames(_ reader: ByteReader, _ parameters: C3DParameters) throws(RecordingError) {
        let headerFirst = try reader.unsigned16(at: 6)
        let headerLast = try reader.unsigned16(at: 8)
        struct Candidate {
            var first: Int
            var count: Int
        }
        var candidates: [Candidate] = []
        if let first = parameters.frameNumber("TRIAL", "ACTUAL_START_FIELD"),
            let last = parameters.frameNumber("TRIAL", "ACTUAL_END_FIELD"), last >= first
        {
            candidates.append(Candidate(first: first, count: last - first + 1))
        }
        if let count = parameters.count("POINT", "LONG_FRAMES") {
            candidates.append(Candidate(first: headerFirst, count: count))
        }
        if let count = parameters.count("POINT", "FRAMES"), count != 65535 {
            candidates.append(Candidate(first: candidates.first?.first ?? headerFirst, count: count))
        }
        if headerLast >= headerFirst, headerLast != 65535 || candidates.isEmpty {
            candidates.append(Candidate(first: headerFirst, count: headerLast - headerFirst + 1))
        }
        candidates.removeAll { $0.count <= 0 }
        guard let claimed = candidates.first else {
            throw RecordingError(
                .contradictory, "The file has no frames", at: 6,
                advice: "Export the trial again; this one is empty.")
        }
        let available = max(0, reader.count - dataOffset)
        let framesInFile = available / bytesPerFrame
        let fitting = candidates.filter { $0.count <= framesInFile }
        // Files end on a block of 512 bytes, or right behind the last frame.
        let filling = fitting.first { available - $0.count * bytesPerFrame < max(512, bytesPerFrame) }
        guard let chosen = filling ?? (fitting.count == candidates.count ? claimed : nil) else {
            throw RecordingError(
                .truncated,
                "The file promises \(claimed.count) frames and holds \(framesInFile)", at: reader.count)
        }
        firstFrame = chosen.first
        frameCount = chosen.count
        if candidates.contains(where: { $0.count != chosen.count }) {
            warnings.append(
                AnalysisWarning(
                    code: "frameCountsDisagree",
                    message:
                        "The file states its length in several ways; the \(chosen.count) frames that are there were read."
                ))
        }
    }
}
