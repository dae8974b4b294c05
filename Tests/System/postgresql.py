# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL of the tests' own on loopback, one database per clinic; gone afterwards.

`FASCIA_TEST_POSTGRESQL` names a running server to use instead (its user must be allowed to create databases).
"""
from __future__ import annotations

import csv
import glob
import io
import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import urllib.parse
from pathlib import Path


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def binaries() -> Path | None:
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb") + glob.glob("/opt/homebrew/opt/postgresql*/bin/initdb"),
                   key=lambda path: [int(part) if part.isdigit() else 0 for part in path.split("/")])
    if found:
        return Path(found[-1]).parent
    initdb = shutil.which("initdb")
    return Path(initdb).parent if initdb else None


class PostgreSQL:
    def __init__(self) -> None:
        self.url = os.environ.get("FASCIA_TEST_POSTGRESQL", "")
        self.folder: Path | None = None
        self._numbers = itertools.count(1)
        if not self.url:
            self._start()

    def _start(self) -> None:
        bin = binaries()
        if bin is None:
            raise RuntimeError("PostgreSQL's initdb was not found: install the package postgresql (script/bootstrap does)")
        self._bin = bin
        self.folder = Path(tempfile.mkdtemp(prefix="fascia-pg-"))
        self._as: list[str] = []
        if os.geteuid() == 0:  # initdb refuses root
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self._as = ["runuser", "-u", "postgres", "--"]
        port = free_port()
        data = self.folder / "data"
        self._run("initdb", "-D", str(data), "-U", "fascia", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8")
        settings = (f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder} -c fsync=off "
                    "-c synchronous_commit=off -c full_page_writes=off -c max_connections=200")
        self._run("pg_ctl", "-D", str(data), "-w", "-l", str(self.folder / "log"), "-o", settings, "start")
        self.url = f"postgresql://fascia@127.0.0.1:{port}/postgres"

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run([*self._as, str(self._bin / program), *arguments], cwd="/", stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=120)
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr[-2000:]}")

    def stop(self) -> None:
        if self.folder:
            self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")
            shutil.rmtree(self.folder, ignore_errors=True)

    def create(self) -> str:
        """A new empty database; its URL."""
        name = f"clinic_{os.getpid()}_{next(self._numbers)}"
        query(self.url, f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'")
        return urllib.parse.urlsplit(self.url)._replace(path="/" + name).geturl()

    def drop(self, url: str) -> None:
        query(self.url, f"DROP DATABASE IF EXISTS {urllib.parse.urlsplit(url).path[1:]} WITH (FORCE)")


def query(url: str, sql: str) -> list[dict[str, str | None]]:
    """Rows through psql, so that the tests need no driver. NULL is None, everything else text."""
    bin = binaries()
    psql = shutil.which("psql") or str(bin / "psql" if bin else "psql")
    done = subprocess.run([psql, "-X", "-q", "--csv", "-P", "null=\\N", "-v", "ON_ERROR_STOP=1", url, "-c", sql],
                          capture_output=True, text=True, timeout=60)
    if done.returncode:
        raise RuntimeError(f"{sql}: {done.stderr.strip()}")
    return [{key: None if value == "\\N" else value for key, value in row.items()}
            for row in csv.DictReader(io.StringIO(done.stdout))]


def main() -> None:
    """Serves until told to end or until nobody holds its input any more; says its URL. `script/test` runs this."""
    import signal
    import sys

    server = PostgreSQL()
    try:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; whoever started us ends us
        print(server.url, flush=True)
        sys.stdin.read()
    finally:
        server.stop()


if __name__ == "__main__":
    main()
