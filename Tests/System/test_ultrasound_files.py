# SPDX-License-Identifier: Apache-2.0
"""fascia ultrasound with loops as nobody wants them: a sensible answer or a refusal that says why, never a crash and never a tear."""
from __future__ import annotations

import json
import struct
import subprocess
import zlib
from pathlib import Path

import numpy as np
import pytest

from clinic import BINARY, ROOT


def ultrasound(*arguments: str) -> subprocess.CompletedProcess:
    done = subprocess.run([str(BINARY), "ultrasound", *arguments], capture_output=True, text=True, timeout=120)
    assert done.returncode >= 0 and "Fatal" not in done.stderr, done.stderr
    return done


def pgm(frames: np.ndarray, folder: Path) -> str:
    folder.mkdir()
    for k, frame in enumerate(frames):
        (folder / f"{k:04d}.pgm").write_bytes(b"P5\n%d %d\n255\n" % frame.shape[::-1] + frame.tobytes())
    return str(folder)


def png(frames: np.ndarray, folder: Path) -> str:
    """Frames of red, green and blue."""
    folder.mkdir()

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    for k, frame in enumerate(frames):
        rows = b"".join(b"\0" + row.tobytes() for row in frame)
        head = struct.pack(">IIBBBBB", frame.shape[1], frame.shape[0], 8, 2, 0, 0, 0)
        (folder / f"{k:04d}.png").write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b""))
    return str(folder)


def track(loop: str, x: float, y: float) -> dict:
    done = ultrasound("track", loop, "--point", f"P={x},{y}", "--json", "-")
    assert done.returncode == 0, done.stderr
    assert "NaN" not in done.stdout and "Infinity" not in done.stdout
    return json.loads(done.stdout)


def tears(loop: str) -> list[dict]:
    done = ultrasound("find-tear", loop, "--mm-per-pixel", "0.1", "--json", "-")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["candidates"]


@pytest.fixture(scope="module")
def healthy(tmp_path_factory) -> np.ndarray:
    """Sixteen frames of a healthy contraction that the program simulates."""
    folder = tmp_path_factory.mktemp("healthy") / "loop"
    made = ultrasound("simulate", "--scene", "healthy", "--out", str(folder), "--frames", "16", "--width", "256", "--height", "256", "--seed", "8")
    assert made.returncode == 0, made.stderr
    return np.stack([np.frombuffer(path.read_bytes()[-256 * 256:], np.uint8).reshape(256, 256) for path in sorted(folder.glob("*.pgm"))])


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_a_loop_of_one_grey_is_lost_and_holds_no_tear(tmp_path, grey):
    loop = pgm(np.full((6, 120, 160), grey, np.uint8), tmp_path / "flat")
    point = track(loop, 80, 60)["points"][0]
    assert all(c == 0 for c in point["confidence"][3:]), point["confidence"]
    assert tears(loop) == []


@pytest.mark.parametrize(("shape", "what"), [((1, 200, 200), "oneFrame"), ((2, 1, 1), None), ((3, 5, 300), None)])
def test_one_frame_and_very_small_pictures_are_answered(tmp_path, shape, what):
    frames = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
    loop = pgm(frames, tmp_path / "small")
    document = track(loop, 0, 0)
    assert len(document["points"][0]["positions"]) == shape[0]
    assert what is None or what in {w["code"] for w in document["warnings"]}
    assert tears(loop) == []


def test_every_frame_twice_gives_the_same_track(tmp_path, healthy):
    once = np.array(track(pgm(healthy, tmp_path / "once"), 120, 130)["points"][0]["positions"])
    twice = pgm(np.repeat(healthy, 2, axis=0), tmp_path / "twice")
    both = np.array(track(twice, 120, 130)["points"][0]["positions"])
    assert np.abs(both[1::2] - once).max() < 0.3
    assert tears(twice) == []


def test_text_and_interlacing_make_no_tear(tmp_path, healthy):
    written = healthy.copy()
    written[:, 4:16, 8:150] = np.where(np.indices((12, 142)).sum(0) // 3 % 2, 255, 0)
    written[:, ::20, -8:] = 255
    assert tears(pgm(written, tmp_path / "text")) == []
    woven = healthy[0::2].copy()
    woven[:, 1::2] = healthy[1::2, 1::2]
    assert tears(pgm(woven, tmp_path / "woven")) == []


def test_colour_doppler_is_measured_as_grey_and_said(tmp_path, healthy):
    colour = np.repeat(healthy[..., None], 3, axis=3)
    flow = np.random.default_rng(2).integers(0, 3, (len(healthy), 6, 8)).repeat(8, 1).repeat(8, 2)
    box = colour[:, 100:148, 90:154]
    box[flow == 0] = (220, 20, 10)
    box[flow == 1] = (10, 30, 230)
    loop = png(colour, tmp_path / "colour")
    done = ultrasound("track", loop, "--point", "P=60,200", "--json", "-")
    assert done.returncode == 0 and "coloured" in done.stderr, done.stderr
    document = json.loads(done.stdout)
    assert "colour" in {w["code"] for w in document["warnings"]}
    assert document["points"][0]["confidence"][-1] > 0.5
    assert tears(loop) == []


def test_what_is_too_large_or_no_loop_is_refused_with_a_reason(tmp_path):
    (tmp_path / "huge.pgm").write_bytes(b"P5\n60000 60000\n255\n" + bytes(64))
    (tmp_path / "words.mp4").write_bytes(b"no film at all")
    for name in ("huge.pgm", "words.mp4", "nothing"):
        for verb in (("track", "--point", "A=1,1"), ("find-tear",)):
            done = ultrasound(verb[0], str(tmp_path / name), *verb[1:])
            assert done.returncode == 1 and done.stdout == "" and name in done.stderr, done
            assert len(done.stderr.strip()) > len(str(tmp_path / name)) + 20, done.stderr


def test_the_article_on_the_founding_case_gives_what_it_says(tmp_path):
    """Every command in it, as written, and its answer, word for word."""
    text = (ROOT / "Sources" / "Ultrasound" / "Ultrasound.docc" / "FoundingCase.md").read_text()
    shown = [line[4:] for line in text.splitlines() if line.startswith("    ")]
    commands = [k for k, line in enumerate(shown) if line.startswith("fascia ultrasound ")]
    assert len(commands) == 3
    for at, end in zip(commands, [*commands[1:], len(shown)]):
        done = subprocess.run([str(BINARY), *shown[at].split()[1:]], cwd=tmp_path, capture_output=True, text=True, timeout=240)
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines() == shown[at + 1:end]
