// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle
import Storage
import Telehealth

/// What a call's page asks for while it runs, the same for patients, guests and staff: signals up by POST, down by server-sent
/// events, servers for the line, figures, leaving.
struct CallChannel: Sendable {
    let site: Site
    /// A negotiation is a burst of candidates; nobody types this fast for long.
    private let limit = RateLimiter(burst: 240, perMinute: 600)
    private static let largestBody = 96 << 10

    init(site: Site) { self.site = site }

    private struct Sent: Decodable {
        let messages: [SignalDraft]
    }

    func post(_ request: Request, by caller: CallCaller) async throws -> Response {
        var request = request
        let body = try await request.collectBody(upTo: Self.largestBody)
        guard let sent = try? JSONDecoder().decode(Sent.self, from: Data(body.readableBytesView)) else {
            throw TelehealthError.malformed("it has not the form that the call's page sends")
        }
        let seat = try await site.clinic.callSeat(of: caller)
        let now = site.clinic.clock.now()
        for _ in sent.messages.prefix(Signals.mostAtOnce) {
            if let wait = limit.take(seat.party.description, at: now) { throw Fault.tooMany(retryAfterSeconds: wait) }
        }
        try await site.clinic.postSignals(sent.messages, by: caller)
        return Response(status: .noContent)
    }

    /// Server-sent events (HTML Standard §9.2): the room whenever it changed, and what was said, each once and in order. Whoever
    /// comes back says what was heard last.
    func events(_ request: Request, to caller: CallCaller) async throws -> Response {
        let seat = try await site.clinic.callSeat(of: caller)
        let heard =
            request.headers[.lastEventID].flatMap { Int64($0) }
            ?? request.uri.queryParameters["after"].flatMap { Int64($0) } ?? 0
        let clinic = site.clinic
        return Self.stream(request, board: clinic.roomBoard, room: seat.visit, seat: seat) { listener, write in
            await clinic.appearInRoom(seat)
            var feed = RoomFeed(clinic: clinic, seat: seat, heard: heard)
            try await feed.run(listener, write)
        } ended: { listener in
            if clinic.roomBoard.end(listener) { await clinic.disappearFromRoom(seat) }
        }
    }

    /// Word of any change in any room, for the list of who waits.
    func changes(_ request: Request) -> Response {
        let board = site.clinic.roomBoard
        return Self.stream(request, board: board, room: RoomBoard.everyRoom, seat: nil) { listener, write in
            let end = ContinuousClock.now + RoomFeed.longest
            var told = board.version(of: RoomBoard.everyRoom)
            try await write("event: here\ndata: \n\n")
            for await _ in listener.beats.cancelOnGracefulShutdown() where ContinuousClock.now < end {
                let version = board.version(of: RoomBoard.everyRoom)
                try await write(version == told ? "event: here\ndata: \n\n" : "event: change\ndata: \n\n")
                told = version
            }
        } ended: { listener in
            _ = board.end(listener)
        }
    }

    typealias Write = (String) async throws -> Void

    private static func stream(
        _ request: Request, board: RoomBoard, room: String, seat: JoinLinks.Seat?,
        _ run: @escaping @Sendable (RoomBoard.Listener, Write) async throws -> Void,
        ended: @escaping @Sendable (RoomBoard.Listener) async -> Void
    ) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "text/event-stream", .cacheControl: "no-store", .accelBuffering: "no",
            ],
            body: ResponseBody { writer in
                let listener = board.listen(to: room, from: seat)
                do {
                    try await request.body.consumeWithInboundCloseHandler { _ in
                        try await run(listener) { try await writer.write(ByteBuffer(string: $0)) }
                    } onInboundClosed: {
                        board.hangUp(listener)
                    }
                } catch {
                    // The line is gone; there is nobody to tell.
                }
                await ended(listener)
                try await writer.finish(nil)
            })
    }

    func ice(for caller: CallCaller) async throws -> Response {
        struct Answer: Encodable {
            let iceServers: [RelaySettings.Server]
            let iceTransportPolicy: String
            let hasRelay: Bool
        }
        let relay = site.clinic.settings.relay
        return .json(
            Answer(
                iceServers: try await site.clinic.iceServers(for: caller),
                iceTransportPolicy: relay.isRelayOnly ? "relay" : "all", hasRelay: relay.hasRelay))
    }

    func figures(_ request: Request, of caller: CallCaller) async throws -> Response {
        var request = request
        let body = try await request.collectBody(upTo: 4 << 10)
        guard let figures = try? JSONDecoder().decode(CallFigures.self, from: Data(body.readableBytesView)) else {
            throw TelehealthError.malformed("the figures have not the form that the call's page sends")
        }
        try await site.clinic.recordCall(figures, by: caller)
        return Response(status: .noContent)
    }
}

extension HTTPField.Name {
    static let lastEventID = HTTPField.Name("Last-Event-ID") ?? .server
    /// By it nginx passes each event on at once.
    static let accelBuffering = HTTPField.Name("X-Accel-Buffering") ?? .server
}
