"""Codes in pictures: a small PNG reader of our own, and zxing-cpp where it is installed. Raw bytes, never its text."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from mobile.device import Picture, Pixels

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
# A phone's photograph has 12 million pixels; a picture that claims much more is not worth the memory.
_MOST_PIXELS = 50_000_000


def png_picture(data: bytes) -> Picture | None:
    """A PNG (PNG specification, 3rd edition) as greys, transparent shown on white; None for what we do not read.

    Not read: other files, interlaced or 16 bit pictures, broken or oversized ones.
    """
    try:
        return _png(data) if data.startswith(_SIGNATURE) else None
    except (zlib.error, struct.error, IndexError, ValueError):
        return None


def read_codes(data: bytes, pixels: Pixels | None = None) -> tuple[bytes, ...]:
    """The raw bytes of every QR or Data Matrix code in a picture file, from top to bottom.

    ``pixels`` reads more kinds of picture, and faster. zxing-cpp's own text is wrong for CP932 extensions (髙 ①),
    so only its bytes are used.
    """
    import zxingcpp

    picture = (pixels(data) if pixels else None) or png_picture(data)
    if picture is None:
        return ()
    view = memoryview(picture.grey).cast("B", (picture.height, picture.width))
    found = zxingcpp.read_barcodes(view)
    codes = sorted(found, key=lambda code: (code.position.top_left.y, code.position.top_left.x))
    return tuple(bytes(code.bytes) for code in codes)


def _png(data: bytes) -> Picture | None:
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", data[16:29])
    if interlaced or depth > 8 or colour not in _CHANNELS or not 0 < width * height <= _MOST_PIXELS:
        return None
    chunks = list(_chunks(data))
    palette = next((body for kind, body in chunks if kind == b"PLTE"), b"")
    bits = depth * _CHANNELS[colour]
    stride = (width * bits + 7) // 8
    inflate = zlib.decompressobj()
    raw = inflate.decompress(
        b"".join(body for kind, body in chunks if kind == b"IDAT"), (stride + 1) * height
    )
    if len(raw) != (stride + 1) * height:
        return None
    greys = bytearray()
    line = bytes(stride)
    step = max(bits // 8, 1)
    for start in range(0, len(raw), stride + 1):
        line = _unfiltered(raw[start], raw[start + 1 : start + 1 + stride], line, step)
        greys += _greys(line, width, depth, colour, palette)
    return Picture(width, height, bytes(greys))


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_SIGNATURE)
    while at + 8 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += length + 12


def _unfiltered(kind: int, line: bytes, above: bytes, step: int) -> bytes:
    if kind == 0:
        return line
    if kind > 4:
        raise ValueError("an unknown filter")
    out = bytearray(line)
    for i, value in enumerate(line):
        left = out[i - step] if i >= step else 0
        up = above[i]
        corner = above[i - step] if i >= step else 0
        guess = (0, left, up, (left + up) // 2, _nearest(left, up, corner))[kind]
        out[i] = (value + guess) & 0xFF
    return bytes(out)


def _nearest(left: int, up: int, corner: int) -> int:
    """The Paeth predictor of the PNG specification (9.4)."""
    guess = left + up - corner
    return min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))[2]


def _greys(line: bytes, width: int, depth: int, colour: int, palette: bytes) -> bytes:
    if depth < 8:
        most = (1 << depth) - 1
        per_byte = 8 // depth
        samples = [(byte >> (8 - depth * (k + 1))) & most for byte in line for k in range(per_byte)][:width]
        if colour == 3:
            return bytes(_luma(*palette[3 * s : 3 * s + 3]) for s in samples)
        return bytes(sample * 255 // most for sample in samples)
    if colour == 0:
        return line
    if colour == 3:
        return bytes(_luma(*palette[3 * s : 3 * s + 3]) for s in line)
    size = _CHANNELS[colour]
    dots = (line[i : i + size] for i in range(0, len(line), size))
    if colour == 4:
        return bytes(_on_white(dot[0], dot[1]) for dot in dots)
    if colour == 2:
        return bytes(_luma(*dot) for dot in dots)
    return bytes(_on_white(_luma(*dot[:3]), dot[3]) for dot in dots)


def _luma(red: int, green: int, blue: int) -> int:
    return (299 * red + 587 * green + 114 * blue) // 1000


def _on_white(grey: int, opacity: int) -> int:
    return (grey * opacity + 255 * (255 - opacity)) // 255
