# SPDX-License-Identifier: Apache-2.0
"""Films and browsers' pictures in DICOM objects, and machines that speak TLS."""
from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pydicom
import pytest
from dicomweb_client.api import DICOMwebClient
from pydicom.data import get_testdata_file
from pydicom.encaps import encapsulate
from pydicom.uid import UID, ExplicitVRLittleEndian

from clinic import free_port
from journeys import sign_in_staff, until
from machine import TITLE, loop, region, saved, send, speckle, worklist
from test_dicom import a_visit, belonging, tool
from test_exam import got

H264 = UID("1.2.840.10008.1.2.4.102")


@pytest.fixture(scope="module")
def room(shared_houses):
    port = free_port()
    clinic = shared_houses.clinic(environment={"FASCIA_DICOM_PORT": str(port)})
    a_visit(clinic)
    return clinic, port, worklist(port, patient="*degard*")[0]


def film(folder: Path, container: str = "mp4") -> bytes:
    if not shutil.which("ffmpeg"):
        pytest.skip("no ffmpeg: install the package ffmpeg (script/bootstrap does)")
    made = folder / f"film.{container}"
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-f", "lavfi", "-i", "testsrc=size=160x120:rate=25", "-frames:v", "12",
                    "-c:v", "libx264", "-pix_fmt", "yuv420p", str(made)], check=True)
    return made.read_bytes()


def object_of(row, stream: bytes, **more) -> pydicom.FileDataset:
    data = belonging(row, np.zeros((12, 120, 160), np.uint8), **more)
    data.file_meta.TransferSyntaxUID = H264
    data.SamplesPerPixel, data.PhotometricInterpretation, data.PlanarConfiguration = 3, "YBR_PARTIAL_420", 0
    data.PixelData = encapsulate([stream], has_bot=False)
    data["PixelData"].is_undefined_length = True
    return data


def written(data: pydicom.FileDataset) -> pydicom.FileDataset:
    """As a file holds it, so that it is sent as it is."""
    file = io.BytesIO()
    data.save_as(file, enforce_file_format=True)
    file.seek(0)
    return pydicom.dcmread(file)


def reading(clinic, data):
    def read():
        rows = clinic.rows(
            f"SELECT l.id, l.state, r.failure, r.times, c.mm_per_pixel_x FROM dicom_object o "
            f"JOIN visit_loop l ON l.file_key = o.file_key LEFT JOIN loop_reading r ON r.loop = l.id "
            f"LEFT JOIN loop_calibration c ON c.loop = l.id WHERE o.sop_instance = '{data.SOPInstanceUID}'")
        return rows[0] if rows and rows[0]["state"] != "waiting" else None
    return until(read, 60, "the film is read")


def test_a_film_is_shown_with_its_scale_and_times(room, tmp_path):
    clinic, port, row = room
    data = object_of(row, film(tmp_path), regions=[region(0, 0, 159, 119, x=0.01, y=0.01)], milliseconds=40)
    assert send(port, [written(data)]) == [0]
    found = reading(clinic, data)
    assert found["state"] == "ready" and found["mm_per_pixel_x"] == pytest.approx(0.1), found
    times = eval(found["times"])
    assert len(times) == 12 and times[11] == pytest.approx(0.44)
    picture = got(clinic, sign_in_staff(clinic, "clinician@demo.example"), f"/desk/loops/{found['id']}/frames/3").body
    assert picture[:4] == b"\x89PNG" and int.from_bytes(picture[16:20], "big") == 160


@pytest.mark.parametrize("fault,words", [("transport", "not MP4"), ("size", "not of the size"), ("cut", "missing")])
def test_a_film_that_cannot_be_shown_is_kept_and_says_why(room, tmp_path, fault, words):
    clinic, port, row = room
    stream = film(tmp_path, "ts" if fault == "transport" else "mp4")
    data = object_of(row, stream[:len(stream) // 2] if fault == "cut" else stream)
    if fault == "size":
        data.Rows = 60
    assert send(port, [written(data)]) == [0]
    found = reading(clinic, data)
    assert words in found["failure"], found
    token = clinic.run("account", "token", "--role", "desk").stdout.strip()
    assert words in clinic.get("/desk/machines", {"Authorization": f"Bearer {token}"}).text


def test_a_browser_gets_the_jpeg_that_the_machine_made(room):
    clinic, _, _ = room
    token = clinic.run("account", "token", "--role", "clinician").stdout.strip()
    web = DICOMwebClient(f"{clinic.url}/dicomweb", headers={"Authorization": f"Bearer {token}"})
    data = pydicom.dcmread(get_testdata_file("SC_rgb_dcmtk_+eb+cy+s4.dcm", download=False))
    assert data.PhotometricInterpretation.startswith("YBR_FULL")
    web.store_instances([data])
    names = dict(study_instance_uid=data.StudyInstanceUID, series_instance_uid=data.SeriesInstanceUID,
                 sop_instance_uid=data.SOPInstanceUID)
    shown = web.retrieve_instance_frames_rendered(**names, frame_numbers=[1], media_types=("image/jpeg",))
    assert shown.startswith(b"\xff\xd8") and shown.rstrip(b"\0").endswith(b"\xff\xd9")
    assert web.retrieve_instance_frames_rendered(**names, frame_numbers=[1], media_types=("image/png",)).startswith(b"\x89PNG")


def certificates(folder: Path) -> None:
    """Two authorities, a clinic and a machine of the first, a stranger of the second."""
    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=folder)
    for authority in ("house", "other"):
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{authority}.key", "-out", f"{authority}.pem",
                "-subj", f"/CN={authority}", "-days", "2")
    for name, authority in (("clinic", "house"), ("machine", "house"), ("stranger", "other")):
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{authority}.pem", "-CAkey", f"{authority}.key",
                "-CAcreateserial", "-days", "2", "-out", f"{name}.pem")


def test_machines_come_over_tls_with_a_certificate_of_the_house(houses, tmp_path):
    if not shutil.which("openssl"):
        pytest.skip("no openssl")
    certificates(tmp_path)
    port = free_port()
    clinic = houses.clinic(environment={
        "FASCIA_DICOM_PORT": str(port), "FASCIA_DICOM_TLS_KEY": str(tmp_path / "clinic.key"),
        "FASCIA_DICOM_TLS_CERTIFICATE": str(tmp_path / "clinic.pem"), "FASCIA_DICOM_TLS_AUTHORITY": str(tmp_path / "house.pem")})
    data = loop(speckle(31, 2, 32, 32))
    assert data.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
    file = saved(data, tmp_path)

    def sent(*security: str) -> int:
        return subprocess.run([tool("storescu"), *security, "-to", "5", "-ta", "5", "-aet", TITLE, "-aec", "FASCIA", "127.0.0.1",
                               str(port), str(file)], capture_output=True, timeout=60).returncode
    def of(name: str) -> list[str]:
        return ["+tls", f"{tmp_path}/{name}.key", f"{tmp_path}/{name}.pem", "+cf", f"{tmp_path}/house.pem"]
    assert sent() != 0, "not in the open"
    assert sent(*of("stranger")) != 0, "not with a certificate of another authority"
    assert clinic.rows("SELECT id FROM dicom_object") == []
    assert sent(*of("machine")) == 0
    assert [row["sop_instance"] for row in clinic.rows("SELECT sop_instance FROM dicom_object")] == [str(data.SOPInstanceUID)]
