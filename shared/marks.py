"""What she or her doctor said about medicines: a course hidden from sharing, a hit of the checks marked as known.

One a course and one a hit: their ids come from what they are about, so that two phones mean the same one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from marshmallow import post_load

from shared.medicines_schema import LONG
from shared.problems import Invalid
from shared.schema import Id, Strict, Text, Yes, dump, load

_NAMESPACE = UUID("2f6f4b0e-2d3b-5f0a-8a44-6d8a0f0a7c52")


@dataclass(frozen=True, slots=True)
class Hiding:
    """One medicine hidden from those she shares with: all its refills, by `shared.drug_checks.course_key`.

    ``name`` is for her own eyes. ``hidden`` false: it is shown again.
    """

    id: UUID
    course_key: str
    name: str
    hidden: bool = True


@dataclass(frozen=True, slots=True)
class HitMark:
    """A hit marked as known, with the reason. ``key`` is `Hit.key`: when the facts change, the hit returns."""

    id: UUID
    key: str
    reason: str
    known: bool = True


def hiding_id(course_key: str) -> UUID:
    """The one id of the hiding of a course."""
    return uuid5(_NAMESPACE, f"hiding {course_key}")


def hit_mark_id(key: str) -> UUID:
    """The one id of the mark of a hit."""
    return uuid5(_NAMESPACE, f"hit {key}")


class HidingSchema(Strict[Hiding]):
    """A course hidden, or shown again."""

    id = Id(required=True)
    course_key = Text(LONG, least=1, required=True)
    name = Text(LONG, required=True)
    hidden = Yes(required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> Hiding:
        """The word itself."""
        hiding = Hiding(**data)
        if hiding.id != hiding_id(hiding.course_key):
            raise Invalid("invalid_fields", field="id")
        return hiding


class HitMarkSchema(Strict[HitMark]):
    """A hit marked as known, or not any more."""

    id = Id(required=True)
    key = Text(LONG, least=1, required=True)
    reason = Text(LONG, required=True)
    known = Yes(required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> HitMark:
        """The word itself."""
        mark = HitMark(**data)
        if mark.id != hit_mark_id(mark.key):
            raise Invalid("invalid_fields", field="id")
        return mark


_HIDING, _HIT_MARK = HidingSchema(), HitMarkSchema()


def hiding_from(data: object) -> Hiding:
    """The hiding that parsed JSON ``data`` says; `Invalid` names the first member that is wrong."""
    return load(_HIDING, data)


def hiding_members(hiding: Hiding) -> dict[str, object]:
    """A hiding as JSON members."""
    return dump(_HIDING, hiding)


def hit_mark_from(data: object) -> HitMark:
    """The mark that parsed JSON ``data`` says; `Invalid` names the first member that is wrong."""
    return load(_HIT_MARK, data)


def hit_mark_members(mark: HitMark) -> dict[str, object]:
    """A mark as JSON members."""
    return dump(_HIT_MARK, mark)
