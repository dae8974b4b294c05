// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import NIOPosix
import NIOSSL

/// The way out of the building for mail.
package struct MailTransport: Sendable {
    /// How the connection to the mail server is kept private.
    package enum Security: Sendable { case none, startTLS, implicitTLS }

    package struct Server: Sendable {
        let host: String
        let port: Int
        let user: String?
        let password: String?
        let security: Security

        package init(host: String, port: Int, user: String?, password: String?, security: Security) {
            self.host = host
            self.port = port
            self.user = user
            self.password = password
            self.security = security
        }
    }

    package var send: @Sendable (MailMessage) async throws -> Void

    package init(send: @escaping @Sendable (MailMessage) async throws -> Void) { self.send = send }

    /// The demo's: mail stays in the outbox, where the practice mailbox shows it.
    package static let practice = MailTransport { _ in }

    package static func smtp(_ server: Server) -> MailTransport {
        MailTransport { message in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await SMTPDelivery(server: server, message: message).run() }
                group.addTask {
                    try await Task.sleep(for: .seconds(60))
                    throw SMTPError.connection("the server took longer than a minute")
                }
                defer { group.cancelAll() }
                try await group.next()
            }
        }
    }
}

/// One connection, one mail.
private struct SMTPDelivery {
    let server: MailTransport.Server
    let message: MailMessage

    func run() async throws {
        let tls = try NIOSSLContext(configuration: .makeClientConfiguration())
        let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>
        do {
            channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(.seconds(15))
                .connect(host: server.host, port: server.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        if server.security == .implicitTLS {
                            try channel.pipeline.syncOperations.addHandler(
                                NIOSSLClientHandler(context: tls, serverHostname: hostNameForTLS))
                        }
                        return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
                    }
                }
        } catch {
            throw SMTPError.connection("\(server.host):\(server.port) does not answer")
        }
        try await channel.executeThenClose { inbound, outbound in
            try await converse(channel.channel, inbound, outbound, tls)
        }
    }

    private func converse(
        _ channel: any Channel, _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>,
        _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>, _ tls: NIOSSLContext
    ) async throws {
        let isLoopback = ["127.0.0.1", "::1", "localhost"].contains(server.host)
        var conversation = SMTPConversation(
            message: message,
            credentials: server.user.map { .init(user: $0, password: server.password ?? "") },
            wantsStartTLS: server.security == .startTLS, isPrivate: server.security == .implicitTLS || isLoopback,
            hostName: "fascia.local")
        var reader = SMTPReplyReader()
        var iterator = inbound.makeAsyncIterator()
        func send(_ line: String) async throws { try await outbound.write(ByteBuffer(string: line + "\r\n")) }
        while true {
            while let reply = try reader.next() {
                switch try conversation.handle(reply) {
                case .send(let line), .sendSecret(let line): try await send(line)
                case .sendMessage(let text): try await outbound.write(ByteBuffer(string: text))
                case .startTLS:
                    try await channel.eventLoop.submit {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: tls, serverHostname: hostNameForTLS), position: .first)
                    }.get()
                    try await send(conversation.helloAfterTLS)
                case .accepted:
                    try? await send("QUIT")
                    return
                }
            }
            guard let bytes = try await iterator.next() else { throw SMTPError.connection("the server hung up") }
            reader.append(bytes.readableBytesView)
        }
    }

    /// A name is checked against the certificate; an address can't be sent as one.
    private var hostNameForTLS: String? {
        server.host.allSatisfy { $0.isNumber || $0 == "." || $0 == ":" } ? nil : server.host
    }
}
