"""A record goes out as a medicine notebook and comes back as the same words; what cannot be said is told."""

from __future__ import annotations

import io
import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.findings import Finding, FindingKind
from shared.formats import Answers, Found, Identity, Piece, Trouble, Word, jahis_techo
from shared.formats.jahis_fields import AUTHORS, FINDINGS, FORMS
from shared.formats.jahis_keys import (
    dispensing_ids,
    finding_key,
    id_of,
    memo_key,
    pharmacist_key,
    stated_ids,
)
from shared.formats.jahis_letters import BLOT, cut, sayable
from shared.formats.jahis_write import MOST_BYTES, Written, qr_parts, write
from shared.medicines import (
    Author,
    CodeSet,
    Component,
    Dispensing,
    DispensingNote,
    FamilyPharmacist,
    Form,
    Medicine,
    Memo,
    NoteKind,
    Place,
    Route,
    Stage,
    Usage,
)
from shared.personal_numbers import masked
from shared.problems import Problem, Unreadable

HERE = Path(__file__).parents[2] / "formats" / "samples" / "jahis_techo"
HANAKO = Identity("山田 花子", "ﾔﾏﾀﾞ ﾊﾅｺ", "female", "1948-04-05")
NOBODY = UUID(int=0)
DAY = date(2026, 3, 10)


def read(raw: bytes) -> list[Piece]:
    return list(jahis_techo.read(io.BytesIO(raw), Answers()))


def words(pieces: Sequence[Piece]) -> list[Word]:
    return [piece.word for piece in pieces if isinstance(piece, Found)]


def told(written: Written) -> list[tuple[str, str]]:
    """About what, and which problem."""
    return [(loss.where, loss.problem.code) for loss in written.losses if isinstance(loss.problem, Problem)]


def same(some: Sequence[Word], others: Sequence[Word]) -> None:
    assert sorted(map(repr, some)) == sorted(map(repr, others))


# ---- words that a notebook can say exactly ---------------------------------------------------------------

_LETTERS = "花薬錠朝昼夜後前一二十痛血圧縺あアーソ能表予申ｱﾛﾞﾟ｡Ａ１％㎎①髙纊 abcXYZ0()-"


def texts(most: int) -> st.SearchStrategy[str]:
    letters = st.text(st.sampled_from(_LETTERS), max_size=most // 2).map(str.strip)
    return letters.filter(lambda text: masked(text) == text)


def names(most: int) -> st.SearchStrategy[str]:
    return texts(most).filter(bool)


days = st.dates(date(1868, 1, 1), date(2100, 12, 31))
authors = st.sampled_from(list(AUTHORS.values()))
notes = st.lists(names(60), max_size=2).map(tuple)
doses = st.sampled_from(["", "1", "0.5", "28", "1.25"])
codes = st.sampled_from(
    [
        (CodeSet.NONE, ""),
        (CodeSet.RECEIPT, "620000001"),
        (CodeSet.PRICE_LIST, "2649729S2010"),
        (CodeSet.YJ, "2149040F3011"),
        (CodeSet.HOT, "1234567890123"),
    ]
)
digits = st.sampled_from(["", "0848-00-0000"])
clinics = st.builds(Place, names(40), st.sampled_from(["", "3410001"]), st.sampled_from(["", "34"]))
pharmacies = st.builds(
    Place,
    names(40),
    st.sampled_from(["", "3412345"]),
    st.sampled_from(["", "34"]),
    st.sampled_from(["", "1", "4"]),
    digits,
    st.sampled_from(["", "722-0000"]),
    texts(60),
)
usages = st.builds(
    lambda form, **said: (Usage(form=form[0], **said), form[1]),
    st.sampled_from([(None, None), *FORMS.values()]),
    text=texts(60),
    code=st.sampled_from(["", "1011000400000000"]),
    amount=st.none() | st.integers(0, 999),
    amount_unit=st.sampled_from(["", "日分", "回分", "調剤"]),
    notes=notes,
    cautions=notes,
)
dispensing_notes = st.builds(
    DispensingNote,
    st.sampled_from([NoteKind.CAUTION, NoteKind.REMAINING, NoteKind.REMARK]),
    names(60),
    author=authors,
)
information = st.builds(
    DispensingNote,
    st.just(NoteKind.INFORMATION),
    names(60),
    st.sampled_from(["30", "31", "99"]),
    author=authors,
)
patients = st.builds(
    DispensingNote,
    st.just(NoteKind.PATIENT),
    names(60),
    on=st.none() | days,
    author=st.just(Author.PATIENT),
)
_NOTE_ORDER = list(NoteKind)


@st.composite
def medicines(
    draw: st.DrawFn, rp: int, usage: Usage, route: Route | None, about: tuple[Place | None, str, str]
) -> Medicine:
    code_set, code = draw(codes)
    return Medicine(
        id=NOBODY,
        name=draw(names(60)),
        dose=draw(doses),
        dose_unit=draw(texts(12)),
        code_set=code_set,
        code=code,
        generic_name=draw(texts(60)),
        generic_code=draw(st.sampled_from(["", "2171022F2ZZZ"])),
        route=route,
        usage=usage,
        rp=rp,
        clinic_doctor=about[1],
        department=about[2],
        author=draw(authors),
        notes=draw(notes),
        cautions=draw(notes),
        clinic=about[0],
    )


@st.composite
def visits(draw: st.DrawFn) -> Dispensing:
    clinic = draw(st.none() | clinics)
    other = draw(clinics) if clinic is not None and draw(st.booleans()) else None
    doctors = draw(st.lists(st.tuples(names(20), texts(20)), max_size=2, unique=True))
    asked: list[tuple[Place | None, str, str]] = [(None, "", ""), *((None, *doctor) for doctor in doctors)]
    if other is not None and other != clinic:
        asked += [(other, "", ""), *((other, *doctor) for doctor in doctors)]
    rps = iter(draw(st.lists(st.integers(1, 999), min_size=12, max_size=12, unique=True)))
    found: list[Medicine] = []
    for about in asked:
        for _ in range(draw(st.integers(0, 2))):
            usage, route = draw(usages)
            rp = next(rps)
            found += draw(st.lists(medicines(rp, usage, route, about), min_size=1, max_size=2))
    pharmacist = draw(texts(20))
    said = draw(st.lists(dispensing_notes | information | patients, max_size=3))
    visit = Dispensing(
        id=NOBODY,
        dispensed_on=draw(days),
        medicines=tuple(found),
        pharmacy=draw(st.none() | pharmacies),
        pharmacist=pharmacist,
        pharmacist_contact=draw(texts(40)) if pharmacist else "",
        clinic=clinic,
        author=draw(authors),
        origin="jahis_techo",
        notes=tuple(sorted(said, key=lambda note: _NOTE_ORDER.index(note.kind))),
    )
    drugs = ((medicine, medicine.usage) for medicine in found)
    key, ids = dispensing_ids(visit.dispensed_on, visit.pharmacy, drugs)
    named = (replace(medicine, id=made) for medicine, made in zip(found, ids, strict=True))
    return replace(visit, id=id_of(key), medicines=tuple(named))


@st.composite
def bought(draw: st.DrawFn) -> Dispensing:
    starts_on = draw(st.none() | days)
    ends_on = draw(days if starts_on is None else st.none() | days)
    author = draw(authors)
    components = draw(st.lists(st.builds(Component, names(40), st.sampled_from(["", "1141001"])), max_size=3))
    medicine = Medicine(
        id=NOBODY,
        name=draw(names(60)),
        usage=Usage(starts_on=starts_on, ends_on=ends_on),
        author=author,
        components=tuple(components),
        jan=draw(st.sampled_from(["", "4900000000017"])),
    )
    key, made = stated_ids(medicine)
    on = starts_on or ends_on
    assert on is not None
    return Dispensing(
        id_of(key),
        on,
        (replace(medicine, id=made),),
        author=author,
        origin="jahis_techo",
        stage=Stage.STATED,
    )


@st.composite
def findings(draw: st.DrawFn) -> Finding:
    kind, text = draw(st.sampled_from(list(FINDINGS.values()))), draw(names(60))
    return Finding(id_of(finding_key(kind, text)), kind, text, author=draw(authors), origin="jahis_techo")


@st.composite
def memos(draw: st.DrawFn) -> Memo:
    text, on = draw(names(80)), draw(st.none() | days)
    return Memo(id_of(memo_key(text, on)), text, on, draw(authors))


@st.composite
def pharmacists(draw: st.DrawFn) -> FamilyPharmacist:
    name, pharmacy, starts_on = draw(names(20)), draw(texts(40)), draw(st.none() | days)
    made = id_of(pharmacist_key(name, pharmacy, starts_on))
    ends_on = draw(st.none() | days)
    return FamilyPharmacist(made, name, pharmacy, draw(texts(40)), starts_on, ends_on, draw(authors))


records = st.lists(visits() | bought() | findings() | memos() | pharmacists(), max_size=6)


@given(records)
@settings(deadline=None)
def test_what_goes_out_comes_back_as_the_same_words(record: list[Word]) -> None:
    written = write(HANAKO, record)
    pieces = read(written.content)
    assert [piece for piece in pieces if isinstance(piece, Identity)] == [HANAKO]
    assert [piece for piece in pieces if isinstance(piece, Trouble)] == []
    same(words(pieces), record)
    assert {code for _, code in told(written)} <= {"notebook_usage_unknown"}
    again = write(HANAKO, words(pieces))
    assert sorted(again.text.split("\r\n")) == sorted(written.text.split("\r\n"))


@given(records, st.integers(420, MOST_BYTES), st.data())
@settings(deadline=None)
def test_its_codes_scanned_in_any_order_say_the_same(
    record: list[Word], most: int, data: st.DataObject
) -> None:
    written = write(HANAKO, record)
    parts = qr_parts(written.text, most)
    assert all(len(part) <= most for part in parts)
    shuffled = data.draw(st.permutations(parts))
    if len(parts) > 1:
        with pytest.raises(Unreadable) as missing:
            jahis_techo.join(shuffled[1:])
        assert missing.value.code == "jahis_part_missing"
    same(words(read(jahis_techo.join(shuffled))), record)
    assert qr_parts(written.text, most) == parts


# ---- the letters -----------------------------------------------------------------------------------------


@given(st.text())
def test_whatever_is_typed_can_be_written(text: str) -> None:
    said, lost = sayable(text)
    assert said.encode("cp932").decode("cp932") == said
    assert not set(said) & set(",\r\n\t\x00")
    assert said == said.strip()
    assert sayable(said) == (said, False)
    assert lost <= (BLOT in said)


@pytest.mark.parametrize(
    ("text", "said", "lost"),
    [
        ("ｱﾑﾛｼﾞﾋﾟﾝ錠5mg", "ｱﾑﾛｼﾞﾋﾟﾝ錠5mg", False),
        ("髙橋①﨑", "髙橋①﨑", False),
        ("1,5\r\n朝", "1，5  朝", False),
        ("10〜20−3 ¥", "10～20－3 ￥", False),
        ("5 µg", "5 μg", False),
        ("か\u3099", "が", False),
        ("葛\U000e0100城", "葛城", False),
        ("𠮷田", "■田", True),
        ("é \ue000", "■ ■", True),
        ("한국", "■■", True),
    ],
)
def test_letters_become_what_a_notebook_has(text: str, said: str, lost: bool) -> None:
    assert sayable(text) == (said, lost)


@given(st.text(st.sampled_from(_LETTERS)), st.integers(2, 40))
def test_a_text_is_cut_between_letters(text: str, most: int) -> None:
    begins, rest = cut(text, most)
    assert len(begins.encode("cp932")) <= most
    assert (begins + rest).replace(" ", "") == text.replace(" ", "")
    assert rest == "" or len(begins.encode("cp932")) < most or len(text.encode("cp932")) > most


# ---- what cannot be said is told -------------------------------------------------------------------------


def test_a_name_that_is_too_long_is_cut_and_told() -> None:
    written = write(HANAKO, [Finding(NOBODY, FindingKind.ALLERGY, "そ" * 61)])
    assert f"2,1,{'そ' * 60},9\r\n" in written.text
    assert told(written) == [("そ" * 61, "notebook_cut")]


def test_a_note_that_is_too_long_becomes_two_and_nothing_is_lost() -> None:
    note = "一包化" * 20
    medicine = Medicine(
        NOBODY, "薬", usage=Usage("朝", form=Form.INTERNAL, notes=("朝" * 51,)), notes=(note,)
    )
    visit = Dispensing(NOBODY, DAY, (medicine,), notes=(DispensingNote(NoteKind.REMARK, "備" * 201),))
    written = write(HANAKO, [visit, Memo(NOBODY, "め" * 201, DAY)])
    assert told(written) == []
    assert f"281,1,{note[:50]},9\r\n281,1,{note[50:]},9\r\n" in written.text
    assert f"311,1,{'朝' * 50},9\r\n311,1,朝,9\r\n" in written.text
    assert f"501,{'備' * 200},9\r\n501,備,9\r\n" in written.text
    assert f"4,{'め' * 200},20260310,9\r\n4,め,20260310,9\r\n" in written.text


def test_what_a_finding_says_beside_its_name_stands_behind_it() -> None:
    penicillin = Finding(NOBODY, FindingKind.SIDE_EFFECT, "ペニシリン", reaction="発疹", since="2011-05")
    hepatitis = Finding(NOBODY, FindingKind.INFECTION, "Ｂ型肝炎", suspected=True, until="2024-01-09")
    written = write(HANAKO, [penicillin, hepatitis])
    assert "2,2,ペニシリン（発疹）（2011年5月～）,9\r\n" in written.text
    assert "2,9,Ｂ型肝炎（感染症）（疑い）（～2024年1月9日）,9\r\n" in written.text


def test_a_typed_medicine_is_written_and_its_dose_told_as_lost() -> None:
    medicine = Medicine(NOBODY, "ビタミンＣ", "2", "錠", usage=Usage("朝食後", starts_on=DAY))
    slip = Dispensing(NOBODY, DAY, (medicine,), author=Author.PATIENT, origin="typed", stage=Stage.STATED)
    written = write(HANAKO, [slip])
    assert "3,ビタミンＣ,20260310,,2,1,\r\n" in written.text
    assert told(written) == [("ビタミンＣ", "notebook_left_out")]
    assert "2錠 朝食後" in written.losses[0].text()


def test_a_prescription_that_nobody_dispensed_is_told() -> None:
    slip = Dispensing(NOBODY, DAY, (Medicine(NOBODY, "薬"),), stage=Stage.PRESCRIBED)
    written = write(HANAKO, [slip])
    assert "薬" not in written.text
    assert told(written) == [("2026-03-10", "notebook_not_dispensed")]


@pytest.mark.parametrize(
    ("medicine", "left_out"),
    [
        (Medicine(NOBODY, "薬", "一錠"), "一錠"),
        (Medicine(NOBODY, "薬", code_set=CodeSet.YJ, code="？"), "？"),
        (Medicine(NOBODY, "薬", generic_code="？"), "？"),
        (Medicine(NOBODY, "薬", usage=Usage("朝", code="？")), "？"),
        (Medicine(NOBODY, "薬", usage=Usage("朝", amount=1000, amount_unit="日分")), "1000日分"),
        (Medicine(NOBODY, "薬", department="内科"), "内科"),
    ],
)
def test_what_has_no_place_is_left_out_and_told(medicine: Medicine, left_out: str) -> None:
    usage = replace(medicine.usage, text="朝", form=Form.INTERNAL)
    written = write(HANAKO, [Dispensing(NOBODY, DAY, (replace(medicine, usage=usage),))])
    assert [code for _, code in told(written)] == ["notebook_left_out"]
    assert left_out in written.losses[0].text()
    assert [piece for piece in read(written.content) if isinstance(piece, Trouble)] == []


def test_medicines_without_numbers_get_numbers_of_their_own() -> None:
    morning, evening = Usage("朝", form=Form.INTERNAL), Usage("夕", form=Form.INTERNAL)
    given_rps = [(0, morning), (1, evening), (0, morning), (2000, evening), (1, morning)]
    found = [
        Medicine(NOBODY, f"薬{number}", usage=usage, rp=rp) for number, (rp, usage) in enumerate(given_rps)
    ]
    written = write(HANAKO, [Dispensing(NOBODY, DAY, tuple(found))])
    lines = [line.split(",") for line in written.text.split("\r\n")]
    numbers = {line[2]: line[1] for line in lines if line[0] == "201"}
    assert numbers == {"薬0": "2", "薬1": "1", "薬2": "2", "薬3": "3", "薬4": "4"}
    assert [line[1] for line in lines if line[0] == "301"] == ["2", "1", "3", "4"]


def test_who_prescribed_nobody_knows_comes_before_any_doctor() -> None:
    known = Medicine(NOBODY, "既知", usage=Usage("朝"), rp=1, clinic_doctor="佐藤 一郎", department="内科")
    unknown = Medicine(NOBODY, "不明", usage=Usage("朝"), rp=2)
    written = write(HANAKO, [Dispensing(NOBODY, DAY, (known, unknown))])
    (visit,) = words(read(written.content))
    assert isinstance(visit, Dispensing)
    assert [(m.name, m.clinic_doctor) for m in visit.medicines] == [("不明", ""), ("既知", "佐藤 一郎")]


def test_the_records_stand_in_the_order_of_the_specification() -> None:
    pieces = read((HERE / "hanako_notebook.txt").read_bytes())
    written = write(HANAKO, list(reversed(words(pieces))))
    assert written.text.startswith("JAHISTC08,2\r\n1,山田 花子,2,19480405,")
    kinds = [line.split(",")[0] for line in written.text.split("\r\n")[1:-1]]
    opening = [kind for kind, _ in itertools.groupby(kinds[: kinds.index("5")])]
    assert opening == ["1", "2", "3", "31", "4"]
    assert [line for line in written.text.split("\r\n") if line.startswith("5,")] == [
        "5,20260310,1",
        "5,20190430,1",
    ]
    assert kinds[-1] == "701"
    assert told(written) == []


def test_one_code_where_one_is_enough_and_no_record_is_torn() -> None:
    written = write(HANAKO, [Memo(NOBODY, "健康診断")])
    assert qr_parts(written.text) == [written.content]
    many = write(HANAKO, [Memo(NOBODY, f"{number}回目の健康診断") for number in range(150)])
    parts = qr_parts(many.text)
    assert all(1700 < len(part) <= MOST_BYTES for part in parts[:-1])
    for number, part in enumerate(parts, start=1):
        first, *_, last = part.decode("cp932").removesuffix("\r\n").split("\r\n")
        assert first == "JAHISTC08,2"
        assert last.startswith("911,")
        assert last.endswith(f",{len(parts)},{number}")
        assert len(last.split(",")[1]) == 14


def test_a_record_that_no_code_can_take_is_told() -> None:
    written = write(HANAKO, [Memo(NOBODY, "め" * 200)])
    with pytest.raises(Unreadable) as refused:
        qr_parts(written.text, 300)
    assert refused.value.code == "notebook_line_long"
    assert "め" in refused.value.message()
    with pytest.raises(Unreadable) as refused:
        qr_parts(write(HANAKO, [Memo(NOBODY, "めも")] * 5000).text, 90)
    assert refused.value.code == "notebook_too_long"


def test_an_undated_medicine_comes_back_under_the_newest_day() -> None:
    slip = Dispensing(
        NOBODY, date(2020, 1, 1), (Medicine(NOBODY, "ねむりの茶"),), author=Author.PATIENT, stage=Stage.STATED
    )
    written = write(HANAKO, [slip, Memo(NOBODY, "メモ", DAY)])
    assert "3,ねむりの茶,,,2,1,\r\n" in written.text
    (found,) = (word for word in words(read(written.content)) if isinstance(word, Dispensing))
    assert (found.stage, found.dispensed_on) == (Stage.STATED, DAY)


@given(st.text(max_size=40))
def test_any_name_of_the_owner_makes_a_notebook(name: str) -> None:
    written = write(Identity(name), [])
    assert jahis_techo.recognises(written.content, "")
    (whose,) = read(written.content)
    assert isinstance(whose, Identity)
