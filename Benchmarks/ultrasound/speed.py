#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Speed of ultrasound tracking against OpenCV, in turns, in the same minute, on one thread and on all.

    python3 Benchmarks/ultrasound/speed.py [--rounds 5] [--quick]

Builds the package beside it for release. Prints the median over rounds of frames per second, their ratio in each round, time for two marks, memory and growth;
ends with 1 where a gate of the issue is missed. Needs numpy and opencv-python-headless.
"""
from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from phantom import Phantom, Scene

HERE = Path(__file__).resolve().parent
TOOL = HERE / ".build" / "release" / "track-speed"


def run(raw, w, h, n, what, threads):
    out = subprocess.run([TOOL, raw, str(w), str(h), str(n), what, threads], check=True, capture_output=True)
    return json.loads(out.stdout)


def lk(fr, threads):
    cv2.setNumThreads(threads)
    h, w = fr[0].shape
    g = np.array([[x, y] for y in range(16, h, 16) for x in range(16, w, 16)], np.float32).reshape(-1, 1, 2)
    t = time.perf_counter()
    for a, b in zip(fr, fr[1:]):
        g, _, _ = cv2.calcOpticalFlowPyrLK(a, b, g, None, winSize=(31, 31), maxLevel=3)
    return (len(fr) - 1) / (time.perf_counter() - t)


def dis(fr, threads):
    cv2.setNumThreads(threads)
    d = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    t = time.perf_counter()
    for a, b in zip(fr, fr[1:]):
        d.calc(a, b, None)
    return (len(fr) - 1) / (time.perf_counter() - t)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--rounds", type=int, default=5)
    ap.add_argument("--quick", action="store_true")
    a = ap.parse_args()
    subprocess.run(["swift", "build", "-c", "release", "--package-path", str(HERE)], check=True, stdout=sys.stderr)
    missed = []
    with tempfile.TemporaryDirectory() as tmp:
        n = 24 if a.quick else 100
        # Drawing is slow: a few dozen frames, there and back again.
        few = np.array([f for f in Phantom(Scene(kind="torn", seed=3, width=512, height=512, mm=0.1, frames=25, gap_peak=12)).loop()])
        fr = np.concatenate([few, few[::-1]] * 2)[:n]
        raw = f"{tmp}/loop.raw"
        fr.tofile(raw)
        for name, threads in (("one", 1), ("all", os.cpu_count() or 1)):
            ours, lks, diss = [], [], []
            for _ in range(1 if a.quick else a.rounds):
                lks.append(lk(fr, threads))
                ours.append(run(raw, 512, 512, n, "field", name)["framesPerSecond"])
                diss.append(dis(fr, threads))
            to_lk = statistics.median(o / p for o, p in zip(ours, lks))
            to_dis = statistics.median(o / p for o, p in zip(ours, diss))
            print(f"{name:4s} fascia {statistics.median(ours):6.1f}  LK31 {statistics.median(lks):6.1f} ({to_lk:.2f}×)  DIS {statistics.median(diss):6.1f} ({to_dis:.2f}×)  frames/s")
            if to_lk < 1.5 or to_dis < 1:
                missed.append(f"{name}: {to_lk:.2f}× LK, {to_dis:.2f}× DIS")
            marks = statistics.median(run(raw, 512, 512, n, "marks", name)["seconds"] for _ in range(3))
            tear = run(raw, 512, 512, n, "tear", name)["seconds"]
            print(f"     two marks through {n} frames {marks:.3f} s; tear finder {tear:.3f} s")
            if name == "all" and n == 100 and marks >= 0.2:
                missed.append(f"two marks: {marks:.3f} s")
        m = run(raw, 512, 512, n, "field", "all")
        print(f"memory {m['memoryBytes'] / m['loopBytes']:.2f} × the loop of {m['loopBytes'] / 1e6:.0f} MB, the loop itself included")
        if n == 100 and m["memoryBytes"] >= 3 * m["loopBytes"]:
            missed.append("memory")
        # Work grows as frames and pixels do: the cost of one, the least of three runs, may not rise by more than a third.
        def cost(width, height, frames, per):
            return min(run(f"{tmp}/g.raw", width, height, frames, "field", "one")["seconds"] for _ in range(1 if a.quick else 3)) / per

        costs = []
        for frames in (64, 256) if a.quick else (64, 256, 1024):
            np.concatenate([fr[:n // 2, :256, :256]] * 86)[:frames].tofile(f"{tmp}/g.raw")
            costs.append(cost(256, 256, frames, frames))
            print(f"growth: 256² × {frames:4d} frames {costs[-1] * 1e3:6.2f} ms a frame")
        if costs[-1] > 4 / 3 * costs[0]:
            missed.append(f"growth with frames: {costs[-1] / costs[0]:.2f} ×")
        costs = []
        # Crops of one picture: tiles would have seams, at which tissue tears in four places.
        largest = 512 if a.quick else 1024
        whole = fr[:20] if a.quick else np.array(Phantom(Scene(kind="torn", seed=3, width=1024, height=1024, mm=0.1, frames=20, gap_peak=12)).loop())
        for side in [s for s in (256, 512, 1024) if s <= largest]:
            at = (largest - side) // 2
            np.ascontiguousarray(whole[:, at:at + side, at:at + side]).tofile(f"{tmp}/g.raw")
            costs.append(cost(side, side, 20, 20 * side * side))
            print(f"growth: {side}² × 20 frames {costs[-1] * 1e9:6.1f} ns a pixel and frame")
        if costs[-1] > 4 / 3 * costs[0]:
            missed.append(f"growth with pixels: {costs[-1] / costs[0]:.2f} ×")
    for line in missed:
        print("missed:", line)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
