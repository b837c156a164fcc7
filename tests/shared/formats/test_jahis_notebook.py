"""A notebook beside its visits: what she bought, memos, her pharmacist, notes; what is masked or kept out."""

from __future__ import annotations

import io
from datetime import date
from typing import TypeVar

import pytest

from shared.findings import Finding
from shared.formats import Answers, Found, Piece, Trouble, jahis_techo
from shared.medicines import (
    Author,
    Component,
    Dispensing,
    FamilyPharmacist,
    Medicine,
    Memo,
    NoteKind,
    Place,
    Stage,
    Writer,
    writer,
)
from shared.problems import Problem
from tests.formats_samples import sample

Word = TypeVar("Word", Finding, Memo, FamilyPharmacist, Dispensing)

HEADER = "JAHISTC08,1\r\n"
HANAKO = "1,山田 花子,2,S230405\r\n"
VISIT = "5,20260310,1\r\n11,しま薬局,34,4,3412345,,,,1\r\n"
MEDICINE = "201,1,アムロジピン錠,1,錠,1,,1\r\n"
USAGE = "301,1,朝食後,28,日分,1,1,,1\r\n"
NOTEBOOK = sample("jahis_techo/hanako_notebook.txt")


def read(content: bytes | str) -> list[Piece]:
    raw = content.encode("cp932") if isinstance(content, str) else content
    return list(jahis_techo.read(io.BytesIO(raw), Answers()))


def words(pieces: list[Piece], kind: type[Word]) -> list[Word]:
    return [p.word for p in pieces if isinstance(p, Found) and isinstance(p.word, kind)]


def dispensings(pieces: list[Piece]) -> list[Dispensing]:
    return words(pieces, Dispensing)


def medicines(pieces: list[Piece]) -> list[Medicine]:
    return [medicine for dispensing in dispensings(pieces) for medicine in dispensing.medicines]


def keys(pieces: list[Piece]) -> list[str]:
    return [p.source_id for p in pieces if isinstance(p, Found)]


def codes(pieces: list[Piece]) -> list[tuple[str, str]]:
    """Place and problem code of each trouble."""
    return [
        (p.where, p.problem.code) for p in pieces if isinstance(p, Trouble) and isinstance(p.problem, Problem)
    ]


def stated(pieces: list[Piece]) -> list[Dispensing]:
    return [each for each in dispensings(pieces) if each.stage is Stage.STATED]


def test_what_she_bought_is_a_slip_of_its_own_with_its_ingredients() -> None:
    pieces = read(NOTEBOOK)
    cold, tea = stated(pieces)
    (medicine,) = cold.medicines
    assert (cold.dispensed_on, medicine.usage.starts_on, medicine.usage.ends_on) == (
        date(2026, 1, 10),
        date(2026, 1, 10),
        date(2026, 1, 12),
    )
    assert (medicine.name, medicine.jan) == ("ｶｾﾞﾄﾒﾙ錠", "4900000000017")
    assert medicine.components == (
        Component("アセトアミノフェン", "1141001"),
        Component("無水カフェイン", "2115004"),
        Component("ﾃﾞｷｽﾄﾛﾒﾄﾙﾌｧﾝ臭化水素酸塩水和物"),
    )
    assert (cold.author, writer(cold), cold.pharmacy) == (Author.PATIENT, Writer.PATIENT, None)
    assert (tea.dispensed_on, tea.medicines[0].usage.starts_on) == (date(2026, 3, 20), None)
    assert codes(pieces) == [("11 行目", "jahis_otc_no_day")]


def test_a_bought_medicine_is_the_same_by_its_name_and_first_day() -> None:
    first = read(f"{HEADER}3,ｶｾﾞﾄﾒﾙ錠,R080110,,2,1,\r\n")
    later = read("JAHISTC07,2\r\n4,メモ,R080110,2\r\n3,カゼトメル 錠,20260110,20260112,1,7,4900000000017\r\n")
    other = read(f"{HEADER}3,ｶｾﾞﾄﾒﾙ錠,R080111,,2,1,\r\n")
    assert keys(first) == keys(later)[1:] != keys(other)
    assert stated(first)[0].medicines[0].id == stated(later)[0].medicines[0].id


@pytest.mark.parametrize(
    ("lines", "troubles"),
    [
        ("3,薬,,,2,1,\r\n31,1,成分,2,1141001,2\r\n", ["jahis_otc_day_unknown", "jahis_otc_day_unknown"]),
        ("3,薬,R080110,,2,1,12\r\n", ["jahis_line_code"]),
        ("3,薬,R080110,,2,1,\r\n31,1,成分,2,11410,2\r\n", ["jahis_line_code"]),
        ("3,薬,R080110,,2,1,\r\n31,1,成分,1,1141001,2\r\n", ["jahis_line_code"]),
        ("3,薬,R080110,,2,1,\r\n31,2,成分,2,1141001,2\r\n", ["jahis_unknown_otc"]),
        ("3,薬,R080110,,2,1,\r\n3,別の薬,R080110,,2,1,\r\n", ["jahis_otc_number_twice"]),
        ("3,薬,R080199,,2,1,\r\n4,メモ,R080201,2\r\n", ["jahis_line_date", "jahis_otc_no_day"]),
        ("3,薬,,R080110,2,1,\r\n", []),
    ],
)
def test_what_is_odd_about_a_bought_medicine_is_told(lines: str, troubles: list[str]) -> None:
    assert [code for _, code in codes(read(HEADER + lines))] == troubles


def test_memos_and_the_family_pharmacist() -> None:
    pieces = read(NOTEBOOK)
    assert [(each.text, each.on, each.author) for each in words(pieces, Memo)] == [
        ("健康診断の日", date(2026, 3, 20), Author.PATIENT),
        ("①番の薬を見せること", None, Author.UNKNOWN),
    ]
    (pharmacist,) = words(pieces, FamilyPharmacist)
    assert (pharmacist.name, pharmacist.pharmacy, pharmacist.contact, pharmacist.starts_on) == (
        "森 薬子",
        "髙橋薬局 港店",
        "0848-00-0000",
        date(2026, 3, 10),
    )


def test_notes_of_a_visit_and_the_places_of_its_medicines() -> None:
    visit = dispensings(read(NOTEBOOK))[0]
    assert [(note.kind, note.detail, note.on) for note in visit.notes] == [
        (NoteKind.CAUTION, "", None),
        (NoteKind.INFORMATION, "30", None),
        (NoteKind.INFORMATION, "31", None),
        (NoteKind.REMAINING, "", None),
        (NoteKind.REMARK, "", None),
        (NoteKind.PATIENT, "", date(2026, 3, 12)),
    ]
    assert [note.author for note in visit.notes] == [Author.CARE_STAFF] * 5 + [Author.PATIENT]
    assert visit.pharmacist_contact == "0848-00-0000"
    assert visit.pharmacy == Place(
        "髙橋薬局 港店", "3412345", "34", "4", "0848-00-0000", "722-0000", "広島県しま町港1-1"
    )
    assert visit.clinic is not None
    assert [(m.clinic and m.clinic.name, m.clinic_doctor) for m in visit.medicines] == [
        (None, "佐藤 一郎"),
        (None, "木村 三郎"),
        ("第二病院", "高橋 次郎"),
    ]


def test_a_first_clinic_that_comes_again_is_the_clinic_of_the_visit() -> None:
    pieces = read(
        HEADER + VISIT + "51,病院,34,1,1,1\r\n" + MEDICINE + USAGE + "51,別の病院,34,1,2,1\r\n"
        "201,2,軟膏,5,g,1,,1\r\n301,2,塗る,1,調剤,5,1,,1\r\n51,病院,34,1,1,1\r\n"
        "201,3,目薬,5,mL,1,,1\r\n301,3,さす,1,調剤,5,1,,1\r\n"
    )
    assert [m.clinic.name if m.clinic else "" for m in medicines(pieces)] == ["", "別の病院", ""]
    assert codes(pieces) == []


def test_numbers_that_name_a_person_are_masked() -> None:
    pieces = read(
        f"{HEADER}2,9,被保険者証記号・番号：あいう・187,2\r\n4,マイナンバー 1234-5678-9018 を写した,,2\r\n"
        f"{VISIT}501,被保険者証の番号：54321,1\r\n777,被保険者番号：98765\r\n"
    )
    said = "".join(str(piece) for piece in pieces)
    for number in ("187", "5678", "54321", "98765"):
        assert number not in said
    assert "＊" in said


def test_what_is_kept_out_of_the_record_makes_no_noise() -> None:
    pieces = read(sample("jahis_techo/hanako_pharmacy.txt"))
    assert codes(pieces) == []
    said = "".join(str(piece) for piece in pieces)
    for text in ("Ａ＋", "48.5", "090-1111-1111", "港2-2"):
        assert text not in said


@pytest.mark.parametrize("version", range(1, 9))
def test_every_version_is_read_alike(version: int) -> None:
    lines = HANAKO + VISIT + MEDICINE + USAGE
    assert read(f"JAHISTC0{version},1\r\n{lines}") == read(HEADER + lines)
