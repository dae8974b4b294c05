// SPDX-License-Identifier: Apache-2.0

package import DICOM
package import Foundation
package import Storage
package import Telehealth

/// Everything that an owner may set, read once at start (`docs/settings.md` names each).
package struct Settings: Sendable {
    package struct Stripe: Sendable {
        package var secretKey: String
        package var apiBase: URL
        /// Several during a rotation; an event signed with any of them is accepted.
        package var webhookSecrets: [String]

        package init(secretKey: String, apiBase: URL, webhookSecrets: [String]) {
            self.secretKey = secretKey
            self.apiBase = apiBase
            self.webhookSecrets = webhookSecrets
        }
    }

    package struct Mail: Sendable {
        package enum Security: String, Sendable { case none, starttls, implicit }
        package var host: String
        package var port: Int
        package var user: String?
        package var password: String?
        package var security: Security
        package var sender: String

        package init(
            host: String, port: Int, user: String?, password: String?, security: Security, sender: String
        ) {
            self.host = host
            self.port = port
            self.user = user
            self.password = password
            self.security = security
            self.sender = sender
        }
    }

    /// Where machines connect.
    package struct Machines: Sendable {
        /// A machine that may connect: its AE title and address, each nothing for any; the device of the diary that it is.
        package struct Peer: Sendable, Hashable {
            package var title: String?
            package var address: String?
            package var device: String?

            package init(title: String?, address: String?, device: String?) {
                self.title = title
                self.address = address
                self.device = device
            }
        }

        package var host: String
        package var port: Int
        /// The clinic's own AE title.
        package var title = "FASCIA"
        /// Without any, only this machine itself may connect.
        package var peers: [Peer] = []
        /// Machines that hear the result of storage commitment on an association of its own, and where.
        package var reportedTo: [HelperProgram.CalledPeer] = []
        /// Slugs of the services that a machine is told of; without any, those with "ultrasound" in their slug.
        package var services: [String] = []
        /// Files of a key, a certificate, and whose certificates machines must show.
        package var tlsKey: String?
        package var tlsCertificate: String?
        package var tlsAuthority: String?
        package var associations = 32
        /// Seconds of silence after which a connection is ended; one object may take fifteen times as long.
        package var idleSeconds = 60

        package init(host: String, port: Int) {
            self.host = host
            self.port = port
        }

        var security: DICOMListener.Security? {
            guard let tlsKey, let tlsCertificate else { return nil }
            return DICOMListener.Security(key: tlsKey, certificate: tlsCertificate, authority: tlsAuthority)
        }
    }

    package var host: String
    package var port: Int
    /// Nothing where no machine connects.
    package var machines: Machines?
    /// Holds everything that the embedded default writes.
    package var dataFolder: URL
    package var database: Store.Location
    /// The address that mails and Stripe lead back to, without a slash at its end.
    package var publicURL: String
    package var isDemo: Bool
    /// Whether the demonstration's walker visits the gait laboratory at the first start.
    package var hasDemoWalker = true
    /// Whether the demonstration carries the founding case as simulated loops, made after the first start.
    package var hasDemoLoops = true
    /// In the demonstration: a file that says what time it is there.
    package var demoClock: URL?
    package var contentFolder: URL?
    package var stripe: Stripe?
    package var mail: Mail?
    /// Peers whose `X-Forwarded-For` is believed: the reverse proxy in front.
    package var trustedProxies: Set<String>
    /// How long a time is kept while its buyer pays.
    package var holdSeconds: TimeInterval = 600
    /// How long one person of the waitlist has to answer before the next is asked.
    package var waitlistSeconds: TimeInterval = 7200
    /// What helps browsers to find a way to each other in visits by video.
    package var relay = RelaySettings()

    package init(
        host: String, port: Int, dataFolder: URL, database: Store.Location, publicURL: String, isDemo: Bool,
        contentFolder: URL?, stripe: Stripe?, mail: Mail?, trustedProxies: Set<String>
    ) {
        self.host = host
        self.port = port
        self.dataFolder = dataFolder
        self.database = database
        self.publicURL = publicURL
        self.isDemo = isDemo
        self.contentFolder = contentFolder
        self.stripe = stripe
        self.mail = mail
        self.trustedProxies = trustedProxies
    }
}
