// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Content
package import Diary
package import Foundation
package import GaitLab
package import Logging
package import Messages
package import Payments
package import Storage

/// The whole clinic, put together: every feature, on one database, one folder of files and one clock.
///
/// Its methods are the journeys, one for each thing that a person does; each is at most one transaction, with what happens
/// outside (Stripe, mail, analyses) before it or handed to a job in it.
package struct Clinic: Sendable {
    package let settings: Settings
    package let clock: WallClock
    package let store: Store
    package let files: any Files
    package let library: Library
    package let logger: Logger

    package let patients = Patients()
    package let staff = Staff()
    package let sessions = Sessions()
    package let signInLinks = SignInLinks()
    package let tokens = APITokens()
    package let audit = AuditTrail()
    let hasher = PasswordHasher()
}
