"""Consent: who may do what with a record, for what purpose, until when. The whole rule is `decide`, deny by default."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a person who signs in is to this house."""

    PATIENT = "patient"
    PRACTITIONER = "practitioner"
    PHARMACIST = "pharmacist"

    @property
    def is_staff(self) -> bool:
        """Whether she works in care: signs in on the web, and can be let in by a patient."""
        return self is not Role.PATIENT


class Scope(StrEnum):
    """A part of a record. RECORD is its own affairs: grants, the visitors' book, imports, settings.

    WARNINGS is one bit: whether the medicine checks found something. It comes with every grant that lets read, as the
    national e-prescription service shows it without consent to the medicines themselves.
    """

    VITALS = "vitals"
    WEARABLES = "wearables"
    MEDICINES = "medicines"
    FINDINGS = "findings"
    COSTS = "costs"
    WARNINGS = "warnings"
    RECORD = "record"


# What a patient may let others see; her record's own affairs and what she paid stay hers.
GRANTABLE = (Scope.VITALS, Scope.WEARABLES, Scope.MEDICINES, Scope.FINDINGS)


class Right(StrEnum):
    """What may be done there."""

    READ = "read"
    WRITE = "write"


class Purpose(StrEnum):
    """What for."""

    OWN = "own"
    CARE = "care"
    FOLLOW_UP = "follow_up"
    CONSULTATION = "consultation"


class Reason(StrEnum):
    """Why a decision was taken; kept in the visitors' book."""

    OWNER = "owner"
    GRANT = "grant"
    NO_GRANT = "no_grant"
    GRANT_ENDED = "grant_ended"
    GRANT_NOT_BEGUN = "grant_not_begun"
    NO_SUCH_RECORD = "no_such_record"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is asking."""

    account_id: UUID
    role: Role


@dataclass(frozen=True, slots=True)
class Grant:
    """What a patient lets one person do with her record. ``ends_at`` is the first moment it no longer holds."""

    id: UUID
    record_id: UUID
    to_account: UUID
    scopes: frozenset[Scope]
    rights: frozenset[Right]
    purposes: frozenset[Purpose]
    starts_at: datetime
    ends_at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes or no, why, and by which grant."""

    allowed: bool
    reason: Reason
    grant_id: UUID | None = None


def decide(  # noqa: PLR0913, PLR0917  the seven things a consent rule depends on
    viewer: Viewer,
    owner: UUID | None,
    scope: Scope,
    right: Right,
    purpose: Purpose,
    now: datetime,
    grants: Iterable[Grant],
) -> Decision:
    """Whether ``viewer`` may use ``right`` on ``scope`` of the record of account ``owner`` for ``purpose`` at ``now``.

    ``owner`` is None for a record that does not exist. ``grants`` are all grants of this record, in any order.
    The owner may do everything. Anyone else needs one grant that names her, the scope, the right and the purpose and
    holds at ``now``; a revoked grant holds no more from the moment of revoking, whatever else was granted by it.
    """
    if owner is None:
        return Decision(False, Reason.NO_SUCH_RECORD)
    if viewer.account_id == owner:
        return Decision(True, Reason.OWNER)
    reason = Reason.NO_GRANT
    for grant in grants:
        if not _covers(grant, viewer, scope, right, purpose):
            continue
        if now < grant.starts_at:
            reason = Reason.GRANT_NOT_BEGUN if reason is Reason.NO_GRANT else reason
        elif holds(grant, now):
            return Decision(True, Reason.GRANT, grant.id)
        else:
            reason = Reason.GRANT_ENDED
    return Decision(False, reason)


def holds(grant: Grant, now: datetime) -> bool:
    """Whether ``grant`` is in force at ``now``."""
    revoked = grant.revoked_at is not None and grant.revoked_at <= now
    return grant.starts_at <= now < grant.ends_at and not revoked


def _covers(grant: Grant, viewer: Viewer, scope: Scope, right: Right, purpose: Purpose) -> bool:
    if scope is Scope.WARNINGS:
        named = right is Right.READ and bool(grant.scopes & set(GRANTABLE))
    else:
        named = scope in GRANTABLE and scope in grant.scopes
    return (
        grant.to_account == viewer.account_id
        and named
        and right in grant.rights
        and purpose in grant.purposes
    )
