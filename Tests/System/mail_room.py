# SPDX-License-Identifier: Apache-2.0
"""A mail server that keeps what it is sent; aiosmtpd in a thread."""
from __future__ import annotations

import email
import email.policy
import re
import threading
from collections.abc import Callable
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from postgresql import free_port


class MailRoom:
    def __init__(self, *, port: int | None = None, login: tuple[str, str] | None = None,
                 refused: set[str] | None = None, tls_context=None) -> None:
        self.port = port or free_port()
        self.login, self.refused = login, refused or set()
        self.answers: list[str] = []
        """Answers to give to the next messages instead of taking them, e.g. '451 try later'."""
        self.messages: list[EmailMessage] = []
        self.attempts = 0
        self._changed = threading.Condition()
        self._tls = tls_context
        self._controller: Controller | None = None

    def start(self) -> MailRoom:
        options: dict = {}
        if self.login:
            options |= {"authenticator": self._authenticate, "auth_required": True, "auth_require_tls": False}
        if self._tls:
            options |= {"tls_context": self._tls, "require_starttls": True}
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, **options)
        self._controller.start()
        return self

    def stop(self) -> None:
        if self._controller:
            self._controller.stop()
            self._controller = None

    def __enter__(self) -> MailRoom:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def environment(self) -> dict[str, str]:
        user = {"FASCIA_SMTP_USER": self.login[0], "FASCIA_SMTP_PASSWORD": self.login[1]} if self.login else {}
        return {"FASCIA_SMTP_HOST": "127.0.0.1", "FASCIA_SMTP_PORT": str(self.port), "FASCIA_SMTP_TLS": "none",
                "FASCIA_MAIL_SENDER": "clinic@example.org"} | user

    def _authenticate(self, server, session, envelope, mechanism, data) -> AuthResult:
        good = isinstance(data, LoginPassword) and self.login == (data.login.decode(), data.password.decode())
        return AuthResult(success=good)

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        if address in self.refused:
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:
        with self._changed:
            self.attempts += 1
            if self.answers:
                return self.answers.pop(0)
            message = email.message_from_bytes(envelope.content, policy=email.policy.default)
            message["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
            message["X-Envelope-From"] = envelope.mail_from or ""
            self.messages.append(message)
            self._changed.notify_all()
        return "250 kept"

    def sign_in_link(self, to: str, ask: Callable[[], object]) -> str:
        """The one-time link that comes after `ask()`; neither an earlier one nor another letter that happens to come now."""
        def is_one(link: str) -> bool:
            return "/sign-in/link/" in link
        with self._changed:
            earlier = sum(1 for m in self.messages if to.lower() in m["X-Envelope-To"].lower() and any(map(is_one, links_of(m))))
        ask()
        return next(filter(is_one, links_of(self.wait_for(to, body="/sign-in/link/", count=earlier + 1))))

    def wait_for(self, to: str, *, subject: str = "", body: str = "", count: int = 1, timeout: float = 30) -> EmailMessage:
        """The latest mail to that person whose subject and text match; fails with what there is instead."""
        def found() -> list[EmailMessage]:
            return [m for m in self.messages if to.lower() in m["X-Envelope-To"].lower()
                    and re.search(subject, str(m["Subject"]), re.I) and re.search(body, text_of(m), re.I | re.S)]
        with self._changed:
            if not self._changed.wait_for(lambda: len(found()) >= count, timeout):
                there = [(m["X-Envelope-To"], str(m["Subject"])) for m in self.messages]
                raise AssertionError(f"no mail to {to} about /{subject}/ with /{body}/ in {timeout} s; there is {there}")
            return found()[-1]


def text_of(message: EmailMessage) -> str:
    """All readable text of a mail: plain and HTML parts."""
    return "\n".join(part.get_content() for part in message.walk() if part.get_content_type() in ("text/plain", "text/html"))


def links_of(message: EmailMessage) -> list[str]:
    return [link.rstrip(".,;)") for link in re.findall(r"https?://[^\s\"'<>]+", text_of(message))]


def calendar_of(message: EmailMessage) -> bytes | None:
    for part in message.walk():
        if part.get_content_type() == "text/calendar":
            return part.get_payload(decode=True)
    return None
