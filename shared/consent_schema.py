"""A grant as JSON: what the patient asks for, and the grant itself as it travels in sync."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from marshmallow import post_load

from shared import schema
from shared.consent import GRANTABLE, Grant, Purpose, Right, Scope
from shared.problems import Invalid

# Ten years: longer than any treatment plan; a grant is renewed, not forgotten.
MOST_DAYS = 3650
# What somebody else may do something for; OWN is the patient's.
GRANTABLE_PURPOSES = (Purpose.CARE, Purpose.FOLLOW_UP, Purpose.CONSULTATION)


@dataclass(frozen=True, slots=True)
class AskedGrant:
    """A grant as the patient asks for it: for a number of days from now, or from one moment to another."""

    id: UUID
    to_account: UUID
    scopes: frozenset[Scope]
    rights: frozenset[Right]
    purposes: frozenset[Purpose]
    days: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def grant(self, record_id: UUID, owner: UUID, now: datetime) -> Grant:
        """The grant on the record of account ``owner``; begins ``now`` unless asked otherwise. Invalid to oneself."""
        if self.to_account == owner:
            raise Invalid("grant_to_self", field="to_account")
        starts_at = self.starts_at or now
        try:
            ends_at = self.ends_at or starts_at + timedelta(days=self.days or 0)
        except OverflowError as error:  # beyond the calendar
            raise Invalid("grant_period", field="ends_at") from error
        if not _fits(starts_at, ends_at):
            raise Invalid("grant_period", field="ends_at")
        return Grant(
            self.id, record_id, self.to_account, self.scopes, self.rights, self.purposes, starts_at, ends_at
        )

    def is_asked_by(self, grant: Grant) -> bool:
        """Whether ``grant`` is what this asked for: a request that is repeated later must not become another grant."""
        asked = (self.id, self.to_account, self.scopes, self.rights, self.purposes)
        if asked != (grant.id, grant.to_account, grant.scopes, grant.rights, grant.purposes):
            return False
        if self.starts_at is not None and self.starts_at != grant.starts_at:
            return False
        if self.days is not None:
            return grant.ends_at - grant.starts_at == timedelta(days=self.days)
        return self.ends_at == grant.ends_at


class GrantSchema(schema.Strict[AskedGrant]):
    """The body of a grant request. Either ``days``, or ``ends_at``; ``starts_at`` may stand with both."""

    id = schema.Id(required=True)
    to_account = schema.Id(required=True)
    scopes = schema.SetOf(GRANTABLE, required=True)
    rights = schema.SetOf(Right, required=True)
    purposes = schema.SetOf(GRANTABLE_PURPOSES, required=True)
    days = schema.Whole(1, MOST_DAYS)
    starts_at = schema.Stamp()
    ends_at = schema.Stamp()

    @post_load
    def _make(self, data: dict[str, Any], **_: object) -> AskedGrant:
        asked = AskedGrant(**data)
        if (asked.days is None) == (asked.ends_at is None):
            raise Invalid("grant_period", field="days")
        if asked.starts_at and asked.ends_at and not _fits(asked.starts_at, asked.ends_at):
            raise Invalid("grant_period", field="ends_at")
        return asked


class GrantKeptSchema(schema.Strict[Grant]):
    """A grant as both sides keep it: moments in UTC, exact to the millisecond."""

    id = schema.Id(required=True)
    record_id = schema.Id(required=True)
    to_account = schema.Id(required=True)
    scopes = schema.SetOf(GRANTABLE, required=True)
    rights = schema.SetOf(Right, required=True)
    purposes = schema.SetOf(GRANTABLE_PURPOSES, required=True)
    starts_at = schema.Stamp(required=True)
    ends_at = schema.Stamp(required=True)
    revoked_at = schema.Stamp(allow_none=True, load_default=None)

    @post_load
    def _make(self, data: dict[str, Any], **_: object) -> Grant:
        if not data["starts_at"] < data["ends_at"]:
            raise Invalid("grant_period", field="ends_at")
        return Grant(**data)


def _fits(starts_at: datetime, ends_at: datetime) -> bool:
    return timedelta() < ends_at.astimezone(UTC) - starts_at <= timedelta(days=MOST_DAYS)


_ASKED = GrantSchema()
_KEPT = GrantKeptSchema()


def asked_from(data: object) -> AskedGrant:
    """The grant asked for by parsed JSON ``data``; `Invalid` names the first field that is wrong."""
    return schema.load(_ASKED, data)


def asked_members(asked: AskedGrant) -> dict[str, object]:
    """A grant request as JSON members, without the members that are not set."""
    return {name: value for name, value in schema.dump(_ASKED, asked).items() if value is not None}


def grant_from(data: object) -> Grant:
    """The grant that parsed JSON ``data`` says."""
    return schema.load(_KEPT, data)


def grant_members(grant: Grant) -> dict[str, object]:
    """A grant as JSON members."""
    return schema.dump(_KEPT, grant)
