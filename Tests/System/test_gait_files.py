# SPDX-License-Identifier: Apache-2.0
"""fascia gait with real and large files: read right or refused with reason and byte, in memory that follows the file."""
from __future__ import annotations

import json
import os
import re
import struct
import subprocess
from pathlib import Path

import pytest

from clinic import BINARY, ROOT

SHARED = ROOT.parent / "shared" / "data" / "gait"
needs_recordings = pytest.mark.skipif(not SHARED.exists(), reason=f"no recordings in {SHARED}")


def gait(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([str(BINARY), "gait", *arguments], capture_output=True, text=True, timeout=60)


def peak(*arguments: str) -> tuple[int, int]:
    """How the program ended, and the most memory it had, in bytes."""
    with open(os.devnull, "w") as null:
        process = subprocess.Popen([str(BINARY), "gait", *arguments], stdout=null, stderr=null)
    _, status, usage = os.wait4(process.pid, 0)
    return os.waitstatus_to_exitcode(status), usage.ru_maxrss * 1024


@needs_recordings
@pytest.mark.parametrize("name", ["Empty", "badParameterOffset", "bad_parameter_section"])
def test_a_damaged_file_is_refused_with_its_reason(name):
    done = gait("analyze", str(SHARED / "odd" / f"{name}.c3d"), "--json", "-")
    assert done.returncode == 1 and done.stdout == ""
    assert re.search(r"empty|at byte \d+", done.stderr), done.stderr
    assert "Fatal" not in done.stderr


@needs_recordings
@pytest.mark.parametrize("name", ["golfswing", "no_points", "qualisys_walk", "dec_int_pig"])
def test_an_odd_file_is_read(name):
    done = gait("analyze", str(SHARED / "odd" / f"{name}.c3d"), "--json", "-")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["schema"] == "fascia.gait/1" and document["trial"]["frameCount"] > 0
    assert document["angles"] is None or document["angles"]["left"]
    assert not re.search(r"NaN|Infinity", done.stdout)


@needs_recordings
def test_one_recording_in_six_encodings_is_the_same():
    said = {name: gait("info", str(SHARED / "odd" / f"{name}.c3d")).stdout
            for name in ("pc_int", "pc_real", "dec_int", "dec_real", "sgi_int", "sgi_real")}
    # The header of dec_int names eight events, those of the others nine ("EOF" at the end).
    assert "8 events" in said["dec_int"] and "9 events" in said["pc_int"], said
    assert len({text.replace("8 events", "9 events") for text in said.values()}) == 1, said


@needs_recordings
def test_forces_alone_are_told_what_is_missing():
    done = gait("analyze", str(SHARED / "opensim_gait2354" / "subject01_walk1_grf.mot"))
    assert done.returncode == 1 and "TRC or C3D" in done.stderr


@needs_recordings
def test_a_visit_as_one_report(tmp_path):
    trial = SHARED / "trials" / "children_ofm_a"
    page = tmp_path / "report.html"
    done = gait("analyze", str(trial / "walk.c3d"), str(trial / "walk.c3d"), "--static", str(trial / "static.c3d"),
                "--flat-foot", "left,right", "--report", str(page), "--json", str(tmp_path / "walks.json"))
    assert done.returncode == 0, done.stderr
    html = page.read_text()
    assert "<script" not in html and "Markers 10.0 mm." in html and "feet flat in it: left and right" in html
    assert html.count('role="img"') >= 11 and "2 of 2" in done.stderr
    assert len(json.loads((tmp_path / "walks.json").read_text())) == 2


def large(path: Path, frames: int) -> int:
    """A C3D of 200 points as floats without any text; its length."""
    points = 200
    header = struct.pack("<BBHHHHHfHHf", 2, 80, points, 0, 1, frames, 10, -0.1, 3, 0, 100)
    row = struct.pack(f"<{points * 4}f", *(float(n % 997) if n % 4 < 3 else 0.0 for n in range(points * 4)))
    with open(path, "wb") as file:
        file.write(header.ljust(512, b"\0") + bytes([1, 80, 1, 84]).ljust(512, b"\0"))
        for _ in range(frames):
            file.write(row)
    return path.stat().st_size


def test_memory_follows_the_file(tmp_path):
    small, big = tmp_path / "small.c3d", tmp_path / "big.c3d"
    large(small, 10)
    size = large(big, 12_000)
    assert size > 38_000_000
    code, least = peak("info", str(small))
    assert code == 0
    for command in (("info", str(big)), ("analyze", str(big), "--json", os.devnull)):
        code, most = peak(*command)
        assert code == 0 and most - least <= 3 * size, f"{command[0]}: {(most - least) / size:.2f} times the file"
