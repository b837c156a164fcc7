"""Prescriptions and notices at the inbox: symbols scanned apart, previewed, kept, undone; a birth year alone."""

from __future__ import annotations

from datetime import date

from backend.costs import costs
from backend.imports.inbox import State
from backend.records.compared import Compared
from shared.medicines import Signature, Stage
from tests.backend.imports.desk import Desk, sample

PAPER = sample("jahis_rx/hanako_paper.txt")
NOTICE = sample("mynaportal/hanako_notice.csv")


def test_symbols_that_were_scanned_apart(desk: Desk) -> None:
    handed = desk.hand_in(PAPER[:101], PAPER[101:300], PAPER[300:])
    assert (handed.state, handed.format, handed.troubles) == (State.PREVIEWED, "jahis_rx", 0)
    assert handed.is_hers
    desk.keep(handed.id)
    (kept,) = desk.medicines()
    assert (kept.stage, kept.valid_until, kept.exchange_number) == (
        Stage.PRESCRIBED,
        date(2026, 3, 13),
        "1234567890123456",
    )
    again = desk.hand_in(PAPER)
    assert again.contents.counts["dispensing"] == Compared(same=1)


def test_symbols_in_the_wrong_order_are_refused_and_kept(desk: Desk) -> None:
    handed = desk.hand_in(PAPER[:101], PAPER[300:], PAPER[101:300])
    assert handed.state is State.REFUSED
    assert handed.contents.problem is not None
    assert handed.contents.problem.code == "jahis_order_unclear"


def test_part_of_a_birthday_is_no_mismatch(desk: Desk) -> None:
    for born, hers in ((b"13,1948", True), (b"13,323", True), (b"13,1949", False), (b"13,194805", False)):
        handed = desk.hand_in(PAPER.replace(b"13,3230412", born))
        assert handed.is_hers is hers, born


def test_an_unsigned_prescription_says_so(desk: Desk) -> None:
    handed = desk.hand_in(sample("eprescription/hanako_unsigned.xml"))
    desk.keep(handed.id)
    (kept,) = desk.medicines()
    assert kept.signature is Signature.NONE


def test_a_notice_is_kept_and_undone(desk: Desk) -> None:
    handed = desk.hand_in(NOTICE)
    assert handed.contents.counts == {"cost": Compared(new=4)}
    desk.keep(handed.id)
    assert desk.do(costs.year_of).sum.paid == 6330
    desk.undo(handed.id)
    assert desk.do(costs.year_of).sum.lines == 0
