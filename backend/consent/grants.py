"""Grants: what a patient lets others see, until when; and which records are shared with someone."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.consent.opened import OpenRecord
from backend.consent.tables import GrantRow, SharedRow
from backend.records.placed import Key, Placed, beyond
from shared import clock
from shared.consent import Grant, Purpose, Right, Scope, holds
from shared.consent_schema import AskedGrant, grant_members
from shared.problems import Clash, NotThere
from shared.sync import Word


def to_account(session: Session, record_id: UUID, account_id: UUID) -> list[Grant]:
    """All grants, past and present, of a record to an account."""
    statement = select(GrantRow).where(GrantRow.record_id == record_id, GrantRow.to_account == account_id)
    return [_grant(row) for row in session.scalars(statement)]


def shared_with(session: Session, account_id: UUID) -> dict[UUID, list[Grant]]:
    """The records shared with an account now, each with the grants that hold, in two queries."""
    now = clock.now()
    mine = select(SharedRow.record_id).where(SharedRow.account_id == account_id, SharedRow.ends_at > now)
    statement = select(GrantRow).where(GrantRow.record_id.in_(mine), GrantRow.to_account == account_id)
    found: dict[UUID, list[Grant]] = {}
    for row in session.scalars(statement):
        grant = _grant(row)
        if holds(grant, now):
            found.setdefault(grant.record_id, []).append(grant)
    return found


def list_grants(record: OpenRecord) -> list[Grant]:
    """Every grant the person ever gave, newest first."""
    record.must(Scope.RECORD, Right.READ)
    statement = (
        select(GrantRow)
        .where(GrantRow.record_id == record.id)
        .order_by(GrantRow.starts_at.desc(), GrantRow.id.desc())
    )
    return [_grant(row) for row in record.session.scalars(statement)]


def changes(record: OpenRecord, after: int, limit: int, key: Key = ()) -> list[Placed]:
    """Grants whose change number is over ``after``, or is that and past ``key``, in order; for sync."""
    record.must(Scope.RECORD, Right.READ)
    past = beyond(GrantRow.number, after, (GrantRow.id,), [UUID(each) for each in key])
    statement = (
        select(GrantRow)
        .where(GrantRow.record_id == record.id, past)
        .order_by(GrantRow.number, GrantRow.id)
        .limit(limit)
    )
    return [
        # The server alone decides about grants: its change number stands for the time of the edit.
        Placed(
            *(Word.GRANT, row.id, clock.from_ms(row.number), UUID(int=0), _body(row), row.number),
            key=(str(row.id),),
        )
        for row in record.session.scalars(statement)
    ]


def _body(row: GrantRow) -> str:
    return orjson.dumps(grant_members(_grant(row)), option=orjson.OPT_SORT_KEYS).decode()


def ask(record: OpenRecord, asked: AskedGrant) -> Grant:
    """Give the grant that was asked for. Asked again, whenever that is, it is the same grant and changes nothing."""
    record.must(Scope.RECORD, Right.WRITE)
    record.next_number()  # the record's lock comes before the look: the same request twice at once takes turns
    known = record.session.get(GrantRow, (record.id, asked.id))
    if known is None:
        return give(record, asked.grant(record.id, record.owner, clock.now()))
    if not asked.is_asked_by(_grant(known)):
        raise Clash("id_used_otherwise")
    return _grant(known)


def give(record: OpenRecord, grant: Grant) -> Grant:
    """Give a grant. The same grant sent again changes nothing; the same id for something else is a `Clash`."""
    record.must(Scope.RECORD, Right.WRITE)
    known = record.session.get(GrantRow, (record.id, grant.id))
    if known is not None:
        if _essence(_grant(known)) != _essence(grant):
            raise Clash("id_used_otherwise")
        return _grant(known)
    record.session.add(
        GrantRow(
            record_id=record.id,
            id=grant.id,
            to_account=grant.to_account,
            scopes=_words(grant.scopes),
            rights=_words(grant.rights),
            purposes=_words(grant.purposes),
            starts_at=grant.starts_at,
            ends_at=grant.ends_at,
            granted_by=record.viewer.account_id,
            number=record.next_number(),
        )
    )
    record.session.add(
        SharedRow(account_id=grant.to_account, record_id=record.id, grant_id=grant.id, ends_at=grant.ends_at)
    )
    record.session.flush()
    return grant


def revoke(record: OpenRecord, grant_id: UUID) -> Grant:
    """End a grant now; the next request of the other person is refused. Ending it again changes nothing."""
    record.must(Scope.RECORD, Right.WRITE)
    row = record.session.get(GrantRow, (record.id, grant_id))
    if row is None:
        raise NotThere
    if row.revoked_at is None:
        now = clock.now()
        row.revoked_at = now
        row.number = record.next_number()
        record.session.execute(
            update(SharedRow)
            .where(SharedRow.account_id == row.to_account)
            .where(SharedRow.record_id == record.id, SharedRow.grant_id == grant_id)
            .values(ends_at=min(now, row.ends_at))
        )
        record.session.flush()
    return _grant(row)


def _essence(grant: Grant) -> tuple[object, ...]:
    # A repeated "90 days from now" has a later start than the first one: the length is the same.
    length: object = grant.ends_at - grant.starts_at
    return (grant.to_account, grant.scopes, grant.rights, grant.purposes, length)


def _words(names: frozenset[Scope] | frozenset[Right] | frozenset[Purpose]) -> str:
    return " ".join(sorted(name.value for name in names))


def _grant(row: GrantRow) -> Grant:
    return Grant(
        id=row.id,
        record_id=row.record_id,
        to_account=row.to_account,
        scopes=frozenset(Scope(word) for word in row.scopes.split()),
        rights=frozenset(Right(word) for word in row.rights.split()),
        purposes=frozenset(Purpose(word) for word in row.purposes.split()),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        revoked_at=row.revoked_at,
    )


def state(grant: Grant, now: datetime) -> str:
    """``active``, ``waiting`` (not begun), ``revoked`` or ``ended``."""
    if grant.revoked_at is not None and grant.revoked_at <= now:
        return "revoked"
    if holds(grant, now):
        return "active"
    return "waiting" if now < grant.starts_at else "ended"
