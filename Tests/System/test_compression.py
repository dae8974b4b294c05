# SPDX-License-Identifier: Apache-2.0
"""Text goes out small to whoever takes gzip, and never where a secret could share the compressed page."""
import gzip
import re
import pytest

PAGES = ["/", "/services", "/book/acupuncture", "/assets/fascia.css", "/assets/local-time.js", "/api/v1/openapi.json"]


def fetch(clinic, path, **headers):
    return clinic.get(path, headers={"Accept-Encoding": "identity"} | headers)


def without_numbers(text):
    """Each form carries an attempt's own number."""
    return re.sub(rb'name="attempt" value="[^"]+"', b"", text)


@pytest.mark.parametrize("path", PAGES)
def test_the_same_text_in_fewer_bytes(demo_clinic, path):
    plain, small = fetch(demo_clinic, path), fetch(demo_clinic, path, **{"Accept-Encoding": "br, GZIP;q=0.5"})
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    for answer in (plain, small):
        assert "Accept-Encoding" in ", ".join(answer.headers.get_all("Vary"))
    sent, text = small.body, plain.body
    assert ", ".join(small.headers.get_all("Vary")).count("Accept-Encoding") == 1
    assert int(small.headers["Content-Length"]) == len(sent) < len(text) / 2
    assert without_numbers(gzip.decompress(sent)) == without_numbers(text)


@pytest.mark.parametrize("path, headers", [
    ("/", {"Accept-Encoding": "gzip;q=0"}), ("/", {"Accept-Encoding": "gzip; q=0.0, br"}), ("/", {}),
    ("/", {"Accept-Encoding": "gzip", "Cookie": "session=x"}),
    ("/", {"Accept-Encoding": "gzip", "Authorization": "Bearer x"}),
    ("/assets/fascia-serif.woff2", {"Accept-Encoding": "gzip"}),
    ("/assets/fascia.css", {"Accept-Encoding": "gzip", "Range": "bytes=0-1999"}),
])
def test_left_as_it_is(demo_clinic, path, headers):
    answer = fetch(demo_clinic, path, **headers)
    assert answer.status in (200, 206, 401) and "Content-Encoding" not in answer.headers


def test_an_asset_that_is_known_is_not_sent_again(demo_clinic):
    first = fetch(demo_clinic, "/assets/fascia.css", **{"Accept-Encoding": "gzip"})
    known = {"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]}
    again = fetch(demo_clinic, "/assets/fascia.css", **known)
    assert again.status == 304 and not again.body
