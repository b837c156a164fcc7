"""Codes in pictures: joined wherever they stand, read by their bytes; what is no code of ours is said."""

from __future__ import annotations

import io
import json
import struct
import sys
import zlib
from pathlib import Path

import pytest
import segno
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from shared.formats import Answers, Found, Identity, Piece, Trouble, jahis_techo, qr_picture
from shared.formats.jahis_write import qr_parts
from shared.formats.report import as_json, lines, report
from shared.medicines import Dispensing
from shared.problems import Problem, TooBig, Unreadable
from tests.formats_samples import SAMPLES, sample

HERE = SAMPLES / "qr_picture"
NOTEBOOK = sample("jahis_techo/hanako_notebook.txt").rstrip(b"\x1a")
PHARMACY = sample("jahis_techo/hanako_pharmacy.txt")
# Letters that only CP932 has: a reader that guesses a text gets them wrong.
TAKAHASHI = (
    "JAHISTC08,1\r\n1,髙橋 花子,2,19480405\r\n5,20260310,1\r\n11,①薬局,34,4,3412345,,,,1\r\n"
    "201,1,纊の薬,1,錠,1,,1\r\n301,1,朝食後,7,日分,1,1,,1\r\n"
).encode("cp932")


def code(part: bytes, scale: int = 3) -> Image.Image:
    file = io.BytesIO()
    segno.make(part, mode="byte", error="m").save(file, kind="png", scale=scale, border=4)
    return Image.open(file).convert("L")


def sheet(*images: Image.Image) -> Image.Image:
    """The pictures one under the other on one page."""
    page = Image.new("L", (max(each.width for each in images), sum(each.height for each in images)), "white")
    top = 0
    for each in images:
        page.paste(each, (0, top))
        top += each.height
    return page


def file_of(image: Image.Image, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


def read(raw: bytes) -> list[Piece]:
    return list(qr_picture.read(io.BytesIO(raw), Answers()))


def slips(pieces: list[Piece]) -> list[Dispensing]:
    return [p.word for p in pieces if isinstance(p, Found) and isinstance(p.word, Dispensing)]


def names(pieces: list[Piece]) -> list[str]:
    return [medicine.name for slip in slips(pieces) for medicine in slip.medicines]


def refused(raw: bytes) -> Problem:
    with pytest.raises(Problem) as problem:
        read(raw)
    assert problem.value.message()
    return problem.value


@pytest.mark.parametrize("path", sorted(HERE.glob("*.[pj][np]g")), ids=lambda path: path.stem)
def test_reads_each_sample_as_written_down_beside_it(path: Path) -> None:
    expected = json.loads(path.with_suffix(".expected.json").read_text("utf-8"))
    pieces = read(path.read_bytes())
    assert as_json(report("qr_picture", iter(pieces))) == expected["report"]
    assert [json.loads(line) for line in lines(iter(pieces))] == expected["lines"]


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_letters_come_from_the_bytes_and_not_from_a_guess(kind: str) -> None:
    pieces = read(file_of(code(TAKAHASHI), kind))
    assert [piece.name for piece in pieces if isinstance(piece, Identity)] == ["髙橋 花子"]
    assert names(pieces) == ["纊の薬"]
    assert qr_picture.codes_in(file_of(code(TAKAHASHI), kind)) == [TAKAHASHI]


def test_a_picture_says_the_same_as_the_file() -> None:
    seen = read(file_of(sheet(*map(code, qr_parts(NOTEBOOK.decode("cp932"), 700)))))
    plain = jahis_techo.read(io.BytesIO(NOTEBOOK), Answers())
    some, others = ([repr(p.word) for p in each if isinstance(p, Found)] for each in (seen, plain))
    assert sorted(some) == sorted(others)


def test_symbols_that_are_linked_are_put_in_order_wherever_they_stand() -> None:
    linked = segno.make_sequence(PHARMACY, mode="byte", error="m", symbol_count=3)
    images = []
    for each in linked:
        file = io.BytesIO()
        each.save(file, kind="png", scale=3, border=4)
        images.append(Image.open(file).convert("L"))
    for order in ((0, 1, 2), (2, 0, 1), (1, 2, 0)):
        assert len(names(read(file_of(sheet(*(images[place] for place in order)))))) == 4


def test_a_part_that_is_not_in_the_picture_is_told() -> None:
    parts = qr_parts(NOTEBOOK.decode("cp932"), 600)
    problem = refused(file_of(sheet(*map(code, parts[1:]))))
    assert (problem.code, problem.words) == ("jahis_part_missing", {"total": 3, "have": 2, "missing": 1})


def test_two_notebooks_on_one_sheet_are_both_read() -> None:
    later = TAKAHASHI.replace(b"20260310", b"20260410")
    pieces = read(file_of(sheet(code(TAKAHASHI), code(later), code(TAKAHASHI))))
    assert [str(slip.dispensed_on) for slip in slips(pieces)] == ["2026-03-10", "2026-04-10"]


def test_a_code_of_something_else_beside_it_is_told_and_the_rest_is_read() -> None:
    pieces = read(file_of(sheet(code(b"https://example.jp/techo"), code(TAKAHASHI))))
    assert names(pieces) == ["纊の薬"]
    (trouble,) = [piece for piece in pieces if isinstance(piece, Trouble)]
    assert (trouble.where, trouble.excerpt) == ("1 番目の QR コード", "https://example.jp/techo")


def test_a_prescription_beside_a_notebook_is_read_as_what_it_is() -> None:
    prescription = sample("jahis_rx/hanako_paper.txt")
    assert [slip.origin for slip in slips(read(file_of(code(prescription))))] == ["jahis_rx"]
    both = slips(read(file_of(sheet(code(TAKAHASHI), code(prescription)))))
    assert [slip.origin for slip in both] == ["jahis_techo", "jahis_rx"]


def test_a_data_matrix_is_read_too() -> None:
    made = zxingcpp.create_barcode(TAKAHASHI, zxingcpp.BarcodeFormat.DataMatrix)
    image = Image.fromarray(made.to_image(scale=4))  # type: ignore[arg-type]  # its stub knows no array
    assert names(read(file_of(image.convert("L")))) == ["纊の薬"]


def test_what_is_transparent_is_white() -> None:
    image = code(TAKAHASHI).convert("RGBA")
    image.putalpha(Image.eval(image.getchannel("R"), lambda grey: 255 - grey))
    assert names(read(file_of(image))) == ["纊の薬"]


@pytest.mark.parametrize("turned", [90, 180, 270, 8])
def test_a_picture_may_be_turned(turned: int) -> None:
    image = sheet(code(TAKAHASHI, 4)).rotate(turned, expand=True, fillcolor="white")
    assert names(read(file_of(image, "JPEG"))) == ["纊の薬"]


def test_a_picture_without_a_code() -> None:
    assert refused(file_of(Image.new("L", (200, 200), "white"))).code == "picture_no_code"


@pytest.mark.parametrize("other", [b"https://example.jp", b"hello", b"JAHIS", b"5,20260310,1\r\n"])
def test_a_code_of_something_else(other: bytes) -> None:
    assert refused(file_of(code(other))).code == "picture_other_code"


def test_broken_and_cut_pictures() -> None:
    whole = file_of(code(TAKAHASHI))
    photo = file_of(code(TAKAHASHI), "JPEG")
    for raw in (whole[:200], whole[:8], whole[:40] + b"\x00" * 50 + whole[90:], photo[:30], photo[:3]):
        assert refused(raw).code == "picture_broken"


def _png_that_claims(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize("size", [(7000, 7000), (10_000, 10_000), (100_000, 100_000)])
def test_a_picture_that_claims_too_many_points_is_never_laid_out(size: tuple[int, int]) -> None:
    problem = refused(_png_that_claims(*size))
    assert isinstance(problem, TooBig)
    assert problem.code == "picture_too_large"


def test_a_file_that_is_too_large_is_refused_before_it_is_opened() -> None:
    raw = b"\x89PNG\r\n\x1a\n" + bytes(qr_picture.LIMIT_MB * 1024 * 1024)
    assert refused(raw).code == "too_big"


@pytest.mark.parametrize("library", ["zxingcpp", "PIL"])
def test_where_the_library_is_not_it_is_said(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = file_of(code(TAKAHASHI))
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(Unreadable) as problem:
        read(picture)
    assert problem.value.code == "picture_not_here"


@given(st.binary(max_size=300), st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0"]))
@settings(deadline=None, max_examples=50)
def test_bytes_of_any_kind_are_a_problem_and_nothing_else(noise: bytes, head: bytes) -> None:
    assert refused(head + noise).code in {"picture_broken", "picture_no_code", "picture_too_large"}
