# SPDX-License-Identifier: Apache-2.0
"""The simulated muscle of which the goals of issue 4 speak, written from its description and from nothing else.

60 scatterers in a square millimetre, moved and drawn anew for every frame; 7.5 MHz, point spread function with a full width at half maximum of
0.28 mm in depth and 0.71 mm across; noise of −30 dB; 60 dB of logarithmic compression to 8 bits; echoes exchanged by 15 % at the peak of the
contraction and by 5 % over the loop; 0.1 mm a pixel. Scenes: ``rigid``, ``strain`` (8 % shorter, 3° turned), ``tear`` (a gap that opens between
two sheaths while what lies above and below stays) and ``healthy``. Shares no code with phantom.py or the product.
"""
from __future__ import annotations

import numpy as np

BLOOD = 4


class Described:
    def __init__(self, kind, seed, width=512, height=512, frames=90, mm=0.1, gap=(1.0, 25.0), noise=-30.0, exchange=0.15,
                 drift=0.05, probe=0.0, slide=0.0, shorten=0.0, rise=17, rough=0.5):
        self.kind, self.seed, self.width, self.height, self.frames, self.mm = kind, seed, width, height, frames, mm
        self.gap0, self.gap1, self.noise, self.exchange, self.drift = *gap, noise, exchange, drift
        self.probe, self.slide, self.shorten, self.rise = probe, slide, shorten, rise
        self.r = r = np.random.default_rng([7, seed])
        self.w, self.h = width * mm, height * mm
        self.top, self.bottom = 0.22 * self.h, 0.22 * self.h + min(26.5, 0.56 * self.h)
        margin = 4.0 + abs(slide) + 0.5 * self.w * shorten
        n = int(60 * (self.w + 2 * margin) * (self.h + 2 * margin))
        self.x, self.y = r.uniform(-margin, self.w + margin, n), r.uniform(-margin, self.h + margin, n)
        self.first, self.second = (r.normal(size=(2, n)) + 1j * r.normal(size=(2, n)))
        self.waves = r.uniform(0, 2 * np.pi, 8)
        self.shift = rough * r.normal(size=3)
        self.part = self.tissue(self.x, self.y)
        loud = np.ones(n)
        if kind in ("tear", "healthy"):
            loud *= 1 + 3 * np.exp(-(((self.y - self.top) / 0.35) ** 4)) + 3 * np.exp(-(((self.y - self.bottom) / 0.35) ** 4))
            loud[self.y < self.top - 0.5] *= 0.8
        loud[self.part == BLOOD] = 10 ** (-20 / 20)
        self.loud = loud
        if kind == "tear":  # the blood that is seen when the gap is wide
            m = int(60 * (self.gap1 + 2) * (self.bottom - self.top))
            self.bx = r.uniform(-self.gap1 / 2 - 1, self.gap1 / 2 + 1, m)
            self.by = r.uniform(self.top, self.bottom, m)
            self.ba = 10 ** (-20 / 20) * (r.normal(size=m) + 1j * r.normal(size=m))
            live = self.part != BLOOD
            self.x, self.y, self.part, self.loud = self.x[live], self.y[live], self.part[live], self.loud[live]
            self.first, self.second = self.first[live], self.second[live]
        self.power = None

    def activation(self, k):
        """Rest, a rise of some frames, a short hold, back, rest."""
        start, hold = 0.25 * self.frames, 0.12 * self.frames
        u = min(max((k - start) / self.rise, 0), 1) if k < start + self.rise + hold else 1 - min((k - start - self.rise - hold) / self.rise, 1)
        return 0.5 - 0.5 * np.cos(np.pi * max(u, 0))

    def face(self, y):
        """The middle of the gap at rest."""
        t = (y - self.top) / (self.bottom - self.top)
        return self.w / 2 + self.shift[0] * np.sin(5 * t + self.waves[0]) + self.shift[1] * np.sin(11 * t + self.waves[1])

    def tissue(self, x, y):
        """0 above, 1 muscle, 2 left stump, 3 right stump, 4 blood, 5 below."""
        if self.kind in ("rigid", "strain"):
            return np.ones(np.shape(x), int)
        part = np.where(y < self.top, 0, np.where(y > self.bottom, 5, 1))
        if self.kind == "tear":
            off = x - self.face(y)
            part = np.where(part == 1, np.where(np.abs(off) < self.gap0 / 2, BLOOD, np.where(off < 0, 2, 3)), part)
        return part

    def gap(self, k):
        return self.gap0 + (self.gap1 - self.gap0) * self.activation(k)

    def hand(self, k):
        """The probe's wander."""
        u, p = 2 * np.pi * k / max(self.frames - 1, 1), self.waves
        return (np.sin(u + p[2]) - np.sin(p[2]) + 0.4 * (np.sin(3 * u + p[3]) - np.sin(p[3])),
                np.sin(u * 1.4 + p[4]) - np.sin(p[4]))

    def move(self, x, y, part, k):
        a, (hx, hy) = self.activation(k), self.hand(k)
        X, Y = np.array(x, float), np.array(y, float)
        if self.kind == "rigid":
            return X + 0.45 * hx, Y + 0.3 * hy
        if self.kind == "strain":
            c, s = np.cos(np.radians(3 * a)), np.sin(np.radians(3 * a))
            u, v = (X - self.w / 2) * (1 - 0.08 * a), (Y - self.h / 2) * (1 + 0.04 * a)
            return self.w / 2 + c * u - s * v, self.h / 2 + s * u + c * v
        muscle = (part >= 1) & (part <= BLOOD)
        X = X + np.where(muscle, a * (self.slide - self.shorten * (X - self.w / 2)), 0)
        if self.kind == "tear":
            half = (self.gap(k) - self.gap0) / 2
            X = X + np.where(part == 2, -half, np.where(part == 3, half, 0))
        thick = self.shorten * a * 0.6
        Y = Y + thick * np.clip(Y - self.top, 0, self.bottom - self.top)
        return X + self.probe * hx, Y + 0.6 * self.probe * hy

    def frame(self, k):
        over, pad = 2, 40
        e = min(self.exchange * self.activation(k) + self.drift * k / max(self.frames - 1, 1), 1)
        x, y = self.move(self.x, self.y, self.part, k)
        echo = self.loud * (np.sqrt(1 - e) * self.first + np.sqrt(e) * self.second)
        if self.kind == "tear":
            inside = np.abs(self.bx) < self.gap(k) / 2
            bx, by = self.bx[inside], self.by[inside]
            px, py = self.move(self.face(by), by, np.full(by.shape, BLOOD), k)
            x, y, echo = np.concatenate([x, px + bx]), np.concatenate([y, py]), np.concatenate([echo, self.ba[inside]])
        echo = echo * np.exp(-2j * (2 * np.pi * 7.5 / 1.54) * y)
        step = self.mm / over
        W, H = self.width * over + 2 * pad, self.height * over + 2 * pad
        gx, gy = x / step + pad, y / step + pad
        keep = (gx > 1) & (gy > 1) & (gx < W - 2) & (gy < H - 2)
        gx, gy, echo = gx[keep], gy[keep], echo[keep]
        ix, iy = gx.astype(int), gy.astype(int)
        fx, fy = gx - ix, gy - iy
        corner = iy * W + ix
        at = np.concatenate([corner, corner + 1, corner + W, corner + W + 1])
        share = np.concatenate([(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy])
        real, imaginary = (np.bincount(at, np.tile(part, 4) * share, W * H) for part in (echo.real, echo.imag))
        grid = np.empty((H, W), np.complex64)
        grid.real, grid.imag = real.reshape(H, W), imaginary.reshape(H, W)
        sd = np.array([0.28, 0.71]) / (2 * np.sqrt(2 * np.log(2)))
        band = [np.exp(-2 * (np.pi * np.fft.fftfreq(m, step) * s) ** 2) for m, s in ((H, sd[0]), (W, sd[1]))]
        try:
            from scipy.fft import fft2, ifft2
        except ImportError:
            fft2, ifft2 = np.fft.fft2, np.fft.ifft2
        field = ifft2(fft2(grid) * (band[0][:, None] * band[1][None]).astype(np.complex64))
        field = field[pad:pad + self.height * over:over, pad:pad + self.width * over:over]
        if self.power is None:
            self.power = np.median(np.abs(field) ** 2) / np.log(2)
        r = np.random.default_rng([11, self.seed, k])
        hiss = r.standard_normal((*field.shape, 2), np.float32).view(np.complex64)[..., 0] * np.sqrt(self.power / 2) * 10 ** (self.noise / 20)
        db = 10 * np.log10(np.abs(field + hiss) ** 2 / self.power + 1e-9)
        return np.clip(np.round(127 + db * 255 / 60), 0, 255).astype(np.uint8)

    def loop(self):
        return np.array([self.frame(k) for k in range(self.frames)])

    def truth(self, spacing=16):
        """Positions in pixels on a lattice, frames × sites × 2, and the sites' tissues."""
        columns, rows = (self.width - 1) // spacing, (self.height - 1) // spacing
        gx, gy = np.meshgrid(spacing * np.arange(1.0, columns + 1), spacing * np.arange(1.0, rows + 1))
        gx, gy = gx.ravel(), gy.ravel()
        part = self.tissue(gx * self.mm, gy * self.mm)
        return np.array([np.stack(self.move(gx * self.mm, gy * self.mm, part, k), 1) / self.mm for k in range(self.frames)]), part
