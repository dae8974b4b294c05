# SPDX-License-Identifier: Apache-2.0
"""Recordings of nobody, and sending them as the desk's page does: begun, in parts, finished by their checksum."""
from __future__ import annotations

import hashlib
import json
import random
import re
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from clinic import Answer, Clinic
from visitor import Visitor

PART = 64 * 1024


def simulated(clinic: Clinic, path: Path) -> Path:
    """A C3D of the program's own simulated walker."""
    made = clinic.run("gait", "simulate", "--out", str(path))
    assert made.returncode == 0 and path.stat().st_size > 10_000, made.stderr
    return path


@dataclass
class Upload:
    name: str
    checksum: str
    count: int


class Desk:
    """A member of staff at one order's page, sending recordings as the page's script does."""

    def __init__(self, clinic: Clinic, visitor: Visitor, page: str) -> None:
        self.clinic, self.visitor = clinic, visitor
        shown = visitor.open(page)
        assert shown.status == 200, shown
        found = re.search(r'data-upload="([^"]+)"', shown.html)
        assert found, f"{page} says where recordings are sent (data-upload)"
        self.path = urllib.parse.urlsplit(urllib.parse.urljoin(shown.url, found[1])).path

    def call(self, method: str, path: str, body: bytes = b"", kind: str = "application/json") -> Answer:
        jar = self.visitor.cookies.get(f"127.0.0.1:{self.clinic.port}", {})
        return self.clinic.request(method, path, body, {
            "Content-Type": kind, "Accept": "application/json", "Cookie": "; ".join(f"{k}={v}" for k, v in jar.items()),
            "Origin": self.clinic.url, "Sec-Fetch-Site": "same-origin"})

    def begin(self, name: str, content: bytes) -> tuple[str, int]:
        """The upload's address, and how much of it is there already."""
        told = json.dumps({"fileName": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()})
        answer = self.call("POST", self.path, told.encode())
        assert answer.status in (200, 201), answer
        return f"{self.path}/{answer.json()['id']}", answer.json()["received"]

    def part(self, url: str, offset: int, content: bytes) -> Answer:
        return self.call("PUT", f"{url}?offset={offset}", content, "application/octet-stream")

    def received(self, url: str) -> int:
        return self.call("GET", url).json()["received"]

    def finish(self, url: str) -> Answer:
        return self.call("POST", f"{url}/finish", b"{}")

    def send(self, name: str, content: bytes) -> Upload:
        """The whole recording; returns once the server has acknowledged it as whole."""
        url, received = self.begin(name, content)
        while received < len(content):
            answer = self.part(url, received, content[received:received + PART])
            assert answer.status in (200, 201, 204), answer
            received = answer.json()["received"]
        answer = self.finish(url)
        assert answer.status in (200, 201), answer
        return Upload(name, hashlib.sha256(content).hexdigest(), len(content))


def uploader(desk: Desk, original: bytes) -> Callable[[random.Random], Upload]:
    """Sends the recording again and again, each time a different file (bytes after its end, which readers ignore)."""
    def send(seed: random.Random) -> Upload:
        content = original + seed.randbytes(512 * seed.randint(1, 400))
        return desk.send(f"walk-{seed.randint(0, 10**9)}.c3d", content)
    return send


def stored(clinic: Clinic) -> dict[str, Path]:
    """What lies whole in the clinic's folder of files, by SHA-256."""
    return {hashlib.sha256(path.read_bytes()).hexdigest(): path
            for path in (clinic.data / "files").rglob("*") if path.is_file()}
