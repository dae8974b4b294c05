# SPDX-License-Identifier: Apache-2.0
"""An ultrasound loop at a visit: sent, read, given a scale, marked, measured, accepted; and what must not happen."""
from __future__ import annotations

import re

import pytest

from journeys import sign_in_staff, until
from loops import MILLIMETRES, a_visit, loops_of, simulated_loop
from recordings import Desk

NAME = "Ida Practice"


@pytest.fixture(scope="module")
def room(shared_houses, tmp_path_factory):
    clinic = shared_houses.clinic()
    staff = sign_in_staff(clinic, "clinician@demo.example")
    day = a_visit(clinic, NAME)
    loop = simulated_loop(clinic, tmp_path_factory.mktemp("loop"))
    return clinic, staff, loops_of(staff, day, NAME), loop


def ready(staff, page: str, name: str) -> str:
    """The loop's page once it has been read."""
    def look():
        staff.open(page)
        return next((url for words, url in staff.page.links if words == name and "/desk/loops/" in url), None)
    return until(look, 60, "the loop is read")


def number(text: str, label: str) -> float:
    found = re.search(label + r"\s+(-?[\d.]+) (?:mm|px)", text)
    assert found, text
    return float(found[1])


def measured(staff, url: str, count: int = 1):
    def look():
        page = staff.open(url)
        return page if "Opening" in page.text and "being followed" not in page.text else None
    return until(look, 60, "the marks are followed")


def test_from_the_film_to_the_accepted_measure(room):
    clinic, staff, visit, loop = room
    desk = Desk(clinic, staff, visit)
    desk.send(loop.film.name, loop.film.read_bytes())
    url = ready(staff, visit, loop.film.name)
    page = staff.open(url)
    assert "Uncalibrated" in page.text and "40 frames of 384 × 384 pixels" in page.text
    (ax, ay), (bx, by) = loop.marks
    marks = {"A, x": f"{ax:.1f}", "A, y": f"{ay:.1f}", "B, x": f"{bx:.1f}", "B, y": f"{by:.1f}"}

    staff.send("Follow the marks", marks)
    page = measured(staff, url)
    assert abs(number(page.text, "Opening") - loop.opening / MILLIMETRES) < 6, page.text
    assert not re.search(r"[\d.]+ mm\b", re.sub(r"Millimetres in one pixel|Length in millimetres", "", page.text)), \
        "no millimetre without a scale"

    staff.send("Set the scale$", {"Millimetres in one pixel": str(MILLIMETRES)})
    staff.send("Follow the marks", marks)
    page = until(lambda: next((p for p in [staff.open(url)] if re.search(r"Opening\s+[\d.]+ mm", p.text)), None), 60, "mm")
    assert abs(number(page.text, "Opening") - loop.opening) < 0.3, (page.text, loop.opening)
    staff.send("Accept this measure")
    assert "Accepted" in staff.open(url).text and "Accept this measure" not in staff.page.text
    assert re.search(r"Opening [\d.]+ mm, accepted", staff.open(visit).text)

    frame = clinic.request("GET", re.sub(r".*(/desk/loops/[^/?#]+).*", r"\1/frames/7", url), headers=cookie(clinic, staff))
    assert frame.status == 200 and frame.body.startswith(b"\x89PNG")
    found = clinic.run("audit", "verify", "--data", str(clinic.data))
    assert found.returncode == 0, found.stdout + found.stderr


def cookie(clinic, staff) -> dict[str, str]:
    jar = staff.cookies[f"127.0.0.1:{clinic.port}"]
    return {"Cookie": "; ".join(f"{k}={v}" for k, v in jar.items())}


def test_a_scale_by_the_ruler(room):
    clinic, staff, visit, loop = room
    desk = Desk(clinic, staff, visit)
    desk.send("ruler.mp4", loop.film.read_bytes())
    url = ready(staff, visit, "ruler.mp4")
    staff.open(url)
    staff.send("Set the scale from the ruler", {"x 1": "10", "y 1": "20", "x 2": "10", "y 2": "120", "Length in": "10"})
    assert "One pixel is 0.1 mm" in staff.open(url).text
    for wrong in ({"Millimetres in one pixel": "5"}, {"Millimetres in one pixel": "0"}, {"Millimetres in one pixel": "wide"}):
        staff.open(url)
        assert staff.send("Set the scale$", wrong).status == 422
        assert "not plausible" in staff.page.text and "One pixel is 0.1 mm" in staff.page.text


@pytest.mark.parametrize("marks", [
    {"A, x": "1", "A, y": "1", "B, x": "5000", "B, y": "5"}, {"A, x": "10", "A, y": "10", "B, x": "10", "B, y": "10"},
    {"A, x": "", "A, y": "1", "B, x": "50", "B, y": "5"}, {"Frame at rest": "4000", "A, x": "10", "A, y": "10", "B, x": "90", "B, y": "10"}])
def test_marks_that_can_not_be_are_refused_where_they_are_typed(room, marks):
    clinic, staff, visit, loop = room
    desk = Desk(clinic, staff, visit)
    desk.send("marks.mp4", loop.film.read_bytes())
    staff.open(ready(staff, visit, "marks.mp4"))
    assert staff.send("Follow the marks", marks).status == 422


@pytest.mark.parametrize("name, make", [
    ("cut.mp4", lambda b: b[:len(b) // 2]), ("noise.avi", lambda b: bytes(range(256)) * 400), ("list.mp4", lambda b: b"#EXTM3U\nfile:///etc/passwd\n"),
    ("flipped.mov", lambda b: b[:4000] + bytes(x ^ 0x55 for x in b[4000:40000]) + b[40000:])])
def test_a_file_that_is_no_loop_is_told_and_harms_nothing(room, name, make):
    clinic, staff, visit, loop = room
    Desk(clinic, staff, visit).send(name, make(loop.film.read_bytes()))
    def look():
        page = staff.open(visit)
        item = page.html.split(f"<strong>{name}</strong>")
        return page if len(item) > 1 and "Can&#39;t be read" in item[1][:300] or "Can't be read" in item[-1][:300] else None
    until(look, 60, "the desk is told")
    assert clinic.get("/healthz").status == 200


def test_what_is_not_a_loop_is_refused_before_it_is_sent(room):
    clinic, staff, visit, _ = room
    desk = Desk(clinic, staff, visit)
    for name, size in [("walk.exe", 10), ("", 10), ("a.mp4", 0), ("a.mp4", 300 * 1024 * 1024)]:
        answer = desk.call("POST", desk.path, b'{"fileName": "%s", "size": %d}' % (name.encode(), size))
        assert answer.status in (413, 422), answer


def test_the_desk_and_others_see_no_loop(room):
    clinic, staff, visit, _ = room
    other = sign_in_staff(clinic, "desk@demo.example")
    assert other.open(visit).status == 403
    assert "Loops" not in other.open("/desk").text
