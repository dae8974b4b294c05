// SPDX-License-Identifier: Apache-2.0
#include "object.h"

#include <algorithm>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

namespace {
constexpr const char *tooShort = "the file is too short for a DICOM object";
constexpr uint32_t undefinedLength = 0xffffffff;
constexpr uint32_t itemTag = tagOf(0xfffe, 0xe000);
constexpr uint32_t itemEnd = tagOf(0xfffe, 0xe00d);
constexpr uint32_t sequenceEnd = tagOf(0xfffe, 0xe0dd);

bool isOneOf(const char *vr, std::initializer_list<const char *> list) {
    return std::any_of(list.begin(), list.end(), [&](const char *one) { return !std::strcmp(one, vr); });
}

/// A length of four bytes follows two reserved ones.
bool isLong(const char *vr) {
    return isOneOf(vr, {"OB", "OW", "OF", "OD", "OL", "OV", "SQ", "UC", "UR", "UT", "UN", "SV", "UV"});
}

bool isKnown(const char *vr) {
    return isLong(vr)
        || isOneOf(
               vr, {"AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO", "LT", "PN", "SH", "SL", "SS", "ST",
                    "TM", "UI", "UL", "US"});
}

/// Inflates, and hands over piece by piece. How much comes is known only at the end, and limited.
template <typename Take> void inflate(const uint8_t *start, size_t count, Take take) {
    z_stream stream{};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw Refusal("not enough memory");
    std::shared_ptr<z_stream> guard(&stream, inflateEnd);
    stream.next_in = const_cast<Bytef *>(start);
    stream.avail_in = uInt(count);
    uint8_t part[65536];
    uint64_t total = 0;
    int code = Z_OK;
    while (code != Z_STREAM_END) {
        stream.next_out = part;
        stream.avail_out = sizeof part;
        code = ::inflate(&stream, Z_NO_FLUSH);
        if (code != Z_OK && code != Z_STREAM_END) throw Refusal("the deflated data set is damaged");
        size_t made = sizeof part - stream.avail_out;
        if (made == 0 && code != Z_STREAM_END) throw Refusal("the deflated data set ends early");
        total += made;
        if (total > Limits::inflatedBytes) throw Refusal("the deflated data set is too large");
        take(part, made);
    }
}

std::shared_ptr<void> inflated(const uint8_t *start, size_t count, size_t head, const uint8_t *headBytes, size_t &size) {
    // Counted first, so that a bomb takes no memory and an honest object no more than it is.
    uint64_t needed = head;
    inflate(start, count, [&](const uint8_t *, size_t made) { needed += made; });
    auto buffer = std::make_shared<std::vector<uint8_t>>();
    buffer->reserve(needed);
    buffer->assign(headBytes, headBytes + head);
    inflate(start, count, [&](const uint8_t *part, size_t made) { buffer->insert(buffer->end(), part, part + made); });
    size = buffer->size();
    return std::shared_ptr<void>(buffer, buffer->data());
}
}  // namespace

TransferSyntax::TransferSyntax(const std::string &name) : uid(name) {
    const std::string base = "1.2.840.10008.1.2";
    if (uid == base) isExplicit = false;
    else if (uid == base + ".2") isBigEndian = true;
    else if (uid == base + ".1.99") isDeflated = true;
    else if (uid == base + ".5" || uid.rfind(base + ".4.", 0) == 0) isEncapsulated = true;
    else if (uid != base + ".1") throw Refusal("unknown transfer syntax");
}

Object Object::file(const std::string &path) {
    int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat facts{};
    if (descriptor < 0 || fstat(descriptor, &facts) != 0 || !S_ISREG(facts.st_mode)) {
        if (descriptor >= 0) close(descriptor);
        throw Refusal("the file cannot be opened");
    }
    size_t size = size_t(facts.st_size);
    if (size > Limits::objectBytes || size == 0) {
        close(descriptor);
        throw Refusal(size == 0 ? tooShort : "the object is larger than 512 MB");
    }
    void *mapped = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    close(descriptor);
    if (mapped == MAP_FAILED) throw Refusal("the file cannot be read");
    Object object;
    object.owner = std::shared_ptr<void>(mapped, [size](void *start) { munmap(start, size); });
    object.all = {static_cast<const uint8_t *>(mapped), size};
    object.readFile();
    return object;
}

Object Object::file(Bytes bytes) {
    Object object;
    object.all = bytes;
    object.readFile();
    return object;
}

void Object::readFile() {
    if (all.count < 140) throw Refusal(tooShort);
    if (std::memcmp(all.start + 128, "DICM", 4) != 0) throw Refusal("this is not a DICOM file");
    readMeta();
    if (transferSyntax.isDeflated) {
        size_t made = 0;
        owner = inflated(all.start + begin, all.count - begin, begin, all.start, made);
        all = {static_cast<const uint8_t *>(owner.get()), made};
    }
    scan(begin, all.count);
    checkIdentifiers();
}

/// Identifiers are names of things elsewhere, too; one that can't be one is not carried on (PS3.5 9.1).
void Object::checkIdentifiers() const {
    for (uint32_t tag : {tagOf(0x0008, 0x0016), tagOf(0x0008, 0x0018), tagOf(0x0020, 0x000d), tagOf(0x0020, 0x000e)}) {
        std::string uid = text(tag);
        if (uid.size() > 64 || uid.find_first_not_of("0123456789.") != std::string::npos)
            throw Refusal("an identifier of the object is malformed");
    }
}

Object Object::dataSet(Bytes bytes, const std::string &transferSyntax) {
    Object object;
    object.all = bytes;
    object.transferSyntax = TransferSyntax(transferSyntax);
    if (object.transferSyntax.isDeflated) throw Refusal("deflated data sets are not taken over the network");
    object.scan(0, bytes.count);
    return object;
}

/// Group 2 is always explicit little endian; its stated length is not believed.
void Object::readMeta() {
    uint64_t position = 132;
    std::string uid;
    while (position + 8 <= all.count && u16(position) == 2) {
        char vr[3] = {char(all.start[position + 4]), char(all.start[position + 5]), 0};
        if (!isKnown(vr)) throw Refusal("the file's meta header is damaged");
        uint64_t head = isLong(vr) ? 12 : 8;
        if (position + head > all.count) throw Refusal("the file ends in its meta header");
        uint64_t length = isLong(vr) ? u32(position + 8) : u16(position + 6);
        if (length > all.count - position - head) throw Refusal("the file ends in its meta header");
        if (u16(position + 2) == 0x10) {
            uid.assign(reinterpret_cast<const char *>(all.start + position + head), length);
            while (!uid.empty() && (uid.back() == 0 || uid.back() == ' ')) uid.pop_back();
        }
        position += head + length;
    }
    transferSyntax = TransferSyntax(uid);
    begin = position;
}

namespace {
/// A sequence or an item that is open while scanning.
struct Open {
    bool isSequence;
    /// Where it must end; the end of its holder for an undefined length.
    uint64_t end;
    bool isUndefined;
    int32_t index;
    bool isExplicit;
};
}  // namespace

void Object::scan(uint64_t from, uint64_t to) {
    std::vector<Open> open;
    uint64_t position = from;
    size_t depth = 0;
    for (;;) {
        while (!open.empty() && !open.back().isUndefined && position >= open.back().end) {
            if (open.back().isSequence) depth--;
            open.pop_back();
        }
        uint64_t end = open.empty() ? to : open.back().end;
        if (position == end) {
            if (open.empty()) return;
            throw Refusal("a sequence has no end");
        }
        if (end - position < 8) throw Refusal("the object ends in the middle of an element");
        if (list.size() >= Limits::elements) throw Refusal("the object has more than 20000 elements");
        uint32_t tag = tagOf(u16(position), u16(position + 2));
        bool inSequence = !open.empty() && open.back().isSequence;
        uint32_t length = u32(position + 4);
        if (inSequence || tag >> 16 == 0xfffe) {
            if (tag == sequenceEnd && inSequence && open.back().isUndefined && length == 0) {
                open.pop_back();
                depth--;
                position += 8;
            } else if (tag == itemEnd && !inSequence && !open.empty() && open.back().isUndefined && length == 0) {
                open.pop_back();
                position += 8;
            } else if (tag == itemTag && inSequence) {
                position += 8;
                bool undefined = length == undefinedLength;
                if (!undefined && length > end - position) throw Refusal("an item is longer than its sequence");
                Element item;
                item.tag = itemTag;
                item.offset = position;
                item.parent = open.back().index;
                list.push_back(item);
                open.push_back(
                    {false, undefined ? end : position + length, undefined, int32_t(list.size() - 1),
                     open.back().isExplicit});
            } else {
                throw Refusal("items and delimiters do not fit together");
            }
            continue;
        }
        Element element;
        element.tag = tag;
        element.parent = open.empty() ? -1 : open.back().index;
        bool isExplicit = open.empty() ? transferSyntax.isExplicit : open.back().isExplicit;
        uint64_t head = 8;
        if (isExplicit) {
            element.vr[0] = char(all.start[position + 4]);
            element.vr[1] = char(all.start[position + 5]);
            if (!isKnown(element.vr)) throw Refusal("an element has an unknown value representation");
            if (isLong(element.vr)) {
                head = 12;
                if (end - position < 12) throw Refusal("the object ends in the middle of an element");
                length = u32(position + 8);
            } else {
                length = u16(position + 6);
            }
        } else {
            standardVR(tag, element.vr);
        }
        position += head;
        element.offset = position;
        bool undefined = length == undefinedLength;
        if (!undefined && length > end - position) throw Refusal("an element is longer than what is left");
        bool isPixels = tag == tagOf(0x7fe0, 0x0010);
        if (isPixels && undefined) {
            element.isEncapsulated = true;
            list.push_back(element);
            scanFragments(position, end, open.empty());
            continue;
        }
        bool isSequence = !std::strcmp(element.vr, "SQ");
        bool isImplicitInside = undefined && !std::strcmp(element.vr, "UN");
        if (undefined && !isSequence && !isImplicitInside) throw Refusal("an element without a length is no sequence");
        element.length = undefined ? 0 : length;
        if (isImplicitInside) std::strcpy(element.vr, "SQ");
        list.push_back(element);
        if (isSequence || isImplicitInside) {
            if (++depth > Limits::depth) throw Refusal("sequences are nested deeper than 32");
            open.push_back(
                {true, undefined ? end : position + length, undefined, int32_t(list.size() - 1),
                 isExplicit && !isImplicitInside});
        } else {
            position += length;
        }
    }
}

void Object::scanFragments(uint64_t &position, uint64_t end, bool keep) {
    for (;;) {
        if (end - position < 8) throw Refusal("the pictures' last fragment has no end");
        uint32_t tag = tagOf(u16(position), u16(position + 2));
        uint32_t length = u32(position + 4);
        position += 8;
        if (tag == sequenceEnd) return;
        if (tag != itemTag || length == undefinedLength || length > end - position)
            throw Refusal("the pictures' fragments are damaged");
        if (keep) {
            if (pixelFragments.size() >= Limits::fragments) throw Refusal("the pictures have too many fragments");
            pixelFragments.push_back({position, length});
        }
        position += length;
    }
}

const Element *Object::find(uint32_t tag, int32_t parent) const {
    for (const auto &element : list)
        if (element.parent == parent && element.tag == tag) return &element;
    return nullptr;
}

std::string Object::text(const Element &element) const {
    std::string text(reinterpret_cast<const char *>(all.start + element.offset), element.length);
    while (!text.empty() && (text.back() == 0 || text.back() == ' ')) text.pop_back();
    return text;
}

std::string Object::text(uint32_t tag) const {
    const Element *element = find(tag);
    return element ? text(*element) : "";
}

/// A US, or an IS without a sign.
bool Object::number(uint32_t tag, uint64_t &value) const {
    const Element *element = find(tag);
    if (!element || element->length == 0) return false;
    if (!std::strcmp(element->vr, "US") || (!std::strcmp(element->vr, "UN") && element->length == 2)) {
        if (element->length < 2) throw Refusal("a number is too short");
        value = u16(element->offset);
        return true;
    }
    std::string digits = text(*element);
    size_t first = digits.find_first_not_of(" +");
    digits = first == std::string::npos ? "" : digits.substr(first);
    if (digits.empty() || digits.size() > 12 || digits.find_first_not_of("0123456789") != std::string::npos)
        throw Refusal("a number is not a number");
    value = std::stoull(digits);
    return true;
}

uint16_t Object::u16(uint64_t offset) const {
    const uint8_t *at = all.start + offset;
    bool swap = transferSyntax.isBigEndian && offset >= begin && begin > 0;
    return swap ? uint16_t(at[0] << 8 | at[1]) : uint16_t(at[1] << 8 | at[0]);
}

uint32_t Object::u32(uint64_t offset) const {
    bool swap = transferSyntax.isBigEndian && offset >= begin && begin > 0;
    uint32_t low = u16(swap ? offset + 2 : offset), high = u16(swap ? offset : offset + 2);
    return high << 16 | low;
}

uint64_t Object::u64(uint64_t offset) const {
    bool swap = transferSyntax.isBigEndian && offset >= begin && begin > 0;
    uint64_t low = u32(swap ? offset + 4 : offset), high = u32(swap ? offset : offset + 4);
    return high << 32 | low;
}
