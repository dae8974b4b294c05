// SPDX-License-Identifier: Apache-2.0

import Archive
import DICOM
import Diary
import Foundation
import Imaging
import Storage
import Ultrasound

/// Signed findings as a DICOM structured report: an Enhanced SR (PS3.3 A.35.2) after template 1500, "Measurement Report" (PS3.16).
struct FindingsReport {
    static let sopClass = "1.2.840.10008.5.1.4.1.1.88.22"
    static let seriesNumber = 99

    /// A loop of the findings that a machine sent.
    struct Source {
        let object: StoredObject
        let index: ObjectIndex
        /// The loop's pictures have the object's own pixels.
        let hasItsPixels: Bool

        /// - Parameter frame: from 0.
        func reference(_ frame: Int? = nil) -> ReportItem.Reference {
            let isOne = (index.pictures?.frames ?? 1) == 1
            return .init(
                sopClass: object.sopClass, sopInstance: object.sopInstance, frame: isOne ? nil : frame.map { $0 + 1 })
        }
    }

    let findings: Findings
    let booking: Booking
    /// By the loops' identifiers; loops that no machine sent have none.
    let sources: [String: Source]
    /// Where something was drawn, by the measure's source.
    let drawn: [String: LoopAnnotation.Content]
    let predecessor: StoredObject?
    let clinicName: String

    private var content: FindingsContent { findings.content }

    // MARK: Names

    static func sopInstance(_ findings: Findings.ID) -> String? {
        AccessionNumber.uniqueIdentifier(findings.description)
    }

    /// The study of what was looked at: the machine's, where there is one, else that of the booking.
    private var study: String? { firstSource?.object.study ?? AccessionNumber.studyInstance(booking.id) }
    private var firstSource: Source? {
        content.measures.lazy.compactMap { sources[$0.loop] }.first
            ?? sources.values.min { $0.object.id.description < $1.object.id.description }
    }

    private func identifier(_ words: String...) -> String {
        AccessionNumber.uniqueIdentifier(hashing: words.joined(separator: "\n"))
    }

    // MARK: The object

    /// Nothing where an identifier can't be told, which does not happen with the clinic's own.
    func attributes() -> Attributes? {
        guard let instance = Self.sopInstance(findings.id), let study else { return nil }
        let zone = booking.timeZone
        let accession = AccessionNumber.text(booking.id)
        let start = Worklist.moment(booking.start, in: zone)
        let signed = Worklist.moment(findings.signedAt, in: zone)
        var data = Attributes()
        data.set(.specificCharacterSet, "CS", "ISO_IR 192")
        data.set(.sopClass, "UI", Self.sopClass)
        data.set(.sopInstance, "UI", instance)
        data.set(.timezoneOffset, "SH", Self.offset(zone, at: findings.signedAt))
        data.set(.codingSchemes, items: [Self.scheme(clinicName)])
        // Patient and study
        let said = firstSource?.index.attributes
        data.set(.patientName, "PN", Worklist.personName(booking.name))
        data.set(.patientID, "LO", booking.patient.description)
        data.set(.patientBirthDate, "DA", said?.text(.patientBirthDate))
        data.set(.patientSex, "CS", said?.text(.patientSex))
        data.set(.studyInstance, "UI", study)
        data.set(.studyDate, "DA", said?.text(.studyDate) ?? start.date)
        data.set(.studyTime, "TM", said?.text(.studyTime) ?? start.time)
        data.set(.studyID, "SH", said?.text(.studyID))
        data.set(.accessionNumber, "SH", accession)
        data.set(.referringPhysician, "PN", said?.text(.referringPhysician))
        // Series and equipment
        data.set(.modality, "CS", "SR")
        data.set(.seriesInstance, "UI", identifier("findings", findings.visit))
        data.set(.seriesNumber, "IS", number: Double(Self.seriesNumber))
        data.set(.seriesDescription, "LO", "Signed findings")
        data.set(.manufacturer, "LO", "Fascia")
        data.set(.manufacturerModel, "LO", "Fascia")
        data.set(.institutionName, "LO", Self.line(clinicName))
        data.set(.performedSteps, items: [])
        // Document
        data.set(.instanceNumber, "IS", number: Double(findings.version))
        data.set(.contentDate, "DA", signed.date)
        data.set(.contentTime, "TM", signed.time)
        data.set(.completionFlag, "CS", "COMPLETE")
        data.set(.verificationFlag, "CS", "VERIFIED")
        data.set(.verifyingObservers, items: [observer(zone)])
        data.set(.performedProcedureCode, items: [ReportWords.dynamicUltrasound.attributes])
        data.set(.referencedRequests, items: [request(accession)])
        if let predecessor { data.set(.predecessors, items: [Self.study([predecessor])]) }
        let evidence = Dictionary(grouping: sources.values.map(\.object), by: \.study).sorted { $0.key < $1.key }
        if !evidence.isEmpty { data.set(.evidence, items: evidence.map { Self.study($0.value) }) }
        for (tag, element) in document.attributes.elements { data[tag] = element }
        return data
    }

    private func observer(_ zone: TimeZone) -> Attributes {
        let signed = Worklist.moment(findings.signedAt, in: zone)
        var observer = Attributes()
        observer.set(.verifyingOrganization, "LO", Self.line(clinicName))
        observer.set(.verifyingObserver, "PN", Worklist.personName(findings.signedName))
        observer.set(.verifyingObserverCode, items: [])
        observer.set(
            .verificationMoment, "DT",
            signed.date + signed.time
                + Self.offset(zone, at: findings.signedAt))
        return observer
    }

    private func request(_ accession: String?) -> Attributes {
        var request = Attributes()
        request.set(.studyInstance, "UI", study)
        request.set(.referencedStudies, items: [])
        request.set(.accessionNumber, "SH", accession)
        request.set(.placerOrder, "LO", nil)
        request.set(.fillerOrder, "LO", nil)
        request.set(.requestedProcedureID, "SH", accession)
        request.set(.requestedDescription, "LO", Self.line(booking.service.name))
        request.set(.requestedProcedureCode, items: [])
        return request
    }

    /// Objects of one study, series by series (PS3.3 C.17.2.1).
    private static func study(_ objects: [StoredObject]) -> Attributes {
        var study = Attributes()
        study.set(.studyInstance, "UI", objects.first?.study)
        let series = Dictionary(grouping: objects, by: \.series).sorted { $0.key < $1.key }
        study.set(
            .referencedSeries,
            items: series.map { name, own in
                var item = Attributes()
                item.set(.seriesInstance, "UI", name)
                item.set(
                    .referencedInstances,
                    items: own.sorted { $0.id.description < $1.id.description }.map {
                        var object = Attributes()
                        object.set(.referencedClass, "UI", $0.sopClass)
                        object.set(.referencedInstance, "UI", $0.sopInstance)
                        return object
                    })
                return item
            })
        return study
    }

    private static func scheme(_ clinic: String) -> Attributes {
        var scheme = Attributes()
        scheme.set(.codingScheme, "SH", ReportWords.scheme)
        scheme.set(.codingSchemeName, "ST", "Fascia, docs/dicom-report.md")
        scheme.set(.codingSchemeOrganization, "ST", "Fascia")
        return scheme
    }

    private static func offset(_ zone: TimeZone, at instant: Date) -> String {
        let minutes = zone.secondsFromGMT(for: instant) / 60
        return (minutes < 0 ? "-" : "+") + String(format: "%02d%02d", abs(minutes) / 60, abs(minutes) % 60)
    }

    /// One line of text without what would part it.
    private static func line(_ text: String) -> String {
        String(text.map { $0 == "\\" || $0.isNewline ? " " : $0 }.prefix(64))
    }

    // MARK: The document

    private var document: ReportItem {
        var lines: [ReportItem] = [
            .code(.modifier, ReportWords.language, ReportWords.english),
            .code(.observationContext, ReportWords.observerType, ReportWords.person),
            .person(.observationContext, ReportWords.observerName, Worklist.personName(findings.signedName)),
            .text(.observationContext, ReportWords.observerOrganization, clinicName),
            .code(.modifier, ReportWords.procedureReported, ReportWords.dynamicUltrasound),
        ]
        let library = sources.values.sorted { $0.object.id.description < $1.object.id.description }
        if !library.isEmpty {
            let group = ReportItem.container(
                .contains, ReportWords.imageLibraryGroup,
                [.code(.acquisitionContext, ReportWords.modality, ReportWords.ultrasound)]
                    + library.map { .image(.contains, $0.reference()) })
            lines.append(.container(.contains, ReportWords.imageLibrary, [group]))
        }
        var groups = content.measures.map(group)
        if let percent = content.sectionPercent {
            groups.append(
                .container(
                    .contains, ReportWords.measurementGroup,
                    [
                        .text(.observationContext, ReportWords.trackingIdentifier, "Torn part of the cross-section"),
                        .identifier(
                            .observationContext, ReportWords.trackingUID, identifier("section", findings.visit)),
                        .code(.contains, ReportWords.finding, ReportWords.section),
                        .number(.contains, ReportWords.section, percent, ReportWords.percent),
                    ]))
        }
        if !groups.isEmpty { lines.append(.container(.contains, ReportWords.measurements, groups)) }
        lines.append(.container(.contains, ReportWords.findings, words))
        return .container(nil, ReportWords.title, template: "1500", lines)
    }

    /// One accepted measure (TID 1501).
    private func group(_ measure: FindingsContent.Measure) -> ReportItem {
        let meaning = ReportWords.meaning(measure.meaning)
        let place = [measure.side.map { ReportWords.side($0).meaning }, ReportWords.muscle(measure.muscle).meaning]
            .compactMap(\.self).joined(separator: " ")
        var lines: [ReportItem] = [
            .text(.observationContext, ReportWords.trackingIdentifier, "\(meaning.meaning), \(place)"),
            .identifier(.observationContext, ReportWords.trackingUID, identifier(measure.source)),
            .code(.contains, ReportWords.finding, meaning),
            .code(
                .modifier, ReportWords.site, ReportWords.muscle(measure.muscle),
                measure.side.map { [.code(.modifier, ReportWords.side, ReportWords.side($0))] } ?? []),
        ]
        let unit = ReportWords.unit(measure.value.unit)
        let isOpening = measure.meaning == "opening"
        lines.append(
            .number(
                .contains, isOpening ? ReportWords.opening : ReportWords.quantity(measure.value.unit),
                measure.value.value, unit, whereabouts(of: measure)))
        func add(_ name: ReportCode, _ value: MeasuredValue?) {
            guard let value else { return }
            lines.append(.number(.contains, name, value.value, ReportWords.unit(value.unit)))
        }
        add(ReportWords.rest, measure.rest)
        add(ReportWords.maximum, measure.maximum)
        add(ReportWords.error, measure.error95.map { MeasuredValue($0, measure.value.unit) })
        for comparison in content.comparisons
        where comparison.meaning == measure.meaning && comparison.side == measure.side
            && comparison.now == measure.value
        {
            guard let percent = comparison.percent else { continue }
            let isSide = comparison.with == "other side"
            let other = isSide ? ReportWords.otherSide : ReportWords.earlierVisit
            lines.append(
                .number(
                    .contains, ReportWords.difference, percent, ReportWords.percent,
                    [.code(.modifier, ReportWords.comparedWith, other)]
                        + (isSide ? [] : [.text(.modifier, ReportWords.comparedWith, comparison.with)])))
        }
        return .container(.contains, ReportWords.measurementGroup, lines)
    }

    /// Where it was measured: what was drawn, in its frame of the machine's object.
    private func whereabouts(of measure: FindingsContent.Measure) -> [ReportItem] {
        guard let source = sources[measure.loop] else { return [] }
        let reference = source.reference(measure.frame)
        guard let drawn = drawn[measure.source], drawn.kind != .note, source.hasItsPixels else {
            return [.image(.inferredFrom, reference)]
        }
        // Ours count from the centre of the first pixel, DICOM's from its corner.
        var places = drawn.points.map { (column: $0.x + 0.5, row: $0.y + 0.5) }
        if drawn.kind == .area, let first = places.first { places.append(first) }
        return [.polyline(.inferredFrom, places, in: reference)]
    }

    private var words: [ReportItem] {
        var lines: [ReportItem] = [.text(.contains, ReportWords.finding, content.words)]
        if !content.region.isEmpty { lines.insert(.text(.contains, ReportWords.site, content.region), at: 0) }
        for system in GradingSystem.allCases {
            if let name = content.grades[system.rawValue], let grade = ReportWords.grade(name, of: system) {
                lines.append(.code(.contains, ReportWords.grading, grade))
            }
        }
        return lines
    }
}
