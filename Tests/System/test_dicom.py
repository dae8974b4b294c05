# SPDX-License-Identifier: Apache-2.0
"""The clinic and an ultrasound machine: DCMTK's tools and pynetdicom as the machine, dicomweb-client as another program."""
from __future__ import annotations

import contextlib
import hashlib
import random
import shutil
import socket
import subprocess
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pydicom
import pytest
import requests
from dicomweb_client.api import DICOMwebClient
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import generate_uid
from pynetdicom import AE, evt
from pynetdicom.sop_class import ModalityPerformedProcedureStep, StorageCommitmentPushModel

from association_bytes import EXPLICIT, LOOPS, Machine, part10, private_megabytes, store
from clinic import free_port
from journeys import book, request_for, sign_in_staff, slots, until
from machine import TITLE, loop, region, saved, send, speckle, worklist
from rounds import ENGINES, FULL, SEED

NAME = "Mira Ödegård"
KILLS = 100 if FULL else 3


@pytest.fixture(scope="module", params=ENGINES)
def room(request, shared_houses):
    port = free_port()
    clinic = shared_houses.clinic(request.param, environment={"FASCIA_DICOM_PORT": str(port)})
    return clinic, port


def a_visit(clinic, name: str = NAME, number: int = 0) -> dict:
    slot = slots(clinic, "dynamic-ultrasound")[number]
    answer = book(clinic, request_for("dynamic-ultrasound", slot, {"name": name, "email": f"{hash(name) % 99999}@example.org"}))
    assert answer.status == 201, answer
    return slot


@pytest.fixture(scope="module")
def visit(room):
    clinic, port = room
    a_visit(clinic)
    return worklist(port, patient="*degard*")[0]


def belonging(row: Dataset, frames: np.ndarray, **more):
    return loop(frames, patient_id=row.PatientID, name=str(row.PatientName), accession=row.AccessionNumber,
                study=row.StudyInstanceUID, **more)


def tool(name: str) -> str:
    return shutil.which(name) or pytest.skip(f"no {name}: install the package dcmtk (script/bootstrap does)")


def test_the_toolkits_own_tools_reach_the_clinic(room, visit, tmp_path):
    _, port = room
    place = ["-aet", TITLE, "-aec", "FASCIA", "127.0.0.1", str(port)]
    assert subprocess.run([tool("echoscu"), *place], timeout=20).returncode == 0
    found = subprocess.run([tool("findscu"), "-W", *place, "-k", "PatientName=*DEG*", "-k", "AccessionNumber", "-k",
                            "ScheduledProcedureStepSequence[0].Modality=US"], capture_output=True, text=True, timeout=20)
    assert found.returncode == 0 and visit.AccessionNumber in found.stdout + found.stderr, found
    file = saved(loop(speckle(1, 2, 32, 48)), tmp_path)
    assert subprocess.run([tool("storescu"), *place, str(file)], timeout=20).returncode == 0


def test_another_name_is_turned_away(room):
    _, port = room
    # (Not by pynetdicom, which takes one rejection in three hundred for an abort.)
    done = subprocess.run([tool("echoscu"), "-aet", TITLE, "-aec", "ELSEWHERE", "127.0.0.1", str(port)], capture_output=True, text=True,
                          timeout=20)
    assert done.returncode != 0 and "Called AE Title Not Recognized" in done.stdout + done.stderr, done


def accession(identifier: str) -> str:
    """What machines hold of a booking must be the same in ten years: its time and 30 random bits, five bits a letter."""
    bits = f"{uuid.UUID(identifier).int:0128b}"
    known = bits[:48] + bits[52:64] + bits[66:84] + "00"
    return "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[int(known[at:at + 5], 2)] for at in range(0, 80, 5))


def test_a_booking_is_in_the_next_answer_and_only_where_it_matches(room):
    clinic, port = room
    assert worklist(port, patient="Quine*") == []
    slot = a_visit(clinic, "Ada Quine", 1)
    rows = worklist(port, patient="quine^A*")
    assert len(rows) == 1
    row, step = rows[0], rows[0].ScheduledProcedureStepSequence[0]
    booking = clinic.rows("SELECT id FROM booking WHERE name = 'Ada Quine'")[0]["id"]
    assert row.AccessionNumber == accession(booking) and row.StudyInstanceUID == f"2.25.{uuid.UUID(booking).int}" and row.PatientID
    assert step.ScheduledProcedureStepStartDate and step.Modality == "US" and step.ScheduledStationAETitle == TITLE
    assert slot["start"][:4] == step.ScheduledProcedureStepStartDate[:4]
    assert worklist(port, patient="Quine*", station="OTHER") == []
    assert len(worklist(port, patient="Quine*", station=TITLE)) == 1


def test_a_loop_goes_to_its_visit_with_its_scale_and_times(room, visit):
    clinic, port = room
    frames = speckle(3, 9, 120, 160)
    data = belonging(visit, frames, regions=[region(0, 0, 159, 119, x=0.0123456789, y=0.023456789)], milliseconds=41.7)
    assert send(port, [data]) == [0]
    assert send(port, [data]) == [0], "the same object again is one"

    def read():
        rows = clinic.rows(
            f"SELECT l.state, r.times, c.mm_per_pixel_x, c.mm_per_pixel_y FROM dicom_object o "
            f"JOIN visit_loop l ON l.file_key = o.file_key LEFT JOIN loop_reading r ON r.loop = l.id "
            f"LEFT JOIN loop_calibration c ON c.loop = l.id WHERE o.sop_instance = '{data.SOPInstanceUID}'")
        return rows[0] if rows and rows[0]["state"] != "waiting" else None
    row = until(read, 30, "the loop is read")
    assert row["state"] == "ready"
    assert float(row["mm_per_pixel_x"]) == pytest.approx(0.123456789, rel=1e-9)
    assert float(row["mm_per_pixel_y"]) == pytest.approx(0.23456789, rel=1e-9)
    assert eval(row["times"])[8] == pytest.approx(8 * 0.0417, abs=1e-9)
    assert len(clinic.rows(f"SELECT id FROM dicom_object WHERE sop_instance = '{data.SOPInstanceUID}'")) == 1


def test_another_object_of_the_same_name_does_not_replace_the_first(room, visit):
    _, port = room
    first = belonging(visit, speckle(4, 1, 16, 16))
    second = belonging(visit, speckle(5, 1, 16, 16), instance=str(first.SOPInstanceUID))
    second.SeriesInstanceUID = first.SeriesInstanceUID
    assert send(port, [first, second]) == [0, 0x0111]


@pytest.mark.parametrize("change", ["patient", "name", "accession"])
def test_what_is_not_certain_waits_for_a_person(room, visit, change):
    clinic, port = room
    data = belonging(visit, speckle(6, 2, 32, 32))
    if change == "patient":
        data.PatientID = "12345"
    elif change == "name":
        data.PatientName = "Someone^Else"
    else:
        data.AccessionNumber = "0000000000000000"
    data.StudyInstanceUID = generate_uid()
    assert send(port, [data]) == [0]
    query = f"SELECT state, visit FROM dicom_object WHERE sop_instance = '{data.SOPInstanceUID}'"
    assert clinic.rows(query) == [{"state": "unmatched", "visit": None}]
    token = clinic.run("account", "token", "--role", "desk").stdout.strip()
    page = clinic.get("/desk/machines", {"Authorization": f"Bearer {token}"})
    assert page.status == 200 and f"number {data.PatientID}, accession number {data.AccessionNumber}" in page.text
    assert "/desk/machines" in clinic.get("/desk", {"Authorization": f"Bearer {token}"}).text, "the day leads there"


def test_refused_objects_are_refused_and_the_clinic_goes_on(room, visit):
    _, port = room
    nested = belonging(visit, speckle(7, 1, 16, 16))
    inner = nested
    for _ in range(60):
        item = Dataset()
        inner.ReferencedImageSequence = Sequence([item])
        inner = item
    short = belonging(visit, speckle(8, 1, 16, 16))
    short.NumberOfFrames = 400
    huge = belonging(visit, speckle(9, 1, 16, 16))
    huge.Rows = 65535
    good = belonging(visit, speckle(10, 1, 16, 16))
    statuses = send(port, [nested, short, huge, good])
    assert [status >> 12 for status in statuses] == [0xC, 0xC, 0xC, 0], statuses


def test_a_step_puts_the_patient_in_the_room_and_ends_the_visit(room):
    clinic, port = room
    a_visit(clinic, "Steffi Stepwise", 2)
    row = worklist(port, patient="Stepwise*")[0]
    machine = AE(TITLE)
    machine.add_requested_context(ModalityPerformedProcedureStep)
    association = machine.associate("127.0.0.1", port, ae_title="FASCIA")
    begun, scheduled = Dataset(), Dataset()
    scheduled.AccessionNumber, scheduled.StudyInstanceUID = row.AccessionNumber, row.StudyInstanceUID
    begun.ScheduledStepAttributesSequence = Sequence([scheduled])
    begun.PerformedProcedureStepStatus = "IN PROGRESS"
    name = generate_uid()
    assert association.send_n_create(begun, ModalityPerformedProcedureStep, name)[0].Status == 0
    query = "SELECT attendance FROM booking WHERE name = 'Steffi Stepwise'"
    assert clinic.rows(query) == [{"attendance": "inRoom"}]
    over = Dataset()
    over.PerformedProcedureStepStatus = "COMPLETED"
    assert association.send_n_set(over, ModalityPerformedProcedureStep, name)[0].Status == 0
    assert association.send_n_set(over, ModalityPerformedProcedureStep, name)[0].Status != 0
    association.release()
    assert clinic.rows(query) == [{"attendance": "fulfilled"}]
    assert worklist(port, patient="Stepwise*") == [], "done, so it is no longer on the list"


def test_the_clinic_says_which_objects_are_safe(room, visit):
    _, port = room
    data = belonging(visit, speckle(11, 1, 16, 16))
    assert send(port, [data]) == [0]
    reports = []

    def report(event):
        reports.append((event.event_type, event.event_information))
        return 0x0000, None
    machine = AE(TITLE)
    machine.add_requested_context(StorageCommitmentPushModel)
    association = machine.associate("127.0.0.1", port, ae_title="FASCIA", evt_handlers=[(evt.EVT_N_EVENT_REPORT, report)])
    asked = Dataset()
    asked.TransactionUID = generate_uid()
    asked.ReferencedSOPSequence = Sequence([])
    for instance in (data.SOPInstanceUID, generate_uid()):
        item = Dataset()
        item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = data.SOPClassUID, instance
        asked.ReferencedSOPSequence.append(item)
    status, _ = association.send_n_action(asked, 1, StorageCommitmentPushModel, "1.2.840.10008.1.20.1.1")
    assert status.Status == 0
    until(lambda: reports, 10, "the report comes")
    association.release()
    event, told = reports[0]
    assert event == 2 and told.TransactionUID == asked.TransactionUID
    assert [item.ReferencedSOPInstanceUID for item in told.ReferencedSOPSequence] == [data.SOPInstanceUID]
    assert told.FailedSOPSequence[0].FailureReason == 0x0112


def test_silent_and_broken_connections_stop_nobody(room):
    _, port = room
    silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(200)]
    half = socket.create_connection(("127.0.0.1", port))
    half.sendall(b"\x01\x00\x00\x00\xff\xff")
    rubbish = socket.create_connection(("127.0.0.1", port))
    rubbish.sendall(random.Random(SEED).randbytes(4096))
    try:
        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(lambda seed: send(port, [loop(speckle(seed, 1, 8, 8))]), range(4))) == [[0]] * 4
    finally:
        for one in [*silent, half, rubbish]:
            one.close()


@pytest.fixture(scope="module")
def web(room):
    clinic, _ = room
    token = clinic.run("account", "token", "--role", "clinician").stdout.strip()
    return DICOMwebClient(f"{clinic.url}/dicomweb", headers={"Authorization": f"Bearer {token}"})


def test_an_object_that_comes_again_by_another_way_is_the_same(room, web):
    """By C-STORE and by STOW-RS its file has another head; its data set is the same, and another one under its name is refused."""
    clinic, port = room
    first, second = (loop(speckle(seed, 2, 20, 30), patient_id="TWICE") for seed in (13, 14))
    assert send(port, [first]) == [0]
    assert web.store_instances([first]).ReferencedSOPSequence[0].ReferencedSOPInstanceUID == first.SOPInstanceUID
    assert web.store_instances([second]).ReferencedSOPSequence[0].ReferencedSOPInstanceUID == second.SOPInstanceUID
    assert send(port, [second]) == [0]
    changed = bytearray(first.PixelData)
    changed[-1] ^= 1
    first.PixelData = bytes(changed)
    assert send(port, [first]) == [0x0111]
    with pytest.raises(requests.HTTPError, match="409"):
        web.store_instances([first])
    kept = clinic.rows("SELECT file_key, sop_instance FROM dicom_object WHERE patient_id = 'TWICE'")
    assert sorted(row["sop_instance"] for row in kept) == sorted([first.SOPInstanceUID, second.SOPInstanceUID])
    known = {row["file_key"] for row in clinic.rows("SELECT file_key FROM dicom_object")}
    assert {f"dicom/{file.name}" for file in (clinic.data / "files" / "dicom").iterdir()} == known


def test_a_large_object_over_the_web_takes_little_memory(room, web):
    """120 MB in and out again: neither is ever in memory as a whole."""
    clinic, _ = room
    frames = np.broadcast_to(speckle(15, 1, 600, 800), (250, 600, 800))
    data = loop(frames, patient_id="LARGE")
    names = dict(study_instance_uid=data.StudyInstanceUID, series_instance_uid=data.SeriesInstanceUID,
                 sop_instance_uid=data.SOPInstanceUID)
    before, most, isOver = private_megabytes(clinic.process.pid), [0.0], threading.Event()

    def watch() -> None:
        while not isOver.wait(0.02):
            most[0] = max(most[0], private_megabytes(clinic.process.pid))
    watching = threading.Thread(target=watch)
    watching.start()
    try:
        answer = web.store_instances([data])
        assert answer.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == data.SOPInstanceUID
        assert web.retrieve_instance(**names).PixelData == data.PixelData
        assert len(web.retrieve_study(data.StudyInstanceUID)) == 1
    finally:
        isOver.set()
        watching.join()
    assert 0 < most[0] - before < 80, (before, most[0])


def test_a_program_sends_finds_and_fetches(room, web):
    data = loop(speckle(12, 3, 20, 30), patient_id="WEB-1")
    answer = web.store_instances([data])
    assert answer.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == data.SOPInstanceUID
    names = dict(study_instance_uid=data.StudyInstanceUID, series_instance_uid=data.SeriesInstanceUID,
                 sop_instance_uid=data.SOPInstanceUID)
    found = web.search_for_studies(search_filters={"PatientID": "WEB-*"})
    assert [item["0020000D"]["Value"] for item in found] == [[data.StudyInstanceUID]]
    assert web.search_for_studies(search_filters={"PatientID": "WEB-2"}) == []
    assert len(web.search_for_series(data.StudyInstanceUID)) == 1
    assert web.search_for_instances(data.StudyInstanceUID)[0]["00280008"]["Value"] == [3]
    back = web.retrieve_instance(**names)
    assert back.PixelData == data.PixelData and back.PatientID == "WEB-1"
    assert Dataset.from_json(web.retrieve_instance_metadata(**names)).FrameTime == data.FrameTime
    frames = web.retrieve_instance_frames(**names, frame_numbers=[2, 3])
    assert frames == [data.pixel_array[1].tobytes(), data.pixel_array[2].tobytes()]
    shown = web.retrieve_instance_rendered(**names, media_types=("image/png",))
    assert shown[:4] == b"\x89PNG"


def test_without_the_right_nothing_is_told(room):
    clinic, _ = room
    assert clinic.get("/dicomweb/studies").status == 401
    token = clinic.run("account", "token", "--role", "desk").stdout.strip()
    assert clinic.get("/dicomweb/studies", {"Authorization": f"Bearer {token}"}).status == 403


def test_what_was_acknowledged_survives_a_power_cut(houses, tmp_path):
    """Killed before an object, in the middle of one, and when one has come and its answer is on the way. (Bytes of our own: pynetdicom
    waits for ever now and then, where its peer is killed.)"""
    port = free_port()
    clinic = houses.clinic(environment={"FASCIA_DICOM_PORT": str(port)})
    seed = random.Random(SEED)
    acknowledged = []
    for _ in range(KILLS):
        # Some are longer than the block in which a small one is gathered.
        sizes = [seed.choice([(2, 64, 64), (2, 64, 64), (2, 64, 64), (19, 512, 512)]) for _ in range(12)]
        objects = [loop(speckle(seed.randrange(9999), *size)) for size in sizes]
        cut, part = seed.randrange(1, 12), seed.choice([0, seed.random(), 1])
        with Machine(port, seconds=30) as machine:
            assert machine.associate({3: (LOOPS, EXPLICIT)}) == {3: 0}
            for number, item in enumerate(objects):
                content = store(3, LOOPS, str(item.SOPInstanceUID), part10(saved(item, tmp_path).read_bytes())[1])
                sent = int(len(content) * part) if number == cut else len(content)
                with contextlib.suppress(ConnectionError):
                    machine.send(content[:sent])
                    if number == cut:
                        clinic.kill()
                    machine.send(content[sent:])
                    if machine.status() == 0:
                        acknowledged.append(item)
                if number == cut:
                    break
        clinic.start()
    assert acknowledged
    for item in acknowledged:
        row = clinic.rows(f"SELECT file_key, sha256 FROM dicom_object WHERE sop_instance = '{item.SOPInstanceUID}'")[0]
        bytes_on_disk = (clinic.data / "files" / row["file_key"]).read_bytes()
        assert hashlib.sha256(bytes_on_disk).hexdigest() == row["sha256"]
        assert pydicom.dcmread(clinic.data / "files" / row["file_key"]).PixelData == item.PixelData
