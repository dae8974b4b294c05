# SPDX-License-Identifier: Apache-2.0
"""Ultrasound loops of nobody, with their truth, and a visit to which they belong."""
from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from clinic import Clinic
from journeys import SLUGS, book, request_for, slots
from visitor import Visitor

MILLIMETRES = 0.1


@dataclass
class Loop:
    film: Path
    truth: dict

    @property
    def marks(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """A place in each stump in the first frame, six millimetres from the tear, in the middle of the muscle."""
        tear, spacing = self.truth["tear"], MILLIMETRES
        y = (tear["top"] + tear["bottom"]) / 2
        return (tear["x"] - 6 / spacing, y), (tear["x"] + 6 / spacing, y)

    @property
    def opening(self) -> float:
        gaps = self.truth["gapMillimetres"]
        return max(gaps) - gaps[0]


def simulated_frames(clinic: Clinic, folder: Path, *, gap: float = 12, frames: int = 40) -> tuple[np.ndarray, Loop]:
    """The frames of the program's own simulated torn muscle, and their truth; the loop has no film."""
    made = clinic.run("ultrasound", "simulate", "--out", str(folder), "--frames", str(frames), "--gap-peak", str(gap),
                      "--mm-per-pixel", str(MILLIMETRES), "--width", "384", "--height", "384", "--seed", "5")
    assert made.returncode == 0, made.stderr
    pictures = [np.frombuffer(path.read_bytes()[-384 * 384:], np.uint8).reshape(384, 384) for path in sorted(folder.glob("*.pgm"))]
    return np.stack(pictures), Loop(folder, json.loads((folder / "truth.json").read_text()))


def simulated_loop(clinic: Clinic, folder: Path, *, frames: int = 40, gap: float = 12) -> Loop:
    """A film of the program's own simulated torn muscle."""
    if not shutil.which("ffmpeg"):
        pytest.skip("no ffmpeg: install the package ffmpeg (script/bootstrap does)")
    _, loop = simulated_frames(clinic, folder, gap=gap, frames=frames)
    film = folder / "rest and contraction.mp4"
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-framerate", "30", "-pattern_type", "glob", "-i", f"{folder}/*.pgm",
                    "-c:v", "libx264", "-crf", "8", "-pix_fmt", "yuv420p", str(film)], check=True)
    return Loop(film, loop.truth)


def a_visit(clinic: Clinic, name: str) -> str:
    """Somebody books; the desk's day on which they come."""
    for slug in reversed(SLUGS):
        free = slots(clinic, slug)
        if free:
            answer = book(clinic, request_for(slug, free[0], {"name": name, "email": "loops@example.org"}))
            if answer.status == 201:
                return f"/desk?date={free[0]['start'][:10]}"
    raise AssertionError("nothing can be booked")


def loops_of(staff: Visitor, day: str, name: str) -> str:
    """The page of the visit's loops, reached from the desk's day."""
    staff.open(day)
    assert staff.page
    return staff.page.link(f"Loops of {name}")
