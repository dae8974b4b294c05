// SPDX-License-Identifier: Apache-2.0
#include "pictures.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace {
const std::string base = "1.2.840.10008.1.2.";

bool isFilmSyntax(const std::string &uid) {
    return uid.rfind(base + "4.10", 0) == 0 && uid.size() >= (base + "4.100").size();
}

bool isJPEG(const std::string &uid) {
    return uid == base + "4.50" || uid == base + "4.51" || uid == base + "4.57" || uid == base + "4.70";
}
bool isJPEGLS(const std::string &uid) { return uid == base + "4.80" || uid == base + "4.81"; }
bool isJPEG2000(const std::string &uid) { return uid == base + "4.90" || uid == base + "4.91"; }
bool isRLE(const std::string &uid) { return uid == base + "5"; }

uint8_t clamped(double value) { return uint8_t(std::min(255.0, std::max(0.0, std::floor(value + 0.5)))); }

uint8_t luminance(uint8_t red, uint8_t green, uint8_t blue) {
    return uint8_t((299 * red + 587 * green + 114 * blue + 500) / 1000);
}

/// Whether the runs of a segment make so many bytes; counted, not made.
bool hasEnoughRuns(const uint8_t *start, uint64_t at, uint64_t end, uint64_t wanted) {
    uint64_t made = 0;
    while (made < wanted && at < end) {
        int8_t control = int8_t(start[at++]);
        uint64_t taken = control >= 0 ? uint64_t(control) + 1 : control == -128 ? 0 : 1;
        if (taken > end - at) return false;
        at += taken;
        made += control >= 0 ? uint64_t(control) + 1 : control == -128 ? 0 : uint64_t(1 - control);
    }
    return made >= wanted;
}

void toRGB(uint8_t *pixel) {
    double y = pixel[0], blue = pixel[1] - 128.0, red = pixel[2] - 128.0;
    pixel[0] = clamped(y + 1.402 * red);
    pixel[1] = clamped(y - 0.344136 * blue - 0.714136 * red);
    pixel[2] = clamped(y + 1.772 * blue);
}
}  // namespace

Pictures::Pictures(const Object &source) : object(source) {
    const Element *pixels = object.find(tagOf(0x7fe0, 0x0010));
    if (!pixels) return;
    exist = true;
    photometric = object.text(tagOf(0x0028, 0x0004));
    isFilm = isFilmSyntax(object.syntax().uid);
    checkSizes();
    if (object.syntax().isEncapsulated != pixels->isEncapsulated)
        throw Refusal("the pictures are not stored as the transfer syntax says");
    if (isFilm) {
        // The film's bytes are the first fragment, and where a writer cut it, all of them; no frame has a place of its own.
        if (object.fragments().size() > 1) parts.push_back({object.fragments().begin() + 1, object.fragments().end()});
        return;
    }
    uint64_t bytesEach = (bitsAllocated + 7) / 8;
    nativeFrameBytes = rows * columns * samples * bytesEach;
    if (photometric == "YBR_FULL_422" && !object.syntax().isEncapsulated) nativeFrameBytes = rows * columns * 2 * bytesEach;
    if (bitsAllocated == 1) nativeFrameBytes = (rows * columns + 7) / 8;
    if (nativeFrameBytes > Limits::frameBytes) throw Refusal("one picture is larger than 48 MB");
    if (nativeFrameBytes * frames > Limits::loopBytes) throw Refusal("the pictures together are larger than 2 GB");
    if (pixels->isEncapsulated) {
        assignFragments();
        checkFragments();
    } else {
        nativeOffset = pixels->offset;
        isInWords = pixels->vr[1] == 'W';
        uint64_t needed = bitsAllocated == 1 ? (rows * columns * frames + 7) / 8 : nativeFrameBytes * frames;
        if (pixels->length < needed) throw Refusal("there are fewer pixels than rows, columns and frames say");
        if (pixels->length >= needed + std::max<uint64_t>(nativeFrameBytes, 2))
            throw Refusal("there are more pixels than rows, columns and frames say");
    }
    std::string centre = object.text(tagOf(0x0028, 0x1050)), width = object.text(tagOf(0x0028, 0x1051));
    windowCentre = std::strtod(centre.c_str(), nullptr);
    windowWidth = std::strtod(width.c_str(), nullptr);
    hasWindow = !centre.empty() && std::isfinite(windowCentre) && std::isfinite(windowWidth) && windowWidth >= 1;
    double factor = std::strtod(object.text(tagOf(0x0028, 0x1053)).c_str(), nullptr);
    double offset = std::strtod(object.text(tagOf(0x0028, 0x1052)).c_str(), nullptr);
    if (std::isfinite(factor) && factor != 0) slope = factor;
    if (std::isfinite(offset)) intercept = offset;
}

void Pictures::checkSizes() {
    uint64_t value = 0;
    if (!object.number(tagOf(0x0028, 0x0010), rows) || !object.number(tagOf(0x0028, 0x0011), columns) || rows == 0
        || columns == 0)
        throw Refusal("the pictures have no size");
    if (rows > Limits::side || columns > Limits::side) throw Refusal("the pictures are larger than 4096 pixels");
    if (object.number(tagOf(0x0028, 0x0002), value)) samples = value;
    if (samples != 1 && samples != 3) throw Refusal("pictures of this many samples are not taken");
    if (object.number(tagOf(0x0028, 0x0100), value)) bitsAllocated = value;
    if (bitsAllocated != 1 && bitsAllocated != 8 && bitsAllocated != 16) throw Refusal("pictures of this depth are not taken");
    bitsStored = bitsAllocated;
    if (object.number(tagOf(0x0028, 0x0101), value)) bitsStored = value;
    if (bitsStored == 0 || bitsStored > bitsAllocated) throw Refusal("more bits are stored than there is room for");
    if (object.number(tagOf(0x0028, 0x0103), value)) isSigned = value == 1;
    if (object.number(tagOf(0x0028, 0x0006), value)) isPlanar = value == 1;
    const Element *count = object.find(tagOf(0x0028, 0x0008));
    if (count && count->length > 0) {
        object.number(tagOf(0x0028, 0x0008), frames);
        if (frames == 0 || frames > Limits::frames) throw Refusal("there are no frames, or more than 10000");
    }
    if (photometric == "PALETTE COLOR") {
        for (uint16_t i = 0; i < 3; i++) {
            const Element *facts = object.find(tagOf(0x0028, 0x1101 + i));
            const Element *table = object.find(tagOf(0x0028, 0x1201 + i));
            if (!facts || facts->length < 6) throw Refusal("the palette is missing");
            if (!table) throw Refusal("the palette is missing or segmented");
            uint64_t entries = object.u16(facts->offset);
            if (entries == 0) entries = 65536;
            uint64_t bits = object.u16(facts->offset + 4);
            if ((bits != 8 && bits != 16) || table->length < (bits == 8 && table->length < entries * 2 ? entries : entries * 2))
                throw Refusal("the palette is shorter than it says");
        }
    }
}

/// One fragment for each frame; all for a single one; else what the offset tables say.
void Pictures::assignFragments() {
    const auto &fragments = object.fragments();
    if (fragments.size() < 2) throw Refusal("the pictures are missing");
    parts.assign(frames, {});
    if (frames == 1) {
        parts[0].assign(fragments.begin() + 1, fragments.end());
        return;
    }
    if (fragments.size() - 1 == frames) {
        for (size_t i = 0; i < frames; i++) parts[i] = {fragments[i + 1]};
        return;
    }
    std::vector<uint64_t> starts;
    const Element *extended = object.find(tagOf(0x7fe0, 0x0001));
    if (extended && extended->length == frames * 8) {
        for (size_t i = 0; i < frames; i++) starts.push_back(object.u64(extended->offset + 8 * i));
    } else if (fragments[0].length == frames * 4) {
        for (size_t i = 0; i < frames; i++) starts.push_back(object.u32(fragments[0].offset + 4 * i));
    } else {
        throw Refusal("nothing says which fragments make which picture");
    }
    uint64_t first = fragments[1].offset - 8;
    size_t frame = 0;
    for (size_t i = 1; i < fragments.size(); i++) {
        uint64_t at = fragments[i].offset - 8 - first;
        if (frame + 1 < frames && at >= starts[frame + 1]) frame++;
        if (parts[frame].empty() && starts[frame] != at) throw Refusal("the offset table does not fit the fragments");
        parts[frame].push_back(fragments[i]);
    }
    if (parts.back().empty()) throw Refusal("there are fewer pictures than frames");
}

/// Each compressed picture must say the size that the object says, before a decoder sees it.
void Pictures::checkFragments() const {
    const auto &uid = object.syntax().uid;
    for (uint64_t frame = 0; frame < frames; frame++) {
        uint64_t total = 0;
        for (const auto &part : parts[frame]) total += part.length;
        if (total > Limits::frameBytes) throw Refusal("one compressed picture is larger than 48 MB");
        if (isRLE(uid)) {
            if (parts[frame].size() != 1) throw Refusal("a run-length picture has more than one fragment");
            const Fragment &part = parts[frame][0];
            if (part.length < 64) throw Refusal("a run-length header is missing");
            uint32_t count = object.u32(part.offset);
            if (count != samples * ((bitsAllocated + 7) / 8)) throw Refusal("a run-length header has another number of segments");
            uint32_t before = 63;
            for (uint32_t i = 0; i < count; i++) {
                uint32_t at = object.u32(part.offset + 4 + 4 * i);
                if (at <= before || at >= part.length) throw Refusal("a run-length segment lies outside of its picture");
                before = at;
            }
            for (uint32_t i = 0; i < count; i++) {
                uint32_t end = i + 1 < count ? object.u32(part.offset + 8 + 4 * i) : part.length;
                if (!hasEnoughRuns(object.bytes().start + part.offset, object.u32(part.offset + 4 + 4 * i), end, rows * columns))
                    throw Refusal("a run-length segment has too few pixels");
            }
            continue;
        }
        if (!isJPEG(uid) && !isJPEGLS(uid) && !isJPEG2000(uid)) throw Refusal("this compression is not read");
        PictureHeader header;
        if (parts[frame].size() == 1) {
            const uint8_t *start = object.bytes().start + parts[frame][0].offset;
            header = isJPEG2000(uid) ? jpeg2000Header(start, parts[frame][0].length) : jpegHeader(start, parts[frame][0].length);
        } else {
            auto data = joined(frame);
            header = isJPEG2000(uid) ? jpeg2000Header(data.data(), data.size()) : jpegHeader(data.data(), data.size());
        }
        if (header.width != columns || header.height != rows) throw Refusal("a compressed picture has another size than the object says");
        if (header.components != samples) throw Refusal("a compressed picture has another number of colours than the object says");
        if (header.bits > bitsAllocated) throw Refusal("a compressed picture is deeper than the object says");
    }
}

std::vector<uint8_t> Pictures::joined(uint64_t frame) const {
    std::vector<uint8_t> data;
    uint64_t total = 0;
    for (const auto &part : parts[frame]) total += part.length;
    data.reserve(total);
    for (const auto &part : parts[frame]) {
        const uint8_t *start = object.bytes().start + part.offset;
        data.insert(data.end(), start, start + part.length);
    }
    return data;
}

std::vector<uint8_t> Pictures::runLengths(uint64_t frame) const {
    const Fragment &part = parts[frame][0];
    const uint8_t *start = object.bytes().start + part.offset;
    uint64_t bytesEach = (bitsAllocated + 7) / 8, count = samples * bytesEach, pixels = rows * columns;
    std::vector<uint8_t> out(pixels * count);
    for (uint64_t segment = 0; segment < count; segment++) {
        uint64_t at = object.u32(part.offset + 4 + 4 * segment);
        uint64_t end = segment + 1 < count ? object.u32(part.offset + 8 + 4 * segment) : part.length;
        // The first segment of a sample is its most significant byte.
        uint64_t to = segment / bytesEach * bytesEach + (bytesEach - 1 - segment % bytesEach);
        uint64_t done = 0;
        while (done < pixels && at < end) {
            int8_t control = int8_t(start[at++]);
            if (control >= 0) {
                uint64_t run = uint64_t(control) + 1;
                if (run > end - at) throw Refusal("a run-length segment ends early");
                for (uint64_t i = 0; i < run && done < pixels; i++) out[done++ * count + to] = start[at + i];
                at += run;
            } else if (control != -128) {
                if (at >= end) throw Refusal("a run-length segment ends early");
                for (int i = 0; i < 1 - control && done < pixels; i++) out[done++ * count + to] = start[at];
                at++;
            }
        }
        if (done < pixels) throw Refusal("a run-length segment has too few pixels");
    }
    return out;
}

Pictures::Samples Pictures::native(uint64_t frame) const {
    Samples result;
    result.bytesEach = (bitsAllocated + 7) / 8;
    const uint8_t *start = object.bytes().start + nativeOffset;
    uint64_t pixels = rows * columns;
    if (bitsAllocated == 1) {
        result.bytes.resize(pixels);
        for (uint64_t i = 0; i < pixels; i++) {
            uint64_t bit = frame * pixels + i;
            result.bytes[i] = start[bit / 8] >> bit % 8 & 1;
        }
        return result;
    }
    start += frame * nativeFrameBytes;
    if (photometric == "YBR_FULL_422") {
        result.bytes.resize(pixels * 3);
        for (uint64_t i = 0; i < pixels; i++) {
            const uint8_t *pair = start + i / 2 * 4;
            result.bytes[3 * i] = pair[i % 2];
            result.bytes[3 * i + 1] = pair[2];
            result.bytes[3 * i + 2] = pair[3];
        }
        return result;
    }
    result.bytes.assign(start, start + nativeFrameBytes);
    if (object.syntax().isBigEndian && (result.bytesEach == 2 || isInWords)) {
        // Bytes lie in words of two from the first frame on.
        const uint8_t *first = object.bytes().start + nativeOffset;
        uint64_t at = frame * nativeFrameBytes, last = object.bytes().count - nativeOffset;
        for (uint64_t i = 0; i < nativeFrameBytes; i++) result.bytes[i] = first[std::min((at + i) ^ 1, last - 1)];
    }
    if (samples == 3 && isPlanar) {
        auto planes = result.bytes;
        uint64_t each = result.bytesEach;
        for (uint64_t i = 0; i < pixels; i++)
            for (uint64_t plane = 0; plane < 3; plane++)
                for (uint64_t byte = 0; byte < each; byte++)
                    result.bytes[(3 * i + plane) * each + byte] = planes[(plane * pixels + i) * each + byte];
    }
    return result;
}

Pictures::Samples Pictures::decode(uint64_t frame) const {
    const auto &uid = object.syntax().uid;
    if (parts.empty()) return native(frame);
    Samples result;
    result.bytesEach = (bitsAllocated + 7) / 8;
    if (isRLE(uid)) {
        result.bytes = runLengths(frame);
        return result;
    }
    auto data = joined(frame);
    if (isJPEG2000(uid)) {
        auto header = jpeg2000Header(data.data(), data.size());
        // The transforms of JPEG 2000 are undone by its decoder.
        result.isRGB = decodeJPEG2000(data, header, result.bytesEach, isSigned, result.bytes) || photometric == "YBR_ICT"
            || photometric == "YBR_RCT";
    } else if (uid == base + "4.50" && bitsAllocated == 8) {
        decodeJPEG(data, columns, rows, int(samples), photometric.rfind("YBR", 0) == 0, result.bytes);
        result.isRGB = samples == 3;
    } else {
        decodeWithToolkit(uid, *this, data, result.bytes);
    }
    if (result.bytes.size() != rows * columns * samples * result.bytesEach) throw Refusal("a picture decodes to another size");
    return result;
}

/// A grey sample of any depth as a byte: through the window where there is one.
uint8_t Pictures::scaled(const Samples &samples, uint64_t index) const {
    if (bitsAllocated == 1) return samples.bytes[index] ? 255 : 0;
    int32_t raw = samples.bytesEach == 1 ? samples.bytes[index] : samples.bytes[2 * index] | samples.bytes[2 * index + 1] << 8;
    raw &= (1 << bitsStored) - 1;
    if (isSigned && raw >> (bitsStored - 1)) raw -= 1 << bitsStored;
    double value = raw;
    if (hasWindow && bitsStored > 8) {
        value = (value * slope + intercept - (windowCentre - 0.5)) / std::max(1.0, windowWidth - 1) + 0.5;
        return clamped(value * 255);
    }
    if (isSigned) value += 1 << (bitsStored - 1);
    if (bitsStored == 8) return uint8_t(value);
    return clamped(value * 255 / ((1 << bitsStored) - 1));
}

void Pictures::grey(uint64_t frame, std::vector<uint8_t> &out) const {
    if (isFilm) throw Refusal("films are kept, not decoded");
    uint64_t pixels = rows * columns;
    // The quick way: Y of a colour JPEG is the grey that is wanted, and no colour is made.
    if (!parts.empty() && object.syntax().uid == base + "4.50" && samples == 3 && photometric.rfind("YBR", 0) == 0) {
        decodeJPEG(joined(frame), columns, rows, 1, true, out);
        return;
    }
    if (samples == 3 || photometric == "PALETTE COLOR") {
        std::vector<uint8_t> colours;
        display(frame, colours);
        out.resize(pixels);
        for (uint64_t i = 0; i < pixels; i++) out[i] = luminance(colours[3 * i], colours[3 * i + 1], colours[3 * i + 2]);
        return;
    }
    auto decoded = decode(frame);
    if (decoded.bytesEach == 1 && bitsStored == 8 && !isSigned && bitsAllocated == 8) {
        out = std::move(decoded.bytes);
    } else {
        out.resize(pixels);
        for (uint64_t i = 0; i < pixels; i++) out[i] = scaled(decoded, i);
    }
    if (photometric == "MONOCHROME1")
        for (auto &value : out) value = 255 - value;
}

void Pictures::display(uint64_t frame, std::vector<uint8_t> &out) const {
    if (isFilm) throw Refusal("films are kept, not decoded");
    uint64_t pixels = rows * columns;
    out.resize(pixels * 3);
    if (photometric == "PALETTE COLOR") {
        auto decoded = decode(frame);
        for (uint16_t plane = 0; plane < 3; plane++) {
            const Element &facts = *object.find(tagOf(0x0028, 0x1101 + plane));
            const Element &table = *object.find(tagOf(0x0028, 0x1201 + plane));
            int64_t entries = object.u16(facts.offset), first = object.u16(facts.offset + 2);
            if (entries == 0) entries = 65536;
            bool isNarrow = object.u16(facts.offset + 4) == 8 && int64_t(table.length) < entries * 2;
            for (uint64_t i = 0; i < pixels; i++) {
                int64_t raw = decoded.bytesEach == 1 ? decoded.bytes[i] : decoded.bytes[2 * i] | decoded.bytes[2 * i + 1] << 8;
                int64_t entry = std::min(entries - 1, std::max<int64_t>(0, raw - first));
                // Entries of 16 bits: the upper byte is what a screen shows, unless only the lower one is used.
                out[3 * i + plane] = isNarrow ? object.bytes().start[table.offset + uint64_t(entry)]
                                     : object.u16(facts.offset + 4) == 8
                                         ? uint8_t(object.u16(table.offset + 2 * uint64_t(entry)))
                                         : uint8_t(object.u16(table.offset + 2 * uint64_t(entry)) >> 8);
            }
        }
        return;
    }
    if (samples == 1) {
        std::vector<uint8_t> single;
        grey(frame, single);
        for (uint64_t i = 0; i < pixels; i++) out[3 * i] = out[3 * i + 1] = out[3 * i + 2] = single[i];
        return;
    }
    auto decoded = decode(frame);
    if (decoded.bytesEach == 1) out = std::move(decoded.bytes);
    else
        for (uint64_t i = 0; i < pixels * 3; i++) out[i] = scaled(decoded, i);
    if (!decoded.isRGB && photometric.rfind("YBR_FULL", 0) == 0)
        for (uint64_t i = 0; i < pixels; i++) toRGB(out.data() + 3 * i);
}
