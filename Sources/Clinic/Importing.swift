// SPDX-License-Identifier: Apache-2.0

package import Accounts
import Diary
import Foundation
import Scheduling
import Storage

// Patients and appointments out of the program that the clinic used before. A dry run does the very same and takes it back,
// so that it can't promise what the import would not do.
extension Clinic {
    /// What came of it, or would come.
    package struct ImportReport: Sendable {
        package var lines = 0
        package var added = 0
        /// Known already, so that the same file does no harm twice.
        package var known = 0
        package var faults: [ImportFault] = []
    }

    package struct ImportRequest: Sendable {
        package var kind: ImportKind
        package var text: String
        package var isDryRun: Bool
        /// Leaves bad lines out instead of refusing the whole file.
        package var leavesOutFaulty: Bool
        /// Appointments that meet others, or lie outside of the hours, are put there all the same, and marked.
        package var overlaps: Bool

        package init(kind: ImportKind, text: String, isDryRun: Bool, leavesOutFaulty: Bool, overlaps: Bool) {
            self.kind = kind
            self.text = text
            self.isDryRun = isDryRun
            self.leavesOutFaulty = leavesOutFaulty
            self.overlaps = overlaps
        }
    }

    package static let mostImportLines = 20_000

    /// Ends a transaction whose work is only looked at.
    private struct TakenBack: Error { let report: ImportReport }

    /// No letter is written about what is imported, and no reminder for what is past.
    package func importTable(_ request: ImportRequest, by actor: Actor) async throws -> ImportReport {
        let table: ImportTable
        do { table = try ImportTable(request.text, kind: request.kind) } catch {
            return ImportReport(faults: [error])
        }
        guard table.records.count <= Self.mostImportLines else {
            return ImportReport(
                lines: table.records.count,
                faults: [
                    ImportFault(
                        line: Self.mostImportLines + 2,
                        message: "At most \(Self.mostImportLines) lines at once; please cut the file in parts.")
                ])
        }
        let now = clock.now()
        do {
            return try await store.write { [audit] transaction in
                var report = ImportReport(lines: table.records.count)
                let lines = ImportedLines(clinic: self, table: table, request: request, actor: actor, now: now)
                for record in table.records {
                    try transaction.run("SAVEPOINT import_line")
                    do {
                        if try lines.take(record, in: transaction) { report.added += 1 } else { report.known += 1 }
                        try transaction.run("RELEASE SAVEPOINT import_line")
                    } catch let fault as ImportFault {
                        try transaction.run("ROLLBACK TO SAVEPOINT import_line")
                        try transaction.run("RELEASE SAVEPOINT import_line")
                        report.faults.append(fault)
                    }
                }
                if request.isDryRun || !(report.faults.isEmpty || request.leavesOutFaulty) {
                    throw TakenBack(report: report)
                }
                try audit.record(
                    "import.\(request.kind.rawValue)", patient: nil, subject: "import",
                    detail: [
                        "added": String(report.added), "known": String(report.known),
                        "leftOut": String(report.faults.count),
                    ], by: actor, at: now, in: transaction)
                return report
            }
        } catch let taken as TakenBack {
            return taken.report
        }
    }
}

/// Reads and enters one line after the other.
private struct ImportedLines {
    let clinic: Clinic
    let table: ImportTable
    let request: Clinic.ImportRequest
    let actor: Actor
    let now: Date

    /// - Returns: false where it is known already.
    /// - Throws: `ImportFault`.
    func take(_ record: CommaSeparated.Record, in transaction: any Transaction) throws -> Bool {
        let email = table.value("email", of: record)
        guard email.wholeMatch(of: #/[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+/#) != nil, email.count <= 254 else {
            throw ImportFault(line: record.line, message: "\"\(email)\" is no email address.")
        }
        let name = table.value("name", of: record)
        guard name.count <= 200 else { throw ImportFault(line: record.line, message: "The name is too long.") }
        switch request.kind {
        case .patients:
            guard !name.isEmpty else { throw ImportFault(line: record.line, message: "The name is missing.") }
            return try addPatient(record, name: name, email: email, in: transaction)
        case .appointments:
            return try addAppointment(record, name: name, email: email, in: transaction)
        }
    }

    private func addPatient(
        _ record: CommaSeparated.Record, name: String, email: String, in transaction: any Transaction
    ) throws -> Bool {
        if let known = try clinic.patients.find(email: email, in: transaction) {
            guard known.name.compare(name, options: [.caseInsensitive, .diacriticInsensitive]) == .orderedSame else {
                throw ImportFault(
                    line: record.line,
                    message: "\(email) belongs to \(known.name) already. Two people need two addresses.")
            }
            return false
        }
        let phone = String(table.value("phone", of: record).prefix(40))
        _ = try clinic.patients.findOrAdd(
            ContactDetails(name: name, email: email, phone: phone.isEmpty ? nil : phone), by: actor, at: now,
            in: transaction)
        return true
    }

    private func addAppointment(
        _ record: CommaSeparated.Record, name: String, email: String, in transaction: any Transaction
    ) throws -> Bool {
        let definition = try clinic.definitions.current(in: transaction)
        let service = try service(record, definition)
        let clinician = try clinician(record, definition)
        let start = try start(record, definition)
        var minutes: Int?
        let typed = table.value("minutes", of: record)
        if !typed.isEmpty {
            guard let number = Int(typed), (5...480).contains(number), number % 5 == 0 else {
                throw ImportFault(line: record.line, message: "\"\(typed)\" is no length: 5 to 480 minutes, in fives.")
            }
            minutes = number == service.durationMinutes ? nil : number
        }
        let patient: Patient
        if let known = try clinic.patients.find(email: email, in: transaction) {
            patient = known
        } else if name.isEmpty {
            throw ImportFault(
                line: record.line,
                message: "Nobody here has the address \(email). Import the patients first, or add a name.")
        } else {
            patient = try clinic.patients.findOrAdd(
                ContactDetails(name: name, email: email, phone: nil), by: actor, at: now, in: transaction)
        }
        let isKnown = try clinic.bookings.all(of: patient.id, in: transaction).contains {
            $0.start == start && $0.service.id == service.id && $0.state != .cancelled
        }
        guard !isKnown else { return false }
        var wanted = Bookings.Request(
            service: service.slug, start: start, clinician: clinician, patient: patient.id,
            name: name.isEmpty ? patient.name : name)
        wanted.durationMinutes = minutes
        wanted.isImported = true
        wanted.isOverride = request.overlaps
        do {
            let booked = try clinic.bookings.book(wanted, by: actor, in: transaction)
            if start <= now {
                _ = try clinic.bookings.attend(booked.booking.id, .fulfilled, by: actor, in: transaction)
            } else {
                try clinic.planReminders(of: booked.booking, at: now, in: transaction)
            }
        } catch let error as BookingError {
            throw ImportFault(line: record.line, message: message(error))
        }
        return true
    }

    private func message(_ error: BookingError) -> String {
        switch error {
        case .taken: "Somebody or something is taken at this time."
        case .outsideHours: "The clinic is closed at this time."
        default: error.explanation
        }
    }

    private func service(_ record: CommaSeparated.Record, _ definition: DiaryDefinition) throws -> HealthcareService {
        let typed = table.value("service", of: record).lowercased()
        guard let service = definition.services.first(where: { $0.slug == typed || $0.name.lowercased() == typed })
        else {
            throw ImportFault(
                line: record.line,
                message: "There is no service \"\(typed)\". There are: "
                    + definition.services.map(\.name).joined(separator: ", ") + ".")
        }
        return service
    }

    private func clinician(_ record: CommaSeparated.Record, _ definition: DiaryDefinition) throws -> DiaryResource.ID? {
        let typed = table.value("clinician", of: record)
        guard !typed.isEmpty else { return nil }
        let people = definition.resources.filter { $0.kind == .clinician }
        guard let found = people.first(where: { $0.name.caseInsensitiveCompare(typed) == .orderedSame }) else {
            throw ImportFault(
                line: record.line,
                message: "There is no clinician \"\(typed)\". There are: "
                    + people.map(\.name).joined(separator: ", ") + ".")
        }
        return found.id
    }

    /// "2026-03-04" and "9:30", by the clinic's wall clock.
    private func start(_ record: CommaSeparated.Record, _ definition: DiaryDefinition) throws -> Date {
        let (day, time) = (table.value("date", of: record), table.value("time", of: record))
        guard let date = CivilDate(iso: day) else {
            throw ImportFault(line: record.line, message: "\"\(day)\" is no date. Write it like 2026-03-04.")
        }
        guard let match = time.lowercased().wholeMatch(of: #/(\d{1,2}):(\d{2})(?::00)?\s*(am|pm)?/#),
            var hour = Int(match.1), let minute = Int(match.2), minute < 60, hour < 24
        else { throw ImportFault(line: record.line, message: "\"\(time)\" is no time. Write it like 14:30.") }
        if let half = match.3 {
            guard (1...12).contains(hour) else {
                throw ImportFault(line: record.line, message: "\"\(time)\" is no time. Write it like 14:30.")
            }
            hour = hour % 12 + (half == "pm" ? 12 : 0)
        }
        guard let cell = definition.offsets.cell(on: date, minuteOfDay: hour * 60 + minute) else {
            throw ImportFault(
                line: record.line,
                message:
                    "\(day) \(time) can't be booked: starts are five minutes apart, and an hour that the clocks skip "
                    + "does not exist.")
        }
        return CellGrid.instant(of: cell)
    }
}
