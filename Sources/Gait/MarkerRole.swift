// SPDX-License-Identifier: Apache-2.0

/// Left or right.
public enum Side: String, Sendable, Hashable, CaseIterable, Codable {
    case left, right

    /// The other one.
    public var opposite: Side { self == .left ? .right : .left }
}

/// What a marker stands for, whatever a laboratory calls it.
enum MarkerRole: String, CaseIterable {
    case anteriorSpine, posteriorSpine, knee, ankle, heel, toe, hipCentre, kneeCentre, ankleCentre
    case thighWand, shankWand, deviceAxis, deviceFirst, deviceSecond, medialKnee, medialAnkle
    case shoulder, elbow, wrist, hand, head, backOfHead

    /// The names after the side's letter, without separators, best first: Plug-in Gait, OpenSim, Qualisys, ISB and
    /// anatomical abbreviations.
    var names: [String] {
        switch self {
        case .anteriorSpine: ["ASI", "ASIS", "IAS", "ASISPLACER"]
        case .posteriorSpine: ["PSI", "PSIS", "IPS"]
        case .knee: ["KNE", "KNEE", "KNEELAT", "LATKNEE", "FLE", "LE", "KNEEL", "KNL", "LK"]
        case .ankle: ["ANK", "ANKLE", "ANKLELAT", "LATANKLE", "FAL", "LM", "LMAL", "ANKLEL"]
        case .heel: ["HEE", "HEEL", "CAL", "CALC", "FCC", "CALCANEUS", "HEELBACK"]
        case .toe:
            [
                "TOE", "MT2", "FM2", "2MET", "D2M", "SMH", "LATOE", "TOETIP", "TOELAT", "TOEMED", "MT5", "FM5",
                "BIGTOE", "HLX",
            ]
        case .hipCentre: ["HJC", "FEP", "HIPJOINTCENTRE"]
        case .kneeCentre: ["KJC", "FEO", "KNEEJOINTCENTRE"]
        case .ankleCentre: ["AJC", "TIO", "ANKLEJOINTCENTRE"]
        case .thighWand: ["THI", "THIGH", "THAP"]
        case .shankWand: ["TIB", "SHANK", "TIBIA", "TIAP"]
        case .deviceAxis: ["KAX"]
        case .deviceFirst: ["KD1"]
        case .deviceSecond: ["KD2"]
        case .medialKnee: ["KNM", "KNEM", "MKNE", "MKNEE", "KNEEMED", "MEDKNEE", "FME", "KNMED", "KNEMED"]
        case .medialAnkle: ["MED", "ANM", "ANKM", "MANK", "MMED", "ANKLEMED", "MEDANKLE", "TAM", "ANKMED"]
        case .shoulder: ["SHO", "SHOULDER", "ACROMIUM", "ACROMION", "ACROM", "SAE"]
        case .elbow: ["ELB", "ELBOW", "HLE", "ELBOWLAT"]
        case .wrist: ["WRA", "WRIST", "WRISTLAT", "WRB", "USP"]
        case .hand: ["FIN", "HAND", "HM2"]
        case .head: ["FHD", "HEAD"]
        case .backOfHead: ["BHD"]
        }
    }
}

/// Markers in the body's middle.
enum MiddleMarker: String, CaseIterable {
    case sacrum, neck, breastbone, chest, back

    var names: [String] {
        switch self {
        case .sacrum: ["SACR", "SACRUM", "VSACRAL", "SACRAL", "SAC", "VSACRUM"]
        case .neck: ["C7", "CV7", "T2"]
        case .breastbone: ["STRN", "STERNUM", "PX", "XIPHOID"]
        case .chest: ["CLAV", "IJ", "SJN", "STERNOTCH"]
        case .back: ["T10", "TV10", "T8"]
        }
    }
}

/// Finds markers by what they stand for.
struct MarkerNames {
    private var indices: [String: Int] = [:]

    /// A label's name is what follows its last colon ("Subject:LASI"), in capitals, without dots, blanks, dashes and
    /// underscores. Where several subjects are in one file, the one with the most known markers is taken, whole (of
    /// equals the first); labels without a subject fill in what this one lacks.
    init(_ labels: [String]) {
        var groups: [(subject: String, indices: [String: Int])] = []
        for (index, label) in labels.enumerated() {
            let name = Self.canonical(label)
            guard !name.isEmpty else { continue }
            let subject = label.utf8.lastIndex(of: 58).map { String(label[..<$0]) } ?? ""
            // Labels of one subject follow each other.
            let group =
                groups.last?.subject == subject
                ? groups.count - 1 : groups.firstIndex { $0.subject == subject } ?? groups.count
            if group == groups.count { groups.append((subject, [:])) }
            if groups[group].indices[name] == nil { groups[group].indices[name] = index }
        }
        if groups.count == 1 {
            indices = groups[0].indices
            return
        }
        var best: (count: Int, indices: [String: Int]) = (-1, [:])
        for group in groups where !group.subject.isEmpty {
            let known = MarkerNames(indices: group.indices).knownRoles
            if known > best.count { best = (known, group.indices) }
        }
        indices = best.indices
        let bare = groups.first { $0.subject.isEmpty }?.indices ?? [:]
        indices.merge(bare) { own, _ in own }
    }

    private init(indices: [String: Int]) { self.indices = indices }

    private var knownRoles: Int {
        MarkerRole.allCases.reduce(0) { sum, role in
            sum + Side.allCases.count { index(role, $0) != nil }
        }
    }

    static func canonical(_ label: String) -> String {
        // Almost every label is ASCII, and a recording has hundreds.
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16)
        for byte in label.utf8 {
            switch byte {
            case 58: bytes.removeAll(keepingCapacity: true)
            case 32, 45, 46, 95: continue
            case 97...122: bytes.append(byte - 32)
            case 0..<128: bytes.append(byte)
            default: return slowCanonical(label)
            }
        }
        // A label that ends with a colon is its own name.
        return bytes.isEmpty ? slowCanonical(label) : String(decoding: bytes, as: UTF8.self)
    }

    private static func slowCanonical(_ label: String) -> String {
        let bare = label.split(separator: ":").last.map(String.init) ?? label
        return bare.uppercased().filter { !"._- ".contains($0) }
    }

    func index(_ role: MarkerRole, _ side: Side) -> Int? {
        let letter = side == .left ? "L" : "R"
        let word = side == .left ? "LEFT" : "RIGHT"
        for name in role.names {
            if let index = indices[letter + name] ?? indices[word + name] ?? indices[name + letter] { return index }
        }
        return nil
    }

    func index(_ marker: MiddleMarker) -> Int? {
        marker.names.lazy.compactMap { indices[$0] }.first
    }
}
