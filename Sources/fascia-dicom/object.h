// SPDX-License-Identifier: Apache-2.0
// A DICOM object in memory, read without recursion, without allocation by what it says of itself, and never beyond its end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

/// What is wrong with an object, in words for the log and the desk.
struct Refusal : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// How much of a machine one object may take (domain limits; larger is refused before anything is decoded).
struct Limits {
    static constexpr size_t depth = 32;
    static constexpr size_t elements = 20'000;
    static constexpr size_t fragments = 100'000;
    static constexpr uint64_t side = 4096;
    static constexpr uint64_t frames = 10'000;
    static constexpr uint64_t frameBytes = 48u << 20;
    static constexpr uint64_t loopBytes = 2ull << 30;
    static constexpr uint64_t objectBytes = 512u << 20;
    static constexpr uint64_t inflatedBytes = 64u << 20;
    /// What is told of an object: a loop of 10,000 frames with all its times is a quarter of it.
    static constexpr size_t toldBytes = 4u << 20;
    static constexpr size_t toldValues = 100'000;
};

struct Bytes {
    const uint8_t *start = nullptr;
    size_t count = 0;
};

struct Fragment {
    uint64_t offset = 0;
    uint32_t length = 0;
};

constexpr uint32_t tagOf(uint16_t group, uint16_t element) { return uint32_t(group) << 16 | element; }

struct Element {
    uint32_t tag = 0;
    char vr[3] = "UN";
    uint64_t offset = 0;
    uint32_t length = 0;
    /// Index of the item that holds it, -1 at the top.
    int32_t parent = -1;
    bool isEncapsulated = false;
};

/// Name of a transfer syntax and what it means for reading.
struct TransferSyntax {
    std::string uid;
    bool isExplicit = true, isBigEndian = false, isDeflated = false, isEncapsulated = false;
    explicit TransferSyntax(const std::string &uid);
};

class Object {
public:
    /// A file with preamble and meta header.
    static Object file(const std::string &path);
    /// The same in memory, which lives as long as the object is used.
    static Object file(Bytes bytes);
    /// A data set alone, as it came over the network.
    static Object dataSet(Bytes bytes, const std::string &transferSyntax);

    Bytes bytes() const { return all; }
    const TransferSyntax &syntax() const { return transferSyntax; }
    const std::vector<Element> &elements() const { return list; }
    const std::vector<Fragment> &fragments() const { return pixelFragments; }
    /// The first element of this tag at the top or in an item.
    const Element *find(uint32_t tag, int32_t parent = -1) const;
    std::string text(uint32_t tag) const;
    std::string text(const Element &element) const;
    bool number(uint32_t tag, uint64_t &value) const;
    uint16_t u16(uint64_t offset) const;
    uint32_t u32(uint64_t offset) const;
    uint64_t u64(uint64_t offset) const;
    /// Everything that is not a bulk of bytes, in the DICOM JSON model (PS3.18 F), private elements left out.
    std::string json() const;
    /// The first value of a text at the top in UTF-8, of a name its alphabetic writing.
    std::string word(uint32_t tag) const;
    /// Where the data set begins in a file.
    uint64_t dataSetOffset() const { return begin; }

private:
    Object() : transferSyntax("1.2.840.10008.1.2.1") {}
    void readFile();
    void readMeta();
    void checkIdentifiers() const;
    void scan(uint64_t from, uint64_t to);
    void scanFragments(uint64_t &position, uint64_t end, bool keep);
    void json(std::string &out, int32_t parent, size_t &index, size_t &told) const;
    /// Counts the values into `told`.
    void value(std::string &out, const Element &element, size_t &told) const;
    std::string utf8(const std::string &text) const;

    std::shared_ptr<void> owner;
    Bytes all;
    uint64_t begin = 0;
    TransferSyntax transferSyntax;
    std::string characterSet;
    std::vector<Element> list;
    std::vector<Fragment> pixelFragments;
};

/// The VR of a standard element, for objects that do not say it.
void standardVR(uint32_t tag, char vr[3]);
