"""The 2D symbol of a prescription: forms, days and codes as they mean here, nothing of the insurance, split symbols."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.formats import Identity, jahis_rx
from shared.formats.rx_join import join
from shared.formats.rx_lines import day, partial_day
from shared.medicines import CodeSet, Form, NoteKind, Route, Signature, Stage, Writer, writer
from shared.medicines_schema import dispensing_from, dispensing_members
from shared.problems import TooBig, Unreadable
from tests.shared.formats.prescriptions import (
    DRUG,
    HEAD,
    RP,
    SAMPLES,
    SHARED,
    beside,
    codes,
    files,
    found,
    medicines,
    paper,
    read,
    shown,
    slips,
)

PAPER = (SAMPLES / "jahis_rx" / "hanako_paper.txt").read_bytes()


@pytest.mark.parametrize("sample", files("jahis_rx"), ids=lambda path: path.stem)
def test_reads_each_sample_as_written_down_beside_it(sample: Path) -> None:
    assert found("jahis_rx", sample) == beside(sample)


def test_a_paper_prescription_in_full() -> None:
    pieces = read("jahis_rx", PAPER)
    assert codes(pieces) == []
    assert Identity("山田 花子", "ﾔﾏﾀﾞ ﾊﾅｺ", "female", "1948-04-12") in pieces
    (slip,) = slips(pieces)
    assert (slip.stage, slip.dispensed_on, slip.prescribed_on) == (
        Stage.PRESCRIBED,
        date(2026, 3, 10),
        date(2026, 3, 10),
    )
    assert (slip.valid_until, slip.refills) == (date(2026, 3, 13), 3)
    assert (slip.exchange_number, slip.signature) == ("1234567890123456", Signature.NONE)
    assert writer(slip) is Writer.CLINIC
    assert slip.clinic is not None
    assert (slip.clinic.name, slip.clinic.code, slip.clinic.prefecture) == ("しま診療所", "3412345", "34")
    assert [note.kind for note in slip.notes] == [NoteKind.REMARK, NoteKind.REMAINING]
    first, second, third, drops, shot, needle = slip.medicines
    assert (first.clinic_doctor, first.department, first.code_set) == ("佐藤 健", "内科", CodeSet.YJ)
    assert (first.usage.amount, first.usage.amount_unit, first.usage.form) == (28, "日分", Form.INTERNAL)
    assert (first.usage.single_dose, first.notes) == ("1", ("後発品変更不可",))
    assert (second.code_set, second.generic_code) == (CodeSet.GENERIC, "2149040F1ZZZ")
    assert second.usage.extra_codes == ("V11.5NNN", "V20.5NNN")
    assert (third.usage.form, third.usage.amount_unit) == (Form.AS_NEEDED, "回分")
    assert (drops.route, drops.usage.form, drops.usage.site_code) == (Route.EXTERNAL, Form.EXTERNAL, "42L")
    assert (shot.route, shot.usage.form, shot.usage.extra_codes) == (None, None, ("W0010000",))
    assert needle.route is Route.MATERIAL


def test_form_3_is_put_on_here_and_taken_when_needed_in_a_notebook() -> None:
    forms = {kind: paper(HEAD + f"101,1,{kind},,1\r\n" + DRUG) for kind in "1234569"}
    told = {kind: medicines(pieces)[0] for kind, pieces in forms.items()}
    assert [told[kind].usage.form for kind in "123456"] == [
        Form.INTERNAL,
        Form.AS_NEEDED,
        Form.EXTERNAL,
        Form.INTERNAL_DROPS,
        Form.INJECTION,
        Form.MATERIAL,
    ]
    assert (told["9"].usage.form, told["9"].route, told["3"].route) == (None, None, Route.EXTERNAL)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("19600606", "1960-06-06"),
        ("196006", "1960-06"),
        ("1960", "1960"),
        ("3350606", "1960-06-06"),
        ("33506", "1960-06"),
        ("335", "1960"),
        ("5010501", "2019-05-01"),
        ("5080310", "2026-03-10"),
        ("1010908", "1868-09-08"),
        ("6010101", ""),
        ("5000101", ""),
        ("19600631", ""),
        ("19601", ""),
        ("R020410", ""),
        ("１９６０", ""),
        ("", ""),
    ],
)
def test_days_and_parts_of_days(text: str, said: str) -> None:
    assert partial_day(text) == said


@given(st.dates(date(1868, 1, 1), date(2117, 12, 31)))
def test_every_day_is_the_same_in_both_spellings(on: date) -> None:
    western = on.strftime("%Y%m%d").zfill(8)
    assert day(western) == on
    for era, before, last in ((1, 1867, 45), (2, 1911, 15), (3, 1925, 64), (4, 1988, 31), (5, 2018, 99)):
        year = on.year - before
        if 1 <= year <= last:
            assert day(f"{era}{year:02}{western[4:]}") == on
            assert partial_day(f"{era}{year:02}{western[4:6]}") == on.isoformat()[:7]
            assert partial_day(f"{era}{year:02}") == on.isoformat()[:4]


@given(st.text(alphabet="0123456789GHR-/ ", max_size=9))
def test_no_day_is_made_up(text: str) -> None:
    said = partial_day(text)
    if said:
        first = date(int(said[:4]), int(said[5:7] or 1), int(said[8:] or 1))
        assert first.isoformat()[: len(said)] == said
    assert (day(text) is None) == (len(said) != 10)


@given(st.dates(date(2019, 5, 1), date(2099, 12, 31)))
def test_it_is_good_for_four_days_with_the_day_of_issue(on: date) -> None:
    (slip,) = slips(paper(HEAD.replace("5080310", on.strftime("%Y%m%d")) + RP + DRUG))
    assert slip.valid_until == on + timedelta(days=3)


def test_a_day_that_the_doctor_wrote_counts() -> None:
    (slip,) = slips(paper(HEAD + "52,5080320\r\n" + RP + DRUG))
    assert slip.valid_until == date(2026, 3, 20)
    pieces = paper(HEAD + "52,5080309\r\n" + RP + DRUG)
    assert slips(pieces)[0].valid_until is None
    assert codes(pieces) == ["rx_valid_before_issue"]


INSURANCE = (
    "14,5\r\n21,7\r\n22,39340009\r\n23,記号９８,98765432,1,05\r\n24,010,090\r\n"
    "27,54123456,7654321\r\n30,特－１２,１２３４５６７\r\n31,1318\r\n"
)
PRIVATE = ("39340009", "記号９８", "98765432", "54123456", "7654321", "特－１２", "１２３４５６７")


def test_the_insurance_is_never_taken_in_nor_shown() -> None:
    told = shown(paper(HEAD + INSURANCE + RP + DRUG + "231,1,1,1,,,\r\n"))
    assert [word for word in PRIVATE if word in told] == []
    broken = paper(
        HEAD
        + INSURANCE.replace(",1,05", ",\x01")
        + "98,98765432\r\n81,1,,被保険者番号：98765432\r\n"
        + RP
        + DRUG
    )
    assert [word for word in PRIVATE if word in shown(broken)] == []
    assert codes(broken) == ["jahis_line_broken", "jahis_record_kept"]
    assert "22,＊" not in shown(broken)  # understood, and left out in silence


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("1,3412345,しま診療所", "jahis_line_broken"),
        ("201,1,2,4,2171022F1010,アムロジピン,1,錠", "jahis_line_broken"),
        ("201,1,1,1,1,,べつの薬,1,1,錠", "jahis_line_twice"),
        ("201,1,2,1,2,,,1,1,錠", "jahis_line_short"),
        ("201,1,2,1,2,612170709,,1,1,錠", "rx_name_missing"),
        ("201,1,2,1,2,12345,薬,1,1,錠", "jahis_line_code"),
        ("201,1,2,1,1,,薬,一,1,錠", "jahis_line_number"),
        ("281,1,9,1,,粉砕", "jahis_unknown_rp"),
        ("181,9,1,,夜", "jahis_unknown_rp"),
        ("181,1,1,8,毎週,W1", "jahis_line_code"),
        ("82,1,123", "rx_exchange_number"),
        ("82,2,1234567890123456", "rx_exchange_number"),
        ("63,2,3", "jahis_line_broken"),
        ("64,0", "jahis_line_number"),
        ("62,3", "jahis_line_code"),
        ("51,5080311", "jahis_line_twice"),
        ("52,あした", "jahis_line_date"),
        ("101,2,7,,1", "jahis_line_code"),
        ("999,なにか", "jahis_record_kept"),
        ("なにか", "jahis_line_broken"),
    ],
)
def test_one_line_that_makes_no_sense_costs_no_other(line: str, code: str) -> None:
    head = HEAD if not line.startswith("1,") else HEAD.partition("\r\n")[2]
    pieces = paper(head + RP + DRUG + line + "\r\n")
    assert code in codes(pieces)
    assert medicines(pieces)[0].name == "アムロジピン錠５ｍｇ"


def test_without_a_day_or_a_medicine_there_is_no_prescription() -> None:
    no_day = paper(HEAD.replace("51,5080310\r\n", "") + RP + DRUG)
    assert (slips(no_day), codes(no_day)) == ([], ["rx_no_issue_day"])
    none = paper(HEAD + RP)
    assert (slips(none), codes(none)) == ([], ["rx_group_empty", "rx_no_medicine"])


def test_a_part_of_a_prescription_counts_its_own_days() -> None:
    first, second = (
        slips(paper(HEAD + f"63,2,{part}\r\n101,1,1,,28\r\n102,1,14,28\r\n" + DRUG))[0] for part in (1, 2)
    )
    assert first.medicines[0].usage.amount == 14
    assert "分割調剤の総量 28日分" in first.medicines[0].usage.notes
    assert first.id != second.id


def test_left_over_medicine_means_something_else_since_june_2026() -> None:
    notes = {
        issued: slips(paper(HEAD.replace("5080310", issued) + "62,2\r\n" + RP + DRUG))[0].notes[0].text
        for issued in ("20260531", "20260601")
    }
    assert "減らして" not in notes["20260531"]
    assert "減らして" in notes["20260601"]


def test_the_same_prescription_is_the_same_wherever_it_is_read() -> None:
    one, two = (
        slips(pieces)[0] for pieces in (paper(), paper(HEAD + "81,1,,訪問\r\n" + RP + DRUG, "JAHIS9"))
    )
    assert (one.id, [m.id for m in one.medicines]) == (two.id, [m.id for m in two.medicines])
    other = slips(paper(HEAD + RP + DRUG.replace(",1,1,錠", ",2,1,錠")))[0]
    assert other.id != one.id
    again = slips(paper(HEAD + RP + DRUG + DRUG.replace("201,1,1", "201,1,2")))[0]
    assert len({m.id for m in again.medicines}) == 2


def test_it_travels_and_comes_back() -> None:
    for sample in files("jahis_rx"):
        for slip in slips(read("jahis_rx", sample.read_bytes())):
            assert dispensing_from(json.loads(json.dumps(dispensing_members(slip)))) == slip


def test_two_prescriptions_in_one_file() -> None:
    other = HEAD.replace("山田 花子", "木村 島夫").replace("ﾔﾏﾀﾞ ﾊﾅｺ", "")
    pieces = paper(HEAD + RP + DRUG + "JAHIS10\r\n" + other + RP + DRUG)
    assert len(slips(pieces)) == 2
    assert "jahis_two_people" in codes(pieces)


def test_a_version_that_is_not_verified_is_told() -> None:
    assert codes(paper(header="JAHIS11")) == ["rx_version"]
    assert codes(paper(header="JAHIS9")) == []


@pytest.mark.parametrize("raw", [b"", b"\r\n", b"JAHISTC08,1\r\n", b"JAHIS\r\n", b"JAHIS100\r\n", b"x"])
def test_what_is_no_prescription_is_refused(raw: bytes) -> None:
    assert not jahis_rx.recognises(raw, "rx.txt")
    with pytest.raises(Unreadable):
        read("jahis_rx", raw)


def test_too_much_is_refused() -> None:
    with pytest.raises(TooBig):
        read("jahis_rx", b"JAHIS10\r\n" + b"81,1,,x\r\n" * 700_000)


@given(st.data())
def test_symbols_that_were_split_anywhere_are_joined_as_they_were_scanned(data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(12, len(PAPER) - 1), min_size=1, max_size=15)))
    parts = [PAPER[start:end] for start, end in zip([0, *cuts], [*cuts, len(PAPER)], strict=True)]
    if len(set(parts)) == len(parts):
        assert join(parts) == PAPER
        assert join([*parts, parts[0], parts[-1]]) == PAPER


@given(st.data())
def test_symbols_in_a_wrong_order_are_never_taken_for_right(data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(12, len(PAPER) - 1), min_size=2, max_size=4)))
    first, *rest = (PAPER[start:end] for start, end in zip([0, *cuts], [*cuts, len(PAPER)], strict=True))
    other = data.draw(st.permutations(rest))
    try:
        joined = join([first, *other])
    except Unreadable:
        return
    # Pieces so small that the order of lines cannot tell them apart are all that may pass.
    assert joined == PAPER or min(map(len, rest)) < 100


def test_symbols_in_another_order_are_told_not_guessed() -> None:
    one, two, three = PAPER[:105], PAPER[105:241], PAPER[241:]
    assert join([one, two, three]) == PAPER
    assert join([two, three, one]) == PAPER  # which is the first is known
    for wrong, code in (
        ([one, three, two], "jahis_order_unclear"),
        ([two, three], "rx_header"),
        ([PAPER, PAPER.replace(b"JAHIS10", b"JAHIS9")], "rx_parts_mixed"),
        ([one, *(bytes([65 + n]) * 3 for n in range(20))], "jahis_too_many_parts"),
    ):
        with pytest.raises(Unreadable) as refused:
            join(wrong)
        assert refused.value.code == code


@given(st.binary(max_size=300))
def test_mangled_lines_never_break_the_reading(junk: bytes) -> None:
    raw = b"JAHIS10\r\n" + HEAD.encode("cp932") + junk + b"\r\n" + (RP + DRUG).encode("cp932")
    with suppress(Unreadable):  # wrong letters
        assert slips(read("jahis_rx", raw)) or b"JAHIS" in junk or b"51" in junk or b"201" in junk


@pytest.mark.samples
def test_the_printed_samples() -> None:
    if not SHARED.exists():
        pytest.skip("the sample files are not here")
    folder = SHARED / "jahis"
    for name in ("minimal-valid", "normalization-full", "qr-decoded-anonymized"):
        raw = (folder / f"{name}.txt").read_bytes()
        assert jahis_rx.recognises(raw[:4096], name)
        pieces = read("jahis_rx", raw)
        # Their lines are shorter than the specification's: told line by line, and no dose is made of a code.
        assert slips(pieces) == []
        assert "jahis_line_broken" in codes(pieces)
        assert [n for n in ("12123456", "22123456", "特-12", "49999999") if n in shown(pieces)] == []
    assert not jahis_rx.recognises((folder / "invalid-header.txt").read_bytes(), "x")
