# SPDX-License-Identifier: Apache-2.0
"""Machines that send all at once, beside DCMTK's storescp in the same run, with the gates of issue 5.

    script/bench                                        (part of it)     
    python3 Benchmarks/dicom/load.py [--quick]          FASCIA_BINARY names another program
"""
from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import http.client
import os
import platform
import random
import socket
import sqlite3
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

import objects

ROOT = Path(__file__).resolve().parents[2]
FASCIA = Path(os.environ.get("FASCIA_BINARY", ROOT / ".build-bench" / "release" / "fascia"))
HELPER = FASCIA.parent / "fascia-dicom"
QUICK = "--quick" in sys.argv
SMALL, LOOPS, ROUNDS = (60, 2, 1) if QUICK else (500, 20, 3)


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def until(ask, seconds: float, what: str):
    limit = time.monotonic() + seconds
    while not (value := ask()):
        if time.monotonic() > limit:
            raise SystemExit(f"bench: {what} not within {seconds} s")
        time.sleep(0.01)
    return value


def answers(port: int, path: str = "/readyz") -> bool:
    with contextlib.suppress(OSError):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", path)
        return connection.getresponse().status == 200
    return False


def listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


@contextlib.contextmanager
def fascia(data: Path, web: int, port: int):
    clean = {key: value for key, value in os.environ.items() if not key.startswith("FASCIA_")}
    process = subprocess.Popen(
        [str(FASCIA), "serve", "--demo", "--data", str(data), "--port", str(web)], cwd=ROOT, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, env=clean | {"FASCIA_DICOM_PORT": str(port), "FASCIA_DEMO_WALKER": "false", "FASCIA_DEMO_LOOPS": "false"})
    try:
        until(lambda: answers(web), 90, "fascia")
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


@contextlib.contextmanager
def storescp(folder: Path, port: int):
    folder.mkdir()
    process = subprocess.Popen(["storescp", "--fork", "-aet", "FASCIA", "-pdu", "131072", "-od", str(folder), str(port)],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ | {"TCP_NODELAY": "1"})
    try:
        until(lambda: listens(port), 10, "storescp")
        yield process.pid
    finally:
        process.terminate()
        process.wait(10)


def send(port: int, folders: list[Path], *, nagle: bool = False, syntax: list[str] = []) -> float:
    """Seconds in which storescu sends each folder over an association of its own. What others left to be written is written
    before: storescp syncs nothing, and who comes after it would wait for its files."""
    os.sync()
    begun = time.monotonic()
    clients = [subprocess.Popen(
        ["storescu", "-aet", "BENCH", "-aec", "FASCIA", "-pdu", "131072", *syntax, "+sd", "127.0.0.1", str(port), str(folder)],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=os.environ | {"TCP_NODELAY": "0" if nagle else "1"})
        for folder in folders]
    for client in clients:
        _, said = client.communicate(timeout=600)
        if client.returncode:
            raise SystemExit(f"bench: storescu failed: {said[-400:].decode()}")
    return time.monotonic() - begun


def family(pid: int) -> list[int]:
    found = [pid]
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [int(child) for child in (task / "children").read_text().split()]
    return found


def memory(pid: int) -> float:
    """Megabytes of a server and its helpers, without what they have mapped from files."""
    total = 0
    for one in family(pid):
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{one}/status").read_text().splitlines():
                if line.startswith("RssAnon"):
                    total += int(line.split()[1])
    return total / 1024


def processor(pid: int) -> float:
    """Seconds of processor time of a server and of its helpers so far; other work on the machine does not change it."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def sync(folder: Path) -> float:
    """Milliseconds in which this disk makes a small picture durable, now: what no receiver on it can undercut."""
    times = []
    for number in range(40):
        with open(folder / f"sync-{number}", "wb") as file:
            file.write(os.urandom(512_000))
            file.flush()
            begun = time.monotonic()
            os.fsync(file.fileno())
            times.append((time.monotonic() - begun) * 1000)
    return statistics.median(times)


def taken() -> tuple[int, int]:
    """Ticks that the host of a virtual machine has taken, and all; zeros where that is not told."""
    with contextlib.suppress(OSError):
        fields = [int(field) for field in Path("/proc/stat").read_text().splitlines()[0].split()[1:]]
        return fields[7], sum(fields[:8])
    return 0, 0


class Peak:
    """The most memory that a server takes meanwhile."""

    def __init__(self, pid: int) -> None:
        import threading
        self.pid, self.idle, self.most, self.isOver = pid, memory(pid), 0.0, False
        self.thread = threading.Thread(target=self._watch)

    def _watch(self) -> None:
        while not self.isOver:
            self.most = max(self.most, memory(self.pid))
            time.sleep(0.02)

    def __enter__(self) -> Peak:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.isOver = True
        self.thread.join()


def p95(values: list[float]) -> float:
    return sorted(values)[max(0, -(-len(values) * 95 // 100) - 1)]


def fill(database: Path, first: dt.date, days: int, each: int) -> None:
    """Bookings of ultrasound, straight into SQLite: identifiers of version 7, so that they have accession numbers."""
    with sqlite3.connect(database, timeout=30) as connection:
        service, minutes = connection.execute(
            "SELECT id, duration_minutes FROM service WHERE slug = 'dynamic-ultrasound'").fetchone()
        patient = connection.execute("SELECT id FROM patient LIMIT 1").fetchone()
        rows = []
        for day in range(days):
            for number in range(each):
                start = dt.datetime.combine(first + dt.timedelta(days=day), dt.time(14), dt.UTC) + dt.timedelta(minutes=5 * number)
                bits = int(time.time() * 1000) << 80 | random.getrandbits(80)
                bits = bits & ~(0xF << 76) | 7 << 76
                bits = bits & ~(3 << 62) | 2 << 62
                rows.append((str(uuid.UUID(int=bits)), service, patient[0] if patient else "bench", f"Bench Person{day}x{number}",
                             int(start.timestamp() * 1e6), int((start.timestamp() + minutes * 60) * 1e6), uuid.uuid4().hex,
                             int(time.time() * 1e6)))
        connection.executemany(
            "INSERT INTO booking (id, service, patient, name, starts_at, ends_at, state, manage_sha256, sequence, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?, 'confirmed', ?, 0, ?)", rows)


def worklist(port: int, day: dt.date) -> tuple[int, float]:
    """Rows and milliseconds, the client's process included."""
    begun = time.monotonic()
    done = subprocess.run(
        ["findscu", "-W", "-aet", "BENCH", "-aec", "FASCIA", "127.0.0.1", str(port), "-k", "PatientName", "-k", "PatientID", "-k",
         "AccessionNumber", "-k", "StudyInstanceUID", "-k",
         f"ScheduledProcedureStepSequence[0].ScheduledProcedureStepStartDate={day:%Y%m%d}", "-k",
         "ScheduledProcedureStepSequence[0].Modality=US"],
        capture_output=True, text=True, env=os.environ | {"TCP_NODELAY": "1"}, timeout=30)
    taken = (time.monotonic() - begun) * 1000
    return (done.stdout + done.stderr).count("AccessionNumber"), taken


class Helpers:
    """Helpers as the clinic gets them: split off from one that is ready (`fascia-dicom fork-server`)."""

    def __enter__(self) -> Helpers:
        self.control, other = socket.socketpair()
        self.server = subprocess.Popen([str(HELPER), "fork-server"], preexec_fn=lambda: os.dup2(other.fileno(), 4), pass_fds=(4,))
        other.close()
        assert self._hear() == (ord("N"), b"")
        return self

    def __exit__(self, *_: object) -> None:
        self.control.close()
        self.server.wait(10)

    def _hear(self) -> tuple[int, bytes]:
        count, kind = struct.unpack("<IB", self.control.recv(5, socket.MSG_WAITALL))
        return kind, self.control.recv(count, socket.MSG_WAITALL) if count else b""

    def start(self, handle: int, *words: str) -> int:
        socket.send_fds(self.control, [b"\0"], [handle])
        order = b"".join(struct.pack("<I", len(word)) + word.encode() for word in ("1", *words))
        self.control.sendall(struct.pack("<IB", len(order), ord("O")) + order)
        return int(self._hear()[1])


def decoded(helpers: Helpers, file: Path, kind: str) -> float:
    """Frames a second out of one helper, its start included; each is read into the same memory."""
    memory, frames = memoryview(bytearray(4 << 20)), 0
    begun = time.monotonic()
    handle, end = os.pipe()
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        fcntl.fcntl(handle, fcntl.F_SETPIPE_SZ, 1 << 20)
    child = helpers.start(end, "decode", str(file), kind, "0", "100000")
    os.close(end)

    def fill(count: int) -> bool:
        done = 0
        while done < count and (got := os.readv(handle, [memory[done:count]])):
            done += got
        return done == count
    while fill(5):
        count, what = struct.unpack("<IB", memory[:5])
        assert fill(count)
        frames += what == ord("P")
    taken = time.monotonic() - begun
    os.close(handle)
    os.waitpid(child, 0)
    return frames / taken


def frames_to_browser(web: int, token: str, file: Path, data: Path, port: int) -> dict[str, list[float]]:
    """Milliseconds for single frames of a JPEG loop, warm: as stored, as PNG made for it (WADO-RS rendered)."""
    send_one = file.parent / "one"
    send_one.mkdir()
    (send_one / file.name).write_bytes(file.read_bytes())
    send(port, [send_one], syntax=["-xy"])
    headers = {"Authorization": f"Bearer {token}"}
    import pydicom
    said = pydicom.dcmread(file, stop_before_pixels=True)
    base = f"/dicomweb/studies/{said.StudyInstanceUID}/series/{said.SeriesInstanceUID}/instances/{said.SOPInstanceUID}"
    connection = http.client.HTTPConnection("127.0.0.1", web, timeout=30)
    times: dict[str, list[float]] = {"stored": [], "rendered": []}
    for name, path in (("stored", base + "/frames/{}"), ("rendered", base + "/frames/{}/rendered")):
        for number in range(1, 61):
            begun = time.monotonic()
            connection.request("GET", path.format(number % 80 + 1), headers=headers)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
            if number > 5:
                times[name].append((time.monotonic() - begun) * 1000)
    return times


def main() -> int:
    rows: list[tuple[str, str, str, bool | None]] = []

    def say(what: str, figure: str, gate: str = "", passed: bool | None = None) -> None:
        rows.append((what, figure, gate, passed))
        print(f"{what:66} {figure:>16}  {gate:18} {'' if passed is None else 'ok' if passed else 'MISSED'}", flush=True)

    before_all = taken()
    print(f"{platform.platform()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {dt.date.today()}\n")
    with tempfile.TemporaryDirectory(prefix="fascia-dicom-") as folder:
        base = Path(folder)
        small = objects.Pattern(objects.texture(1, 1, 640, 800), base)
        large = objects.Pattern(objects.texture(2, 83, 600, 800), base)
        megabytes = len(large.bytes) / 1e6
        web, port, other = free_port(), free_port(), free_port()
        figures: dict[str, list[float]] = {}

        def note(name: str, value: float) -> None:
            figures.setdefault(name, []).append(value)
        number = 1
        with fascia(base / "data", web, port) as pid, storescp(base / "scp", other):
            idle = memory(pid)
            growth = 0.0
            for round_number in range(ROUNDS):
                place = base / f"round-{round_number}"
                one = place / "one"
                small.write(one, number, SMALL)
                number += SMALL
                four = [place / f"four-{k}" for k in range(4)]
                for part in four:
                    small.write(part, number, SMALL // 4)
                    number += SMALL // 4
                slow = place / "nagle"
                small.write(slow, number, SMALL // 2)
                number += SMALL // 2
                loops = place / "loops"
                large.write(loops, number, LOOPS)
                number += LOOPS
                for name, at in (("storescp", other), ("fascia", port)):
                    before = processor(pid)
                    note(f"{name} one", SMALL / send(at, [one]))
                    note(f"{name} processor", (processor(pid) - before) / SMALL * 1000)
                    note(f"{name} four", SMALL / 4 * 4 / send(at, four))
                    note(f"{name} nagle", SMALL // 2 / send(at, [slow], nagle=True))
                    if name == "fascia":
                        with Peak(pid) as peak:
                            note(f"{name} loops", LOOPS * megabytes / send(at, [loops]))
                        growth = max(growth, peak.most - idle)
                    else:
                        note(f"{name} loops", LOOPS * megabytes / send(at, [loops]))
                # Small ones stay until the end: ext4 walks around names that were freed in the last minutes, for both servers.
                for large_one in [*loops.iterdir(), *(file for file in (base / "scp").iterdir() if file.stat().st_size > 10e6)]:
                    large_one.unlink()
            kept = sqlite3.connect(f"file:{base / 'data' / 'fascia.sqlite'}?mode=ro", uri=True).execute(
                "SELECT count(*) FROM dicom_object WHERE source LIKE 'BENCH@%'").fetchone()[0]
            assert kept == number - 1, f"{kept} of {number - 1} objects have rows"
            middle = {name: statistics.median(values) for name, values in figures.items()}
            for name, what, gate, least in (
                    ("one", f"objects of {len(small.bytes) / 1e6:.2f} MB on one association", "at least 400/s", 400),
                    ("four", "  on four associations", "at least 600/s", 600),
                    ("nagle", "  on one, from a client that keeps Nagle's delay", "at least 300/s", 300),
                    ("loops", f"loops of {megabytes:.0f} MB on one association", "at least 200 MB/s", 200)):
                unit = "MB/s" if name == "loops" else "/s"
                say(what, f"{middle['fascia ' + name]:,.0f} {unit}", gate, middle["fascia " + name] >= least)
                share = middle["fascia " + name] / middle["storescp " + name]
                say("  storescp --fork, neither synced nor indexed", f"{middle['storescp ' + name]:,.0f} {unit}", f"we: {share:.2f} of it")
            say("  processor time of an object, one association",
                f"{middle['fascia processor']:.1f} ms")
            say("  one sync of this disk (an object's file and folder, then its row)", f"{sync(base):.1f} ms")
            say("memory over idle while loops arrive, helpers included", f"{max(0.0, growth):.0f} MB", "at most 100 MB", growth <= 100)

            first = dt.date.today() + dt.timedelta(days=3)
            fill(base / "data" / "fascia.sqlite", first, 10, 50)
            os.sync()
            before = processor(pid)
            found = [worklist(port, first + dt.timedelta(days=k % 10)) for k in range(20 if QUICK else 100)]
            assert all(count >= 50 for count, _ in found), found[:3]
            slowest = p95([taken for _, taken in found])
            say("worklist, 500 bookings, 50 rows, findscu's process included, p95", f"{slowest:.0f} ms", "at most 60 ms", slowest <= 60)
            alone = [worklist(free_port(), first)[1] for _ in range(20 if QUICK else 50)]
            say("  findscu's process alone, to a port where nobody listens: median, p95", f"{statistics.median(alone):.0f} ms, {p95(alone):.0f} ms")
            say("  median; processor time of the server and its helper",
                f"{statistics.median(taken for _, taken in found):.0f} ms; {(processor(pid) - before) / len(found) * 1000:.0f} ms")

            film = objects.jpeg(base)
            if film:
                import pydicom
                pixels = pydicom.dcmread(film)
                begun = time.monotonic()
                count = len(list(pydicom.pixels.iter_pixels(pixels, raw=True)))
                others = count / (time.monotonic() - begun)
                say(f"pydicom with its plug-in, JPEG of 975 x 743, {film.stat().st_size / count / 1000:.0f} kB a frame", f"{others:,.0f}/s")
                for kind, gate in (("grey", 700), ("display", None)):
                    with Helpers() as helpers:
                        rate = statistics.median(decoded(helpers, film, kind) for _ in range(ROUNDS + 6))
                    say(f"JPEG loop of 975 x 743 to {kind} frames, one helper", f"{rate:,.0f}/s", f"at least {gate}/s" if gate else "",
                        rate >= gate if gate else None)
                token = subprocess.run([str(FASCIA), "account", "token", "--role", "clinician", "--data", str(base / "data")],
                                       capture_output=True, text=True, check=True, cwd=ROOT).stdout.split()[-1]
                times = frames_to_browser(web, token, film, base / "data", port)
                for name, what in (("stored", "one frame as stored (WADO-RS), p95"), ("rendered", "one frame rendered as PNG (WADO-RS), p95")):
                    value = p95(times[name])
                    say(what, f"{value:.1f} ms", "at most 20 ms", value <= 20)
    lost, whole = (now - then for now, then in zip(taken(), before_all))
    say("what the host took of the processors meanwhile", f"{lost / max(1, whole) * 100:.1f} %")
    return 0 if all(passed is not False for *_, passed in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
