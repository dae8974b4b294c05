# SPDX-License-Identifier: Apache-2.0
"""The exam room without a script: what is drawn, where it hurts, findings signed and released, what may leave and what may not."""
from __future__ import annotations

import io
import json
import re
import tarfile
import time

import pytest

from journeys import sign_in_staff, until
from loops import MILLIMETRES, a_visit, loops_of, simulated_loop
from recordings import Desk
from rounds import ENGINES
from test_loops import cookie, ready
from visitor import Visitor

NAME, MAIL = "Ida Practice", "loops@example.org"


@pytest.fixture(scope="module", params=ENGINES)
def room(request, shared_houses, tmp_path_factory):
    mail = shared_houses.mail()
    clinic = shared_houses.clinic(request.param, mail=mail, environment={"FASCIA_DEMO_LOOPS": "true"})
    staff = sign_in_staff(clinic, "clinician@demo.example")
    day = a_visit(clinic, NAME)
    visit = loops_of(staff, day, NAME)
    loop = simulated_loop(clinic, tmp_path_factory.mktemp("loop"))
    Desk(clinic, staff, visit).send("contraction.mp4", loop.film.read_bytes())
    url = ready(staff, visit, "contraction.mp4")
    staff.open(url)
    staff.send("Set the scale$", {"Millimetres in one pixel": str(MILLIMETRES)})
    guest = Visitor(clinic.url)
    guest.open("/sign-in")
    patient = Visitor(clinic.url)
    patient.open(mail.sign_in_link(MAIL, lambda: guest.send("Send", {"Email": MAIL})))
    patient.send("Sign in")
    return clinic, staff, patient, visit, url, loop


def posted(clinic, staff, path: str, body: str, accept: str = "application/json"):
    return clinic.request("POST", path, body.encode(), cookie(clinic, staff) | {
        "Origin": clinic.url, "Sec-Fetch-Site": "same-origin", "Accept": accept, "Content-Type": "application/x-www-form-urlencoded"})


def got(clinic, visitor, path: str):
    return clinic.request("GET", path, headers=cookie(clinic, visitor))


def loop_path(url: str) -> str:
    return re.sub(r".*(/desk/loops/[^/?#]+).*", r"\1", url)


def test_two_taps_answer_with_the_result(room):
    clinic, staff, _, _, url, loop = room
    (ax, ay), (bx, by) = loop.marks
    before = time.monotonic()
    answer = posted(clinic, staff, loop_path(url) + "/measures", f"frame=0&ax={ax}&ay={ay}&bx={bx}&by={by}")
    assert answer.status == 200, answer
    data = got(clinic, staff, loop_path(url) + "/data").json()
    values = [v for v in data["measure"]["perFrame"] if v is not None]
    assert abs(max(values) - data["measure"]["perFrame"][0] - loop.opening) < 0.3
    assert data["measure"]["id"] == answer.json()["measure"] and time.monotonic() - before < 20
    assert posted(clinic, staff, loop_path(url) + "/measures", "frame=0&ax=1&ay=1&bx=1&by=1").status == 422


def test_all_frames_are_one_file(room):
    clinic, staff, _, _, url, _ = room
    data = got(clinic, staff, loop_path(url) + "/data").json()
    packed = got(clinic, staff, loop_path(url) + "/frames")
    assert packed.status == 200 and len(packed.body) == data["ends"][-1] and "private" in packed.headers["Cache-Control"]
    for number in (0, 7, len(data["ends"]) - 1):
        part = packed.body[data["ends"][number - 1] if number else 0:data["ends"][number]]
        assert part.startswith(b"\x89PNG") and part == got(clinic, staff, f"{loop_path(url)}/frames/{number}").body


def test_motion_and_m_mode(room):
    clinic, staff, _, _, url, _ = room
    field = until(lambda: (lambda a: a if a.status == 200 else None)(got(clinic, staff, loop_path(url) + "/motion")), 60, "the motion")
    numbers = memoryview(field.body).cast("h")
    form, columns, rows, spacing, frames = numbers[:5]
    assert form == 1 and frames == 40 and len(numbers) == 8 + frames * columns * rows * 3 and spacing >= 12
    picture = got(clinic, staff, loop_path(url) + "/mmode?x1=50&y1=190&x2=330&y2=190")
    assert picture.status == 200 and picture.body.startswith(b"\x89PNG")
    assert int.from_bytes(picture.body[16:20], "big") == 40 and int.from_bytes(picture.body[20:24], "big") == 281
    assert got(clinic, staff, loop_path(url) + "/mmode?x1=50&y1=190&x2=50&y2=190").status == 422


def test_what_is_drawn_has_the_loops_scale(room):
    clinic, staff, _, _, url, _ = room
    staff.open(url)
    staff.send("Keep", {"What was drawn": "distance", "Of what": "thickness", "Frame": "3", "Points": "10,10 110,10"})
    page = staff.open(url)
    assert re.search(r"Thickness\s+10\.0 mm\s+3\s+Not accepted", page.text), page.text
    staff.send("Accept$")
    assert re.search(r"10\.0 mm\s+3\s+Accepted", staff.open(url).text)
    assert posted(clinic, staff, loop_path(url) + "/annotations", "kind=distance&meaning=other&frame=0&points=1,1 9999,1").status == 422


def test_the_patients_slider_reaches_the_screen_and_the_curve(room):
    clinic, staff, patient, visit, url, _ = room
    booking = re.search(r"visits/([^/]+)/", visit)[1]
    page = patient.open(f"/portal/visits/{booking}/pain")
    assert page.status == 200 and "How much does it hurt now?" in page.text
    patient.send("Add this place", {"Another place": "Front of the thigh", "Which side": "left"})
    assert "Front of the thigh, left" in patient.open(f"/portal/visits/{booking}/pain").text
    assert posted(clinic, patient, f"/portal/visits/{booking}/pain", "value=7").status == 200
    assert posted(clinic, patient, f"/portal/visits/{booking}/pain", "value=12").status == 422
    import http.client
    connection = http.client.HTTPConnection("127.0.0.1", clinic.port, timeout=10)
    connection.request("GET", f"/desk/visits/{booking}/pain/changes", headers=cookie(clinic, staff))
    stream = connection.getresponse()
    text = ""
    while "event: pain" not in text:
        text += stream.readline().decode()
    assert stream.readline().decode() == "data: 7\n"
    connection.close()

    assert "Front of the thigh" in staff.open(visit).text and "named by the patient" in staff.page.text
    staff.send("Looked at")
    assert "Looked at" in staff.open(visit).text
    for frame, value in ((12, 5), (20, 8)):
        assert posted(clinic, staff, loop_path(url) + "/pain", f"frame={frame}&value={value}&source=tap").status == 200
    assert "It hurts most in frame 20 (8 of 10)" in staff.open(url).text


def test_nobody_elses_slider(room):
    clinic, _, _, visit, _, _ = room
    booking = re.search(r"visits/([^/]+)/", visit)[1]
    stranger = Visitor(clinic.url)
    assert "sign-in" in stranger.open(f"/portal/visits/{booking}/pain").url
    assert clinic.request("POST", f"/portal/visits/{booking}/pain", b"value=3", {
        "Origin": clinic.url, "Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}).status in (302, 303, 401, 403)


def test_findings_signed_superseded_released_and_read(room):
    clinic, staff, patient, visit, url, _ = room
    staff.open(url)
    if "Accept this measure" in staff.page.text:
        staff.send("Accept this measure")
    edit = visit.replace("/loops", "/findings")
    staff.open(edit)
    assert "Opening on contraction" in staff.page.text and "It hurt most in frame 20" in staff.page.text
    assert staff.send("^Sign$").status == 422, "nothing is signed without words"
    loop = loop_path(url).rsplit("/", 1)[1]
    words = {"Findings, for colleagues": "A gap opens.", "What it means": "There is a tear.", "Peetrons": "3",
             "The patient may see this clip": "yes", "From frame": "5", "To frame": "24", "Caption": "The gap opens"}
    staff.open(edit)
    staff.send("^Sign$", words)
    first = staff.page.url
    assert "Version 1" in staff.page.text and "3: complete" in staff.page.text and "There is a tear." in staff.page.text
    assert "/desk/findings/" in first
    number = first.rsplit("/", 1)[1].split("?")[0]
    assert patient.open(f"/portal/findings/{number}").status == 404, "not before it is released"
    staff.open(edit)
    staff.send("^Sign$", words | {"What it means": "There is a tear in the muscle."})
    second = staff.page.url
    assert "Version 2" in staff.page.text and second != first
    assert "A newer version was signed" in staff.open(first).text and "Release to the patient" not in staff.page.text
    staff.open(second)
    staff.send("Release to the patient")
    assert "Released to the patient" in staff.open(second).text

    patient.open("/portal")
    page = patient.open(patient.page.link("Your ultrasound"))
    assert "There is a tear in the muscle." in page.text and "How far the gap opens" in page.text
    assert "A gap opens." not in page.text, "the colleagues' words are not the patient's"
    shown = page.url.rsplit("/", 1)[1]
    clip = got(clinic, patient, f"/portal/findings/{shown}/clips/0").json()
    assert len(clip["times"]) == 20 and clip["times"][0] == 0
    frames = got(clinic, patient, clip["frames"])
    assert len(frames.body) == clip["ends"][-1]
    assert frames.body[:clip["ends"][0]] == got(clinic, staff, f"/desk/loops/{loop}/frames/5").body
    assert got(clinic, patient, f"/portal/findings/{shown}/clips/1").status == 404
    assert got(clinic, patient, f"/desk/loops/{loop}/frames").status in (302, 303, 401, 403)


def test_nothing_leaves_unseen(room):
    clinic, staff, _, _, url, _ = room
    share = loop_path(url) + "/share"
    assert "Refused for now" in staff.open(share).text
    assert got(clinic, staff, loop_path(url) + "/export").status == 409
    assert staff.send("Keep this part").status == 422, "somebody must say that they looked"
    staff.open(share)
    staff.send("Keep this part", {"From the left": "10", "From the top": "20", "Wide": "200", "High": "100", "I have looked": "yes"})
    assert "Free of text: 200 × 100" in staff.open(share).text
    answer = got(clinic, staff, loop_path(url) + "/export")
    archive = tarfile.open(fileobj=io.BytesIO(answer.body))
    words = json.load(archive.extractfile("loop.json"))
    assert (words["width"], words["height"], len(words["frames"])) == (200, 100, 40) and words["millimetresPerPixel"] == {"x": 0.1, "y": 0.1}
    assert {m.mtime for m in archive.getmembers()} == {0}
    everything = answer.body
    for secret in (NAME, MAIL, "contraction", loop_path(url).rsplit("/", 1)[1], "2026"):
        assert secret.encode() not in everything, secret
    first = archive.extractfile("frame-0000.png").read()
    assert int.from_bytes(first[16:20], "big") == 200

    staff.open(share)
    case = {"Title": "A gap that opens", "Address": "a-gap-that-opens", "What is seen": "The muscle parts.", "To frame": "20",
            "Who agreed": NAME, "On which day": "2026-03-02", "The consent is signed": "yes"}
    assert staff.send("Put it on the site", case | {"The consent is signed": ""}).status in (200, 422)
    staff.open(share)
    staff.send("Put it on the site", case)
    public = Visitor(clinic.url).open("/cases/a-gap-that-opens")
    assert public.status == 200 and NAME not in public.html
    clip = re.search(r'data-clip="([^"]+)"', public.html)[1]
    data = clinic.get(clip).json()
    assert data["width"] * data["height"] <= 65536 and len(data["times"]) <= 40
    assert clinic.get(data["frames"]).status == 200
    staff.open(share)
    assert f"Agreed by {NAME} on 2026-03-02" in staff.page.text
    staff.send("Take it down")
    assert clinic.get(clip).status == 404 and "data-clip" not in Visitor(clinic.url).open("/cases/a-gap-that-opens").html


def test_the_demo_carries_the_founding_case(room):
    clinic, staff, *_ = room
    until(lambda: clinic.get("/cases/clips/founding-case").status == 200, 240, "the clip of the founding case")
    page = Visitor(clinic.url).open("/cases/minor-quadriceps-strain")
    assert "not the athlete" in page.text and "clips/founding-case" in page.html
    found = clinic.run("doctor", "--data", str(clinic.data))
    assert "missing or was changed" not in found.stdout, found.stdout
    assert clinic.run("audit", "verify", "--data", str(clinic.data)).returncode == 0
