"""Medicine notebooks through the whole import: every letter, every odd thing told, pictures of codes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy.orm import Session

from backend.imports import originals
from backend.imports.inbox import State
from backend.imports.tables import ImportRow
from shared.medicines import Stage
from shared.problems import Problem
from tests.backend.imports.desk import Desk, sample

OPENING = "JAHISTC08,1\r\n1,山田 花子,2,19480405\r\n5,20260310,1\r\n11,しま薬局 本店,34,4,3412345,,,,1\r\n"
USAGE = "301,1,朝食後,7,日分,1,1,,1\r\n"


def kept_original(desk: Desk, import_id: object) -> bytes:
    with desk.record() as record:
        row = record.session.get_one(ImportRow, (record.id, import_id))

        @contextmanager
        def here() -> Iterator[Session]:
            yield record.session

        return originals.open_part(record.key, row.upload_id, 0, row.bytes, here).read()


def two_byte_letters() -> list[bytes]:
    """Every two bytes that CP932 has a letter for: JIS, NEC's and IBM's extensions, the letters of one's own."""
    found = []
    for lead in (*range(0x81, 0xA0), *range(0xE0, 0xFD)):
        for trail in (*range(0x40, 0x7F), *range(0x80, 0xFD)):
            letter = bytes([lead, trail])
            try:
                letter.decode("cp932")
            except UnicodeDecodeError:
                continue
            found.append(letter)
    return found


def test_every_letter_of_cp932_survives_in_the_original_and_in_the_record(desk: Desk) -> None:
    letters = two_byte_letters()
    assert len(letters) > 9000
    assert {"髙".encode("cp932"), "①".encode("cp932"), b"\xee\xe0", b"\xfb\xfc"} <= set(letters)
    names = [b"a" + b"".join(letters[start : start + 50]) + b"z" for start in range(0, len(letters), 50)]
    lines = b"".join(b"201,1,%s,1,\x8f\xf9,1,,1\r\n" % name for name in names)
    raw = OPENING.encode("cp932") + lines + USAGE.encode("cp932") + b"\x1a"
    handed = desk.hand_in(raw)
    assert (handed.state, handed.troubles) == (State.PREVIEWED, 0)
    desk.keep(handed.id)
    (visit,) = desk.medicines()
    assert [each.name for each in visit.medicines] == [name.decode("cp932") for name in names]
    assert kept_original(desk, handed.id) == raw


# What is odd -> the file, and the problems that are told.
ODD = {
    "unknown record": (f"{OPENING}201,1,薬,1,錠,1,,1\r\n{USAGE}602,しらない行,1\r\n", ["jahis_record_kept"]),
    "missing 301": (f"{OPENING}201,1,薬,1,錠,1,,1\r\n", ["jahis_usage_missing"]),
    "wrong RP number": (
        f"{OPENING}201,1,薬,1,錠,1,,1\r\n{USAGE}301,7,夜,1,日分,1,1,,1\r\n201,Ａ,別の薬,1,錠,1,,1\r\n",
        ["jahis_unknown_rp", "jahis_rp_wrong"],
    ),
    "first year of Reiwa in words": (
        f"{OPENING}201,1,薬,1,錠,1,,1\r\n{USAGE}".replace("20260310", "令和元年5月1日"),
        ["jahis_date_words"],
    ),
    "Reiwa before it began": (
        f"{OPENING}201,1,薬,1,錠,1,,1\r\n{USAGE}".replace("20260310", "R010401"),
        ["jahis_date_era"],
    ),
}


@pytest.mark.parametrize("odd", ODD)
def test_what_is_odd_is_told_by_its_name_and_nothing_is_lost(desk: Desk, odd: str) -> None:
    text, codes = ODD[odd]
    raw = text.encode("cp932")
    handed = desk.hand_in(raw)
    assert handed.state is State.PREVIEWED
    troubles = desk.troubles(handed.id)
    assert [each.problem.code for each in troubles if isinstance(each.problem, Problem)] == codes
    assert all(each.excerpt in text.split("\r\n") for each in troubles)
    kept = desk.keep(handed.id)
    assert [medicine.name for visit in desk.medicines() for medicine in visit.medicines] == ["薬"]
    assert kept_original(desk, kept.id) == raw


def test_the_first_day_of_reiwa_is_a_day_like_any_other(desk: Desk) -> None:
    handed = desk.hand_in(OPENING.replace("20260310", "R010501").encode("cp932"))
    assert (handed.state, handed.troubles) == (State.PREVIEWED, 0)
    desk.keep(handed.id)
    assert [visit.dispensed_on.isoformat() for visit in desk.medicines()] == ["2019-05-01"]


def test_one_part_of_two_is_refused_by_name_and_kept_until_the_other_comes(desk: Desk) -> None:
    one, two = (sample(f"jahis_techo/hanako_split_{number}.txt") for number in (1, 2))
    refused = desk.hand_in(one)
    assert refused.state is State.REFUSED
    assert refused.contents.problem is not None
    assert refused.contents.problem.code == "jahis_part_missing"
    assert refused.contents.problem.words == {"total": 2, "have": 1, "missing": 1}
    assert kept_original(desk, refused.id) == one
    both = desk.hand_in(two, one)
    assert both.state is State.PREVIEWED
    desk.keep(both.id)
    assert [len(visit.medicines) for visit in desk.medicines()] == [4]


def test_what_she_bought_is_kept_with_its_ingredients(desk: Desk) -> None:
    desk.keep(desk.hand_in(sample("jahis_techo/hanako_notebook.txt")).id)
    bought = [slip for slip in desk.medicines() if slip.stage is Stage.STATED]
    assert [medicine.name for slip in bought for medicine in slip.medicines] == ["ねむりの茶", "ｶｾﾞﾄﾒﾙ錠"]
    assert [each.code for each in bought[1].medicines[0].components] == ["1141001", "2115004", ""]


def test_a_picture_brings_what_the_file_brings_and_only_once(desk: Desk) -> None:
    desk.keep(desk.hand_in(sample("qr_picture/hanako_sheet.png"), name="お薬.png").id)
    seen = desk.medicines()
    again = desk.hand_in(sample("jahis_techo/hanako_notebook.txt"))
    assert again.totals().new == 0
    desk.keep(again.id)
    assert desk.medicines() == seen
    assert len(seen) == 4


def test_a_large_photograph_is_read_by_the_job(desk: Desk) -> None:
    from PIL import Image

    with Image.open(io.BytesIO(sample("qr_picture/takahashi_photo.jpg"))) as photo:
        grown, file = photo.resize((photo.width * 4, photo.height * 4)), io.BytesIO()
    grown.save(file, "PNG", compress_level=0)
    assert len(file.getvalue()) > 1_000_000
    handed = desk.hand_in(file.getvalue())
    assert (handed.state, handed.format) == (State.PREVIEWED, "qr_picture")
    assert handed.contents.identity is not None
    assert handed.contents.identity.name == "髙橋 花子"
