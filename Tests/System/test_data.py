# SPDX-License-Identifier: Apache-2.0
"""The clinic's data in and out, and who may sign in: through the owner's pages, on both engines."""
from __future__ import annotations

import csv
import datetime as dt
import io
import re
import tarfile
import zoneinfo

import pytest

from journeys import sign_in_staff, slots
from rounds import ENGINES
from visitor import Visitor

NEW_YORK = zoneinfo.ZoneInfo("America/New_York")
PEOPLE = ('Name;E-Mail;Phone;Shoe size\r\n"Example, Ana";ana@example.org;+1 555 0100;38\r\n\r\n'
          'Ben Example;ben@example.org;;44\r\nNobody;nowhere;;\r\n;cy@example.org;;\r\nAna Other;ana@example.org;;\r\n')


def load(owner: Visitor, text: str, button: str, *, kind: str = "patients", **ticks: str):
    owner.open("/desk/clinic/import")
    return owner.send(button, {"^Patients" if kind == "patients" else "^Appointments": kind, "table as text": text, **ticks})


@pytest.mark.parametrize("engine", ENGINES)
def test_patients_are_tried_and_then_imported_once(houses, engine):
    clinic = houses.clinic(engine)
    owner = sign_in_staff(clinic, "owner@demo.example")
    before = int(clinic.rows("SELECT count(*) AS n FROM patient")[0]["n"])

    def added() -> int:
        return int(clinic.rows("SELECT count(*) AS n FROM patient")[0]["n"]) - before
    page = load(owner, PEOPLE, "^Try it")
    assert "nothing was changed" in page.text and "5 lines: 2 would be added, 0 known already, 3 wrong" in page.text, page
    for line, why in [(5, "no email address"), (6, "name is missing"), (7, "belongs to Example, Ana already")]:
        assert re.search(rf"Line {line} [^L]*{why}", page.text), (line, why, page.text)
    assert added() == 0
    page = load(owner, PEOPLE, "^Import$")
    assert page.status == 422 and "Nothing was imported" in page.text and added() == 0, page
    assert "Shoe size" in next(c.value for f in page.forms for c in f.controls if c.name == "text"), "what was typed stays"
    page = load(owner, PEOPLE, "^Import$", **{"Leave wrong": "yes"})
    assert page.status == 200 and "2 added" in page.text and added() == 2, page
    page = load(owner, PEOPLE, "^Import$", **{"Leave wrong": "yes"})
    assert "0 added, 2 known already" in page.text and added() == 2, page
    for text, why in [("", "nothing in it"), ("name;mail\n\"Ana;a@b.example\n", "never closed"),
                      ("first name,last name\nA,B\n", "Not found: name, email")]:
        page = load(owner, text or " ", "^Try it")
        assert why in page.text, (why, page)
    clinic.healthy()


@pytest.mark.parametrize("engine", ENGINES)
def test_appointments_past_and_to_come(houses, engine):
    mail = houses.mail()
    clinic = houses.clinic(engine, mail=mail)
    owner = sign_in_staff(clinic, "owner@demo.example")
    free = slots(clinic, "consultation", start=3, count=10)
    first, clash = free[0], free[-1]
    date, time = first["start"][:10], first["start"][11:16]
    with_whom = first["clinician"]["name"]
    text = ("date,time,service,email,name,practitioner,duration\n"
            f"{date},{time},Consultation,ana@example.org,Ana Example,{with_whom},30\n"
            f"{date},{time},consultation,ben@example.org,Ben Example,{with_whom},30\n"  # the same clinician, twice
            f"2019-03-04,9:30 AM,Acupuncture,ana@example.org,,,45\n"
            f"{clash['start'][:10]},03:00,Consultation,cy@example.org,Cy Example,,\n"
            f"{date},25:00,Consultation,ana@example.org,,,\n{date},09:00,Surgery,ana@example.org,,,\n"
            f"{date},10:00,Consultation,unknown@example.org,,,\n{date},10:00,Consultation,ana@example.org,,Dr. Nobody,\n"
            f"{date},10:02,Consultation,ana@example.org,,,\n")
    page = load(owner, text, "^Try it", kind="appointments")
    assert "2 would be added" in page.text and "7 wrong" in page.text, page.text
    for why in ["taken at this time", "closed at this time", "is no time", "no service", "Nobody here has the address",
                "no clinician", "can't be booked"]:
        assert why in page.text, (why, page.text)
    assert not clinic.rows("SELECT id FROM booking")
    page = load(owner, text, "^Import$", kind="appointments", **{"Leave wrong": "yes"})
    assert "2 added" in page.text, page
    rows = clinic.rows("SELECT starts_at, attendance FROM booking ORDER BY starts_at")
    walls = [dt.datetime.fromtimestamp(int(r["starts_at"]) / 1e6, NEW_YORK).strftime("%Y-%m-%d %H:%M") for r in rows]
    assert walls == ["2019-03-04 09:30", f"{date} {time}"] and rows[0]["attendance"] == "fulfilled", rows
    assert first not in slots(clinic, "consultation", start=3, count=10)
    # On purpose: over others and at night, marked.
    page = load(owner, text, "^Import$", kind="appointments", **{"Leave wrong": "yes", "Put appointments": "yes"})
    assert "2 added, 2 known" in page.text, page
    assert int(clinic.rows("SELECT count(*) AS n FROM claim WHERE is_overlap")[0]["n"]) >= 2
    assert "nobody has paid None" in owner.open("/desk/cash").text, "what was before Fascia was paid before it"
    written = [message for message in mail.messages if message["X-Envelope-To"].endswith("@example.org")]
    assert not written, "nobody is written to about what they know"
    clinic.healthy()


@pytest.mark.parametrize("engine", ENGINES)
def test_the_export_holds_everything_but_keys(houses, engine):
    clinic = houses.clinic(engine)
    owner = sign_in_staff(clinic, "owner@demo.example")
    load(owner, PEOPLE, "^Import$", **{"Leave wrong": "yes"})
    owner.open("/desk/clinic/export")
    jar = owner.cookies[f"127.0.0.1:{clinic.port}"]
    answer = clinic.request("POST", "/desk/clinic/export", headers={
        "Cookie": "; ".join(f"{k}={v}" for k, v in jar.items()), "Origin": clinic.url, "Sec-Fetch-Site": "same-origin"})
    assert answer.status == 200 and answer.headers["content-disposition"].endswith('.tar"'), answer
    archive = tarfile.open(fileobj=io.BytesIO(answer.body))
    tables = {m.name.removeprefix("fascia-export/tables/").removesuffix(".csv"):
              list(csv.DictReader(io.StringIO(archive.extractfile(m).read().decode())))
              for m in archive.getmembers() if "/tables/" in m.name}
    assert {"ana@example.org", "ben@example.org"} <= {row["email"] for row in tables["patient"]}
    ana = next(row for row in tables["patient"] if row["email"] == "ana@example.org")
    assert ana["name"] == "Example, Ana" and re.match(r"20\d\d-\d\d-\d\dT", ana["added_at"]), ana
    assert {"patient", "booking", "resource", "service", "purchase_order", "ledger_entry", "audit_entry"} <= set(tables)
    assert not {"session", "api_token", "sign_in_link"} & set(tables)
    assert "password_hash" not in tables["staff_member"][0] and "totp_secret" not in tables["staff_member"][0]
    assert any(row["action"] == "export" for row in tables["audit_entry"]), "that it was taken is in it"
    # What was exported can be imported elsewhere, the phone number with its plus too.
    elsewhere = houses.clinic(engine)
    other = sign_in_staff(elsewhere, "owner@demo.example")
    text = archive.extractfile("fascia-export/tables/patient.csv").read().decode()
    assert "0 wrong" in load(other, text, "^Import$").text
    assert elsewhere.rows("SELECT phone FROM patient WHERE email = 'ana@example.org'")[0]["phone"] == "+1 555 0100"
    clinic.healthy()


@pytest.mark.parametrize("engine", ENGINES)
def test_the_owner_invites_changes_and_closes(houses, engine):
    clinic = houses.clinic(engine)
    owner = sign_in_staff(clinic, "owner@demo.example")
    owner.open("/desk/clinic/staff")
    page = owner.send("Make the account", {"^Name$": "Nora New", "Email": "desk@demo.example"})
    assert page.status == 422 and "signs in with this address" in page.text, page
    page = owner.send("Make the account", {"^Name$": "Nora New", "Email": "nora@example.org", "^Role$": "clinician"})
    link = re.search(r"/staff/setup/[\w-]+", page.html)[0]
    nora = Visitor(clinic.url)
    assert "Welcome, Nora New" in nora.open(link).text
    assert nora.send("Set the password", {"New password": "short"}).status == 422
    nora.send("Set the password", {"New password": "four plain words here"})
    assert Visitor(clinic.url).open(link).status == 410, "it works once"
    nora.send("Sign in", {"Email": "nora@example.org", "Password": "four plain words here"})
    assert nora.page.url.endswith("/desk"), nora.page
    assert nora.open("/desk/clinic/staff").status == 403
    owner.open("/desk/clinic/staff")
    owner.send("Close the account of Nora New", {})
    assert nora.open("/desk").url.endswith("/staff/sign-in"), nora.page
    # The last owner stays.
    me = clinic.rows("SELECT id FROM staff_member WHERE role = 'owner'")[0]["id"]
    answer = owner.open("/desk/clinic/staff")
    assert "Close the account of" in answer.text
    form = [f for f in answer.forms if f.attributes.get("action", "").endswith(me)]
    assert len(form) == 2
    page = owner._go("POST", f"{clinic.url}/desk/clinic/staff/{me}", "name=Somebody&role=desk")
    assert page.status == 409 and "must own the clinic" in page.text, page
    clinic.healthy()
