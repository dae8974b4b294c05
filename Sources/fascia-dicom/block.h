// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>

/// Memory that a disk can read from without a copy: it begins at a page.
struct Block {
    static constexpr size_t size = 2u << 20, page = 4096;

    Block() : bytes(static_cast<uint8_t *>(std::aligned_alloc(page, size)), std::free) {
        if (!bytes) throw std::bad_alloc();
    }
    const std::unique_ptr<uint8_t, decltype(&std::free)> bytes;
};

/// Two blocks, made when they are needed first and kept: one is filled while the other is still looked at.
class Blocks {
public:
    Block &first() { return made(0); }
    Block &other(const Block &block) { return made(&block == all[0].get() ? 1 : 0); }

private:
    Block &made(int number) {
        if (!all[number]) all[number] = std::make_unique<Block>();
        return *all[number];
    }
    std::unique_ptr<Block> all[2];
};
