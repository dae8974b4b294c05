// SPDX-License-Identifier: Apache-2.0

/// The samples of a C3D file, decoded.
struct C3DSamples {
    /// x, y, z of every point in every frame, millimetres; not-a-number where the point was not seen.
    var coordinates: [Float] = []
    /// Analogue values in their units.
    var analog: [Float] = []

    /// The layout guarantees that all frames lie within the file.
    init(_ reader: ByteReader, _ parameters: C3DParameters, _ layout: C3DLayout, millimetresPerUnit: Double) {
        let channels = AnalogScaling(parameters, channelCount: layout.analogChannelCount)
        let analogValues = layout.analogChannelCount * layout.analogSamplesPerFrame
        coordinates.reserveCapacity(layout.frameCount * layout.pointCount * 3)
        analog.reserveCapacity(layout.frameCount * analogValues)
        var offset = layout.dataOffset
        for _ in 0..<layout.frameCount {
            if let scale = layout.integerScale {
                appendIntegerPoints(reader, at: offset, layout.pointCount, Float(scale * millimetresPerUnit))
            } else {
                appendFloatPoints(reader, at: offset, layout.pointCount, Float(millimetresPerUnit))
            }
            let size = layout.integerScale == nil ? 4 : 2
            offset += layout.pointCount * 4 * size
            var channel = 0
            for index in 0..<analogValues {
                let place = offset + index * size
                let raw =
                    size == 4
                    ? reader.uncheckedFloat(at: place)
                    : channels.isUnsigned
                        ? Float(reader.unchecked16(at: place)) : Float(Int16(bitPattern: reader.unchecked16(at: place)))
                analog.append((raw - channels.offsets[channel]) * channels.scales[channel])
                channel += 1
                if channel == channels.scales.count { channel = 0 }
            }
            offset += analogValues * size
        }
    }

    private mutating func appendIntegerPoints(_ reader: ByteReader, at start: Int, _ count: Int, _ scale: Float) {
        for point in 0..<count {
            let offset = start + point * 8
            let isSeen = Int16(bitPattern: reader.unchecked16(at: offset + 6)) >= 0
            append(
                Float(Int16(bitPattern: reader.unchecked16(at: offset))) * scale,
                Float(Int16(bitPattern: reader.unchecked16(at: offset + 2))) * scale,
                Float(Int16(bitPattern: reader.unchecked16(at: offset + 4))) * scale, isSeen: isSeen)
        }
    }

    private mutating func appendFloatPoints(_ reader: ByteReader, at start: Int, _ count: Int, _ factor: Float) {
        for point in 0..<count {
            let offset = start + point * 16
            let residual = reader.uncheckedFloat(at: offset + 12)
            append(
                reader.uncheckedFloat(at: offset) * factor, reader.uncheckedFloat(at: offset + 4) * factor,
                reader.uncheckedFloat(at: offset + 8) * factor, isSeen: !(residual < 0))
        }
    }

    /// Beside a negative residual, some programs mark a gap by the laboratory's origin, where no marker can be.
    @inline(__always)
    private mutating func append(_ x: Float, _ y: Float, _ z: Float, isSeen: Bool) {
        if isSeen, x.isFinite, y.isFinite, z.isFinite, x != 0 || y != 0 || z != 0 {
            coordinates.append(x)
            coordinates.append(y)
            coordinates.append(z)
        } else {
            coordinates.append(.nan)
            coordinates.append(.nan)
            coordinates.append(.nan)
        }
    }
}

/// value = (raw − OFFSET) · SCALE · GEN_SCALE, channel by channel; what the file leaves out is 0 and 1.
private struct AnalogScaling {
    var scales: [Float]
    var offsets: [Float]
    var isUnsigned: Bool

    init(_ parameters: C3DParameters, channelCount: Int) {
        isUnsigned = parameters.texts("ANALOG", "FORMAT").first?.uppercased() == "UNSIGNED"
        let general = parameters.number("ANALOG", "GEN_SCALE") ?? 1
        let scales = parameters.numbers("ANALOG", "SCALE")
        let offsets = parameters.numbers("ANALOG", "OFFSET")
        let isUnsigned = isUnsigned
        self.scales = (0..<channelCount).map { Float((($0 < scales.count) ? scales[$0] : 1) * general) }
        self.offsets = (0..<channelCount).map { channel in
            let offset = channel < offsets.count ? offsets[channel] : 0
            return Float(isUnsigned && offset < 0 ? offset + 65536 : offset)
        }
    }
}
