# SPDX-License-Identifier: Apache-2.0
"""What is acknowledged is on disk: a helper that is not ours says when, and whether, the disk has taken an object."""
from __future__ import annotations

import contextlib
import hashlib
import json
import socket
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from clinic import free_port
from journeys import book, person, request_for, slots, until
from machine import loop, saved, speckle

HELPER = '''#!/usr/bin/env python3
# Speaks to the clinic as fascia-dicom does, and does what orders.json beside it says.
import hashlib, json, os, pathlib, shutil, socket, struct, sys, time
here = pathlib.Path(sys.argv[0]).resolve().parent
control = socket.socket(fileno=4)
_, given, _, _ = socket.recv_fds(control, 1, 1)
if not given:
    sys.exit(0)
orders = json.loads((here / "orders.json").read_text())
def say(kind, text):
    data = text if isinstance(text, bytes) else text.encode()
    control.sendall(struct.pack("<I", len(data)) + kind.encode() + data)
def hear():
    head = b""
    while len(head) < 5:
        part = control.recv(5 - len(head))
        if not part:
            sys.exit(0)
        head += part
    count, data = struct.unpack("<I", head[:4])[0], b""
    while len(data) < count:
        data += control.recv(count - len(data))
    return chr(head[4]), data
say("A", json.dumps({"calling": "FAKE", "called": "FASCIA"}))
assert hear() == ("a", b"\\0")
place = pathlib.Path(sys.argv[sys.argv.index("--place") + 1])
target = place / orders["name"]
shutil.copyfile(here / "object.dcm", target)
data = target.read_bytes()
facts = [orders["sopClass"], orders["sopInstance"], str(target), str(len(data)), hashlib.sha256(data).hexdigest(),
         *orders["head"], json.dumps(orders["index"])]
say("S", b"".join(struct.pack("<I", len(fact.encode())) + fact.encode() for fact in facts))
if orders["sync"] == "dies":
    sys.exit(0)
if orders["sync"] == "late":
    (here / "waiting").touch()
    while not (here / "go").exists():
        time.sleep(0.01)
say("Y", "1" if orders["sync"] == "late" else orders["sync"])
kind, answer = hear()
(here / "answer.tmp").write_text(json.dumps([kind, answer[0] | answer[1] << 8]))
(here / "answer.tmp").rename(here / "answer.json")
'''


@pytest.fixture
def made(houses, tmp_path):
    """A clinic with that helper, and the object that it brings."""
    helper = tmp_path / "fascia-dicom"
    helper.write_text(HELPER)
    helper.chmod(0o755)
    data = loop(speckle(1, 2, 32, 40))
    saved(data, tmp_path).rename(tmp_path / "object.dcm")
    port = free_port()
    clinic = houses.clinic(environment={"FASCIA_DICOM_PORT": str(port), "FASCIA_DICOM_HELPER": str(helper)})

    def attributes(*names: str) -> dict:
        return {f"{data[name].tag:08X}": data[name].to_json_dict(None, 0) for name in names}
    head = ["1.2.840.10008.1.2.1", "300", "0", "0"] + [str(data.get(name, "")) for name in (
        "SOPClassUID", "SOPInstanceUID", "StudyDate", "AccessionNumber", "Modality", "SeriesDescription", "PatientName", "PatientID",
        "StudyInstanceUID", "SeriesInstanceUID", "InstanceNumber")]
    index = {"transferSyntax": "1.2.840.10008.1.2.1", "dataSetOffset": 300,
             "attributes": attributes("SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "Modality")}

    def come(sync: str, name: str = "0123456789abcdef" * 2 + ".dcm") -> list | None:
        """One association; what the helper heard, or nothing where it did not stay."""
        (tmp_path / "answer.json").unlink(missing_ok=True)
        (tmp_path / "orders.json").write_text(json.dumps(
            {"sync": sync, "name": name, "sopClass": data.SOPClassUID, "sopInstance": data.SOPInstanceUID, "head": head,
             "index": index}))
        with socket.create_connection(("127.0.0.1", port), 10) as line:
            line.sendall(b"\0")
            line.settimeout(30)
            with contextlib.suppress(ConnectionError):
                # The helper's end, and with it the line's.
                assert line.recv(1) == b""
        if sync == "dies":
            return None
        return json.loads((tmp_path / "answer.json").read_text())
    return clinic, come, data


def rows(clinic) -> list[tuple]:
    with contextlib.closing(sqlite3.connect(f"file:{clinic.data / 'fascia.sqlite'}?mode=ro", uri=True)) as connection:
        return connection.execute("SELECT file_key, sha256 FROM dicom_object").fetchall()


def files(clinic) -> list[Path]:
    return sorted((clinic.data / "files" / "dicom").iterdir())


@pytest.mark.parametrize("sync", ["0", "dies"])
def test_what_the_disk_has_not_taken_is_not_acknowledged(made, sync):
    clinic, come, data = made
    answer = come(sync)
    assert answer is None or answer == ["s", 0xA700], answer
    until(lambda: not files(clinic), 10, "the file of what was not kept goes away")
    assert rows(clinic) == []
    # It can be sent again.
    assert come("1") == ["s", 0]
    kept = files(clinic)
    assert rows(clinic) == [(f"dicom/{kept[0].name}", hashlib.sha256(kept[0].read_bytes()).hexdigest())]
    # And once more: known, without a second copy.
    assert come("1", "f" * 32 + ".dcm") == ["s", 0]
    assert files(clinic) == kept and len(rows(clinic)) == 1
    clinic.healthy()


def test_nobody_waits_for_a_slow_disk_but_its_machine(made, tmp_path):
    clinic, come, _ = made
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(come, "late")
        until((tmp_path / "waiting").exists, 20, "the object is being written")
        # Others write to the database meanwhile; were it held by this object, it would be given up before they can.
        for slot in slots(clinic, "consultation")[::8][:3]:
            assert book(clinic, request_for("consultation", slot, person())).status == 201
        assert rows(clinic) == [] and not coming.done()
        (tmp_path / "go").touch()
        assert coming.result() == ["s", 0]
    assert len(rows(clinic)) == 1
    clinic.healthy()


def test_a_helper_does_not_choose_where_an_object_lies(made):
    clinic, come, _ = made
    answer = come("1", "../elsewhere.dcm")
    assert answer == ["s", 0xA700], answer
    assert rows(clinic) == []


def test_the_doctor_tells_of_files_that_belong_to_nothing(made):
    clinic, come, _ = made
    assert come("1") == ["s", 0]
    assert "that belong to no object" not in clinic.run("doctor").stdout
    (clinic.data / "files" / "dicom" / ("e" * 32 + ".dcm")).write_bytes(b"left over")
    assert "Files in dicom/ that belong to no object: 1." in clinic.run("doctor").stdout
