// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

/// Hands pictures of one size to the reader of standard output. Into a pipe their pages go as they are, which spares one copy of
/// two; each stays untouched until the pipe can't hold anything of it any more.
class Handover {
public:
    /// - between: how many pictures of that size come between two of this process's, its own next one included.
    explicit Handover(size_t between) : between(between) {}
    ~Handover();
    Handover(const Handover &) = delete;
    Handover &operator=(const Handover &) = delete;
    /// Memory for the next one, as large as one before it where one is free.
    std::vector<uint8_t> memory() { return std::move(spare); }
    void give(std::vector<uint8_t> picture);

private:
    /// How many of this process's pictures must be kept; 0 where they are better copied.
    size_t kept(size_t bytes) const;

    size_t between;
    std::deque<std::vector<uint8_t>> given;
    std::vector<uint8_t> spare;
};
