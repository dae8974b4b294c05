// SPDX-License-Identifier: Apache-2.0
// The value representations of standard elements, for what does not say them.
#include "object.h"

#include <cstring>

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

void standardVR(uint32_t tag, char vr[3]) {
    DcmTag known(Uint16(tag >> 16), Uint16(tag & 0xffff));
    const char *name = known.getVR().getValidVRName();
    if (tag == tagOf(0x7fe0, 0x0010)) name = "OW";
    // Both signs are possible; what matters here (bits, rows) is never negative.
    if (!name || std::strlen(name) != 2 || !std::strcmp(name, "??")) name = "UN";
    std::memcpy(vr, name, 3);
}
