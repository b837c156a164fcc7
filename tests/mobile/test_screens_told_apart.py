"""What a pharmacy, a clinic or Mynaportal wrote, and what she typed: told apart on every screen, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mobile.events import MedicinesLoaded
from mobile.medicine_wording import writer_icon, writer_words
from mobile.screens.medicine import state as medicine
from mobile.screens.medicine_year import state as medicine_year
from mobile.screens.medicines import slips as medicine_slips
from mobile.screens.medicines import state as medicines
from mobile.screens.today import doses
from mobile.screens.touches import Shown
from shared.courses import plan_of
from shared.drug_check_words import hit_words
from shared.drug_checks import Against, check, taken_of
from shared.drug_knowledge import bundled
from shared.medicines import TYPED, Author, Dispensing, Signature, Stage, Writer, writer
from tests.mobile.medicine_examples import (
    AMLODIPINE,
    CLINIC,
    HOSPITAL,
    MINATO,
    SHIMA,
    TODAY,
    due_loaded,
    loaded,
    slip,
)
from tests.mobile.medicine_examples import medicine as a_medicine

# The same medicine, handed out or said to be taken on the same day, by each of the four who may write it.
OF = a_medicine(AMLODIPINE, "1", "1日1回朝食後")
SLIPS: dict[Writer, Dispensing] = {
    Writer.PHARMACY: slip(-2, OF, at=SHIMA, by=CLINIC),
    Writer.CLINIC: slip(-2, OF, at=replace(HOSPITAL, score_table="1"), by=HOSPITAL, origin="orca"),
    Writer.PORTAL: slip(-2, OF, at=MINATO, by=CLINIC, origin="mynaportal", author=Author.UNKNOWN),
    Writer.PATIENT: replace(
        slip(-2, OF, at=None, author=Author.PATIENT, origin=TYPED, stage=Stage.STATED), clinic=None
    ),
}
each_writer = pytest.mark.parametrize("who", Writer, ids=lambda who: who.value)


def only(who: Writer, said: str) -> bool:
    """Whether ``said`` has the words of that writer, and of no other."""
    return [each for each in Writer if writer_words(each) in said] == [who]


def in_the_list(who: Writer) -> MedicinesLoaded:
    return loaded((SLIPS[who],))


def test_the_four_are_four() -> None:
    assert {who: writer(each) for who, each in SLIPS.items()} == {who: who for who in Writer}
    assert len({writer_words(who) for who in Writer}) == len({writer_icon(who) for who in Writer}) == 4


@each_writer
def test_in_the_list_and_among_past_medicines(who: Writer) -> None:
    (course,) = in_the_list(who).courses
    (row,) = medicines.rows((course,), TODAY, frozenset())
    assert row.icon == writer_icon(who)
    assert only(who, row.more)
    assert only(who, medicines.past_about(course))


@each_writer
def test_at_one_medicine_and_in_the_year(who: Writer) -> None:
    event = in_the_list(who)
    (course,) = event.courses
    (one,) = medicine.slips(course)
    assert one.icon == writer_icon(who)
    assert only(who, one.about)
    assert bool(one.typed) is (who is Writer.PATIENT), "only what she typed is hers to put right"
    state, _ = medicine_year.step(medicine_year.State(), Shown())
    state, _ = medicine_year.step(state, event)
    assert only(who, medicine_year.lines(state)[0].said)


@each_writer
def test_at_each_slip(who: Writer) -> None:
    said = medicine_slips.source_words(SLIPS[who])
    assert only(who, said)
    (one,) = medicine.slips(in_the_list(who).courses[0])
    for words in (said, one.more):
        assert ("実物でまだ確かめていません" in words) is (who is Writer.PORTAL)


@pytest.mark.parametrize(
    ("signature", "said"),
    [
        (Signature.NONE, "電子署名なし"),
        (Signature.VALID, "確かめられました"),
        (Signature.UNTRUSTED, "署名した人は確かめられません"),
        (Signature.INVALID, "正しくありません"),
        (Signature.UNCHECKED, "まだ確かめていません"),
    ],
)
def test_the_state_of_a_signature_is_said(signature: Signature, said: str) -> None:
    one = replace(SLIPS[Writer.CLINIC], origin="eprescription", stage=Stage.PRESCRIBED, signature=signature)
    (shown,) = medicine.slips(loaded((one,)).courses[0])
    assert said in shown.more
    (never,) = medicine.slips(in_the_list(Writer.PHARMACY).courses[0])
    assert "電子署名" not in never.more


@each_writer
def test_among_what_is_due_today(who: Writer) -> None:
    day = doses.loaded(None, replace(due_loaded(), due=tuple(plan_of([SLIPS[who]], bundled()).due(TODAY))))
    (line,) = [line for part in doses.parts(day) for line in part.lines]
    assert only(who, line.about)


@each_writer
def test_in_a_warning(who: Writer) -> None:
    other = replace(slip(-1, OF, at=SHIMA, by=HOSPITAL), id=SLIPS[Writer.PHARMACY].id)
    taken = taken_of([replace(SLIPS[who], dispensed_on=TODAY - timedelta(days=9)), other], bundled())
    (hit,) = check(taken, bundled(), Against(), TODAY).hits
    lines = hit_words(hit).medicines
    said = {
        Writer.PHARMACY: "調剤 しま薬局",
        Writer.CLINIC: "医療機関の記録",
        Writer.PORTAL: "マイナポータルの記録",
        Writer.PATIENT: "ご本人の入力",
    }
    assert said[who] in lines[0]
    assert not [words for words in said.values() if words in lines[0] and words != said[who]]
