# SPDX-License-Identifier: Apache-2.0
"""The same call where nothing goes directly: through a coturn that the test starts, with credentials that the clinic makes."""
from __future__ import annotations

import pytest
from playwright.sync_api import expect

from callers import Call, chat, sees, with_cameras
from postgresql import free_port
from relay import relay, settings

TRY = """async ({ servers, wrong }) => {
  if (wrong) for (const server of servers) if (server.credential) server.credential = "wrong";
  const line = new RTCPeerConnection({ iceServers: servers, iceTransportPolicy: "relay" });
  const found = [];
  line.onicecandidate = ({ candidate }) => { if (candidate?.candidate) found.push(candidate.type); };
  line.createDataChannel("x");
  await line.setLocalDescription();
  if (line.iceGatheringState !== "complete") {
    await new Promise(done => line.addEventListener("icegatheringstatechange", () => line.iceGatheringState === "complete" && done()));
  }
  line.close();
  return found;
}"""


@pytest.fixture(scope="module")
def cameras(play):
    with with_cameras(play) as browser:
        yield browser


def test_a_call_through_the_relay_only(houses, cameras, tmp_path):
    with relay(tmp_path) as found:
        mail = houses.mail()
        clinic = houses.clinic(mail=mail, environment=found)
        call = Call(cameras, clinic, mail)
        call.begin()
        for page in (call.patient, call.clinician):
            sees(page)
            expect(page.locator(".call-videos .tile")).to_have_attribute("data-route", "relay")
            expect(page.get_by_text("No relay is set up")).to_have_count(0)
        # A wrong password opens nothing, so the relay did ask for it.
        servers = call.patient.evaluate("async base => (await (await fetch(base + '/ice')).json()).iceServers", call.link)
        servers = [{k: v for k, v in each.items() if v is not None} for each in servers]
        assert set(call.patient.evaluate(TRY, {"servers": servers, "wrong": False})) == {"relay"}
        assert call.patient.evaluate(TRY, {"servers": servers, "wrong": True}) == []
        call.clean()


def test_who_calls_before_the_servers_are_known_is_answered_later(houses, cameras, tmp_path):
    """The clinician's hello comes while the patient's page still asks for the relay: a line made then would never find a way."""
    with relay(tmp_path) as found:
        mail = houses.mail()
        call = Call(cameras, houses.clinic(mail=mail, environment=found), mail)
        held: list = []
        call.patient.route("**/ice", lambda request: held.append(request), times=1)
        call.arrive()
        call.let_in()
        call.patient.wait_for_function("() => document.querySelector('.own video').srcObject !== null")
        # What was said before these words has been heard as well.
        chat(call.clinician, "Can you see me?")
        expect(call.patient.get_by_text("Can you see me?")).to_have_count(1)
        assert held and call.patient.locator(".call-videos .tile").count() == 0
        held[0].continue_()
        call.both_see()
        for page in (call.patient, call.clinician):
            expect(page.locator(".call-videos .tile")).to_have_attribute("data-route", "relay")
        call.clean()


def test_a_call_whose_beginning_is_lost_begins_all_the_same(houses, cameras):
    """What each side says first of the line never arrives: neither hears of a fault, and after a while they say it again."""
    mail = houses.mail()
    call = Call(cameras, houses.clinic(mail=mail), mail)
    lost: list = []

    def lose_the_first(request) -> None:
        page = request.request.frame.page
        if '"kind":"description"' in (request.request.post_data or "") and page not in lost:
            lost.append(page)
            request.fulfill(status=200, content_type="application/json", body="{}")
        else:
            request.continue_()
    for page in (call.patient, call.clinician):
        page.route("**/signals", lose_the_first)
    call.begin()
    assert lost
    call.clean()


def test_a_way_that_breaks_in_mid_call_is_replaced(houses, cameras, tmp_path):
    """The only way between the two browsers disappears, and another one is there: ICE restarts by itself, and the pictures go on."""
    first, second = free_port(), free_port()
    with relay(tmp_path / "first", port=first):
        mail = houses.mail()
        clinic = houses.clinic(mail=mail, environment=settings(first, second))
        call = Call(cameras, clinic, mail)
        call.begin()
    with relay(tmp_path / "second", port=second):
        call.both_see(60)
        for page in (call.patient, call.clinician):
            expect(page.locator(".call-videos .tile")).to_have_attribute("data-route", "relay")
        log = (tmp_path / "second" / "turn.log").read_text(errors="replace")
        assert "ALLOCATE processed, success" in log, log[-2000:]
        call.clean()
