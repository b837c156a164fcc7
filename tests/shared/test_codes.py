"""Coding systems: what can be a code of each, and that the codes beside our kinds can be."""

from __future__ import annotations

import pytest

from shared.codes import DRUG_SYSTEMS, JAMI_USAGE, JLAC10, LOINC, Code, of_measure
from shared.kinds import KINDS, STREAMS
from shared.medicines import CodeSet
from shared.problems import Invalid


@pytest.mark.parametrize("code", ["8480-6", "29463-7", "85354-9", "2339-0"])
def test_loinc_codes_have_a_right_check_digit(code: str) -> None:
    assert LOINC.fits(code)
    for digit in set("0123456789") - {code[-1]}:
        assert not LOINC.fits(code[:-1] + digit)


def test_every_loinc_code_of_kinds_and_streams_can_be_one() -> None:
    found = [measure.loinc for kind in KINDS.values() for measure in kind.measures]
    found += [kind.loinc for kind in KINDS.values()]
    found += [stream.loinc for stream in STREAMS.values() if stream.loinc]
    found = [code for code in found if code]
    assert len(found) > 20
    assert [code for code in found if not LOINC.fits(code)] == []


@pytest.mark.parametrize(
    ("code_set", "right", "wrong"),
    [
        (CodeSet.RECEIPT, "620004992", "62000499"),
        (CodeSet.PRICE_LIST, "2149040F3011", "2149040F301"),
        (CodeSet.YJ, "2149040F3011", "620004992"),
        (CodeSet.HOT, "1234567890123", "12345678"),
        (CodeSet.GENERIC, "2171022F2ZZZ", "2171022F2011"),
    ],
)
def test_a_drug_code_of_one_set_is_none_of_another(code_set: CodeSet, right: str, wrong: str) -> None:
    assert DRUG_SYSTEMS[code_set].fits(right)
    assert not DRUG_SYSTEMS[code_set].fits(wrong)
    with pytest.raises(Invalid):
        Code(DRUG_SYSTEMS[code_set], wrong)


@pytest.mark.parametrize("digits", ["１２３４５６７８９", "٦٢٠٠٠٤٩٩٢"])
def test_digits_of_other_scripts_are_no_digits(digits: str) -> None:
    assert not DRUG_SYSTEMS[CodeSet.RECEIPT].fits(digits)


def test_usage_codes_have_sixteen_characters() -> None:
    assert JAMI_USAGE.fits("1011000400000000")
    assert not JAMI_USAGE.fits("101100040000000")


def test_a_kind_gives_its_verified_codes_only() -> None:
    assert [code.code for code in of_measure("weight")] == ["29463-7", "9N006000000000001", "31000296"]
    assert [code.system for code in of_measure("blood_pressure.systolic")] == [LOINC, JLAC10, JLAC10, JLAC10]
    assert all(code.system is not LOINC for code in of_measure("waist"))  # from memory only: not given out


def test_no_code_is_listed_for_a_measure_that_is_not_there() -> None:
    assert of_measure("shoe_size") == ()
