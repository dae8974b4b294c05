// SPDX-License-Identifier: Apache-2.0
// The pictures of an object: what they claim to be, checked against what is there, and one frame at a time decoded.
#pragma once

#include "object.h"

class Pictures {
public:
    /// Checks everything that can be checked without decoding.
    explicit Pictures(const Object &object);

    bool exist = false;
    uint64_t rows = 0, columns = 0, samples = 1, bitsAllocated = 8, bitsStored = 8, frames = 1;
    bool isSigned = false, isPlanar = false;
    std::string photometric;
    /// The data set's own codec, or none: a film (MPEG-4, H.264, H.265), which is kept and not decoded here.
    bool isFilm = false;

    /// Fragments of one frame; empty for an uncompressed object.
    const std::vector<std::vector<Fragment>> &frameFragments() const { return parts; }
    /// Where the uncompressed frames begin, and bytes of one.
    uint64_t nativeOffset = 0, nativeFrameBytes = 0;

    /// Grey, one byte a pixel.
    void grey(uint64_t frame, std::vector<uint8_t> &out) const;
    /// Red, green, blue, a byte each.
    void display(uint64_t frame, std::vector<uint8_t> &out) const;

private:
    /// Samples by pixel, as they are stored; one or two bytes each, little endian.
    struct Samples {
        std::vector<uint8_t> bytes;
        uint64_t bytesEach = 1;
        /// The decoder made red, green and blue of it.
        bool isRGB = false;
    };

    void checkSizes();
    void assignFragments();
    void checkFragments() const;
    std::vector<uint8_t> joined(uint64_t frame) const;
    Samples decode(uint64_t frame) const;
    Samples native(uint64_t frame) const;
    std::vector<uint8_t> runLengths(uint64_t frame) const;
    uint8_t scaled(const Samples &samples, uint64_t index) const;

    const Object &object;
    std::vector<std::vector<Fragment>> parts;
    /// Uncompressed pixels of the representation OW.
    bool isInWords = false;
    bool hasWindow = false;
    double windowCentre = 0, windowWidth = 0, slope = 1, intercept = 0;
};

/// The size that a compressed picture states of itself.
struct PictureHeader {
    uint64_t width = 0, height = 0, components = 0, bits = 0;
};
/// JPEG and JPEG-LS: the frame header before the first scan.
PictureHeader jpegHeader(const uint8_t *start, size_t count);
/// JPEG 2000, as a code stream or in a JP2 box.
PictureHeader jpeg2000Header(const uint8_t *start, size_t count);

/// libjpeg-turbo; `components` 1 gives Y alone of a colour picture, 3 red, green, blue.
void decodeJPEG(const std::vector<uint8_t> &data, uint64_t width, uint64_t height, int components, bool isYBR, std::vector<uint8_t> &out);
/// OpenJPEG; samples by pixel, of one or two bytes. True where it undid a colour transform.
bool decodeJPEG2000(
    const std::vector<uint8_t> &data, const PictureHeader &header, uint64_t bytesEach, bool isSigned, std::vector<uint8_t> &out);
/// DCMTK's decoders for lossless JPEG, extended JPEG and JPEG-LS, given one frame in a data set of our own making.
void decodeWithToolkit(const std::string &syntax, const Pictures &pictures, const std::vector<uint8_t> &data, std::vector<uint8_t> &out);
