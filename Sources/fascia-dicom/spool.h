// SPDX-License-Identifier: Apache-2.0
// Where a received data set goes, byte for byte: to a file with its checksum, or into a little memory.
#pragma once

#include "aside.h"
#include "block.h"
#include "object.h"

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcostrma.h>

typedef struct evp_md_ctx_st EVP_MD_CTX;

/// A Part 10 file that grows; what can't be written is swallowed, so that the association goes on and can say why.
///
/// It is gathered in blocks and goes to the disk from there, past the page cache: of the processor time that it took to write a
/// small object this left a sixth, and loops arrive more than twice as fast (docs/benchmarks.md). A long one is written block by
/// block while the rest arrives, a small one while the clinic thinks.
class SpoolFile : public DcmConsumer {
public:
    /// - folder: where it grows; place: where it lies once it is whole, on the same disk.
    /// - blocks: the association's own, used by one file at a time.
    /// - sums, disk: the association's own, too, for checksums and for writing beside the rest.
    SpoolFile(
        const std::string &folder, const std::string &place, Aside &sums, Aside &disk, Blocks &blocks, uint64_t most);
    ~SpoolFile() override;

    /// The disk refused; it may do so while more arrives.
    std::atomic<bool> isFull = false;
    bool isTooLarge = false;
    std::string path;
    uint64_t count = 0;

    /// Whether it did not fit into one block.
    bool isLong() const { return count > Block::size; }
    /// Lets what is left be written, when all has come; of a long one, waits for it. False where the disk refused.
    bool finish();
    /// All that was written, read as an object.
    Object object() const;
    /// The checksum of all that was written, as hexadecimal text.
    std::string checksum();
    /// Where it lies once it has settled.
    std::string target() const { return place + "/" + name + ".dcm"; }
    /// Moves the whole file into its place; false where the disk refused.
    bool settle();
    /// Brings the file and its entry in the folder to disk; false where the disk refused.
    bool sync() const;
    /// The clinic has taken it over, where it has settled.
    void keep() { isKept = true; }

    OFBool good() const override { return OFTrue; }
    OFCondition status() const override { return EC_Normal; }
    OFBool isFlushed() const override { return OFTrue; }
    offile_off_t avail() const override { return 1 << 20; }
    offile_off_t write(const void *buffer, offile_off_t length) override;
    void flush() override {}

private:
    /// Lets the full block be written beside the receiving, and goes on in the other one.
    void goOn();
    /// Lets the part of the block that is new be added to the checksum beside the receiving.
    void addToChecksum();
    void writeOut(const uint8_t *start, size_t length);
    void writePastCache(const uint8_t *start, size_t length);

    std::string name, place;
    Aside &sums, &disk;
    Blocks &blocks;
    Block *block;
    size_t filled = 0, summed = 0;
    uint64_t most;
    int descriptor = -1;
    bool isSettled = false, isKept = false;
    EVP_MD_CTX *hash;
};

class SpoolMemory : public DcmConsumer {
public:
    explicit SpoolMemory(size_t most) : most(most) {}
    bool isTooLarge = false;
    std::vector<uint8_t> bytes;

    OFBool good() const override { return OFTrue; }
    OFCondition status() const override { return EC_Normal; }
    OFBool isFlushed() const override { return OFTrue; }
    offile_off_t avail() const override { return 1 << 20; }
    offile_off_t write(const void *buffer, offile_off_t length) override;
    void flush() override {}

private:
    size_t most;
};

/// DCMTK's stream with one of ours at its end.
class SpoolStream : public DcmOutputStream {
public:
    explicit SpoolStream(DcmConsumer *end) : DcmOutputStream(end) {}
};
