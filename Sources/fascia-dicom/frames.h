// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

/// Writes frames of an object to standard output, in their order: grey, or red, green and blue. An exit code.
int decodeFrames(const char *path, bool isGrey, uint64_t first, uint64_t count);
