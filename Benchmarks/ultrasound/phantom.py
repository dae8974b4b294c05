# SPDX-License-Identifier: Apache-2.0
"""A second simulated muscle, written independently of Sources/Ultrasound/Simulation and unlike it on purpose.

Scatterers are laid on a grid twice as fine as the picture, their echo is made in the frequency domain with a Hann-shaped band in
depth and a Hann-shaped aperture across (so the point spread function has side lobes), compressed over 50 dB with a depth-dependent gain,
and the tissue bends: no displacement here is a plane. The tear is oblique, opens more in depth than above, and its blood is stirred.
"""
from __future__ import annotations

import dataclasses

import numpy as np


@dataclasses.dataclass
class Scene:
    """What is drawn. Lengths are millimetres, x along the fibres, y in depth."""
    kind: str = "healthy"  # rigid, bent, healthy, torn
    seed: int = 1
    width: int = 400
    height: int = 360
    mm: float = 0.12
    frames: int = 60
    rate: float = 30.0
    gap_rest: float = 1.0
    gap_peak: float = 8.0
    noise_db: float = -28.0
    decorrelation: float = 0.15
    density: float = 30.0
    lateral_mm: float = 0.8
    axial_mm: float = 0.32
    tilt: float = 0.15  # of the tear: millimetres along x for each millimetre of depth
    slide: float = 3.0
    shorten: float = 0.10

    def activation(self, frame: int) -> float:
        u = frame / max(self.frames - 1, 1)
        return float(np.clip(np.sin(np.pi * np.clip((u - 0.12) / 0.8, 0, 1)), 0, 1) ** 2)


class Phantom:
    def __init__(self, scene: Scene):
        self.s = scene
        self.rng = np.random.default_rng(scene.seed)
        s = scene
        self.w_mm, self.h_mm = s.width * s.mm, s.height * s.mm
        self.top, self.bottom = 0.2 * self.h_mm, 0.78 * self.h_mm
        self.centre = self.w_mm * (0.42 + 0.16 * self.rng.random())
        m = 6 + s.slide
        n = int(s.density * (self.w_mm + 2 * m) * (self.h_mm + 2 * m))
        self.x = self.rng.uniform(-m, self.w_mm + m, n)
        self.y = self.rng.uniform(-m, self.h_mm + m, n)
        self.a = self.rng.normal(size=n) + 1j * self.rng.normal(size=n)
        self.b = self.rng.normal(size=n) + 1j * self.rng.normal(size=n)
        layered = s.kind in ("healthy", "torn")
        g = np.ones(n)
        if layered:
            sheath = (np.abs(self.y - self.top) < 0.35) | (np.abs(self.y - self.bottom) < 0.35)
            g[sheath] *= 3.5
            g[self.y > self.bottom] *= 0.75
        g *= np.exp(0.25 * np.sin(2 * np.pi * (self.y * 0.45 + 0.08 * self.x)) + 0.2 * np.sin(2 * np.pi * (self.y * 0.9 - 0.1 * self.x) + 1))
        self.a *= g
        self.b *= g
        self.kind = self.tissue(self.x, self.y)
        keep = self.kind != 4
        self.x, self.y, self.a, self.b, self.kind = self.x[keep], self.y[keep], self.a[keep], self.b[keep], self.kind[keep]
        self.blood_u = self.rng.uniform(-0.5, 0.5, int(s.density * 30 * (self.bottom - self.top)))
        self.blood_y = self.rng.uniform(self.top, self.bottom, self.blood_u.size)
        self.blood_a = self.rng.normal(size=self.blood_u.size) + 1j * self.rng.normal(size=self.blood_u.size)
        self.phase = self.rng.uniform(0, 2 * np.pi, 6)

    def face(self, y):
        """The middle of the tear at a depth, at rest."""
        mid = (self.top + self.bottom) / 2
        return self.centre + self.s.tilt * (y - mid) + 0.3 * np.sin(y * 1.7 + self.s.seed)

    def tissue(self, x, y):
        """0 above, 1 muscle, 2 left end, 3 right end, 4 blood, 5 below."""
        s = self.s
        k = np.ones(np.shape(x), int)
        if s.kind in ("healthy", "torn"):
            k = np.where(y < self.top, 0, np.where(y > self.bottom, 5, 1))
        if s.kind == "torn":
            d = x - self.face(y)
            t = np.where(np.abs(d) < s.gap_rest / 2, 4, np.where(d < 0, 2, 3))
            k = np.where(k == 1, t, k)
        return k

    def gap(self, frame, y=None):
        """The gap at a depth; its mean over the muscle without one."""
        s = self.s
        a = s.activation(frame)
        mid = (self.top + self.bottom) / 2
        lean = 0.0 if y is None else 0.2 * (y - mid) / (self.bottom - self.top)
        return s.gap_rest + (s.gap_peak - s.gap_rest) * a * (1 + lean)

    def move(self, x, y, kind, frame):
        s = self.s
        a = s.activation(frame)
        u = frame / max(s.frames - 1, 1)
        px = 0.5 * (np.sin(2 * np.pi * u * 1.3 + self.phase[0]) - np.sin(self.phase[0]))
        py = 0.25 * (np.sin(2 * np.pi * u * 1.7 + self.phase[1]) - np.sin(self.phase[1]))
        X, Y = np.array(x, float), np.array(y, float)
        if s.kind == "rigid":
            return X + 2 * px, Y + 2 * py
        if s.kind == "bent":
            c, d = self.w_mm / 2, self.h_mm / 2
            L = self.w_mm / 3
            return (X - a * s.shorten * L * np.tanh((X - c) / L) * (1 + 0.3 * np.sin((Y - d) / 7)) + px,
                    Y + a * 0.8 * np.exp(-((X - c) / 12) ** 2) * (Y - d) / d + py)
        muscle = (kind >= 1) & (kind <= 4)
        c, L = self.w_mm * 0.35, self.w_mm / 2.2
        dx = np.where(muscle, a * (s.slide - s.shorten * L * np.tanh((X - c) / L)), 0.0)
        t = np.clip((Y - self.top) / (self.bottom - self.top), 0, 1)
        dy = a * 1.2 * (1 + 0.25 * np.cos(X / 9)) * np.where(muscle, t, np.where(kind == 5, 1.0, 0.0))
        if s.kind == "torn":
            half = (self.gap(frame, Y) - s.gap_rest) / 2
            fade = np.exp(-((X - self.centre) / 60) ** 2)
            dx = dx + np.where(kind == 2, -half * fade, np.where(kind == 3, half * fade, 0.0))
        return X + dx + px, Y + dy + py

    def frame(self, k):
        s = self.s
        a = s.activation(k)
        ex = s.decorrelation * a + 0.04 * k / max(s.frames - 1, 1)
        x, y = self.move(self.x, self.y, self.kind, k)
        amp = np.sqrt(1 - ex) * self.a + np.sqrt(ex) * self.b
        if s.kind == "torn":
            g = self.gap(k, self.blood_y)
            stir = 0.15 * np.sin(k * 0.7 + 9 * self.blood_u)
            inside = np.abs(self.blood_u * 30) < g / 2
            by = self.blood_y[inside]
            X0 = self.face(by)
            bx0, by1 = self.move(X0, by, np.full(by.shape, 4), k)
            x = np.concatenate([x, bx0 + self.blood_u[inside] * 30 + stir[inside] * 0.3])
            y = np.concatenate([y, by1])
            amp = np.concatenate([amp, 0.14 * self.blood_a[inside]])
        over = 2
        W, H = s.width * over, s.height * over
        pad = 32
        gx, gy = x / s.mm * over + pad, y / s.mm * over + pad
        k0 = 4 * np.pi * 6.5 / 1.54
        amp = amp * np.exp(-1j * k0 * y)
        ix, iy = np.floor(gx).astype(int), np.floor(gy).astype(int)
        fx, fy = gx - ix, gy - iy
        ok = (ix >= 0) & (iy >= 0) & (ix + 1 < W + 2 * pad) & (iy + 1 < H + 2 * pad)
        grid = np.zeros((H + 2 * pad) * (W + 2 * pad), complex)
        for oy, ox, wt in ((0, 0, (1 - fx) * (1 - fy)), (0, 1, fx * (1 - fy)), (1, 0, (1 - fx) * fy), (1, 1, fx * fy)):
            at = ((iy + oy) * (W + 2 * pad) + ix + ox)[ok]
            v = (amp * wt)[ok]
            grid += np.bincount(at, v.real, grid.size) + 1j * np.bincount(at, v.imag, grid.size)
        grid = grid.reshape(H + 2 * pad, W + 2 * pad)
        fyq = np.fft.fftfreq(H + 2 * pad, s.mm / over)[:, None]
        fxq = np.fft.fftfreq(W + 2 * pad, s.mm / over)[None]
        def hann(f, full):
            cut = 1.55 / full
            return np.where(np.abs(f) < cut, 0.5 + 0.5 * np.cos(np.pi * f / cut), 0.0)
        z = np.fft.ifft2(np.fft.fft2(grid) * hann(fyq, s.axial_mm) * hann(fxq, s.lateral_mm))[pad:-pad:over, pad:-pad:over]
        power = getattr(self, "_power", None)
        if power is None:
            power = self._power = np.mean(np.abs(z) ** 2)
        rng = np.random.default_rng(s.seed * 1000 + k)
        n = (rng.normal(size=z.shape) + 1j * rng.normal(size=z.shape)) * np.sqrt(power / 2) * 10 ** (s.noise_db / 20)
        db = 10 * np.log10(np.abs(z + n) ** 2 / power + 1e-9) - 2.0 * np.arange(s.height)[:, None] / s.height
        return np.clip(np.round(125 + db * 255 / 50), 0, 255).astype(np.uint8)

    def truth(self, spacing=16):
        """Positions in pixels, frames × sites × 2, on the product's lattice; and the sites' tissues."""
        s = self.s
        gx, gy = np.meshgrid(np.arange(spacing, s.width, spacing), np.arange(spacing, s.height, spacing))
        # The product's lattice: (width − 1) // spacing columns.
        gx = gx[: (s.height - 1) // spacing, : (s.width - 1) // spacing].ravel().astype(float)
        gy = gy[: (s.height - 1) // spacing, : (s.width - 1) // spacing].ravel().astype(float)
        kind = self.tissue(gx * s.mm, gy * s.mm)
        out = [np.stack(self.move(gx * s.mm, gy * s.mm, kind, k), 1) / s.mm for k in range(s.frames)]
        return np.array(out), kind

    def loop(self):
        return np.array([self.frame(k) for k in range(self.s.frames)])
