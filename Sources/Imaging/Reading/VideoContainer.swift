// SPDX-License-Identifier: Apache-2.0

/// The kinds of film that are read, told by their first bytes: the name says nothing, and ffmpeg is not left to guess
/// (some of its formats are scripts that open other files).
enum VideoContainer: String {
    /// MP4 and MOV.
    case mov
    case avi
    /// Matroska and WebM.
    case matroska

    init?(_ head: [UInt8]) {
        func text(_ range: Range<Int>) -> String {
            head.count >= range.upperBound ? String(decoding: head[range], as: UTF8.self) : ""
        }
        if text(0..<4) == "RIFF", text(8..<12) == "AVI " {
            self = .avi
        } else if ["ftyp", "moov", "mdat", "wide", "free", "skip", "pnot"].contains(text(4..<8)) {
            self = .mov
        } else if head.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) {
            self = .matroska
        } else {
            return nil
        }
    }

    /// Whether the file is shorter than its own lengths say: then the film is cut off, and the last frames of what is
    /// left would be guesses. `read` gives bytes at an offset.
    func isCutOff(fileBytes: Int, read: (_ offset: Int, _ count: Int) -> [UInt8]) -> Bool {
        switch self {
        case .matroska: return false
        case .avi:
            let head = read(4, 4)
            guard head.count == 4 else { return true }
            let length = Int(head[0]) | Int(head[1]) << 8 | Int(head[2]) << 16 | Int(head[3]) << 24
            // Some writers leave the length open; then nothing can be said.
            return length != 0 && length != 0xFFFF_FFFF && length + 8 > fileBytes + 1
        case .mov:
            var offset = 0
            for _ in 0..<10_000 where offset < fileBytes {
                let head = read(offset, 16)
                guard head.count >= 8 else { return true }
                var length = PNGHeader.number(head, at: 0)
                if length == 1 {
                    guard head.count == 16 else { return true }
                    let high = PNGHeader.number(head, at: 8)
                    guard high < 1 << 30 else { return true }
                    length = high << 32 | PNGHeader.number(head, at: 12)
                }
                // Zero means "to the end of the file".
                if length == 0 { return false }
                guard length >= 8 else { return true }
                offset += length
                if offset > fileBytes { return true }
            }
            return false
        }
    }
}
