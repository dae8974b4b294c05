// SPDX-License-Identifier: Apache-2.0

import Foundation
@testable import Imaging
import Testing
import Ultrasound
