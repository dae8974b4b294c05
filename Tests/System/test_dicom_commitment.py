# SPDX-License-Identifier: Apache-2.0
"""Machines that hear which of their objects are safe only where the clinic calls them (PS3.4 J.3.3)."""
from __future__ import annotations

import contextlib
import shutil
import ssl

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import generate_uid
from pynetdicom import AE, evt
from pynetdicom.sop_class import StorageCommitmentPushModel, Verification

from clinic import free_port
from journeys import sign_in_staff, until
from machine import TITLE, loop, send, speckle
from rounds import ENGINES
from test_dicom_films import certificates


@contextlib.contextmanager
def listening(port: int, heard: list, *, answers=(), contexts=(StorageCommitmentPushModel,), tls: ssl.SSLContext | None = None):
    """The machine's own port, where it is called; it takes results as the user of the service that it is, after it has given `answers`."""
    answers = list(answers)

    def report(event):
        heard.append((event.event_type, event.event_information, event.assoc.requestor.ae_title))
        return answers.pop(0) if answers else 0x0000, None
    machine = AE(TITLE)
    for context in contexts:
        machine.add_supported_context(context, scu_role=True, scp_role=True)
    server = machine.start_server(
        ("127.0.0.1", port), block=False, evt_handlers=[(evt.EVT_N_EVENT_REPORT, report)], ssl_context=tls)
    try:
        yield
    finally:
        server.shutdown()


def ask(port: int, objects: list, *, title: str = TITLE, tls: ssl.SSLContext | None = None) -> tuple[str, list]:
    """Asks which are safe and hangs up at once; the transaction, and what came on the same association."""
    heard_here: list = []
    machine = AE(title)
    machine.add_requested_context(StorageCommitmentPushModel)
    association = machine.associate("127.0.0.1", port, ae_title="FASCIA", evt_handlers=[
        (evt.EVT_N_EVENT_REPORT, lambda event: (heard_here.append(event.event_type), (0x0000, None))[1])], tls_args=(tls, None) if tls else None)
    asked = Dataset()
    asked.TransactionUID = generate_uid()
    asked.ReferencedSOPSequence = Sequence([])
    for sop_class, instance in objects:
        item = Dataset()
        item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = sop_class, instance
        asked.ReferencedSOPSequence.append(item)
    status, _ = association.send_n_action(asked, 1, StorageCommitmentPushModel, "1.2.840.10008.1.20.1.1")
    assert status.Status == 0
    association.release()
    return asked.TransactionUID, heard_here


@pytest.mark.parametrize("engine", ENGINES)
def test_a_machine_that_is_called(houses, engine):
    port, own = free_port(), free_port()
    clinic = houses.clinic(engine, environment={"FASCIA_DICOM_PORT": str(port), "FASCIA_DICOM_REPORT_TO": f"{TITLE}@127.0.0.1:{own}"})
    kept = [loop(speckle(seed, 1, 16, 16)) for seed in range(2)]
    assert send(port, kept) == [0, 0]
    names = [(item.SOPClassUID, item.SOPInstanceUID) for item in kept]
    heard: list = []
    with listening(own, heard):
        transaction, here = ask(port, names)
        until(lambda: heard, 20, "the clinic calls the machine")
        event, told, caller = heard[0]
        assert (event, told.TransactionUID, caller.strip()) == (1, transaction, "FASCIA") and not here
        assert [item.ReferencedSOPInstanceUID for item in told.ReferencedSOPSequence] == [name for _, name in names]
        unknown = generate_uid()
        transaction, _ = ask(port, [*names, (names[0][0], unknown)])
        until(lambda: len(heard) == 2, 20, "the second call")
        event, told, _ = heard[1]
        assert (event, told.TransactionUID) == (2, transaction) and len(told.ReferencedSOPSequence) == 2
        assert [(item.ReferencedSOPInstanceUID, item.FailureReason) for item in told.FailedSOPSequence] == [(unknown, 0x0112)]
    assert not list((clinic.data / "uploads").iterdir())


def test_a_machine_that_is_off_or_refuses_is_called_again(houses):
    port, own, deaf = free_port(), free_port(), free_port()
    clinic = houses.clinic(environment={"FASCIA_DICOM_PORT": str(port),
                                        "FASCIA_DICOM_REPORT_TO": f"{TITLE}@127.0.0.1:{own},DEAF@127.0.0.1:{deaf}"})
    staff = sign_in_staff(clinic)
    sent = loop(speckle(1, 1, 16, 16))
    assert send(port, [sent]) == [0]
    names = [(sent.SOPClassUID, sent.SOPInstanceUID)]
    transaction, _ = ask(port, names)

    def desk_is_told(why: str) -> None:
        until(lambda: f"could not be told which of its objects are safe: {why}" in staff.open("/desk/machines").text, 20, why)
    desk_is_told("it can't be reached")
    with listening(deaf, [], contexts=(Verification,)):
        ask(port, names, title="DEAF")
        desk_is_told("it does not take the result of storage commitment on this port")
    # What is due again is done also where the clinic was ended in between.
    clinic.kill()
    clinic.start()
    heard: list = []
    with listening(own, heard, answers=[0x0110]):
        until(lambda: len(heard) > 1, 90, "it is called again after it refused")
        assert {told.TransactionUID for _, told, _ in heard} == {transaction}
    assert "it refused the result with status 0110" in clinic.log()


def test_over_tls(houses, tmp_path):
    if not shutil.which("openssl"):
        pytest.skip("no openssl")
    certificates(tmp_path)
    port, own = free_port(), free_port()
    clinic = houses.clinic(environment={
        "FASCIA_DICOM_PORT": str(port), "FASCIA_DICOM_REPORT_TO": f"{TITLE}@127.0.0.1:{own}",
        "FASCIA_DICOM_TLS_KEY": str(tmp_path / "clinic.key"), "FASCIA_DICOM_TLS_CERTIFICATE": str(tmp_path / "clinic.pem"),
        "FASCIA_DICOM_TLS_AUTHORITY": str(tmp_path / "house.pem")})

    def context(name: str, purpose: ssl.Purpose) -> ssl.SSLContext:
        made = ssl.create_default_context(purpose, cafile=str(tmp_path / "house.pem"))
        made.load_cert_chain(tmp_path / f"{name}.pem", tmp_path / f"{name}.key")
        made.check_hostname, made.verify_mode = False, ssl.CERT_REQUIRED
        return made
    heard: list = []
    # A stranger on the machine's port learns nothing; the machine itself is told when it is back.
    with listening(own, heard, tls=context("stranger", ssl.Purpose.CLIENT_AUTH)):
        transaction, _ = ask(port, [("1.2.840.10008.5.1.4.1.1.3.1", generate_uid())], tls=context("machine", ssl.Purpose.SERVER_AUTH))
        until(lambda: "A job failed" in clinic.log(), 20, "the call fails")
    assert not heard
    with listening(own, heard, tls=context("machine", ssl.Purpose.CLIENT_AUTH)):
        until(lambda: heard, 60, "the machine is told")
    assert heard[0][0] == 2 and heard[0][1].TransactionUID == transaction


def test_other_machines_hear_where_they_ask(houses):
    port = free_port()
    houses.clinic(environment={"FASCIA_DICOM_PORT": str(port), "FASCIA_DICOM_REPORT_TO": f"OTHER@127.0.0.1:{free_port()}"})
    sent = loop(speckle(1, 1, 16, 16))
    assert send(port, [sent]) == [0]
    machine = AE(TITLE)
    machine.add_requested_context(StorageCommitmentPushModel)
    heard: list = []
    association = machine.associate("127.0.0.1", port, ae_title="FASCIA", evt_handlers=[
        (evt.EVT_N_EVENT_REPORT, lambda event: (heard.append(event.event_type), (0x0000, None))[1])])
    asked, item = Dataset(), Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = sent.SOPClassUID, sent.SOPInstanceUID
    asked.TransactionUID, asked.ReferencedSOPSequence = generate_uid(), Sequence([item])
    assert association.send_n_action(asked, 1, StorageCommitmentPushModel, "1.2.840.10008.1.20.1.1")[0].Status == 0
    until(lambda: heard == [1], 10, "the result on the same association")
    association.release()
