# SPDX-License-Identifier: Apache-2.0
"""A clinic that is no demonstration: accounts by the command, second keys, no practice pages; and a backup that comes back."""
from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time

import pytest

from journeys import book, order, paid, pay, request_for, sign_in_staff, slots
from recordings import Desk, simulated, stored
from rounds import ENGINES
from visitor import Visitor

EMAIL, PASSWORD = "owner@clinic.example", "correct horse battery staple"


def code(secret: str, at: float) -> str:
    """RFC 6238, written out once more."""
    digest = hmac.new(base64.b32decode(secret.replace(" ", "")), struct.pack(">Q", int(at // 30)), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset:offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


@pytest.fixture
def clinic(houses):
    made = houses.clinic(demo=False)
    added = made.run("account", "add", "--role", "owner", "--name", "Olu Owner", "--email", EMAIL, "--data", str(made.data),
                     stdin=PASSWORD + "\n")
    assert added.returncode == 0, added.stderr
    return made


def sign_in(clinic, typed: str = "") -> Visitor:
    visitor = Visitor(clinic.url)
    visitor.open("/staff/sign-in")
    visitor.send("Sign in", {"Email": EMAIL, "Password": PASSWORD, "Code": typed})
    return visitor


def test_the_desk_opens_only_with_a_second_key(clinic):
    visitor = sign_in(clinic)
    assert visitor.page.url.endswith("/staff/code"), visitor.page
    secret = re.search(r"([A-Z2-7]{4}(?: [A-Z2-7]{4})+)", visitor.page.text)[1]
    wrong = visitor.send("Finish", {"Six digits": "000000"})
    assert wrong.status == 422
    visitor.open("/staff/code")
    secret = re.search(r"([A-Z2-7]{4}(?: [A-Z2-7]{4})+)", visitor.page.text)[1]
    visitor.send("Finish", {"Six digits": code(secret, time.time())})
    assert visitor.page.url.endswith("/desk") and visitor.page.status == 200, visitor.page
    assert "/desk" not in sign_in(clinic).page.url, "the password alone is not enough any more"
    assert "/desk" not in sign_in(clinic, "000000").page.url
    used = code(secret, time.time() + 30)  # the next one, as a phone whose clock is fast
    assert sign_in(clinic, used).page.url.endswith("/desk")
    assert "/desk" not in sign_in(clinic, used).page.url, "a code opens once"
    closed = clinic.run("account", "disable", "--email", EMAIL, "--data", str(clinic.data))
    assert closed.returncode == 0
    assert "/staff/sign-in" in visitor.open("/desk").url, "closing the account ends its sessions at once"


@pytest.mark.parametrize("path", ["/practice/mail", "/practice/card/practice-x"])
def test_there_is_no_practice(clinic, path):
    assert clinic.get(path).status == 404
    assert clinic.post(path + "/pay", {}).status in (403, 404)


def test_demo_is_refused_on_real_data(clinic):
    clinic.stop()
    clinic.demo = True
    with pytest.raises(RuntimeError, match="not made by a demonstration"):
        clinic.start()


@pytest.mark.parametrize("source, target", [(a, b) for a in ENGINES for b in ENGINES])
def test_a_backup_taken_while_running_comes_back_on_either_engine(houses, source, target, tmp_path):
    stripe = houses.stripe()
    clinic = houses.clinic(source, stripe=stripe)
    visitor, who = order(clinic)
    pay(visitor)
    paid(visitor)
    staff = sign_in_staff(clinic)
    staff.open("/desk")
    desk = Desk(clinic, staff, staff.page.link(who["name"]))
    upload = desk.send("walk.c3d", simulated(clinic, tmp_path / "walk.c3d").read_bytes())
    booked = book(clinic, request_for("consultation", slots(clinic, "consultation")[0])).json()
    saved = clinic.run("backup", str(tmp_path / "saved"))
    assert saved.returncode == 0, saved.stderr
    again = clinic.run("backup", str(tmp_path / "saved"))
    assert again.returncode != 0 and "empty" in again.stderr + again.stdout, "a backup never writes over another"
    other = houses.clinic(target, stripe=stripe, start=False)
    restored = other.run("restore", str(tmp_path / "saved"))
    assert restored.returncode == 0, restored.stderr
    other.start()
    other.healthy()
    assert upload.checksum in stored(other)
    assert other.get("/bookings/" + booked["manage"].rsplit("/", 1)[1]).status == 200
    sums = "SELECT account, sum(amount) AS total FROM ledger_entry GROUP BY account ORDER BY account"
    assert [(r["account"], int(r["total"])) for r in clinic.rows(sums)] == [
        (r["account"], int(r["total"])) for r in other.rows(sums)]
    twice = other.run("restore", str(tmp_path / "saved"))
    assert twice.returncode != 0, "a restore never writes into a clinic that has something"


def test_an_altered_backup_is_refused(houses, tmp_path):
    clinic = houses.clinic()
    assert clinic.run("backup", str(tmp_path / "saved")).returncode == 0
    largest = max((p for p in (tmp_path / "saved").rglob("*") if p.is_file()), key=lambda p: p.stat().st_size)
    content = bytearray(largest.read_bytes())
    content[len(content) // 2] ^= 1
    largest.write_bytes(content)
    other = houses.clinic(start=False)
    restored = other.run("restore", str(tmp_path / "saved"))
    assert restored.returncode != 0 and largest.name in restored.stderr + restored.stdout, restored


def test_a_token_is_listed_and_taken_back_at_once(clinic):
    made = clinic.run("account", "token", "--role", "desk", "--data", str(clinic.data)).stdout.strip().split()[-1]
    bearer = {"Authorization": f"Bearer {made}"}
    day = "/desk/calendar/data?from=2026-01-05&days=1"
    assert clinic.get(day, bearer).status != 401
    listed = clinic.run("account", "tokens", "--data", str(clinic.data)).stdout
    line = next(line for line in listed.splitlines() if " desk " in line)
    assert line.endswith("open") and made not in listed, "the secret itself is not kept"
    token = line.split()[0]
    assert clinic.run("account", "revoke", token, "--data", str(clinic.data)).returncode == 0
    assert clinic.get(day, bearer).status == 401
    again = clinic.run("account", "revoke", token, "--data", str(clinic.data))
    assert again.returncode != 0 and "no open token" in again.stderr
