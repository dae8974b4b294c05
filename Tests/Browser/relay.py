# SPDX-License-Identifier: Apache-2.0
"""A coturn of the tests' own on loopback."""
from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from postgresql import free_port

SECRET = "practice-relay-secret"


def settings(*ports: int) -> dict[str, str]:
    urls = ",".join(f"turn:127.0.0.1:{port}?transport=udp" for port in ports)
    return {"FASCIA_TURN_URLS": urls, "FASCIA_TURN_SECRET": SECRET, "FASCIA_TURN_ONLY": "true"}


@contextlib.contextmanager
def relay(folder: Path, *, port: int | None = None) -> Iterator[dict[str, str]]:
    """The settings by which a clinic finds the relay; `--allow-loopback-peers` is for tests only."""
    program = shutil.which("turnserver")
    if not program:
        pytest.skip("no coturn: install the package coturn (script/bootstrap does)")
    port = port or free_port()
    folder.mkdir(exist_ok=True)
    log = folder / "turn.log"
    with open(log, "wb") as out:
        process = subprocess.Popen(
            [program, "-n", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", f"--listening-port={port}", "--use-auth-secret",
             f"--static-auth-secret={SECRET}", "--realm=clinic.example", "--no-tls", "--no-dtls", "--no-cli", "--allow-loopback-peers",
             "--min-port=50000", "--max-port=59999", "--fingerprint", "--log-file=stdout", "--simple-log", "--verbose",
             f"--pidfile={folder / 'turn.pid'}"],
            stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, cwd=folder)
    try:
        limit = time.monotonic() + 15
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            assert process.poll() is None and time.monotonic() < limit, log.read_text(errors="replace")[-2000:]
        yield settings(port)
    finally:
        process.terminate()
        process.wait(15)
