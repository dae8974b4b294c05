# SPDX-License-Identifier: Apache-2.0
"""A real clinic under test: the `fascia` process with its own data, on either engine; started, killed, asked, read."""
from __future__ import annotations

import http.client
import json
import os
import re
import signal
import sqlite3
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import postgresql
from postgresql import free_port

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("FASCIA_BINARY", ROOT / ".build" / "debug" / "fascia"))


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def json(self):
        return json.loads(self.body)

    def __repr__(self) -> str:
        return f"<{self.status} {self.headers.get('Content-Type')} {self.text[:400]!r}>"


class Clinic:
    def __init__(self, folder: Path, *, database: str | None = None, demo: bool = True, port: int | None = None,
                 environment: Mapping[str, str] | None = None) -> None:
        self.folder, self.database, self.demo = folder, database, demo
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = port or free_port()
        self.environment = dict(environment or {})
        self.log_path = folder / "serve.log"
        self.process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def _environment(self) -> dict[str, str]:
        clean = {key: value for key, value in os.environ.items() if not key.startswith("FASCIA_")}
        return clean | {"FASCIA_DATA": str(self.data), "FASCIA_DEMO_WALKER": "false",
                        "FASCIA_DEMO_LOOPS": "false", **({"FASCIA_DATABASE": self.database} if self.database else {}),
                        **self.environment}

    def start(self, *, timeout: float = 60) -> Clinic:
        """Starts the server and waits until it says that it is ready."""
        assert self.process is None, "already running"
        arguments = [str(BINARY), "serve", *(["--demo"] if self.demo else []), "--data", str(self.data),
                     "--port", str(self.port)]
        if self.database:
            arguments += ["--database", self.database]
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(arguments, cwd=ROOT, env=self._environment(), stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
        limit = time.monotonic() + timeout
        while time.monotonic() < limit:
            if self.process.poll() is not None:
                code, self.process = self.process.returncode, None
                raise RuntimeError(f"fascia ended with {code} at start:\n{self.log()[-3000:]}")
            try:
                if self.get("/readyz", timeout=2).status == 200:
                    return self
            except OSError:
                pass
            time.sleep(0.02)
        self.kill()
        raise RuntimeError(f"fascia was not ready in {timeout} s:\n{self.log()[-3000:]}")

    def kill(self) -> None:
        """kill -9, as a power cut would."""
        if self.process:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(30)
            self.process = None

    def stop(self, timeout: float = 30) -> int:
        """SIGTERM; the exit status. A server that does not end in time is killed, and that is an error."""
        assert self.process
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"SIGTERM did not end the server in {timeout} s") from None
        self.process = None
        return code

    def restart(self) -> None:
        self.stop()
        self.start()

    def log(self) -> str:
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    # HTTP

    def request(self, method: str, path: str, body: bytes | str | None = None,
                headers: Mapping[str, str] | None = None, *, json_body: object = None, timeout: float = 60) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            sent = dict(headers or {})
            if json_body is not None:
                body = json.dumps(json_body).encode()
                sent.setdefault("Content-Type", "application/json")
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def get(self, path: str, headers: Mapping[str, str] | None = None, *, timeout: float = 60) -> Answer:
        return self.request("GET", path, headers=headers, timeout=timeout)

    def post(self, path: str, json_body: object, headers: Mapping[str, str] | None = None) -> Answer:
        return self.request("POST", path, headers=headers, json_body=json_body)

    # The command line, and the rows

    def run(self, *arguments: str, timeout: float = 120, stdin: str | None = None) -> subprocess.CompletedProcess:
        """`fascia …` on this clinic's data, also while the server runs."""
        return subprocess.run([str(BINARY), *arguments], cwd=ROOT, env=self._environment(), capture_output=True,
                              text=True, timeout=timeout, input=stdin)

    def rows(self, sql: str) -> list[dict]:
        """Reads the database from outside, with the engine's own tool; only for judging what the server left."""
        if self.database:
            return postgresql.query(self.database, sql)
        with sqlite3.connect(f"file:{self.data / 'fascia.sqlite'}?mode=ro", uri=True) as connection:
            connection.row_factory = sqlite3.Row
            rows = [dict(row) for row in connection.execute(sql)]
        connection.close()
        return rows

    def healthy(self) -> None:
        """`doctor` finds nothing broken and the audit chain holds."""
        doctor = self.run("doctor")
        assert doctor.returncode == 0, f"doctor: {doctor.stdout}{doctor.stderr}"
        audit = self.run("audit", "verify")
        assert audit.returncode == 0, f"audit verify: {audit.stdout}{audit.stderr}"

    def demo_accounts(self) -> dict[str, str]:
        """What `serve --demo` printed of its accounts: e-mail → password, read tolerantly."""
        found: dict[str, str] = {}
        for line in self.log().splitlines():
            match = re.search(r"([\w.+-]+@[\w.-]+\w)\W+(?:password:?\W*)?(\S+)", line)
            if match and not line.lstrip().startswith("{"):
                found.setdefault(match[1], match[2].strip("`'\",;"))
        return found
