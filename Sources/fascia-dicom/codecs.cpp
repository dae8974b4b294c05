// SPDX-License-Identifier: Apache-2.0
#include "pictures.h"

#include <algorithm>
#include <csetjmp>
#include <cstdio>
#include <cstring>

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/dcmjpls/djdecode.h>

#include <jpeglib.h>
#include <jerror.h>
#if __has_include(<openjpeg-2.5/openjpeg.h>)
#include <openjpeg-2.5/openjpeg.h>
#elif __has_include(<openjpeg-2.4/openjpeg.h>)
#include <openjpeg-2.4/openjpeg.h>
#else
#include <openjpeg.h>
#endif

namespace {
uint32_t big16(const uint8_t *at) { return uint32_t(at[0]) << 8 | at[1]; }
uint32_t big32(const uint8_t *at) { return big16(at) << 16 | big16(at + 2); }
}  // namespace

PictureHeader jpegHeader(const uint8_t *start, size_t count) {
    size_t at = 2;
    if (count < 4 || start[0] != 0xff || start[1] != 0xd8) throw Refusal("a compressed picture is no JPEG");
    while (at + 4 <= count) {
        if (start[at] != 0xff) throw Refusal("a JPEG's markers are damaged");
        uint8_t marker = start[at + 1];
        if (marker == 0xff) {
            at++;
            continue;
        }
        if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
            at += 2;
            continue;
        }
        size_t length = big16(start + at + 2);
        if (length < 2 || length > count - at - 2) throw Refusal("a JPEG's markers are damaged");
        bool isFrame = (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc) || marker == 0xf7;
        if (isFrame) {
            if (length < 8) throw Refusal("a JPEG's frame header is too short");
            return {big16(start + at + 7), big16(start + at + 5), start[at + 9], start[at + 4]};
        }
        if (marker == 0xda || marker == 0xd9) break;
        at += 2 + length;
    }
    throw Refusal("a JPEG has no frame header");
}

PictureHeader jpeg2000Header(const uint8_t *start, size_t count) {
    static const uint8_t stream[] = {0xff, 0x4f, 0xff, 0x51};
    // In a JP2 box the code stream begins somewhere behind its other boxes.
    const uint8_t *found = std::search(start, start + std::min<size_t>(count, 65536), stream, stream + 4);
    size_t left = size_t(start + count - found);
    if (found == start + std::min<size_t>(count, 65536) || left < 45) throw Refusal("a compressed picture is no JPEG 2000");
    const uint8_t *size = found + 8;
    uint64_t right = big32(size), bottom = big32(size + 4), x = big32(size + 8), y = big32(size + 12);
    uint64_t tileWidth = big32(size + 16), tileHeight = big32(size + 20);
    uint64_t components = big16(size + 32);
    if (right <= x || bottom <= y || tileWidth == 0 || tileHeight == 0 || left < 42 + 3 * components)
        throw Refusal("a JPEG 2000's header is damaged");
    uint64_t tileX = big32(size + 24), tileY = big32(size + 28);
    if (tileX > x || tileY > y) throw Refusal("a JPEG 2000's header is damaged");
    uint64_t tiles = ((right - tileX + tileWidth - 1) / tileWidth) * ((bottom - tileY + tileHeight - 1) / tileHeight);
    if (tiles > 4096) throw Refusal("a JPEG 2000 has too many tiles");
    uint64_t bits = 0;
    for (uint64_t i = 0; i < components; i++) {
        bits = std::max<uint64_t>(bits, (size[34 + 3 * i] & 0x7f) + 1u);
        if (size[35 + 3 * i] != 1 || size[36 + 3 * i] != 1) throw Refusal("a JPEG 2000 with reduced colours is not read");
    }
    return {right - x, bottom - y, components, bits};
}

namespace {
struct JPEGFault {
    jpeg_error_mgr manager;
    std::jmp_buf back;
};

void failJPEG(j_common_ptr info) { std::longjmp(reinterpret_cast<JPEGFault *>(info->err)->back, 1); }
void keepSilent(j_common_ptr) {}
}  // namespace

void decodeJPEG(const std::vector<uint8_t> &data, uint64_t width, uint64_t height, int components, bool isYBR, std::vector<uint8_t> &out) {
    static jpeg_decompress_struct info;
    static JPEGFault fault;
    out.resize(width * height * uint64_t(components));
    info.err = jpeg_std_error(&fault.manager);
    fault.manager.error_exit = failJPEG;
    fault.manager.output_message = keepSilent;
    if (setjmp(fault.back)) {
        jpeg_destroy_decompress(&info);
        throw Refusal("a JPEG picture is damaged");
    }
    jpeg_create_decompress(&info);
    info.mem->max_memory_to_use = 96 << 20;
    jpeg_mem_src(&info, const_cast<uint8_t *>(data.data()), data.size());
    jpeg_read_header(&info, TRUE);
    if (info.image_width != width || info.image_height != height) failJPEG(reinterpret_cast<j_common_ptr>(&info));
    if (info.progressive_mode) failJPEG(reinterpret_cast<j_common_ptr>(&info));
    // Where the stream says nothing of its colours, the object does.
    if (info.num_components == 3 && !info.saw_JFIF_marker && !info.saw_Adobe_marker) info.jpeg_color_space = isYBR ? JCS_YCbCr : JCS_RGB;
    info.out_color_space = components == 1 ? JCS_GRAYSCALE : JCS_RGB;
    info.dct_method = JDCT_ISLOW;
    jpeg_start_decompress(&info);
    while (info.output_scanline < info.output_height) {
        JSAMPROW line = out.data() + uint64_t(info.output_scanline) * width * uint64_t(components);
        jpeg_read_scanlines(&info, &line, 1);
    }
    // Some machines leave bytes over between markers, which harms nothing; a picture that ends early is another thing.
    bool isCut = fault.manager.num_warnings > 0
        && (fault.manager.msg_code == JWRN_JPEG_EOF || fault.manager.msg_code == JWRN_HIT_MARKER);
    jpeg_finish_decompress(&info);
    jpeg_destroy_decompress(&info);
    if (isCut) throw Refusal("a JPEG picture is damaged");
}

namespace {
struct Source {
    const uint8_t *start;
    size_t count, at;
};

OPJ_SIZE_T readSource(void *buffer, OPJ_SIZE_T wanted, void *user) {
    auto *source = static_cast<Source *>(user);
    size_t left = std::min<size_t>(wanted, source->count - source->at);
    if (left == 0) return OPJ_SIZE_T(-1);
    std::memcpy(buffer, source->start + source->at, left);
    source->at += left;
    return left;
}
OPJ_OFF_T skipSource(OPJ_OFF_T wanted, void *user) {
    auto *source = static_cast<Source *>(user);
    if (wanted < 0 || size_t(wanted) > source->count - source->at) return -1;
    source->at += size_t(wanted);
    return wanted;
}
OPJ_BOOL seekSource(OPJ_OFF_T to, void *user) {
    auto *source = static_cast<Source *>(user);
    if (to < 0 || size_t(to) > source->count) return OPJ_FALSE;
    source->at = size_t(to);
    return OPJ_TRUE;
}
void ignoreMessage(const char *, void *) {}
}  // namespace

bool decodeJPEG2000(
    const std::vector<uint8_t> &data, const PictureHeader &header, uint64_t bytesEach, bool isSigned, std::vector<uint8_t> &out) {
    Source source{data.data(), data.size(), 0};
    bool isStream = data.size() > 2 && data[0] == 0xff && data[1] == 0x4f;
    auto stream = std::shared_ptr<opj_stream_t>(opj_stream_create(65536, OPJ_TRUE), opj_stream_destroy);
    auto codec = std::shared_ptr<opj_codec_t>(opj_create_decompress(isStream ? OPJ_CODEC_J2K : OPJ_CODEC_JP2), opj_destroy_codec);
    opj_stream_set_user_data(stream.get(), &source, nullptr);
    opj_stream_set_user_data_length(stream.get(), data.size());
    opj_stream_set_read_function(stream.get(), readSource);
    opj_stream_set_skip_function(stream.get(), skipSource);
    opj_stream_set_seek_function(stream.get(), seekSource);
    opj_set_info_handler(codec.get(), ignoreMessage, nullptr);
    opj_set_warning_handler(codec.get(), ignoreMessage, nullptr);
    opj_set_error_handler(codec.get(), ignoreMessage, nullptr);
    opj_dparameters_t parameters;
    opj_set_default_decoder_parameters(&parameters);
    opj_image_t *raw = nullptr;
    bool isRead = opj_setup_decoder(codec.get(), &parameters) && opj_read_header(stream.get(), codec.get(), &raw);
    auto image = std::shared_ptr<opj_image_t>(raw, [](opj_image_t *one) { if (one) opj_image_destroy(one); });
    if (!isRead || !opj_decode(codec.get(), stream.get(), image.get()) || !opj_end_decompress(codec.get(), stream.get()))
        throw Refusal("a JPEG 2000 picture is damaged");
    if (image->numcomps != header.components) throw Refusal("a JPEG 2000 picture has another number of colours");
    uint64_t pixels = header.width * header.height;
    out.resize(pixels * header.components * bytesEach);
    for (uint32_t component = 0; component < image->numcomps; component++) {
        const auto &plane = image->comps[component];
        if (plane.w != header.width || plane.h != header.height || !plane.data) throw Refusal("a JPEG 2000 picture has another size");
        // A stream of signed samples in an object of unsigned ones: shifted, as its sender meant it.
        int32_t shift = plane.sgnd && !isSigned ? 1 << (plane.prec - 1) : 0;
        for (uint64_t i = 0; i < pixels; i++) {
            int32_t value = plane.data[i] + shift;
            uint8_t *to = out.data() + (i * header.components + component) * bytesEach;
            to[0] = uint8_t(value);
            if (bytesEach == 2) to[1] = uint8_t(value >> 8);
        }
    }
    // The component transform is a mark in the stream (COD: the fifth byte after its marker and length).
    static const uint8_t cod[] = {0xff, 0x52};
    auto found = std::search(data.begin(), data.end(), cod, cod + 2);
    return header.components == 3 && data.end() - found > 9 && found[8] == 1;
}

void decodeWithToolkit(const std::string &syntax, const Pictures &pictures, const std::vector<uint8_t> &data, std::vector<uint8_t> &out) {
    static bool isReady = false;
    if (!isReady) {
        DJDecoderRegistration::registerCodecs(EDC_never);
        DJLSDecoderRegistration::registerCodecs();
        isReady = true;
    }
    DcmDataset set;
    set.putAndInsertUint16(DCM_Rows, Uint16(pictures.rows));
    set.putAndInsertUint16(DCM_Columns, Uint16(pictures.columns));
    set.putAndInsertUint16(DCM_SamplesPerPixel, Uint16(pictures.samples));
    set.putAndInsertUint16(DCM_BitsAllocated, Uint16(pictures.bitsAllocated));
    set.putAndInsertUint16(DCM_BitsStored, Uint16(pictures.bitsStored));
    set.putAndInsertUint16(DCM_HighBit, Uint16(pictures.bitsStored - 1));
    set.putAndInsertUint16(DCM_PixelRepresentation, pictures.isSigned ? 1 : 0);
    set.putAndInsertString(DCM_PhotometricInterpretation, pictures.photometric.c_str());
    if (pictures.samples == 3) set.putAndInsertUint16(DCM_PlanarConfiguration, 0);
    set.putAndInsertString(DCM_NumberOfFrames, "1");
    E_TransferSyntax from = DcmXfer(syntax.c_str()).getXfer();
    auto *sequence = new DcmPixelSequence(DcmTag(DCM_PixelData, EVR_OB));
    auto *table = new DcmPixelItem(DcmTag(DCM_PixelItemTag, EVR_OB));
    sequence->insert(table);
    DcmOffsetList offsets;
    auto *pixels = new DcmPixelData(DCM_PixelData);
    sequence->storeCompressedFrame(offsets, const_cast<uint8_t *>(data.data()), Uint32(data.size()), 0);
    pixels->putOriginalRepresentation(from, nullptr, sequence);
    set.insert(pixels);
    uint64_t size = pictures.rows * pictures.columns * pictures.samples * ((pictures.bitsAllocated + 7) / 8);
    out.resize(size + size % 2);
    Uint32 fragment = 0;
    OFString model;
    if (pixels->getUncompressedFrame(&set, 0, fragment, out.data(), Uint32(out.size()), model).bad())
        throw Refusal("a compressed picture is damaged");
    out.resize(size);
}
