// SPDX-License-Identifier: Apache-2.0

import Foundation
import Storage

/// What a table to import has to say, and under which names its columns may go.
package enum ImportKind: String, Sendable, CaseIterable {
    case patients, appointments

    struct Column: Sendable {
        let name: String
        let alternatives: [String]
        let isRequired: Bool

        init(_ name: String, _ alternatives: String..., isRequired: Bool = false) {
            self.name = name
            self.alternatives = alternatives
            self.isRequired = isRequired
        }
    }

    var columns: [Column] {
        switch self {
        case .patients:
            [
                Column("name", "full name", "patient", "patient name", isRequired: true),
                Column("email", "e-mail", "email address", "mail", isRequired: true),
                Column("phone", "telephone", "mobile", "phone number"),
            ]
        case .appointments:
            [
                Column("email", "e-mail", "patient email", "email address", isRequired: true),
                Column("name", "patient", "patient name", "full name"),
                Column("date", "day", "appointment date", isRequired: true),
                Column("time", "start", "start time", "begins", isRequired: true),
                Column("service", "appointment type", "type", isRequired: true),
                Column("minutes", "duration", "length"),
                Column("clinician", "practitioner", "provider", "therapist", "with"),
            ]
        }
    }

    /// "name, email, phone (optional)"
    package var columnNames: String {
        columns.map { $0.isRequired ? $0.name : "\($0.name) (optional)" }.joined(separator: ", ")
    }
}

/// A table whose first line names its columns, in any order and letter case; columns that mean nothing here are left out.
struct ImportTable: Sendable {
    let records: [CommaSeparated.Record]
    private let places: [String: Int]

    /// - Throws: `ImportFault`.
    init(_ text: String, kind: ImportKind) throws(ImportFault) {
        let all: [CommaSeparated.Record]
        do {
            all = try CommaSeparated.read(text)
        } catch {
            switch error {
            case .openQuote(let line):
                throw ImportFault(line: line, message: "A quotation mark opens here and is never closed.")
            case .textAfterQuote(let line):
                throw ImportFault(line: line, message: "Something follows a closing quotation mark.")
            }
        }
        guard let head = all.first else { throw ImportFault(line: 1, message: "There is nothing in it.") }
        let names = head.fields.map { $0.trimmed.lowercased().replacing("_", with: " ") }
        var places: [String: Int] = [:]
        var missing: [String] = []
        for column in kind.columns {
            if let place = ([column.name] + column.alternatives).lazy.compactMap({ names.firstIndex(of: $0) }).first {
                places[column.name] = place
            } else if column.isRequired {
                missing.append(column.name)
            }
        }
        guard missing.isEmpty else {
            throw ImportFault(
                line: head.line,
                message: "The first line has to name the columns \(kind.columnNames). "
                    + "Not found: \(missing.joined(separator: ", ")).")
        }
        self.places = places
        records = Array(all.dropFirst())
    }

    func value(_ column: String, of record: CommaSeparated.Record) -> String {
        guard let place = places[column], place < record.fields.count else { return "" }
        let value = record.fields[place].trimmed
        // The mark by which spreadsheets and our own export keep a text from being a formula.
        return value.hasPrefix("'") && value.dropFirst().first.map { "=+@".contains($0) } ?? false
            ? String(value.dropFirst()) : value
    }
}

/// What is wrong with a line.
package struct ImportFault: Error, Sendable, Hashable {
    package let line: Int
    package let message: String
}

extension String {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
