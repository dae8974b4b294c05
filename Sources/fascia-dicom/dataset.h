// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcistrmb.h>
#include <dcmtk/dcmdata/dctk.h>

/// Reads the clinic's own bytes, explicit little endian.
inline bool fill(DcmDataset &set, const uint8_t *start, size_t count) {
    DcmInputBufferStream stream;
    stream.setBuffer(start, offile_off_t(count));
    stream.setEos();
    set.transferInit();
    bool isRead = set.read(stream, EXS_LittleEndianExplicit).good();
    set.transferEnd();
    return isRead;
}
