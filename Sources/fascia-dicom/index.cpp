// SPDX-License-Identifier: Apache-2.0
#include "index.h"

#include "json.h"
#include "object.h"
#include "pictures.h"

namespace {
/// Class, instance, study date, accession number, modality, series description, patient, study, series, instance number.
const uint32_t filedBy[] = {
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

std::string whole(const Object &object, const Pictures &pictures) {
    auto number = [](uint64_t value) { return std::to_string(value); };
    std::string out = "{\"transferSyntax\":" + jsonText(object.syntax().uid)
        + ",\"dataSetOffset\":" + number(object.dataSetOffset());
    if (pictures.exist)
        out += ",\"pictures\":{\"rows\":" + number(pictures.rows) + ",\"columns\":" + number(pictures.columns)
            + ",\"samples\":" + number(pictures.samples) + ",\"bitsAllocated\":" + number(pictures.bitsAllocated)
            + ",\"frames\":" + number(pictures.frames) + ",\"isFilm\":" + (pictures.isFilm ? "true" : "false")
            + ",\"nativeOffset\":" + number(pictures.nativeOffset) + ",\"nativeFrameBytes\":"
            + number(pictures.nativeFrameBytes) + ",\"fragments\":[" + fragmentsText(pictures) + "]}";
    return out + ",\"attributes\":" + object.json() + "}";
}

std::vector<std::string> head(const Object &object, const Pictures &pictures) {
    std::vector<std::string> texts = {
        object.syntax().uid, std::to_string(object.dataSetOffset()), std::to_string(pictures.exist ? pictures.frames : 0),
        pictures.exist && pictures.isFilm ? "1" : "0"};
    for (uint32_t tag : filedBy) texts.push_back(object.word(tag));
    return texts;
}
}  // namespace

Index indexOf(const Object &object) {
    Pictures pictures(object);
    return {whole(object, pictures), head(object, pictures)};
}
