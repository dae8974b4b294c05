// SPDX-License-Identifier: Apache-2.0
#include "spool.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/random.h>
#include <unistd.h>

namespace {
/// Enough that handing it to another thread costs little of it.
constexpr size_t summedAtOnce = 128u << 10;
}  // namespace

SpoolFile::SpoolFile(const std::string &folder, const std::string &place, Aside &sums, Aside &disk, Blocks &blocks, uint64_t most)
    : place(place), sums(sums), disk(disk), blocks(blocks), block(&blocks.first()), most(most), hash(EVP_MD_CTX_new()) {
    uint8_t random[16];
    if (getrandom(random, sizeof random, 0) != sizeof random) isFull = true;
    char text[40];
    for (int i = 0; i < 16; i++) std::snprintf(text + 2 * i, 3, "%02x", random[i]);
    name = text;
    // Whose it is, so that the clinic finds what a helper left that was ended.
    path = folder + "/dicom-" + std::to_string(getpid()) + "-" + name;
    descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) isFull = true;
    EVP_DigestInit_ex(hash, EVP_sha256(), nullptr);
}

SpoolFile::~SpoolFile() {
    sums.wait();
    disk.wait();
    if (descriptor >= 0) close(descriptor);
    if (!isKept || !isSettled) unlink(path.c_str());
    EVP_MD_CTX_free(hash);
}

offile_off_t SpoolFile::write(const void *buffer, offile_off_t length) {
    if (count + uint64_t(length) > most) isTooLarge = true;
    if (isFull || isTooLarge) return length;
    const uint8_t *from = static_cast<const uint8_t *>(buffer);
    for (size_t left = size_t(length); left > 0;) {
        if (filled == Block::size) goOn();
        size_t part = std::min(left, Block::size - filled);
        std::memcpy(block->bytes.get() + filled, from, part);
        filled += part;
        from += part;
        left -= part;
        count += part;
        if (filled - summed >= summedAtOnce) addToChecksum();
    }
    return length;
}

void SpoolFile::goOn() {
    // The other block was posted a whole block ago.
    sums.wait();
    disk.wait();
    addToChecksum();
    const uint8_t *start = block->bytes.get();
    disk.post([this, start] { writePastCache(start, Block::size); });
    block = &blocks.other(*block);
    filled = summed = 0;
}

void SpoolFile::addToChecksum() {
    const uint8_t *start = block->bytes.get() + summed;
    size_t length = filled - summed;
    summed = filled;
    if (length > 0) sums.post([this, start, length] { EVP_DigestUpdate(hash, start, length); });
}

bool SpoolFile::finish() {
    if (isFull) return false;
    // The disk first: it is what the machine waits for.
    disk.post([this] { writePastCache(block->bytes.get(), filled); });
    addToChecksum();
    if (!isLong()) return true;
    disk.wait();
    return !isFull;
}

void SpoolFile::writeOut(const uint8_t *start, size_t length) {
    for (size_t done = 0; done < length && !isFull;) {
        ssize_t put = ::write(descriptor, start + done, length - done);
        if (put < 0 && errno == EINTR) continue;
        if (put > 0) done += size_t(put);
        else isFull = true;
    }
}

/// Whole pages go past the cache, the rest through it. Where the file system does not know how, all goes through it.
void SpoolFile::writePastCache(const uint8_t *start, size_t length) {
    if (isFull) return;
    size_t whole = length / Block::page * Block::page, done = 0;
#if defined(__linux__)
    bool isPast = fcntl(descriptor, F_SETFL, O_DIRECT) == 0;
    while (isPast && done < whole) {
        ssize_t put = ::write(descriptor, start + done, whole - done);
        if (put < 0 && errno == EINTR) continue;
        // A disk that is nearly full takes a part; what it says of the rest, it says below.
        if (put <= 0 || size_t(put) % Block::page != 0) isPast = false;
        if (put > 0) done += size_t(put);
    }
    fcntl(descriptor, F_SETFL, 0);
#endif
    writeOut(start + done, length - done);
}

Object SpoolFile::object() const {
    return isLong() ? Object::file(path) : Object::file(Bytes{block->bytes.get(), filled});
}

std::string SpoolFile::checksum() {
    sums.wait();
    uint8_t digest[32];
    EVP_DigestFinal_ex(hash, digest, nullptr);
    char text[65];
    for (int i = 0; i < 32; i++) std::snprintf(text + 2 * i, 3, "%02x", digest[i]);
    return text;
}

bool SpoolFile::settle() {
    if (isFull || isTooLarge || rename(path.c_str(), target().c_str()) != 0) return false;
    path = target();
    isSettled = true;
    return true;
}

bool SpoolFile::sync() const {
    if (fsync(descriptor) != 0) return false;
    // A rename is on disk once its folder is. (Both at once answered no sooner.)
    int folder = open(place.c_str(), O_RDONLY | O_CLOEXEC);
    bool isSynced = folder >= 0 && fsync(folder) == 0;
    if (folder >= 0) close(folder);
    return isSynced;
}

offile_off_t SpoolMemory::write(const void *buffer, offile_off_t length) {
    if (bytes.size() + size_t(length) > most) isTooLarge = true;
    else bytes.insert(bytes.end(), static_cast<const uint8_t *>(buffer), static_cast<const uint8_t *>(buffer) + length);
    return length;
}
