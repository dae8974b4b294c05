# SPDX-License-Identifier: Apache-2.0
"""Associations byte by byte: what a machine sends, made by hand, so that it can be sent slowly, in part, or wrong."""
from __future__ import annotations

import os
import socket
import struct
import time
from dataclasses import dataclass, field
from pathlib import Path

IMPLICIT, EXPLICIT = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1"
ECHO, WORKLIST = "1.2.840.10008.1.1", "1.2.840.10008.5.1.4.31"
COMMITMENT = "1.2.840.10008.1.20.1"
LOOPS = "1.2.840.10008.5.1.4.1.1.3.1"


def item(kind: int, body: bytes) -> bytes:
    return struct.pack(">BBH", kind, 0, len(body)) + body


def pdu(kind: int, body: bytes) -> bytes:
    return struct.pack(">BBI", kind, 0, len(body)) + body


def request(contexts: dict[int, tuple[str, str]], *, called: str = "FASCIA", calling: str = "RAW") -> bytes:
    """A-ASSOCIATE-RQ: of each context its class and its transfer syntax."""
    body = struct.pack(">HH", 1, 0) + called.ljust(16).encode() + calling.ljust(16).encode() + bytes(32)
    body += item(0x10, b"1.2.840.10008.3.1.1.1")
    for number, (sop_class, syntax) in contexts.items():
        body += item(0x20, bytes([number, 0, 0, 0]) + item(0x30, sop_class.encode()) + item(0x40, syntax.encode()))
    body += item(0x50, item(0x51, struct.pack(">I", 16384)) + item(0x52, b"1.2.3.4") + item(0x55, b"RAW"))
    return pdu(1, body)


def fragments(context: int, content: bytes, *, is_command: bool, size: int = 16000) -> bytes:
    """P-DATA-TF PDUs of a command or a data set."""
    out = []
    for at in range(0, max(1, len(content)), size):
        part = content[at:at + size]
        control = (1 if is_command else 0) | (2 if at + size >= len(content) else 0)
        out.append(pdu(4, struct.pack(">IBB", len(part) + 2, context, control) + part))
    return b"".join(out)


def command(elements: dict[int, bytes | int | str]) -> bytes:
    """A command set: implicit little endian with its group length. Keys are elements of group 0000."""
    body = b""
    for number, value in sorted(elements.items()):
        if isinstance(value, int):
            value = struct.pack("<H", value)
        elif isinstance(value, str):
            value = value.encode() + b"\0" * (len(value) % 2)
        body += struct.pack("<HHI", 0, number, len(value)) + value
    return struct.pack("<HHII", 0, 0, 4, len(body)) + body


def echo(context: int = 1) -> bytes:
    return fragments(context, command({0x0002: ECHO, 0x0100: 0x0030, 0x0110: 7, 0x0800: 0x0101}), is_command=True)


def store(context: int, sop_class: str, instance: str, data_set: bytes, *, size: int = 16000) -> bytes:
    said = command({0x0002: sop_class, 0x0100: 0x0001, 0x0110: 8, 0x0700: 0, 0x0800: 0, 0x1000: instance})
    return fragments(context, said, is_command=True) + fragments(context, data_set, is_command=False, size=size)


def find(context: int, identifier: bytes) -> bytes:
    said = command({0x0002: WORKLIST, 0x0100: 0x0020, 0x0110: 9, 0x0700: 0, 0x0800: 0})
    return fragments(context, said, is_command=True) + fragments(context, identifier, is_command=False)


def action(context: int, data_set: bytes) -> bytes:
    said = command({0x0003: COMMITMENT, 0x0100: 0x0130, 0x0110: 10, 0x0800: 0, 0x1001: "1.2.840.10008.1.20.1.1", 0x1008: 1})
    return fragments(context, said, is_command=True) + fragments(context, data_set, is_command=False)


RELEASE = pdu(5, bytes(4))


@dataclass
class Machine:
    """A connection; what it receives is read PDU by PDU."""
    port: int
    seconds: float = 20
    socket: socket.socket = field(init=False)

    def __post_init__(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=self.seconds)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Machine:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, content: bytes) -> None:
        self.socket.sendall(content)

    def receive(self) -> tuple[int, bytes] | None:
        """The next PDU; nothing where the other side has ended."""
        head = self._exactly(6)
        if head is None:
            return None
        kind, _, length = struct.unpack(">BBI", head)
        body = self._exactly(length)
        return None if body is None else (kind, body)

    def _exactly(self, count: int) -> bytes | None:
        got = b""
        while len(got) < count:
            try:
                part = self.socket.recv(count - len(got))
            except ConnectionError:
                return None
            if not part:
                return None
            got += part
        return got

    def associate(self, contexts: dict[int, tuple[str, str]]) -> dict[int, int]:
        """The result of each context: 0 is accepted."""
        self.send(request(contexts))
        answer = self.receive()
        assert answer and answer[0] == 2, answer
        results, body, at = {}, answer[1], 68
        while at + 4 <= len(body):
            kind, _, length = struct.unpack(">BBH", body[at:at + 4])
            if kind == 0x21:
                results[body[at + 4]] = body[at + 6]
            at += 4 + length
        return results

    def status(self) -> int | None:
        """The status of the next response; nothing where the other side has ended or aborted."""
        content = b""
        while True:
            answer = self.receive()
            if answer is None or answer[0] != 4:
                return None
            body, at, is_last = answer[1], 0, False
            while at + 6 <= len(body):
                length, _, control = struct.unpack(">IBB", body[at:at + 6])
                if control & 1:
                    content += body[at + 6:at + 4 + length]
                    is_last = is_last or bool(control & 2)
                at += 4 + length
            if is_last:
                break
        at = 0
        while at + 8 <= len(content):
            group, element, length = struct.unpack("<HHI", content[at:at + 8])
            if (group, element) == (0, 0x0900):
                return struct.unpack("<H", content[at + 8:at + 10])[0]
            at += 8 + length
        return None

    def seconds_until_end(self) -> float:
        """How long the other side takes to end the connection, whatever it still says."""
        begun = time.monotonic()
        while self.receive() is not None:
            pass
        return time.monotonic() - begun

    def reset(self) -> None:
        """RST, as a cable that is pulled and a machine that is switched off look like."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


def echoes(port: int) -> float:
    """The seconds of one verification, connection included."""
    begun = time.monotonic()
    with Machine(port) as machine:
        assert machine.associate({1: (ECHO, IMPLICIT)}) == {1: 0}
        machine.send(echo())
        assert machine.status() == 0
        machine.send(RELEASE)
        assert machine.receive()[0] == 6
    return time.monotonic() - begun


def part10(file: bytes) -> tuple[dict[int, bytes], bytes]:
    """The meta elements of a file (group 2) and its data set."""
    meta, at = {}, 132
    while at + 8 <= len(file) and file[at:at + 2] == b"\x02\x00":
        element, vr = struct.unpack("<H", file[at + 2:at + 4])[0], file[at + 4:at + 6]
        if vr in (b"OB", b"UN", b"UT"):
            head, length = 12, struct.unpack("<I", file[at + 8:at + 12])[0]
        else:
            head, length = 8, struct.unpack("<H", file[at + 6:at + 8])[0]
        meta[element] = file[at + head:at + head + length]
        at += head + length
    return meta, file[at:]


# What the clinic's processes hold

def helpers(service: int) -> list[int]:
    """The processes that serve an association: their connection is descriptor 3."""
    found = []
    for process in children(service):
        try:
            if os.readlink(f"/proc/{process}/fd/3").startswith("socket:"):
                found.append(process)
        except OSError:
            continue
    return found


HELPER_NAMES = ("fascia-dicom", "association", "decode", "index")


def children(service: int) -> list[int]:
    """The service's helpers, which call themselves after what they do, and the one that splits them off."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                name, rest = (entry / "stat").read_text().rsplit(")", 1)
            except OSError:
                continue
            if name.split("(", 1)[1] in HELPER_NAMES and int(rest.split()[1]) == service and rest.split()[0] != "Z":
                found.append(int(entry.name))
    return found


def private_megabytes(service: int) -> float:
    """Memory of the service and its helpers that is nobody else's and no file."""
    total = 0
    for process in (service, *children(service)):
        try:
            lines = Path(f"/proc/{process}/status").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith(("RssAnon", "RssShmem")))
    return total / 1024
