# SPDX-License-Identifier: Apache-2.0
"""Signing and delivering Stripe's events, with every disturbance that the real network and the real Stripe allow."""
from __future__ import annotations

import hashlib
import hmac
import json
import heapq
import http.client
import itertools
import random
import threading
import time
import urllib.parse
from dataclasses import dataclass, field


def signature(body: bytes, secrets: list[str], timestamp: int) -> str:
    """`Stripe-Signature` as Stripe makes it: HMAC-SHA256 of `t.body` under the whole secret string, one v1 per secret."""
    signed = str(timestamp).encode() + b"." + body
    parts = [f"v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}" for secret in secrets]
    return ",".join([f"t={timestamp}", *parts])


@dataclass
class Disturbance:
    """How deliveries go wrong. The defaults are a calm day: once, at once, in order, retried."""

    copies: tuple[int, int] = (1, 1)
    """How often each event is sent, at least and at most; (0, 5) also loses some."""
    jitter_seconds: float = 0.0
    """Each delivery waits a random time up to this, so the order is lost."""
    delay_seconds: float = 0.0
    attempts: int = 6
    retry_seconds: float = 0.2
    random: random.Random = field(default_factory=lambda: random.Random(1))


class Deliveries:
    """Posts events to the webhook address from one thread; a non-2xx answer or no answer is tried again, later and later."""

    def __init__(self, url: str | None, secrets: list[str], disturbance: Disturbance | None = None) -> None:
        self.url, self.secrets = url, secrets
        self.disturbance = disturbance or Disturbance()
        self.paused = False
        self.log: list[tuple[str, int | None]] = []
        """(event id, status or None for no answer), in order of sending."""
        self._heap: list = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._sending = 0
        self._stopped = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="stripe-deliveries", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        if self._thread:
            self._thread.join(10)

    def enqueue(self, event: dict) -> None:
        d = self.disturbance
        with self._changed:
            for _ in range(d.random.randint(*d.copies)):
                due = time.monotonic() + d.delay_seconds + d.random.random() * d.jitter_seconds
                heapq.heappush(self._heap, (due, next(self._order), event, 1))
            self._changed.notify_all()

    def post(self, event: dict, *, body: bytes | None = None, header: str | None = None, timestamp: int | None = None,
             secrets: list[str] | None = None, timeout: float = 30) -> int:
        """Sends one event now, from the caller's thread, altered as asked; returns the HTTP status."""
        body = encode(event) if body is None else body
        if header is None:
            header = signature(body, self.secrets if secrets is None else secrets,
                               int(time.time()) if timestamp is None else timestamp)
        if not self.url:
            raise RuntimeError("the stand-in has no webhook address")
        parts = urllib.parse.urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)
        try:
            headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Stripe/1.0 (stand-in)"}
            if header != "":
                headers["Stripe-Signature"] = header
            connection.request("POST", parts.path or "/", body, headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()

    def wait(self, timeout: float = 30) -> bool:
        """Waits until nothing is queued or under way."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._heap and self._sending == 0, timeout)

    def discard(self) -> None:
        with self._changed:
            self._heap.clear()
            self._changed.notify_all()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._stopped and (self.paused or not self._heap or self._heap[0][0] > time.monotonic()):
                    wait = None
                    if self._heap and not self.paused:
                        wait = max(0.0, self._heap[0][0] - time.monotonic())
                    self._changed.wait(wait)
                if self._stopped:
                    return
                _, _, event, attempt = heapq.heappop(self._heap)
                self._sending += 1
            status: int | None = None
            try:
                status = self.post(event, timeout=10)
            except (OSError, http.client.HTTPException):
                status = None
            with self._changed:
                self._sending -= 1
                self.log.append((event["id"], status))
                failed = status is None or not 200 <= status < 300
                if failed and attempt < self.disturbance.attempts:
                    due = time.monotonic() + self.disturbance.retry_seconds * 2 ** (attempt - 1)
                    heapq.heappush(self._heap, (due, next(self._order), event, attempt + 1))
                self._changed.notify_all()

    def resume(self) -> None:
        with self._changed:
            self.paused = False
            self._changed.notify_all()


def encode(event: dict) -> bytes:
    """Stripe sends indented JSON: a reader that signs a re-encoding of it instead of the raw bytes fails here."""
    return json.dumps(event, indent=2, ensure_ascii=False).encode()
