# SPDX-License-Identifier: Apache-2.0
"""A visitor without JavaScript: opens pages, reads them, fills forms by their labels, keeps cookies, follows redirects.

Sends what a browser sends with a form (Origin, Sec-Fetch-Site, Referer) and nothing else, and goes wherever a redirect leads,
also to the stand-in of Stripe.
"""
from __future__ import annotations

import http.client
import re
import urllib.parse
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie

VOID = {"input", "br", "img", "meta", "link", "hr", "source", "area", "base", "col", "embed", "track", "wbr"}


@dataclass
class Control:
    tag: str
    attributes: dict[str, str | None]
    label: str = ""
    value: str = ""
    options: list[tuple[str, str]] = field(default_factory=list)
    checked: bool = False

    @property
    def name(self) -> str | None:
        return self.attributes.get("name")

    @property
    def type(self) -> str:
        return (self.attributes.get("type") or ("submit" if self.tag == "button" else "text")).lower()


@dataclass
class Form:
    attributes: dict[str, str | None]
    controls: list[Control] = field(default_factory=list)

    def find(self, label: str) -> list[Control]:
        return [c for c in self.controls if c.type not in ("hidden", "submit")
                and re.search(label, c.label or c.attributes.get("aria-label") or "", re.I)]


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.title = ""
        self._form: Form | None = None
        self._texts: list[tuple[str, list[str]]] = []  # open elements whose text is wanted
        self._label_for: dict[str, str] = {}
        self._open_label: list[tuple[dict, list[str], list[Control]]] = []
        self._stack: list[str] = []
        self._control: Control | None = None
        self._option: list | None = None
        self._hidden = 0
        self._all: list[Control] = []
        self._anchor: tuple[str, list[str]] | None = None

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        if tag not in VOID:
            self._stack.append(tag)
        if tag in ("script", "style", "template"):
            self._hidden += 1
        if tag == "form":
            self._form = Form(a)
            self.forms.append(self._form)
        elif tag == "label":
            self._open_label.append((a, [], []))
        elif tag == "a" and a.get("href") is not None:
            self._anchor = (a["href"], [])
        elif tag in ("input", "select", "textarea", "button"):
            control = Control(tag, a, value=a.get("value") or "", checked="checked" in a)
            if control.type in ("checkbox", "radio") and "value" not in a:
                control.value = "on"
            self._all.append(control)
            owner = next((f for f in self.forms if a.get("form") and f.attributes.get("id") == a["form"]), self._form)
            if owner:
                owner.controls.append(control)
            if self._open_label:
                self._open_label[-1][2].append(control)
            if tag != "input":
                self._control = control
        elif tag == "option" and self._control:
            self._option = [a, []]

    def handle_endtag(self, tag):
        if tag in self._stack:
            while self._stack and self._stack.pop() != tag:
                pass
        if tag in ("script", "style", "template"):
            self._hidden = max(0, self._hidden - 1)
        if tag == "form":
            self._form = None
        elif tag == "label" and self._open_label:
            a, words, controls = self._open_label.pop()
            text = " ".join(" ".join(words).split())
            if a.get("for"):
                self._label_for[a["for"]] = text
            for control in controls:
                control.label = text
        elif tag == "a" and self._anchor:
            self.links.append((" ".join(" ".join(self._anchor[1]).split()), self._anchor[0]))
            self._anchor = None
        elif tag == "option" and self._option and self._control:
            a, words = self._option
            text = " ".join("".join(words).split())
            value = a["value"] if a.get("value") is not None else text
            self._control.options.append((text, value))
            if "selected" in a or len(self._control.options) == 1:
                self._control.value = value
            self._option = None
        elif tag in ("select", "textarea", "button"):
            self._control = None

    def handle_data(self, data):
        if self._hidden:
            return
        if self._stack and self._stack[-1] == "title" and "svg" not in self._stack:
            self.title += data
            return
        self.words.append(data)
        if self._option is not None:
            self._option[1].append(data)
        elif self._control is not None:
            if self._control.tag == "textarea":
                self._control.value += data
            elif self._control.tag == "button":
                self._control.label += data
        elif self._open_label:
            self._open_label[-1][1].append(data)
        if self._anchor:
            self._anchor[1].append(data)

    def finish(self) -> None:
        for control in self._all:
            ident = control.attributes.get("id")
            if ident in self._label_for:
                control.label = self._label_for[ident]
            control.label = " ".join(control.label.split())


@dataclass
class Page:
    url: str
    status: int
    headers: http.client.HTTPMessage
    body: bytes
    trail: list[str]

    def __post_init__(self) -> None:
        self.html = self.body.decode("utf-8", "replace")
        reader = Reader()
        if "html" in (self.headers.get("Content-Type") or ""):
            reader.feed(self.html)
            reader.finish()
        self.forms, self.links, self.title = reader.forms, reader.links, " ".join(reader.title.split())
        self.text = " ".join(" ".join(reader.words).split())

    def link(self, text: str) -> str:
        for words, href in self.links:
            if re.search(text, words, re.I):
                return urllib.parse.urljoin(self.url, href)
        raise AssertionError(f"{self.url} has no link /{text}/; it has {[words for words, _ in self.links]}")

    def form(self, button: str) -> tuple[Form, Control]:
        for form in self.forms:
            for control in form.controls:
                says = control.label or control.value or control.attributes.get("aria-label") or ""
                if control.type == "submit" and re.search(button, says, re.I):
                    return form, control
        raise AssertionError(f"{self.url} ({self.status}) has no button /{button}/: {self.text[:500]}")

    def __repr__(self) -> str:
        return f"<{self.status} {self.url} {self.title!r}: {self.text[:300]!r}>"


class Visitor:
    def __init__(self, base: str, *, address: str | None = None, language: str | None = None) -> None:
        self.base = base
        self.language = language
        self.address = address
        """Stands in `X-Forwarded-For`: visitors from many addresses, where the clinic trusts this machine as its proxy."""
        self.cookies: dict[str, dict[str, str]] = {}
        self.set_cookies: list[str] = []
        self.page: Page | None = None

    def open(self, where: str) -> Page:
        here = self.page.url if self.page else self.base + "/"
        return self._go("GET", urllib.parse.urljoin(here, where))

    def follow(self, text: str) -> Page:
        assert self.page
        return self.open(self.page.link(text))

    def submit(self, button: str, **fields: str) -> Page:
        """Fills the form that holds the button; keywords are label patterns with _ for any characters."""
        return self.send(button, {key.replace("_", ".*"): value for key, value in fields.items()})

    def send(self, button: str, fields: dict[str, str] | None = None) -> Page:
        assert self.page
        form, pressed = self.page.form(button)
        for label, value in (fields or {}).items():
            found = form.find(label)
            assert found, f"{self.page.url} has no field /{label}/; it has {[c.label for c in form.controls]}"
            for control in found:
                if control.type == "radio":
                    chosen = control is found[0] if value is True else control.value == value
                    for other in form.controls if chosen else []:  # of a group, one
                        if other.type == "radio" and other.name == control.name:
                            other.checked = False
                    control.checked = chosen
                elif control.type == "checkbox":
                    control.checked = bool(value)
                elif control.tag == "select":
                    control.value = next((v for text, v in control.options if re.search(value, text) or v == value), value)
                else:
                    control.value = value
                if control.type != "radio":
                    break
        pairs = []
        for control in form.controls:
            if not control.name or "disabled" in control.attributes or (control.type == "submit" and control is not pressed):
                continue
            if control.type in ("checkbox", "radio") and not control.checked:
                continue
            pairs.append((control.name, control.value))
        action = pressed.attributes.get("formaction") or form.attributes.get("action") or self.page.url
        url = urllib.parse.urljoin(self.page.url, action)
        body = urllib.parse.urlencode(pairs)
        if (form.attributes.get("method") or "get").lower() == "get":
            return self._go("GET", urllib.parse.urlsplit(url)._replace(query=body).geturl())
        return self._go("POST", url, body)

    def _go(self, method: str, url: str, body: str | None = None) -> Page:
        before = self.page.url if self.page else None
        trail: list[str] = []
        for _ in range(12):
            parts = urllib.parse.urlsplit(url)
            headers = {"Accept": "text/html,application/xhtml+xml", "User-Agent": "a visitor without JavaScript"}
            if self.language:
                headers["Accept-Language"] = self.language
            if self.cookies.get(parts.netloc):
                headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies[parts.netloc].items())
            if before:
                origin = urllib.parse.urlsplit(before)
                same = origin.netloc == parts.netloc
                headers["Sec-Fetch-Site"] = "same-origin" if same else "cross-site"
                if method == "POST":
                    headers["Origin"] = f"{origin.scheme}://{origin.netloc}"
            if self.address:
                headers["X-Forwarded-For"] = self.address
            if method == "POST":
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
            try:
                connection.request(method, urllib.parse.urlunsplit(("", "", parts.path or "/", parts.query, "")),
                                   body, headers)
                answer = connection.getresponse()
                data = answer.read()
            finally:
                connection.close()
            for line in answer.headers.get_all("Set-Cookie") or []:
                self.set_cookies.append(line)
                jar = self.cookies.setdefault(parts.netloc, {})
                for name, morsel in SimpleCookie(line).items():
                    jar[name] = morsel.value
                    if morsel["max-age"] == "0":
                        del jar[name]
            trail.append(f"{method} {url} → {answer.status}")
            if answer.status in (301, 302, 303, 307, 308) and answer.headers.get("Location"):
                url = urllib.parse.urljoin(url, answer.headers["Location"])
                if answer.status not in (307, 308):
                    method, body = "GET", None
                continue
            self.page = Page(url, answer.status, answer.headers, data, trail)
            return self.page
        raise AssertionError("redirects without end: " + " | ".join(trail))
