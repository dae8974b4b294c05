#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The trials of issue 4 on the simulated muscle, each with its figure and its gate.

    python3 Benchmarks/ultrasound/trials.py [--quick] [--only healthy torn …]

Builds the package beside it for release. Healthy: 200 contractions under a probe that wanders, with layers that slide and shadows, and no tear found. Torn: openings of
2 to 30 mm, found within 3 mm, the gap followed without a click. Marks: the distance of two marks in every frame. Haematoma: its area at the height, from one click.
Leaving: frames until a point that left the plane or the picture is told lost. Bounds: the part of positions within their 95 % bound. Ends with 1 where a gate is missed.
"""
from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOOL = HERE / ".build" / "release" / "track-trials"
# Trials of the whole count and of --quick.
COUNTS = {"healthy": (200, 8), "torn": (70, 7), "marks": (70, 7), "haematoma": (40, 5), "leaving": (60, 6), "bounds": (48, 4)}


def run(kind, count):
    out = subprocess.run([TOOL, kind, str(count)], check=True, stdout=subprocess.PIPE, text=True).stdout
    return sorted((json.loads(line) for line in out.splitlines()), key=lambda r: r["trial"])


def mean(values):
    values = list(values)
    return sum(values) / len(values) if values else float("nan")


class Gates:
    def __init__(self):
        self.missed = []

    def say(self, kind, text, met):
        print(f"{kind:10s} {text}{'' if met else '   MISSED'}", flush=True)
        if not met:
            self.missed.append(kind)


def healthy(rows, gates):
    found = [r for r in rows if r["found"]]
    gates.say("healthy", f"{len(found)} false tears in {len(rows)} contractions", not found)
    for r in found:
        print(f"    trial {r['trial']:.0f}: an opening of {r['opening']:.2f} mm")


def torn(rows, gates):
    hit = [r for r in rows if r["found"] and r["off"] <= 3]
    gates.say("torn", f"{len(hit)} of {len(rows)} found within 3 mm (farthest {max((r['off'] for r in hit), default=0):.2f} mm)", len(hit) == len(rows))
    average, worst = mean(r["mean"] for r in hit), max((r["worst"] for r in hit), default=9)
    gates.say("torn", f"gap without a click: {average:.3f} mm on average, worst loop {max((r['mean'] for r in hit), default=9):.3f}, worst frame {worst:.3f} mm",
              max((r["mean"] for r in hit), default=9) <= 0.3 and worst <= 0.8)
    for opening in sorted({r["opening"] for r in rows}):
        these = [r for r in hit if r["opening"] == opening]
        print(f"    opens by {opening:4.0f} mm: {len(these)} of {sum(r['opening'] == opening for r in rows)} found, gap error {mean(r['mean'] for r in these):.3f}, "
              f"worst frame {max((r['worst'] for r in these), default=0):.3f} mm")
    for r in rows:
        if not r["found"] or r["off"] > 3 or r["mean"] > 0.3 or r["worst"] > 0.8:
            print("    " + json.dumps(r))


def marks(rows, gates):
    worst = max(r["worstOfLimit"] for r in rows)
    unknown = sum(r["unknown"] for r in rows)
    gates.say("marks", f"error at most {worst:.2f} of what is allowed (0.3 mm or 2 %), {max(r['worst'] for r in rows):.3f} mm; lost in {unknown:.0f} of {sum(r['frames'] for r in rows):.0f} frames; "
              f"within the bound {mean(r['held'] for r in rows):.3f}", worst <= 1 and unknown == 0)
    for r in rows:
        if r["worstOfLimit"] > 1 or r["unknown"]:
            print("    " + json.dumps(r))


def haematoma(rows, gates):
    worst = max(r["off"] for r in rows)
    gates.say("haematoma", f"area at the height {mean(r['off'] for r in rows):.1%} off on average, {worst:.1%} at worst", worst <= 0.05)
    for r in rows:
        if r["off"] > 0.05:
            print("    " + json.dumps(r))


def leaving(rows, gates):
    for name, plane in (("plane", 1), ("picture", 0)):
        these = [r for r in rows if r["plane"] == plane]
        late = max(r["late"] for r in these)
        gates.say("leaving", f"the {name}: told lost after {late:.0f} frames at most, of {len(these)}", late <= 3)
        for r in these:
            if r["late"] > 3 or r["again"] or r["wrong"]:
                print("    " + json.dumps(r))


def bounds(rows, gates):
    for scene, name in enumerate(("rigid", "strained", "torn", "healthy")):
        these = [r for r in rows if r["scene"] == scene]
        held = min(r["held"] for r in these)
        gates.say("bounds", f"{name:8s} {mean(r['held'] for r in these):.4f} within the bound, worst loop {held:.4f}; lost {mean(r['lost'] for r in these):.4f}; "
                  f"error where told {mean(r['mean'] for r in these):.3f} px", held >= 0.95)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--quick", action="store_true", help="a few of each, in seconds")
    ap.add_argument("--only", nargs="*", choices=list(COUNTS), default=list(COUNTS))
    a = ap.parse_args()
    subprocess.run(["swift", "build", "-c", "release", "--package-path", str(HERE)], check=True, stdout=sys.stderr)
    gates = Gates()
    for kind in a.only:
        globals()[kind](run(kind, COUNTS[kind][1 if a.quick else 0]), gates)
    return 1 if gates.missed else 0


if __name__ == "__main__":
    sys.exit(main())
