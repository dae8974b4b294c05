# SPDX-License-Identifier: Apache-2.0
"""Visits by video under load: 500 rooms in which nothing happens, and 100 joins a second, beside a bare Hummingbird that passes the same
messages on by the same transport.

    python3 Benchmarks/call.py             the release builds of script/bench
    python3 Benchmarks/call.py --debug     the debug builds; the figures are then of no more than their own kind
"""
from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import hashlib
import http.client
import json
import os
import platform
import secrets
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEBUG, QUICK = "--debug" in sys.argv, "--quick" in sys.argv
FASCIA = ROOT / (".build/debug/fascia" if DEBUG else ".build-bench/release/fascia")
SIGNALS = ROOT / "Benchmarks/.build" / ("debug" if DEBUG else "release") / "signals"
ROOMS, IDLE_SECONDS, JOINS, JOINS_PER_SECOND = (50, 16, 100, 100) if QUICK else (500, 31, 1000, 100)
SDP = "v=0\r\n" + "a=candidate:1 1 udp 2113937151 192.0.2.1 50000 typ host generation 0\r\n" * 40
"""As long as the description of one picture and one sound is."""


class Server:
    """Where a room's two sides listen and speak."""

    def __init__(self, process: subprocess.Popen, port: int, rooms: list[Room]) -> None:
        self.process, self.port, self.rooms = process, port, rooms
        self.free: asyncio.Queue = asyncio.Queue()
        self.waiting: dict[str, asyncio.Future] = {}
        """Pages that came in and wait for the offer."""

    # HTTP, no more than is needed

    async def listen(self, path: str, headers: str, hear: Callable[[str], None], *, opened: asyncio.Event | None = None) -> None:
        """Hears each message of a stream until it ends or the task is cancelled."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n{headers}\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            assert b" 200 " in head.split(b"\r\n")[0], head
            while line := await reader.readline():
                if opened and line.startswith(b"event: "):
                    opened.set()
                if line.startswith(b"data: {"):
                    hear(line[6:].decode().rstrip())
        finally:
            writer.close()

    async def post(self, path: str, headers: str, body: object) -> int:
        try:
            reader, writer = self.free.get_nowait()
        except asyncio.QueueEmpty:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        data = json.dumps(body).encode()
        writer.write(f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nContent-Type: application/json\r\nAccept: application/json\r\n"
                     f"Content-Length: {len(data)}\r\n{headers}\r\n".encode() + data)
        head = await reader.readuntil(b"\r\n\r\n")
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                await reader.readexactly(int(line[15:]))
        self.free.put_nowait((reader, writer))
        return int(head.split(b" ")[1])

    # What the process takes

    def resident(self) -> float:
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:")) / 1024

    def ticks(self) -> int:
        with open(f"/proc/{self.process.pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])


class Room:
    """A room of the bare server."""

    def __init__(self, name: str) -> None:
        self.patient = self.clinician = f"/{name}"
        self.patient_headers = self.clinician_headers = ""
        self.party = None

    def message(self, kind: str, body: dict) -> dict:
        return {"messages": [{"id": uuid.uuid4().hex, "kind": kind, "body": body, **({"to": self.party} if kind == "description" else {})}]}


class FasciaRoom(Room):
    def __init__(self, visit: str, link: str, party: str, token: str) -> None:
        self.patient, self.clinician, self.party = f"/call/{link}", f"/desk/visits/{visit}/call", party
        self.patient_headers, self.clinician_headers = "", f"Authorization: Bearer {token}\r\n"


async def quiet(server: Server) -> tuple[list[asyncio.Task], float, float, float]:
    """Both sides of every room listen and nothing is said: megabytes before and after, and the share of a core."""
    before = server.resident()

    def clinician(room: Room) -> Callable[[str], None]:
        def hear(text: str) -> None:
            if '"hello"' not in text:
                return
            sent = json.loads(text)
            body = sent["body"] if "body" in sent else sent["messages"][0]["body"]
            if body["page"] in server.waiting:
                asyncio.ensure_future(server.post(f"{room.clinician}/signals", room.clinician_headers, room.message(
                    "description", {"page": "clinician", "toPage": body["page"], "type": "offer", "sdp": SDP})))
        return hear

    tasks, opened = [], []
    for room in server.rooms:
        for path, headers, hear in ((room.patient, room.patient_headers, lambda _: None),
                                    (room.clinician, room.clinician_headers, clinician(room))):
            opened.append(asyncio.Event())
            tasks.append(asyncio.create_task(server.listen(f"{path}/events", headers, hear, opened=opened[-1])))
            if len(tasks) % 20 == 0:
                await asyncio.wait_for(opened[-1].wait(), 30)
    await asyncio.wait_for(asyncio.gather(*(each.wait() for each in opened)), 60)
    # What coming in took is no part of standing still.
    await asyncio.sleep(8)
    ticks, begun = server.ticks(), time.monotonic()
    await asyncio.sleep(IDLE_SECONDS)
    share = (server.ticks() - ticks) / os.sysconf("SC_CLK_TCK") / (time.monotonic() - begun) * 100
    assert not [t for t in tasks if t.done()], "a line that stood still was closed"
    return tasks, before, server.resident(), share


async def join(server: Server, room: Room) -> tuple[float, float]:
    """A page comes in and says hello; milliseconds until it hears the other side's offer, and from its hello on."""
    page = uuid.uuid4().hex
    heard = asyncio.get_running_loop().create_future()
    server.waiting[page] = heard

    def hear(text: str) -> None:
        if page in text and '"offer"' in text and not heard.done():
            heard.set_result(time.monotonic())
    begun, opened = time.monotonic(), asyncio.Event()
    stream = asyncio.create_task(server.listen(f"{room.patient}/events", room.patient_headers, hear, opened=opened))
    await asyncio.wait_for(opened.wait(), 20)
    said = time.monotonic()
    status = await server.post(f"{room.patient}/signals", room.patient_headers, room.message("hello", {"page": page}))
    assert status == 204, status
    offer = await asyncio.wait_for(heard, 20)
    del server.waiting[page]
    stream.cancel()
    return (offer - begun) * 1000, (offer - said) * 1000


async def measure(server: Server) -> dict[str, float]:
    tasks, before, after, share = await quiet(server)
    begun, joins = time.monotonic(), []
    for number in range(JOINS):
        await asyncio.sleep(max(0.0, begun + number / JOINS_PER_SECOND - time.monotonic()))
        joins.append(asyncio.create_task(join(server, server.rooms[number % len(server.rooms)])))
    times = await asyncio.gather(*joins)
    rate = JOINS / (time.monotonic() - begun)
    for task in tasks:
        task.cancel()
    # The first second warms both.
    whole, message = (sorted(each[index] for each in times[JOINS_PER_SECOND // 2:]) for index in (0, 1))

    def at(values: list[float], share: float) -> float:
        return values[min(len(values) - 1, int(len(values) * share))]
    return {"before": before, "after": after, "share": share, "rate": rate, "p50": at(whole, 0.5), "p99": at(whole, 0.99),
            "said50": at(message, 0.5), "said99": at(message, 0.99)}


# The clinic that is measured

def fill(database: Path) -> list[tuple[str, str, str]]:
    """Visits by video that began a minute ago, each with a patient who has agreed and was let in: visit, link, party."""
    made, now = [], int(time.time() * 1_000_000)
    start = (now // 300_000_000) * 300_000_000
    with contextlib.closing(sqlite3.connect(database)) as connection, connection:
        connection.row_factory = sqlite3.Row
        service = connection.execute("SELECT id FROM service WHERE slug = 'telehealth'").fetchone()["id"]
        patient = connection.execute("SELECT id FROM patient LIMIT 1").fetchone()["id"]
        for _ in range(ROOMS):
            visit, party, link = str(uuid.uuid4()), str(uuid.uuid4()), secrets.token_urlsafe(32)
            connection.execute(
                "INSERT INTO booking (id, service, patient, name, starts_at, ends_at, state, manage_sha256, sequence, created_at)"
                " VALUES (?, ?, ?, 'Bench Patient', ?, ?, 'confirmed', ?, 0, ?)",
                (visit, service, patient, start, start + 3600_000_000, uuid.uuid4().hex, start))
            connection.execute(
                "INSERT INTO video_room (visit, patient, starts_at, ends_at, last_signal, revision) VALUES (?, ?, ?, ?, 0, 0)",
                (visit, patient, start, start + 3600_000_000))
            connection.execute(
                "INSERT INTO video_party (id, visit, role, name, state, arrived_at, admitted_at)"
                " VALUES (?, ?, 'patient', 'Bench Patient', 'admitted', ?, ?)", (party, visit, now, now))
            connection.execute(
                "INSERT INTO video_consent (id, visit, party, version, language, words, name, place, call_back, warnings, agreed_at)"
                " VALUES (?, ?, ?, 'bench', 'en', 'bench', 'Bench Patient', 'Albany, NY', '555 0100', '', ?)",
                (str(uuid.uuid4()), visit, party, now))
            connection.execute("INSERT INTO join_link (secret_sha256, visit, party, made_at) VALUES (?, ?, ?, ?)",
                               (hashlib.sha256(link.encode()).hexdigest(), visit, party, now))
            made.append((visit, link, party))
    return made


@contextlib.contextmanager
def running(arguments: list[str], port: int, path: str):
    with open(os.devnull, "w") as null:
        process = subprocess.Popen(arguments, cwd=ROOT, stdout=null, stderr=null,
                                   env=os.environ | {"FASCIA_DEMO_WALKER": "false", "FASCIA_DEMO_LOOPS": "false"})
    try:
        limit = time.monotonic() + 90
        while True:
            with contextlib.suppress(OSError):
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
                connection.request("GET", path)
                if connection.getresponse().status == 200:
                    break
            if process.poll() is not None or time.monotonic() > limit:
                raise SystemExit(f"call: {arguments[0]} did not start")
            time.sleep(0.02)
        yield process
    finally:
        # The bare server would wait for its open lines.
        process.kill()
        process.wait(30)


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def of_fascia(folder: Path) -> dict[str, float]:
    port = free_port()
    serve = [str(FASCIA), "serve", "--data", str(folder), "--port", str(port)]
    with running([*serve, "--demo"], port, "/readyz"):
        pass
    visits = fill(folder / "fascia.sqlite")
    token = subprocess.run([str(FASCIA), "account", "token", "--role", "clinician", "--data", str(folder)],
                           capture_output=True, text=True, check=True, cwd=ROOT).stdout.split()[-1]
    with running([*serve, "--demo"], port, "/readyz") as process:
        for visit, _, _ in visits:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("POST", f"/desk/visits/{visit}/call/join", "", {"Authorization": f"Bearer {token}"})
            answer = connection.getresponse()
            assert answer.status in (200, 204, 303), (answer.status, answer.read()[:300])
            connection.close()
        return asyncio.run(measure(Server(process, port, [FasciaRoom(*visit, token) for visit in visits])))


def of_bare() -> dict[str, float]:
    port = free_port()
    with running([str(SIGNALS), str(port)], port, "/") as process:
        return asyncio.run(measure(Server(process, port, [Room(uuid.uuid4().hex) for _ in range(ROOMS)])))


def main() -> int:
    for program in (FASCIA, SIGNALS):
        if not program.exists():
            raise SystemExit(f"call: there is no {program.relative_to(ROOT)}; script/bench builds it")
    with tempfile.TemporaryDirectory(prefix="fascia-bench-call-") as folder:
        bare = of_bare()
        ours = of_fascia(Path(folder))
    print(f"{platform.platform()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {dt.date.today()}, "
          f"{'debug' if DEBUG else 'release'} builds\n")
    lines = ROOMS * 2
    passed = True
    for what, figure, beside, gate, good in (
            (f"{ROOMS} rooms in which nothing happens, {lines:,} lines: memory", f"{ours['after']:.0f} MB", f"{bare['after']:.0f} MB",
             "under 300 MB", ours["after"] < 300),
            ("  before the first line", f"{ours['before']:.0f} MB", f"{bare['before']:.0f} MB", "", None),
            ("  share of one core", f"{ours['share']:.2f} %", f"{bare['share']:.2f} %", "under 5 %", ours["share"] < 5),
            (f"{ours['rate']:.0f} joins a second, from coming in to the offer, p99", f"{ours['p99']:.1f} ms", f"{bare['p99']:.1f} ms",
             "under 50 ms", ours["p99"] < 50),
            ("  median", f"{ours['p50']:.1f} ms", f"{bare['p50']:.1f} ms", "", None),
            ("  from the hello to the offer, p99", f"{ours['said99']:.1f} ms", f"{bare['said99']:.1f} ms", "", None)):
        passed = passed and good is not False
        mark = "" if good is None else "ok" if good else "MISSED"
        print(f"{what:66} {figure:>10}  bare {beside:>9}  {gate:12} {mark}")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
