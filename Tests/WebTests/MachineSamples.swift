// SPDX-License-Identifier: Apache-2.0

@testable import Web

extension Samples {
    static let machines: [(String, any PageValue)] = [
        (
            "desk-machines",
            ReconciliationPage(
                frame: deskFrame("From the machines"),
                errorSummary: ErrorSummary([
                    .init(field: "visits", message: "Choose the visit that the pictures belong to.")
                ]),
                studies: [
                    .init(
                        field: "visit-0", study: "1.2.3", patientName: "Example Ana",
                        detail: "2 objects from ULTRASOUND1@192.0.2.7, received 3 March, 9:50 am",
                        said: "Patient’s number missing, accession number missing",
                        problem: "It has no accession number.",
                        candidates: [.init(value: "4f", label: "Ana Example, Dynamic Ultrasound, 9:45 to 10:15 am")]),
                    .init(
                        field: "visit-1", study: "1.2.4", patientName: "No name", detail: "1 object", said: "",
                        problem: "No booking has its accession number.", candidates: []),
                ],
                unreadable: [
                    .init(
                        url: "/desk/visits/4f/loops", name: "Loop 3", detail: "3 March, 9:52 am",
                        problem: "The DICOM object can't be used: a JPEG picture is damaged.")
                ],
                notes: [.init(at: "3 March, 9:40 am", source: "ULTRASOUND1@192.0.2.7", what: "A connection broke off.")]
            )
        ),
        (
            "desk-machines, nothing",
            ReconciliationPage(frame: deskFrame("From the machines"), studies: [], unreadable: [], notes: [])
        ),
    ]
}
