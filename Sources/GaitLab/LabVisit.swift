// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Gait
import Storage

/// What a person decided about a visit's analysis. Stored, printed, and in force for all of its walks.
package struct LabSettings: Sendable, Hashable, Codable {
    package var options = AnalysisOptions()
    /// Measures given by hand, by the names of the PROCESSING group; they win over the file's. Millimetres, kilograms.
    package var measures: [String: Double] = [:]

    package init(options: AnalysisOptions = AnalysisOptions(), measures: [String: Double] = [:]) {
        self.options = options
        self.measures = measures
    }

    /// A measure that may be given by hand.
    package struct Measure: Sendable, Hashable {
        /// As in the PROCESSING group.
        package let name: String
        package let label: String
        package let least: Double
        package let most: Double
    }

    package static let handMeasures = [
        Measure(name: "Bodymass", label: "Body mass, kg", least: 5, most: 300),
        Measure(name: "Height", label: "Height, mm", least: 500, most: 2500),
        Measure(name: "LLegLength", label: "Left leg length, mm", least: 200, most: 1400),
        Measure(name: "RLegLength", label: "Right leg length, mm", least: 200, most: 1400),
        Measure(name: "LKneeWidth", label: "Left knee width, mm", least: 30, most: 250),
        Measure(name: "RKneeWidth", label: "Right knee width, mm", least: 30, most: 250),
        Measure(name: "LAnkleWidth", label: "Left ankle width, mm", least: 20, most: 200),
        Measure(name: "RAnkleWidth", label: "Right ankle width, mm", least: 20, most: 200),
    ]
    /// Millimetres.
    package static let markerDiameters = 1.0...60.0

    /// Refuses what no person and no marker measures.
    package func check() throws(GaitLabError) {
        let range = Self.markerDiameters
        if let diameter = options.markerDiameterMillimetres, !range.contains(diameter) {
            throw .settingOutOfRange(name: "The marker diameter", least: range.lowerBound, most: range.upperBound)
        }
        for (name, value) in measures {
            guard let known = Self.handMeasures.first(where: { $0.name == name }) else {
                throw .settingOutOfRange(name: name, least: 0, most: 0)
            }
            guard value.isFinite, (known.least...known.most).contains(value) else {
                throw .settingOutOfRange(name: known.label, least: known.least, most: known.most)
            }
        }
    }
}

/// All recordings of one order as one analysis.
package struct LabVisit: Sendable, Hashable {
    package let orderID: String
    package let settings: LabSettings
    package let norm: LabNorm.ID?
    /// The earlier order that the report compares with.
    package let comparedWith: String?
    /// Counts every change that asks for a new analysis.
    package let revision: Int
    /// The revision that `document` is of.
    package let analysedRevision: Int
    package let analysedAt: Date?
    package let document: VisitAnalysis?
    /// When its first recording came in.
    package let measuredAt: Date?
    /// Why there is no analysis, for the desk.
    package let failure: String?

    package var isWaiting: Bool { analysedRevision < revision }

    init(_ row: Row) throws {
        orderID = try row.get("order_id")
        settings = try LabJSON.value(row.get("settings")) ?? LabSettings()
        norm = try row.get("norm")
        comparedWith = try row.get("compared_with")
        revision = try row.get("revision")
        analysedRevision = try row.get("analysed_revision")
        analysedAt = try row.get("analysed_at")
        document = try LabJSON.value(row.get("document"))
        measuredAt = try row.get("measured_at")
        failure = try row.get("failure")
    }
}
