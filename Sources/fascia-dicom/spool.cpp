// SPDX-License-Identifier: Apache-2.0
#include "spool.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/random.h>
#include <unistd.h>

SpoolFile::SpoolFile(const std::string &place, const std::string &head, uint64_t limit)
    : folder(place), most(limit), hash(EVP_MD_CTX_new()) {
    uint8_t random[16];
    if (getrandom(random, sizeof random, 0) != sizeof random) isFull = true;
    char name[40];
    for (int i = 0; i < 16; i++) std::snprintf(name + 2 * i, 3, "%02x", random[i]);
    // Whose it is, so that the clinic finds what a helper left that was ended.
    path = folder + "/dicom-" + std::to_string(getpid()) + "-" + name;
    descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) isFull = true;
    EVP_DigestInit_ex(hash, EVP_sha256(), nullptr);
    write(head.data(), offile_off_t(head.size()));
}

SpoolFile::~SpoolFile() {
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
    EVP_DigestUpdate(hash, buffer, size_t(length));
    for (offile_off_t done = 0; done < length;) {
        ssize_t written = ::write(descriptor, static_cast<const char *>(buffer) + done, size_t(length - done));
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) {
            isFull = true;
            return length;
        }
        done += written;
    }
    count += uint64_t(length);
#ifdef __linux__
    // The disk works while the rest arrives; the last sync has little left to do.
    if (count - started >= (256u << 10)) {
        sync_file_range(descriptor, off64_t(started), off64_t(count - started), SYNC_FILE_RANGE_WRITE);
        started = count;
    }
#endif
    return length;
}

bool SpoolFile::finish(std::string &sha256) {
    uint8_t digest[32];
    EVP_DigestFinal_ex(hash, digest, nullptr);
    char text[65];
    for (int i = 0; i < 32; i++) std::snprintf(text + 2 * i, 3, "%02x", digest[i]);
    sha256 = text;
    return !isFull && !isTooLarge && fsync(descriptor) == 0;
}

offile_off_t SpoolMemory::write(const void *buffer, offile_off_t length) {
    if (bytes.size() + size_t(length) > most) isTooLarge = true;
    else bytes.insert(bytes.end(), static_cast<const uint8_t *>(buffer), static_cast<const uint8_t *>(buffer) + length);
    return length;
}
