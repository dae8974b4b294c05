// SPDX-License-Identifier: Apache-2.0
// Frames to and from the clinic: four bytes of length (little endian), one byte that says what it is, the payload.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

struct Wire {
    int in = 0, out = 1;

    /// Writes the head of a frame whose payload follows in another way.
    void announce(char kind, size_t count) const;
    /// Writes one frame; the helper ends where nobody listens any more.
    void send(char kind, const void *payload, size_t count) const;
    void send(char kind, const std::string &text) const { send(kind, text.data(), text.size()); }
    /// One frame of several texts, each after its length in four bytes (little endian).
    void send(char kind, const std::vector<std::string> &texts) const;
    /// Waits for the next frame; false at the end.
    bool receive(char &kind, std::vector<uint8_t> &payload) const;
    bool receive(char &kind, std::vector<std::string> &texts) const;

private:
    void write(const void *bytes, size_t count) const;
};
