// SPDX-License-Identifier: Apache-2.0

/// The forces of a MOT or STO file (OpenSim's external loads) laid under a walk whose own file has no plates.
///
///     var walk = try TRC.read(trc)
///     try walk.addForces(of: StorageTable.read(mot))
///
/// Such a file holds, in the laboratory's axes, what the floor does to each foot: `…_vx …_vy …_vz` in newtons,
/// `…_px …_py …_pz` in metres, and often `…torque_x …torque_y …torque_z` in newton metres. Every push becomes a plate under
/// all of its path, so that events, clean steps, moments and powers follow by the same code as from a laboratory's plates.
extension Recording {
    /// How far a plate reaches beyond the path of the push, in millimetres: a push that stays in its place has one, too.
    private static let marginMillimetres = 150.0
    /// More samples a frame than this say nothing that a walk needs.
    private static let mostSamplesPerFrame = 64.0

    /// Whether a file of forces is named after a walk: `walk1_grf.mot` belongs to `walk1.trc`.
    public static func areNamed(forces: String, afterWalk walk: String) -> Bool {
        func stem(_ name: String) -> String {
            let last = name.split(separator: "/").last.map(String.init) ?? name
            return (last.lastIndex(of: ".").map { String(last[..<$0]) } ?? last).lowercased()
        }
        let (a, b) = (stem(forces), stem(walk))
        guard !b.isEmpty, a.hasPrefix(b) else { return false }
        // “walk1” is no beginning of “walk12”.
        return a.dropFirst(b.count).first.map { !$0.isNumber } ?? true
    }

    /// Adds the plates that a table of forces describes.
    ///
    /// - Parameter table: with `time` in seconds from frame 1. Where the table says nothing the plates are empty.
    /// - Throws: `RecordingError` where the table has no forces, covers another time, or the walk has plates already.
    public mutating func addForces(of table: StorageTable) throws(RecordingError) {
        guard forcePlates.isEmpty, analogLabels.isEmpty else {
            throw RecordingError(
                .contradictory, "The walk's own file already holds analogue signals or force plates",
                advice: "Leave the MOT or STO file out: the plates in the walk's file are used.")
        }
        let times = table["time"].isEmpty ? table[table.columns.first ?? ""] : table["time"]
        let pushes = table.pushes
        guard !pushes.isEmpty else {
            throw RecordingError(
                .unsupported, "The table has no forces: no columns that end in _vx, _vy, _vz, _px, _py and _pz",
                advice: "Give the file of ground reaction forces, not that of joint angles.")
        }
        guard let first = times.first, let last = times.last, zip(times, times.dropFirst()).allSatisfy({ $0 < $1 })
        else {
            throw RecordingError(.contradictory, "The times of the forces do not rise from row to row")
        }
        guard first < endTimeSeconds, last > startTimeSeconds else {
            throw RecordingError(
                .contradictory,
                "The forces are from \(first) s to \(last) s and the walk from \(startTimeSeconds) s to \(endTimeSeconds) s",
                advice: "Give the forces of the same walk, with times counted from its first frame.")
        }
        let tableRate = Double(times.count - 1) / (last - first)
        // No more samples than the table has rows for, whatever its times claim: memory follows the files.
        let mostPerFrame = min(Self.mostSamplesPerFrame, Double(max(1, 2 * times.count / frameCount)))
        let perFrame = Int(max(1, min(mostPerFrame, (tableRate / pointRate).rounded())))
        let up = WalkMarkers(self).upAxis
        let moments = (0..<frameCount * perFrame).map {
            startTimeSeconds + Double($0) / (pointRate * Double(perFrame))
        }
        let frame = 1 / pointRate
        var signals: [[Float]] = []
        for push in pushes {
            var samples = push.resampled(times, at: moments, holding: frame, up: up)
            // A contact that the table cuts short within the walk is not whole, and counts as none.
            for contact in PlateEvents.contacts(samples.map(\.force.z), rate: pointRate * Double(perFrame)) {
                let isCut =
                    (moments[contact.lowerBound] < first + frame && first > startTimeSeconds + frame)
                    || (moments[contact.upperBound - 1] > last - frame && last < endTimeSeconds - frame)
                guard isCut else { continue }
                for index in contact { samples[index] = TableForceSample() }
            }
            guard let (plate, centre) = Self.plate(under: samples, up: up, firstChannel: signals.count) else {
                continue
            }
            signals += Self.channels(samples, centre: centre)
            forcePlates.append(plate)
        }
        analogSamplesPerFrame = perFrame
        let names = ["Fx", "Fy", "Fz", "Mx", "My", "Mz"]
        analogLabels = signals.indices.map { "\(names[$0 % 6])\($0 / 6 + 1)" }
        analogUnits = signals.indices.map { $0 % 6 < 3 ? "N" : "Nmm" }
        let sampleCount = moments.count
        analog = [Float](repeating: 0, count: sampleCount * signals.count)
        for (channel, values) in signals.enumerated() {
            for sample in 0..<sampleCount { analog[sample * signals.count + channel] = values[sample] }
        }
    }

    /// A plate of type 2 under all of a push's path, whose axes are the laboratory's with z up, and its centre there; nil
    /// where nobody stands.
    private static func plate(
        under samples: [TableForceSample], up: WalkMarkers.UpAxis, firstChannel: Int
    ) -> (plate: ForcePlate, centre: Vector3)? {
        let places = samples.filter { $0.force.z >= PlateEvents.threshold }.map(\.place)
        guard var low = places.first else { return nil }
        var high = low
        for place in places {
            low = Vector3(min(low.x, place.x), min(low.y, place.y), 0)
            high = Vector3(max(high.x, place.x), max(high.y, place.y), 0)
        }
        let height = places.reduce(0) { $0 + $1.z } / Double(places.count)
        let (left, right) = (low.x - marginMillimetres, high.x + marginMillimetres)
        let (near, far) = (low.y - marginMillimetres, high.y + marginMillimetres)
        let corners = [
            Vector3(right, far, height), Vector3(left, far, height), Vector3(left, near, height),
            Vector3(right, near, height),
        ]
        var plate = ForcePlate(
            type: 2, corners: corners.map(up.laboratory), channels: Array(firstChannel..<firstChannel + 6))
        plate.followsFoot = true
        return (plate, Vector3((left + right) / 2, (near + far) / 2, height))
    }

    private static func channels(_ samples: [TableForceSample], centre: Vector3) -> [[Float]] {
        var channels = [[Float]](repeating: [Float](repeating: 0, count: samples.count), count: 6)
        for (index, sample) in samples.enumerated() {
            let moment = (sample.place - centre).cross(sample.force) + sample.torque
            let values = [sample.force.x, sample.force.y, sample.force.z, moment.x, moment.y, moment.z]
            for (channel, value) in values.enumerated() { channels[channel][index] = Float(value) }
        }
        return channels
    }
}

/// The floor's push on a foot at one time: newtons, millimetres and newton millimetres, in axes with z up.
struct TableForceSample: Hashable, Sendable {
    var force = Vector3.zero
    var place = Vector3.zero
    var torque = Vector3.zero
}

/// The columns of one push in a table of forces.
struct TablePush: Sendable {
    var force: [Vector3]
    var place: [Vector3]
    var torque: [Vector3]

    /// Linear between rows, the last row's for `tail` seconds after it (the samples of the last frame); the place of a push is the nearer row's where only one of the two is loaded.
    func resampled(
        _ times: [Double], at moments: [Double], holding tail: Double, up: WalkMarkers.UpAxis
    ) -> [TableForceSample] {
        var row = 0
        return moments.map { moment in
            guard let first = times.first, let last = times.last, moment >= first - 1e-9, moment <= last + tail else {
                return TableForceSample()
            }
            while row + 2 < times.count, times[row + 1] <= moment { row += 1 }
            let next = min(row + 1, times.count - 1)
            let gap = times[next] - times[row]
            let part = gap > 0 ? max(0, min(1, (moment - times[row]) / gap)) : 0
            func between(_ values: [Vector3]) -> Vector3 {
                up.standing(values[row] + (values[next] - values[row]) * part)
            }
            let isNear = up.standing(force[row]).z >= PlateEvents.threshold
            let isFar = up.standing(force[next]).z >= PlateEvents.threshold
            let pushedAt = isNear == isFar ? between(place) : up.standing(place[isNear ? row : next])
            return TableForceSample(force: between(force), place: pushedAt * 1000, torque: between(torque) * 1000)
        }
    }
}

extension StorageTable {
    /// Whether the columns name the floor's push on a foot.
    public var holdsForces: Bool { !pushes.isEmpty }

    /// The pushes that the table's columns name, in the order of the columns.
    var pushes: [TablePush] {
        columns.filter { $0.hasSuffix("_vx") }.compactMap { column in
            let name = String(column.dropLast(3))
            func vectors(_ names: [String]) -> [Vector3]? {
                let parts = names.map { self[$0] }
                guard parts.allSatisfy({ $0.count == rowCount && !$0.isEmpty }) else { return nil }
                return (0..<rowCount).map { row in
                    let values = parts.map { $0[row].isFinite ? $0[row] : 0 }
                    return Vector3(values[0], values[1], values[2])
                }
            }
            guard let force = vectors(["x", "y", "z"].map { "\(name)_v\($0)" }),
                let place = vectors(["x", "y", "z"].map { "\(name)_p\($0)" })
            else { return nil }
            let torqueName = Self.torqueName(of: name)
            let torque =
                vectors(["x", "y", "z"].map { "\(torqueName)_\($0)" })
                ?? vectors(["x", "y", "z"].map { "\(torqueName)_m\($0)" })
                ?? [Vector3](repeating: .zero, count: rowCount)
            return TablePush(force: force, place: place, torque: torque)
        }
    }

    /// `ground_force` has its torque in `ground_torque`, `1_ground_force` in `1_ground_torque`.
    private static func torqueName(of name: String) -> String {
        guard let end = name.lastRange(of: "force") else { return name + "_torque" }
        return String(name[..<end.lowerBound]) + "torque" + String(name[end.upperBound...])
    }
}

extension String {
    fileprivate func lastRange(of part: String) -> Range<String.Index>? {
        var place = endIndex
        while place > startIndex {
            place = index(before: place)
            guard let end = index(place, offsetBy: part.count, limitedBy: endIndex) else { continue }
            if self[place..<end] == part { return place..<end }
        }
        return nil
    }
}

extension WalkMarkers.UpAxis {
    /// Back from axes with z up to the laboratory's own: the inverse of `standing`.
    func laboratory(_ point: Vector3) -> Vector3 {
        switch self {
        case .x: Vector3(point.z, point.x, point.y)
        case .y: Vector3(point.y, point.z, point.x)
        case .z: point
        }
    }
}
