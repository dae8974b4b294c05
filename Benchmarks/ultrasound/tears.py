#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Does `fascia ultrasound find-tear` find tears, and nothing in healthy contractions, on muscles simulated by phantom.py?

    python3 Benchmarks/ultrasound/tears.py [--seeds 8] [--healthy 40] [--fascia PATH]

For tears of several openings: how many are found within 3 mm, and the error of the gap that is followed without a click.
"""
from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from accuracy import ROOT, write
from phantom import Phantom, Scene


def find(fascia, scene):
    ph = Phantom(scene)
    with tempfile.TemporaryDirectory() as tmp:
        write(ph.loop(), Path(tmp) / "loop")
        run = subprocess.run([fascia, "ultrasound", "find-tear", f"{tmp}/loop", "--mm-per-pixel", str(scene.mm), "--json", "-"],
                             check=True, capture_output=True)
    return ph, json.loads(run.stdout)["candidates"]


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--seeds", type=int, default=8)
    ap.add_argument("--healthy", type=int, default=40)
    ap.add_argument("--fascia", default=str(ROOT / ".build" / "release" / "fascia"))
    a = ap.parse_args()
    missed, means, worst = 0, [], []
    for opening in (2, 3, 5, 10, 20):
        for seed in range(1, a.seeds + 1):
            scene = Scene(kind="torn", seed=seed, gap_rest=(0.5, 1.0, 2.0)[seed % 3], frames=40, width=448 if opening > 9 else 400,
                          noise_db=(-30, -24, -20)[seed % 3], decorrelation=(0.1, 0.2, 0.3)[seed // 2 % 3], slide=(0, 2, 4)[seed % 3],
                          lateral_mm=(0.6, 0.8, 1.1)[seed % 3], tilt=(0.0, 0.15, 0.3)[seed // 3 % 3], mm=(0.12, 0.1)[seed % 2])
            scene.gap_peak = scene.gap_rest + opening
            ph, found = find(a.fascia, scene)
            if not found:
                missed += 1
                print(f"opening {opening} seed {seed}: missed")
                continue
            t = found[0]
            mid = (ph.top + ph.bottom) / 2
            off = abs(t["x"] * scene.mm - (ph.face(t["y"] * scene.mm)))
            gap = np.array(t["gapMillimetres"])
            true = np.array([ph.gap(k) for k in range(scene.frames)])
            e = np.abs(gap - true)
            means.append(e.mean())
            worst.append(e.max())
            if off > 3:
                missed += 1
            print(f"opening {opening} seed {seed}: {off:.2f} mm off, depth {t['y'] * scene.mm - mid:+.1f}, opens {t['openingMillimetres']:.2f}, score {t['score']:.2f}, "
                  f"gap error {e.mean():.3f} / {e.max():.3f} bias {np.mean(gap - true):+.3f} seen {t['isGapSeen']} of {len(found)}", flush=True)
    print(f"missed {missed}; gap error mean {np.mean(means):.3f} (worst loop {np.max(means):.3f}), worst frame {np.max(worst):.3f} mm", flush=True)
    alarms = 0
    for seed in range(1, a.healthy + 1):
        scene = Scene(kind="healthy", seed=1000 + seed, frames=30, noise_db=(-30, -24, -20)[seed % 3], decorrelation=(0.1, 0.2, 0.3)[seed // 2 % 3],
                      slide=(0, 2, 4, 6)[seed % 4], shorten=(0.05, 0.1, 0.18)[seed // 3 % 3], lateral_mm=(0.6, 0.8, 1.1)[seed % 3], mm=(0.12, 0.1)[seed % 2])
        _, found = find(a.fascia, scene)
        if found:
            alarms += 1
            print(f"healthy {seed}: an opening of {found[0]['openingMillimetres']:.2f} mm, score {found[0]['score']:.2f}", flush=True)
    print(f"alarms {alarms} of {a.healthy}")
    return 1 if missed or alarms else 0


if __name__ == "__main__":
    sys.exit(main())
