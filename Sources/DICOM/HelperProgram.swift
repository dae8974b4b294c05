// SPDX-License-Identifier: Apache-2.0

import CChild
import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Why an object can't be used.
package enum HelperFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The program `fascia-dicom` is not beside `fascia`.
    case missing
    /// What is wrong with the object, in words.
    case refused(String)
    /// The helper ended without a word: the object is one that breaks decoders.
    case crashed(code: Int32)
    case tooSlow
    case noHandles

    package var description: String {
        switch self {
        case .missing: "The program fascia-dicom is missing beside fascia. Build or install both."
        case .refused(let why): "The DICOM object can't be used: \(why)."
        case .crashed(let code):
            "The DICOM object broke its decoder (code \(code)). It is kept apart; export it from the machine in another form."
        case .tooSlow: "Decoding the DICOM object took too long."
        case .noHandles: "The machine has no free file handle. Try again later."
        }
    }
}

/// The helper as a program: where it is, and one run of it for an object.
package struct HelperProgram: Sendable, Hashable {
    /// How it ends where its machine took longer than it may (`slowExit` of services.h).
    package static let slowExit: Int32 = 7

    package let path: String

    package init(path: String) { self.path = path }

    /// The helper beside the running program.
    package static func find() -> HelperProgram? {
        let named = ProcessInfo.processInfo.environment["FASCIA_DICOM_HELPER"]
        let beside = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent()
            .appendingPathComponent("fascia-dicom").path
        // Tests run in a bundle of their own, in the folder of the programs or below it.
        let around = Bundle.allBundles.map { $0.bundleURL.deletingLastPathComponent() }
            .map { $0.appendingPathComponent("fascia-dicom").path }
        let argument = URL(fileURLWithPath: CommandLine.arguments.first ?? "").deletingLastPathComponent()
            .appendingPathComponent("fascia-dicom").path
        return ([named, beside, argument].compactMap(\.self) + around)
            .first { FileManager.default.isExecutableFile(atPath: $0) }.map(HelperProgram.init)
    }

    /// The object's attributes and the places of its frames. The calling thread waits, two seconds at most.
    package func index(_ file: String) throws(HelperFailure) -> ObjectIndex {
        var index: ObjectIndex?
        try run(["index", file], seconds: 4) { frame in
            guard frame.kind == UInt8(ascii: "I") else { return false }
            index = try? ObjectIndex(json: Data(frame.payload))
            return true
        }
        guard let index else { throw .crashed(code: 0) }
        return index
    }

    package enum Colour: String, Sendable { case grey, display }

    /// Frames one after another: grey with a byte a pixel, or red, green and blue. The calling thread waits; `take` may
    /// end it by answering false.
    package func decode(
        _ file: String, _ colour: Colour, from first: Int = 0, count: Int, seconds: Double = 300,
        take: ([UInt8]) -> Bool
    ) throws(HelperFailure) {
        var isWhole = false
        var isStopped = false
        try run(["decode", file, colour.rawValue, "\(max(0, first))", "\(max(0, count))"], seconds: seconds) { frame in
            if frame.kind == UInt8(ascii: "E") { isWhole = true }
            if frame.kind == UInt8(ascii: "P"), !take(frame.payload) { isStopped = true }
            return !isStopped
        }
        guard isWhole || isStopped else { throw .crashed(code: 0) }
    }

    /// A machine that is called, instead of calling.
    package struct CalledPeer: Sendable, Hashable {
        /// Its AE title.
        package let title: String
        /// `HOST:PORT`.
        package let address: String

        package init(title: String, address: String) {
            self.title = title
            self.address = address
        }
    }

    /// Brings a machine a result of storage commitment, on an association of the clinic's own (PS3.4 J.3.3); it has it when
    /// this returns. The calling thread waits; `HelperFailure.refused` says why it could not.
    ///
    /// - Parameters:
    ///   - file: the result's data set, explicit little endian.
    ///   - own: the clinic's AE title.
    ///   - event: 1 where all objects are safe, 2 where some are not.
    package func report(
        _ file: String, event: UInt16, to peer: CalledPeer, own: String, security: DICOMListener.Security?
    ) throws(HelperFailure) {
        var arguments = ["report", file, "--own", own, "--peer", peer.title, "--address", peer.address]
        arguments += ["--event", "\(event)", "--idle", "20"] + (security?.arguments ?? [])
        var isDone = false
        try run(arguments, seconds: 90) { frame in
            isDone = frame.kind == UInt8(ascii: "D")
            return !isDone
        }
        guard isDone else { throw .crashed(code: 0) }
    }

    private func run(
        _ arguments: [String], seconds: Double, take: (HelperFrame) -> Bool
    ) throws(HelperFailure) {
        var ends: [Int32] = [-1, -1]
        guard unsafe helper_pipe(&ends) == 0 else { throw .noHandles }
        defer { close(ends[0]) }
        let child: pid_t
        do throws(HelperFailure) {
            child = try start(arguments, handle: ends[1], as: 1)
        } catch {
            close(ends[1])
            throw error
        }
        close(ends[1])
        // One that hangs is ended from beside, which ends its stream.
        let watch = DispatchSource.makeTimerSource(queue: .global())
        watch.schedule(deadline: .now() + seconds)
        watch.setEventHandler { kill(child, SIGKILL) }
        watch.activate()
        let started = ContinuousClock.now
        var refusal: String?
        while let frame = HelperFrame.receive(ends[0]) {
            if frame.kind == UInt8(ascii: "R") {
                refusal = String(decoding: frame.payload, as: UTF8.self)
            } else if !take(frame) {
                kill(child, SIGKILL)
                break
            }
        }
        watch.cancel()
        kill(child, SIGKILL)
        let code = wait(for: child)
        if let refusal { throw .refused(refusal) }
        if ContinuousClock.now - started >= .seconds(seconds) { throw .tooSlow }
        guard code == 0 || code == 128 + SIGKILL else { throw .crashed(code: code) }
    }

    /// Starts it with this descriptor under that number, and nothing else of ours: split off from one that is ready, or anew.
    func start(_ arguments: [String], handle: Int32, as number: Int32) throws(HelperFailure) -> pid_t {
        if let child = ForkServer.of(self).start(arguments, handle: handle, as: number) { return child }
        return try startAlone(arguments, handle: handle, as: number)
    }

    func startAlone(_ arguments: [String], handle: Int32, as number: Int32) throws(HelperFailure) -> pid_t {
        var child: pid_t = 0
        var handles = [Int32](repeating: -1, count: max(2, Int(number)) + 1)
        handles[Int(number)] = handle
        // Copies that live until they are freed here, after the call that reads them.
        var texts = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
        defer { unsafe texts.forEach { unsafe free($0) } }
        let code = unsafe helper_start(path, &texts, handles, Int32(handles.count), &child)
        if code == ENOENT { throw .missing }
        guard code == 0 else { throw .noHandles }
        return child
    }

    /// Its exit code, or 128 and the signal that ended it.
    func wait(for child: pid_t) -> Int32 {
        let code = helper_wait(child)
        if code > 128, code != 128 + SIGKILL { ForkServer.of(self).replace() }
        return code
    }
}
