# SPDX-License-Identifier: Apache-2.0
"""Fills a demo clinic with a busy house and years of past bookings, straight into SQLite; `fascia doctor` then judges it."""
from __future__ import annotations

import sqlite3
import uuid
from pathlib import Path

CELL, DAY = 300, 86_400
SLUG = "bench"
POOLS = {"clinician": 10, "room": 6, "device": 4}
AFTER = {"clinician": 0, "room": 5, "device": 10}
MINUTES = 30
HOURS_UTC = range(14, 23)
"""On the hour, so that a device is cleaned between two visits; inside New York's 8 to 18 all year."""


def words(first: int, end: int) -> list[int]:
    """The six 48-bit words of a span of cells within one UTC day."""
    made = [0] * 6
    for cell in range(first, end):
        made[cell // 48] |= 1 << (cell % 48)
    return made


def fill(database: Path, *, past: int, today: int) -> None:
    """`today`: days since 1970. One booking takes a clinician, a room and a device; as many at once as there are devices."""
    with sqlite3.connect(database) as connection:
        put = connection.executemany
        first = connection.execute("SELECT max(number) FROM resource").fetchone()[0] + 1
        numbers: dict[str, list[int]] = {}
        for kind, count in POOLS.items():
            numbers[kind] = list(range(first, first + count))
            first += count
            put("INSERT INTO resource (number, id, kind, name, title) VALUES (?, ?, ?, ?, '')",
                [(n, str(uuid.uuid4()), kind, f"{kind.title()} {n}") for n in numbers[kind]])
            put("INSERT INTO resource_hours (resource, weekday, opens_minute, closes_minute) VALUES (?, ?, 480, 1140)",
                [(n, weekday) for n in numbers[kind] for weekday in range(1, 8)])
        service = str(uuid.uuid4())
        connection.execute(
            "INSERT INTO service (id, slug, position, name, description, duration_minutes, step_minutes, modality,"
            " price_minor_units, currency) VALUES (?, ?, 99, 'Bench', '', ?, 30, 'inPerson', 10000, 'USD')",
            (service, SLUG, MINUTES))
        for position, kind in enumerate(POOLS):
            connection.execute(
                "INSERT INTO service_requirement (service, position, kind, minutes_before, minutes_after)"
                " VALUES (?, ?, ?, 0, ?)", (service, position, kind, AFTER[kind]))
            put("INSERT INTO service_candidate (service, requirement, position, resource) VALUES (?, ?, ?, ?)",
                [(service, position, rank, n) for rank, n in enumerate(numbers[kind])])
        bookings, claims, busy = [], [], {}
        at_once = min(POOLS.values())
        day = today
        while len(bookings) < past:
            day -= 1
            for hour in HOURS_UTC:
                for place in range(at_once):
                    if len(bookings) == past:
                        break
                    start = day * DAY + hour * 3600
                    booking = str(uuid.uuid4())
                    bookings.append((booking, service, f"patient-{place}", "Past Visit", start * 1_000_000,
                                     (start + MINUTES * 60) * 1_000_000, uuid.uuid4().hex, start * 1_000_000))
                    for kind in POOLS:
                        resource = numbers[kind][(place + hour) % len(numbers[kind])]
                        begin, end = start // CELL, start // CELL + -(-(MINUTES + AFTER[kind]) // 5)
                        claims.append((booking, resource, begin, end))
                        row = busy.setdefault((day, resource), [0] * 6)
                        for index, word in enumerate(words(begin % 288, begin % 288 + end - begin)):
                            row[index] |= word
        put("INSERT INTO booking (id, service, patient, name, starts_at, ends_at, state, manage_sha256, sequence, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?, 'confirmed', ?, 0, ?)", bookings)
        put("INSERT INTO claim (booking, resource, first_cell, end_cell) VALUES (?, ?, ?, ?)", claims)
        put("INSERT INTO resource_day VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [(*key, *row) for key, row in busy.items()])
        connection.execute("UPDATE diary_version SET version = abs(random()) / 2 + 1")
