// SPDX-License-Identifier: Apache-2.0

/// One loop: the viewer, its scale, the marks, the separation.
struct LoopPage: PageValue {
    static let template = "desk-loop"

    /// What `loop.js` plays.
    struct Viewer: Sendable {
        var dataURL: String
        var firstFrameURL: String
        var width: Int
        var height: Int
        var lastFrame: Int
        /// "90 frames of 512 × 512 pixels over 3.0 seconds"
        var text: String
    }

    struct Measure: Sendable {
        var id: String
        /// "12.3 mm"
        var opening: String
        var rest: String
        var maximum: String
        /// "1.40 s, frame 42"
        var moment: String
        /// "± 0.1 mm in 95 of 100 cases"
        var certainty: String
        /// "Both marks were followed in all frames." and what else is to be known.
        var note: String
        /// "3 March 2026, 10:52 am, method separation/1"
        var made: String
        var curve: LoopCurve
        var acceptAction: String?
        /// "Accepted 3 March 2026, 10:55 am"
        var accepted: String?
    }

    struct Earlier: Sendable {
        var made: String
        var opening: String
        var state: String
        var badge: Badge
    }

    /// The clinician's word about what the loop shows.
    struct LabelForm: Sendable {
        var action: String
        var sides: [Choice]
        var muscles: [Choice]
        var states: [Choice]
    }

    struct Annotation: Sendable {
        /// "Thickness"
        var name: String
        /// "21.3 mm", or a note's words.
        var value: String
        var frameNumber: Int
        var acceptAction: String?
        var removeAction: String?
        var badge: Badge
        var state: String
    }

    struct AnnotationForm: Sendable {
        var action: String
        var kinds: [Choice]
        var meanings: [Choice]
    }

    /// Where it hurts along the loop.
    struct PainPart: Sendable {
        struct Mark: Sendable {
            var frameNumber: Int
            var time: String
            var value: String
            var source: String
        }
        var action: String?
        var changesURL: String
        var values: [Choice]
        var marks: [Mark]
        /// "It hurts most in frame 31 (7 of 10), 0.20 s before the widest opening."
        var worst: String?
        let hasMarks: Bool

        init(action: String?, changesURL: String, values: [Choice], marks: [Mark], worst: String?) {
            self.action = action
            self.changesURL = changesURL
            self.values = values
            self.marks = marks
            self.worst = worst
            hasMarks = !marks.isEmpty
        }
    }

    /// Everything of the exam room beside the separation.
    struct Exam: Sendable {
        /// "Left rectus femoris, contraction"
        var label: String?
        var labelForm: LabelForm?
        var annotations: [Annotation]
        let hasAnnotations: Bool
        var annotationForm: AnnotationForm?
        var pain: PainPart
        var motionURL: String
        var mModeURL: String
        /// Other loops of the patient, to lay beside this one.
        var compareURL: String
        var others: [Choice]
        let hasOthers: Bool
        var shareURL: String?

        init(
            label: String?, labelForm: LabelForm?, annotations: [Annotation], annotationForm: AnnotationForm?,
            pain: PainPart, motionURL: String, mModeURL: String, compareURL: String, others: [Choice], shareURL: String?
        ) {
            self.label = label
            self.labelForm = labelForm
            self.annotations = annotations
            hasAnnotations = !annotations.isEmpty
            self.annotationForm = annotationForm
            self.pain = pain
            self.motionURL = motionURL
            self.mModeURL = mModeURL
            self.compareURL = compareURL
            self.others = others
            hasOthers = !others.isEmpty
            self.shareURL = shareURL
        }
    }

    var frame: Frame
    var visitURL: String
    var patientName: String
    var fileName: String
    var badge: Badge
    var stateLabel: String
    var problem: String?
    var warnings: [String]
    let hasWarnings: Bool
    var viewer: Viewer?
    /// "1 pixel = 0.100 mm, set 3 March 2026" or what is missing.
    var scale: String
    var isCalibrated: Bool
    /// Nil for who may not measure.
    var scaleAction: String?
    var errorSummary: ErrorSummary?
    var measureAction: String?
    var marks: Marks
    /// A measure is being made.
    var isMeasuring: Bool
    /// Why the last measure failed.
    var failure: String?
    var measure: Measure?
    var earlier: [Earlier]
    let hasEarlier: Bool
    var exam: Exam?

    /// What the form of the marks is filled with.
    struct Marks: Sendable {
        var frame = "0"
        var firstX = ""
        var firstY = ""
        var secondX = ""
        var secondY = ""
    }

    init(
        frame: Frame, visitURL: String, patientName: String, fileName: String, badge: Badge, stateLabel: String,
        problem: String? = nil, warnings: [String] = [], viewer: Viewer?, scale: String = "",
        isCalibrated: Bool = false,
        scaleAction: String? = nil, errorSummary: ErrorSummary? = nil, measureAction: String? = nil,
        marks: Marks = Marks(), isMeasuring: Bool = false, failure: String? = nil, measure: Measure? = nil,
        earlier: [Earlier] = [], exam: Exam? = nil
    ) {
        self.frame = frame
        self.visitURL = visitURL
        self.patientName = patientName
        self.fileName = fileName
        self.badge = badge
        self.stateLabel = stateLabel
        self.problem = problem
        self.warnings = warnings
        hasWarnings = !warnings.isEmpty
        self.viewer = viewer
        self.scale = scale
        self.isCalibrated = isCalibrated
        self.scaleAction = scaleAction
        self.errorSummary = errorSummary
        self.measureAction = measureAction
        self.marks = marks
        self.isMeasuring = isMeasuring
        self.failure = failure
        self.measure = measure
        self.earlier = earlier
        hasEarlier = !earlier.isEmpty
        self.exam = exam
    }
}
