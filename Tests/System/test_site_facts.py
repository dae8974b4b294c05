# SPDX-License-Identifier: Apache-2.0
"""What programs read of the public pages: structured data, feed, site map, robots, link previews."""
from __future__ import annotations

import json
import re
import urllib.parse
import xml.etree.ElementTree as ElementTree

import pytest

from visitor import Visitor

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(scope="module")
def clinic(shared_houses):
    return shared_houses.clinic()


def graph(html: str) -> list[dict]:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)
    assert len(found) == 1
    data = json.loads(found[0])
    assert data["@context"] == "https://schema.org"
    return data["@graph"]


def pages(clinic) -> list[str]:
    answer = clinic.get("/sitemap.xml")
    assert answer.status == 200 and answer.headers["content-type"].startswith("application/xml")
    return [e.text for e in ElementTree.fromstring(answer.body).iter(f"{MAP}loc")]


def test_every_page_of_the_map_is_there_once_and_says_where_it_is(clinic):
    found = pages(clinic)
    assert len(found) == len(set(found)) >= 15
    assert sum("/services/" in p for p in found) == 5 and sum("/articles/" in p for p in found) >= 3
    for address in found:
        answer = clinic.get(urllib.parse.urlsplit(address).path)
        html = answer.body.decode()
        assert answer.status == 200 and len(answer.body) < 100_000, address
        if "/packages" in address:
            continue
        assert re.search(r'<link rel="canonical" href="([^"]+)"', html)[1] == address
        assert f'<meta property="og:url" content="{address}">' in html
        image = re.search(r'og:image" content="([^"]+)"', html)[1]
        assert clinic.get(urllib.parse.urlsplit(image).path).headers["content-type"] == "image/png"
        assert any(thing["@type"] == "MedicalClinic" for thing in graph(html))


def test_services_and_articles_are_told_in_schema_org_words(clinic):
    html = clinic.get("/services/dynamic-ultrasound").body.decode()
    service = next(t for t in graph(html) if t["@type"] == "Service")
    assert service["offers"]["price"] == "160.00" and service["offers"]["priceCurrency"] == "USD"
    assert "deposit of $40" in html, "the page says how it is paid"
    trail = next(t for t in graph(html) if t["@type"] == "BreadcrumbList")["itemListElement"]
    assert [step["position"] for step in trail] == ["1", "2", "3"] and trail[1]["item"].endswith("/services")
    article = next(t for t in graph(clinic.get("/articles/dynamic-ultrasound-beside-mri").body.decode())
                   if t["@type"] == "Article")
    assert article["datePublished"] == "2026-04-14" and article["author"]["name"] == "Dr. Marisol Paperwright"


def test_the_feed_holds_every_text_in_full_the_newest_first(clinic):
    answer = clinic.get("/articles/feed.atom")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(answer.body)
    entries = feed.findall(f"{ATOM}entry")
    dates = [e.findtext(f"{ATOM}updated") for e in entries]
    assert len(entries) >= 4 and dates == sorted(dates, reverse=True) and feed.findtext(f"{ATOM}updated") == dates[0]
    for entry in entries:
        path = urllib.parse.urlsplit(entry.find(f"{ATOM}link").get("href")).path
        assert entry.findtext(f"{ATOM}title") in Visitor(clinic.url).open(path).text
        assert "<h2>" in entry.findtext(f"{ATOM}content")


def test_robots_are_led_to_the_map_and_away_from_what_is_private(clinic):
    text = clinic.get("/robots.txt").body.decode()
    assert re.search(r"^Sitemap: http\S+/sitemap.xml$", text, re.M)
    for path in ("/desk", "/portal", "/bookings", "/orders"):
        assert f"Disallow: {path}\n" in text
    assert 'name="robots" content="noindex"' in clinic.get("/portal", headers={}).body.decode() or \
        clinic.get("/portal").status in (302, 303, 401)
