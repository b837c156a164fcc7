from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from backend import jobs
from backend.imports import asking, inbox, reading
from backend.imports.inbox import SMALL, State
from backend.imports.tables import PieceRow
from backend.jobs import MOST_TRIES, run_due
from backend.records.compared import Compared
from backend.seal import SealedBytes
from shared import clock
from shared.formats import Said
from shared.problems import Clash, Problem
from tests.backend.imports.desk import Desk, sample

APPLE = sample("apple_health/hanako_2026.xml")
PHARMACY = sample("jahis_techo/hanako_pharmacy.txt")
HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n<HealthData locale="ja_JP">\n'
RECORD = (
    ' <Record type="HKQuantityTypeIdentifier{type}" sourceName="Watch" unit="{unit}" '
    'startDate="2026-03-0{day} 0{hour}:00:00 +0900" endDate="2026-03-0{day} 0{hour}:00:00 +0900" value="{value}"/>\n'
)


def _zipped(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return file.getvalue()


def _many(count: int) -> bytes:
    rows = [
        RECORD.format(type="HeartRate", unit="count/min", day=1 + n % 9, hour=n % 10, value=50 + n // 90 % 90)
        for n in range(count)
    ]
    return HEAD + "".join(rows).encode() + b"</HealthData>\n"


ENTITY = b'<!DOCTYPE HealthData [<!ENTITY a "aaaaaaaaaa">]>\n'
DECLARED = b'<?xml version="1.0" encoding="UTF-8"?>\n'
# What is wrong -> its parts, and the problem that is told.
BAD = {
    "empty": ([b""], "file_empty"),
    "unknown": ([b"GIF89a" + bytes(100)], "format_unknown"),
    "broken picture": ([b"\x89PNG\r\n\x1a\n" + bytes(100)], "picture_broken"),
    "cut XML": ([APPLE[: len(APPLE) * 2 // 3]], "xml_broken"),
    "malformed XML": ([APPLE.replace(b"<Record ", b"<Record < ", 1)], "xml_broken"),
    "DTD with entities": ([DECLARED + ENTITY + b"<HealthData>&a;</HealthData>"], "xml_refused"),
    "XML in CP932": ([APPLE.replace("花子".encode(), "花子".encode("cp932"))], "encoding_wrong"),
    "zip bomb": ([_zipped({"apple_health_export/export.xml": HEAD + b" " * 90_000_000})], "zip_refused"),
    "zip with paths": (
        [_zipped({"apple_health_export/export.xml": APPLE, "../../etc/x": b"x"})],
        "zip_refused",
    ),
    "cut zip": ([_zipped({"apple_health_export/export.xml": APPLE})[:-30]], "zip_refused"),
    "JAHIS without a part": ([sample("jahis_techo/hanako_split_1.txt")], "jahis_part_missing"),
    "JAHIS in a wrong encoding": ([PHARMACY[:20] + b"\xff\xfe" + PHARMACY[20:]], "encoding_wrong"),
    "parts of two notebooks": ([sample("jahis_techo/hanako_split_1.txt"), PHARMACY], "jahis_parts_mixed"),
    "parts of nothing": ([b"abc", b"def"], "jahis_header"),
    "parts that are all empty": ([b"", b""], "file_empty"),
}


@pytest.mark.parametrize("wrong", BAD)
def test_bad_input_is_refused_by_name_with_the_original_kept(desk: Desk, wrong: str) -> None:
    parts, code = BAD[wrong]
    refused = desk.hand_in(*parts, name="export.xml")
    assert refused.state is State.REFUSED
    assert refused.contents.problem is not None
    assert refused.contents.problem.code == code
    assert refused.contents.problem.message()
    assert refused.bytes == sum(map(len, parts))
    assert desk.rows("import_pieces") == sum(map(bool, parts))
    assert (desk.rows("import_items"), desk.rows("import_days")) == (0, 0)
    with pytest.raises(Clash) as clash:
        desk.keep(refused.id)
    assert clash.value.code == "import_state"


def test_a_large_file_that_breaks_in_the_middle_leaves_nothing_staged(desk: Desk) -> None:
    cut = weights(8_000)[:-40]
    assert len(cut) > SMALL
    refused = desk.hand_in(cut)
    assert refused.state is State.REFUSED
    assert (desk.rows("import_items"), desk.rows("import_days"), desk.rows("import_pieces")) == (0, 0, 2)


def test_an_unknown_record_number_is_kept_as_a_trouble_with_its_place(desk: Desk) -> None:
    handed = desk.hand_in(sample("jahis_techo/hanako_mistakes.txt"))
    assert handed.state is State.PREVIEWED
    troubles = desk.troubles(handed.id)
    assert handed.troubles == handed.contents.not_understood == len(troubles) > 0
    [unknown] = [each for each in troubles if each.excerpt.startswith("777,")]
    assert isinstance(unknown.problem, Problem)
    assert (unknown.where, unknown.problem.code) == ("17 行目", "jahis_record_kept")


def test_troubles_are_paged_in_the_order_of_the_file(desk: Desk) -> None:
    lines = [
        b"JAHISTC08,1",
        *(b"%d,x" % number for number in range(712, 901)),
        *(b"699,x" for _ in range(1010)),
    ]
    handed = desk.hand_in(b"\r\n".join(lines) + b"\r\n")
    assert handed.troubles == 189 + 1010
    pages = [desk.troubles(handed.id, after, 499) for after in range(0, 1300, 499)]  # across batches of 500
    assert [len(page) for page in pages] == [499, 499, 201]
    places = [int(trouble.where.split()[0]) for page in pages for trouble in page]
    assert places == list(range(2, 1201))


def test_half_width_kana_stay_as_they_are(desk: Desk) -> None:
    handed = desk.hand_in(PHARMACY)
    desk.keep(handed.id)
    [dispensing] = desk.medicines()
    assert dispensing.medicines[0].name == "ｱﾑﾛｼﾞﾋﾟﾝ錠5mg「ﾄﾓﾆ」"
    assert handed.contents.identity is not None
    assert handed.contents.identity.name == "山田 花子"


def test_codes_scanned_in_the_wrong_order_are_one_notebook(desk: Desk) -> None:
    one, two = sample("jahis_techo/hanako_split_1.txt"), sample("jahis_techo/hanako_split_2.txt")
    handed = desk.hand_in(two, one)
    assert (handed.state, handed.format) == (State.PREVIEWED, "jahis_techo")
    assert handed.contents.counts == {"dispensing": Compared(new=1)}


@pytest.mark.parametrize("cut", [(100, 350), (211, 500)])
def test_bytes_of_one_code_cut_anywhere_are_put_together(desk: Desk, cut: tuple[int, int]) -> None:
    pieces = [PHARMACY[: cut[0]], PHARMACY[cut[0] : cut[1]], PHARMACY[cut[1] :]]
    whole = desk.hand_in(PHARMACY)
    assert desk.hand_in(pieces[2], pieces[0], pieces[1]).contents.counts == whole.contents.counts


def test_a_zip_gives_the_same_as_the_file_in_it(desk: Desk) -> None:
    plain = desk.hand_in(APPLE, name="export.xml")
    zipped = desk.hand_in(
        _zipped({"apple_health_export/書き出したデータ.xml": APPLE}), name="書き出したデータ.zip"
    )
    assert zipped.contents.counts == plain.contents.counts
    assert zipped.contents.name == "書き出したデータ.zip"


def test_a_large_file_is_read_by_the_job_in_the_owners_name(desk: Desk) -> None:
    handed = desk.upload(_many(9_000))
    assert handed.bytes > SMALL
    desk.do(lambda record: reading.read_small(record, handed.id))
    assert desk.find(handed.id).state is State.WAITING
    assert run_due(desk.house) == 1
    done = desk.find(handed.id)
    assert (done.state, done.percent) == (State.PREVIEWED, 100)
    assert done.contents.counts == {"heart_rate": Compared(new=8_100, same=900)}
    assert run_due(desk.house) == 0


def weights(count: int) -> bytes:
    began = datetime(2000, 1, 1, 7, 0, tzinfo=UTC)
    rows = []
    for number in range(count):
        at = f"{began + timedelta(hours=12 * number):%Y-%m-%d %H:%M:%S} +0000"
        rows.append(
            f' <Record type="HKQuantityTypeIdentifierBodyMass" sourceName="はかり" unit="kg" startDate="{at}" '
            f'endDate="{at}" value="{50 + number % 50 / 10}"/>\n'
        )
    return HEAD + "".join(rows).encode() + b"</HealthData>\n"


def test_what_stands_twice_in_a_file_is_counted_once(desk: Desk) -> None:
    once = weights(700)
    twice = once.replace(b"</HealthData>\n", once.removeprefix(HEAD))
    handed = desk.hand_in(twice)
    assert handed.contents.counts == {"weight": Compared(new=700)}


@contextmanager
def damaged(desk: Desk, seq: int) -> Iterator[None]:
    """One piece of the only original is damaged meanwhile."""
    with desk.record() as record:
        piece = record.session.execute(select(PieceRow).where(PieceRow.seq == seq)).scalar_one()
        whole = piece.sealed
        piece.sealed = SealedBytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    yield
    with desk.record() as record:
        record.session.execute(update(PieceRow).where(PieceRow.seq == seq).values(sealed=whole))


def test_a_job_that_broke_off_in_the_middle_begins_again(desk: Desk) -> None:
    handed = desk.upload(weights(8_000))
    with damaged(desk, 1):
        run_due(desk.house)
        half = desk.find(handed.id)
        assert half.state is State.READING
        assert 0 < half.percent < 100
        assert desk.rows("import_items") > 0
    with clock.held(clock.now() + jobs.LONGEST_WAIT):
        run_due(desk.house)
    done = desk.find(handed.id)
    assert (done.state, done.contents.counts) == (State.PREVIEWED, {"weight": Compared(new=8_000)})


def test_a_file_that_no_try_could_read_is_refused_in_the_end(desk: Desk) -> None:
    handed = desk.upload(weights(8_000))
    now = clock.now()
    with damaged(desk, 1):
        for number in range(MOST_TRIES):
            with clock.held(now + 2 * number * jobs.LONGEST_WAIT):
                run_due(desk.house)
    refused = desk.find(handed.id)
    assert refused.state is State.REFUSED
    assert refused.contents.problem is not None
    assert refused.contents.problem.code == "unexpected"
    assert (desk.rows("import_items"), desk.rows("import_days")) == (0, 0)


def test_a_large_file_is_read_in_bounded_memory(desk: Desk) -> None:
    large = _many(120_000)
    handed = desk.upload(large)
    size = len(large)
    del large
    tracemalloc.start()
    run_due(desk.house)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert desk.find(handed.id).state is State.PREVIEWED
    assert peak < size


def test_another_zone_is_another_reading(desk: Desk) -> None:
    handed = desk.hand_in(APPLE)
    answered = desk.do(lambda record: asking.answer(record, handed.id, Said("Asia/Kolkata")))
    assert answered.state is State.PREVIEWED
    assert answered.contents.said == {"apple_health": Said("Asia/Kolkata")}
    assert answered.contents.counts == handed.contents.counts
    again = desk.do(lambda record: asking.answer(record, handed.id, Said("Asia/Kolkata")))
    assert again == answered
    desk.keep(handed.id)
    warm = next(vital for vital in desk.vitals() if vital.kind == "body_temperature")
    assert warm.offset_min == 330
    with pytest.raises(Clash):
        desk.do(lambda record: asking.answer(record, handed.id, Said("Asia/Tokyo")))


@pytest.mark.parametrize(
    ("line", "hers"),
    [
        ("1,山田 花子,2,S230412", True),
        ("1,山田　花子,2,19480412", True),
        ("1,ﾔﾏﾀﾞ ﾊﾅｺ,2,S230412", True),
        ("1,山田 太郎,2,S230412", False),
        ("1,山田 花子,2,S230413", False),
        ("1,山田 花子,2,", True),
    ],
)
def test_a_file_of_somebody_else_warns_and_nothing_more(desk: Desk, line: str, *, hers: bool) -> None:
    text = f"JAHISTC08,1\r\n{line}\r\n5,20260310,1\r\n11,しま薬局,34,4,3412345,,,,1\r\n"
    handed = desk.hand_in(text.encode("cp932"))
    assert handed.state is State.PREVIEWED
    assert handed.is_hers is hers
    assert desk.keep(handed.id).state is State.KEPT


def test_a_name_of_a_file_is_only_a_text(desk: Desk) -> None:
    handed = desk.hand_in(PHARMACY, name="../../etc/pass\u202ewd\x00" + "x" * 900)
    assert handed.contents.name.startswith("../../etc/passwdxxx")
    assert len(handed.contents.name) == inbox.NAME_LENGTH
