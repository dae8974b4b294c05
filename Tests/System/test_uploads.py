# SPDX-License-Identifier: Apache-2.0
"""Recordings come in whole or not at all: in parts, resumed, checked, up to the limit, and never crash the server."""
from __future__ import annotations

import hashlib
import json

import pytest

from clinic import ROOT
from journeys import order, paid, pay, sign_in_staff, until
from recordings import PART, Desk, simulated, stored

SHARED = ROOT.parent / "shared" / "data" / "gait"


@pytest.fixture(scope="module")
def practice(shared_houses, tmp_path_factory):
    """A clinic with one paid order, a desk before it, and a simulated recording."""
    stripe = shared_houses.stripe()
    clinic = shared_houses.clinic(stripe=stripe)
    visitor, who = order(clinic)
    pay(visitor)
    paid(visitor)
    staff = sign_in_staff(clinic)
    staff.open("/desk")
    desk = Desk(clinic, staff, staff.page.link(who["name"]))
    return clinic, desk, simulated(clinic, tmp_path_factory.mktemp("walk") / "walk.c3d").read_bytes()


def test_a_recording_arrives_byte_for_byte(practice):
    clinic, desk, content = practice
    upload = desk.send("walk.c3d", content)
    assert upload.checksum in stored(clinic)


def test_an_upload_goes_on_where_it_stopped_even_after_a_kill(practice):
    clinic, desk, content = practice
    content += b"\0" * 1000
    url, received = desk.begin("later.c3d", content)
    assert received == 0
    assert desk.part(url, 0, content[:PART]).json()["received"] == PART
    clinic.kill()
    clinic.start()
    assert desk.received(url) == PART, "what was acknowledged is still there"
    assert desk.part(url, 0, content[:PART]).status == 409, "a part that is there already is refused"
    assert desk.part(url, PART + 1, content[PART + 1:]).status == 409
    assert desk.finish(url).status in (409, 422), "what is not whole is not finished"
    assert desk.part(url, PART, content[PART:]).json()["received"] == len(content)
    assert desk.finish(url).status in (200, 201)
    assert desk.finish(url).status in (200, 201, 404, 409), "finishing twice does no harm"
    assert hashlib.sha256(content).hexdigest() in stored(clinic)


def test_a_wrong_checksum_is_told_and_nothing_is_kept(practice):
    clinic, desk, content = practice
    wrong = content[:-1] + bytes([content[-1] ^ 1])
    url, _ = desk.begin("wrong.c3d", content)
    desk.part(url, 0, wrong)
    answer = desk.finish(url)
    assert answer.status in (409, 422) and "send" in answer.text.lower(), answer
    assert hashlib.sha256(wrong).hexdigest() not in stored(clinic)


def test_more_than_the_limit_is_refused_at_the_start(practice):
    clinic, desk, _ = practice
    told = {"fileName": "huge.c3d", "size": 200 * 1024 * 1024 + 1, "sha256": "0" * 64}
    assert desk.call("POST", desk.path, json.dumps(told).encode()).status in (413, 422)


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\u0000b.c3d", "x" * 5000 + ".c3d", "", "walk.exe"])
def test_strange_names_stay_names(practice, name):
    clinic, desk, _ = practice
    told = {"fileName": name, "size": 10, "sha256": "0" * 64}
    assert desk.call("POST", desk.path, json.dumps(told).encode()).status in (200, 201, 422)
    assert clinic.get("/healthz").status == 200


@pytest.mark.parametrize("make", [
    lambda c: b"", lambda c: c[:300], lambda c: c[:700], lambda c: c[:-5000], lambda c: b"\x02\x50" + b"\xff" * 4000,
    lambda c: c[:2] + b"\xff\xff" * 10 + c[22:], lambda c: b"PathFileType\t4\t(X/Y/Z)\tx.trc\nDataRate\n", lambda c: b"<html></html>",
], ids=["empty", "only a head", "cut in the parameters", "cut at the end", "garbage", "a lying head", "a cut TRC", "a page"])
def test_broken_recordings_get_a_clear_message(practice, make):
    clinic, desk, content = practice
    before = desk.visitor.open(desk.visitor.page.url).text.count("Can't be read")
    try:
        desk.send("broken.c3d", make(content))
    except AssertionError as refused:
        assert "<422" in str(refused), refused
        return
    page = until(lambda: (lambda p: None if "Being analysed" in p.text else p)(desk.visitor.open(desk.visitor.page.url)), 30,
                 "the analysis ends")
    assert page.status == 200 and page.text.count("Can't be read") == before + 1, page
    assert clinic.get("/healthz").status == 200


@pytest.mark.skipif(not SHARED.exists(), reason="shared recordings (../shared/data/gait) are absent")
def test_real_and_odd_recordings_are_answered(practice):
    clinic, desk, _ = practice
    for path in sorted(SHARED.glob("odd/*.c3d")) + sorted(SHARED.glob("trials/*/*.c3d"))[:3]:
        try:
            desk.send(path.name, path.read_bytes())
        except AssertionError as refused:
            assert "<4" in str(refused), (path, refused)
    assert clinic.get("/healthz").status == 200
    clinic.healthy()
