// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Imaging

extension ImagingError: Explained {
    var fault: Fault {
        switch self {
        case .notPermitted: .notAllowed
        case .unknownUpload, .unknownLoop, .unknownMeasure, .noSuchFrame, .unknownAnnotation, .unknownPlace,
            .unknownFindings, .unknownClip:
            .notFound("loop")
        case .findingsChanged, .superseded, .textNotChecked, .nothingToSign, .wrongOffset, .incomplete, .wrongChecksum,
            .uploadRefused, .notReady, .notMeasured:
            .conflict("loop", "That does not fit what is here", description)
        case .tooLarge, .tooManyBytes:
            Fault(status: .contentTooLarge, kind: "too-large", title: "The file is too large", detail: description)
        case .unnamed, .wrongExtension, .emptyFile, .malformedChecksum, .marksMissing, .marksTooNear, .implausibleScale,
            .emptyNote, .unnamedPlace, .tooManyPlaces, .noSuchPain, .wrongArea, .consentMissing, .caseAddress:
            .invalid([.init(name: "loop", detail: description)])
        }
    }
}
