# SPDX-License-Identifier: Apache-2.0
"""Signed findings as a DICOM structured report: booked, stored, measured, accepted, signed; found, fetched, and read by others' readers."""
from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Iterator

import pydicom
import pytest
from dicomweb_client.api import DICOMwebClient
from pydicom.dataset import Dataset
from pydicom.sr._concepts_dict import concepts

from clinic import ROOT, free_port
from journeys import sign_in_staff, until
from loops import MILLIMETRES, simulated_frames
from machine import region, send, worklist
from test_dicom import a_visit, belonging, tool
from test_exam import got, posted

ENHANCED_SR = "1.2.840.10008.5.1.4.1.1.88.22"
NAME = "Tess Écrite"
DCM = {code: meaning for by_code in concepts["DCM"].values() for code, (meaning, _) in by_code.items()}


@pytest.fixture(scope="module")
def room(shared_houses, tmp_path_factory):
    port = free_port()
    clinic = shared_houses.clinic(environment={"FASCIA_DICOM_PORT": str(port)})
    a_visit(clinic, NAME)
    row = worklist(port, patient="*crite*")[0]
    frames, truth = simulated_frames(clinic, tmp_path_factory.mktemp("loop"))
    data = belonging(row, frames, regions=[region(0, 0, 383, 383, x=MILLIMETRES / 10, y=MILLIMETRES / 10)])
    assert send(port, [data]) == [0]

    def loop():
        rows = clinic.rows(f"SELECT l.id, l.visit FROM visit_loop l JOIN dicom_object o ON o.file_key = l.file_key "
                           f"WHERE o.sop_instance = '{data.SOPInstanceUID}' AND l.state = 'ready'")
        return rows[0] if rows else None
    read = until(loop, 60, "the loop is read")
    staff = sign_in_staff(clinic, "clinician@demo.example")
    token = clinic.run("account", "token", "--role", "clinician").stdout.strip()
    web = DICOMwebClient(f"{clinic.url}/dicomweb", headers={"Authorization": f"Bearer {token}"})
    accept_measures(clinic, staff, read["id"], truth)
    return clinic, staff, web, row, data, read["visit"]


def accept_measures(clinic, staff, loop: str, truth) -> None:
    path = f"/desk/loops/{loop}"
    assert posted(clinic, staff, f"{path}/label", "side=left&muscle=rectusFemoris&state=contraction").status in (200, 303)
    (ax, ay), (bx, by) = truth.marks
    measure = posted(clinic, staff, f"{path}/measures", f"frame=0&ax={ax}&ay={ay}&bx={bx}&by={by}").json()["measure"]
    assert posted(clinic, staff, f"/desk/measures/{measure}/accept", "").status in (200, 303)
    for drawn in ("kind=distance&meaning=thickness&frame=3&points=10,10 110,10", "kind=area&meaning=haematomaArea&frame=4&points=10,10 110,10 110,60 10,60",
                  "kind=angle&meaning=pennation&frame=5&points=100,10 10,10 100,100"):
        made = posted(clinic, staff, f"{path}/annotations", drawn)
        assert made.status == 201, made
        assert posted(clinic, staff, f"/desk/annotations/{made.json()['annotation']}/accept", "").status in (200, 303)


def signed(staff, visit: str, words: str) -> str:
    """The page of the version that was signed."""
    staff.open(f"/desk/visits/{visit}/findings")
    staff.send("^Sign$", {"Findings, for colleagues": words, "What it means": "There is a tear.", "Region": "Front of the thigh",
                          "Peetrons": "2", "Torn part": "12.5"})
    assert "/desk/findings/" in staff.page.url, staff.page.text
    return staff.page.url


def reports(web, study: str, count: int) -> list[dict]:
    def look():
        found = web.search_for_instances(study, search_filters={"SOPClassUID": ENHANCED_SR})
        return found if len(found) == count else None
    return until(look, 30, f"{count} reports are in the archive")


def lines(item: Dataset) -> Iterator[Dataset]:
    yield item
    for below in item.get("ContentSequence", []):
        yield from lines(below)


def names(item: Dataset) -> tuple[str, str]:
    code = item.ConceptNameCodeSequence[0]
    return code.CodingSchemeDesignator, code.CodeValue


def test_a_signed_report_is_found_fetched_and_read(room, tmp_path):
    clinic, staff, web, row, data, visit = room
    page = signed(staff, visit, "On contraction a gap opens.\nIts edges are \\ sharp.")
    found = reports(web, row.StudyInstanceUID, 1)[0]
    assert sorted(web.search_for_studies(search_filters={"StudyInstanceUID": row.StudyInstanceUID})[0]["00080061"]["Value"]) == ["SR", "US"]
    report = web.retrieve_instance(row.StudyInstanceUID, found["0020000E"]["Value"][0], found["00080018"]["Value"][0])

    # The modules of the object (PS3.3 A.35.2): what is required is there
    assert report.SOPClassUID == ENHANCED_SR and report.Modality == "SR" and report.InstanceNumber == 1
    assert (report.PatientID, report.AccessionNumber, report.StudyInstanceUID) == (row.PatientID, row.AccessionNumber, row.StudyInstanceUID)
    assert str(report.PatientName) == str(row.PatientName) and report.CompletionFlag == "COMPLETE" and report.VerificationFlag == "VERIFIED"
    assert report.VerifyingObserverSequence[0].VerifyingObserverName and report.VerifyingObserverSequence[0].VerificationDateTime
    for required in ("ContentDate", "ContentTime", "PerformedProcedureCodeSequence", "ReferencedPerformedProcedureStepSequence", "Manufacturer",
                     "ReferencedRequestSequence", "PatientBirthDate", "PatientSex", "ReferringPhysicianName", "StudyID", "SeriesNumber"):
        assert required in report, required
    evidence = report.CurrentRequestedProcedureEvidenceSequence[0].ReferencedSeriesSequence[0].ReferencedSOPSequence
    assert [item.ReferencedSOPInstanceUID for item in evidence] == [data.SOPInstanceUID]
    assert "PredecessorDocumentsSequence" not in report

    # The document: template 1500, codes that mean what the standard says they mean
    assert report.ValueType == "CONTAINER" and names(report) == ("DCM", "126000") and report.ContentTemplateSequence[0].TemplateIdentifier == "1500"
    documented = (ROOT / "docs" / "dicom-report.md").read_text()
    for line in lines(report):
        for code in [*line.get("ConceptNameCodeSequence", []), *line.get("ConceptCodeSequence", []),
                     *[value.MeasurementUnitsCodeSequence[0] for value in line.get("MeasuredValueSequence", [])]]:
            assert code.CodingSchemeDesignator in ("DCM", "UCUM", "99FASCIA", "RFC5646"), code
            if code.CodingSchemeDesignator == "DCM":
                assert DCM[code.CodeValue] == code.CodeMeaning
            if code.CodingSchemeDesignator == "99FASCIA":
                assert re.search(rf"`{re.escape(re.sub(r'-[0-9]+$', '', code.CodeValue))}[-`]", documented), f"{code.CodeValue} is in the documents"
        if line is not report:
            assert line.RelationshipType and line.ValueType and ("ConceptNameCodeSequence" in line or line.ValueType in ("IMAGE", "SCOORD"))
    context = {names(line): line for line in report.ContentSequence}
    assert context["DCM", "121005"].ConceptCodeSequence[0].CodeValue == "121006"
    assert context["DCM", "121008"].PersonName and context["DCM", "121008"].RelationshipType == "HAS OBS CONTEXT"
    library = [line for line in lines(context["DCM", "111028"]) if line.ValueType == "IMAGE"]
    assert [line.ReferencedSOPSequence[0].ReferencedSOPInstanceUID for line in library] == [data.SOPInstanceUID]

    # The measures
    groups = {names_of_finding(group): group for group in context["DCM", "126010"].ContentSequence}
    assert set(groups) == {"opening", "thickness", "haematoma-area", "pennation", "torn-percent"}
    values = {name: number(group) for name, group in groups.items()}
    assert values["thickness"] == (pytest.approx(100 * MILLIMETRES), "mm") and values["haematoma-area"] == (pytest.approx(50.0), "mm2")
    assert values["pennation"] == (pytest.approx(45.0), "deg") and values["torn-percent"] == (12.5, "%")
    shown = float(re.search(r"([\d.]+) mm at most", staff.open(page).text)[1])
    most = next(line for line in groups["opening"].ContentSequence if names(line) == ("99FASCIA", "gap-at-most"))
    assert float(most.MeasuredValueSequence[0].NumericValue) == pytest.approx(shown, abs=0.051)
    tracking = set()
    for name, group in groups.items():
        told = {names(line): line for line in group.ContentSequence}
        assert told["DCM", "112039"].TextValue
        tracking.add(told["DCM", "112040"].UID)
        if name != "torn-percent":
            site = told["99FASCIA", "finding-site"]
            assert site.ConceptCodeSequence[0].CodeValue == "rectus-femoris" and site.ContentSequence[0].ConceptCodeSequence[0].CodeValue == "left"
    assert len(tracking) == 5
    outline = next(line for line in lines(groups["thickness"]) if line.ValueType == "SCOORD")
    assert outline.GraphicType == "POLYLINE" and list(outline.GraphicData) == [10.5, 10.5, 110.5, 10.5]
    picture = outline.ContentSequence[0].ReferencedSOPSequence[0]
    assert (picture.ReferencedSOPInstanceUID, picture.ReferencedFrameNumber) == (data.SOPInstanceUID, 4)
    assert any("Its edges are \\ sharp." in line.get("TextValue", "") for line in lines(report))
    assert any(line.get("ConceptCodeSequence") and line.ConceptCodeSequence[0].CodeValue == "peetrons-2" for line in lines(report))

    # Others' reader, and the page's download
    answer = got(clinic, staff, re.sub(r".*(/desk/findings/[^/?#]+).*", r"\1", page) + "/report.dcm")
    assert answer.status == 200 and answer.headers["Content-Type"] == "application/dicom" and "attachment" in answer.headers["Content-Disposition"]
    assert pydicom.dcmread(io.BytesIO(answer.body)) == report
    file = tmp_path / "report.dcm"
    file.write_bytes(answer.body)
    done = subprocess.run([tool("dsrdump"), "-v", "+Pl", "+Pt", str(file)], capture_output=True, text=True, timeout=20)
    assert done.returncode == 0 and "Imaging Measurement Report" in done.stdout, done
    assert not re.search(r"^[EF]:", done.stderr, re.M), done.stderr
    assert "Rectus femoris" in done.stdout and re.search(r"NUM:.*\"10\" \(mm", done.stdout), done.stdout
    assert "DICOM structured report" in staff.open(page).text


def names_of_finding(group: Dataset) -> str:
    return next(line for line in group.ContentSequence if names(line) == ("DCM", "121071")).ConceptCodeSequence[0].CodeValue


def number(group: Dataset) -> tuple[float, str]:
    measured = next(line for line in group.ContentSequence if line.ValueType == "NUM").MeasuredValueSequence[0]
    assert float(measured.NumericValue) == pytest.approx(measured.FloatingPointValue) and len(str(measured.NumericValue)) <= 16
    return float(measured.NumericValue), measured.MeasurementUnitsCodeSequence[0].CodeValue


def test_a_corrected_report_names_the_one_before(room):
    clinic, staff, web, row, _, visit = room
    before = reports(web, row.StudyInstanceUID, 1)[0]["00080018"]["Value"][0]
    signed(staff, visit, "On contraction a gap opens, and its edges are frayed.")
    found = reports(web, row.StudyInstanceUID, 2)
    newest = next(one for one in found if one["00200013"]["Value"] == [2])
    report = web.retrieve_instance(row.StudyInstanceUID, newest["0020000E"]["Value"][0], newest["00080018"]["Value"][0])
    assert len({one["0020000E"]["Value"][0] for one in found}) == 1, "one series for the visit's reports"
    predecessor = report.PredecessorDocumentsSequence[0]
    assert predecessor.StudyInstanceUID == row.StudyInstanceUID
    named = predecessor.ReferencedSeriesSequence[0].ReferencedSOPSequence[0]
    assert (named.ReferencedSOPClassUID, named.ReferencedSOPInstanceUID) == (ENHANCED_SR, before)
    clinic.healthy()


def test_findings_that_nobody_signed_are_no_report(room):
    clinic, staff, _, _, _, visit = room
    assert got(clinic, staff, "/desk/findings/0190f0f0-0000-7000-8000-000000000000/report.dcm").status == 404
