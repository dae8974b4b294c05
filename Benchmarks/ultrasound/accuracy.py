#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The accuracy table of ultrasound tracking: the product against OpenCV, on its own simulated muscle and on two independent ones.

    python3 Benchmarks/ultrasound/accuracy.py [--seeds 8] [--fascia PATH] [--scenes rigid torn other-bent described-tear …]

Needs numpy and opencv-python-headless. Every loop goes through the command line: PGM frames in, fascia.ultrasound/1 JSON out. Errors are pixels, mean / 95th
percentile, over all sites of a 16-pixel lattice (blood left out) and all frames in which the truth is 16 pixels or more inside the picture.
"""
from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from described import Described
from phantom import Phantom, Scene

ROOT = Path(__file__).resolve().parents[2]
SPACING = 16


def write(frames, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for k, f in enumerate(frames):
        (folder / f"f{k:05d}.pgm").write_bytes(b"P5\n%d %d\n255\n" % (f.shape[1], f.shape[0]) + f.tobytes())


def read(folder):
    return np.array([cv2.imread(str(p), cv2.IMREAD_GRAYSCALE) for p in sorted(folder.glob("*.pgm"))])


def product(fascia, folder, work):
    """Tracks, bounds (inf where lost) and seconds of the whole command."""
    out = work / "out.json"
    t0 = time.time()
    subprocess.run([fascia, "ultrasound", "track", str(folder), "--field", str(SPACING), "--json", str(out)], check=True)
    dt = time.time() - t0
    doc = json.loads(out.read_text())
    field = json.loads(Path(doc["field"]["framesFile"]).read_text())
    xy = np.array([p["positions"] for p in field["points"]]).transpose(1, 0, 2)
    e = np.array([[np.inf if v is None else v for v in p["errorPixels95"]] for p in field["points"]]).T
    return xy, e, dt


def lk(fr, p0, win):
    p = p0.astype(np.float32)
    out = [p]
    for a, b in zip(fr, fr[1:]):
        p = cv2.calcOpticalFlowPyrLK(a, b, p.reshape(-1, 1, 2), None, winSize=win, maxLevel=3)[0].reshape(-1, 2)
        out.append(p)
    return np.array(out)


def dis(fr, p0):
    d = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    p = p0.astype(np.float32)
    out = [p]
    for a, b in zip(fr, fr[1:]):
        f = d.calc(a, b, None)
        p = p + cv2.remap(f, p[None, :, 0].copy(), p[None, :, 1].copy(), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[0]
        out.append(p)
    return np.array(out)


def score(xy, truth, kind, shape):
    h, w = shape
    ok = (truth[..., 0] >= 16) & (truth[..., 1] >= 16) & (truth[..., 0] < w - 16) & (truth[..., 1] < h - 16) & (kind != 4)[None]
    ok[0] = False
    e = np.linalg.norm(xy - truth, axis=2)
    return e[ok].mean(), np.percentile(e[ok], 95), e, ok


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--seeds", type=int, default=8)
    ap.add_argument("--fascia", default=str(ROOT / ".build" / "release" / "fascia"))
    ap.add_argument("--scenes", nargs="*", default=["rigid", "strained", "torn", "healthy", "other-rigid", "other-bent", "other-healthy", "other-torn", "described-rigid", "described-strain", "described-tear"])
    ap.add_argument("--options", nargs="*", default=[], help="more for `simulate`, for example frames=15 frame-rate=5 noise=-20")
    a = ap.parse_args()
    beaten = True
    for scene in a.scenes:
        rows = []
        for seed in range(1, a.seeds + 1):
            with tempfile.TemporaryDirectory() as tmp:
                work = Path(tmp)
                folder = work / "loop"
                if scene.startswith(("other-", "described-")):
                    ph = Phantom(Scene(kind=scene[6:], seed=seed)) if scene.startswith("other-") else Described(scene[10:], seed)
                    fr = ph.loop()
                    write(fr, folder)
                    truth, kind = ph.truth(SPACING)
                else:
                    more = [x for o in a.options for x in ("--" + o.split("=")[0], o.split("=")[1])]
                    subprocess.run([a.fascia, "ultrasound", "simulate", "--out", str(folder), "--scene", scene, "--seed", str(seed), *more], check=True)
                    fr = read(folder)
                    t = json.loads((folder / "truth.json").read_text())
                    truth = np.array(t["positions"])
                    kind = np.array([4 if k == "haematoma" else 1 for k in t["tissues"]])
                    (folder / "truth.json").unlink()
                xy, bound, dt = product(a.fascia, folder, work)
                m, p95, e, ok = score(xy, truth, kind, fr.shape[1:])
                told = ok & np.isfinite(bound)
                row = {"fascia": (m, p95), "held": (e <= bound)[told].mean(), "lost": 1 - told.sum() / ok.sum(), "s": dt}
                for name, tracks in (("LK31", lk(fr, truth[0], (31, 31))), ("LK21x71", lk(fr, truth[0], (21, 71))), ("DIS", dis(fr, truth[0]))):
                    row[name] = score(tracks, truth, kind, fr.shape[1:])[:2]
                rows.append(row)
                if min(row[n][0] for n in ("LK31", "LK21x71", "DIS")) < m:
                    beaten = False
                    print(f"  {scene} {seed}: a peer is better", file=sys.stderr)
        text = "  ".join(f"{n} {np.mean([r[n][0] for r in rows]):.3f} / {np.mean([r[n][1] for r in rows]):.3f} (worst {max(r[n][0] for r in rows):.3f} / {max(r[n][1] for r in rows):.3f})" for n in ("fascia", "LK31", "LK21x71", "DIS"))
        print(f"{scene:14s} {text}  bound held {min(r['held'] for r in rows):.3f}…  lost {max(r['lost'] for r in rows):.4f}", flush=True)
    return 0 if beaten else 1


if __name__ == "__main__":
    sys.exit(main())
