// SPDX-License-Identifier: Apache-2.0
// The helper of the clinic's DICOM room: everything native that touches bytes from outside happens in one of these
// processes, which has no database, no settings, and little memory. Its crash costs one association or one object.
#if !__has_include(<dcmtk/config/osconfig.h>)
#error "DCMTK is missing. Run script/bootstrap, or install libdcmtk-dev, libopenjp2-7-dev and libturbojpeg0-dev."
#endif
#if !__has_include(<jpeglib.h>)
#error "libjpeg-turbo is missing. Run script/bootstrap, or install libturbojpeg0-dev."
#endif

#include "association.h"
#include "frames.h"
#include "index.h"
#include "object.h"
#include "wire.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <sys/resource.h>
#include <unistd.h>

void Wire::send(char kind, const void *payload, size_t count) const {
    uint8_t head[5] = {uint8_t(count), uint8_t(count >> 8), uint8_t(count >> 16), uint8_t(count >> 24), uint8_t(kind)};
    const uint8_t *parts[] = {head, static_cast<const uint8_t *>(payload)};
    size_t counts[] = {5, count};
    for (int part = 0; part < 2; part++)
        for (size_t done = 0; done < counts[part];) {
            ssize_t written = write(out, parts[part] + done, counts[part] - done);
            if (written < 0 && errno == EINTR) continue;
            if (written <= 0) _exit(4);
            done += size_t(written);
        }
}

void Wire::send(char kind, const std::vector<std::string> &texts) const {
    std::string all;
    for (const auto &text : texts) {
        for (int byte = 0; byte < 4; byte++) all += char(text.size() >> (8 * byte));
        all += text;
    }
    send(kind, all);
}

bool Wire::receive(char &kind, std::vector<uint8_t> &payload) const {
    auto fill = [&](uint8_t *to, size_t count) {
        for (size_t done = 0; done < count;) {
            ssize_t got = read(in, to + done, count - done);
            if (got < 0 && errno == EINTR) continue;
            if (got <= 0) return false;
            done += size_t(got);
        }
        return true;
    };
    uint8_t head[5];
    if (!fill(head, 5)) return false;
    size_t count = head[0] | size_t(head[1]) << 8 | size_t(head[2]) << 16 | size_t(head[3]) << 24;
    if (count > (64u << 20)) return false;
    kind = char(head[4]);
    payload.resize(count);
    return fill(payload.data(), count);
}

namespace {
void limit(int resource, rlim_t value) {
    rlimit wanted{value, value};
    setrlimit(resource, &wanted);
}

int index(const char *path) {
    Wire wire;
    wire.send('I', indexOf(Object::file(path)).whole);
    return 0;
}

int usage() {
    std::fputs(
        "fascia-dicom is started by fascia.\n"
        "  fascia-dicom index FILE\n  fascia-dicom decode FILE grey|display FIRST COUNT\n"
        "  fascia-dicom association … (with the clinic as file descriptor 4, which sends the connection)\n",
        stderr);
    return 64;
}
}  // namespace

int main(int count, char **arguments) {
#ifdef __GLIBC__
    // What was given back is used again for the next part of an object, instead of being fetched anew from the system.
    mallopt(M_MMAP_THRESHOLD, 8 << 20);
    mallopt(M_TRIM_THRESHOLD, 32 << 20);
#endif
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_NOFILE, 64);
    limit(RLIMIT_FSIZE, Limits::objectBytes + (8u << 20));
    std::string command = count > 1 ? arguments[1] : "";
    // Private memory only: an object is mapped from its file, which costs none of it.
    limit(RLIMIT_DATA, command == "decode" ? 512u << 20 : 160u << 20);
    try {
        if (command == "index" && count == 3) {
            limit(RLIMIT_CPU, 2);
            return index(arguments[2]);
        }
        if (command == "decode" && count == 6) {
            limit(RLIMIT_CPU, 300);
            return decodeFrames(
                arguments[2], !std::strcmp(arguments[3], "grey"), std::strtoull(arguments[4], nullptr, 10),
                std::strtoull(arguments[5], nullptr, 10));
        }
        if (command == "association") return serveAssociation(count - 2, arguments + 2);
    } catch (const Refusal &refusal) {
        Wire().send('R', refusal.what());
        return 2;
    } catch (const std::bad_alloc &) {
        Wire().send('R', "it needs more memory than one object may take");
        return 2;
    } catch (const std::exception &) {
        return 3;
    }
    return usage();
}
