// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Foundation
import Hummingbird
import NIOCore
import Storage

/// The clinic's data in and out, as tables.
struct DataController {
    let site: Site
    private static let largestImport = 16 << 20
    private static let mostFaultsShown = 200

    func add(to router: Router<WebContext>) {
        router.get("/desk/clinic/import", use: importForm)
        router.post("/desk/clinic/import", use: importTable)
        router.get("/desk/clinic/export", use: exportForm)
        router.post("/desk/clinic/export", use: export)
    }

    // MARK: In

    private func page(_ context: WebContext, kind: ImportKind = .patients) -> ImportPage {
        ImportPage(
            frame: site.deskFrame("Import", context, place: .deskClinic, scripts: ["read-file.js"]),
            kinds: [(ImportKind.patients, "Patients"), (.appointments, "Appointments")].map {
                .init(value: $0.0.rawValue, label: $0.1, columns: $0.0.columnNames, isChosen: $0.0 == kind)
            })
    }

    @Sendable func importForm(_ request: Request, context: WebContext) async throws -> Response {
        _ = try await site.staff(.moveData, context)
        return try site.answer(page(context))
    }

    @Sendable func importTable(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.moveData, context)
        let form = try await Form(request, limit: Self.largestImport)
        guard let kind = ImportKind(rawValue: form["kind"]) else {
            throw Fault.badRequest("Choose what the table holds.")
        }
        var page = page(context, kind: kind)
        page.text.value = form.exactly("text")
        page.overlaps = form.isTicked("overlaps")
        page.leavesOut = form.isTicked("leaves-out")
        let isDryRun = form["step"] != "import"
        let report = try await site.clinic.importTable(
            .init(
                kind: kind, text: page.text.value, isDryRun: isDryRun, leavesOutFaulty: page.leavesOut,
                overlaps: page.overlaps), by: actor)
        let isDone = !isDryRun && (report.faults.isEmpty || page.leavesOut && report.added + report.known > 0)
        page.report = .init(
            heading: isDone
                ? "Imported"
                : isDryRun ? "Only tried; nothing was changed" : "Nothing was imported: some lines are wrong",
            badge: report.faults.isEmpty ? .good : .warn, lines: report.lines,
            added: isDone ? "\(report.added) added" : "\(report.added) would be added", known: report.known,
            faulty: report.faults.count,
            faults: report.faults.prefix(Self.mostFaultsShown).map { .init(line: $0.line, message: $0.message) },
            more: report.faults.count > Self.mostFaultsShown
                ? "and \(report.faults.count - Self.mostFaultsShown) more" : nil)
        if isDone { page.text.value = "" }
        return try site.answer(page, status: isDone || isDryRun ? .ok : .unprocessableContent)
    }

    // MARK: Out

    @Sendable func exportForm(_ request: Request, context: WebContext) async throws -> Response {
        _ = try await site.staff(.moveData, context)
        return try site.answer(
            ExportPage(frame: site.deskFrame("Export", context, place: .deskClinic)))
    }

    @Sendable func export(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.moveData, context)
        let clinic = site.clinic
        let now = clinic.clock.now()
        let tables = try await clinic.exportTables(by: actor)
        let body = ResponseBody { writer in
            func put(_ data: Data) async throws { try await writer.write(ByteBuffer(bytes: data)) }
            func begin(_ name: String, _ count: Int64) async throws -> Bool {
                guard let header = TarArchive.header(name: name, byteCount: count, modifiedAt: now) else {
                    return false
                }
                try await put(header)
                return true
            }
            for table in tables where try await begin("fascia-export/tables/\(table.name).csv", Int64(table.text.count))
            {
                try await put(table.text)
                try await put(TarArchive.padding(after: Int64(table.text.count)))
            }
            for key in try await clinic.files.keys() {
                let count = try await clinic.files.byteCount(of: key)
                guard try await begin("fascia-export/files/\(key)", count) else { continue }
                var offset: Int64 = 0
                while offset < count {
                    let part = try await clinic.files.read(key, range: offset..<min(count, offset + 1 << 20))
                    guard !part.isEmpty else { throw Fault.badRequest("A file ended early.") }
                    try await writer.write(ByteBuffer(bytes: part))
                    offset += Int64(part.count)
                }
                try await put(TarArchive.padding(after: count))
            }
            try await put(TarArchive.end)
            try await writer.finish(nil)
        }
        let day = Words.isoDay(now, in: try await clinic.timeZone())
        return Response(
            status: .ok,
            headers: [
                .contentType: "application/x-tar", .cacheControl: "no-store",
                .contentDisposition: "attachment; filename=\"fascia-export-\(day).tar\"",
            ], body: body)
    }
}
