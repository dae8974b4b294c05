# SPDX-License-Identifier: Apache-2.0
"""What must be refused is refused, as a file, over C-STORE and by STOW-RS; the clinic stays, small and quick, and takes good objects."""
from __future__ import annotations

import contextlib
import random
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from association_bytes import Machine, part10, private_megabytes, store
from clinic import free_port
from hostile import ACCEPT, REJECT, Case, cases, controls
from rounds import SEED, trials
from test_dicom_helper import ask

SETS = trials(1, 4)
MOST_MEGABYTES, MOST_SECONDS = 256, 2


@pytest.fixture
def hostile() -> list[Case]:
    """Of each test its own: under names of their own, so that none is known already."""
    return cases(random.Random(f"{SEED} hostile"), SETS)


@pytest.fixture(scope="module")
def room(shared_houses):
    port = free_port()
    clinic = shared_houses.clinic(environment={"FASCIA_DICOM_PORT": str(port)})
    return clinic, port, clinic.run("account", "token", "--role", "clinician").stdout.strip()


class Judge:
    """Counts what was refused, and how long the slowest took."""

    def __init__(self) -> None:
        self.refused, self.taken, self.slowest = Counter(), Counter(), (0.0, "")
        self.wrong: list[tuple[str, str, int]] = []

    def note(self, case: Case, number: int, was_taken: bool, seconds: float) -> None:
        (self.taken if was_taken else self.refused)[case.expected] += 1
        self.slowest = max(self.slowest, (seconds, f"{case.family} {number}"))
        if case.expected == REJECT and was_taken or case.expected == ACCEPT and not was_taken:
            self.wrong.append((case.family, case.expected, number))

    def judge(self) -> None:
        rejected = self.refused[REJECT] / (self.refused[REJECT] + self.taken[REJECT])
        print(f"refused {self.refused}, taken {self.taken}, {rejected:.1%} of what must be; slowest {self.slowest}; wrong {self.wrong}")
        assert self.slowest[0] <= MOST_SECONDS, self.slowest
        assert rejected >= 0.95, self.wrong
        assert not self.refused[ACCEPT], self.wrong


@contextlib.contextmanager
def bounded(service: int):
    """The service and its helpers stay within their memory meanwhile."""
    idle, most, over = private_megabytes(service), [0.0], threading.Event()

    def look() -> None:
        while not over.wait(0.05):
            most[0] = max(most[0], private_megabytes(service) - idle)
    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
    print(f"at most {most[0]:.0f} MB over idle")
    assert most[0] <= MOST_MEGABYTES


def test_as_files(hostile, tmp_path):
    judge, path = Judge(), tmp_path / "object.dcm"
    for number, case in enumerate(hostile):
        path.write_bytes(case.file)
        code, _, seconds = ask("index", str(path))
        assert code in (0, 2), (number, case.family, code)
        if code == 0:
            code, _, more = ask("decode", str(path), "display", "0", "3")
            assert code in (0, 2), (number, case.family, code)
            seconds = max(seconds, more)
        judge.note(case, number, code == 0, seconds)
    judge.judge()
    for number, file in enumerate(controls()):
        path.write_bytes(file)
        assert ask("index", str(path))[0] == 0 and ask("decode", str(path), "display", "0", "3")[0] == 0, number


def sent(port: int, file: bytes) -> bool:
    """Whether a machine that sends it is told that it is kept."""
    meta, data_set = part10(file)
    def name(number: int) -> str:
        return meta[number].rstrip(b"\0 ").decode("latin-1")
    with Machine(port) as machine:
        if machine.associate({1: (name(2), name(0x10))}) != {1: 0}:
            return False
        try:
            machine.send(store(1, name(2), name(3), data_set))
        except ConnectionError:
            return False
        return machine.status() == 0


def test_from_machines(hostile, room):
    clinic, port, _ = room
    judge, service = Judge(), clinic.process.pid
    with bounded(service):
        for number, case in enumerate(hostile):
            if not case.has_meta:
                continue
            begun = time.monotonic()
            judge.note(case, number, sent(port, case.file), time.monotonic() - begun)
            assert clinic.process.poll() is None, (number, case.family)
    judge.judge()
    assert all(sent(port, file) for file in controls())
    assert clinic.process.pid == service and clinic.get("/healthz").status == 200


def uploaded(clinic, token: str, file: bytes) -> bool:
    body = b"--x\r\nContent-Type: application/dicom\r\n\r\n" + file + b"\r\n--x--\r\n"
    answer = clinic.request("POST", "/dicomweb/studies", body, {
        "Authorization": f"Bearer {token}", "Content-Type": 'multipart/related; type="application/dicom"; boundary=x',
        "Accept": "application/dicom+json"})
    assert answer.status < 500, answer
    return answer.status == 200


def test_from_programs(hostile, room):
    clinic, _, token = room
    judge, service = Judge(), clinic.process.pid
    with bounded(service):
        for number, case in enumerate(hostile):
            begun = time.monotonic()
            judge.note(case, number, uploaded(clinic, token, case.file), time.monotonic() - begun)
            assert clinic.process.poll() is None, (number, case.family)
    judge.judge()
    assert all(uploaded(clinic, token, file) for file in controls())
    assert clinic.process.pid == service and clinic.get("/healthz").status == 200
    left = [path.name for path in Path(clinic.data / "uploads").iterdir()]
    assert left == [], "nothing refused is left on the disk"
