// SPDX-License-Identifier: Apache-2.0

/// Writes recordings as C3D files, in every number format, for tests and for handing on what Fascia keeps.
public enum C3DWriter {
    /// How samples are written.
    public enum Samples: String, Sendable, Hashable, CaseIterable {
        /// 16-bit integers with a scale: about 0.1 mm coarse.
        case integers
        /// 32-bit floats.
        case floats
    }

    /// The file's bytes.
    ///
    /// Labels beyond 255 go to LABELS2 …, frames beyond 65535 to TRIAL:ACTUAL_END_FIELD and POINT:LONG_FRAMES. Names are
    /// cut to 255 bytes. Warnings and the subject's name are not written.
    public static func write(
        _ recording: Recording, encoding: NumberEncoding = .intel, samples: Samples = .floats
    ) -> [UInt8] {
        let scales = SampleScales(recording, samples)
        var block = 2
        var parameters: [UInt8] = []
        // The section's length decides where the samples begin, and the section says where: twice is enough.
        for _ in 0..<2 {
            var writer = C3DParameterWriter(encoding: encoding)
            describe(recording, scales, dataBlock: block, in: &writer)
            parameters = writer.section()
            block = 2 + parameters.count / 512
        }
        var bytes = header(recording, encoding, scales, dataBlock: block)
        bytes += parameters
        appendSamples(recording, encoding, scales, to: &bytes)
        while bytes.count % 512 != 0 { bytes.append(0) }
        return bytes
    }

    private static func header(
        _ recording: Recording, _ encoding: NumberEncoding, _ scales: SampleScales, dataBlock: Int
    ) -> [UInt8] {
        let last = recording.firstFrame + recording.frameCount - 1
        var bytes: [UInt8] = [2, 0x50]
        let counts = [
            recording.pointLabels.count, recording.analogLabels.count * recording.analogSamplesPerFrame,
            recording.firstFrame, last, 10,
        ]
        for count in counts { bytes += encoding.bytes(of: UInt16(clamping: count)) }
        bytes += encoding.bytes(of: Float(scales.pointParameter))
        bytes += encoding.bytes(of: UInt16(clamping: dataBlock))
        bytes += encoding.bytes(of: UInt16(clamping: recording.analogSamplesPerFrame))
        bytes += encoding.bytes(of: Float(recording.pointRate))
        return bytes + [UInt8](repeating: 0, count: 512 - bytes.count)
    }

    private static func describe(
        _ recording: Recording, _ scales: SampleScales, dataBlock: Int, in writer: inout C3DParameterWriter
    ) {
        let last = recording.firstFrame + recording.frameCount - 1
        writer.group("TRIAL")
        writer.words("ACTUAL_START_FIELD", [recording.firstFrame & 0xFFFF, recording.firstFrame >> 16])
        writer.words("ACTUAL_END_FIELD", [last & 0xFFFF, last >> 16])
        writer.group("POINT")
        writer.word("USED", recording.pointLabels.count)
        writer.word("FRAMES", recording.frameCount)
        writer.float("LONG_FRAMES", Double(recording.frameCount))
        writer.word("DATA_START", dataBlock)
        writer.float("SCALE", scales.pointParameter)
        writer.float("RATE", recording.pointRate)
        writer.texts("UNITS", ["mm"])
        writer.texts("LABELS", recording.pointLabels)
        writer.group("ANALOG")
        writer.word("USED", recording.analogLabels.count)
        writer.float("RATE", recording.analogRate)
        writer.float("GEN_SCALE", 1)
        writer.floats("SCALE", scales.analog, dimensions: [scales.analog.count])
        writer.words("OFFSET", recording.analogLabels.map { _ in 0 })
        writer.texts("LABELS", recording.analogLabels)
        writer.texts("UNITS", recording.analogUnits)
        describePlates(recording.forcePlates, in: &writer)
        describeEvents(recording.storedEvents, in: &writer)
        if !recording.subjectValues.isEmpty {
            writer.group("PROCESSING")
            for (name, value) in recording.subjectValues.sorted(by: { $0.key < $1.key }) { writer.float(name, value) }
        }
    }

    private static func describePlates(_ plates: [ForcePlate], in writer: inout C3DParameterWriter) {
        writer.group("FORCE_PLATFORM")
        writer.word("USED", plates.count)
        guard !plates.isEmpty else { return }
        let channelCount = plates.map(\.channels.count).max() ?? 0
        writer.words("TYPE", plates.map(\.type))
        writer.words("ZERO", [1, 0])
        writer.floats(
            "CORNERS", plates.flatMap { $0.corners.flatMap { [$0.x, $0.y, $0.z] } },
            dimensions: [3, 4, plates.count])
        writer.floats("ORIGIN", plates.flatMap { _ in [0, 0, 0] }, dimensions: [3, plates.count])
        let channels = plates.flatMap { plate in
            (0..<channelCount).map { $0 < plate.channels.count ? plate.channels[$0] + 1 : 0 }
        }
        writer.words("CHANNEL", channels, dimensions: [channelCount, plates.count])
        if plates.contains(where: { $0.calibration.count == 36 }) {
            let matrices = plates.flatMap {
                $0.calibration.count == 36 ? $0.calibration : [Double](repeating: 0, count: 36)
            }
            writer.floats("CAL_MATRIX", matrices, dimensions: [6, 6, plates.count])
        }
    }

    private static func describeEvents(_ events: [StoredEvent], in writer: inout C3DParameterWriter) {
        let events = events.prefix(255)
        writer.group("EVENT")
        writer.word("USED", events.count)
        guard !events.isEmpty else { return }
        writer.texts("CONTEXTS", events.map(\.context))
        writer.texts("LABELS", events.map(\.label))
        writer.words("ICON_IDS", events.map { $0.icon ?? 0 })
        let times = events.flatMap { event in
            let minutes = (event.timeSeconds / 60).rounded(.down)
            return [minutes, event.timeSeconds - 60 * minutes]
        }
        writer.floats("TIMES", times, dimensions: [2, events.count])
    }

    private static func appendSamples(
        _ recording: Recording, _ encoding: NumberEncoding, _ scales: SampleScales, to bytes: inout [UInt8]
    ) {
        let channelCount = recording.analogLabels.count
        func append(_ value: Double, scale: Double) {
            switch scales.samples {
            case .floats: bytes += encoding.bytes(of: Float(value))
            case .integers:
                let steps = max(-32768, min(32767, (value / scale).rounded()))
                bytes += encoding.bytes(of: UInt16(bitPattern: steps.isNaN ? 0 : Int16(steps)))
            }
        }
        for frame in 0..<recording.frameCount {
            for point in recording.pointLabels.indices {
                let place = recording.position(ofPoint: point, atFrame: frame)
                for value in [place?.x ?? 0, place?.y ?? 0, place?.z ?? 0] {
                    append(value, scale: scales.point)
                }
                append(place == nil ? -1 : 0, scale: 1)
            }
            for sample in 0..<recording.analogSamplesPerFrame {
                for channel in 0..<channelCount {
                    let index = (frame * recording.analogSamplesPerFrame + sample) * channelCount + channel
                    let value = index < recording.analog.count ? Double(recording.analog[index]) : 0
                    // A float is written as it is to be read: divided by the scale that the reader multiplies with.
                    append(
                        scales.samples == .floats ? value / scales.analog[channel] : value,
                        scale: scales.analog[channel])
                }
            }
        }
    }
}

/// The factors between samples and numbers.
private struct SampleScales {
    let samples: C3DWriter.Samples
    let point: Double
    let analog: [Double]

    /// POINT:SCALE: negative where samples are floats.
    var pointParameter: Double { samples == .floats ? -point : point }

    init(_ recording: Recording, _ samples: C3DWriter.Samples) {
        self.samples = samples
        let greatest = recording.coordinates.lazy.filter(\.isFinite).map(abs).max() ?? 1
        // As a float, because that is what the file will hold.
        point = Double(Float(max(0.001, Double(greatest) / 32000)))
        let channelCount = recording.analogLabels.count
        analog = (0..<channelCount).map { channel in
            guard samples == .integers else { return 1 }
            let values = recording.analogChannel(channel).lazy.filter(\.isFinite).map(abs)
            return Double(Float(max(1e-6, Double(values.max() ?? 0) / 32000)))
        }
    }
}
