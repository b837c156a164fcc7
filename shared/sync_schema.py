"""A change as JSON: one version of one thing on its way between a phone and the server."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marshmallow import Schema, post_load, pre_dump

from shared import schema, strict_json
from shared.problems import Invalid, Problem
from shared.sync import Change
from shared.vitals import EARLIEST_YEAR

# A dispensing of 200 medicines with notes is about 100 kB.
BODY_LENGTH = 1_000_000
MOST_NUMBER = 2**63 - 1
# A stamp later than any calendar of ours would win for ever and leave no room for a later one.
LATEST_YEAR = 9000

_WORD = re.compile(r"[a-z][a-z_]*", re.ASCII)


class ChangeMembers(Schema):
    """The members of a change."""

    word = schema.Text(40, least=1, required=True)
    id = schema.Id(required=True)
    edited_at = schema.Stamp(required=True)
    device = schema.Id(required=True)
    body = schema.Text(BODY_LENGTH, allow_none=True, required=True)
    number = schema.Whole(0, MOST_NUMBER, load_default=0)


class ChangeSchema(ChangeMembers, schema.Strict[Change]):
    """``{"word", "id", "edited_at", "device", "body", "number"}``; ``body`` is JSON text, or null when withdrawn.

    The word may be one we do not know yet: an old phone keeps it as it came, the server decides what it takes.
    """

    @post_load
    def _make(self, data: dict[str, Any], **_: object) -> Change:
        return _change(data)


def _change(data: dict[str, Any]) -> Change:
    if not _WORD.fullmatch(data["word"]):
        raise Invalid("invalid_fields", field="word")
    edited_at: datetime = data["edited_at"]
    if not EARLIEST_YEAR <= edited_at.year <= LATEST_YEAR:
        raise Invalid("time_impossible", field="edited_at", when=edited_at.isoformat())
    if data["body"] is not None:
        _refuse_broken(data["body"])
    return Change(**data)


def _refuse_broken(body: str) -> None:
    """A body that is not one JSON object would be a stone in every phone that pulls it."""
    try:
        whole = isinstance(strict_json.loads(body.encode("utf-8")), dict)
    except Problem as problem:
        raise Invalid("invalid_fields", field="body") from problem
    if not whole:
        raise Invalid("invalid_fields", field="body")


_CHANGE = ChangeSchema()


def change_from(data: object) -> Change:
    """The change that parsed JSON ``data`` says; `Invalid` names the first field that is wrong."""
    return schema.load(_CHANGE, data)


def change_members(change: Change) -> dict[str, object]:
    """A change as JSON members, the stamp in UTC with milliseconds."""
    return schema.dump(_CHANGE, change)


@dataclass(frozen=True, slots=True)
class Told:
    """A change as a phone tells it, with the phone's edit counter, which comes back in the answer.

    ``confirmed``: the person already said yes to an improbable value.
    """

    change: Change
    edit: int
    confirmed: bool = False


class ToldSchema(ChangeMembers, schema.Strict[Told]):
    """The members of `ChangeSchema`, the ``edit`` counter, and ``confirmed``."""

    edit = schema.Whole(0, MOST_NUMBER, load_default=0)
    confirmed = schema.Yes(load_default=False)

    @post_load
    def _make(self, data: dict[str, Any], **_: object) -> Told:
        edit, confirmed = data.pop("edit"), data.pop("confirmed")
        return Told(_change(data), edit, confirmed)

    @pre_dump
    def _members(self, told: Told, **_: object) -> dict[str, object]:
        names = ("word", "id", "edited_at", "device", "body", "number")
        own = {"edit": told.edit, "confirmed": told.confirmed}
        return {**own, **{name: getattr(told.change, name) for name in names}}


_TOLD = ToldSchema()


def told_from(data: object) -> Told:
    """One change of a push; `Invalid` names the first field that is wrong, and concerns this change alone."""
    return schema.load(_TOLD, data)


def told_members(told: Told) -> dict[str, object]:
    """A told change as JSON members."""
    return schema.dump(_TOLD, told)
