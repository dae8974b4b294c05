// SPDX-License-Identifier: Apache-2.0
// The value representations of standard elements, for what does not say them.
#include "dictionary.h"

#include "object.h"

#include <cstdlib>
#include <cstring>
#include <string>

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmdata/dcdicent.h>
#include <dcmtk/dcmdata/dcdict.h>

namespace {
/// Where the whole dictionary is, while only its commands are known.
std::string whole;

/// The command elements (PS3.7 annex E.1).
const struct {
    Uint16 element;
    DcmEVR vr;
} commands[] = {
    {0x0000, EVR_UL}, {0x0002, EVR_UI}, {0x0003, EVR_UI}, {0x0100, EVR_US}, {0x0110, EVR_US}, {0x0120, EVR_US},
    {0x0600, EVR_AE}, {0x0700, EVR_US}, {0x0800, EVR_US}, {0x0900, EVR_US}, {0x0901, EVR_AT}, {0x0902, EVR_LO},
    {0x0903, EVR_US}, {0x1000, EVR_UI}, {0x1001, EVR_UI}, {0x1002, EVR_US}, {0x1005, EVR_AT}, {0x1008, EVR_US},
    {0x1020, EVR_US}, {0x1021, EVR_US}, {0x1022, EVR_US}, {0x1023, EVR_US}, {0x1030, EVR_AE}, {0x1031, EVR_US}};

void knowEverything() {
    if (whole.empty()) return;
    DcmDataDictionary &dictionary = dcmDataDict.wrlock();
    for (size_t from = 0; from < whole.size();) {
        size_t to = std::min(whole.find(':', from), whole.size());
        dictionary.loadDictionary(whole.substr(from, to - from).c_str(), OFFalse);
        from = to + 1;
    }
    dcmDataDict.wrunlock();
    whole.clear();
}
}  // namespace

void knowCommandsOnly() {
    const char *named = std::getenv("DCMDICTPATH");
    whole = named ? named : DCM_DICT_DEFAULT_PATH;
    setenv("DCMDICTPATH", "/dev/null", 1);
    DcmDataDictionary &dictionary = dcmDataDict.wrlock();
    for (const auto &command : commands)
        dictionary.addEntry(new DcmDictEntry(0, command.element, DcmVR(command.vr), "Command", 1, 1, "DICOM", OFFalse, nullptr));
    dcmDataDict.wrunlock();
}

void standardVR(uint32_t tag, char vr[3]) {
    knowEverything();
    DcmTag known(Uint16(tag >> 16), Uint16(tag & 0xffff));
    const char *name = known.getVR().getValidVRName();
    if (tag == tagOf(0x7fe0, 0x0010)) name = "OW";
    // Both signs are possible; what matters here (bits, rows) is never negative.
    if (!name || std::strlen(name) != 2 || !std::strcmp(name, "??")) name = "UN";
    std::memcpy(vr, name, 3);
}
