// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What ffprobe says of a film before anything is decoded.
struct VideoProbe {
    let width: Int
    let height: Int
    let pixelFormat: String
    /// How many frames the container announces, if it does.
    let announcedFrames: Int?
    let frameRate: Double?
    let isInterlaced: Bool

    /// Frames of red, green and blue are taken as they are and turned to grey here, so that grey stays exact.
    var isRGB: Bool {
        ["rgb", "bgr", "gbr", "pal8", "argb", "abgr", "0rgb", "0bgr"].contains { pixelFormat.hasPrefix($0) }
    }

    private struct Answer: Decodable {
        struct Stream: Decodable {
            let width: Int?
            let height: Int?
            let pix_fmt: String?
            let nb_frames: String?
            let avg_frame_rate: String?
            let field_order: String?
        }
        let streams: [Stream]?
    }

    /// From ffprobe's JSON.
    init(_ json: [UInt8]) throws(LoopError) {
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(json)),
            let stream = answer.streams?.first, let width = stream.width, let height = stream.height, width > 0,
            height > 0
        else {
            throw LoopError(.format, "There are no moving pictures in this file. Send the film itself.")
        }
        self.width = width
        self.height = height
        pixelFormat = stream.pix_fmt ?? ""
        announcedFrames = stream.nb_frames.flatMap { Int($0) }
        frameRate = stream.avg_frame_rate.flatMap { text in
            let parts = text.split(separator: "/").compactMap { Double($0) }
            guard parts.count == 2, parts[0] > 0, parts[1] > 0 else { return nil }
            return parts[0] / parts[1]
        }
        isInterlaced = stream.field_order.map { !["progressive", "unknown"].contains($0) } ?? false
    }
}
