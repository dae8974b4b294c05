// SPDX-License-Identifier: Apache-2.0

import Accounts
import Foundation
package import Hummingbird
import Logging
import NIOCore

/// What travels with a request: who asks, from where.
package struct WebContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// Filled by `WhoMiddleware`; routes take it from here and never look at headers.
    var who: Actor = .visitor
    /// The live session of a signed-in person.
    var session: Session?
    /// The address of the other end of the connection, for rate limits only; it is never logged with patient data.
    let peerAddress: String
    /// The address that was asked for, without its query; filled by `WhoMiddleware`.
    var path = ""

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        peerAddress = source.channel.remoteAddress?.ipAddress ?? "local"
    }

    package var maxUploadSize: Int { 1 << 20 }
}
