// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Scheduling
package import Storage

/// Who or what a booking claims: a clinician, a room or a device. Each can be in one place at a time.
package struct DiaryResource: Sendable, Hashable {
    package typealias ID = Identifier<DiaryResource>

    package enum Kind: String, Sendable, Hashable, Codable, CaseIterable, Bindable {
        case clinician, room, device
    }

    package let id: ID
    package let kind: Kind
    package let name: String
    /// "Physical therapist"; empty for rooms and most devices.
    package let title: String
    /// The clinician's own account, if there is one.
    package let staff: StaffMember.ID?
    /// When it may be claimed, in the clinic's wall time. The whole claim must lie inside, cleaning and calibration too.
    package let hours: WeeklyHours
    /// Its number in the tables of cells.
    let number: Int
}
