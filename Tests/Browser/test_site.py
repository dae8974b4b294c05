# SPDX-License-Identifier: Apache-2.0
"""Every public page as a person gets it: reachable, light, accessible, at home on a phone, and talking to nobody else."""
from __future__ import annotations

import urllib.parse

import pytest

from chromium import HEAVIEST, PHONE, examine, weight

ENTRIES = ["/", "/services", "/articles", "/clinicians", "/contact", "/order/3d-gait", "/book/consultation", "/sign-in",
           "/staff/sign-in"]


@pytest.fixture(scope="module")
def everywhere(demo_clinic, browser) -> list[str]:
    """Every page that links lead to from the public entries, once per kind of address."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    found, waiting = {}, [*ENTRIES]
    while waiting:
        path = waiting.pop(0)
        kind = path.partition("?")[0]
        if kind in found or len(found) > 60:
            continue
        answer = page.goto(demo_clinic.url + path)
        found[kind] = answer.status
        if "html" not in (answer.headers.get("content-type") or ""):
            continue
        for href in [a.get_attribute("href") for a in page.query_selector_all("a[href]")]:
            parts = urllib.parse.urlsplit(urllib.parse.urljoin(demo_clinic.url + path, href))
            if parts.netloc == urllib.parse.urlsplit(demo_clinic.url).netloc and parts.path not in found:
                waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))
    context.close()
    broken = {path: status for path, status in found.items() if status >= 400}
    assert not broken, f"links lead to {broken}"
    return [path for path in found if not path.startswith(("/assets/", "/api/"))]


def test_all_links_lead_somewhere(everywhere):
    for path in ENTRIES:
        assert path in everywhere
    for stem in ("/services/3d-gait", "/articles/", "/cases/"):
        assert any(path.startswith(stem) and path != stem for path in everywhere) or stem in everywhere, stem


def test_every_page_is_accessible_and_fits(everywhere, demo_clinic, visit):
    page, witness = visit(demo_clinic.url)
    faults = []
    for path in everywhere:
        page.goto(demo_clinic.url + path)
        assert page.locator("h1").count() == 1, f"{path} has {page.locator('h1').count()} h1"
        assert page.locator("main").count() == 1 and page.title(), path
        faults += examine(page, path.strip("/") or "home")
    assert not faults, "\n".join(faults)
    witness.clean()


def test_every_page_is_light(everywhere, demo_clinic, browser):
    heavy = {}
    for path in everywhere:
        sizes = weight(browser, demo_clinic.url + path)
        if sum(sizes.values()) > HEAVIEST:
            heavy[path] = (sum(sizes.values()), dict(sorted(sizes.items(), key=lambda item: -item[1])[:5]))
    assert not heavy, heavy


def test_the_skip_link_and_focus_are_visible(demo_clinic, visit):
    page, _ = visit(demo_clinic.url, viewport=PHONE)
    page.goto(demo_clinic.url + "/")
    page.keyboard.press("Tab")
    focused = page.evaluate("() => ({text: document.activeElement.textContent, box: document.activeElement.getBoundingClientRect()})")
    assert "skip" in focused["text"].lower() and focused["box"]["width"] > 1 and focused["box"]["x"] >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.closest('main') !== null")


def test_an_unknown_address_is_a_page(demo_clinic, visit):
    page, _ = visit(demo_clinic.url)
    answer = page.goto(demo_clinic.url + "/no-such-page")
    assert answer.status == 404 and page.locator("h1").count() == 1
    assert not examine(page, "not found")


def test_a_form_with_faults_says_which_and_keeps_what_was_typed(demo_clinic, visit):
    page, _ = visit(demo_clinic.url)
    page.goto(demo_clinic.url + "/order/3d-gait")
    page.get_by_label("Your name").fill("Ada Practice")
    page.eval_on_selector_all("form", "forms => forms.forEach(f => f.noValidate = true)")
    page.get_by_role("button", name="Pay").click()
    page.get_by_role("alert").wait_for()
    assert page.get_by_label("Your name").input_value() == "Ada Practice"
    assert page.locator("[aria-invalid=true]").count() >= 2
    assert not examine(page, "order with faults")
