// SPDX-License-Identifier: Apache-2.0
#include "aside.h"

Aside::~Aside() {
    {
        std::lock_guard<std::mutex> guard(lock);
        isOver = true;
    }
    hasWork.notify_one();
    if (thread.joinable()) thread.join();
}

void Aside::post(std::function<void()> work) {
    std::unique_lock<std::mutex> guard(lock);
    if (!thread.joinable()) thread = std::thread([this] { run(); });
    hasRoom.wait(guard, [this] { return waiting.size() < mostWaiting; });
    waiting.push_back(std::move(work));
    // Unlocked first: who is woken may take this thread's processor, and must not then wait for its lock.
    guard.unlock();
    hasWork.notify_one();
}

void Aside::wait() {
    std::unique_lock<std::mutex> guard(lock);
    hasRoom.wait(guard, [this] { return waiting.empty() && !isWorking; });
}

void Aside::run() {
    std::unique_lock<std::mutex> guard(lock);
    for (;;) {
        hasWork.wait(guard, [this] { return isOver || !waiting.empty(); });
        if (waiting.empty()) return;
        auto work = std::move(waiting.front());
        waiting.pop_front();
        isWorking = true;
        guard.unlock();
        work();
        work = nullptr;
        guard.lock();
        isWorking = false;
        guard.unlock();
        hasRoom.notify_all();
        guard.lock();
    }
}
