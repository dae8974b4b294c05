# SPDX-License-Identifier: Apache-2.0
"""Many clients want one time: exactly one gets it, the others are told so cleanly, on both engines."""
from __future__ import annotations

import http.client
import json
import threading
import uuid

import pytest

from clinic import Clinic
from journeys import SLUGS, person, request_for, slots
from rounds import ENGINES, trials

CLIENTS = 32


class Client(threading.Thread):
    """A client with its own open connection, waiting at the barrier for each round."""

    def __init__(self, clinic: Clinic, barrier: threading.Barrier) -> None:
        super().__init__(daemon=True)
        self.connection = http.client.HTTPConnection("127.0.0.1", clinic.port, timeout=60)
        self.barrier = barrier
        self.body: dict | None = None
        self.answer: tuple[int, str, bytes] | None = None

    def run(self) -> None:
        while True:
            self.barrier.wait()
            if self.body is None:
                self.connection.close()
                return
            try:
                self.connection.request("POST", "/api/v1/bookings", json.dumps(self.body).encode(),
                                        {"Content-Type": "application/json", "Idempotency-Key": uuid.uuid4().hex})
                answer = self.connection.getresponse()
                self.answer = (answer.status, answer.headers.get("Content-Type") or "", answer.read())
            except (OSError, http.client.HTTPException) as error:
                self.answer = (0, type(error).__name__, str(error).encode())
                self.connection.close()
            self.barrier.wait()


def overlapping(free: list[dict], seed) -> tuple[dict, dict]:
    """Two offers of one clinician that overlap without being the same, if there are any; else one offer twice."""
    first = seed.choice(free)
    others = [s for s in free if s["clinician"] == first["clinician"] and first["start"] < s["start"] < first["end"]]
    return first, (seed.choice(others) if others else first)


@pytest.mark.parametrize("engine", ENGINES)
def test_one_slot_many_clients(houses, engine, seeded):
    clinic = houses.clinic(engine)
    rounds = trials(15, 200)
    barrier = threading.Barrier(CLIENTS + 1, timeout=120)
    clients = [Client(clinic, barrier) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    wins = 0
    for number in range(rounds):
        slug = SLUGS[number % len(SLUGS)]
        free = slots(clinic, slug, start=1, count=62)
        assert free, f"the demo has no free time left for {slug} in round {number}"
        first, second = overlapping(free, seeded)
        for index, client in enumerate(clients):
            client.body = request_for(slug, second if number % 3 == 2 and index % 2 else first, person())
        barrier.wait()
        barrier.wait()
        statuses = sorted(client.answer[0] for client in clients)
        others = [client.answer for client in clients if client.answer[0] not in (201, 409)]
        assert statuses == [201] + [409] * (CLIENTS - 1), f"round {number} on {slug}: {statuses}; {others[:2]}"
        for status, kind, body in (client.answer for client in clients):
            if status == 409:
                assert kind.startswith("application/problem+json") and json.loads(body)["status"] == 409
        left = slots(clinic, slug, start=1, count=62)
        assert first not in left and (number % 3 != 2 or second not in left)
        wins += 1
    for client in clients:
        client.body = None
    barrier.wait()
    assert wins == rounds
    clinic.healthy()


@pytest.mark.parametrize("engine", ENGINES)
def test_different_slots_do_not_refuse_each_other(houses, engine):
    """Safe is not enough: clients that want different times of different clinicians all get theirs."""
    clinic = houses.clinic(engine)
    free = slots(clinic, "telehealth", start=1, count=62)
    wanted: dict[tuple, dict] = {}
    for slot in free:
        wanted.setdefault((slot["clinician"]["id"], slot["start"][:10]), slot)
    chosen = list(wanted.values())[:CLIENTS]
    assert len(chosen) == CLIENTS
    barrier = threading.Barrier(CLIENTS + 1, timeout=120)
    clients = [Client(clinic, barrier) for _ in range(CLIENTS)]
    for client, slot in zip(clients, chosen):
        client.body = request_for("telehealth", slot)
        client.start()
    barrier.wait()
    barrier.wait()
    assert [client.answer[0] for client in clients] == [201] * CLIENTS, [c.answer for c in clients if c.answer[0] != 201][:3]
    for client in clients:
        client.body = None
    barrier.wait()
