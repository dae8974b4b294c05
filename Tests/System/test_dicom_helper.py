# SPDX-License-Identifier: Apache-2.0
"""The helper process alone: its pixels beside pydicom's, and what it does with objects that mean harm."""
from __future__ import annotations

import fcntl
import functools
import json
import random
import resource
import struct
import subprocess
import time
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.pixels import apply_color_lut
from pydicom.uid import JPEG2000Lossless, RLELossless

from clinic import BINARY
from machine import loop, region, saved, speckle
from rounds import FULL, SEED

HELPER = BINARY.parent / "fascia-dicom"
ROUNDS = 10_000 if FULL else 300


def ask(*arguments: str) -> tuple[int, list[tuple[str, bytes]], float]:
    """The exit status, the frames that it said, and the seconds that it took."""
    begun = time.monotonic()
    done = subprocess.run([str(HELPER), *arguments], capture_output=True, timeout=60)
    frames, rest = [], done.stdout
    while len(rest) >= 5:
        count = struct.unpack("<I", rest[:4])[0]
        frames.append((chr(rest[4]), rest[5:5 + count]))
        rest = rest[5 + count:]
    return done.returncode, frames, time.monotonic() - begun


def index(path: Path | str) -> dict:
    code, frames, _ = ask("index", str(path))
    assert code == 0, (path, frames)
    return json.loads(frames[0][1])


# Every kind of pixel in which ultrasound comes: grey, palette, planar, YBR, run lengths, JPEG of three kinds, JPEG-LS, JPEG 2000.
LOSSLESS = ["examples_palette.dcm", "SC_rgb_rle.dcm", "SC_rgb_rle_2frame.dcm", "SC_rgb_gdcm_KY.dcm",
            "SC_rgb_small_odd.dcm", "SC_rgb_small_odd_big_endian.dcm", "examples_rgb_color.dcm",
            "examples_jpeg2k.dcm", "SC_rgb_jls_lossy_line.dcm", "SC_ybr_full_422_uncompressed.dcm"]
LOSSY = ["SC_rgb_jpeg_dcmd.dcm", "SC_rgb_dcmtk_+eb+cr.dcm", "SC_rgb_jpeg_dcmtk.dcm", "SC_rgb_dcmtk_+eb+cy+s4.dcm",
         "SC_rgb_dcmtk_+eb+cy+np.dcm"]


def as_pydicom(path: str) -> np.ndarray:
    data = pydicom.dcmread(path)
    pixels = data.pixel_array
    if int(data.get("NumberOfFrames", 1)) > 1:
        pixels = pixels[0]
    if data.PhotometricInterpretation == "PALETTE COLOR":
        pixels = apply_color_lut(pixels, data)
        if pixels.dtype != np.uint8:
            pixels = (pixels >> 8).astype(np.uint8)
    return pixels


@pytest.mark.parametrize("name,most", [(name, 0) for name in LOSSLESS] + [(name, 2) for name in LOSSY])
def test_the_pixels_are_those_of_pydicom(name, most):
    path = get_testdata_file(name, download=False)
    if path is None:
        pytest.skip(f"{name} is not in this pydicom")
    expected = as_pydicom(path)
    pictures = index(path)["pictures"]
    code, frames, _ = ask("decode", path, "display", "0", "1")
    assert code == 0 and frames[-1][0] == "E"
    shown = np.frombuffer(frames[0][1], np.uint8).reshape(pictures["rows"], pictures["columns"], 3).astype(int)
    if expected.ndim == 2:
        expected = np.repeat(expected[:, :, None], 3, axis=2)
    assert np.abs(shown - expected).max() <= most


@pytest.mark.parametrize("syntax", [None, RLELossless, JPEG2000Lossless])
def test_grey_frames_come_back_as_they_were_made(tmp_path, syntax):
    frames = speckle(21, 5, 33, 47)
    data = loop(frames)
    if syntax == RLELossless:
        data.compress(syntax)
    elif syntax == JPEG2000Lossless:
        data.compress(syntax, encoding_plugin="pylibjpeg")
    code, said, _ = ask("decode", str(saved(data, tmp_path)), "grey", "1", "3")
    assert code == 0 and [kind for kind, _ in said] == ["P", "P", "P", "E"]
    for number in range(3):
        assert said[number][1] == frames[number + 1].tobytes()


@pytest.mark.parametrize("first,count", [(0, 41), (3, 30), (39, 2), (0, 1000)])
def test_frames_that_many_workers_decode_come_in_their_order(tmp_path, first, count):
    frames = speckle(23, 41, 17, 23)
    data = loop(frames)
    data.compress(RLELossless)
    code, said, _ = ask("decode", str(saved(data, tmp_path)), "grey", str(first), str(count))
    expected = frames[first:first + count]
    assert code == 0 and [kind for kind, _ in said] == ["P"] * len(expected) + ["E"]
    assert [picture for _, picture in said[:-1]] == [each.tobytes() for each in expected]


@pytest.mark.parametrize("side,step", [(64, 777), (300, 5_000), (600, 100_000), (1200, 65_536)])
@pytest.mark.parametrize("room", [4096, 65_536, 1 << 20])
def test_a_slow_reader_gets_every_picture_whole(tmp_path, side, step, room):
    """Pictures are handed to the pipe without a copy: none may be touched before it has been read, whatever the pipe holds."""
    seed = np.arange(23, dtype=np.uint8)[:, None, None]
    frames = (speckle(25, 1, side, side) + seed * 11).astype(np.uint8)
    path = saved(loop(frames), tmp_path)
    process = subprocess.Popen([str(HELPER), "decode", str(path), "grey", "0", "100"], stdout=subprocess.PIPE, bufsize=0)
    fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, room)
    said = bytearray()
    while part := process.stdout.read(step):
        said += part
        if len(frames) * (side * side + 5) - len(said) <= room // 4 and room > 4096:
            # What is left fits into the pipe, and is there when the helper is not.
            process.wait(10)
    expected = b"".join(struct.pack("<IB", side * side, ord("P")) + frame.tobytes() for frame in frames)
    assert bytes(said) == expected + struct.pack("<IB", 0, ord("E"))


def test_frames_before_a_damaged_one_come_and_then_its_fault(tmp_path):
    data = loop(speckle(24, 40, 33, 47))
    data.compress(JPEG2000Lossless, encoding_plugin="pylibjpeg")
    path = saved(data, tmp_path)
    start, length = index(path)["pictures"]["fragments"][21][0]
    # The head is whole and the tile is gone: found when it is decoded, not before.
    whole = bytearray(path.read_bytes())
    tile = whole.index(b"\xff\x90", start, start + length)
    whole[tile:start + length] = bytes(start + length - tile)
    path.write_bytes(whole)
    code, said, _ = ask("decode", str(path), "grey", "0", "40")
    assert code == 2 and [kind for kind, _ in said] == ["P"] * 21 + ["R"]
    assert said[-1][1] == b"a JPEG 2000 picture is damaged"


def test_numbers_are_told_to_the_last_digit(tmp_path):
    data = loop(speckle(22, 1, 8, 8), regions=[region(0, 0, 7, 7, x=0.1 + 0.2, y=1 / 3)])
    item = index(saved(data, tmp_path))["attributes"]["00186011"]["Value"][0]
    assert item["0018602C"]["Value"] == [0.1 + 0.2] and item["0018602E"]["Value"] == [1 / 3]


def test_names_of_other_alphabets_are_told_in_one(tmp_path):
    data = loop(speckle(23, 1, 8, 8), name="Müller^Jürgen")
    data.SpecificCharacterSet = "ISO_IR 100"
    told = index(saved(data, tmp_path))["attributes"]["00100010"]["Value"][0]
    assert told == {"Alphabetic": "Müller^Jürgen"}


def harm(good: bytes, seed: random.Random) -> bytes:
    data = bytearray(good)
    for _ in range(seed.choice([1, 1, 2, 4, 16, 64])):
        at = seed.randrange(132, len(data))
        match seed.randrange(6):
            case 0: data[at] = seed.randrange(256)
            case 1: data[at:at + 4] = seed.choice([b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\x7f", b"\xfe\xff\x00\xe0"])
            case 2: del data[at:at + seed.randrange(1, 40)]
            case 3: data[at:at] = data[132:132 + seed.randrange(1, 60)]
            case 4: data = data[:max(140, at)]
            case 5: data[at:at + 2] = struct.pack("<H", seed.randrange(65536))
        if len(data) < 200:
            break
    return bytes(data)


def kinds(folder: Path) -> list[bytes]:
    plain = loop(speckle(24, 4, 40, 40), regions=[region(0, 0, 39, 39, x=0.01, y=0.01)])
    rle = loop(speckle(25, 4, 40, 40))
    rle.compress(RLELossless)
    wavelets = loop(speckle(26, 2, 40, 40))
    wavelets.compress(JPEG2000Lossless, encoding_plugin="pylibjpeg")
    names = ["SC_rgb_jpeg_dcmtk.dcm", "MR_small_jpeg_ls_lossless.dcm", "SC_rgb_jpeg_lossless_sv1.dcm", "JPGExtended.dcm"]
    shipped = [get_testdata_file(name, download=False) for name in names]
    return [saved(item, folder).read_bytes() for item in (plain, rle, wavelets)] + [
        Path(path).read_bytes() for path in shipped if path and Path(path).stat().st_size < 300_000]


def test_objects_that_mean_harm_cost_nothing(tmp_path):
    """Only the codecs may end a helper, never its own reading; nothing takes two seconds or more than its memory."""
    seed, sources, codes = random.Random(SEED), kinds(tmp_path), []
    path = tmp_path / "harm.dcm"
    for number in range(ROUNDS):
        path.write_bytes(harm(seed.choice(sources), seed))
        code, frames, seconds = ask("index", str(path))
        assert code in (0, 2), (number, code, frames)
        assert seconds < 2, (number, seconds)
        if code == 0:
            code, frames, seconds = ask("decode", str(path), seed.choice(["grey", "display"]), "0", "3")
            assert seconds < 2, (number, seconds)
            codes.append(code)
    assert codes.count(0) + codes.count(2) >= 0.98 * len(codes), "codecs end more often than they should"
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 600_000, "kilobytes of the largest helper"


@functools.cache
def element(tag: int, vr: str, value: bytes) -> bytes:
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + vr.encode()
    return head + (b"\0\0" + struct.pack("<I", len(value)) if vr in ("OB", "SQ", "UN") else struct.pack("<H", len(value))) + value


@pytest.mark.parametrize("depth", [33, 64, 20_000])
def test_deep_nesting_is_refused(tmp_path, depth):
    good = saved(loop(speckle(27, 1, 8, 8)), tmp_path).read_bytes()
    opening = struct.pack("<HH2sHI", 0x0008, 0x1140, b"SQ", 0, 0xFFFFFFFF) + struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
    path = tmp_path / "deep.dcm"
    path.write_bytes(good + opening * depth)
    assert ask("index", str(path))[0] == 2


def test_the_controls_are_accepted(tmp_path):
    for number, data in enumerate(kinds(tmp_path)):
        path = tmp_path / f"control-{number}.dcm"
        path.write_bytes(data)
        assert ask("index", str(path))[0] == 0, number
