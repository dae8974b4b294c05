// SPDX-License-Identifier: Apache-2.0

import Foundation
package import Ultrasound

/// Reads a loop: a DICOM file, an MP4, MOV or AVI film, a folder of PGM or PNG frames in name order, or one picture.
///
///     let loaded = try LoopReader(limits: .command).read("calf.mp4")
///
/// It takes the calling thread until it is done, and the machine's cores for a folder: never call it on the server's pool.
package struct LoopReader: Sendable {
    /// What a folder's frames are taken for when nobody says.
    package static let usualFrameRate = 30.0

    let limits: LoopLimits

    package init(limits: LoopLimits) { self.limits = limits }

    /// - Parameters:
    ///   - frameRate: frames per second; otherwise a film's own times, and 30 for a folder.
    ///   - spacing: the size of a pixel in tissue; without it, lengths in this loop are pixels.
    ///   - progress: frames done and how many there are, if known; called on any thread.
    package func read(
        _ path: String, frameRate: Double? = nil, spacing: PixelSpacing? = nil,
        progress: @Sendable (_ done: Int, _ of: Int?) -> Void = { _, _ in }
    ) throws(LoopError) -> LoadedLoop {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw LoopError(.unreadable, "There is no such file or folder. Check the name.")
        }
        if let frameRate, !frameRate.isFinite || frameRate <= 0 {
            throw LoopError(.format, "The frame rate must be above 0.")
        }
        if isFolder.boolValue {
            return try pictures(
                try FrameFolder(path, limits: limits), frameRate: frameRate, spacing: spacing, progress: progress)
        }
        let head = try Self.head(path)
        if PNGHeader.recognises(head) || PortableGreyMap.recognises(head) {
            return try pictures(
                FrameFolder(picture: path, limits: limits), frameRate: frameRate, spacing: spacing, progress: progress)
        }
        if DICOMLoop.recognises(head) {
            guard try Self.size(path) <= limits.fileBytes else { throw Self.tooLarge(limits) }
            return try DICOMLoop(path: URL(fileURLWithPath: path).standardizedFileURL.path, limits: limits)
                .read(frameRate: frameRate, spacing: spacing, progress: progress)
        }
        guard let container = VideoContainer(head) else { throw Self.unknownKind(head) }
        let fileBytes = try Self.size(path)
        guard fileBytes <= limits.fileBytes else { throw Self.tooLarge(limits) }
        // A name that begins with "-" or a relative one is nothing that ffmpeg could take for something else.
        let film = Film(
            path: URL(fileURLWithPath: path).standardizedFileURL.path, container: container, fileBytes: fileBytes,
            limits: limits)
        let (frames, times, warnings) = try film.read(frameRate: frameRate, progress: progress)
        return LoadedLoop(
            loop: try Self.loop(frames, times: times, spacing: spacing), format: container.rawValue, warnings: warnings)
    }

    private func pictures(
        _ folder: FrameFolder, frameRate: Double?, spacing: PixelSpacing?,
        progress: @Sendable (_ done: Int, _ of: Int?) -> Void
    ) throws(LoopError) -> LoadedLoop {
        let (frames, warnings) = try folder.read(progress: progress)
        let rate = frameRate ?? Self.usualFrameRate
        return LoadedLoop(
            loop: try Self.loop(frames, times: frames.indices.map { Double($0) / rate }, spacing: spacing),
            format: folder.format, warnings: warnings)
    }

    private static func loop(
        _ frames: [GreyImage], times: [Double], spacing: PixelSpacing?
    ) throws(LoopError) -> CineLoop {
        do {
            return try CineLoop(frames: frames, times: times, millimetresPerPixel: spacing)
        } catch {
            throw LoopError(.damaged, "The frames do not make a loop (\(error)). Export it again.")
        }
    }

    // MARK: - Files

    private static func unknownKind(_ head: [UInt8]) -> LoopError {
        if head.isEmpty { return LoopError(.empty, "The file is empty. Export the loop again.") }
        return LoopError(
            .format,
            "This is not a loop that can be read. Give a DICOM file, an MP4, MOV or AVI film, or a folder of PGM or PNG frames."
        )
    }

    private static func tooLarge(_ limits: LoopLimits) -> LoopError {
        LoopError(
            .tooLarge, "The file is larger than \(limits.fileBytes >> 20) MB. Cut it to the part that matters.")
    }

    /// The size of a regular file; anything else (a pipe, a device) might never end and is refused.
    private static func size(_ path: String) throws(LoopError) -> Int {
        let attributes = try? FileManager.default.attributesOfItem(
            atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
        guard let attributes, attributes[.type] as? FileAttributeType == .typeRegular,
            let size = attributes[.size] as? NSNumber
        else { throw LoopError(.unreadable, "This is not a file that can be read. Check the name.") }
        return size.intValue
    }

    static func bytes(_ path: String, limits: LoopLimits) throws(LoopError) -> [UInt8] {
        guard try size(path) <= limits.fileBytes else { throw tooLarge(limits) }
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: path)) else {
            throw LoopError(.unreadable, "The file can't be opened. Check that you may read it.")
        }
        return [UInt8](data)
    }

    private static func head(_ path: String) throws(LoopError) -> [UInt8] {
        _ = try size(path)
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw LoopError(.unreadable, "The file can't be opened. Check that you may read it.")
        }
        defer { try? handle.close() }
        return (try? handle.read(upToCount: 256)).map { Array($0) } ?? []
    }
}
