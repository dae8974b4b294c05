// SPDX-License-Identifier: Apache-2.0

import Accounts
import DICOM
import Diary
import Foundation
import Scheduling
import Storage

/// The modality worklist (PS3.4 annex K): the bookings of ultrasound as a machine wants to read them.
package enum Worklist {
    package static let sopClass = "1.2.840.10008.5.1.4.31"
    /// A machine that wants more asks more narrowly.
    static let mostRows = 500

    /// One booking with all that it can say.
    static func row(_ booking: Booking, station: String) -> Attributes? {
        guard let accession = AccessionNumber.text(booking.id), let study = AccessionNumber.studyInstance(booking.id)
        else { return nil }
        var step = Attributes()
        step.set(.modality, "CS", "US")
        step.set(.stationAETitle, "AE", station)
        let start = moment(booking.start, in: booking.timeZone)
        step.set(.stepStartDate, "DA", start.date)
        step.set(.stepStartTime, "TM", start.time)
        step.set(.performingPhysician, "PN", booking.clinician.map { personName($0.name) })
        step.set(.stepDescription, "LO", String(booking.service.name.prefix(64)))
        step.set(.stepID, "SH", accession)
        step.set(.stationName, "SH", (booking.devices.first?.name).map { String($0.prefix(16)) })
        step.set(.stepLocation, "SH", (booking.room?.name).map { String($0.prefix(16)) })
        var row = Attributes()
        row.set(.specificCharacterSet, "CS", "ISO_IR 192")
        row.set(.accessionNumber, "SH", accession)
        row.set(.patientName, "PN", personName(booking.name))
        row.set(.patientID, "LO", booking.patient.description)
        row.set(.studyInstance, "UI", study)
        row.set(.requestedProcedureID, "SH", accession)
        row.set(.requestedDescription, "LO", String(booking.service.name.prefix(64)))
        row.set(.requestedPriority, "SH", "ROUTINE")
        // Asked for by every machine, and not known here: present and empty.
        row.set(.patientBirthDate, "DA", nil)
        row.set(.patientSex, "CS", nil)
        row.set(.patientWeight, "DS", nil)
        row.set(.referringPhysician, "PN", nil)
        row.set(.requestingPhysician, "PN", nil)
        row.set(.admissionID, "LO", nil)
        row.set(.medicalAlerts, "LO", nil)
        row.set(.allergies, "LO", nil)
        row.set(.pregnancyStatus, "US", nil)
        row[.referencedStudies] = .init("SQ", [])
        row[.referencedPatients] = .init("SQ", [])
        row.set(.scheduledSteps, items: [step])
        return row
    }

    /// Of a row what was asked for; what the clinic does not know is present and empty.
    static func answer(_ keys: Attributes, from row: Attributes) -> Attributes {
        var out = Attributes()
        for (tag, key) in keys.elements {
            guard key.vr == "SQ" else {
                out[tag] = row[tag] ?? .init(key.vr, [])
                continue
            }
            let own = row.items(tag)
            if case .item(let wanted)? = key.values.first, !wanted.elements.isEmpty, !own.isEmpty {
                out.set(tag, items: own.map { answer(wanted, from: $0) })
            } else {
                out[tag] = row[tag] ?? .init("SQ", [])
            }
        }
        out[.specificCharacterSet] = row[.specificCharacterSet]
        return out
    }

    /// The days that a question is about: those it names, else today and the coming four weeks.
    static func days(_ keys: Attributes, today: CivilDate) -> ClosedRange<CivilDate> {
        let usual = today...today.adding(days: 28)
        guard let text = keys.items(.scheduledSteps).first?.text(.stepStartDate), !text.isEmpty else { return usual }
        func day(_ part: Substring) -> CivilDate? {
            let digits = part.filter(\.isNumber)
            guard digits.count == 8 else { return nil }
            return CivilDate(iso: "\(digits.prefix(4))-\(digits.dropFirst(4).prefix(2))-\(digits.suffix(2))")
        }
        let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return day(Substring(text)).map { $0...$0 } ?? usual }
        let first = day(parts[0]) ?? today
        let last = day(parts[1]) ?? first.adding(days: 28)
        // Nobody scans two months before or after it was booked; a year and a half is a slip.
        return first <= last && last <= first.adding(days: 60) ? first...last : usual
    }

    /// "Maria Luisa Vega" as "Vega^Maria Luisa".
    package static func personName(_ name: String) -> String {
        let plain = name.map { "^=\\".contains($0) || $0.isNewline ? " " : $0 }
        let words = String(plain).split(separator: " ")
        guard let family = words.last else { return "" }
        return words.count == 1 ? String(family) : "\(family)^\(words.dropLast().joined(separator: " "))"
    }

    /// Day (DA) and time of day (TM) at the clinic.
    static func moment(_ instant: Date, in zone: TimeZone) -> (date: String, time: String) {
        let wall = WallTime(instant, in: zone)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return (
            wall.date.description.filter { $0 != "-" },
            two(wall.secondOfDay / 3600) + two(wall.minuteOfDay % 60) + two(wall.secondOfDay % 60)
        )
    }
}

extension Clinic {
    /// Whether a service is one for ultrasound machines.
    func isForMachines(_ service: HealthcareService) -> Bool {
        let named = settings.machines?.services ?? []
        return named.isEmpty ? service.slug.contains("ultrasound") : named.contains(service.slug)
    }

    /// The station that a booking is for, as a machine of that title sees it: that of its device, where the settings know
    /// which machine the device is, else the one that asks.
    func station(of booking: Booking, asking title: String) -> String {
        let peers = settings.machines?.peers ?? []
        for device in booking.devices {
            if let peer = peers.first(where: { $0.device == device.name || $0.device == device.id.description }),
                let title = peer.title
            {
                return title
            }
        }
        return title
    }

    /// The rows of a question.
    func worklist(_ keys: Attributes, asking title: String) async throws -> [Attributes] {
        let now = clock.now()
        return try await store.write { [self] transaction in
            let zone = try definitions.current(in: transaction).zone
            let today = WallTime(now, in: zone).date
            var rows: [Attributes] = []
            for booking in try bookings.dates(Worklist.days(keys, today: today), in: transaction)
            where isForMachines(booking.service) && booking.state == .confirmed && booking.attendance != .noShow
                && booking.attendance != .fulfilled
            {
                guard let row = Worklist.row(booking, station: station(of: booking, asking: title)),
                    Matching.matches(keys, row)
                else { continue }
                rows.append(Worklist.answer(keys, from: row))
                if rows.count == Worklist.mostRows { break }
            }
            try audit.record(
                "worklist.see", patient: nil, subject: "machine/\(title)", detail: ["rows": "\(rows.count)"],
                by: .system("dicom"), at: now, in: transaction)
            return rows
        }
    }
}
