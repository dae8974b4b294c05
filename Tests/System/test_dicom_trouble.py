# SPDX-License-Identifier: Apache-2.0
"""Nothing lost, and the service goes on: a full disk, slow and silent machines, cables pulled, helpers killed."""
from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pydicom
import pytest

import clinic as clinic_module
from association_bytes import ECHO, EXPLICIT, IMPLICIT, LOOPS, RELEASE, Machine, children, echo, echoes, fragments, helpers, part10, request, store
from clinic import BINARY, ROOT, free_port
from journeys import until
from machine import loop, saved, send, speckle

IDLE = 2


@pytest.fixture(scope="module")
def room(shared_houses):
    port = free_port()
    clinic = shared_houses.clinic(environment={"FASCIA_DICOM_PORT": str(port), "FASCIA_DICOM_IDLE_SECONDS": str(IDLE)})
    return clinic, port


def a_loop(seed: int, *, frames: int = 1, side: int = 8) -> pydicom.FileDataset:
    return loop(speckle(seed, frames, side, side))


def bytes_of(data: pydicom.FileDataset, folder: Path) -> bytes:
    return part10(saved(data, folder).read_bytes())[1]


def spooled(clinic) -> list[str]:
    return [path.name for path in (clinic.data / "uploads").iterdir() if path.name.startswith("dicom-")]


def nobody_is_left(clinic) -> None:
    until(lambda: not helpers(clinic.process.pid), 10 * IDLE + 20, "every helper has ended")
    until(lambda: not spooled(clinic), 5, "nothing half received is left in the spool")


# Slow and silent machines

def test_a_slow_machine_is_ended_by_the_limit_and_a_good_one_served_meanwhile(room, tmp_path):
    clinic, port = room
    data = a_loop(1)
    content = store(3, LOOPS, str(data.SOPInstanceUID), bytes_of(data, tmp_path))
    ended: dict[str, float] = {}

    def drip() -> None:
        """Never silent, and a PDU that never comes whole."""
        with Machine(port, seconds=60) as machine:
            machine.associate({3: (LOOPS, EXPLICIT)})
            begun = time.monotonic()
            for at in range(len(content)):
                try:
                    machine.send(content[at:at + 1])
                except OSError:
                    break
                threading.Event().wait(0.25)
            machine.seconds_until_end()
            ended["drips"] = time.monotonic() - begun

    def stall() -> None:
        """Stops in the middle of a PDU of the object."""
        with Machine(port, seconds=60) as machine:
            machine.associate({3: (LOOPS, EXPLICIT)})
            machine.send(content[:-20])
            ended["stalls"] = machine.seconds_until_end()

    slow = [threading.Thread(target=drip), threading.Thread(target=stall)]
    for one in slow:
        one.start()
    for seed in range(5):
        assert send(port, [a_loop(10 + seed)]) == [0]
        assert echoes(port) < 2
    for one in slow:
        one.join(60)
    assert set(ended) == {"drips", "stalls"}
    assert ended["stalls"] < 2 * IDLE + 3, "silence ends by the idle limit"
    assert ended["drips"] < 15 * IDLE + 5, "a message by fifteen times as much"
    assert clinic.rows(f"SELECT id FROM dicom_object WHERE sop_instance = '{data.SOPInstanceUID}'") == []
    nobody_is_left(clinic)


def test_a_machine_that_sends_small_pieces_for_ever_is_ended(room):
    """Every PDU comes in time, the object never ends: fifteen times the idle limit is the most for one message."""
    clinic, port = room
    with Machine(port, seconds=60) as machine:
        machine.associate({3: (LOOPS, EXPLICIT)})
        machine.send(store(3, LOOPS, "1.2.3", b"\x08\x00\x08\x00CS\x02\x00A ")[:-18])
        begun = time.monotonic()
        piece = fragments(3, b"\0" * 4, is_command=False).replace(b"\x03\x02", b"\x03\x00")
        while time.monotonic() - begun < 30 * IDLE:
            try:
                machine.send(piece)
            except OSError:
                break
            threading.Event().wait(0.2)
        assert time.monotonic() - begun < 17 * IDLE + 5
    nobody_is_left(clinic)
    said = [row["what"] for row in clinic.rows("SELECT what FROM dicom_event")]
    assert any("longer than it may" in what for what in said), said


def test_accepted_and_then_silent(room):
    clinic, port = room
    with Machine(port, seconds=60) as machine:
        machine.associate({1: (ECHO, IMPLICIT)})
        assert echoes(port) < 1
        assert machine.seconds_until_end() < 2 * IDLE + 3
    with Machine(port, seconds=60) as machine:
        machine.send(request({1: (ECHO, IMPLICIT)})[:40])
        assert machine.seconds_until_end() < 2 * IDLE + 5
    nobody_is_left(clinic)


def test_a_cable_pulled_in_the_middle_of_an_object(room, tmp_path):
    clinic, port = room
    for cut in (0.02, 0.3, 0.7, 0.999):
        data = a_loop(20, frames=4, side=128)
        content = store(3, LOOPS, str(data.SOPInstanceUID), bytes_of(data, tmp_path))
        machine = Machine(port)
        machine.associate({3: (LOOPS, EXPLICIT)})
        machine.send(content[:int(len(content) * cut)])
        machine.reset()
        assert clinic.rows(f"SELECT id FROM dicom_object WHERE sop_instance = '{data.SOPInstanceUID}'") == []
        assert send(port, [data]) == [0], "it can be sent again"
    nobody_is_left(clinic)


def test_two_hundred_connections_and_a_good_machine(room):
    """Silent ones, halves of a request, and associations that say no more: a good machine is served as if it were alone."""
    clinic, port = room
    crowd = [Machine(port) for _ in range(180)]
    for one in crowd[:20]:
        one.send(b"\x01\x00\x00\x00\xff\xff")
    associated = [Machine(port) for _ in range(20)]
    for one in associated:
        one.send(request({1: (ECHO, IMPLICIT)}))
    try:
        with ThreadPoolExecutor(4) as pool:
            stored = [pool.submit(send, port, [a_loop(30 + seed)]) for seed in range(8)]
            slowest = max(echoes(port) for _ in range(8))
            assert [one.result() for one in stored] == [[0]] * 8
        assert slowest < 12, "helpers were free again after the idle limit at the latest"
    finally:
        for one in [*crowd, *associated]:
            one.socket.close()
    nobody_is_left(clinic)
    assert echoes(port) < 1


def test_a_killed_helper_costs_its_own_association(room, tmp_path):
    clinic, port = room
    nobody_is_left(clinic)
    loops = [a_loop(40 + number, frames=20, side=256) for number in range(4)]
    machines = []
    for data in loops:
        machine = Machine(port, seconds=60)
        machine.associate({3: (LOOPS, EXPLICIT)})
        machines.append((machine, store(3, LOOPS, str(data.SOPInstanceUID), bytes_of(data, tmp_path))))
    for machine, content in machines:
        machine.send(content[:len(content) // 2])
    under_way = until(lambda: found if len(found := helpers(clinic.process.pid)) == 4 else None, 10, "four helpers receive")
    os.kill(under_way[0], signal.SIGKILL)
    assert echoes(port) < 1
    statuses = []
    for machine, content in machines:
        try:
            machine.send(content[len(content) // 2:])
            statuses.append(machine.status())
        except OSError:
            statuses.append(None)
        machine.socket.close()
    assert sorted(statuses, key=str) == [0, 0, 0, None]
    for data, status in zip(loops, statuses):
        kept = clinic.rows(f"SELECT sha256 FROM dicom_object WHERE sop_instance = '{data.SOPInstanceUID}'")
        assert len(kept) == (1 if status == 0 else 0)
    assert send(port, [loops[statuses.index(None)]]) == [0], "the fourth can be sent again"
    nobody_is_left(clinic)


def server(clinic) -> int | None:
    """The process that splits off helpers; they call themselves after what they do."""
    return next((one for one in children(clinic.process.pid) if Path(f"/proc/{one}/comm").read_text().strip() == "fascia-dicom"), None)


def test_helpers_come_from_another_server_when_theirs_is_gone_or_one_of_them_has_crashed(room, tmp_path):
    clinic, port = room
    nobody_is_left(clinic)
    assert echoes(port) < 5
    first = until(lambda: server(clinic), 5, "a server waits")
    os.kill(first, signal.SIGKILL)
    assert echoes(port) < 1
    second = until(lambda: server(clinic), 5, "another one waits")
    assert second != first
    nobody_is_left(clinic)
    data = a_loop(45, frames=4, side=128)
    machine = Machine(port, seconds=60)
    machine.associate({3: (LOOPS, EXPLICIT)})
    machine.send(store(3, LOOPS, str(data.SOPInstanceUID), bytes_of(data, tmp_path))[:9000])
    crashing = until(lambda: helpers(clinic.process.pid), 10, "a helper receives")[0]
    os.kill(crashing, signal.SIGSEGV)
    machine.socket.close()
    until(lambda: not Path(f"/proc/{second}").exists(), 10, "the server of a helper that crashed ends")
    assert send(port, [data]) == [0]
    assert until(lambda: server(clinic), 5, "a third one waits") not in (first, second)
    nobody_is_left(clinic)


# A full disk

@pytest.fixture
def small_disk(houses, tmp_path, monkeypatch):
    """A clinic whose data folder is a file system of its own with 96 MB, seen by this clinic alone."""
    port = free_port()
    clinic = houses.clinic(environment={"FASCIA_DICOM_PORT": str(port)}, start=False)
    enter = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
    mount = f"mount -t tmpfs -o size=96m none {shlex.quote(str(clinic.data))}"
    clinic.data.mkdir(parents=True)
    try:
        tried = subprocess.run([*enter, "sh", "-c", mount], capture_output=True, text=True, timeout=20)
    except OSError as error:
        pytest.skip(f"no file system of its own can be made here: {error}")
    if tried.returncode != 0:
        pytest.skip(f"no file system of its own can be made here: {tried.stderr.strip()}")
    starter = tmp_path / "start"
    inner = f'{mount} && exec {shlex.quote(str(BINARY))} "$@"'
    starter.write_text(f'#!/bin/sh\nexec {" ".join(enter)} sh -c {shlex.quote(inner)} start "$@"\n')
    starter.chmod(0o755)
    monkeypatch.setattr(clinic_module, "BINARY", starter)
    clinic.start()
    monkeypatch.setattr(clinic_module, "BINARY", BINARY)

    def inside(*arguments: str, text: str = "") -> str:
        """Runs something that sees the clinic's disk."""
        done = subprocess.run(["nsenter", "-t", str(clinic.process.pid), *(["-m"] if os.geteuid() == 0 else ["-U", "-m"]), *arguments],
                              capture_output=True, text=True, timeout=60, input=text, cwd=ROOT)
        assert done.returncode == 0, done.stderr
        return done.stdout
    return clinic, port, inside


READ = """
import hashlib, json, pathlib, sqlite3, sys
data = pathlib.Path(sys.argv[1])
rows = sqlite3.connect(f"file:{data}/fascia.sqlite?mode=ro", uri=True).execute("SELECT sop_instance, file_key, sha256 FROM dicom_object").fetchall()
print(json.dumps({name: hashlib.sha256((data / "files" / key).read_bytes()).hexdigest() == sha for name, key, sha in rows}))
"""


def test_a_full_disk_is_said_and_nothing_acknowledged_is_missing(small_disk):
    clinic, port, inside = small_disk
    filler = clinic.data / "filler"

    def kept() -> dict[str, bool]:
        return json.loads(inside("python3", "-c", READ, str(clinic.data)))
    before = [a_loop(50 + number, frames=2, side=256) for number in range(3)]
    assert send(port, before) == [0, 0, 0]
    # All but about a megabyte is taken.
    inside("sh", "-c", f"dd if=/dev/zero of={shlex.quote(str(filler))} bs=1M 2>/dev/null; "
                       f"truncate -s -1M {shlex.quote(str(filler))}; exit 0")
    acknowledged, refused = list(before), []
    for number in range(8):
        data = a_loop(60 + number, frames=6, side=256)
        status = send(port, [data])[0]
        assert status == 0 or status >> 8 == 0xA7, hex(status)
        (refused if status else acknowledged).append(data)
    assert refused, "eight objects of 400 kB do not fit into a megabyte"
    assert echoes(port) < 5 and clinic.process.poll() is None and clinic.get("/healthz").status == 200
    found = kept()
    assert set(found) == {str(data.SOPInstanceUID) for data in acknowledged} and all(found.values())
    inside("rm", str(filler))
    assert send(port, refused) == [0] * len(refused), "the same objects go through once there is space"
    found = kept()
    assert set(found) == {str(data.SOPInstanceUID) for data in [*acknowledged, *refused]} and all(found.values())
    # Nothing half written is left, neither received nor kept.
    left = inside("find", str(clinic.data / "uploads"), "-type", "f").split()
    files = inside("find", str(clinic.data / "files" / "dicom"), "-type", "f").split()
    assert left == [] and len(files) == len(found), (left, len(files), len(found))
