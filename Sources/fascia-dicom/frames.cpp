// SPDX-License-Identifier: Apache-2.0
// Frames decoded on all cores. Each worker decodes every n-th frame and writes it when its turn comes, which the one before
// it says. Workers are processes, so that no decoder has to bear threads, and one that breaks ends the run, not the clinic.
#include "frames.h"

#include "handover.h"
#include "object.h"
#include "pictures.h"
#include "wire.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <new>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>
#ifdef __linux__
#include <sys/prctl.h>
#endif

namespace {
constexpr uint64_t mostWorkers = 4, fewestFramesEach = 4;

/// Whose turn it is, handed on by a byte in a pipe; alone, it is always one's own.
struct Turn {
    int before = -1, next = -1;

    bool wait() const {
        char byte;
        ssize_t got;
        if (before < 0) return true;
        while ((got = read(before, &byte, 1)) < 0 && errno == EINTR) {}
        return got == 1;
    }
    void pass() const {
        if (next >= 0 && write(next, "", 1) != 1) _exit(3);
    }
};

int work(const Pictures &pictures, bool isGrey, uint64_t first, uint64_t end, uint64_t step, const Turn &turn) {
    Wire wire;
    Handover handover(step);
    for (uint64_t frame = first; frame < end; frame += step) {
        std::vector<uint8_t> picture = handover.memory();
        std::string fault;
        try {
            if (isGrey) pictures.grey(frame, picture);
            else pictures.display(frame, picture);
        } catch (const Refusal &refusal) {
            fault = refusal.what();
        } catch (const std::bad_alloc &) {
            fault = "it needs more memory than one object may take";
        }
        if (!turn.wait()) return 3;
        if (!fault.empty()) {
            wire.send('R', fault);
            return 2;
        }
        handover.give(std::move(picture));
        if (frame + 1 == end) wire.send('E', "");
        else turn.pass();
    }
    return 0;
}
}  // namespace

int decodeFrames(const char *path, bool isGrey, uint64_t first, uint64_t count) {
    Object object = Object::file(path);
    Pictures pictures(object);
    if (!pictures.exist) throw Refusal("the object has no pictures");
    if (first >= pictures.frames) throw Refusal("the object has no such frame");
    uint64_t end = count > pictures.frames - first ? pictures.frames : first + count;
    uint64_t cores = std::max(1u, std::thread::hardware_concurrency());
    uint64_t workers = std::max<uint64_t>(1, std::min({mostWorkers, cores, (end - first) / fewestFramesEach}));
    if (workers == 1) return work(pictures, isGrey, first, end, 1, Turn());

    signal(SIGPIPE, SIG_IGN);
    std::vector<Turn> turns(workers);
    for (uint64_t i = 0; i < workers; i++) {
        int ends[2];
        if (pipe(ends) != 0) return 3;
        turns[(i + 1) % workers].before = ends[0];
        turns[i].next = ends[1];
    }
    if (write(turns[workers - 1].next, "", 1) != 1) return 3;
    // A worker that is gone must be seen by the one that waits for it: each keeps its own two ends only.
    auto keepOnly = [&](uint64_t own) {
        for (uint64_t i = 0; i < workers; i++)
            if (i != own) {
                close(turns[i].before);
                close(turns[i].next);
            }
    };
    std::vector<pid_t> others;
    for (uint64_t i = 1; i < workers; i++) {
        pid_t child = fork();
        if (child < 0) return 3;
        if (child == 0) {
#ifdef __linux__
            prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
            keepOnly(i);
            _exit(work(pictures, isGrey, first + i, end, workers, turns[i]));
        }
        others.push_back(child);
    }
    keepOnly(0);
    int code = work(pictures, isGrey, first, end, workers, turns[0]);
    close(turns[0].next);
    for (pid_t child : others) {
        int status = 0;
        while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
        // What broke a worker breaks the run in the same way, so that the clinic learns of it.
        if (WIFSIGNALED(status)) {
            signal(WTERMSIG(status), SIG_DFL);
            raise(WTERMSIG(status));
        }
        if (code == 0 || code == 3) code = WEXITSTATUS(status);
    }
    return code;
}
