# SPDX-License-Identifier: Apache-2.0
"""The clinic in Spanish, on a phone: every public page, a visit booked and an analysis bought to the end without a script."""
from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from chromium import HEAVIEST, PHONE, examine, weight
from journeys import person

PAGES = ["/", "/services", "/services/3d-gait", "/clinicians", "/contact", "/packages", "/articles",
         "/articles/dynamic-ultrasound-beside-mri", "/cases/minor-quadriceps-strain", "/book/consultation", "/order/3d-gait",
         "/request/visit", "/waitlist/acupuncture", "/sign-in"]
ENGLISH = re.compile(r"\b(the|and|you|your|with|this|from|book|free)\b", re.I)


def test_every_page_is_spanish_accessible_and_fits_a_phone(demo_clinic, visit):
    page, witness = visit(demo_clinic.url, viewport=PHONE, locale="es-MX")
    faults: list[str] = []
    for path in PAGES:
        page.goto(demo_clinic.url + path)
        assert page.locator("html").get_attribute("lang") == "es", path
        if not path.startswith(("/articles/", "/cases/")):
            left = [line for line in page.locator("body").inner_text().splitlines()
                    if ENGLISH.search(line) and demo_clinic.url not in line]
            faults += [f"{path} still says: {line}" for line in left]
        faults += examine(page, "es " + (path.strip("/").replace("/", " ") or "home"))
    assert not faults, "\n".join(faults)
    witness.clean()


def test_the_other_clock_is_spoken_of_in_spanish(demo_clinic, visit):
    page, _ = visit(demo_clinic.url, viewport=PHONE, locale="es-ES", timezone_id="Europe/Madrid")
    page.goto(demo_clinic.url + "/book/consultation")
    expect(page.locator(".own-time").first).to_contain_text("su hora")


def test_the_spanish_pages_are_light(demo_clinic, browser):
    heavy = {path: sum(weight(browser, f"{demo_clinic.url}{path}?language=es").values()) for path in PAGES}
    assert max(heavy.values()) <= HEAVIEST, heavy


def fill(page: Page) -> dict[str, str]:
    who = person()
    page.get_by_label("Su nombre").fill(who["name"])
    page.get_by_label("Correo electrónico").fill(who["email"])
    return who


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without"])
def test_booked_and_bought_in_spanish(demo_clinic, visit, javascript):
    page, witness = visit(demo_clinic.url, viewport=PHONE, locale="es-MX", java_script_enabled=javascript)
    page.goto(demo_clinic.url + "/")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("link", name="Español").click()
    page.get_by_role("link", name="Comprar marcha en 3D").first.click()
    page.get_by_label("Por qué quiere saberlo").fill("La rodilla izquierda me falla al bajar.")
    fill(page)
    for box in page.get_by_role("checkbox").all():
        if box.get_attribute("required") is not None:
            box.check()
    page.get_by_role("button", name="Pagar").click()
    page.get_by_role("button", name="Pagar").click()
    expect(page.get_by_role("heading", name="Pago realizado")).to_be_visible(timeout=30_000)
    order = page.url
    page.goto(demo_clinic.url + "/book/consultation")
    page.get_by_role("link", name="Semana siguiente").click()
    page.locator("label.slot").first.click()
    fill(page)
    page.get_by_role("button", name="Confirmar la cita").click()
    expect(page.get_by_role("heading", name="Su cita está reservada")).to_be_visible()
    if javascript:
        assert not examine(page, "es booked")
        page.goto(order)
        assert not examine(page, "es payment success")
    witness.clean()
