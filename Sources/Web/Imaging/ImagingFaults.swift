// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Imaging

extension ImagingError: Explained {
    var fault: Fault {
        switch self {
        case .notPermitted: .notAllowed
        case .unknownLoop, .unknownMeasure, .noSuchFrame, .unknownAnnotation, .unknownPlace,
            .unknownFindings, .unknownClip:
            .notFound("loop")
        case .findingsChanged, .superseded, .textNotChecked, .nothingToSign, .notReady, .notMeasured:
            .conflict("loop", "That does not fit what is here", description)
        case .marksMissing, .marksTooNear, .implausibleScale,
            .emptyNote, .unnamedPlace, .tooManyPlaces, .noSuchPain, .wrongArea, .consentMissing, .caseAddress:
            .invalid([.init(name: "loop", detail: description)])
        }
    }
}
