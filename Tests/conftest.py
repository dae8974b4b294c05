# SPDX-License-Identifier: Apache-2.0
"""What the system and browser tests share: both engines, a stand-in of Stripe, a mail room, a clinic on them."""
from __future__ import annotations

import contextlib
import os
import random
import signal

import pytest

from clinic import BINARY, Clinic
from mail_room import MailRoom
from postgresql import PostgreSQL, binaries
from rounds import ENGINES, FULL, SEED
from stripe_stand_in import StripeStandIn


def pytest_report_header() -> str:
    return f"fascia: {BINARY}; trials: {'full' if FULL else 'few'}; seed: {SEED} (FASCIA_SEED)"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if BINARY.exists():
        return
    for item in items:
        if item.path.name not in ("test_stripe_stand_in.py", "test_localstripe.py"):
            item.add_marker(pytest.mark.skip(reason=f"{BINARY} is not built"))


LONGEST_MINUTES = 10
"""What one test may take; the slowest takes about one and a half. Full trials take as long as they take."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item):
    """A test that hangs fails by itself, with where it hung, instead of holding the whole run until that is stopped."""
    def too_long(*_: object) -> None:
        raise TimeoutError(f"{item.nodeid} took longer than {LONGEST_MINUTES} minutes")
    if FULL:
        return (yield)
    previous = signal.signal(signal.SIGALRM, too_long)
    signal.alarm(LONGEST_MINUTES * 60)
    try:
        return (yield)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, previous)


@pytest.fixture
def seeded(request: pytest.FixtureRequest) -> random.Random:
    """Random numbers of this test's own, the same in every run with the same seed."""
    return random.Random(f"{SEED} {request.node.name}")


@pytest.fixture(scope="session")
def postgresql_server():
    if not os.environ.get("FASCIA_TEST_POSTGRESQL") and binaries() is None:
        pytest.skip("PostgreSQL is not installed")
    server = PostgreSQL()
    yield server
    server.stop()


class Houses:
    """Makes clinics and takes them down; shows a clinic's log where a test failed."""

    def __init__(self, folder, request: pytest.FixtureRequest) -> None:
        self.folder, self.request = folder, request
        self.stack = contextlib.ExitStack()
        self.count = 0

    def stripe(self, **options) -> StripeStandIn:
        return self.stack.enter_context(StripeStandIn(**options))

    def mail(self, **options) -> MailRoom:
        return self.stack.enter_context(MailRoom(**options))

    def clinic(self, engine: str = "sqlite", *, stripe: StripeStandIn | None = None, mail: MailRoom | None = None,
               environment: dict[str, str] | None = None, demo: bool = True, start: bool = True) -> Clinic:
        self.count += 1
        database = None
        if engine == "postgresql":
            server = self.request.getfixturevalue("postgresql_server")
            database = server.create()
            self.stack.callback(server.drop, database)
        settings = dict(environment or {})
        if mail:
            settings |= mail.environment()
        clinic = Clinic(self.folder / f"clinic-{self.count}", database=database, demo=demo)
        if stripe:
            stripe.deliveries.url = stripe.deliveries.url or f"{clinic.url}/webhooks/stripe"
            settings |= {"FASCIA_STRIPE_SECRET_KEY": stripe.secret_key, "FASCIA_STRIPE_API_BASE": stripe.url,
                         "FASCIA_STRIPE_WEBHOOK_SECRETS": ",".join(stripe.webhook_secrets)}
        clinic.environment |= settings
        self.stack.callback(clinic.kill)
        return clinic.start() if start else clinic

    def close(self) -> None:
        self.stack.close()


@pytest.fixture
def houses(tmp_path, request):
    made = Houses(tmp_path, request)
    yield made
    made.close()


@pytest.fixture(scope="module")
def shared_houses(tmp_path_factory, request):
    made = Houses(tmp_path_factory.mktemp("houses"), request)
    yield made
    made.close()


@pytest.fixture(scope="module", params=ENGINES)
def each_clinic(request, shared_houses):
    """One running demo clinic per module and engine, for tests that only add to it."""
    return shared_houses.clinic(request.param)


@pytest.fixture(scope="module")
def demo_clinic(shared_houses):
    """One running demo clinic per module, on the embedded engine."""
    return shared_houses.clinic()
