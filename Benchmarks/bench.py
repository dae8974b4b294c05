# SPDX-License-Identifier: Apache-2.0
"""The figures of script/bench: slots and bookings over HTTP against a bare Hummingbird, with the gates of the issues."""
from __future__ import annotations

import contextlib
import datetime as dt
import http.client
import json
import os
import platform
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from fill import HOURS_UTC, POOLS, SLUG, fill

ROOT = Path(__file__).resolve().parent.parent
FASCIA = ROOT / ".build-bench" / "release" / "fascia"
RECOVERY = ROOT / "Benchmarks" / "recovery" / ".build" / "release" / "assess-speed"
HELLO = ROOT / "Benchmarks" / ".build" / "release" / "hello"
QUICK = "--quick" in sys.argv
SECONDS, ROUNDS, PAST = (2, 1, 5_000) if QUICK else (5, 3, 100_000)


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@contextlib.contextmanager
def running(arguments: list[str], port: int, path: str):
    """A server, until its path answers; the seconds that took are given."""
    begun = time.monotonic()
    with open(os.devnull, "w") as null:
        process = subprocess.Popen(arguments, cwd=ROOT, stdout=null, stderr=null)
    try:
        while True:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
                connection.request("GET", path)
                if connection.getresponse().status == 200:
                    break
            except OSError:
                pass
            if process.poll() is not None or time.monotonic() - begun > 60:
                raise SystemExit(f"bench: {arguments[0]} did not start")
            time.sleep(0.005)
        yield time.monotonic() - begun
    finally:
        process.terminate()
        process.wait(30)


def fascia(data: Path, port: int):
    return running([str(FASCIA), "serve", "--demo", "--data", str(data), "--port", str(port)], port, "/readyz")


def load(port: int, path: str, clients: int = 32) -> tuple[float, float]:
    """Requests per second and the 99th percentile in milliseconds."""
    out = subprocess.run(["wrk", "-t1", f"-c{clients}", f"-d{SECONDS}s", "--latency", f"http://127.0.0.1:{port}{path}"],
                         capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in out, out
    value, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", out).groups()
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1]), float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def book(port: int, starts: Path) -> tuple[float, float]:
    out = subprocess.run(["wrk", "-t1", "-c32", "-d3s", "-s", "Benchmarks/book.lua", f"http://127.0.0.1:{port}", "--",
                          str(starts)], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    requests, refused, micros, p99 = map(int, re.search(r"BOOKED (\d+) (\d+) (\d+) (\d+)", out).groups())
    assert refused == 0, f"{refused} of {requests} bookings were refused"
    return requests / (micros / 1e6), p99 / 1000


def ask(port: int, token: str, method: str, path: str, body: dict | None = None) -> dict:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, json.dumps(body) if body else None,
                       {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Accept": "application/json"})
    answer = connection.getresponse()
    text = answer.read()
    assert answer.status < 300, (answer.status, text[:300])
    return json.loads(text) if text else {}


def live(port: int, token: str, resource: str, day: dt.date) -> list[float]:
    """Milliseconds from the moment in which one screen sends a change until another one hears of it."""
    listener = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    listener.request("GET", "/desk/calendar/changes", headers={"Authorization": f"Bearer {token}"})
    events = listener.getresponse()

    def revision() -> int:
        while True:
            line = events.readline().decode()
            if line.startswith("data:"):
                return int(line[5:])
    heard = revision()
    times = []
    for index in range(20):
        begun = time.monotonic()
        ask(port, token, "POST", "/desk/calendar/blocks",
            {"resource": resource, "date": day.isoformat(), "minute": index * 10, "minutes": 5, "reason": "bench"})
        before, heard = heard, revision()
        while heard <= before:
            heard = revision()
        times.append((time.monotonic() - begun) * 1000)
    return times


def main() -> int:
    rows: list[tuple[str, str, str, bool | None]] = []
    today = int(time.time()) // 86_400
    recovery = json.loads(subprocess.run([RECOVERY], capture_output=True, check=True).stdout)
    rows.append(("days of episodes replayed by Recovery, one core", f"{recovery['episodeDaysPerSecond']:,}/s", "at least 100,000/s",
                 recovery["episodeDaysPerSecond"] >= 100_000))
    rows.append(("  assessments of twelve weeks from nothing", f"{recovery['assessmentsPerSecond']:,}/s", "", None))
    with tempfile.TemporaryDirectory(prefix="fascia-bench-") as folder:
        base = Path(folder)
        port = free_port()
        with fascia(base / "demo", port) as seconds:
            pass
        with fascia(base / "demo", port) as seconds:
            rows.append(("start of the filled demo until it answers", f"{seconds * 1000:.0f} ms", "", None))
        data = {}
        for past in (1_000, PAST):
            data[past] = base / f"past-{past}"
            shutil.copytree(base / "demo", data[past])
            fill(data[past] / "fascia.sqlite", past=past, today=today)
        judged = subprocess.run([str(FASCIA), "doctor", "--data", str(data[PAST])], capture_output=True, text=True, cwd=ROOT)
        if "booked minutes" in judged.stdout or "blocked" in judged.stdout:
            print(judged.stdout)
            raise SystemExit("bench: the filled diary is not healthy")
        day = dt.date.fromtimestamp((today + 9) * 86_400)
        slots = f"/api/v1/services/{SLUG}/slots?from={day}&to={day}"
        figures: dict[str, list[tuple[float, float]]] = {"hello": [], "few": [], "many": []}
        for _ in range(ROUNDS):
            for name, server, path in (
                    ("hello", lambda: running([str(HELLO), str(port)], port, "/"), "/"),
                    ("few", lambda: fascia(data[1_000], port), slots), ("many", lambda: fascia(data[PAST], port), slots)):
                with server():
                    load(port, path, 8)  # warm
                    figures[name].append(load(port, path))
        rate = {name: statistics.median(f[0] for f in found) for name, found in figures.items()}
        p99 = statistics.median(f[1] for f in figures["many"])
        rows += [
            ("bare Hummingbird, hello, 32 clients", f"{rate['hello']:,.0f}/s", "", None),
            (f"slots of a day, {POOLS['clinician']} x {POOLS['room']} x {POOLS['device']}, {PAST:,} past bookings",
             f"{rate['many']:,.0f}/s", "", None),
            ("  against hello", f"{rate['many'] / rate['hello']:.3f}", "at least 0.05", rate["many"] / rate["hello"] >= 0.05),
            ("  99th percentile", f"{p99:.1f} ms", "under 40 ms", p99 < 40),
            ("  1,000 past bookings against these", f"{rate['few'] / rate['many']:.2f}", "at most 1.3",
             rate["few"] / rate["many"] <= 1.3),
        ]
        starts = base / "starts"
        at_once = min(POOLS.values())
        starts.write_text("".join(
            f"{dt.date.fromtimestamp((today + 2 + d) * 86_400)}T{hour:02}:00:00Z\n" * at_once
            for d in range(170) for hour in HOURS_UTC))
        with fascia(data[PAST], port):
            booked, slow = book(port, starts)
        rows += [("bookings, SQLite, 32 clients", f"{booked:,.0f}/s", "at least 400/s", booked >= 400),
                 ("  99th percentile", f"{slow:.0f} ms", "under 120 ms", slow < 120)]
        with fascia(data[PAST], port):
            token = subprocess.run([str(FASCIA), "account", "token", "--role", "desk", "--data", str(data[PAST])],
                                   capture_output=True, text=True, check=True, cwd=ROOT).stdout.split()[-1]
            monday = dt.date.fromtimestamp((today - 30) * 86_400)
            times, count = [], 0
            for _ in range(5):
                begun = time.monotonic()
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
                connection.request("GET", f"/desk/calendar/data?from={monday}&to={monday + dt.timedelta(days=16)}",
                                   headers={"Authorization": f"Bearer {token}"})
                count = len(json.loads(connection.getresponse().read())["visits"])
                times.append((time.monotonic() - begun) * 1000)
            rows.append((f"the calendar's data, {count} visits", f"{statistics.median(times):.0f} ms", "under 500 ms",
                         statistics.median(times) < 500))
            data_of_day = ask(port, token, "GET", f"/desk/calendar/data?from={monday}&to={monday}")
            told = live(port, token, data_of_day["resources"][0]["id"], dt.date.fromtimestamp((today + 200) * 86_400))
            rows.append(("a change until another screen hears of it, worst of 20", f"{max(told):.0f} ms", "under 1000 ms",
                         max(told) < 1000))
    print(f"{platform.platform()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {dt.date.today()}\n")
    for what, figure, gate, passed in rows:
        mark = "" if passed is None else "ok" if passed else "MISSED"
        print(f"{what:62} {figure:>12}  {gate:16} {mark}")
    return 0 if all(passed is not False for *_, passed in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
