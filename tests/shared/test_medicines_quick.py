"""The quick reader of dispensings gives exactly what the schema gives, member by member, also for those to come."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from shared.medicines import Dispensing
from shared.medicines_quick import dispensing_quick
from shared.medicines_schema import dispensing_from, dispensing_members

TEXTS = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=8)
# These may not be empty, and these have a limit of their own.
NAMED = {"name": TEXTS.filter(bool), "text": TEXTS.filter(bool), "refills": st.none() | st.integers(0, 99)}


def of(kind: Any, name: str = "") -> st.SearchStrategy[Any]:
    """Anything of a type: every field of a word is filled, whatever fields it gets one day."""
    if name in NAMED:
        return NAMED[name]
    if isinstance(kind, UnionType):
        return st.one_of(*(st.none() if each is type(None) else of(each) for each in get_args(kind)))
    if get_origin(kind) is tuple:
        return st.lists(of(get_args(kind)[0]), max_size=2).map(tuple)
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return st.builds(kind, **{each.name: of(hints[each.name], each.name) for each in fields(kind)})  # type: ignore[arg-type]
    if issubclass(kind, Enum):
        return st.sampled_from(kind)
    return {str: TEXTS, int: st.integers(0, 999_999), date: st.dates(), UUID: st.uuids()}[kind]


def without_defaults(members: Any) -> Any:
    """The same members as a version of the program that knew fewer of them wrote them."""
    needed = ("id", "dispensed_on", "medicines", "name", "kind", "text")
    if isinstance(members, list):
        return [without_defaults(each) for each in members]
    if isinstance(members, dict):
        kept = {name: without_defaults(value) for name, value in members.items()}
        return {name: value for name, value in kept.items() if value or name in needed}
    return members


@given(of(Dispensing))
def test_both_readers_give_the_same(dispensing: Dispensing) -> None:
    members = json.loads(json.dumps(dispensing_members(dispensing)))
    assert dispensing_quick(members) == dispensing_from(members) == dispensing


@given(of(Dispensing))
def test_members_that_were_not_there_yet_are_empty(dispensing: Dispensing) -> None:
    members = without_defaults(json.loads(json.dumps(dispensing_members(dispensing))))
    assert dispensing_quick(members) == dispensing_from(members)


@given(of(Dispensing))
def test_members_of_a_later_version_are_left_out(dispensing: Dispensing) -> None:
    members = json.loads(json.dumps(dispensing_members(dispensing)))
    assert dispensing_quick({**members, "colour": "red"}) == dispensing
