# SPDX-License-Identifier: Apache-2.0
"""An ultrasound machine: objects that it makes, and the ways in which it talks to the clinic."""
from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import UID, ExplicitVRLittleEndian, generate_uid
from pynetdicom import AE, build_context
from pynetdicom.dimse import DIMSEServiceProvider
from pynetdicom.sop_class import ModalityWorklistInformationFind, UltrasoundMultiFrameImageStorage

TITLE = "ULTRASOUND1"


def _leaves_answers(take):
    """pynetdicom 3.0.4 pauses its own thread while a message is under way, but takes that thread for paused while it is just
    waking up; an answer that comes at once is then thrown away as "unexpected", and the sender waits for it in vain. Here the
    thread looks once more whether it is paused before it takes anything."""
    def get_msg(self, block: bool = False):
        if not block and not self.assoc._reactor_checkpoint.is_set():
            return None, None
        return take(self, block)
    return get_msg


DIMSEServiceProvider.get_msg = _leaves_answers(DIMSEServiceProvider.get_msg)


def region(left: int, top: int, right: int, bottom: int, *, x: float, y: float, units: tuple[int, int] = (3, 3),
           kind: int = 1, flags: int = 0) -> Dataset:
    item = Dataset()
    item.RegionSpatialFormat, item.RegionDataType, item.RegionFlags = kind, 1, flags
    item.RegionLocationMinX0, item.RegionLocationMinY0 = left, top
    item.RegionLocationMaxX1, item.RegionLocationMaxY1 = right, bottom
    item.PhysicalUnitsXDirection, item.PhysicalUnitsYDirection = units
    item.PhysicalDeltaX, item.PhysicalDeltaY = x, y
    return item


def loop(frames: np.ndarray, *, patient_id: str = "NOBODY", name: str = "Nobody^Known", accession: str = "", study: str = "",
         regions: list[Dataset] | None = None, milliseconds: float = 33.25, instance: str | None = None) -> FileDataset:
    """A grey loop as a machine stores it; `frames` is frames × rows × columns of bytes."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = UltrasoundMultiFrameImageStorage
    meta.MediaStorageSOPInstanceUID = UID(instance or generate_uid())
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data = FileDataset("loop", {}, file_meta=meta, preamble=b"\0" * 128)
    data.SpecificCharacterSet = "ISO_IR 192"
    data.SOPClassUID, data.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    data.StudyInstanceUID, data.SeriesInstanceUID = study or generate_uid(), generate_uid()
    data.PatientID, data.PatientName, data.PatientBirthDate, data.PatientSex = patient_id, name, "", ""
    data.AccessionNumber, data.Modality, data.InstanceNumber = accession, "US", 1
    now = datetime.datetime.now()
    data.StudyDate, data.StudyTime, data.StudyID, data.SeriesNumber = now.strftime("%Y%m%d"), now.strftime("%H%M%S"), "1", 1
    count, data.Rows, data.Columns = frames.shape
    data.NumberOfFrames, data.FrameTime, data.FrameIncrementPointer = count, milliseconds, 0x00181063
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated = data.BitsStored = 8
    data.HighBit, data.PixelRepresentation = 7, 0
    if regions is not None:
        data.SequenceOfUltrasoundRegions = Sequence(regions)
    raw = frames.astype(np.uint8).tobytes()
    data.PixelData = raw + b"\0" * (len(raw) % 2)
    data["PixelData"].VR = "OB"
    return data


def speckle(seed: int, count: int, rows: int, columns: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 90, (count, rows, columns), dtype=np.uint8)


def saved(data: FileDataset, folder: Path) -> Path:
    path = folder / f"{data.SOPInstanceUID}.dcm"
    data.save_as(path, enforce_file_format=True)
    return path


def send(port: int, objects: list[FileDataset], *, title: str = TITLE) -> list[int]:
    """The status of each object, over one association."""
    machine = AE(title)
    contexts = {(item.SOPClassUID, item.file_meta.TransferSyntaxUID) for item in objects}
    machine.requested_contexts = [build_context(sop_class, syntax) for sop_class, syntax in sorted(contexts)]
    association = machine.associate("127.0.0.1", port, ae_title="FASCIA")
    assert association.is_established, "the clinic does not accept the machine"
    try:
        return [association.send_c_store(item).Status for item in objects]
    finally:
        association.release()


def worklist(port: int, *, patient: str = "", station: str = "", title: str = TITLE) -> list[Dataset]:
    machine = AE(title)
    machine.add_requested_context(ModalityWorklistInformationFind)
    association = machine.associate("127.0.0.1", port, ae_title="FASCIA")
    assert association.is_established
    keys = Dataset()
    keys.PatientName, keys.PatientID, keys.AccessionNumber, keys.StudyInstanceUID = patient, "", "", ""
    keys.PatientBirthDate, keys.PatientSex, keys.RequestedProcedureID, keys.RequestedProcedureDescription = "", "", "", ""
    step = Dataset()
    step.Modality, step.ScheduledStationAETitle, step.ScheduledProcedureStepStartDate = "US", station, ""
    step.ScheduledProcedureStepStartTime, step.ScheduledProcedureStepID, step.ScheduledPerformingPhysicianName = "", "", ""
    keys.ScheduledProcedureStepSequence = Sequence([step])
    rows = []
    try:
        for status, row in association.send_c_find(keys, ModalityWorklistInformationFind):
            assert status.Status in (0xFF00, 0x0000), status
            if row:
                rows.append(row)
    finally:
        association.release()
    return rows
