// SPDX-License-Identifier: Apache-2.0

/// Reads C3D files (c3d.org): Intel, DEC and MIPS, integers and floats, as every vendor has written them since 1987.
///
///     let recording = try C3D.read(bytes)
///
/// Understood beyond the letter of the format: more than 255 labels (LABELS2 …) and 65535 frames, first frames other
/// than 1, event times as pairs or a flat row, events in the header, unsigned analogue values, a missing PROCESSING group.
/// Time and memory are proportional to the file's length; no bytes can trap the program.
public enum C3D {
    /// Reads a file.
    ///
    /// - Parameter bytes: the whole file.
    /// - Throws: `RecordingError` saying what is wrong, at which byte, and what to do.
    public static func read(_ bytes: [UInt8]) throws(RecordingError) -> Recording {
        guard !bytes.isEmpty else { throw RecordingError(.empty, "The file is empty") }
        guard bytes.count >= 2, bytes[1] == 0x50 else {
            throw RecordingError(.notARecording, "This is not a C3D file: its second byte is not 80", at: 1)
        }
        guard bytes.count >= 1024 else {
            throw RecordingError(.truncated, "The file has only \(bytes.count) bytes", at: bytes.count)
        }
        let parameterStart = (Int(bytes[0]) - 1) * 512
        guard parameterStart >= 512, parameterStart + 4 <= bytes.count else {
            throw RecordingError(.truncated, "The parameter section would begin behind the file's end", at: 0)
        }
        guard let encoding = NumberEncoding(rawValue: bytes[parameterStart + 3]) else {
            throw RecordingError(
                .damagedDescription,
                "The processor type is \(bytes[parameterStart + 3]); known are 84 (Intel), 85 (DEC) and 86 (MIPS)",
                at: parameterStart + 3)
        }
        let reader = ByteReader(bytes: bytes, encoding: encoding)
        let dataStart = (try C3DLayout.dataBlock(reader, nil) - 1) * 512
        let parameterEnd = dataStart > parameterStart ? min(dataStart, bytes.count) : bytes.count
        let parameters = try C3DParameters(reader, start: parameterStart, end: parameterEnd)
        let layout = try C3DLayout(reader, parameters)
        return try recording(reader, parameters, layout)
    }

    private static func recording(
        _ reader: ByteReader, _ parameters: C3DParameters, _ layout: C3DLayout
    ) throws(RecordingError) -> Recording {
        let unit = try millimetresPerUnit(parameters)
        let samples = C3DSamples(reader, parameters, layout, millimetresPerUnit: unit)
        var recording = Recording(
            format: .c3d, pointRate: layout.pointRate, firstFrame: layout.firstFrame, frameCount: layout.frameCount,
            pointLabels: padded(parameters.texts("POINT", "LABELS"), to: layout.pointCount, prefix: "*"),
            coordinates: samples.coordinates)
        recording.analogLabels = padded(
            parameters.texts("ANALOG", "LABELS"), to: layout.analogChannelCount, prefix: "Channel ")
        recording.analogUnits = padded(
            parameters.texts("ANALOG", "UNITS"), to: layout.analogChannelCount, prefix: nil)
        recording.analogSamplesPerFrame = layout.analogSamplesPerFrame
        recording.analog = samples.analog
        recording.warnings = layout.warnings
        recording.forcePlates = plates(parameters, unit, &recording.warnings)
        recording.storedEvents = try events(reader, parameters)
        recording.subjectValues = parameters.singleNumbers(ofGroup: "PROCESSING")
        let prefixes = recording.pointLabels.compactMap { label -> String? in
            label.split(separator: ":").count > 1 ? label.split(separator: ":").first.map(String.init) : nil
        }
        for name in parameters.texts("SUBJECTS", "NAMES") + prefixes
        where !name.isEmpty && !recording.subjectNames.contains(name) { recording.subjectNames.append(name) }
        return recording
    }

    private static func millimetresPerUnit(_ parameters: C3DParameters) throws(RecordingError) -> Double {
        let unit = parameters.texts("POINT", "UNITS").first ?? ""
        guard let factor = lengthUnit(unit) else {
            throw RecordingError(
                .unsupported, "The positions are in the unknown unit “\(unit)”",
                at: parameters["POINT", "UNITS"]?.byteOffset)
        }
        return factor
    }

    /// As many labels as there are points: files hold more (leftovers) or fewer.
    private static func padded(_ labels: [String], to count: Int, prefix: String?) -> [String] {
        if labels.count >= count { return Array(labels.prefix(count)) }
        return labels + (labels.count..<count).map { number in prefix.map { "\($0)\(number + 1)" } ?? "" }
    }

    private static func plates(
        _ parameters: C3DParameters, _ unit: Double, _ warnings: inout [AnalysisWarning]
    ) -> [ForcePlate] {
        let used = parameters.count("FORCE_PLATFORM", "USED") ?? 0
        let types = parameters.numbers("FORCE_PLATFORM", "TYPE")
        let corners = parameters.numbers("FORCE_PLATFORM", "CORNERS")
        let origins = parameters.numbers("FORCE_PLATFORM", "ORIGIN")
        let units = parameters.texts("ANALOG", "UNITS")
        let channels = parameters.numbers("FORCE_PLATFORM", "CHANNEL")
        let channelsPerPlate = parameters["FORCE_PLATFORM", "CHANNEL"]?.dimensions.first ?? 0
        let calibration = parameters.numbers("FORCE_PLATFORM", "CAL_MATRIX")
        let zero = parameters.numbers("FORCE_PLATFORM", "ZERO")
        var unloaded: ClosedRange<Int>?
        if zero.count >= 2, zero[0] >= 1, zero[1] >= zero[0],
            let first = Int(exactly: zero[0]), let last = Int(exactly: zero[1])
        {
            unloaded = (first - 1)...(last - 1)
        }
        var plates: [ForcePlate] = []
        for index in 0..<min(used, types.count) {
            let type = Int(exactly: types[index].rounded()) ?? 0
            guard (1...4).contains(type) else {
                warnings.append(
                    AnalysisWarning(
                        code: "forcePlateTypeUnknown",
                        message:
                            "Force plate \(index + 1) has the type \(type), which is not read; its steps are not used.")
                )
                continue
            }
            guard corners.count >= (index + 1) * 12, channels.count >= (index + 1) * channelsPerPlate else { continue }
            let points = (0..<4).map { corner -> Vector3 in
                let first = index * 12 + corner * 3
                return Vector3(corners[first], corners[first + 1], corners[first + 2]) * unit
            }
            let own = channels[(index * channelsPerPlate)..<((index + 1) * channelsPerPlate)]
            let origin =
                origins.count >= (index + 1) * 3
                ? Vector3(origins[index * 3], origins[index * 3 + 1], origins[index * 3 + 2]) * unit : .zero
            let momentChannel = own.count >= 6 ? Int(exactly: own[own.startIndex + 5].rounded()) ?? 0 : 0
            let momentUnit = units.indices.contains(momentChannel - 1) ? units[momentChannel - 1].lowercased() : ""
            let matrix = calibration.count >= (index + 1) * 36 ? calibration[(index * 36)..<((index + 1) * 36)] : []
            plates.append(
                ForcePlate(
                    type: type, corners: points, channels: own.map { (Int(exactly: $0.rounded()) ?? 0) - 1 },
                    calibration: type == 4 ? Array(matrix) : [], unloadedFrames: unloaded,
                    origin: origin, momentUnit: ["nm", "n.m", "n*m", "n·m"].contains(momentUnit) ? 1000 : 1))
        }
        return plates
    }

    private static func events(
        _ reader: ByteReader, _ parameters: C3DParameters
    ) throws(RecordingError) -> [StoredEvent] {
        let times = parameters.numbers("EVENT", "TIMES")
        guard !times.isEmpty else { return try headerEvents(reader) }
        let labels = parameters.texts("EVENT", "LABELS")
        let contexts = parameters.texts("EVENT", "CONTEXTS")
        let icons = parameters.numbers("EVENT", "ICON_IDS")
        let used = parameters.count("EVENT", "USED") ?? max(labels.count, contexts.count)
        // Minutes and seconds, whether the array has two dimensions or one; seconds alone where there are too few.
        let inPairs = times.count >= 2 * used
        var events: [StoredEvent] = []
        for index in 0..<min(used, inPairs ? times.count / 2 : times.count) {
            let time = inPairs ? times[2 * index] * 60 + times[2 * index + 1] : times[index]
            guard time.isFinite else { continue }
            events.append(
                StoredEvent(
                    label: index < labels.count ? labels[index] : "",
                    context: index < contexts.count ? contexts[index] : "",
                    timeSeconds: (time * 10000).rounded() / 10000,
                    icon: index < icons.count ? Int(exactly: icons[index]) : nil))
        }
        return events
    }

    /// Up to 18 events with names of four letters, where older programs put them.
    private static func headerEvents(_ reader: ByteReader) throws(RecordingError) -> [StoredEvent] {
        guard try reader.unsigned16(at: 298) == 12345 else { return [] }
        var events: [StoredEvent] = []
        for index in 0..<min(18, try reader.unsigned16(at: 300)) {
            let time = Double(try reader.float(at: 304 + 4 * index))
            let first = 396 + 4 * index
            guard time.isFinite, first + 4 <= 512 else { continue }
            events.append(
                StoredEvent(
                    label: recordedText(try reader.slice(first..<(first + 4))), context: "", timeSeconds: time))
        }
        return events
    }
}

/// Millimetres per unit of length, for the spellings seen in files; millimetres where nothing is said.
func lengthUnit(_ name: String) -> Double? {
    switch name.lowercased() {
    case "mm", "", "millimeters", "millimetres": 1
    case "cm": 10
    case "m", "meters", "metres", "meter", "metre": 1000
    case "in", "inches": 25.4
    default: nil
    }
}
