"""OMRON connect: both languages, each encoding, the US e-mail; what a flag says, and what a wrong cell costs."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.formats import Answers, Found, Question, omron
from shared.formats.omron_rows import day_of
from shared.problems import Invalid, Problem, Unreadable
from shared.vitals import BloodPressure, MeasuringStatus, Vital
from tests.shared.formats.read_files import PUBLIC, codes, expected, ours, pieces, told, words

OF = "omron"
HEAD = '"測定日","タイムゾーン","最高血圧(mmHg)","最低血圧(mmHg)","脈拍(bpm)","体動検出","機種"\n'
ROW = '"2026/11/20 06:58","Asia/Tokyo","134","84","66","未検出","HEM-7281T"\n'
_MEASURES = {
    "最高血圧(mmHg)": ("systolic",),
    "最低血圧(mmHg)": ("diastolic",),
    "脈拍(bpm)": ("pulse",),
    "体重(kg)": ("weight",),
    "Weight(kg)": ("weight",),
}


def vitals(text: str, encoding: str = "utf-8") -> list[Vital]:
    return words(pieces(OF, text.encode(encoding)))


@pytest.mark.parametrize("path", ours(OF), ids=lambda path: path.name)
def test_our_samples_read_as_expected(path: Path) -> None:
    assert omron.recognises(path.read_bytes()[:4096], "x")
    assert told(OF, path.read_bytes()) == expected(path)["report"]
    found = [
        f"{each.where}: {each.source_id}" for each in pieces(OF, path.read_bytes()) if isinstance(each, Found)
    ]
    assert found == expected(path)["words"]


@pytest.mark.samples
@pytest.mark.skipif(not PUBLIC.exists(), reason="../shared is not there")
@pytest.mark.parametrize(
    "name",
    ["connect_ja_bp_HEM-6232T.csv", "connect_ja_bodycomp_KRD-703T.csv", "connect_en_weight_HBF-702T.csv"],
)
def test_public_samples(name: str) -> None:
    content = (PUBLIC / OF / name).read_bytes()
    assert omron.recognises(content[:4096], "x")
    wanted = json.loads((PUBLIC / OF / "expected.json").read_text("utf-8"))[name]
    found: list[Vital] = words(pieces(OF, content, Answers()))
    times = sorted({vital.local.strftime("%Y/%m/%d %H:%M") for vital in found})
    assert (times[0], times[-1], len(times)) == (wanted["first"], wanted["last"], wanted["rows"])
    for column, (low, high) in wanted["ranges"].items():
        values = [_measure(vital, *_MEASURES[column]) for vital in found]
        kept = [value for value in values if value is not None]
        assert (len(kept), min(kept), max(kept)) == (wanted["rows"], Decimal(str(low)), Decimal(str(high)))
    assert {vital.device for vital in found} == {next(reversed(wanted["first_row"].values()))}


def _measure(vital: Vital, name: str) -> Decimal | None:
    if isinstance(vital.reading, BloodPressure):
        value: Decimal | None = getattr(vital.reading, name, None)
        return value
    return vital.reading if vital.kind == name else None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_each_encoding(encoding: str) -> None:
    assert omron.recognises((HEAD + ROW).encode(encoding), "x")
    (vital,) = vitals(HEAD + ROW, encoding)
    assert (vital.device, vital.origin, vital.local.isoformat()) == (
        "HEM-7281T",
        "omron",
        "2026-11-20T06:58:00+09:00",
    )


@given(st.permutations(range(7)), st.booleans(), st.sampled_from(["\n", "\r\n"]))
def test_columns_are_found_by_name(order: list[int], wide: bool, end: str) -> None:
    def cut(line: str) -> str:
        cells = line.strip().split(",")
        made = ",".join(cells[at] for at in order) + end
        return made.replace("(", "（").replace(")", "）") if wide else made

    (vital,) = vitals(cut(HEAD) + cut(ROW))
    assert vital.reading == BloodPressure(Decimal(134), Decimal(84), Decimal(66))


def test_the_same_reading_in_another_language_has_the_same_source() -> None:
    english = '"Measurement Date","Timezone","SYS(mmHg)","DIA(mmHg)","Pulse(bpm)","Body Movement","Device"\n'
    there, here = (
        [piece.source_id for piece in pieces(OF, (head + ROW).encode()) if isinstance(piece, Found)]
        for head in (HEAD, english)
    )
    assert there == here


def test_each_row_has_its_own_zone() -> None:
    text = HEAD + ROW + ROW.replace("Asia/Tokyo", "America/New_York") + ROW.replace("Asia/Tokyo", "Mars/Base")
    first, second = vitals(text)
    assert (first.offset_min, second.offset_min) == (540, -300)
    assert codes(pieces(OF, text.encode())) == ["zone_unknown"]


def test_what_the_cuff_said_of_itself() -> None:
    path = next(each for each in ours(OF) if each.name == "hanako_pressure.csv")
    found: list[Vital] = words(pieces(OF, path.read_bytes()))
    assert [vital.status for vital in found] == [
        frozenset(),
        {MeasuringStatus.IRREGULAR_PULSE, MeasuringStatus.MOVED, MeasuringStatus.WRONG_POSITION},
        {MeasuringStatus.CUFF_LOOSE},
        frozenset(),
    ]


def test_the_us_mail_asks_for_a_zone_and_tells_averages() -> None:
    path = next(each for each in ours(OF) if "us_mail" in each.name)
    with pytest.raises(Question) as asked:
        pieces(OF, path.read_bytes(), Answers())
    assert asked.value.facts["samples"][0] == "Nov 21 2026 08:12"  # type: ignore[index]
    plain, averaged = words(pieces(OF, path.read_bytes()))
    assert (plain.status, plain.note) == (frozenset(), "")
    assert averaged.status == {MeasuringStatus.AVERAGED}
    assert averaged.note == "after dinner / Headache / Coffee"


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ('"2026/11/20 06:58","Asia/Tokyo","84","134","66"', "systolic_not_above_diastolic"),
        ('"2026/11/20 06:58","Asia/Tokyo","","84","66"', "not_a_number"),
        ('"2026/11/20 06:58","Asia/Tokyo","1340","84","66"', "value_impossible"),
        ('"2026/02/30 06:58","Asia/Tokyo","134","84","66"', "time_impossible"),
        ('"20261120","Asia/Tokyo","134","84","66"', "time_impossible"),
        ('"99999/11/20 06:58","Asia/Tokyo","134","84","66"', "time_impossible"),
    ],
)
def test_a_wrong_row_costs_itself(cells: str, code: str) -> None:
    made = pieces(OF, f'{HEAD}{ROW}{cells},"未検出","x"\n{ROW}'.encode())
    assert (len(words(made)), codes(made)) == (2, [code])


def test_a_broken_line_costs_itself() -> None:
    made = pieces(OF, (HEAD + ROW + '"2026/11/20 06:58","Asia/Tok\n' + ROW + "x\n" + ROW).encode())
    assert len(words(made)) == 3
    assert set(codes(made)) == {"table_broken"}


def test_other_tables() -> None:
    for text in ("a,b\n1,2\n", "測定日,タイムゾーン\n1,2\n", "Date,Time,Systolic (mmHg)\n1,2,3\n", ""):
        assert not omron.recognises(text.encode(), "x")
        with pytest.raises(Unreadable):
            pieces(OF, text.encode())


@given(st.integers(0, 400), st.binary(max_size=6))
def test_flipped_bytes_end_in_rows_or_named_problems(at: int, mess: bytes) -> None:
    raw = (HEAD + ROW * 3).encode()
    try:
        made = pieces(OF, raw[:at] + mess + raw[at + len(mess) :])
    except Problem:
        return
    found: list[Any] = words(made)
    assert len(found) <= 4


def test_days_as_they_write_them() -> None:
    assert day_of("2019/12/09") == (2019, 12, 9)
    assert day_of("Jan 12 2025") == day_of("January 12, 2025") == (2025, 1, 12)
    for text in ("", "Foo 1 2025", "1/2", "a/b/c", "١/٢/٣"):
        with pytest.raises(Invalid):
            day_of(text)
