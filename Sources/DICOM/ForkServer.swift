// SPDX-License-Identifier: Apache-2.0

import CChild
import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A helper that has loaded all that helpers need, and splits off a new one for each order, which takes it a fortieth of the
/// time of a start. It touches nothing that comes from outside; its helpers are children of this process, as any other.
final class ForkServer: Sendable {
    private struct Server {
        let process: pid_t
        let control: Int32
    }

    private enum State {
        case none
        case running(Server)
        /// The program or the system does not know how.
        case unavailable(until: ContinuousClock.Instant)
    }

    private static let all = Mutex<[String: ForkServer]>([:])

    /// The one of a program, for as long as this process lives.
    static func of(_ program: HelperProgram) -> ForkServer {
        all.withLock { all in
            let server = all[program.path] ?? ForkServer(program)
            all[program.path] = server
            return server
        }
    }

    private let program: HelperProgram
    private let state = Mutex<State>(.none)

    private init(_ program: HelperProgram) { self.program = program }

    /// Starts the server where it does not run.
    func prepare() { state.withLock { _ = running(&$0) } }

    /// A helper with this descriptor under that number; nothing where it must be started in the long way.
    func start(_ arguments: [String], handle: Int32, as number: Int32) -> pid_t? {
        state.withLock { state in
            // One that has ended meanwhile is replaced once.
            for _ in 0..<2 {
                guard let server = running(&state) else { return nil }
                if helper_give(server.control, handle) == 0,
                    HelperFrame("O", texts: ["\(number)"] + arguments).send(server.control),
                    let born = HelperFrame.receive(server.control), born.kind == UInt8(ascii: "B"),
                    let child = pid_t(String(decoding: born.payload, as: UTF8.self)), child > 0
                {
                    return child
                }
                end(server)
                state = .none
            }
            state = Self.unavailableNow
            return nil
        }
    }

    /// After a crash the next helpers come from a new server: where one lies in memory, those before it did not show.
    func replace() {
        state.withLock { state in
            if case .running(let server) = state { end(server) }
            state = .none
        }
    }

    private static var unavailableNow: State { .unavailable(until: ContinuousClock.now + .seconds(60)) }

    private func running(_ state: inout State) -> Server? {
        switch state {
        case .running(let server): return server
        case .unavailable(let until) where ContinuousClock.now < until: return nil
        case .none, .unavailable:
            guard let server = started() else {
                state = Self.unavailableNow
                return nil
            }
            state = .running(server)
            return server
        }
    }

    private func started() -> Server? {
        var ends: [Int32] = [-1, -1]
        guard unsafe helper_pair(&ends) == 0 else { return nil }
        defer { close(ends[1]) }
        helper_hurry(ends[0], 5)
        guard let process = try? program.startAlone(["fork-server"], handle: ends[1], as: 4) else {
            close(ends[0])
            return nil
        }
        let server = Server(process: process, control: ends[0])
        guard HelperFrame.receive(ends[0])?.kind == UInt8(ascii: "N") else {
            end(server)
            return nil
        }
        return server
    }

    private func end(_ server: Server) {
        close(server.control)
        kill(server.process, SIGKILL)
        _ = helper_wait(server.process)
    }
}
