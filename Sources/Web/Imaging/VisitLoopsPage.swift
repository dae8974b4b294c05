// SPDX-License-Identifier: Apache-2.0

/// The ultrasound loops of one visit.
struct VisitLoopsPage: PageValue {
    static let template = "desk-visit-loops"

    struct Loop: Sendable {
        var fileName: String
        /// Nil until it is read.
        var url: String?
        /// "1.4 MB, received 3 March 2026, 10:52 am"
        var detail: String
        var badge: Badge
        var stateLabel: String
        /// What is wrong with the file and what to do.
        var problem: String?
        /// "Opening 12.3 mm, accepted"
        var accepted: String?
        /// "Left rectus femoris, contraction"
        var label: String?
    }

    /// A place where it hurts.
    struct Target: Sendable {
        var place: String
        /// "left, named by the patient"
        var detail: String
        var lookAction: String?
        var isDone: Bool
    }

    /// With `upload.js`, and refreshing while a loop is being read.
    var frame: Frame
    var patientName: String
    /// "Dynamic ultrasound, Tuesday, 3 March 2026, 9:45 to 10:45 am"
    var visit: String
    /// Where `upload.js` starts an upload; nil for who may not.
    var uploadURL: String?
    var loops: [Loop]
    var targets: [Target]
    var targetAction: String?
    var findingsURL: String
    var findingsState: String
    var findingsBadge: Badge
}
