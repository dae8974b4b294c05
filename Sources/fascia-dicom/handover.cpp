// SPDX-License-Identifier: Apache-2.0
#include "handover.h"

#include "wire.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

namespace {
constexpr int out = 1;
constexpr size_t page = 4096, most = 4;
}  // namespace

/// Of the last ones nobody says when they have been read: their memory stays as it is until the process ends, and what is in
/// the pipe then is the system's.
Handover::~Handover() { new std::deque<std::vector<uint8_t>>(std::move(given)); }

/// Every page takes a place in the pipe, and places are given back in their order: once as many others were filled as it has,
/// those of a picture are free.
size_t Handover::kept(size_t bytes) const {
#ifdef __linux__
    int capacity = fcntl(out, F_GETPIPE_SZ);
    size_t places = between * (bytes / page);
    if (capacity <= 0 || places == 0) return 0;
    size_t needed = (size_t(capacity) / page + places - 1) / places;
    return needed <= most ? needed : 0;
#else
    return 0;
#endif
}

void Handover::give(std::vector<uint8_t> picture) {
    size_t number = kept(picture.size());
    if (number == 0) {
        Wire().send('P', picture.data(), picture.size());
        spare = std::move(picture);
        return;
    }
#ifdef __linux__
    Wire().announce('P', picture.size());
    for (size_t done = 0; done < picture.size();) {
        iovec part{picture.data() + done, picture.size() - done};
        ssize_t put = vmsplice(out, &part, 1, 0);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) _exit(4);
        done += size_t(put);
    }
    given.push_back(std::move(picture));
    for (; given.size() > number; given.pop_front()) spare = std::move(given.front());
#endif
}
