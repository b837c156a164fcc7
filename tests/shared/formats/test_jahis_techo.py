from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path
from typing import TypeVar

import pytest

from shared.findings import Finding, FindingKind
from shared.formats import Answers, Found, Identity, Piece, Trouble, jahis_techo
from shared.formats.report import as_json, lines, report
from shared.medicines import (
    Author,
    CodeSet,
    Dispensing,
    DispensingNote,
    FamilyPharmacist,
    Form,
    Medicine,
    Memo,
    NoteKind,
    Route,
    Stage,
)
from shared.medicines_schema import dispensing_from, dispensing_members
from shared.problems import Problem, TooBig, Unreadable

HERE = Path(__file__).parents[2] / "formats" / "samples" / "jahis_techo"
SAMPLES = Path(__file__).parents[4] / "shared" / "data" / "jahis"

Word = TypeVar("Word", Finding, Memo, FamilyPharmacist)

HEADER = "JAHISTC08,1\r\n"
HANAKO = "1,山田 花子,2,S230405\r\n"
VISIT = "5,20260310,1\r\n11,しま薬局,34,4,3412345,,,,1\r\n"
MEDICINE = "201,1,アムロジピン錠,1,錠,1,,1\r\n"
USAGE = "301,1,朝食後,28,日分,1,1,,1\r\n"


def read(content: bytes | str) -> list[Piece]:
    raw = content.encode("cp932") if isinstance(content, str) else content
    return list(jahis_techo.read(io.BytesIO(raw), Answers()))


def dispensings(pieces: list[Piece]) -> list[Dispensing]:
    return [p.word for p in pieces if isinstance(p, Found) and isinstance(p.word, Dispensing)]


def medicines(pieces: list[Piece]) -> list[Medicine]:
    return [medicine for dispensing in dispensings(pieces) for medicine in dispensing.medicines]


def codes(pieces: list[Piece]) -> list[tuple[str, str]]:
    """Place and problem code of each trouble."""
    return [
        (p.where, p.problem.code) for p in pieces if isinstance(p, Trouble) and isinstance(p.problem, Problem)
    ]


def words(pieces: list[Piece], kind: type[Word]) -> list[Word]:
    return [p.word for p in pieces if isinstance(p, Found) and isinstance(p.word, kind)]


def keys(pieces: list[Piece]) -> list[str]:
    return [p.source_id for p in pieces if isinstance(p, Found)]


@pytest.mark.parametrize("sample", sorted(HERE.glob("*.txt")), ids=lambda path: path.stem)
def test_reads_each_sample_as_written_down_beside_it(sample: Path) -> None:
    expected = json.loads(sample.with_suffix(".expected.json").read_text("utf-8"))
    try:
        pieces = read(sample.read_bytes())
    except Unreadable as problem:
        assert expected == {"problem": problem.code}  # noqa: PT017  a part alone is refused
        return
    assert as_json(report("jahis_techo", iter(pieces))) == expected["report"]
    assert [json.loads(line) for line in lines(iter(pieces))] == expected["lines"]


def test_every_medicine_of_the_samples_travels_and_comes_back() -> None:
    for sample in ("hanako_pharmacy", "hanako_export", "hanako_mistakes", "hanako_notebook"):
        for dispensing in dispensings(read((HERE / f"{sample}.txt").read_bytes())):
            assert dispensing_from(json.loads(json.dumps(dispensing_members(dispensing)))) == dispensing


def test_a_pharmacy_code_in_full() -> None:
    pieces = read((HERE / "hanako_pharmacy.txt").read_bytes())
    assert Identity("山田 花子", "ﾔﾏﾀﾞ ﾊﾅｺ", "female", "1948-04-05") in pieces
    assert [(each.kind, each.text, each.origin) for each in words(pieces, Finding)] == [
        (FindingKind.ALLERGY, "そば", "jahis_techo"),
        (FindingKind.SIDE_EFFECT, "ペニシリン（発疹）", "jahis_techo"),
    ]
    (visit,) = dispensings(pieces)
    assert visit.dispensed_on == date(2026, 3, 10)
    assert visit.pharmacy is not None
    assert (visit.pharmacy.name, visit.pharmacy.code, visit.pharmacy.phone) == (
        "しま薬局 本店",
        "3412345",
        "0848-00-0000",
    )
    assert visit.clinic is not None
    assert (visit.clinic.name, visit.pharmacist, visit.origin) == ("しま診療所", "森 薬子", "jahis_techo")
    first, second, third, fourth = visit.medicines
    assert (first.name, first.code_set, first.code) == ("ｱﾑﾛｼﾞﾋﾟﾝ錠5mg「ﾄﾓﾆ」", CodeSet.RECEIPT, "620000001")
    assert (first.generic_name, first.generic_code) == ("【般】アムロジピン錠５ｍｇ", "2171022F2ZZZ")
    assert (first.notes, first.cautions) == (
        ("一包化",),
        ("グレープフルーツジュースと一緒に飲まないでください。",),
    )
    assert (first.clinic_doctor, first.department, first.author) == ("佐藤 一郎", "内科", Author.CARE_STAFF)
    assert (second.dose, second.code_set, second.notes) == ("1.0", CodeSet.YJ, ())
    assert first.usage == second.usage
    assert (first.usage.amount, first.usage.amount_unit, first.usage.code) == (28, "日分", "1011000400000000")
    assert (first.usage.notes, first.usage.cautions) == (
        ("血圧を測ってから",),
        ("ふらつきに気をつけてください。",),
    )
    assert [(m.usage.form, m.route) for m in visit.medicines] == [
        (Form.INTERNAL, Route.ORAL),
        (Form.INTERNAL, Route.ORAL),
        (Form.AS_NEEDED, Route.ORAL),
        (Form.EXTERNAL, Route.EXTERNAL),
    ]
    assert (third.code_set, fourth.code_set) == (CodeSet.HOT, CodeSet.PRICE_LIST)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("20240229", date(2024, 2, 29)),
        ("M010908", date(1868, 9, 8)),
        ("T151225", date(1926, 12, 25)),
        ("S640107", date(1989, 1, 7)),
        ("H010108", date(1989, 1, 8)),
        ("H310430", date(2019, 4, 30)),
        ("R010501", date(2019, 5, 1)),
        ("R080310", date(2026, 3, 10)),
    ],
)
def test_days_of_every_era(text: str, day: date) -> None:
    (visit,) = dispensings(read(f"{HEADER}5,{text},1\r\n"))
    assert visit.dispensed_on == day


@pytest.mark.parametrize(
    "text", ["20260230", "R000101", "X010101", "2026-03-10", "R8310", "２０２６０３１０", "18671231"]
)
def test_a_day_that_is_none_is_told_and_its_medicines_go_to_nobody_else(text: str) -> None:
    pieces = read(HEADER + VISIT + MEDICINE + USAGE + f"5,{text},1\r\n" + MEDICINE + USAGE)
    assert [len(visit.medicines) for visit in dispensings(pieces)] == [1]
    assert codes(pieces) == [
        ("6 行目", "jahis_line_date"),
        ("7 行目", "jahis_no_dispensing"),
        ("8 行目", "jahis_no_dispensing"),
    ]


@pytest.mark.parametrize("number", [6, 12, 302, 521, 999])
def test_a_record_that_nobody_knows_is_kept_whole(number: int) -> None:
    pieces = read(f"{HEADER}{VISIT}{number},朝に薬を飲んだ後、めまいがあった,R080312\r\n{MEDICINE}{USAGE}")
    (trouble,) = [p for p in pieces if isinstance(p, Trouble)]
    assert trouble.where == "4 行目"
    assert trouble.excerpt == f"{number},朝に薬を飲んだ後、めまいがあった,R080312"
    assert str(number) in trouble.text()
    assert len(medicines(pieces)) == 1


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("201,1,,1,錠,1,,1", "jahis_line_short"),
        ("201,一,薬,1,錠,1,,1", "jahis_rp_wrong"),
        ("201,,薬,1,錠,1,,1", "jahis_rp_wrong"),
        ("301,2,朝,7,日分,1,1,,1", "jahis_unknown_rp"),
        ("281,2,一包化,1", "jahis_unknown_rp"),
        ("311,,朝,1", "jahis_rp_wrong"),
        ("15,,,1", "jahis_line_short"),
        ("11,別の薬局,34,4,1,,,,1", "jahis_line_twice"),
        ("2,7,そば,1", "jahis_line_code"),
        ("2,1,,1", "jahis_line_short"),
        ("31,1,アセトアミノフェン,2,1141001,2", "jahis_unknown_otc"),
        ("31,,アセトアミノフェン,2,1141001,2", "jahis_unknown_otc"),
        ("4,,R080310,2", "jahis_line_short"),
        ("401,,1", "jahis_line_short"),
        ("411,粉砕する,7,1", "jahis_line_code"),
        ("601,めまい,R089999", "jahis_line_date"),
        ("701,,しま薬局,,,,1", "jahis_line_short"),
        ("15,森 薬子,,1,のこり", "jahis_fields_more"),
        ("911,1,2", "jahis_line_broken"),
        ("abc", "jahis_line_broken"),
        ("201,1,く\x00すり,1,錠,1,,1", "jahis_line_broken"),
        (f"201,1,{'薬' * 1001},1,錠,1,,1", "jahis_line_broken"),
    ],
)
def test_a_line_that_makes_no_sense_is_told_and_the_rest_is_read(line: str, code: str) -> None:
    pieces = read(f"{HEADER}{VISIT}{line}\r\n{MEDICINE}{USAGE}")
    assert codes(pieces) == [("4 行目", code)]
    (medicine,) = medicines(pieces)
    assert (medicine.name, medicine.usage.amount) == ("アムロジピン錠", 28)


@pytest.mark.parametrize(
    ("line", "code", "kept"),
    [
        ("201,1,薬,一,錠,1,,1", "jahis_line_number", ("一", CodeSet.NONE, "")),
        ("201,1,薬,1,錠,2,,1", "jahis_code_missing", ("1", CodeSet.NONE, "")),
        ("201,1,薬,1,錠,5,123,1", "jahis_line_code", ("1", CodeSet.NONE, "")),
        ("201,1,薬,1,錠,1,123,1", "jahis_line_code", ("1", CodeSet.NONE, "")),
        ("201,1,薬,1,錠,4,あ,1", "jahis_line_code", ("1", CodeSet.NONE, "")),
    ],
)
def test_a_medicine_with_a_doubtful_part_is_shown_and_the_doubt_told(
    line: str, code: str, kept: tuple[str, CodeSet, str]
) -> None:
    pieces = read(f"{HEADER}{VISIT}{line}\r\n{USAGE}")
    assert codes(pieces) == [("4 行目", code)]
    (medicine,) = medicines(pieces)
    assert (medicine.dose, medicine.code_set, medicine.code) == kept


def test_medicines_whose_usage_is_missing_are_shown_and_it_is_told() -> None:
    twice = MEDICINE + MEDICINE.replace("アムロジピン", "カンデサルタン")
    pieces = read(HEADER + VISIT + twice + "201,2,軟膏,5,g,1,,1\r\n301,2,塗る,1,調剤,5,1,,1\r\n")
    (trouble,) = [p for p in pieces if isinstance(p, Trouble)]
    assert (trouble.where, trouble.excerpt) == ("4 行目", MEDICINE.strip())
    assert "アムロジピン錠" in trouble.text()
    assert codes(pieces) == [("4 行目", "jahis_usage_missing")]
    assert [(m.name, m.usage.text) for m in medicines(pieces)] == [
        ("アムロジピン錠", ""),
        ("カンデサルタン錠", ""),
        ("軟膏", "塗る"),
    ]


@pytest.mark.parametrize(
    ("text", "day", "code"),
    [
        ("R010430", "2019-04-30", "jahis_date_era"),
        ("H310501", "2019-05-01", "jahis_date_era"),
        ("H320101", "2020-01-01", "jahis_date_era"),
        ("S640108", "1989-01-08", "jahis_date_era"),
        ("H010107", "1989-01-07", "jahis_date_era"),
        ("令和元年5月1日", "2019-05-01", "jahis_date_words"),
        ("令和元年５月１日", "2019-05-01", "jahis_date_words"),
        ("令和 8年 3月10日", "2026-03-10", "jahis_date_words"),
        ("2026年3月10日", "2026-03-10", "jahis_date_words"),
        ("R元0501", "2019-05-01", "jahis_date_words"),
        ("平成元年0108", "1989-01-08", "jahis_date_words"),
    ],
)
def test_an_odd_day_is_read_and_told_and_its_medicines_stay(text: str, day: str, code: str) -> None:
    pieces = read(HEADER + VISIT.replace("20260310", text) + MEDICINE + USAGE)
    (visit,) = dispensings(pieces)
    assert (visit.dispensed_on.isoformat(), len(visit.medicines)) == (day, 1)
    assert codes(pieces) == [("2 行目", code)]
    (trouble,) = [p for p in pieces if isinstance(p, Trouble)]
    assert text in trouble.text()
    assert day in trouble.text()


@pytest.mark.parametrize("text", ["令和元年4月31日", "令和0年5月1日", "大化元年1月1日", "令和元年"])
def test_a_day_in_words_that_is_none_is_told(text: str) -> None:
    pieces = read(HEADER + VISIT.replace("20260310", text) + MEDICINE)
    assert dispensings(pieces) == []
    assert codes(pieces)[0] == ("2 行目", "jahis_line_date")
    assert len(codes(pieces)) == 3  # and each line of it


def test_a_usage_with_a_doubtful_part_is_shown_and_the_doubt_told() -> None:
    pieces = read(f"{HEADER}{VISIT}{MEDICINE}301,1,朝,十,日分,8,1,,1\r\n")
    assert codes(pieces) == [("5 行目", "jahis_line_number"), ("5 行目", "jahis_line_code")]
    (medicine,) = medicines(pieces)
    assert (medicine.usage.text, medicine.usage.amount, medicine.usage.form, medicine.route) == (
        "朝",
        None,
        None,
        None,
    )


def test_a_second_usage_or_patient_does_not_replace_the_first() -> None:
    pieces = read(
        f"{HEADER}{HANAKO}1,加藤 某,1,S300101\r\n{VISIT}{MEDICINE}{USAGE}301,1,夜,7,日分,1,1,,1\r\n"
    )
    assert [p.name for p in pieces if isinstance(p, Identity)] == ["山田 花子"]
    assert codes(pieces) == [("3 行目", "jahis_line_twice"), ("8 行目", "jahis_line_twice")]
    assert medicines(pieces)[0].usage.amount == 28


def test_a_new_doctor_may_count_rps_from_one_again() -> None:
    pieces = read(
        HEADER + VISIT + "51,病院,34,1,1,1\r\n55,佐藤,内科,1\r\n" + MEDICINE + USAGE + "55,木村,皮膚科,1\r\n"
        "201,1,軟膏,5,g,1,,1\r\n301,1,塗る,1,調剤,5,1,,1\r\n301,2,塗る,1,調剤,5,1,,1\r\n"
    )
    assert [(m.clinic_doctor, m.department, m.usage.text) for m in medicines(pieces)] == [
        ("佐藤", "内科", "朝食後"),
        ("木村", "皮膚科", "塗る"),
    ]
    assert codes(pieces) == [("11 行目", "jahis_unknown_rp")]


def test_a_usage_before_or_between_its_medicines_counts_for_all_of_them() -> None:
    pieces = read(HEADER + VISIT + MEDICINE + USAGE + MEDICINE.replace("アムロジピン", "カンデサルタン"))
    assert [m.usage.amount for m in medicines(pieces)] == [28, 28]


def test_the_same_visit_has_one_key_alone_among_others_and_without_codes() -> None:
    alone = keys(read((HERE / "hanako_pharmacy.txt").read_bytes()))
    among = keys(read((HERE / "hanako_export.txt").read_bytes()))
    assert len(set(alone) & set(among)) == 1
    again = keys(read(HEADER + VISIT + MEDICINE + USAGE))
    assert keys(read("JAHISTC01\n" + (VISIT + MEDICINE + USAGE).replace("\r\n", "\n"))) == again
    for changed in ("28,日分", "アムロジピン", "20260310", "しま薬局", ",1,錠"):
        other = (VISIT + MEDICINE + USAGE).replace(
            changed, changed.translate(str.maketrans("1ア島し", "2エ山み")).replace("28", "29")
        )
        assert keys(read(HEADER + other)) != again, changed


def test_the_order_of_medicines_changes_neither_key_nor_ids() -> None:
    two = "201,2,カンデサルタン錠,1,錠,1,,1\r\n301,2,朝食後,28,日分,1,1,,1\r\n"
    one_way = read(HEADER + VISIT + MEDICINE + USAGE + two)
    other_way = read(HEADER + VISIT + two + MEDICINE + USAGE)
    assert keys(one_way) == keys(other_way)
    assert {m.id for m in medicines(one_way)} == {m.id for m in medicines(other_way)}
    assert len({m.id for m in medicines(read(HEADER + VISIT + MEDICINE + MEDICINE))}) == 2


# Written down when these were first imported: a reading that gives others would double every kept dispensing.
FIRST_IDS = {
    "hanako_pharmacy": ["e8ac5f33-9c93-5d2a-9513-cb22c4aa034f"],
    "hanako_export": ["e8ac5f33-9c93-5d2a-9513-cb22c4aa034f", "4ce99e80-1dbf-59e9-81f2-414519dcd63f"],
    "hanako_mistakes": ["ff1ffd29-1d1b-5ab4-a759-f6ca0ca5ac60"],
}


@pytest.mark.parametrize("sample", sorted(FIRST_IDS))
def test_what_was_kept_before_is_still_the_same(sample: str) -> None:
    pieces = read((HERE / f"{sample}.txt").read_bytes())
    dispensed = [str(each.id) for each in dispensings(pieces) if each.stage is Stage.DISPENSED]
    assert dispensed == FIRST_IDS[sample]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("encoding", ["cp932", "utf-8", "utf-8-sig"])
def test_line_ends_and_both_encodings_say_the_same(end: str, encoding: str) -> None:
    text = HEADER + HANAKO + VISIT + MEDICINE + USAGE
    raw = text.replace("\r\n", end).encode(encoding)
    assert read(raw) == read(text)
    assert read(raw + b"\x1a") == read(text)


@pytest.mark.parametrize("encoding", ["euc_jp", "iso2022_jp"])
def test_other_encodings_are_refused_by_name(encoding: str) -> None:
    text = (HERE / "hanako_pharmacy.txt").read_bytes().decode("cp932").rstrip("\x1a")
    with pytest.raises(Unreadable) as refused:
        read(text.encode(encoding, "ignore"))
    assert refused.value.code == "encoding_wrong"
    assert "行目" in refused.value.message()


def test_damaged_letters_are_refused_with_their_line() -> None:
    text = (HERE / "hanako_export.txt").read_bytes()
    at = text.index("めまい".encode()) + 1
    for damaged in (text[:at] + text[at + 1 :], (HEADER + "1,山田").encode("cp932") + b"\x8e\r\n"):
        with pytest.raises(Unreadable) as refused:
            read(damaged)
        assert refused.value.code == "encoding_wrong"
    assert refused.value.words["where"] == "2 行目"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "file_empty"),
        (b"\r\n\x1a", "file_empty"),
        (b"JAHIS10\r\n1,1234567,Clinic\r\n", "jahis_header"),
        (b"JAHISTC8,1\r\n", "jahis_header"),
        (b"1,JAHISTC08,1\r\n", "jahis_header"),
        (b"JAHISTC08,1\r\n911,1,3,2\r\n", "jahis_part_missing"),
    ],
)
def test_what_is_no_whole_notebook_is_refused_by_name(raw: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(raw)
    assert refused.value.code == code


def test_too_much_is_refused_before_it_is_read() -> None:
    with pytest.raises(TooBig):
        read(b"JAHISTC08,1\r\n" + b"501,x,1\r\n" * 2_000_000)


def test_several_notebooks_in_one_file() -> None:
    one = HEADER + HANAKO + VISIT + MEDICINE + USAGE
    pieces = read(one + one.replace("20260310", "20260410"))
    assert [str(visit.dispensed_on) for visit in dispensings(pieces)] == ["2026-03-10", "2026-04-10"]
    assert [p.name for p in pieces if isinstance(p, Identity)] == ["山田 花子"]
    assert not codes(pieces)
    stranger = read(one + one.replace("山田 花子", "加藤 某"))
    assert codes(stranger) == [("7 行目", "jahis_two_people")]


def test_split_parts_in_one_file_are_put_together() -> None:
    one, two = ((HERE / f"hanako_split_{n}.txt").read_bytes() for n in (1, 2))
    alone = keys(read((HERE / "hanako_pharmacy.txt").read_bytes()))[-1:]
    for raw in (one + two, two + one, two + one + two):
        pieces = read(raw)
        assert keys(pieces) == alone
        assert not codes(pieces)


def test_a_newer_version_is_read_and_said() -> None:
    assert codes(read("JAHISTC09,1\r\n" + VISIT)) == [("1 行目", "jahis_newer")]


@pytest.mark.parametrize(
    ("head", "yes"),
    [
        (b"JAHISTC01,1\r\n1,", True),
        (b"JAHISTC08\n", True),
        (b"\xef\xbb\xbfJAHISTC07,2\n", True),
        (b"JAHISTC08,1", True),
        (b"JAHIS10\r\n", False),
        (b"JAHIS9\r\n", False),
        (b"SJ1\r\n", False),
        (b"NOT_JAHIS\n", False),
        (b"<?xml version='1.0'?><HealthData>JAHISTC08,1</HealthData>", False),
        (b"", False),
    ],
)
def test_only_the_notebook_is_recognised(head: bytes, yes: bool) -> None:
    assert jahis_techo.recognises(head, "JAHISTC.txt") is yes


# What formats/jahis-techo.md and the MANIFEST say of the printed examples: slips (visits and what was bought),
# medicines, findings, memos, family pharmacists, and the troubles by their code.
EXPECTED: dict[str, tuple[tuple[int, ...], list[str]]] = {
    "example-11.txt": ((4, 7, 4, 2, 1), ["jahis_otc_no_day"]),
    "tc-invalid-missing-drug-code.txt": ((1, 1, 0, 0, 0), ["jahis_code_missing"]),
    "tc-minimal-valid.txt": ((1, 1, 0, 0, 1), []),
    "tc-multi-dispensing.txt": ((2, 2, 0, 0, 0), []),
    "tc-with-otc-components-and-remaining-medicine.txt": ((2, 2, 0, 0, 0), []),
}
KINDS = ("dispensing", "medicine", "finding", "memo", "family_pharmacist")


@pytest.mark.samples
@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_reads_the_printed_examples(name: str) -> None:
    if not SAMPLES.exists():
        pytest.skip("the sample files are not here")
    raw = (SAMPLES / name).read_bytes()
    assert jahis_techo.recognises(raw[:4096], name)
    pieces = read(raw)
    found = report("jahis_techo", iter(pieces))
    counted = tuple(found.found[kind].count if kind in found.found else 0 for kind in KINDS)
    assert (counted, [code for _, code in codes(pieces)]) == EXPECTED[name]
    assert found.identity is not None


@pytest.mark.samples
@pytest.mark.parametrize(
    "name", ["invalid-header.txt", "minimal-valid.txt", "normalization-full.txt", "qr-decoded-anonymized.txt"]
)
def test_prescription_codes_are_none_of_ours(name: str) -> None:
    if not SAMPLES.exists():
        pytest.skip("the sample files are not here")
    assert not jahis_techo.recognises((SAMPLES / name).read_bytes()[:4096], name)


@pytest.mark.samples
def test_joins_the_printed_split() -> None:
    if not SAMPLES.exists():
        pytest.skip("the sample files are not here")
    one, two = ((SAMPLES / f"split-part-{n}.txt").read_bytes() for n in (1, 2))
    with pytest.raises(Unreadable) as refused:
        read(two)
    assert refused.value.words == {"total": 2, "have": 1, "missing": 1}
    pieces = read(jahis_techo.join([two, one]))
    (visit,) = dispensings(pieces)
    assert len(visit.medicines) == 10
    assert [m.usage.amount for m in visit.medicines] == [5, 5, 5, 5, 5, 1, 1, 1, 1, 1]
    assert [m.clinic_doctor for m in visit.medicines] == ["工業会 次郎"] * 8 + ["佐藤 三郎"] * 2
    assert visit.notes == (
        DispensingNote(NoteKind.REMARK, "正しい飲み方は薬袋等をご覧下さい。", author=Author.CARE_STAFF),
    )
    assert codes(pieces) == []
