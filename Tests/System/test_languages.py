# SPDX-License-Identifier: Apache-2.0
"""The second language: chosen by the browser, changed by a link, kept, and spoken in the patient's mails."""
from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest

from journeys import person, sign_in_staff, slots
from mail_room import calendar_of, links_of, text_of
from rounds import ENGINES
from visitor import Visitor

CATALOGUE = json.loads((Path(__file__).parents[2] / "Content/locales/es.json").read_text())
ES = {"Accept-Language": "es-MX,es;q=0.9,en;q=0.5"}


def get(clinic, path: str, **headers: str):
    return clinic.request("GET", path, headers=headers)


def test_the_browser_chooses_and_a_link_changes_it(houses):
    clinic = houses.clinic()
    answer = get(clinic, "/services", **ES)
    html = answer.body.decode()
    assert answer.headers["content-language"] == "es" and '<html lang="es"' in html
    assert "Accept-Language" in answer.headers["vary"]
    assert "Servicios y precios" in html and "Ecografía dinámica" in html and "Reservar ahora" in html
    assert 'hreflang="en"' in html and 'hreflang="es"' in html
    assert '<html lang="en"' in get(clinic, "/services").body.decode()
    # What the reader chose outweighs the browser, and is kept.
    chosen = get(clinic, "/services?language=en", **ES)
    assert '<html lang="en"' in chosen.body.decode()
    cookie = chosen.headers["set-cookie"].split(";")[0]
    assert '<html lang="en"' in get(clinic, "/contact", Cookie=cookie, **ES).body.decode()
    assert '<html lang="en"' in get(clinic, "/contact?language=tlh").body.decode()
    # The desk works in English.
    staff = sign_in_staff(clinic, "desk@demo.example")
    assert "Today" in staff.open("/desk?language=es").text
    article = get(clinic, "/articles/acupuncture-for-back-pain", **ES).body.decode()
    assert "Acupuntura para el dolor de espalda" in article and "solo está disponible" not in article


def test_a_text_that_is_not_there_in_spanish_says_so(houses, tmp_path):
    content = tmp_path / "Content"
    shutil.copytree(Path(__file__).parents[2] / "Content", content)
    (content / "es/articles/acupuncture-for-back-pain.md").unlink()
    clinic = houses.clinic(environment={"FASCIA_CONTENT": str(content)})
    article = get(clinic, "/articles/acupuncture-for-back-pain", **ES).body.decode()
    assert "solo está disponible en inglés" in article and '<div class="prose" lang="en">' in article
    other = get(clinic, "/articles/what-3d-gait-analysis-tells", **ES).body.decode()
    assert "solo está disponible" not in other and '<div class="prose" lang="en">' not in other


def test_every_text_is_there_in_spanish_with_the_same_shape():
    """Nothing was left out: as many headings, list entries, table rows and sources as in English, and the same numbers."""
    root = Path(__file__).parents[2] / "Content"
    for english in [p for folder in ("articles", "cases", "clinicians", "pages", "services") for p in (root / folder).glob("*.md")]:
        spanish = root / "es" / english.relative_to(root)
        assert spanish.exists(), f"{english.relative_to(root)} is not there in Spanish"
        for mark in (r"^## ", r"^\d+\. ", r"^- ", r"^\|"):
            counts = [len(re.findall(mark, p.read_text().split("---", 2)[2], re.M)) for p in (english, spanish)]
            assert counts[0] == counts[1], (english.name, mark, counts)


def test_an_address_that_is_not_there_says_so_in_spanish(houses):
    clinic = houses.clinic()
    for path in ("/nowhere", "/services/nope", "/articles/nope", "/bookings/unknown-token", "/orders/unknown", "/packages/nope"):
        html = get(clinic, path, **ES).body.decode()
        assert "no existe" in html and "The address" not in html, path


def test_search_engines_find_each_language_at_an_address_of_its_own(houses):
    clinic = houses.clinic()
    for query, language in (("", "en"), ("?language=es", "es")):
        html = get(clinic, f"/services/3d-gait{query}").body.decode()
        canonical = re.search(r'<link rel="canonical" href="([^"]+)"', html)[1]
        assert canonical.endswith(f"/services/3d-gait{query}") and f'<html lang="{language}"' in html
        others = dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)"', html))
        assert set(others) == {"en", "es", "x-default"} and others["es"].endswith("?language=es")
    entries = ElementTree.fromstring(get(clinic, "/sitemap.xml").body)
    for entry in entries:
        links = [e.attrib["hreflang"] for e in entry if e.tag.endswith("}link")]
        assert sorted(links) == ["en", "es", "x-default"]


def test_no_english_is_left_on_the_public_pages(houses):
    """The catalogue's English texts are looked for in the Spanish pages, as whole pieces of text between tags."""
    clinic = houses.clinic()
    english = {re.sub(r"\s+", " ", k) for k, v in CATALOGUE.items() if k not in (v, "English") and "{" not in k and len(k) > 4}
    slot = slots(clinic, "consultation", start=3)[0]
    pages = ["/", "/services", "/services/3d-gait", "/clinicians", "/contact", "/packages", "/articles",
             f"/book/consultation?from={slot['start'][:10]}", "/book/telehealth", "/order/3d-gait", "/request/visit",
             "/request/telehealth", "/waitlist/acupuncture", "/sign-in", "/nowhere", "/widget", "/widget/consultation",
             "/bookings/unknown-token"]
    for path in pages:
        html = get(clinic, path, **ES).body.decode()
        assert '<html lang="es"' in html, path
        body = re.sub(r"<(script|style).*?</\1>", "", html, flags=re.S)
        said = {re.sub(r"\s+", " ", t).strip() for t in re.split(r"<[^>]*>", body)}
        said |= set(re.findall(r'aria-label="([^"]+)"', body))
        assert not said & english, (path, said & english)


@pytest.mark.parametrize("engine", ENGINES)
def test_booked_in_spanish_the_letters_are_spanish(houses, engine):
    mail = houses.mail()
    clinic = houses.clinic(engine, mail=mail)
    who, slot = person(), slots(clinic, "consultation", start=3)[0]
    visitor = Visitor(clinic.url, language="es")
    visitor.open(f"/book/consultation?from={slot['start'][:10]}&clinician={slot['clinician']['id']}")
    page = visitor.send("Confirmar la cita", {"": f"{slot['start']} {slot['clinician']['id']}", "Su nombre": "",
                                              "Correo": "nobody"})
    assert page.status == 422 and "Escriba su nombre" in page.text and "no es un correo" in page.text, page
    page = visitor.send("Confirmar la cita", {"Su nombre": who["name"], "Correo": who["email"]})
    assert "Su cita está reservada" in page.text and re.search(r" de 20\d\d, de \d+:\d\d a \d+:\d\d", page.text), page
    letter = mail.wait_for(who["email"], subject="^Su cita: ")
    text = text_of(letter)
    assert "su cita está confirmada" in text and re.search(r"(lunes|martes|miércoles|jueves|viernes|sábado), \d+ de", text)
    assert "Cita en" in calendar_of(letter).decode()
    manage = next(x for x in links_of(letter) if "/bookings/" in x)
    # Who wrote in Spanish is written to in Spanish, whoever changes the booking, also from an English browser.
    Visitor(clinic.url).open(manage)
    other = Visitor(clinic.url)
    other.open(manage)
    other.send("Cancel this booking", {})
    assert "está cancelada" in text_of(mail.wait_for(who["email"], subject="^Cancelada"))
    assert clinic.rows(f"SELECT language FROM patient WHERE email = '{who['email']}'") == [{"language": "es"}]
    clinic.healthy()


def test_the_owner_words_a_letter_in_each_language(houses):
    mail = houses.mail()
    clinic = houses.clinic(mail=mail)
    owner = sign_in_staff(clinic, "owner@demo.example")
    owner.open("/desk/letters/requestReceived?language=es")
    assert "Tenemos su solicitud" in owner.page.html
    page = owner.send("^Save", {"Subject": "Recibido", "Text": "Hola, {name}:\r\n\r\nya lo vemos.\r\n\r\n{link}"})
    assert "Saved" in page.text and "Recibido" in page.html, page
    assert "We have your request" in owner.open("/desk/letters/requestReceived").html, "English stays as it was"
    for language, subject in (("es", "^Recibido$"), ("en", "^We have your request$")):
        who = person()
        visitor = Visitor(clinic.url, language=language)
        visitor.open("/request/visit")
        button = "Enviar la solicitud" if language == "es" else "Send the request"
        names = ("duele", "le pasa", "Su nombre", "Correo") if language == "es" else (
            "Where does it hurt", "What is wrong", "Your name", "Email")
        visitor.send(button, dict(zip(names, ("Knee", "It hurts.", who["name"], who["email"]))))
        assert mail.wait_for(who["email"], subject=subject)
    clinic.healthy()
