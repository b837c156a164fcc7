# ruff: noqa: SIM102 - one condition a line: the search climbs them one by one
"""Readers with planted faults, by which the search is tried: it must find what stands behind three conditions."""

from __future__ import annotations

import io
import json
import zipfile
import zlib


class Planted(Exception):
    """The fault."""


def three_bytes(raw: bytes) -> frozenset[str]:
    """Wrong where three bytes are these: one in sixteen million inputs that differ in all three."""
    if len(raw) >= 40:
        if raw[7] == 0xA5:
            if raw[23] == 0x3C:
                if raw[38] == 0x99:
                    raise Planted
    return frozenset()


def three_fields(raw: bytes) -> frozenset[str]:
    """Wrong where three entries of the JSON in a zip are odd, each in its own way."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as opened:
            entries = json.loads(opened.read("days/entries.json"))
        first, second, third = (entry.get("value") for entry in entries[:3])
        if first < 0:
            if second > 100_000:
                if "unit" not in entries[2] and third == 98:
                    raise Planted
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
    ):
        return frozenset()
    except (RecursionError, NotImplementedError, RuntimeError):
        return frozenset()
    return frozenset()


def forks(number: int) -> str:
    """Every way to branch, for comparing a marked copy with this one."""
    said = []
    for each in range(number):
        if (each % 3 == 0 and each % 2) or each == 8:
            said.append("a" if each > 4 else "b")
        elif each == 5:
            continue
        else:
            said.append(str(each or "zero"))
    while len(said) > 6:
        said.pop()
    try:
        said.append(str([1 // (each - 3) for each in range(number) if each != 2]))
    except ZeroDivisionError as error:
        said.append(type(error).__name__)
    match number:
        case 3:
            said.append("three")
        case int() if number > 7:
            said.append("many")
    with io.StringIO() as file:
        file.write("x")
        said.append(file.getvalue())
    return ",".join(said)
