// SPDX-License-Identifier: Apache-2.0

import CChild
import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Another program, run with an array of arguments (never a shell), watched, and ended when it takes too much.
///
/// It inherits nothing but its three streams, and leads a process group of its own, so that nothing of it survives.
struct ChildProcess {
    struct Limits {
        /// Wall time.
        var seconds: Double
        /// Address space; only on Linux.
        var memoryBytes: Int
        /// The longest file that it may write; only on Linux.
        var fileBytes: Int = 0
    }

    struct Ending {
        /// Exit code, or 128 and the signal.
        let code: Int32
        let ranOutOfTime: Bool
    }

    let executable: String
    let arguments: [String]
    let limits: Limits

    /// Where a program is in `PATH`.
    static func find(_ name: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin"
        return path.split(separator: ":").lazy.filter { $0.hasPrefix("/") }.map { "\($0)/\(name)" }
            .first { access($0, X_OK) == 0 }
    }

    /// Runs to the end. `output` and `errors` take what the program writes, on this thread, and may end it by throwing;
    /// `input` is asked for the next bytes that it reads, until it gives nothing.
    ///
    /// - Throws: what the closures throw; `LoopError` when the program can't be started.
    func run(
        input: () throws -> [UInt8]? = { nil }, output: (UnsafeRawBufferPointer) throws -> Void,
        errors: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Ending {
        var pipes = try Pipes()
        defer { pipes.closeAll() }
        let child = try spawn(&pipes)
        var reaped = false
        defer {
            if !reaped {
                kill(-child, SIGKILL)
                var status: Int32 = 0
                while waitpid(child, &status, 0) < 0, errno == EINTR {}
            }
        }
        applyLimits(to: child)
        let ranOutOfTime = try pump(&pipes, input: input, output: output, errors: errors)
        if ranOutOfTime { kill(-child, SIGKILL) }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        reaped = true
        let signal = status & 0x7f
        return Ending(code: signal == 0 ? (status >> 8) & 0xff : 128 + signal, ranOutOfTime: ranOutOfTime)
    }

    // MARK: - Streams

    private struct Pipes {
        /// Ours and the child's end of each stream; -1 once closed.
        var ours: [Int32] = [-1, -1, -1]
        var theirs: [Int32] = [-1, -1, -1]

        init() throws(LoopError) {
            for stream in 0...2 {
                var ends: [Int32] = [-1, -1]
                // Standard input is a pair of sockets: writing to a child that is gone must not raise SIGPIPE here.
                guard (stream == 0 ? socketpair(AF_UNIX, Self.streamSocket, 0, &ends) : pipe(&ends)) == 0 else {
                    closeAll()
                    throw LoopError(.unreadable, "The machine has no free file handle. Try again later.")
                }
                for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
                ours[stream] = stream == 0 ? ends[1] : ends[0]
                theirs[stream] = stream == 0 ? ends[0] : ends[1]
                _ = fcntl(ours[stream], F_SETFL, O_NONBLOCK)
                #if os(Linux)
                // Frames are large; the usual 64 kB make many switches between the two programs.
                _ = fcntl(ours[stream], Int32(child_set_pipe_size), 1 << 20)
                #else
                _ = fcntl(ours[stream], F_SETNOSIGPIPE, 1)
                #endif
            }
        }

        #if canImport(Glibc)
        private static let streamSocket = Int32(SOCK_STREAM.rawValue)
        #else
        private static let streamSocket = SOCK_STREAM
        #endif

        mutating func close(ours stream: Int) {
            guard ours[stream] >= 0 else { return }
            _ = Self.closeDescriptor(ours[stream])
            ours[stream] = -1
        }

        mutating func closeTheirs() {
            for stream in 0...2 where theirs[stream] >= 0 {
                _ = Self.closeDescriptor(theirs[stream])
                theirs[stream] = -1
            }
        }

        mutating func closeAll() {
            for stream in 0...2 { close(ours: stream) }
            closeTheirs()
        }

        private static func closeDescriptor(_ descriptor: Int32) -> Int32 {
            #if canImport(Glibc)
            Glibc.close(descriptor)
            #else
            Darwin.close(descriptor)
            #endif
        }
    }

    private func spawn(_ pipes: inout Pipes) throws(LoopError) -> pid_t {
        #if canImport(Glibc)
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        #else
        var actions: posix_spawn_file_actions_t?
        var attributes: posix_spawnattr_t?
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        for stream in 0...2 { posix_spawn_file_actions_adddup2(&actions, pipes.theirs[stream], Int32(stream)) }
        var flags = POSIX_SPAWN_SETPGROUP
        #if canImport(Glibc)
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        #else
        flags |= POSIX_SPAWN_CLOEXEC_DEFAULT
        #endif
        posix_spawnattr_setflags(&attributes, Int16(flags))
        posix_spawnattr_setpgroup(&attributes, 0)
        var texts: [UnsafeMutablePointer<CChar>?] = ([executable] + arguments).map { strdup($0) } + [nil]
        // No more of our environment than a decoder needs: no settings, no secrets.
        var environment: [UnsafeMutablePointer<CChar>?] =
            ["PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C"].map { (text: String) in strdup(text) } + [nil]
        defer { for text in texts + environment { free(text) } }
        var child: pid_t = 0
        let code = posix_spawn(&child, executable, &actions, &attributes, &texts, &environment)
        pipes.closeTheirs()
        guard code == 0 else {
            throw LoopError(.toolMissing, "\(executable) can't be started: \(String(cString: strerror(code))).")
        }
        return child
    }

    private func applyLimits(to child: pid_t) {
        #if os(Linux)
        _ = child_limit(child, Int32(child_limit_memory), UInt64(limits.memoryBytes))
        _ = child_limit(child, Int32(child_limit_file_size), UInt64(limits.fileBytes))
        _ = child_limit(child, Int32(child_limit_core), 0)
        #endif
    }

    private static func send(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
        Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        #else
        Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }

    /// Moves bytes until the program has closed both of its streams; true when time ran out before.
    private func pump(
        _ pipes: inout Pipes, input: () throws -> [UInt8]?, output: (UnsafeRawBufferPointer) throws -> Void,
        errors: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Bool {
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(limits.seconds)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        var pending: ArraySlice<UInt8> = []
        while pipes.ours[1] >= 0 || pipes.ours[2] >= 0 {
            let left = deadline - clock.now
            guard left > .zero else { return true }
            if pipes.ours[0] >= 0, pending.isEmpty {
                if let next = try input() { pending = next[...] } else { pipes.close(ours: 0) }
            }
            var polled = (0...2).map {
                pollfd(fd: pipes.ours[$0], events: Int16($0 == 0 ? POLLOUT : POLLIN), revents: 0)
            }
            let milliseconds = Int32(min(1000, max(1, left / .milliseconds(1))))
            guard poll(&polled, 3, milliseconds) > 0 else { continue }
            if polled[0].revents != 0, pipes.ours[0] >= 0 {
                let written = pending.withUnsafeBytes { Self.send(pipes.ours[0], $0) }
                if written > 0 {
                    pending = pending.dropFirst(written)
                } else if written < 0, errno != EAGAIN, errno != EINTR {
                    pipes.close(ours: 0)
                }
            }
            for stream in 1...2 where polled[stream].revents != 0 && pipes.ours[stream] >= 0 {
                let count = read(pipes.ours[stream], buffer.baseAddress, buffer.count)
                if count > 0 {
                    let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                    try stream == 1 ? output(bytes) : errors(bytes)
                } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
                    pipes.close(ours: stream)
                }
            }
        }
        return false
    }
}
