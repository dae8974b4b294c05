// SPDX-License-Identifier: Apache-2.0
#include "spool.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/random.h>
#include <unistd.h>

SpoolFile::SpoolFile(const std::string &folder, const std::string &place, Aside &aside, uint64_t most)
    : place(place), aside(aside), most(most), hash(EVP_MD_CTX_new()) {
    uint8_t random[16];
    if (getrandom(random, sizeof random, 0) != sizeof random) isFull = true;
    char text[40];
    for (int i = 0; i < 16; i++) std::snprintf(text + 2 * i, 3, "%02x", random[i]);
    name = text;
    path = folder + "/dicom-" + name;
    descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) isFull = true;
    EVP_DigestInit_ex(hash, EVP_sha256(), nullptr);
}

SpoolFile::~SpoolFile() {
    aside.wait();
    if (descriptor >= 0) close(descriptor);
    if (!isKept) unlink(path.c_str());
    EVP_MD_CTX_free(hash);
}

offile_off_t SpoolFile::write(const void *buffer, offile_off_t length) {
    if (isFull || isTooLarge) return length;
    if (count + uint64_t(length) > most) {
        isTooLarge = true;
        return length;
    }
    const uint8_t *start = static_cast<const uint8_t *>(buffer);
    // The buffer is the caller's again when this returns.
    aside.post([this, part = std::vector<uint8_t>(start, start + length)] { EVP_DigestUpdate(hash, part.data(), part.size()); });
    for (offile_off_t done = 0; done < length;) {
        ssize_t written = ::write(descriptor, start + done, size_t(length - done));
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) {
            isFull = true;
            return length;
        }
        done += written;
    }
    count += uint64_t(length);
#ifdef __linux__
    // The disk works while the rest of a long one arrives; the last sync has little left to do.
    if (count - started >= (1u << 20)) {
        sync_file_range(descriptor, off64_t(started), off64_t(count - started), SYNC_FILE_RANGE_WRITE);
        started = count;
    }
#endif
    return length;
}

std::string SpoolFile::checksum() {
    aside.wait();
    uint8_t digest[32];
    EVP_DigestFinal_ex(hash, digest, nullptr);
    char text[65];
    for (int i = 0; i < 32; i++) std::snprintf(text + 2 * i, 3, "%02x", digest[i]);
    return text;
}

bool SpoolFile::settle() {
    std::string target = place + "/" + name + ".dcm";
    if (isFull || isTooLarge || rename(path.c_str(), target.c_str()) != 0) return false;
    path = target;
    return true;
}

bool SpoolFile::sync() const {
    if (fsync(descriptor) != 0) return false;
    // A rename is on disk once its folder is.
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
