// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

/// One thread beside the association's own, which does what is posted in its order: checksums while the rest arrives, syncs
/// while the clinic thinks.
class Aside {
public:
    ~Aside();
    /// Waits where much is posted already, so that memory stays small.
    void post(std::function<void()> work);
    /// Until all that was posted is done.
    void wait();

private:
    void run();

    static constexpr size_t mostWaiting = 32;
    std::mutex lock;
    std::condition_variable hasWork, hasRoom;
    std::deque<std::function<void()>> waiting;
    bool isWorking = false, isOver = false;
    std::thread thread;
};
