"""Slips as they are kept: what is sealed opens as the very same word, and so does what an earlier version sealed."""

from __future__ import annotations

import os

import orjson
from hypothesis import given

from backend.medicines.slips import sealed, unsealed
from backend.seal import Key
from shared.ids import new_id
from shared.medicines import Dispensing
from shared.medicines_schema import dispensing_members
from tests.shared.test_medicines_quick import of

KEY = Key(new_id(), os.urandom(32))


@given(of(Dispensing))
def test_a_slip_comes_back_as_it_was_kept(slip: Dispensing) -> None:
    assert unsealed(KEY, slip.id, sealed(KEY, slip)) == slip


@given(of(Dispensing))
def test_a_slip_that_was_sealed_with_every_member_opens_too(slip: Dispensing) -> None:
    whole = KEY.seal("dispensings.sealed", slip.id, orjson.dumps(dispensing_members(slip)))
    assert unsealed(KEY, slip.id, whole) == slip
