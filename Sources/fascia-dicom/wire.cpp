// SPDX-License-Identifier: Apache-2.0
#include "wire.h"

#include <cerrno>
#include <unistd.h>

void Wire::write(const void *bytes, size_t count) const {
    for (size_t done = 0; done < count;) {
        ssize_t written = ::write(out, static_cast<const uint8_t *>(bytes) + done, count - done);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) _exit(4);
        done += size_t(written);
    }
}

void Wire::announce(char kind, size_t count) const {
    uint8_t head[5] = {uint8_t(count), uint8_t(count >> 8), uint8_t(count >> 16), uint8_t(count >> 24), uint8_t(kind)};
    write(head, sizeof head);
}

void Wire::send(char kind, const void *payload, size_t count) const {
    announce(kind, count);
    write(payload, count);
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

bool Wire::receive(char &kind, std::vector<std::string> &texts) const {
    std::vector<uint8_t> payload;
    if (!receive(kind, payload)) return false;
    texts.clear();
    for (size_t at = 0; at < payload.size();) {
        if (payload.size() - at < 4) return false;
        size_t count = payload[at] | size_t(payload[at + 1]) << 8 | size_t(payload[at + 2]) << 16 | size_t(payload[at + 3]) << 24;
        at += 4;
        if (count > payload.size() - at) return false;
        texts.emplace_back(reinterpret_cast<const char *>(payload.data()) + at, count);
        at += count;
    }
    return true;
}
