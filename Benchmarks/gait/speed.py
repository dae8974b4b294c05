#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fascia's gait beside PyPI's ezc3d and c3d: reading as whole processes in turns in the same minute, a large file's time and memory, and the
computation alone. Ends with 1 where a gate of the issue is missed.

    python3 Benchmarks/gait/speed.py [--binary .build-bench/release/fascia] [--rounds 9]

Needs `pip install ezc3d c3d`, and the recordings in ../shared/data/gait (else it makes its own with `fascia gait simulate`).
"""
from __future__ import annotations

import argparse
import array
import json
import os
import random
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SHARED = ROOT.parent / "shared" / "data" / "gait" / "trials"
PYCGM_MILLISECONDS_A_FRAME = 0.6  # measured for the issue on the machine of the project, cadop/pyCGM 1.0


def large(path: Path, megabytes: int = 100) -> None:
    """A C3D of 96 points and 32 analogue channels at ten samples a frame, floats."""
    points, channels, per = 96, 32, 10
    values = points * 4 + channels * per
    frames = megabytes * 1_000_000 // (values * 4)

    def group(number: int, name: str) -> bytes:
        return bytes([len(name), 256 - number]) + name.encode() + struct.pack("<hB", 3, 0)

    def parameter(number: int, name: str, kind: int, dimensions: list[int], data: bytes) -> bytes:
        body = bytes([kind & 0xFF, len(dimensions)]) + bytes(dimensions) + data + b"\0"
        return bytes([len(name), number]) + name.encode() + struct.pack("<H", len(body) + 2) + body

    def texts(words: list[str]) -> tuple[list[int], bytes]:
        return [8, len(words)], b"".join(word.ljust(8).encode() for word in words)

    labels, data = texts([f"M{n}" for n in range(points)])
    blocks = group(1, "POINT") + parameter(1, "USED", 2, [], struct.pack("<h", points)) \
        + parameter(1, "SCALE", 4, [], struct.pack("<f", -0.1)) + parameter(1, "RATE", 4, [], struct.pack("<f", 100)) \
        + parameter(1, "FRAMES", 2, [], struct.pack("<H", min(frames, 65535))) \
        + parameter(1, "UNITS", 255, [2], b"mm") + parameter(1, "LABELS", 255, labels, data) \
        + parameter(1, "DESCRIPTIONS", 255, labels, data) + parameter(1, "DATA_START", 2, [], struct.pack("<h", 12))
    labels, data = texts([f"A{n}" for n in range(channels)])
    blocks += group(2, "ANALOG") + parameter(2, "USED", 2, [], struct.pack("<h", channels)) \
        + parameter(2, "RATE", 4, [], struct.pack("<f", 100 * per)) + parameter(2, "GEN_SCALE", 4, [], struct.pack("<f", 1)) \
        + parameter(2, "SCALE", 4, [channels], struct.pack("<f", 1) * channels) \
        + parameter(2, "OFFSET", 2, [channels], struct.pack("<h", 0) * channels) \
        + parameter(2, "UNITS", 255, [4, channels], b"V   " * channels) \
        + parameter(2, "LABELS", 255, labels, data) + parameter(2, "DESCRIPTIONS", 255, labels, data)
    blocks += group(3, "FORCE_PLATFORM") + parameter(3, "USED", 2, [], struct.pack("<h", 0))
    section = bytes([1, 80, 10, 84]) + blocks
    assert len(section) < 10 * 512
    header = struct.pack("<BBHHHHHfHHf", 2, 80, points, channels * per, 1, min(frames, 65535), 10, -0.1, 12, per, 100)
    noise = random.Random(1)
    frame = array.array("f", [noise.uniform(-2000, 2000) if i % 4 != 3 or i >= points * 4 else 1.0 for i in range(values)])
    with open(path, "wb") as file:
        file.write(header.ljust(512, b"\0") + section.ljust(10 * 512, b"\0"))
        chunk = frame.tobytes() * 200
        for _ in range(frames // 200):
            file.write(chunk)
        file.write(frame.tobytes() * (frames % 200))


def run(arguments: list[str]) -> tuple[float, float]:
    """Seconds and peak megabytes of a whole process."""
    begun = time.monotonic()
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"{arguments[:3]} ended with {status}")
    return time.monotonic() - begun, usage.ru_maxrss / 1024


def side_by_side(binary: Path, file: Path, rounds: int) -> dict[str, tuple[float, float]]:
    peers = {
        "fascia": [str(binary), "gait", "info", str(file)],
        "ezc3d": [sys.executable, "-c", "import ezc3d, sys; ezc3d.c3d(sys.argv[1])", str(file)],
        "c3d": [sys.executable, "-c", "import c3d, sys; [f for f in c3d.Reader(open(sys.argv[1], 'rb')).read_frames()]", str(file)],
    }
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in peers}
    for _ in range(rounds):
        for name, arguments in peers.items():
            times[name].append(run(arguments))
    return {name: (statistics.median(t for t, _ in all_), max(m for _, m in all_)) for name, all_ in times.items()}


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--binary", type=Path, default=ROOT / ".build-bench" / "release" / "fascia")
    options.add_argument("--rounds", type=int, default=9)
    chosen = options.parse_args()
    subprocess.run(["swift", "build", "-c", "release", "--package-path", str(HERE)], check=True, stdout=sys.stderr)
    failed = False

    def gate(what: str, value: str, good: bool) -> None:
        nonlocal failed
        failed |= not good
        print(f"| {what} | {value} | {'held' if good else 'MISSED'} |")

    with tempfile.TemporaryDirectory(prefix="fascia-gait-") as folder:
        walk, standing, diameter = SHARED / "children_ofm_a" / "walk.c3d", SHARED / "children_ofm_a" / "static.c3d", "10"
        if not walk.exists():
            walk, standing, diameter = Path(folder) / "walk.c3d", Path(folder) / "static.c3d", "14"
            for path, extra in ((walk, []), (standing, ["--standing"])):
                subprocess.run([str(chosen.binary), "gait", "simulate", "--out", str(path), *extra], check=True)
        print("| | figure | gate |\n|---|---|---|")
        trial = side_by_side(chosen.binary, walk, chosen.rounds)
        for name, (seconds, megabytes) in trial.items():
            print(f"| gait trial of {walk.stat().st_size / 1e6:.1f} MB, {name}, whole process | {seconds * 1000:.0f} ms, {megabytes:.0f} MB | |")
        for peer, least in (("ezc3d", 3), ("c3d", 2)):
            ratio = trial[peer][0] / trial["fascia"][0]
            gate(f"faster than {peer}, at least {least} ×", f"{ratio:.1f} ×", ratio >= least)
        big = Path(folder) / "large.c3d"
        large(big)
        whole = side_by_side(chosen.binary, big, max(2, chosen.rounds // 3))
        for name, (seconds, megabytes) in whole.items():
            print(f"| file of {big.stat().st_size / 1e6:.0f} MB, {name}, whole process | {seconds:.2f} s, {megabytes:.0f} MB | |")
        part = whole["fascia"][0] / whole["ezc3d"][0]
        gate("time of ezc3d's, at most 0.5", f"{part:.2f}", part <= 0.5)
        gate("memory, under 250 MB", f"{whole['fascia'][1]:.0f} MB", whole["fascia"][1] < 250)
        alone = json.loads(subprocess.run([str(HERE / ".build" / "release" / "gait-speed"), str(walk), str(standing), diameter],
                                          check=True, capture_output=True, text=True).stdout)
        print(f"| reading the trial alone | {alone['readMilliseconds']:.2f} ms | |")
        a_frame = alone["analysisMillisecondsAFrame"]
        gate("angles, moments, events, scores a frame, at most 0.012 ms (pyCGM's angles: 0.6)",
             f"{a_frame:.4f} ms, {PYCGM_MILLISECONDS_A_FRAME / a_frame:.0f} ×", a_frame <= 0.012)
        gate("report of a visit, static and 6 walks, from bytes to HTML, under 1 s", f"{alone['visitMilliseconds']:.0f} ms",
             alone["visitMilliseconds"] < 1000)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
