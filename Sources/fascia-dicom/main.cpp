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
#include "commitment.h"
#include "forkserver.h"
#include "frames.h"
#include "index.h"
#include "object.h"
#include "wire.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <new>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <sys/resource.h>
#include <unistd.h>

namespace {
void limit(int resource, rlim_t value) {
    rlimit wanted{value, value};
    setrlimit(resource, &wanted);
}

int index(const std::string &path) {
    Wire wire;
    wire.send('I', indexOf(Object::file(path)).whole);
    return 0;
}

int usage() {
    std::fputs(
        "fascia-dicom is started by fascia.\n"
        "  fascia-dicom fork-server      (with the clinic as file descriptor 4, which orders what stands below)\n"
        "  fascia-dicom index FILE\n  fascia-dicom decode FILE grey|display FIRST COUNT\n"
        "  fascia-dicom association … (with the clinic as file descriptor 4, which sends the connection)\n"
        "  fascia-dicom report FILE … (a result of storage commitment, to a machine)\n",
        stderr);
    return 64;
}

int run(const std::vector<std::string> &words) {
    std::string command = words.empty() ? "" : words[0];
    // Private memory only: an object is mapped from its file, which costs none of it.
    limit(RLIMIT_DATA, command == "decode" ? 512u << 20 : 160u << 20);
    try {
        if (command == "index" && words.size() == 2) {
            limit(RLIMIT_CPU, 2);
            return index(words[1]);
        }
        if (command == "decode" && words.size() == 5) {
            limit(RLIMIT_CPU, 300);
            return decodeFrames(
                words[1].c_str(), words[2] == "grey", std::strtoull(words[3].c_str(), nullptr, 10),
                std::strtoull(words[4].c_str(), nullptr, 10));
        }
        if (command == "association") return serveAssociation(words);
        if (command == "report") return reportCommitment(words);
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
}  // namespace

int main(int count, char **arguments) {
    std::vector<std::string> words(arguments + std::min(count, 1), arguments + count);
#ifdef __GLIBC__
    // What was given back is used again for the next part of an object, instead of being fetched anew from the system.
    mallopt(M_MMAP_THRESHOLD, 8 << 20);
    mallopt(M_TRIM_THRESHOLD, 32 << 20);
#endif
    // A crash ends the process at once. Swift's runtime, which every program here is linked to, would look for its cause first,
    // and with these limits never end.
    for (int crash : {SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV}) signal(crash, SIG_DFL);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_NOFILE, 64);
    limit(RLIMIT_FSIZE, Limits::objectBytes + (8u << 20));
    if (words == std::vector<std::string>{"fork-server"}) words = orderedHelper();
    // What is in memory needs no tidying: taking the dictionary apart takes longer than an association.
    _exit(run(words));
}
