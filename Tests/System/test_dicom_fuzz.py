# SPDX-License-Identifier: Apache-2.0
"""Associations that mean harm: valid streams of every service, changed at random, against a running clinic."""
from __future__ import annotations

import random
import socket
import struct
import time

import pytest

from association_bytes import (COMMITMENT, ECHO, EXPLICIT, IMPLICIT, LOOPS, RELEASE, WORKLIST, Machine, action, command, echo, echoes, find, fragments, helpers,
                               part10, pdu, private_megabytes, request, store)
from clinic import free_port
from journeys import until
from machine import loop, region, saved, send, speckle
from rounds import SEED, trials

ROUNDS = trials(300, 10_000)
IDLE = 2
MOST_MEGABYTES = 256
CONTEXTS = {1: (ECHO, IMPLICIT), 3: (WORKLIST, EXPLICIT), 5: (COMMITMENT, IMPLICIT), 7: (LOOPS, EXPLICIT), 9: (WORKLIST, IMPLICIT)}


def element(group: int, number: int, vr: bytes, value: bytes) -> bytes:
    long = vr in (b"SQ", b"OB", b"UN", b"UT")
    head = struct.pack("<HH", group, number) + vr
    return head + (b"\0\0" + struct.pack("<I", len(value)) if long else struct.pack("<H", len(value))) + value


def nested(depth: int) -> bytes:
    return (struct.pack("<HH2sHI", 0x0040, 0x0100, b"SQ", 0, 0xFFFFFFFF) + struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)) * depth


def identifier(seed: random.Random) -> bytes:
    keys = element(8, 0x50, b"SH", b"") + element(8, 0x60, b"CS", b"US") + element(0x10, 0x10, b"PN", b"*A* ") + element(0x10, 0x20, b"LO", b"")
    step = element(0x40, 2, b"DA", b"20260101-20270101 ") + element(0x40, 1, b"AE", b"")
    keys += element(0x40, 0x100, b"SQ", struct.pack("<HHI", 0xFFFE, 0xE000, len(step)) + step)
    if seed.random() < 0.2:
        keys += nested(seed.choice([2, 31, 33, 64, 2000, 20_000]))
    return keys


def commitment() -> bytes:
    def plain(group: int, number: int, value: bytes) -> bytes:
        return struct.pack("<HHI", group, number, len(value)) + value
    one = plain(8, 0x1150, LOOPS.encode() + b"\0" * (len(LOOPS) % 2)) + plain(8, 0x1155, b"1.2.3.4\0")
    return plain(8, 0x1195, b"1.2.3\0") + plain(8, 0x1199, struct.pack("<HHI", 0xFFFE, 0xE000, len(one)) + one)


def message(seed: random.Random, objects: list[bytes]) -> bytes:
    match seed.randrange(7):
        case 0: return echo(1)
        case 1: return find(3, identifier(seed))
        case 2: return find(9, identifier(seed))
        case 3: return action(5, commitment())
        case 4:
            # A command that holds what no command holds.
            said = command({0x0002: ECHO, 0x0100: seed.choice([0x0030, 0x0021, 0x0010, 0x0FFF, 0x8030, 0xFFFF, 0x0140, 0x0120]), 0x0110: 3,
                            0x0800: seed.choice([0x0101, 0, 1])})
            return fragments(seed.choice([1, 3, 5, 7]), said + nested(seed.choice([0, 40, 20_000])), is_command=True)
        case _:
            meta, data_set = part10(seed.choice(objects))
            return store(7, LOOPS, meta[3].rstrip(b"\0").decode(), data_set, size=seed.choice([200, 4000, 16000]))


def parts(stream: bytes) -> list[tuple[int, bytes]]:
    found, at = [], 0
    while at + 6 <= len(stream):
        kind, _, length = struct.unpack(">BBI", stream[at:at + 6])
        found.append((kind, stream[at + 6:at + 6 + length]))
        at += 6 + length
    return found


def harmed(stream: bytes, seed: random.Random) -> bytes:
    """One to four changes: of bytes anywhere, or of the places that steer: types, lengths, contexts, fragments."""
    units = parts(stream)
    for _ in range(seed.choice([1, 1, 2, 4])):
        number = seed.randrange(len(units))
        kind, body = units[number]
        body = bytearray(body)
        match seed.randrange(10):
            case 0: kind = seed.randrange(256)
            case 1:
                for _ in range(seed.choice([1, 3, 20])):
                    if body:
                        body[seed.randrange(len(body))] = seed.randrange(256)
            case 2: del body[seed.randrange(len(body) + 1):]
            case 3: body[0:0] = seed.randbytes(seed.randrange(1, 300))
            case 4: units.insert(number, units[seed.randrange(len(units))])
            case 5: units.pop(number) if len(units) > 1 else None
            case 6 if kind == 4 and len(body) >= 6:
                body[0:4] = struct.pack(">I", seed.choice([0, 1, 2, 0x7FFFFFFF, 0xFFFFFFFF, len(body), 100_000]))
            case 7 if kind == 4 and len(body) >= 6: body[4] = seed.choice([0, 1, 2, 9, 255])
            case 8 if kind == 4 and len(body) >= 6: body[5] = seed.choice([0, 1, 2, 3, 7, 255])
            case _ if len(body) > 4:
                # A length or a number, wherever it is.
                at = seed.randrange(len(body) - 3)
                body[at:at + 4] = seed.choice([b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\xfe\xff\x00\xe0"])
        if number < len(units):
            units[number] = (kind, bytes(body))
        if not units:
            units = [(1, b"")]
    out = b"".join(pdu(kind, body) for kind, body in units)
    if seed.random() < 0.15:
        # The length of a whole PDU lies.
        out = bytearray(out)
        at = seed.randrange(2, 6)
        out[at] = seed.choice([0, 1, 127, 255])
    return bytes(out[:seed.randrange(1, len(out))] if seed.random() < 0.1 else out)


def attack(port: int, content: bytes, seed: random.Random) -> None:
    with Machine(port, seconds=5) as machine:
        try:
            machine.send(content)
            match seed.randrange(3):
                case 0: machine.reset()
                case 1: machine.socket.shutdown(socket.SHUT_WR)
                case _: machine.socket.settimeout(0.05)
            machine.seconds_until_end()
        except OSError:
            pass


def good(port: int, number: int) -> None:
    assert echoes(port) < 2, "a verification waits for nobody"
    assert send(port, [loop(speckle(number, 1, 16, 16))]) == [0]


def test_associations_that_mean_harm(houses, tmp_path):
    port = free_port()
    clinic = houses.clinic(environment={"FASCIA_DICOM_PORT": str(port), "FASCIA_DICOM_IDLE_SECONDS": str(IDLE)})
    service, seed = clinic.process.pid, random.Random(f"{SEED} associations")
    objects = [saved(loop(speckle(70 + number, frames, 24, 24), regions=[region(0, 0, 23, 23, x=0.01, y=0.01)]), tmp_path).read_bytes()
               for number, frames in enumerate((1, 3, 12))]
    for number in range(3):
        good(port, number)
    idle, most = private_megabytes(service), 0.0
    for number in range(ROUNDS):
        stream = request(CONTEXTS) + b"".join(message(seed, objects) for _ in range(seed.randrange(1, 4))) + RELEASE
        attack(port, harmed(stream, seed), seed)
        most = max(most, private_megabytes(service) - idle) if number % 5 == 0 else most
        if number % 50 == 49:
            good(port, 1000 + number)
            assert clinic.process.poll() is None and clinic.process.pid == service, f"the clinic ended in round {number}"
            assert most <= MOST_MEGABYTES, f"{most:.0f} MB over idle by round {number}"
    good(port, 10**6)
    until(lambda: not helpers(service), 16 * IDLE + 5, "no association lives longer than the limits")
    assert clinic.process.poll() is None and clinic.get("/healthz").status == 200
    print(f"{ROUNDS} associations, at most {most:.0f} MB over idle")


@pytest.mark.parametrize("length", [10 << 20, 200 << 20, 0xFFFFFFFF])
def test_a_request_of_any_length_takes_no_memory(houses, length):
    """Nobody makes room for as much as the first six bytes say; 32 connections would be 6 GB."""
    port = free_port()
    clinic = houses.clinic(environment={"FASCIA_DICOM_PORT": str(port), "FASCIA_DICOM_IDLE_SECONDS": str(IDLE)})
    idle = private_megabytes(clinic.process.pid)
    crowd = [Machine(port) for _ in range(8)]
    begun, most = time.monotonic(), 0.0
    for one in crowd:
        try:
            one.send(struct.pack(">BBI", 1, 0, length))
            for _ in range(8):
                one.send(bytes(1 << 20))
        except OSError:
            pass
        most = max(most, private_megabytes(clinic.process.pid) - idle)
    print(f"{most:.0f} MB over idle")
    assert most < 64, f"{most:.0f} MB over idle"
    for one in crowd:
        one.seconds_until_end()
        one.socket.close()
    assert time.monotonic() - begun < 30
    good(port, 1)
