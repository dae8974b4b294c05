// SPDX-License-Identifier: Apache-2.0
#include "forkserver.h"

#include "descriptor.h"
#include "wire.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmdata/dcdict.h>
#include <dcmtk/dcmtls/tlslayer.h>
#ifdef __linux__
#include <sched.h>
#include <sys/prctl.h>
#endif

namespace {
/// Where the clinic listens.
constexpr int clinic = 4;

/// A child of the clinic, which waits for its end, and no child of this process: 0 in the child, negative where there is none.
/// It is made before this process has any thread.
pid_t bear() {
#ifdef __linux__
    return pid_t(syscall(SYS_clone, CLONE_PARENT | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
#else
    errno = ENOSYS;
    return -1;
#endif
}

/// What every helper would do first: DCMTK's dictionary, OpenSSL's tables and its source of randomness, which knows of forks.
void prepare() {
    dcmDataDict.rdlock();
    dcmDataDict.rdunlock();
    DcmTLSTransportLayer::initializeOpenSSL();
    DcmTLSTransportLayer security(NET_ACCEPTOR, nullptr, OFTrue);
    uint8_t digest[32];
    unsigned count = 0;
    EVP_Digest("", 0, digest, &count, EVP_sha256(), nullptr);
    RAND_bytes(digest, sizeof digest);
}
}  // namespace

std::vector<std::string> orderedHelper() {
    Wire wire{clinic, clinic};
    prepare();
    wire.send('N', "");
    for (;;) {
        // The descriptor that the helper gets, as which number, and what it is to do.
        int given = receiveDescriptor(clinic);
        char kind = 0;
        std::vector<std::string> words;
        if (given < 0 || !wire.receive(kind, words) || kind != 'O' || words.empty()) _exit(0);
        pid_t child = bear();
        if (child == 0) {
            int number = std::atoi(words[0].c_str());
            setpgid(0, 0);
            if (number != clinic) close(clinic);
            if (given != number && (dup2(given, number) != number || close(given) != 0)) _exit(5);
            words.erase(words.begin());
#ifdef __linux__
            // What `ps` calls it.
            if (!words.empty()) prctl(PR_SET_NAME, words[0].c_str());
#endif
            return words;
        }
        close(given);
        wire.send('B', std::to_string(child));
    }
}
