// SPDX-License-Identifier: Apache-2.0

import CChild
import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Takes connections of machines and gives each association to a helper process of its own.
///
/// It reads nothing of what a machine sends: a connection whose first byte has not come is only a descriptor, and from the
/// first byte on it is the helper's.
package final class DICOMListener: Sendable {
    package struct Limits: Sendable {
        /// Helpers at one time; further machines wait.
        package var associations = 32
        /// Connections that have not said anything yet, or wait for a helper.
        package var waiting = 512
        /// Seconds until the first byte.
        package var firstByteSeconds = 10.0
        /// Seconds of silence after which an association ends.
        package var idleSeconds = 60
        package init() {}
    }

    package struct Security: Sendable {
        package let key: String
        package let certificate: String
        /// Whose certificates machines must show; nothing where they show none.
        package let authority: String?

        package init(key: String, certificate: String, authority: String?) {
            self.key = key
            self.certificate = certificate
            self.authority = authority
        }

        /// As a helper is told of it.
        var arguments: [String] {
            ["--tls-key", key, "--tls-certificate", certificate]
                + (authority.map { ["--tls-authority", $0] } ?? [])
        }
    }

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    package let port: Int
    private let descriptor: Int32
    private let helper: HelperProgram
    private let spool: String
    private let place: String
    private let limits: Limits
    private let security: Security?
    private let mayConnect: @Sendable (_ address: String) -> Bool
    private let answers: AssociationTalk.Answers
    private let isStopped = Atomic(false)
    private let running = Mutex<Set<pid_t>>([])

    /// - Parameters:
    ///   - spool: a folder in which helpers put what they receive.
    ///   - place: the folder in which a whole object lies, on the same disk.
    package init(
        host: String, port: Int, helper: HelperProgram, spool: String, place: String, limits: Limits = Limits(),
        security: Security? = nil, mayConnect: @escaping @Sendable (String) -> Bool, answers: AssociationTalk.Answers
    ) throws(Failure) {
        descriptor = unsafe helper_listen(host, UInt16(clamping: port))
        guard descriptor >= 0 else {
            let why = unsafe String(cString: strerror(errno))
            throw Failure(
                description: "DICOM can't listen on \(host) port \(port): \(why). Choose another --dicom-port.")
        }
        self.port = port
        self.helper = helper
        self.spool = spool
        self.place = place
        self.limits = limits
        self.security = security
        self.mayConnect = mayConnect
        self.answers = answers
    }

    /// Serves on a thread of its own until `stop`.
    package func start() {
        Thread.detachNewThread { [self] in run() }
    }

    /// Takes no more connections; associations under way are ended.
    package func stop() {
        isStopped.store(true, ordering: .releasing)
        for child in running.withLock({ $0 }) { kill(child, SIGKILL) }
    }

    private struct Waiting {
        let connection: Int32
        let address: String
        let until: ContinuousClock.Instant
    }

    private func run() {
        var waiting: [Waiting] = []
        // Before the first machine comes.
        ForkServer.of(helper).prepare()
        while !isStopped.load(ordering: .acquiring) {
            let isFree = running.withLock { $0.count } < limits.associations
            var polled = [
                pollfd(fd: waiting.count < limits.waiting ? descriptor : -1, events: Int16(POLLIN), revents: 0)
            ]
            // While no helper is free, nobody is asked whether he has something to say.
            if isFree { polled += waiting.map { pollfd(fd: $0.connection, events: Int16(POLLIN), revents: 0) } }
            _ = unsafe poll(&polled, nfds_t(polled.count), isFree ? 200 : 20)
            let now = ContinuousClock.now
            var kept: [Waiting] = []
            for (index, one) in waiting.enumerated() {
                let hasSpoken = isFree && polled[index + 1].revents != 0
                if hasSpoken, helper_has_ended(one.connection) != 0 {
                    // A crowd that goes away again costs no helper.
                    close(one.connection)
                } else if hasSpoken, running.withLock({ $0.count }) < limits.associations {
                    serve(one)
                } else if now > one.until, isFree {
                    close(one.connection)
                } else {
                    kept.append(one)
                }
            }
            waiting = kept
            if polled[0].revents != 0 { accept(into: &waiting) }
        }
        for one in waiting { close(one.connection) }
        close(descriptor)
    }

    private func accept(into waiting: inout [Waiting]) {
        while waiting.count < limits.waiting {
            var address = [CChar](repeating: 0, count: 64)
            let connection = unsafe helper_accept(descriptor, &address, Int32(address.count))
            guard connection >= 0 else { return }
            let text = String(decoding: address.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard mayConnect(text) else {
                close(connection)
                continue
            }
            waiting.append(
                Waiting(
                    connection: connection, address: text,
                    until: ContinuousClock.now + .seconds(limits.firstByteSeconds)))
        }
    }

    /// A helper with a pair's other end at 4, on which it gets its connection and asks the clinic.
    private func startHelper() -> (child: pid_t, control: Int32)? {
        var ends: [Int32] = [-1, -1]
        guard unsafe helper_pair(&ends) == 0 else { return nil }
        defer { close(ends[1]) }
        var arguments = ["association", "--folder", spool, "--place", place, "--idle", "\(limits.idleSeconds)"]
        arguments += security?.arguments ?? []
        guard let child = try? helper.start(arguments, handle: ends[1], as: 4) else {
            close(ends[0])
            return nil
        }
        return (child, ends[0])
    }

    /// Hands a connection over and listens to its helper on a thread of its own.
    private func serve(_ one: Waiting) {
        defer { close(one.connection) }
        guard let (child, control) = startHelper() else { return }
        guard helper_give(control, one.connection) == 0 else {
            close(control)
            kill(child, SIGKILL)
            _ = helper_wait(child)
            return
        }
        running.withLock { _ = $0.insert(child) }
        Thread.detachNewThread { [self] in
            let peer = converse(control, address: one.address)
            close(control)
            let code = helper.wait(for: child)
            running.withLock { _ = $0.remove(child) }
            if code != 0 { sweep(after: child) }
            Task { await answers.ended(peer, one.address, code) }
        }
    }

    /// Takes away what a helper that was ended could not: the object that it was receiving, of which nothing was
    /// acknowledged. Whole ones were moved or thrown away before their helper ended.
    private func sweep(after child: pid_t) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: spool)) ?? []
        where name.hasPrefix("dicom-\(child)-") {
            try? FileManager.default.removeItem(atPath: "\(spool)/\(name)")
        }
    }

    /// What passes between the thread of an association and the tasks that answer it.
    private final class Exchange: Sendable {
        let peer = Mutex<AssociationTalk.Peer?>(nil)
        let frames = Mutex<[HelperFrame]?>(nil)
        let done = DispatchSemaphore(value: 0)
    }

    /// Answers frame by frame. The thread waits while the clinic's own tasks think.
    private func converse(_ control: Int32, address: String) -> AssociationTalk.Peer? {
        let exchange = Exchange()
        while let frame = HelperFrame.receive(control) {
            let sync = DiskSync()
            Task { [answers] in
                var peer = exchange.peer.withLock { $0 }
                let frames = await answers.answer(frame, sync: sync, peer: &peer, address: address)
                exchange.peer.withLock { [peer] in $0 = peer }
                exchange.frames.withLock { $0 = frames }
                exchange.done.signal()
            }
            if frame.kind == UInt8(ascii: "S") {
                let word = HelperFrame.receive(control)
                sync.tell(word?.kind == UInt8(ascii: "Y") && word?.payload == [UInt8(ascii: "1")])
            }
            exchange.done.wait()
            guard let frames = exchange.frames.withLock({ $0 }) else { break }
            guard frames.allSatisfy({ $0.send(control) }) else { break }
        }
        return exchange.peer.withLock { $0 }
    }
}
