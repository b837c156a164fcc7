"""Zips that claim to hold far more than they do, or unfold to it."""

from __future__ import annotations

import io
import struct
import zipfile

from tests.shared.formats.claims_of_text import Claims, endless
from tests.shared.formats.damage import NIGHTLY, unzipped, zipped
from tests.shared.formats.spelled import Spelled

_GB2 = 0x7FFF_FFFF


def archive(content: bytes, *, unfolding: bool = NIGHTLY) -> Claims:
    """A zip whose list of contents claims what is not there; and ``unfolding``, whose members are large or many."""
    return {**_untrue(content), **(_unfolding(content) if unfolding else {})}


def _untrue(content: bytes) -> Claims:
    return {
        "members of 2 GB": Spelled(_sizes(content, _GB2)),
        "members of 4 GB": Spelled(_sizes(content, 0xFFFF_FFFF)),
        "members of 2 GB that are small": Spelled(_sizes(content, _GB2, packed=False)),
        "members of no byte": Spelled(_sizes(content, 0)),
        "65,535 members": Spelled(_directory_end(content, 8, b"\xff\xff\xff\xff")),
        "a directory of 2 GB": Spelled(_directory_end(content, 12, struct.pack("<I", _GB2))),
        "a directory at 2 GB": Spelled(_directory_end(content, 16, struct.pack("<I", _GB2))),
        "zip in zip in zip in zip": Spelled(zipped({"a.zip": zipped({"b.zip": zipped({"c.zip": content})})})),
        "names without end": Spelled(
            zipped({**unzipped(content), "a" * 65_000 + ".csv": b"1", "b/" * 30_000 + "x.json": b"1"})
        ),
        "zeros behind it without end": endless(content, b"\0"),
    }


def _unfolding(content: bytes) -> Claims:
    members = unzipped(content)
    longest = max(members, key=lambda name: len(members[name]))
    again = longest if NIGHTLY else min(members, key=lambda name: len(members[name]))
    zeros = {**members, longest: members[longest] + bytes(90_000_000)}
    begun = {**members, longest: members[longest] + b"\n" * 15_900_000}
    return {
        "a member that unfolds": Spelled(zipped(zeros, zipfile.ZIP_DEFLATED)),
        "a member of empty lines": Spelled(zipped(begun, zipfile.ZIP_DEFLATED)),
        "many members that unfold": Spelled(_many(members, 1000)),
        "60,000 members": Spelled(zipped({**members, **{f"x/{n}": b"" for n in range(60_000)}})),
        "3,000 members of it": Spelled(
            zipped({**members, **{f"{n}/{again}": members[again] for n in range(3000)}})
        ),
    }


def _sizes(content: bytes, size: int, *, packed: bool = True) -> bytes:
    """Every member's sizes in the directory (and where it begins) changed."""
    changed = bytearray(content)
    for sign, at, name in ((b"PK\x01\x02", 20, 46), (b"PK\x03\x04", 18, 30)):
        place = content.find(sign)
        while place >= 0:
            assert name
            struct.pack_into("<I", changed, place + at + 4, size)
            if packed:
                struct.pack_into("<I", changed, place + at, size)
            place = content.find(sign, place + 4)
    return bytes(changed)


def _directory_end(content: bytes, at: int, by: bytes) -> bytes:
    place = content.rindex(b"PK\x05\x06") + at
    return content[:place] + by + content[place + len(by) :]


def _many(members: dict[str, bytes], count: int) -> bytes:
    """A zip of ``count`` members more, each of which unfolds to 15 MB that say nothing."""
    file = io.BytesIO()
    name, content = max(members.items(), key=lambda each: len(each[1]))
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for each, inner in members.items():
            made.writestr(each, inner)
        folder, _, base = name.rpartition("/")
        made.writestr(f"{folder}/0/{base}", content + b" " * 15_900_000)
    raw = file.getvalue()
    # The packed bytes of the last one again and again, under other names.
    with zipfile.ZipFile(io.BytesIO(raw)) as opened:
        last = opened.infolist()[-1]
        begin = opened.infolist()[-1].header_offset
        packed = raw[begin + 30 + len(last.filename.encode()) :][: last.compress_size]
    bodies, directory = [raw[:begin]], []
    at = begin
    infos = opened.infolist()[:-1]
    directory += [_entry(info.filename.encode(), info, info.header_offset) for info in infos]
    for number in range(count):
        named = f"{folder}/{number}/{base}".lstrip("/").encode()
        header = struct.pack(
            "<4s5H3I2H",
            b"PK\x03\x04",
            20,
            0x800,
            8,
            0,
            33,
            last.CRC,
            len(packed),
            last.file_size,
            len(named),
            0,
        )
        bodies.append(header + named + packed)
        directory.append(_entry(named, last, at))
        at += len(bodies[-1])
    listed = b"".join(directory)
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, len(directory), len(directory), len(listed), at, 0)
    return b"".join(bodies) + listed + end


def _entry(name: bytes, info: zipfile.ZipInfo, at: int) -> bytes:
    return (
        struct.pack(
            "<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0x800, info.compress_type, 0, 33, info.CRC, info.compress_size,
            info.file_size, len(name), 0, 0, 0, 0, 0, at,
        )
        + name
    )  # fmt: skip
