"""A picture (PNG, JPEG) with the codes of a medicine notebook or a prescription: read by their bytes, never by a text.

zxing-cpp guesses the letters of a code wrongly where they are CP932 (髙 ①), so its text is never used. What the codes
hold is for the format to read that they belong to.
"""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, BinaryIO

from shared.formats import Answers, Piece, Trouble, jahis_rx, jahis_techo
from shared.languages import tr
from shared.personal_numbers import masked
from shared.problems import TooBig, Unreadable

if TYPE_CHECKING:
    import PIL.Image

__all__ = ["LABEL", "codes_in", "read", "recognises"]

LABEL = "QR コードの写真"

LIMIT_MB = 20
# A photograph of 12 million points is usual; what claims more than this is not worth the memory.
MOST_POINTS = 40_000_000
# No photograph is transparent; a picture of a whole screen has five million.
MOST_TRANSPARENT = 16_000_000
# The longest side that the reader of codes takes.
MOST_SIDE = 65_535
_BEGINNINGS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
_KINDS = ("PNG", "JPEG")
# Codes of other things that are printed beside: an address of the web, of mail, a telephone number.
_OTHER = re.compile(rb"[A-Za-z]{3,10}:")
_EXCERPT = 200
# What Pillow stumbles over in a broken picture.
_STUMBLES = (
    OSError,
    SyntaxError,
    ValueError,
    LookupError,
    ArithmeticError,
    TypeError,
    struct.error,
    zlib.error,
)


def recognises(head: bytes, name: str) -> bool:  # noqa: ARG001  the content decides
    """Whether this is a PNG or a JPEG."""
    return head.startswith(_BEGINNINGS)


def read(file: BinaryIO, asked: Answers) -> Iterator[Piece]:
    """What the codes in the picture say, parts of one notebook put together in whatever place they stand.

    Raises `Unreadable` where there is no code, none of ours, or a part of one is missing; `TooBig` over the limits.
    """
    raw = file.read(LIMIT_MB * 1024 * 1024 + 1)
    if len(raw) > LIMIT_MB * 1024 * 1024:
        raise TooBig("too_big", limit_mb=LIMIT_MB)
    codes = codes_in(raw)
    if not codes:
        raise Unreadable("picture_no_code")
    ours = [code for code in codes if not _OTHER.match(code)]
    notebook = [code for code in ours if jahis_techo.recognises(code, "")]
    prescription = [code for code in ours if jahis_rx.recognises(code, "")]
    rest = [code for code in ours if code not in notebook and code not in prescription]
    if not notebook and not prescription:
        raise Unreadable("picture_other_code")
    for number, code in enumerate(codes, start=1):
        if code not in ours:
            yield _skipped(number, code)
    if notebook:
        yield from jahis_techo.read(io.BytesIO(_whole(notebook, rest)), asked)
        rest = []
    if prescription:
        # Two prescriptions on one sheet stand alone; one in several codes is put together.
        wholes = [jahis_rx.join([*prescription, *rest])] if rest else prescription
        for whole in wholes:
            yield from jahis_rx.read(io.BytesIO(whole), asked)


def codes_in(raw: bytes) -> list[bytes]:
    """The bytes of every QR or Data Matrix code in a picture, from top to bottom; each once."""
    try:
        import zxingcpp
    except ImportError as error:
        raise Unreadable("picture_not_here") from error
    image = _grey(raw)
    view = memoryview(image.tobytes()).cast("B", (image.height, image.width))
    kinds = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.DataMatrix])
    found = zxingcpp.read_barcodes(view, formats=kinds)
    found = sorted(found, key=lambda code: (code.position.top_left.y, code.position.top_left.x))
    return list(dict.fromkeys(bytes(code.bytes) for code in found if code.bytes))


def _grey(raw: bytes) -> PIL.Image.Image:
    """The picture in grey, what is transparent on white. Looks at its size before its points are laid out."""
    try:
        from PIL import Image
    except ImportError as error:
        raise Unreadable("picture_not_here") from error
    try:
        image = Image.open(io.BytesIO(raw), formats=_KINDS)
        most = MOST_TRANSPARENT if image.has_transparency_data else MOST_POINTS
        if image.width * image.height > most or max(image.size) > MOST_SIDE:
            raise TooBig("picture_too_large", most=most // 1_000_000)
        image.draft("L", image.size)  # a JPEG gives its greys alone: a third of the memory
        if image.has_transparency_data:
            clear = image.convert("RGBA")
            white = Image.new("L", image.size, 255)
            return Image.composite(clear.convert("L"), white, clear.getchannel("A"))
        return image.convert("L")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooBig("picture_too_large", most=MOST_POINTS // 1_000_000) from error
    except _STUMBLES as error:
        raise Unreadable("picture_broken") from error


def _whole(notebook: Sequence[bytes], rest: Sequence[bytes]) -> bytes:
    """One notebook from its parts; several notebooks one behind the other, each of them whole."""
    if rest or len(notebook) == 1:
        return jahis_techo.join([*notebook, *rest])
    return b"\r\n".join(notebook)


def _skipped(number: int, code: bytes) -> Trouble:
    where = tr("{number} 番目の QR コード", number=number)
    text = code[:_EXCERPT].decode("ascii", "replace")
    shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
    return Trouble(where, Unreadable("picture_code_skipped"), masked(shown))
