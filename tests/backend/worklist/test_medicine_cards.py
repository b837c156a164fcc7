from __future__ import annotations

from datetime import date, timedelta

import pytest

from backend.worklist import medicine_cards
from shared.ids import new_id
from shared.medicines import Author, Dispensing, Form, Medicine, Usage

TODAY = date(2026, 11, 23)


def dispensing(on: date, *usages: Usage) -> Dispensing:
    medicines = tuple(
        Medicine(new_id(), f"お薬 {n}", usage=usage, clinic_doctor="佐藤 健", department="内科")
        for n, usage in enumerate(usages)
    )
    return Dispensing(new_id(), on, medicines, author=Author.CARE_STAFF, origin="jahis_techo")


@pytest.mark.parametrize(
    ("usage", "back", "out"),
    [
        (Usage(form=Form.INTERNAL, amount=28, amount_unit="日分"), 0, False),
        (Usage(form=Form.INTERNAL, amount=28, amount_unit="日分"), 27, False),
        (Usage(form=Form.INTERNAL, amount=28, amount_unit="日分"), 28, True),
        (Usage(form=Form.INTERNAL, amount=28), 28, True),
        (Usage(form=Form.AS_NEEDED, amount=10, amount_unit="回分"), 28, False),
        (Usage(form=Form.EXTERNAL, amount=1, amount_unit="調剤"), 179, False),
        (Usage(form=Form.EXTERNAL, amount=1), 1, False),
        (Usage(), 180, True),
    ],
)
def test_what_has_run_out(usage: Usage, back: int, out: bool) -> None:
    assert medicine_cards.has_run_out(usage, TODAY - timedelta(days=back), TODAY) is out


def test_every_medicine_is_in_one_of_the_two_lists() -> None:
    long = Usage("1日1回 朝食後", form=Form.INTERNAL, amount=60, amount_unit="日分")
    short = Usage("1日3回 毎食後", form=Form.INTERNAL, amount=5, amount_unit="日分")
    found = [
        dispensing(TODAY - timedelta(days=10), long, short),
        dispensing(TODAY - timedelta(days=100), long),
    ]
    cards = medicine_cards.cards(found, TODAY)
    assert [one.name for each in cards.current for one in each.medicines] == ["お薬 0"]
    assert [one.name for each in cards.before for one in each.medicines] == ["お薬 1", "お薬 0"]


def test_a_medicine_says_how_much_how_long_and_from_whom() -> None:
    medicine = Medicine(
        new_id(), "薬", "1", "錠", usage=Usage("朝食後", form=Form.INTERNAL, amount=28, amount_unit="日分")
    )
    assert medicine_cards.dose(medicine) == "1日量 1錠"
    assert medicine_cards.length(medicine.usage) == "28日分"
    assert medicine_cards.until(medicine.usage, date(2026, 11, 7)) == "12月4日（金）まで"
    assert medicine_cards.until(Usage(), TODAY) == "日数の記載なし"
    assert medicine_cards.doctors(dispensing(TODAY, Usage(), Usage())) == "内科 佐藤 健"


@pytest.mark.parametrize("on", [date.min, date.max])
def test_the_ends_of_the_calendar_break_no_page(on: date) -> None:
    """A file may say any day; its record must open still."""
    usage = Usage("朝食後", form=Form.INTERNAL, amount=999_999, amount_unit="日分")
    cards = medicine_cards.cards([dispensing(on, usage, Usage())], TODAY)
    assert len(cards.current) + len(cards.before) >= 1
    assert medicine_cards.until(usage, on)
