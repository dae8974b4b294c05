// SPDX-License-Identifier: Apache-2.0
#include "object.h"

#include <cmath>
#include <cstdio>
#include <cstring>
#include <iconv.h>

#include "json.h"

std::string jsonText(const std::string &text) {
    std::string out = "\"";
    for (unsigned char byte : text) {
        if (byte == '"' || byte == '\\') {
            out += '\\';
            out += char(byte);
        } else if (byte < 0x20 || byte == 0x7f) {
            char escape[8];
            std::snprintf(escape, sizeof escape, "\\u%04x", byte);
            out += escape;
        } else {
            out += char(byte);
        }
    }
    return out + "\"";
}

namespace {
const size_t longestInline = 4096;

/// The name that iconv has for a DICOM character set.
const char *encoding(const std::string &set) {
    static const struct {
        const char *dicom, *name;
    } table[] = {
        {"ISO_IR 100", "ISO-8859-1"}, {"ISO_IR 101", "ISO-8859-2"}, {"ISO_IR 109", "ISO-8859-3"},
        {"ISO_IR 110", "ISO-8859-4"}, {"ISO_IR 144", "ISO-8859-5"}, {"ISO_IR 127", "ISO-8859-6"},
        {"ISO_IR 126", "ISO-8859-7"}, {"ISO_IR 138", "ISO-8859-8"}, {"ISO_IR 148", "ISO-8859-9"},
        {"ISO_IR 166", "TIS-620"},    {"ISO_IR 13", "SHIFT_JIS"},   {"ISO_IR 192", "UTF-8"},
        {"GB18030", "GB18030"},       {"GBK", "GBK"},               {"ISO 2022 IR 87", "ISO-2022-JP-2"},
        {"ISO 2022 IR 149", "EUC-KR"}};
    for (const auto &row : table)
        if (set.find(row.dicom) != std::string::npos) return row.name;
    return "ISO-8859-1";
}

std::string base64(const uint8_t *start, size_t count) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (size_t i = 0; i < count; i += 3) {
        uint32_t three = uint32_t(start[i]) << 16 | (i + 1 < count ? start[i + 1] << 8 : 0) | (i + 2 < count ? start[i + 2] : 0);
        out += letters[three >> 18];
        out += letters[three >> 12 & 63];
        out += i + 1 < count ? letters[three >> 6 & 63] : '=';
        out += i + 2 < count ? letters[three & 63] : '=';
    }
    return out;
}

std::vector<std::string> split(const std::string &text, char at) {
    std::vector<std::string> parts(1);
    for (char letter : text) {
        if (letter == at) parts.emplace_back();
        else parts.back() += letter;
    }
    return parts;
}

std::string trimmed(const std::string &text) {
    size_t first = text.find_first_not_of(' ');
    if (first == std::string::npos) return "";
    return text.substr(first, text.find_last_not_of(std::string(" \0", 2)) - first + 1);
}

/// A decimal text as JSON allows it, or nothing.
std::string jsonNumber(const std::string &text) {
    char *end = nullptr;
    double value = std::strtod(text.c_str(), &end);
    if (text.empty() || end != text.c_str() + text.size() || !std::isfinite(value)
        || text.find_first_not_of("0123456789+-.eE") != std::string::npos)
        return "";
    char out[40];
    std::snprintf(out, sizeof out, "%.17g", value);
    return out;
}

std::string realText(double value) {
    if (std::isnan(value)) return "\"NaN\"";
    if (std::isinf(value)) return value > 0 ? "\"inf\"" : "\"-inf\"";
    char out[40];
    std::snprintf(out, sizeof out, "%.17g", value);
    return out;
}
}  // namespace

std::string Object::utf8(const std::string &text) const {
    bool isPlain = true;
    for (unsigned char byte : text) isPlain = isPlain && byte < 0x80 && byte != 0x1b;
    if (isPlain) return text;
    iconv_t converter = iconv_open("UTF-8", encoding(characterSet));
    std::string out(text.size() * 4 + 16, 0);
    char *from = const_cast<char *>(text.data()), *to = out.data();
    size_t left = text.size(), room = out.size();
    size_t code = converter == iconv_t(-1) ? size_t(-1) : iconv(converter, &from, &left, &to, &room);
    if (converter != iconv_t(-1)) iconv_close(converter);
    if (code != size_t(-1)) {
        out.resize(out.size() - room);
        return out;
    }
    out.clear();
    for (unsigned char byte : text) out += byte < 0x80 && byte != 0x1b ? char(byte) : '?';
    return out;
}

void Object::value(std::string &out, const Element &element, size_t &told) const {
    const char *vr = element.vr;
    auto is = [&](std::initializer_list<const char *> names) {
        for (const char *name : names)
            if (!std::strcmp(name, vr)) return true;
        return false;
    };
    if (is({"OB", "OW", "OF", "OD", "OL", "OV", "UN"})) {
        if (element.length > 0 && element.length <= longestInline && element.tag != tagOf(0x7fe0, 0x0010))
            out += ",\"InlineBinary\":\"" + base64(all.start + element.offset, element.length) + "\"";
        return;
    }
    size_t width = is({"US", "SS"}) ? 2 : is({"UL", "SL", "FL", "AT"}) ? 4 : is({"FD", "SV", "UV"}) ? 8 : 0;
    std::string values;
    if (width > 0) {
        if (element.length > longestInline) return;
        for (size_t i = 0; i + width <= element.length; i += width) {
            uint64_t at = element.offset + i;
            char text[40];
            if (is({"US"})) std::snprintf(text, sizeof text, "%u", u16(at));
            else if (is({"SS"})) std::snprintf(text, sizeof text, "%d", int16_t(u16(at)));
            else if (is({"UL"})) std::snprintf(text, sizeof text, "%u", u32(at));
            else if (is({"SL"})) std::snprintf(text, sizeof text, "%d", int32_t(u32(at)));
            else if (is({"AT"})) std::snprintf(text, sizeof text, "\"%04X%04X\"", u16(at), u16(at + 2));
            else if (is({"UV"})) std::snprintf(text, sizeof text, "%llu", (unsigned long long)u64(at));
            else if (is({"SV"})) std::snprintf(text, sizeof text, "%lld", (long long)u64(at));
            else {
                double real;
                if (width == 4) {
                    uint32_t bits = u32(at);
                    float single;
                    std::memcpy(&single, &bits, 4);
                    real = single;
                } else {
                    uint64_t bits = u64(at);
                    std::memcpy(&real, &bits, 8);
                }
                std::snprintf(text, sizeof text, "%s", realText(real).c_str());
            }
            values += (values.empty() ? "" : ",") + std::string(text);
            told++;
        }
    } else {
        if (element.length > 65536) return;
        std::string raw = text(element);
        if (raw.empty()) return;
        bool isOne = is({"LT", "ST", "UT", "UR"});
        for (const std::string &part : isOne ? std::vector<std::string>{raw} : split(raw, '\\')) {
            std::string one = utf8(isOne ? part : trimmed(part));
            if (!values.empty()) values += ",";
            told++;
            if (one.empty()) {
                values += "null";
            } else if (is({"PN"})) {
                static const char *names[] = {"Alphabetic", "Ideographic", "Phonetic"};
                std::string groups;
                auto parts = split(one, '=');
                for (size_t i = 0; i < parts.size() && i < 3; i++)
                    if (!parts[i].empty())
                        groups += (groups.empty() ? "" : ",") + jsonText(names[i]) + ":" + jsonText(parts[i]);
                values += "{" + groups + "}";
            } else if (is({"DS", "IS"})) {
                std::string digits = jsonNumber(one);
                values += digits.empty() ? jsonText(one) : digits;
            } else {
                values += jsonText(one);
            }
        }
    }
    if (!values.empty()) out += ",\"Value\":[" + values + "]";
}

/// Elements stand in the list in the order of the object, an item's after it, so one pass writes the tree; the depth is
/// bounded by `Limits::depth`.
void Object::json(std::string &out, int32_t parent, size_t &index, size_t &told) const {
    out += "{";
    bool first = true;
    uint32_t before = 0;
    while (index < list.size() && list[index].parent == parent) {
        const Element &element = list[index];
        size_t own = index++;
        bool isSequence = !std::strcmp(element.vr, "SQ");
        // Private elements and group lengths mean nothing to others; of a doubled one the first counts.
        bool isTold = (element.tag >> 16) % 2 == 0 && (element.tag & 0xffff) != 0 && (first || element.tag > before);
        std::string one;
        if (isSequence) {
            one += ",\"Value\":[";
            bool firstItem = true;
            while (index < list.size() && list[index].parent == int32_t(own)) {
                size_t item = index++;
                if (!firstItem) one += ",";
                firstItem = false;
                json(one, int32_t(item), index, told);
            }
            one += "]";
            if (firstItem) one.clear();
        } else {
            value(one, element, told);
        }
        if (told > Limits::toldValues) throw Refusal("the object has more than 100000 values");
        if (out.size() + one.size() > Limits::toldBytes) throw Refusal("the object's attributes are more than 4 MB");
        if (!isTold) continue;
        char key[40];
        std::snprintf(key, sizeof key, "%s\"%08X\":{\"vr\":\"%s\"", first ? "" : ",", element.tag, element.vr);
        out += key + one + "}";
        first = false;
        before = element.tag;
    }
    out += "}";
}

std::string Object::json() const {
    Object &self = const_cast<Object &>(*this);
    self.characterSet = text(tagOf(0x0008, 0x0005));
    std::string out;
    size_t index = 0, told = 0;
    json(out, -1, index, told);
    return out;
}

std::string Object::word(uint32_t tag) const {
    const Element *element = find(tag);
    if (!element || element->length > 65536 || !std::strcmp(element->vr, "SQ")) return "";
    Object &self = const_cast<Object &>(*this);
    self.characterSet = text(tagOf(0x0008, 0x0005));
    std::string first = utf8(trimmed(split(text(*element), '\\').front()));
    return std::strcmp(element->vr, "PN") ? first : split(first, '=').front();
}
