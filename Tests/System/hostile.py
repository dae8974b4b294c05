# SPDX-License-Identifier: Apache-2.0
"""Objects that mean harm, in families; each is to be refused, to be taken, or may be either. And good ones, as controls."""
from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image
from pydicom.uid import JPEG2000Lossless, RLELossless, generate_uid

from association_bytes import EXPLICIT, IMPLICIT, LOOPS
from machine import loop, speckle

REJECT, ACCEPT, EITHER = "reject", "accept", "either"
DEFLATED, BIG, RLE = "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.5"
JPEG, LOSSLESS, JPEGLS, WAVELETS = (f"1.2.840.10008.1.2.4.{number}" for number in (50, 70, 80, 90))
UNDEFINED = 0xFFFFFFFF
ROWS, COLUMNS, FRAMES, SAMPLES, ALLOCATED, STORED = 0x00280010, 0x00280011, 0x00280008, 0x00280002, 0x00280100, 0x00280101
PHOTOMETRIC, PIXELS, SOP_CLASS, SOP_INSTANCE, STUDY, SERIES = 0x00280004, 0x7FE00010, 0x00080016, 0x00080018, 0x0020000D, 0x0020000E
LONG = {"OB", "OW", "SQ", "UN", "UT"}


@dataclass(frozen=True)
class Case:
    family: str
    expected: str
    file: bytes
    """Its meta header tells the truth about class, instance and syntax, so that it can be sent by C-STORE."""
    has_meta: bool = True


def element(tag: int, vr: str, value: bytes, length: int | None = None) -> bytes:
    length = len(value) if length is None else length
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + vr.encode("latin-1")
    return head + (b"\0\0" + struct.pack("<I", length) if vr in LONG else struct.pack("<H", length & 0xFFFF)) + value


def even(text: str, fill: str = " ") -> bytes:
    raw = text.encode("latin-1")
    return raw + fill.encode() * (len(raw) % 2)


def uid(text: str) -> bytes:
    return even(text, "\0")


def us(number: int) -> bytes:
    return struct.pack("<H", number & 0xFFFF)


def meta(sop_class: str, instance: str, syntax: str) -> bytes:
    body = element(0x00020001, "OB", b"\0\1") + element(0x00020002, "UI", uid(sop_class)) + element(0x00020003, "UI", uid(instance))
    body += element(0x00020010, "UI", uid(syntax)) + element(0x00020012, "UI", uid("1.2.3.4"))
    return bytes(128) + b"DICM" + element(0x00020000, "UL", struct.pack("<I", len(body))) + body


Elements = dict[int, tuple[str, bytes]]


def plain(*, rows: int = 8, columns: int = 8, frames: int = 1) -> Elements:
    """A small grey loop, element by element."""
    return {
        0x00080005: ("CS", b"ISO_IR 192"), SOP_CLASS: ("UI", uid(LOOPS)), SOP_INSTANCE: ("UI", uid(generate_uid())), 0x00080060: ("CS", b"US"),
        0x00100010: ("PN", b"Nobody^X"), 0x00100020: ("LO", b"NOBODY"), STUDY: ("UI", uid(generate_uid())), SERIES: ("UI", uid(generate_uid())),
        0x00200013: ("IS", b"1 "), SAMPLES: ("US", us(1)), PHOTOMETRIC: ("CS", b"MONOCHROME2 "), FRAMES: ("IS", even(str(frames))),
        0x00181063: ("DS", b"33.3"), ROWS: ("US", us(rows)), COLUMNS: ("US", us(columns)), ALLOCATED: ("US", us(8)), STORED: ("US", us(8)),
        0x00280102: ("US", us(7)), 0x00280103: ("US", us(0)), PIXELS: ("OB", bytes(rows * columns * frames + rows * columns * frames % 2))}


def written(elements: Elements, *, syntax: str = EXPLICIT, tail: bytes = b"", before: bytes = b"") -> bytes:
    """A file of elements; `before` stands ahead of the pixels, `tail` at the end."""
    named = elements.get(SOP_INSTANCE, ("UI", b"1.2.3\0"))[1].rstrip(b"\0").decode("latin-1")
    out = b""
    for tag in sorted(elements):
        if tag == PIXELS:
            out += before
        vr, value = elements[tag]
        out += element(tag, vr, value)
    if PIXELS not in elements:
        out += before
    return meta(LOOPS, named[:64], syntax) + out + tail


def changed(changes: dict[int, tuple[str, bytes] | None], **more) -> bytes:
    elements = plain()
    for tag, value in changes.items():
        if value is None:
            elements.pop(tag, None)
        else:
            elements[tag] = value
    return written(elements, **more)


def fragment(content: bytes, length: int | None = None) -> bytes:
    return struct.pack("<HHI", 0xFFFE, 0xE000, len(content) if length is None else length) + content


END = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)


def encapsulated(syntax: str, parts: list[bytes], *, table: bytes = b"", frames: int = 1, rows: int = 8, columns: int = 8, samples: int = 1,
                 end: bytes = END) -> bytes:
    elements = plain(rows=rows, columns=columns, frames=frames)
    del elements[PIXELS]
    elements[SAMPLES] = ("US", us(samples))
    if samples == 3:
        elements[PHOTOMETRIC] = ("CS", b"YBR_FULL")
        elements[0x00280006] = ("US", us(0))
    body = struct.pack("<HH2sHI", 0x7FE0, 0x0010, b"OB", 0, UNDEFINED) + fragment(table) + b"".join(parts) + end
    return written(elements, syntax=syntax, tail=body)


def picture(kind: str, *, rows: int = 8, columns: int = 8, colours: int = 1) -> bytes:
    noise = np.random.default_rng(rows * 7 + columns).integers(0, 255, (rows, columns, 3) if colours == 3 else (rows, columns), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise).save(out, kind, **({"irreversible": False} if kind == "JPEG2000" else {"quality": 90}))
    raw = out.getvalue()
    return raw + b"\0" * (len(raw) % 2)


def runs(segments: list[bytes], *, count: int | None = None, offsets: list[int] | None = None) -> bytes:
    places, at = [], 64
    for segment in segments:
        places.append(at)
        at += len(segment)
    places = offsets if offsets is not None else places
    head = struct.pack("<16I", len(segments) if count is None else count, *(places + [0] * 15)[:15])
    body = head + b"".join(segments)
    return body + b"\0" * (len(body) % 2)


def nested(depth: int, *, isClosed: bool) -> bytes:
    opening = struct.pack("<HH2sHI", 0x0008, 0x1140, b"SQ", 0, UNDEFINED) + struct.pack("<HHI", 0xFFFE, 0xE000, UNDEFINED)
    closing = struct.pack("<HHI", 0xFFFE, 0xE00D, 0) + END
    return opening * depth + (closing * depth if isClosed else b"")


def nested_by_length(depth: int) -> bytes:
    body = b""
    for _ in range(depth):
        body = element(0x00081140, "SQ", fragment(body))
    return body


def deflated(raw: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(raw) + packer.flush()


# The families

def nesting(seed: random.Random) -> Iterator[tuple[str, bytes]]:
    for depth in (1, seed.randrange(2, 20), 31):
        yield ACCEPT, changed({}, before=nested(depth, isClosed=True))
        yield ACCEPT, changed({}, before=nested_by_length(depth))
    for depth in (34, seed.randrange(40, 400), 64, 2000):
        yield REJECT, changed({}, before=nested(depth, isClosed=True))
        yield REJECT, changed({}, before=nested_by_length(min(depth, 2000)))
    for depth in (64, 20_000, seed.randrange(20_001, 100_000)):
        yield REJECT, changed({}, before=nested(depth, isClosed=False))


def lengths(seed: random.Random) -> Iterator[tuple[str, bytes]]:
    for vr, length in (("LO", 65_534), ("UT", 0x7FFFFFFE), ("UN", seed.randrange(1 << 20, 1 << 31) & ~1), ("OB", 0xFFFFFFFE), ("UT", UNDEFINED)):
        yield REJECT, changed({}, tail=element(0x7FE10010, vr, b"abcd", length))
    item = struct.pack("<HHI", 0xFFFE, 0xE000, seed.randrange(100, 1 << 30) & ~1)
    yield REJECT, changed({}, before=element(0x00081140, "SQ", item + b"\0" * 8))
    yield REJECT, changed({}, before=element(0x00081140, "SQ", fragment(b"")[:6]))
    yield REJECT, changed({}, before=struct.pack("<HHI", 0xFFFE, 0xE00D, 0))
    yield REJECT, changed({}, before=element(0x00081140, "SQ", END))
    yield REJECT, changed({}, before=element(0x00081140, "SQ", element(0x00080060, "CS", b"US")))
    yield REJECT, changed({}, before=nested(1, isClosed=False))
    yield REJECT, changed({}, tail=b"\xe0\x7f\x20"[:seed.randrange(1, 4)])
    yield EITHER, changed({}, before=element(0x00080000, "UL", struct.pack("<I", seed.randrange(1 << 32))))


def sizes(seed: random.Random) -> Iterator[tuple[str, bytes]]:
    for tag in (ROWS, COLUMNS):
        for number in (0, 4097, 65_535, seed.randrange(5000, 65_535)):
            yield REJECT, changed({tag: ("US", us(number))})
        yield REJECT, changed({tag: None})
        yield REJECT, changed({tag: ("US", b"")})
    yield REJECT, changed({ROWS: ("US", us(4096)), COLUMNS: ("US", us(4096))})
    yield REJECT, changed({ROWS: ("US", us(65_535)), COLUMNS: ("US", us(65_535))})
    yield REJECT, changed({PIXELS: ("OB", bytes(seed.randrange(1, 30) * 2))})
    yield REJECT, changed({PIXELS: ("OB", b"")})
    yield REJECT, changed({PIXELS: ("OB", bytes(64 * seed.randrange(2, 90)))})
    wide = plain(rows=2, columns=4096)
    yield ACCEPT, written(wide)
    for tag, numbers in ((SAMPLES, (0, 2, 4, 255)), (ALLOCATED, (0, 7, 32, 64, 65_535)), (STORED, (0, 9, 65_535))):
        for number in numbers:
            yield REJECT, changed({tag: ("US", us(number))})


def frame_counts(seed: random.Random) -> Iterator[tuple[str, bytes]]:
    for text in ("0", "-1", "abc", "1e9", "1000000000", "10001", "400", "1.5", "99999999999999999999", "2\\3", str(seed.randrange(2, 10_000)), "+-1"):
        yield REJECT, changed({FRAMES: ("IS", even(text))})
    yield ACCEPT, changed({FRAMES: ("IS", b" 1")})
    yield EITHER, changed({FRAMES: ("IS", b"")})
    yield ACCEPT, changed({0x00181065: ("DS", even("nan\\inf\\-1")), 0x00181063: ("DS", b"0 ")})


def bombs(seed: random.Random) -> Iterator[tuple[str, bytes]]:
    head = written({tag: value for tag, value in plain().items() if tag != PIXELS}, syntax=DEFLATED)
    at = head.index(element(0x00080005, "CS", b"ISO_IR 192"))
    front, body = head[:at], head[at:]
    for megabytes in (65, 300, seed.randrange(100, 900)):
        yield REJECT, front + deflated(body + element(PIXELS, "OB", b"", megabytes << 20) + bytes(megabytes << 20))
    whole = deflated(body + element(PIXELS, "OB", bytes(64)))
    yield REJECT, front + whole[:len(whole) // 2]
    yield REJECT, front + seed.randbytes(400)
    yield EITHER, front + whole


def run_lengths(seed: random.Random) -> Iterator[tuple[str, bytes]]:
    good = bytes([255 - 62, 7]) + b"\0\0"
    fine = bytes([193, 7])   # 64 times 7
    yield ACCEPT, encapsulated(RLE, [fragment(runs([fine]))])
    for offset in (0x80000000, 0xFFFFFFFF, 0, 63, seed.randrange(80, 1 << 31), 66):
        yield REJECT, encapsulated(RLE, [fragment(runs([fine], offsets=[offset]))])
    for count in (0, 2, 15, 16, 0xFFFFFFFF):
        yield REJECT, encapsulated(RLE, [fragment(runs([fine], count=count))])
    yield REJECT, encapsulated(RLE, [fragment(runs([bytes([0, 7])]))])
    yield REJECT, encapsulated(RLE, [fragment(runs([bytes([127, 1])]))])
    yield REJECT, encapsulated(RLE, [fragment(runs([b""]))])
    yield REJECT, encapsulated(RLE, [fragment(b"\1\0\0\0")])
    yield REJECT, encapsulated(RLE, [fragment(runs([fine, fine, fine], offsets=[64, 68, 66]))], samples=3)
    yield REJECT, encapsulated(RLE, [fragment(runs([bytes([128] * 40)]))])
    yield EITHER, encapsulated(RLE, [fragment(runs([good]))])


def capsules(seed: random.Random) -> Iterator[tuple[str, bytes]]:
    one = picture("JPEG")
    yield ACCEPT, encapsulated(JPEG, [fragment(one)])
    yield REJECT, encapsulated(JPEG, [fragment(one)], end=b"")
    yield REJECT, encapsulated(JPEG, [fragment(one, seed.randrange(1 << 20, 1 << 32))], end=b"")
    yield REJECT, encapsulated(JPEG, [fragment(one, UNDEFINED)])
    yield REJECT, encapsulated(JPEG, [])
    yield REJECT, encapsulated(JPEG, [fragment(one)], frames=seed.randrange(2, 9000))
    yield REJECT, encapsulated(JPEG, [fragment(one), fragment(one)], frames=3, table=struct.pack("<3I", 0, 8, 16))
    yield REJECT, encapsulated(JPEG, [fragment(one)] * 3, frames=2, table=struct.pack("<2I", 4, seed.randrange(5, 1 << 32)))
    yield REJECT, encapsulated(JPEG, [struct.pack("<HHI", 0xFFFE, 0xE00D, 0)])
    yield REJECT, encapsulated(JPEG, [element(ROWS, "US", us(8))])
    yield REJECT, changed({}, syntax=JPEG)
    yield REJECT, encapsulated(EXPLICIT, [fragment(one)])
    yield EITHER, encapsulated(JPEG, [fragment(one[:len(one) // 2]), fragment(one[len(one) // 2:])])


def pictures(seed: random.Random) -> Iterator[tuple[str, bytes]]:
    one, colour, wavelets = picture("JPEG"), picture("JPEG", colours=3), picture("JPEG2000")
    yield ACCEPT, encapsulated(JPEG, [fragment(colour)], samples=3)
    yield ACCEPT, encapsulated(WAVELETS, [fragment(wavelets)])
    for syntax in (JPEG, LOSSLESS, JPEGLS, WAVELETS):
        yield REJECT, encapsulated(syntax, [fragment(seed.randbytes(300))])
        yield REJECT, encapsulated(syntax, [fragment(b"")])
        yield REJECT, encapsulated(syntax, [fragment(b"\xff\xd8\xff\xd9")])
    yield REJECT, encapsulated(JPEG, [fragment(picture("JPEG", rows=16))])
    yield REJECT, encapsulated(JPEG, [fragment(picture("JPEG", columns=seed.randrange(9, 400)))])
    yield REJECT, encapsulated(JPEG, [fragment(colour)], samples=1)
    yield REJECT, encapsulated(JPEG, [fragment(one)], samples=3)
    yield REJECT, encapsulated(WAVELETS, [fragment(picture("JPEG2000", rows=seed.randrange(9, 64)))])
    header = one.index(b"\xff\xc0")
    yield REJECT, encapsulated(JPEG, [fragment(one[:header + 5] + b"\xff\xff\xff\xff" + one[header + 9:])])
    yield REJECT, encapsulated(JPEG, [fragment(one[:header + 2] + b"\0\1" + one[header + 4:])])
    yield EITHER, encapsulated(JPEG, [fragment(one[:len(one) // 3 * 2])])
    size = wavelets.index(b"\xff\x51")
    yield REJECT, encapsulated(WAVELETS, [fragment(wavelets[:size + 6] + b"\xff\xff\xff\xff" + wavelets[size + 10:])])
    yield REJECT, encapsulated(WAVELETS, [fragment(wavelets[:size + 22] + struct.pack(">II", 0, 0) + wavelets[size + 30:])])
    yield REJECT, encapsulated(WAVELETS, [fragment(wavelets[:size + 38] + b"\x40\x00" + wavelets[size + 40:])])
    yield EITHER, encapsulated(WAVELETS, [fragment(wavelets[:len(wavelets) // 2])])


def identifiers(seed: random.Random) -> Iterator[tuple[str, bytes]]:
    wrong = ["../../x", "1" * 400, "/etc/passwd", "1.2.3;rm", "1.2.é", "..\\..\\x", "1.2.3\n4", "%2e%2e%2f", "'; DROP TABLE", "a" * seed.randrange(2, 64),
             "1." * 32 + "1"]
    for tag in (SOP_INSTANCE, STUDY, SERIES, SOP_CLASS):
        for text in wrong if tag == SOP_INSTANCE else seed.sample(wrong, 4):
            yield REJECT, changed({tag: ("UI", uid(text))})
    yield EITHER, changed({SOP_INSTANCE: ("UI", b"")})


def representations(seed: random.Random) -> Iterator[tuple[str, bytes]]:
    for vr in ("ZZ", "\0\0", "??", "us", "\xff\xff"):
        yield REJECT, changed({}, tail=element(0x7FE10010, vr, b"abcd"))
    for vr, value in (("DS", b"eight "), ("LO", b"abc "), ("UL", struct.pack("<I", 8)), ("FD", struct.pack("<d", 8.0)), ("OB", b"\x08"), ("UN", b"\x08")):
        yield REJECT if vr != "OB" else EITHER, changed({ROWS: (vr, value)})
    yield EITHER, changed({ROWS: ("SS", us(8))})
    yield EITHER, changed({0x00100010: ("SQ", b"")})
    yield REJECT, changed({0x00100010: ("SQ", b"Nobody^X")})
    yield EITHER, changed({PIXELS: ("UN", bytes(64))})
    for text in (b"\xff\xfe\xfd\xfc", seed.randbytes(40), b"\x1b$B\x1b(B^\x1b", b"=" * 60, b"\\" * 400):
        yield EITHER, changed({0x00100010: ("PN", text), 0x00080005: ("CS", seed.choice([b"ISO_IR 192", b"ISO 2022 IR 87", b"NONSENSE"]))})


def truncations(seed: random.Random) -> Iterator[tuple[str, bytes]]:
    whole = written(plain(rows=32, columns=32, frames=3))
    pixels = whole.index(struct.pack("<HH2s", 0x7FE0, 0x10, b"OB"))
    for _ in range(5):
        yield REJECT, whole[:seed.randrange(pixels + 12, len(whole) - 1)]
    for _ in range(5):
        yield REJECT, whole[:pixels + seed.randrange(1, 12)]
    for _ in range(3):
        yield EITHER, whole[:seed.randrange(400, pixels)]


def crowds(seed: random.Random) -> Iterator[tuple[str, bytes]]:
    def many(count: int, vr: str, value: bytes) -> bytes:
        return b"".join(element(0x00290000 + 0x10000 * 2 * (number // 0xF000) + 0x1000 + number % 0xF000, vr, value) for number in range(count))
    yield ACCEPT, changed({}, before=many(3000, "LO", b"ab"))
    for count in (20_001, seed.randrange(20_001, 200_000), 200_000):
        yield REJECT, changed({}, before=many(count, "LO", b""))
    yield REJECT, changed({}, before=b"".join(element(0x00400000 + 2 * number, "US", bytes(4096)) for number in range(60)))
    yield REJECT, changed({}, before=b"".join(element(0x00400000 + 2 * number, "US", bytes(4096)) for number in range(3000)))
    yield REJECT, changed({}, before=b"".join(element(0x00400001 + 2 * number, "UN", bytes(4096)) for number in range(3000)))
    yield REJECT, changed({}, before=b"".join(element(0x00400001 + 2 * number, "LO", b"\\" * 60_000) for number in range(20)))
    yield EITHER, changed({}, before=element(0x00400001, "UT", b"x" * (4 << 20)))


def palettes(seed: random.Random) -> Iterator[tuple[str, bytes]]:
    facts, table = struct.pack("<3H", 256, 0, 16), bytes(512)
    names = (0x00281101, 0x00281102, 0x00281103), (0x00281201, 0x00281202, 0x00281203)
    def coloured(facts: bytes | None, table: bytes | None) -> bytes:
        changes: dict[int, tuple[str, bytes] | None] = {PHOTOMETRIC: ("CS", even("PALETTE COLOR"))}
        changes |= {tag: ("US", facts) for tag in names[0]} if facts is not None else {}
        changes |= {tag: ("OW", table) for tag in names[1]} if table is not None else {}
        return changed(changes)
    yield ACCEPT, coloured(facts, table)
    yield REJECT, coloured(None, table)
    yield REJECT, coloured(facts, None)
    yield REJECT, coloured(facts, bytes(seed.randrange(1, 100) * 2))
    yield REJECT, coloured(struct.pack("<3H", 0, 0, 16), table)
    yield REJECT, coloured(struct.pack("<3H", 256, 0, seed.choice([0, 7, 32, 65_535])), table)
    yield REJECT, coloured(b"\0\1", table)


def regions(seed: random.Random) -> Iterator[tuple[str, bytes]]:
    """Scales that can't be: the object is taken, without a millimetre."""
    for value in (float("nan"), float("inf"), -1e300, 0.0, 1e-320, seed.uniform(2, 1e9)):
        body = element(0x00186012, "US", us(1)) + element(0x00186014, "US", us(1)) + element(0x00186024, "US", us(3)) + element(0x00186026, "US", us(3))
        body += element(0x0018602C, "FD", struct.pack("<d", value)) + element(0x0018602E, "FD", struct.pack("<d", value))
        elements = plain()
        elements[0x00186011] = ("SQ", fragment(body))
        yield ACCEPT, written(elements)


def files(seed: random.Random) -> Iterator[tuple[str, bytes]]:
    """What is wrong is the file around the object."""
    whole = written(plain())
    yield REJECT, whole.replace(b"DICM", b"DICN", 1)
    yield REJECT, b""
    yield REJECT, whole[:seed.randrange(1, 139)]
    yield REJECT, whole[:140]
    yield REJECT, seed.randbytes(5000)
    yield REJECT, whole.replace(uid(EXPLICIT), uid("1.2.840.10008.1.2.9"), 1)
    yield REJECT, whole.replace(uid(EXPLICIT), b"../../../etc/passwd\0", 1)
    yield REJECT, whole[:132] + whole[132:].replace(b"\x02\x00\x10\x00UI", b"\x02\x00\x10\x00ZZ", 1)
    yield REJECT, whole.replace(b"\x02\x00\x10\x00UI\x14\x00", b"\x02\x00\x10\x00UI\xff\xff", 1)
    yield REJECT, b"GIF89a" + bytes(400)


FAMILIES: list[Callable[[random.Random], Iterator[tuple[str, bytes]]]] = [
    nesting, lengths, sizes, frame_counts, bombs, run_lengths, capsules, pictures, identifiers, representations, truncations, crowds, palettes,
    regions, files]


def cases(seed: random.Random, sets: int) -> list[Case]:
    found = []
    for _ in range(sets):
        for family in FAMILIES:
            found += [Case(family.__name__, expected, file, has_meta=family is not files) for expected, file in family(seed)]
    return found


def controls() -> list[bytes]:
    """Five good objects, each in another form."""
    grey = loop(speckle(80, 3, 24, 32))
    runs_of = loop(speckle(81, 2, 24, 32))
    runs_of.compress(RLELossless)
    waves = loop(speckle(82, 1, 40, 40))
    waves.compress(JPEG2000Lossless, encoding_plugin="pylibjpeg")
    found = []
    for data in (grey, runs_of, waves):
        out = io.BytesIO()
        data.save_as(out, enforce_file_format=True)
        found.append(out.getvalue())
    implicit = loop(speckle(83, 1, 16, 16))
    implicit.file_meta.TransferSyntaxUID = IMPLICIT
    implicit["PixelData"].VR = "OW"
    out = io.BytesIO()
    implicit.save_as(out, implicit_vr=True, little_endian=True, enforce_file_format=True)
    return [*found, out.getvalue(), encapsulated(JPEG, [fragment(picture("JPEG", rows=24, columns=24, colours=3))], samples=3, rows=24, columns=24)]
