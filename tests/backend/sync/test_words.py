"""Every word through sync: told and heard by phones, and what a doctor's phone may hold when she hides things."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import reduce
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.findings.findings import FINDINGS
from shared import clock
from shared.consent import Right, Scope
from shared.doses import DoseState
from shared.findings import Finding, FindingKind
from shared.ids import new_id
from shared.marks import HitMark, hit_mark_id
from shared.medicines import FamilyPharmacist, Medicine, Memo
from shared.sync import Change, Word, stamp, winner
from shared.sync_schema import change_from
from tests.backend.doors import Knocking, knocking
from tests.backend.medicines import cupboard
from tests.backend.medicines.cupboard import (
    AMLODIPINE,
    CLARITHROMYCIN,
    NORVASC,
    NOW,
    SUVOREXANT,
    change,
    dose,
    hiding,
    slip,
    typed,
)
from tests.backend.sync.test_sync import pull, push, told, version
from tests.cast import Cast

FINDING = Finding(new_id(), FindingKind.ALLERGY, "そば")


@pytest.fixture
def hanako(app: Flask, cast: Cast) -> Iterator[Knocking]:
    with clock.held(NOW):
        yield knocking(app, cast.hanako)


def one_of_each() -> list[Change]:
    """A version of every word that a phone tells."""
    return [
        version(),
        change(Word.DISPENSING, typed(SUVOREXANT)),
        change(Word.DOSE, dose(SUVOREXANT)),
        hiding(CLARITHROMYCIN),
        change(Word.HIT_MARK, HitMark(hit_mark_id("k"), "k", "相談済み")),
        change(Word.MEMO, Memo(new_id(), "元気")),
        change(Word.FAMILY_PHARMACIST, FamilyPharmacist(new_id(), "海野 薫")),
        FINDINGS.change_of(Word.FINDING, FINDING, NOW, cupboard.PHONE),
    ]


def test_one_push_holds_every_word_and_every_word_is_heard(hanako: Knocking) -> None:
    every = one_of_each()
    assert {result["state"] for result in push(hanako, *(told(each) for each in every))} == {"kept"}
    heard = [change_from(members) for members in pull(hanako)["changes"]]
    assert {each.word for each in heard} == {each.word for each in every}
    by_id = {each.id: each for each in heard}
    for each in every:
        assert (by_id[each.id].edited_at, by_id[each.id].device) == (each.edited_at, each.device)
    assert {result["state"] for result in push(hanako, *(told(each) for each in every))} == {"same"}


def test_one_bad_word_holds_up_no_other(hanako: Knocking) -> None:
    good, bad = change(Word.DOSE, dose(AMLODIPINE)), change(Word.DOSE, dose(NORVASC))
    wrong = Change(Word.COST, new_id(), NOW, cupboard.PHONE, "{}")
    results = push(hanako, told(bad, id=str(new_id())), told(good), told(wrong))
    assert [result["state"] for result in results] == ["refused", "kept", "refused"]
    assert [result.get("problem", {}).get("problem") for result in results] == [
        "invalid_fields",
        None,
        "word_not_taken",
    ]


def test_who_may_write_one_part_tells_words_of_that_part(app: Flask, cast: Cast) -> None:
    every = [told(each) for each in one_of_each()]
    with clock.held(NOW):
        cast.lets_in(cast.mori, Scope.VITALS, rights=(Right.WRITE,))
        cast.lets_in(cast.sato, Scope.MEDICINES, Scope.FINDINGS, rights=(Right.WRITE,))
        mori, sato = (push(knocking(app, person), *every) for person in (cast.mori, cast.sato))
    states = {
        "mori": [result["state"] == "refused" for result in mori],
        "sato": [result["state"] == "refused" for result in sato],
    }
    # Only she herself hides a medicine, whoever may write.
    assert states == {
        "mori": [False, *[True] * 7],
        "sato": [True, False, False, True, False, False, False, False],
    }
    assert {result["problem"]["problem"] for result in mori[1:]} == {"not_allowed"}


def test_the_book_names_the_parts_that_were_written(app: Flask, cast: Cast, hanako: Knocking) -> None:
    push(hanako, told(change(Word.DOSE, dose(AMLODIPINE))))
    visits: Any = hanako.get(f"/api/records/{cast.record}/visits").json
    written = next(visit for visit in visits["visits"] if visit["right"] == "write")
    assert written["scopes"] == ["medicines"]


# Two phones of hers ---------------------------------------------------------------------------------------------------

STATES = st.sampled_from(DoseState)


class Phone:
    """As little of a phone as the conflict rule needs."""

    def __init__(self, device: int) -> None:
        self.device, self.after = UUID(int=device), 0
        self.shown: dict[UUID, Change] = {}
        self.untold: list[Change] = []

    def tick(self, of: Medicine, state: DoseState | None, at_ms: int) -> Change:
        """She ticks a dose, or takes the tick back."""
        one = dose(of, state=state or DoseState.TAKEN)
        known = self.shown.get(one.id)
        moment = stamp(NOW + timedelta(milliseconds=at_ms), known.edited_at if known else None)
        made = change(Word.DOSE, one)
        made = Change(Word.DOSE, one.id, moment, self.device, made.body if state else None)
        self.shown[one.id] = made
        self.untold.append(made)
        return made

    def sync(self, hanako: Knocking, *, answer_lost: bool = False) -> None:
        """Tell, then hear; or tell without hearing that it arrived."""
        if self.untold:
            push(hanako, *(told(each) for each in self.untold))
        if answer_lost:
            return
        self.untold.clear()
        heard = pull(hanako, self.after)
        for each in map(change_from, heard["changes"]):
            known = self.shown.get(each.id)
            self.shown[each.id] = each if known is None else winner(known, each)
        self.after = heard["after"]


DEEDS = st.tuples(
    st.integers(0, 1), st.integers(0, 1), st.none() | STATES, st.sampled_from(["tick", "sync", "lost"])
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(DEEDS, max_size=10))
def test_two_phones_and_the_server_agree_about_doses(
    app: Flask, cast: Cast, hanako: Knocking, deeds: list[tuple[int, int, DoseState | None, str]]
) -> None:
    phones, made = [Phone(1), Phone(2)], list[Change]()
    medicines = [replace(AMLODIPINE, id=new_id()) for _ in range(2)]
    for at_ms, (phone, nth, state, deed) in enumerate(deeds):
        if deed == "tick":
            made.append(phones[phone].tick(medicines[nth], state, at_ms))
        else:
            phones[phone].sync(hanako, answer_lost=deed == "lost")
    for each in [*phones, *phones]:
        each.sync(hanako)
    served = {each.id: each for each in map(change_from, pull(hanako)["changes"])}
    for thing_id in {each.id for each in made}:
        best = reduce(winner, [each for each in made if each.id == thing_id])
        for side in (phones[0].shown, phones[1].shown, served):
            found = side[thing_id]
            assert (found.edited_at, found.device, found.body) == (best.edited_at, best.device, best.body)


# A doctor's phone -----------------------------------------------------------------------------------------------------

WORDS_OF = {Scope.VITALS: {Word.VITAL}, Scope.FINDINGS: {Word.FINDING}, Scope.WEARABLES: {Word.DAY}}
WORDS_OF[Scope.MEDICINES] = {
    Word.DISPENSING, Word.DOSE, Word.HIDING, Word.HIT_MARK, Word.MEMO, Word.FAMILY_PHARMACIST,
}  # fmt: skip


class DoctorsPhone:
    """What a phone does with another's record: forget what it is told to forget, then the winner is shown."""

    def __init__(self) -> None:
        self.after, self.place, self.view = 0, "", ""
        self.things: dict[tuple[str, UUID], Change] = {}

    def hear(self, sato: Knocking) -> None:
        page = pull(sato, self.after, 3, self.place)
        if page["view"] != self.view:
            self.view, self.after, unheard = page["view"], 0, set(self.things)
            page = pull(sato, 0, 3, "")
        else:
            unheard = set()
        while True:
            words = {str(word) for scope in page["forget"] for word in WORDS_OF[Scope(scope)]}
            self.things = {key: each for key, each in self.things.items() if key[0] not in words}
            for each in map(change_from, page["changes"]):
                known = self.things.get((each.word, each.id))
                self.things[each.word, each.id] = each if known is None else winner(known, each)
                unheard.discard((each.word, each.id))
            self.after, self.place = page["after"], page["place"]
            if not page["more"]:
                break
            page = pull(sato, self.after, 3, self.place)
        for key in unheard:
            self.things.pop(key, None)

    def bodies(self) -> dict[tuple[str, UUID], str]:
        """What it shows."""
        return {key: each.body for key, each in self.things.items() if each.body is not None}


MEDICINES = [CLARITHROMYCIN, SUVOREXANT, AMLODIPINE, NORVASC]
STEPS = st.one_of(
    st.tuples(st.sampled_from(["hide", "show", "dose"]), st.sampled_from(MEDICINES)),
    st.tuples(st.sampled_from(["bring", "type"]), st.sampled_from(MEDICINES)),
    st.tuples(st.just("hear"), st.none()),
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEPS, max_size=12))
def test_a_doctors_phone_holds_what_he_may_see_and_nothing_of_what_is_hidden(
    app: Flask, cast: Cast, hanako: Knocking, steps: list[tuple[str, Any]]
) -> None:
    cast.lets_in(cast.sato, Scope.MEDICINES)
    sato, phone, here = knocking(app, cast.sato), DoctorsPhone(), set[Medicine]()
    for nth, (deed, medicine) in enumerate(steps):
        if deed == "hear":
            phone.hear(sato)
        elif deed == "bring":
            with cast.house.database.transaction() as session:
                cupboard.bring(cast.open(session, cast.hanako), slip(1, medicine, AMLODIPINE))
            here |= {medicine, AMLODIPINE}
        elif deed == "type":
            push(hanako, told(change(Word.DISPENSING, typed(medicine), seconds=nth + 1.0)))
            here.add(medicine)
        elif deed == "dose" and medicine in here:
            push(hanako, told(change(Word.DOSE, dose(medicine, state=DoseState.SKIPPED), seconds=nth + 1.0)))
        elif deed != "dose":
            push(hanako, told(hiding(medicine, is_hidden=deed == "hide", seconds=nth + 1.0)))
    phone.hear(sato)
    fresh = DoctorsPhone()
    fresh.hear(sato)
    assert phone.bodies() == fresh.bodies()
    listed: Any = sato.get(f"/api/records/{cast.record}/medicines").json
    slips = {key[1] for key in phone.bodies() if key[0] == Word.DISPENSING}
    assert slips == {UUID(each["id"]) for each in listed["dispensings"]}


@pytest.mark.parametrize("hidden", MEDICINES, ids=lambda each: each.name)
def test_a_slip_that_is_told_again_in_part_or_whole_takes_the_place_of_the_other(
    app: Flask, cast: Cast, hanako: Knocking, hidden: Medicine
) -> None:
    """The same slip with the same stamp: no phone may keep the longer one, nor the shorter when it is shown again."""
    cast.lets_in(cast.sato, Scope.MEDICINES)
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        cupboard.bring(record, slip(1, *MEDICINES))
        cupboard.tell(record, change(Word.DISPENSING, typed(*MEDICINES)))
    sato, phone = knocking(app, cast.sato), DoctorsPhone()
    phone.hear(sato)
    before = phone.bodies()
    push(hanako, told(hiding(hidden)))
    phone.hear(sato)
    during = phone.bodies()
    push(hanako, told(hiding(hidden, is_hidden=False, seconds=1)))
    phone.hear(sato)
    assert phone.bodies() == before
    assert not any(hidden.name in body for body in during.values())
    assert during.keys() == before.keys()


def test_hiding_and_showing_change_the_view_of_others_not_hers(
    app: Flask, cast: Cast, hanako: Knocking
) -> None:
    cast.lets_in(cast.sato, Scope.MEDICINES)
    cast.lets_in(cast.mori, Scope.VITALS)
    phones = [hanako, knocking(app, cast.sato), knocking(app, cast.mori)]
    before = [pull(phone)["view"] for phone in phones]
    push(hanako, told(hiding(SUVOREXANT)))
    hidden = [pull(phone)["view"] for phone in phones]
    push(hanako, told(hiding(SUVOREXANT, is_hidden=False, seconds=1)))
    shown = [pull(phone)["view"] for phone in phones]
    assert hidden[0] == before[0]
    assert hidden[1] != before[1]
    assert hidden[2] == before[2]
    assert shown == before
