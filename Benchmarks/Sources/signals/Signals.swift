// SPDX-License-Identifier: Apache-2.0

import Hummingbird
import Logging
import Synchronization

/// The least that passes signals on by the transport that Fascia's calls use: server-sent events down, POST up, nothing kept,
/// nobody asked who they are. The yardstick of `Benchmarks/call.py`.
@main
struct Signals {
    final class Rooms: Sendable {
        private struct State {
            var next = 0
            var listeners: [String: [Int: AsyncStream<ByteBuffer>.Continuation]] = [:]
        }
        private let state = Mutex(State())

        func listen(to room: String) -> (Int, AsyncStream<ByteBuffer>) {
            let (stream, continuation) = AsyncStream<ByteBuffer>.makeStream()
            let number = state.withLock { state in
                state.next += 1
                state.listeners[room, default: [:]][state.next] = continuation
                return state.next
            }
            return (number, stream)
        }

        func end(_ number: Int, in room: String) {
            state.withLock { $0.listeners[room]?.removeValue(forKey: number)?.finish() }
        }

        func say(_ text: ByteBuffer, in room: String) {
            state.withLock { state in
                for continuation in (state.listeners[room] ?? [:]).values { continuation.yield(text) }
            }
        }
    }

    static func main() async throws {
        let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 8099
        let rooms = Rooms()
        let router = Router()
        router.get("/") { _, _ in "signals" }
        router.get("/:room/events") { _, context in
            let room = context.parameters.get("room") ?? ""
            return Response(
                status: .ok, headers: [.contentType: "text/event-stream"],
                body: ResponseBody { writer in
                    let (number, stream) = rooms.listen(to: room)
                    defer { rooms.end(number, in: room) }
                    try await writer.write(ByteBuffer(string: "event: here\ndata: \n\n"))
                    for await text in stream { try await writer.write(text) }
                    try await writer.finish(nil)
                })
        }
        router.post("/:room/signals") { request, context in
            var text = ByteBuffer(string: "event: signal\ndata: ")
            var body = try await request.body.collect(upTo: 96 << 10)
            text.writeBuffer(&body)
            text.writeString("\n\n")
            rooms.say(text, in: context.parameters.get("room") ?? "")
            return Response(status: .noContent)
        }
        var logger = Logger(label: "signals")
        logger.logLevel = .error
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: port), backlog: 2048),
            logger: logger)
        try await application.runService()
    }
}
