# SPDX-License-Identifier: Apache-2.0
"""The owner writes the site in the browser; what is published is there at once, and after a restart."""
from __future__ import annotations

import pytest

from journeys import sign_in_staff
from rounds import ENGINES
from visitor import Visitor

ARTICLE = "---\ntitle: Running again\nsummary: Slowly.\ndate: 2026-11-01\nauthor: Rowan\n---\n## Begin\n\nWalk **first**.\n"


@pytest.mark.parametrize("engine", ENGINES)
def test_an_article_is_written_published_and_taken_down(houses, engine):
    clinic = houses.clinic(engine)
    owner = sign_in_staff(clinic, "owner@demo.example")
    owner.open("/desk/clinic/content/articles/new")
    page = owner.send("Publish", {"Address": "Running Again", "^Text": "no front matter"})
    assert page.status == 422 and "small letters, digits" in page.text and "must begin with ---" in page.text, page
    page = owner.send("Preview", {"Address": "running-again", "^Text": ARTICLE})
    assert "Running again" in page.text and "<strong>first</strong>" in page.html
    reader = Visitor(clinic.url)
    assert reader.open("/articles/running-again").status == 404, "a preview publishes nothing"
    assert "Published" in owner.send("Publish", {}).text
    page = reader.open("/articles/running-again")
    assert page.status == 200 and "Walk first" in page.text
    for path in ("/articles", "/sitemap.xml", "/articles/feed.atom"):
        assert "running-again" in reader.open(path).html, path
    clinic.kill()
    clinic.start()
    assert Visitor(clinic.url).open("/articles/running-again").status == 200, "and it is there after the power went"
    owner = sign_in_staff(clinic, "owner@demo.example")
    owner.open("/desk/clinic/content/articles/new")
    assert "address already" in owner.send("Publish", {"Address": "running-again", "^Text": ARTICLE}).text
    owner.open("/desk/clinic/content/articles/running-again")
    owner.send("Take it down", {})
    assert reader.open("/articles/running-again").status == 404
    clinic.healthy()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_page_that_came_with_the_program_is_worded_anew_and_put_back(houses, engine):
    clinic = houses.clinic(engine)
    owner = sign_in_staff(clinic, "owner@demo.example")
    owner.open("/desk/clinic/content/pages/contact")
    text = next(c.value for f in owner.page.forms for c in f.controls if c.name == "text")
    assert "Example Falls" in text
    owner.send("Publish", {"^Text": text.replace("(555) 555-0142", "(555) 555-0199")})
    assert "(555) 555-0199" in Visitor(clinic.url).open("/").text, "the clinic's card is everywhere"
    page = owner.send("Publish", {"^Text": "---\nsummary: no title\n---\n"})
    assert page.status == 422 and "neither title nor name" in page.text
    owner.open("/desk/clinic/content/pages/contact")
    owner.send("Put the old text back", {})
    assert "(555) 555-0142" in Visitor(clinic.url).open("/").text
    # In Spanish, where the clinic's own words count too, and raw HTML does not.
    owner.open("/desk/clinic/content/services/consultation?language=es")
    assert "Consulta" in owner.page.html
    owner.send("Publish", {"^Text": "---\ntitle: Consulta\n---\n<script>alert(1)</script>\n\nHola."})
    html = Visitor(clinic.url, language="es").open("/services/consultation").html
    assert "Hola." in html and "alert(1)" not in html
    assert "Hola." not in Visitor(clinic.url).open("/services/consultation").html
    clinic.healthy()
