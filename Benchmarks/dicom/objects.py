# SPDX-License-Identifier: Apache-2.0
"""What the benchmark's machine sends: small pictures, loops of 40 MB, a JPEG loop; made once, with a new name in every copy."""
from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pydicom

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Tests" / "System"))
from machine import loop, saved  # noqa: E402

NAME = "1.2.826.0.1.3680043.8.498.1{:019d}"


def texture(seed: int, count: int, rows: int, columns: int) -> np.ndarray:
    """Speckle that moves: one smoothed field, shifted frame by frame, so that JPEG has what it has with a real machine."""
    random = np.random.default_rng(seed)
    field = random.rayleigh(30, (rows, columns + count)).astype(np.float32)
    for axis, times in ((0, 1), (1, 3)):
        for _ in range(times):
            field = (field + np.roll(field, 1, axis)) / 2
    return np.stack([field[:, k:k + columns] for k in range(count)]).clip(0, 255).astype(np.uint8)


class Pattern:
    """One object's bytes, in which only its name is changed."""

    def __init__(self, frames: np.ndarray, folder: Path) -> None:
        data = loop(frames, instance=NAME.format(0))
        self.bytes = saved(data, folder).read_bytes()
        self.name = str(data.SOPInstanceUID).encode()

    def write(self, folder: Path, first: int, count: int) -> list[Path]:
        folder.mkdir(parents=True)
        made = []
        for number in range(first, first + count):
            made.append(folder / f"{number}.dcm")
            made[-1].write_bytes(self.bytes.replace(self.name, NAME.format(number).encode()))
        return made


def jpeg(folder: Path, *, count: int = 87, rows: int = 743, columns: int = 975) -> Path | None:
    """A colour loop in baseline JPEG, as DCMTK writes it (YBR_FULL_422)."""
    if not shutil.which("dcmcjpeg"):
        return None
    grey = texture(5, count, rows, columns)
    # A curved probe's picture is a sector in the dark, as with the loops of the machines.
    y, x = np.mgrid[0:rows, 0:columns]
    angle = np.arctan2(x - columns / 2, y + rows / 4)
    far = np.hypot(x - columns / 2, y + rows / 4)
    grey[:, ~((np.abs(angle) < 0.6) & (far > rows / 3) & (far < rows * 1.2))] = 0
    data = loop(grey[:1])
    colour = np.repeat(grey[:, :, :, None], 3, axis=3)
    data.SamplesPerPixel, data.PhotometricInterpretation, data.PlanarConfiguration = 3, "RGB", 0
    data.NumberOfFrames = count
    raw = colour.tobytes()
    data.PixelData = raw + b"\0" * (len(raw) % 2)
    plain, made = saved(data, folder), folder / "loop-jpeg.dcm"
    subprocess.run(["dcmcjpeg", "+eb", "+q", "80", "+s2", str(plain), str(made)], check=True)
    assert pydicom.dcmread(made, stop_before_pixels=True).PhotometricInterpretation == "YBR_FULL_422"
    plain.unlink()
    return made
