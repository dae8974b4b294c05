// SPDX-License-Identifier: Apache-2.0
#include "index.h"

#include "json.h"
#include "object.h"
#include "pictures.h"

namespace {
/// Class, instance, study date, accession number, modality, series description, patient, study, series, instance number.
const std::vector<uint32_t> filedBy = {
    0x00080016, 0x00080018, 0x00080020, 0x00080050, 0x00080060, 0x0008103e,
    0x00100010, 0x00100020, 0x0020000d, 0x0020000e, 0x00200013};

std::string fragmentsText(const Pictures &pictures) {
    std::string out;
    const auto &frames = pictures.frameFragments();
    for (size_t i = 0; i < frames.size(); i++) {
        out += i ? ",[" : "[";
        for (size_t j = 0; j < frames[i].size(); j++)
            out += (j ? ",[" : "[") + std::to_string(frames[i][j].offset) + "," + std::to_string(frames[i][j].length) + "]";
        out += "]";
    }
    return out;
}

std::string text(const Object &object, const Pictures &pictures, const std::string &fragments, const std::string &attributes) {
    auto number = [](uint64_t value) { return std::to_string(value); };
    std::string out = "{\"transferSyntax\":" + jsonText(object.syntax().uid)
        + ",\"dataSetOffset\":" + number(object.dataSetOffset());
    if (pictures.exist)
        out += ",\"pictures\":{\"rows\":" + number(pictures.rows) + ",\"columns\":" + number(pictures.columns)
            + ",\"samples\":" + number(pictures.samples) + ",\"bitsAllocated\":" + number(pictures.bitsAllocated)
            + ",\"frames\":" + number(pictures.frames) + ",\"isFilm\":" + (pictures.isFilm ? "true" : "false")
            + ",\"nativeOffset\":" + number(pictures.nativeOffset) + ",\"nativeFrameBytes\":"
            + number(pictures.nativeFrameBytes) + ",\"fragments\":[" + fragments + "]}";
    return out + ",\"attributes\":" + attributes + "}";
}
}  // namespace

Index indexOf(const Object &object) {
    Pictures pictures(object);
    return {text(object, pictures, fragmentsText(pictures), object.json()), text(object, pictures, "", object.json(filedBy))};
}
