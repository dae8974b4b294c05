# SPDX-License-Identifier: Apache-2.0
"""Another program that is told what happens: keeps each call, judges its signature, answers as it is told to."""
from __future__ import annotations

import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class WebhookReceiver:
    def __init__(self) -> None:
        self.calls: list[dict] = []
        self.answers: list[int] = []
        """Statuses for the next calls; 200 once they are used up."""
        self.changed = threading.Condition()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with receiver.changed:
                    receiver.calls.append({"body": body, "signature": self.headers["Fascia-Signature"],
                                           "event": json.loads(body), "path": self.path})
                    status = receiver.answers.pop(0) if receiver.answers else 200
                    receiver.changed.notify_all()
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    def __enter__(self) -> WebhookReceiver:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def wait_for(self, event: str, count: int = 1, timeout: float = 30) -> dict:
        def found() -> list[dict]:
            return [c for c in self.calls if c["event"]["type"] == event]
        with self.changed:
            if not self.changed.wait_for(lambda: len(found()) >= count, timeout):
                raise AssertionError(f"no {count} × {event} in {timeout} s; there is {[c['event']['type'] for c in self.calls]}")
            return found()[-1]


def signed_by(call: dict, secret: str) -> bool:
    """Stripe's scheme, computed here anew."""
    parts = [part.split("=", 1) for part in call["signature"].split(",")]
    time = next(value for name, value in parts if name == "t")
    right = hmac.new(secret.encode(), f"{time}.".encode() + call["body"], hashlib.sha256).hexdigest()
    return any(name == "v1" and hmac.compare_digest(value, right) for name, value in parts)
