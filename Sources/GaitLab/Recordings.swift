// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Gait
package import Storage

/// The recordings that are here, and their analyses.
package struct Recordings: Sendable {
    private let audit = AuditTrail()
    private static let columns: SQL =
        "r.*, a.failure FROM lab_recording r LEFT JOIN lab_analysis a ON a.recording = r.id"

    package init() {}

    package func find(_ id: LabRecording.ID, in transaction: any Transaction) throws -> LabRecording? {
        try transaction.first("SELECT \(Self.columns) WHERE r.id = \(id)").map(LabRecording.init)
    }

    func find(upload: Upload.ID, in transaction: any Transaction) throws -> LabRecording? {
        try transaction.first("SELECT \(Self.columns) WHERE r.upload = \(upload)").map(LabRecording.init)
    }

    /// An order's recordings, the newest first.
    package func list(ofOrder orderID: String, in transaction: any Transaction) throws -> [LabRecording] {
        try transaction.rows("SELECT \(Self.columns) WHERE r.order_id = \(orderID) ORDER BY r.id DESC")
            .map(LabRecording.init)
    }

    /// Every recording as it must lie on disk, for `fascia doctor`.
    package func storedFiles(in transaction: any Transaction) throws -> [StoredFile] {
        try transaction.rows("SELECT file_key, byte_count, sha256 FROM lab_recording ORDER BY id").map {
            StoredFile(key: try $0.get("file_key"), byteCount: try $0.get("byte_count"), sha256: try $0.get("sha256"))
        }
    }

    /// Writes an analysis's result or the reason why there is none. Written once: the first result stays.
    package func recordAnalysis(
        _ result: Result<ReceivedFile, RecordingError>, of id: LabRecording.ID, by actor: Actor, at now: Date,
        in transaction: any Transaction
    ) throws {
        guard let recording = try find(id, in: transaction) else { throw GaitLabError.unknownRecording }
        guard recording.state == .waiting else { return }
        var outcome = LabRecording.State.analysed
        var kind = recording.kind
        var detail = ["order": recording.orderID]
        switch result {
        case .success(.forces):
            kind = .forces
        case .success(.trial(let analysis)):
            kind = analysis.kind
            try transaction.run(
                """
                INSERT INTO lab_analysis (recording, method_version, analysed_at, failure, document, figures, stick_figure)
                VALUES (\(id), \(GaitMethod.version), \(now), \(String?.none), \(try Self.json(analysis.document)),
                    \(try Self.json(analysis.figures)), \(try Self.json(analysis.stickFigure)))
                """)
        case .failure(let error):
            outcome = .failed
            detail["reason"] = error.reason.rawValue
            try transaction.run(
                """
                INSERT INTO lab_analysis (recording, method_version, analysed_at, failure, document, figures, stick_figure)
                VALUES (\(id), \(GaitMethod.version), \(now), \(error.description), \(String?.none), \(String?.none),
                    \(String?.none))
                """)
        }
        var names: String?
        if case .success(.trial(let analysis)) = result, !analysis.subjectNames.isEmpty {
            names = try Self.json(analysis.subjectNames)
        }
        try transaction.run(
            "UPDATE lab_recording SET state = \(outcome), kind = \(kind), subject_names = \(names) WHERE id = \(id)")
        try audit.record(
            "recording.analyse", patient: recording.patient, subject: "recording/\(id)", detail: detail, by: actor,
            at: now, in: transaction)
        if outcome == .analysed {
            try Visits().analyseAgain(recording.orderID, patient: recording.patient, at: now, in: transaction)
        }
    }

    /// Says what a recording counts as; nil goes back to what the analysis took it for.
    package func choose(
        _ kind: LabRecording.Kind?, for id: LabRecording.ID, by actor: Actor, at now: Date,
        in transaction: any Transaction
    ) throws {
        guard actor.may(.uploadRecordings) else { throw GaitLabError.notPermitted }
        guard let recording = try find(id, in: transaction) else { throw GaitLabError.unknownRecording }
        try Visits().requireOpen(recording.orderID, in: transaction)
        if let kind, kind != .leftOut, (kind == .forces) != recording.holdsForces { throw GaitLabError.notThatKind }
        let before =
            try transaction.first("SELECT role FROM lab_recording WHERE id = \(id)")?.get("role", as: String?.self)
            ?? nil
        guard before != kind?.rawValue else { return }
        try transaction.run("UPDATE lab_recording SET role = \(kind?.rawValue) WHERE id = \(id)")
        try audit.record(
            "recording.role", patient: recording.patient, subject: "recording/\(id)",
            detail: ["before": before ?? "guessed", "after": kind?.rawValue ?? "guessed"], by: actor, at: now,
            in: transaction)
        try Visits().analyseAgain(recording.orderID, patient: recording.patient, at: now, in: transaction)
    }

    /// Puts a copy without people's names in the place of the file; the old one is the caller's to remove.
    package func replaceFile(
        of id: LabRecording.ID, with file: StoredFile, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws {
        guard actor.may(.uploadRecordings) else { throw GaitLabError.notPermitted }
        guard let recording = try find(id, in: transaction) else { throw GaitLabError.unknownRecording }
        try transaction.run(
            """
            UPDATE lab_recording SET file_key = \(file.key), sha256 = \(file.sha256), byte_count = \(file.byteCount),
                subject_names = \(String?.none) WHERE id = \(id)
            """)
        try audit.record(
            "recording.strip", patient: recording.patient, subject: "recording/\(id)",
            detail: ["sha256.before": recording.sha256, "sha256.after": file.sha256], by: actor, at: now,
            in: transaction)
    }

    /// Writes what the visit's analysis gave for one walk in the place of what was there.
    func replaceAnalysis(
        _ analysis: GaitAnalysis, signals: EventSignals, of id: LabRecording.ID, at now: Date,
        in transaction: any Transaction
    ) throws {
        try transaction.run(
            """
            UPDATE lab_analysis SET method_version = \(GaitMethod.version), analysed_at = \(now),
                document = \(try Self.json(analysis.document)), figures = \(try Self.json(analysis.figures)),
                stick_figure = \(try Self.json(analysis.stickFigure)), signals = \(try Self.json(signals))
            WHERE recording = \(id)
            """)
    }

    /// What a person sees while correcting events; nil before the visit's analysis.
    package func signals(of id: LabRecording.ID, in transaction: any Transaction) throws -> EventSignals? {
        let row = try transaction.first("SELECT signals FROM lab_analysis WHERE recording = \(id)")
        return try LabJSON.value(row?.get("signals", as: String?.self) ?? nil)
    }

    /// The numbers of an analysed recording; nil before, and where the file can't be read.
    package func figures(of id: LabRecording.ID, in transaction: any Transaction) throws -> LabFigures? {
        guard
            let row = try transaction.first(
                """
                SELECT document, figures, method_version, analysed_at FROM lab_analysis
                WHERE recording = \(id) AND document IS NOT NULL
                """)
        else { return nil }
        return LabFigures(
            document: try Self.value(AnalysisDocument.self, try row.get("document")),
            figures: try Self.value(Spatiotemporal.self, try row.get("figures")),
            methodVersion: try row.get("method_version"), analysedAt: try row.get("analysed_at"))
    }

    /// The `fascia.gait/1` document as it was computed.
    package func documentJSON(of id: LabRecording.ID, in transaction: any Transaction) throws -> String? {
        try transaction.first("SELECT document FROM lab_analysis WHERE recording = \(id)")?.get("document")
    }

    /// The walking figure for the viewer, as JSON (see `StickFigure`).
    package func stickFigureJSON(of id: LabRecording.ID, in transaction: any Transaction) throws -> String? {
        try transaction.first("SELECT stick_figure FROM lab_analysis WHERE recording = \(id)")?.get("stick_figure")
    }

    private static func json(_ value: some Encodable) throws -> String { try LabJSON.text(value) }

    private static func value<T: Decodable>(_ type: T.Type, _ text: String) throws -> T {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}

/// Values kept as JSON text in a column.
enum LabJSON {
    static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func value<T: Decodable>(_ text: String?) throws -> T? {
        try text.map { try JSONDecoder().decode(T.self, from: Data($0.utf8)) }
    }
}
