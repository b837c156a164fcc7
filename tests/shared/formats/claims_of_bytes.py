"""Files of bytes with numbers of their own size in them: FIT, databases, pictures."""

from __future__ import annotations

import struct
import zlib

from tests.shared.formats.claims_of_text import PART, Claims, endless, first
from tests.shared.formats.claims_of_zips import archive
from tests.shared.formats.damage import NIGHTLY, mended, zipped
from tests.shared.formats.spelled import Spelled

_GB2 = 0x7FFF_FFFF


def fit() -> Claims:
    """FIT: sizes, definitions and fields that are not there."""
    content = first("garmin_fit", "walk.fit")
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
        "behind it 2 GB": endless(content, b"\0"),
        "messages of 65,025 bytes": made(wide + (b"\0" + b"\x01" * 65_025) * 200),
        "messages of no field": made(b"\x40\0\0\x14\0\0" + b"\0" * 4_000_000),
        "messages of a time": made(bare + b"\0\x01\x02\x03\x40" * (1_000_000 // PART // PART)),
        "fields of apps that nobody described": made(developer + b"\0" + b"\x01" * 65_025),
        "messages nobody described": made(b"\x01" * 10_000),
        "a definition without end": made(b"\x40\0\0\x14\0\xff" + b"\x01\xff"),
        "100,000 parts": Spelled(b"", made(b"").head, 100_000),
    }


def database() -> Claims:
    """SQLite: pages and cells that are not there."""
    content = first("health_connect", ".db")

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
        **archive(first("health_connect", ".zip")),
    }


def picture() -> Claims:
    """Pictures of more points than there are, or than are read."""
    jpeg = first("qr_picture", ".jpg")
    frame = jpeg.index(b"\xff\xc0") if b"\xff\xc0" in jpeg else jpeg.index(b"\xff\xc2")
    claims = {
        "a photograph of 65,535 by 65,535": Spelled(jpeg[: frame + 5] + b"\xff" * 4 + jpeg[frame + 9 :]),
        "a photograph of 40,000 by 1,000": Spelled(
            jpeg[: frame + 5] + struct.pack(">HH", 40_000, 1_000) + jpeg[frame + 9 :]
        ),
        "a photograph of 6,300 by 6,300": Spelled(
            jpeg[: frame + 5] + struct.pack(">HH", 6_300, 6_300) + jpeg[frame + 9 :]
        ),
        "2 GB behind it": endless(jpeg, b"\0"),
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
