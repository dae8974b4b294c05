// SPDX-License-Identifier: Apache-2.0
// Where a received data set goes, byte for byte: to a file with its checksum, or into a little memory.
#pragma once

#include "aside.h"

#include <cstdint>
#include <string>
#include <vector>

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcostrma.h>

typedef struct evp_md_ctx_st EVP_MD_CTX;

/// A Part 10 file that grows; what can't be written is swallowed, so that the association goes on and can say why.
class SpoolFile : public DcmConsumer {
public:
    /// - folder: where it grows; place: where it lies once it is whole, on the same disk.
    SpoolFile(const std::string &folder, const std::string &place, Aside &aside, uint64_t most);
    ~SpoolFile() override;

    bool isFull = false, isTooLarge = false;
    std::string path;
    uint64_t count = 0;

    /// The checksum of all that was written, as hexadecimal text.
    std::string checksum();
    /// Moves the whole file into its place; false where the disk refused.
    bool settle();
    /// Brings the file and its entry in the folder to disk; false where the disk refused.
    bool sync() const;
    /// The clinic has taken it over.
    void keep() { isKept = true; }

    OFBool good() const override { return OFTrue; }
    OFCondition status() const override { return EC_Normal; }
    OFBool isFlushed() const override { return OFTrue; }
    offile_off_t avail() const override { return 1 << 20; }
    offile_off_t write(const void *buffer, offile_off_t length) override;
    void flush() override {}

private:
    std::string name, place;
    Aside &aside;
    uint64_t most, started = 0;
    int descriptor = -1;
    bool isKept = false;
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
