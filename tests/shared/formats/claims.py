"""Files that claim to hold far more than they do, or more than any device writes: two GB in some bytes.

CLAIMS has them for every format, made of its own samples, so that the reader goes as far into them as it would.
"""

from __future__ import annotations

import base64
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache

from tests.shared.formats.damage import NIGHTLY, mended, samples, unzipped, zipped
from tests.shared.formats.reading_apart import Spelled

Claims = dict[str, Spelled]

# What never ends: more than any reader holds.
ENDLESS = 256 << 20 if NIGHTLY else 6 << 20
_GB2 = 0x7FFF_FFFF
_NUMBERS = (
    b"1e999999999",
    b"-1e999999999",
    b"1e-999999999",
    b"9" * 400,
    b"9" * 5000,
    b"-9",
    b"1e308",
    b"00",
    b"NaN",
)
_TEXTS = (b'""', b'"1e999999999"', b'"' + b"9" * 5000 + b'"', b"null", b"true", b"[]", b"{}", b"[[[[1]]]]")


def _endless(head: bytes, unit: bytes, tail: bytes = b"") -> Spelled:
    return Spelled(head, unit, ENDLESS // len(unit), tail)


def _first(of: str, ending: str) -> bytes:
    return next(content for name, content in samples(of) if name.endswith(ending))


def table(content: bytes) -> Claims:
    """A table of text that is longer or wider than any."""
    line = content.split(b"\n")[0]
    return {
        "a line without end": _endless(content + b"\n", b"1,"),
        "a first line without end": _endless(line, b",1"),
        "a quote never closed": _endless(content + b'\n"', b"a" * 63 + b"\n"),
        "a cell without end": _endless(content + b'\n"', b"9"),
        "a million columns": Spelled(line + b",x" * 1_000_000 + b"\n" + content),
        "a million columns in a row": Spelled(content + b"\n" + b"1," * 1_000_000 + b"\n"),
        "a million empty lines": Spelled(content + b"\n" * 1_000_000),
        "half a million rows of nothing": Spelled(content + b"\n" + b",,,\n" * 500_000),
        **{
            f"{number[:12].decode()} as number {at}": Spelled(changed)
            for at, number, changed in _replaced(
                content, rb"(?<=[,;\t\"])-?\d+(?:\.\d+)?(?=[,;\t\"\r\n])", _NUMBERS
            )
        },
    }


def json(content: bytes) -> Claims:
    """JSON that is longer or deeper than any."""
    start = content[: content.index(b":") + 1]
    return {
        "a number without end": _endless(start, b"9"),
        "a text without end": _endless(start + b'"', b"a"),
        "lists without bottom": _endless(start, b"["),
        "objects without bottom": _endless(start, b'{"a":'),
        "a list without end": _endless(start + b"[1", b",1"),
        "a thousand lists in one another": Spelled(start + b"[" * 1000 + b"1" + b"]" * 1000 + b"}"),
        "blanks without end": _endless(content, b" \n"),
        "nothing but blanks without end": _endless(b"", b" \n"),
        "the same again and again": Spelled(content, b"\n" + content, 200),
        **{
            f"{number[:12].decode()} as number {at}": Spelled(changed)
            for at, number, changed in _replaced(
                content, rb"(?<=:)\s*-?\d+(?:\.\d+)?(?=\s*[,}\]])", (*_NUMBERS, *_TEXTS)
            )
        },
        **{
            f"{text[:12].decode()} as text {at}": Spelled(changed)
            for at, text, changed in _replaced(
                content, rb'(?<=:)\s*"[^"\\]*"(?=\s*[,}\]])', (*_NUMBERS[:5], *_TEXTS)
            )
        },
    }


def xml(content: bytes) -> Claims:
    """XML that is longer or deeper than any, or unfolds itself."""
    found = re.search(rb"<[A-Za-z][^>]*>", content)
    assert found is not None
    root = found[0]
    upto, after = content[: found.start()], content[found.end() :]
    opened = content[: found.end()]
    inner = re.search(rb'="[^"]*"', after)
    attribute = opened + after[: inner.start() + 2] if inner else opened + b'<a b="'
    declared = b"".join(
        b'<!ENTITY e%d "%b">' % (n, b"&e%d;" % (n - 1) * 10 if n else b"x" * 100) for n in range(10)
    )
    return {
        "an attribute without end": _endless(attribute, b"9"),
        "a text without end": _endless(opened, b"text "),
        "a name without end": _endless(opened + b"<", b"a"),
        "a comment without end": _endless(opened + b"<!--", b"a"),
        "a comment before it without end": _endless(upto + b"<!--", b"a"),
        "blanks before it without end": _endless(upto, b" \n"),
        "CDATA without end": _endless(opened + b"<![CDATA[", b"a"),
        "elements without bottom": _endless(opened, b"<a>"),
        "elements without end": _endless(opened, b"<a/>"),
        "a million attributes": Spelled(
            opened + b"<a " + b" ".join(b'a%d=""' % n for n in range(1_000_000)) + b"/>"
        ),
        "entities that unfold": Spelled(upto + b"<!DOCTYPE x [" + declared + b"]>" + root + b"&e9;" + after),
        "one entity, many times": Spelled(
            upto + b'<!DOCTYPE x [<!ENTITY e "' + b"x" * 1_000_000 + b'">]>' + root, b"&e;", 2000, after
        ),
        "a file of this machine": Spelled(
            upto + b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + root + b"&e;" + after
        ),
        "entities of parameters": Spelled(
            upto + b'<!DOCTYPE x [<!ENTITY % e "<!ENTITY f 1>"> %e;]>' + root + after
        ),
        **{
            f"{number[:12].decode()} as value {at}": Spelled(changed)
            for at, number, changed in _replaced(content, rb'(?<==")-?\d+(?:\.\d+)?(?=")', _NUMBERS)
        },
        **{
            f"{number[:12].decode()} as text {at}": Spelled(changed)
            for at, number, changed in _replaced(content, rb"(?<=>)-?\d+(?:\.\d+)?(?=<)", _NUMBERS)
        },
    }


def _replaced(content: bytes, pattern: bytes, by: tuple[bytes, ...]) -> list[tuple[int, bytes, bytes]]:
    """``content`` with one match replaced by each; of many matches some that are spread over it."""
    found = list(re.finditer(pattern, content))
    most = 400 if NIGHTLY else 4
    places = sorted(
        {len(found) * each // most for each in range(most)} if len(found) > most else range(len(found))
    )
    return [
        (at, each, content[: found[at].start()] + each + content[found[at].end() :])
        for at in places
        for each in by
    ]


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
        "zeros behind it without end": _endless(content, b"\0"),
    }


def _unfolding(content: bytes) -> Claims:
    members = unzipped(content)
    longest = max(members, key=lambda name: len(members[name]))
    zeros = {**members, longest: members[longest] + bytes(90_000_000)}
    begun = {**members, longest: members[longest] + b"\n" * 15_900_000}
    return {
        "a member that unfolds": Spelled(zipped(zeros, zipfile.ZIP_DEFLATED)),
        "a member of empty lines": Spelled(zipped(begun, zipfile.ZIP_DEFLATED)),
        "many members that unfold": Spelled(_many(members, 1000)),
        "60,000 members": Spelled(zipped({**members, **{f"x/{n}": b"" for n in range(60_000)}})),
        "3,000 members of it": Spelled(
            zipped({**members, **{f"{n}/{longest}": members[longest] for n in range(3000)}})
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


def _fit() -> Claims:
    content = _first("garmin_fit", "walk.fit")
    size = content[0]
    head = content[:4]

    def made(body: bytes) -> Spelled:
        header = bytes([14]) + head[1:4] + struct.pack("<I", len(body)) + b".FIT\0\0"
        return Spelled(mended(header + body + b"\0\0"))

    fields = b"".join(bytes([n, 255, 13]) for n in range(255))
    wide = b"\x40\0\0" + struct.pack("<H", 20) + b"\xff" + fields
    bare = b"\x40\0\0" + struct.pack("<H", 20) + b"\x01\xfd\x04\x86"
    developer = b"\x60\0\0" + struct.pack("<H", 20) + b"\0\xff" + b"\0\xff\0" * 255
    claims = {
        f"{claimed} bytes": Spelled(content[:4] + struct.pack("<I", claimed) + content[8:])
        for claimed in (_GB2, 0xFFFF_FFFF, 0, len(content), len(content) - size - 3)
    }
    return {
        **claims,
        "behind it 2 GB": _endless(content, b"\0"),
        "messages of 65,025 bytes": made(wide + (b"\0" + b"\x01" * 65_025) * 200),
        "messages of no field": made(b"\x40\0\0\x14\0\0" + b"\0" * 4_000_000),
        "messages of a time": made(bare + b"\0\x01\x02\x03\x40" * 1_000_000),
        "fields of apps that nobody described": made(developer + b"\0" + b"\x01" * 65_025),
        "messages nobody described": made(b"\x01" * 10_000),
        "a definition without end": made(b"\x40\0\0\x14\0\xff" + b"\x01\xff"),
        "100,000 parts": Spelled(b"", made(b"").head, 100_000),
    }


def _database() -> Claims:
    content = _first("health_connect", ".db")

    def with_head(at: int, by: bytes) -> Spelled:
        return Spelled(content[:at] + by + content[at + len(by) :])

    size = int.from_bytes(content[16:18], "big")
    cells = bytearray(content)
    for page in range(1, len(content) // size):
        at = page * size
        if content[at] == 13:  # a leaf of a table: its first cell says 2 GB
            cell = int.from_bytes(content[at + 8 : at + 10], "big")
            cells[at + cell : at + cell + 5] = b"\x87\xff\xff\xff\x7f"
    return {
        "2 GB of pages": with_head(28, struct.pack(">I", _GB2 // size)),
        "2,147,483,647 pages": with_head(28, struct.pack(">I", _GB2)),
        "pages that nobody counted": Spelled(
            content[:24] + b"\0\0\0\x01" + content[28:92] + b"\0\0\0\x02" + content[96:]
        ),
        "pages of 64 kB": with_head(16, b"\0\x01"),
        "pages of 512 bytes": with_head(16, b"\x02\0"),
        "a cache of 2 GB": with_head(48, struct.pack(">i", -_GB2)),
        "cells of 2 GB": Spelled(bytes(cells)),
        "blanks behind it": Spelled(content, b"\0", 48 << 20),
        "in a zip": Spelled(zipped({"health_connect_export.db": bytes(cells)})),
        **archive(_first("health_connect", ".zip")),
    }


def _picture() -> Claims:
    jpeg = _first("qr_picture", ".jpg")
    frame = jpeg.index(b"\xff\xc0") if b"\xff\xc0" in jpeg else jpeg.index(b"\xff\xc2")
    claims = {
        "a photograph of 65,535 by 65,535": Spelled(jpeg[: frame + 5] + b"\xff" * 4 + jpeg[frame + 9 :]),
        "a photograph of 40,000 by 1,000": Spelled(
            jpeg[: frame + 5] + struct.pack(">HH", 40_000, 1_000) + jpeg[frame + 9 :]
        ),
        "a photograph of 6,300 by 6,300": Spelled(
            jpeg[: frame + 5] + struct.pack(">HH", 6_300, 6_300) + jpeg[frame + 9 :]
        ),
        "2 GB behind it": _endless(jpeg, b"\0"),
        "2,147,483,647 points wide": Spelled(_png(_GB2, _GB2, 0, b"")),
        "65,535 points wide": Spelled(_png(65_535, 65_535, 2, b"")),
        "texts that unfold": Spelled(
            _png(8, 8, 0, _chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(20_000_000), 1)) * 100)
        ),
        "a profile that unfolds": Spelled(
            _png(8, 8, 0, _chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(60_000_000), 1)))
        ),
        "a part of 2 GB": Spelled(_png(8, 8, 0, struct.pack(">I", _GB2) + b"IDAT")),
    }
    kinds = (("grey", 0), ("colour", 2), ("grey, transparent", 4), ("colour, transparent", 6))
    for kind, wide in kinds if NIGHTLY else kinds[1::2]:
        points = {0: 1, 2: 3, 4: 2, 6: 4}[wide]
        side = 4_000 if wide >= 4 else 6_300  # as large as is read at all
        rows = zlib.compress((b"\0" + b"\x80" * (side * points)) * side, 1)
        claims[f"as many points as may be, {kind}"] = Spelled(_png(side, side, wide, _chunk(b"IDAT", rows)))
    return claims


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _png(width: int, height: int, colours: int, chunks: bytes) -> bytes:
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colours, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunks + _chunk(b"IEND", b"")


def _notebook(of: str) -> Claims:
    content = next(content for name, content in samples(of))
    return {
        **table(content),
        "lines without end": _endless(content, b"999,1\r\n"),
        "unknown lines": Spelled(content, b"777,x\r\n", 300_000),
        "split in 99,999 parts": Spelled(content + b"911,12345678901234,99999,1\r\n"),
        "headers without end": Spelled(content, content, 2_000),
    }


def _electrocardiogram() -> Claims:
    content = samples("apple_ecg")[0][1]
    return {
        **table(content),
        "samples without end": _endless(content, b"-12.345\n"),
        "99,999 hertz": Spelled(re.sub(rb"[0-9.]+ (?=hertz)", b"99999 ", content)),
        "0.00001 hertz": Spelled(re.sub(rb"[0-9.]+ (?=hertz)", b"0.00001 ", content)),
        "samples of a million digits": Spelled(content + b"9" * 1_000_000 + b"\n"),
    }


def _signed() -> Claims:
    plain, service = _first("eprescription", "unsigned.xml"), _first("eprescription", ".csv")

    def wrapped(inner: bytes) -> bytes:
        return b"<a>" + base64.b64encode(inner) + b"</a>"

    return {
        **xml(plain),
        **{f"service: {name}": claim for name, claim in table(service).items()},
        "base64 without end": _endless(b"<a>" + base64.b64encode(b"SJ1\r\n" + service[5:300]), b"QUFB"),
        "prescriptions without end": Spelled(b"<b>" + wrapped(service) * 1_000 + b"</b>"),
        "XML in XML in XML in XML": Spelled(wrapped(wrapped(wrapped(wrapped(service))))),
        "base64 of 12 MB in base64": Spelled(wrapped(wrapped(service + b" " * 6_000_000))),
    }


def _fhir() -> Claims:
    clins, lines, vitals = (_first("fhir_jp", end) for end in ("clins.json", ".ndjson", "vitals.json"))
    attached = b'{"resourceType":"DocumentReference","content":[{"attachment":{"data":"'
    sampled = (
        b'{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org",'
        b'"code":"11524-6"}]},"effectiveDateTime":"2026-11-20T07:00:00+09:00","component":[{"code":{"text":"I"},'
        b'"valueSampledData":{"origin":{"value":0,"unit":"mV"},"period":%b,"dimensions":%b,"data":"%b"}}]}'
    )
    return {
        **json(clins),
        **{f"vitals: {name}": claim for name, claim in json(vitals).items()},
        "base64 without end": _endless(attached, b"QUFB"),
        "samples in 2,147,483,647 dimensions": Spelled(sampled % (b"2", b"2147483647", b"1 2 3")),
        "samples every 1e999999999 ms": Spelled(sampled % (b"1e999999999", b"1", b"1 2 3")),
        "samples every 1e-300 ms": Spelled(sampled % (b"1e-300", b"1", b"1 2 3")),
        "a million samples": Spelled(sampled % (b"2", b"1", b"1 " * 1_000_000)),
        "odd samples": Spelled(sampled % (b"2", b"1", b"E U L 1e999 " + b"9" * 5000)),
        "200,000 lines": Spelled(lines, lines.split(b"\n")[0] + b"\n", 200_000),
        "references in a ring": Spelled(b"\n".join(
            b'{"resourceType":"MedicationRequest","id":"%d","medicationReference":{"reference":"MedicationRequest/%d"},'
            b'"subject":{"reference":"MedicationRequest/%d"}}' % (n, (n + 1) % 500, n) for n in range(500)
        )),
    }  # fmt: skip


def _named(**kinds: Claims) -> Claims:
    return {f"{kind}: {name}": claim for kind, claims in kinds.items() for name, claim in claims.items()}


def _by_kind(of: str) -> Claims:
    """What is claimed by each kind of file that a format has: a maker's zip, and what may come alone."""
    kinds: dict[str, Claims] = {}
    for name, content in samples(of):
        ending = name.rpartition(".")[2].lower()
        if ending in kinds and not NIGHTLY:
            continue  # one of each by day
        maker: Callable[[bytes], Claims] = {"zip": archive, "csv": table, "json": json, "xml": xml}[ending]
        kinds.setdefault(ending, maker(content))
    return _named(**kinds)


CLAIMS: dict[str, Callable[[], Claims]] = {
    "jahis_techo": lambda: _notebook("jahis_techo"),
    "apple_health": lambda: _named(
        xml=xml(_first("apple_health", "hanako_2026.xml")), zip=archive(_first("apple_health", ".zip"))
    ),
    "jahis_rx": lambda: _notebook("jahis_rx"),
    "eprescription": _signed,
    "mynaportal": lambda: _by_kind("mynaportal"),
    "fhir_jp": _fhir,
    "orca": lambda: _by_kind("orca"),
    "qr_picture": _picture,
    "health_connect": _database,
    "fitbit": lambda: _by_kind("fitbit"),
    "samsung_health": lambda: _by_kind("samsung_health"),
    "garmin_fit": _fit,
    "withings": lambda: _by_kind("withings"),
    "omron": lambda: _by_kind("omron"),
    "tanita": lambda: _by_kind("tanita"),
    "libreview": lambda: _by_kind("libreview"),
    "dexcom": lambda: _by_kind("dexcom"),
    "nightscout": lambda: _by_kind("nightscout"),
    "open_mhealth": lambda: _named(json=json(_first("open_mhealth", "points.json"))),
    "apple_ecg": _electrocardiogram,
    "clinical_document": lambda: _by_kind("clinical_document"),
    "sheet": lambda: _by_kind("sheet"),
    "bundle": lambda: archive(samples("bundle")[0][1], unfolding=True),
}


@cache
def small(of: str) -> list[tuple[str, Spelled]]:
    """The claims of a format that are small files, as they are handed in at once."""
    return [(name, file) for name, file in CLAIMS[of]().items() if file.size < 300_000]
