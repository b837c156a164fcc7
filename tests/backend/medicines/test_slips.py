"""Slips and doses as they are kept: what is sealed opens as the very same word, and so does what was sealed before."""

from __future__ import annotations

import os

import orjson
from hypothesis import given

from backend.medicines.slips import sealed, unsealed
from backend.medicines.things import THINGS
from backend.seal import Key
from shared.doses import Dose
from shared.ids import new_id
from shared.medicines import Dispensing
from shared.medicines_schema import dispensing_members
from shared.sync import Word
from tests.shared.test_doses import doses
from tests.shared.test_medicines_quick import of

KEY = Key(new_id(), os.urandom(32))


@given(of(Dispensing))
def test_a_slip_comes_back_as_it_was_kept(slip: Dispensing) -> None:
    assert unsealed(KEY, slip.id, sealed(KEY, slip)) == slip


@given(of(Dispensing))
def test_a_slip_that_was_sealed_with_every_member_opens_too(slip: Dispensing) -> None:
    whole = KEY.seal("dispensings.sealed", slip.id, orjson.dumps(dispensing_members(slip)))
    assert unsealed(KEY, slip.id, whole) == slip


@given(doses())
def test_a_dose_opens_as_its_schema_says(dose: Dose) -> None:
    spelling = THINGS.spelling(Word.DOSE)
    assert spelling.read(spelling.body(dose).encode()) == spelling.thing(spelling.body(dose)) == dose
