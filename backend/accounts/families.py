"""Refresh families: one for each signed-in device, whose refresh token changes at each use.

A token shown twice by the same device within a minute gives the same successor (the answer was lost on the way);
any other second showing means that somebody copied it, and ends the family.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from backend.accounts.tables import AccountRow, RefreshFamilyRow
from backend.seal import KeyRing
from backend.statements import Statement
from shared import clock
from shared.consent import Role, Viewer
from shared.ids import new_id

RETRY = timedelta(seconds=60)
# A phone of someone who measures now and then stays signed in; a lost one can be ended.
LIFETIME = timedelta(days=180)
_FAMILIES = cast("Table", RefreshFamilyRow.__table__).c
# Asked at every request: made once, because making a statement costs more than asking it.
_OPEN = Statement(
    select(_FAMILIES.id).where(
        _FAMILIES.id == bindparam("family"),
        _FAMILIES.account_id == bindparam("account"),
        _FAMILIES.ended_at.is_(None),
    )
)


@dataclass(frozen=True, slots=True)
class Family:
    """A signed-in device and the id (``jti``) of the refresh token that is valid now."""

    id: UUID
    viewer: Viewer
    device_id: UUID
    jti: str


@dataclass(frozen=True, slots=True)
class Families:
    """Refresh families of one house; ``secret`` derives each token's id from the one before it."""

    ring: KeyRing
    secret: bytes = field(repr=False)

    def begin(self, session: Session, viewer: Viewer, device_id: UUID, label: str) -> Family:
        """A device signs in."""
        family_id, now = new_id(), clock.now()
        account = session.get_one(AccountRow, viewer.account_id)
        key = self.ring.open_key(account.id, account.wrapped_key)
        jti = self._successor(family_id, "")
        session.add(
            RefreshFamilyRow(
                id=family_id,
                account_id=account.id,
                device_id=device_id,
                sealed_label=key.seal("refresh_families.sealed_label", family_id, label.encode()),
                current_jti=jti,
                rotated_at=now,
                began_at=now,
            )
        )
        session.flush()
        return Family(family_id, viewer, device_id, jti)

    def rotate(self, session: Session, family_id: UUID, jti: str, device_id: UUID) -> Family | None:
        """The family with its next token, or None when it has ended (it ends here if the token was copied)."""
        statement = select(RefreshFamilyRow).where(RefreshFamilyRow.id == family_id).with_for_update()
        row = session.scalar(statement)
        now = clock.now()
        if row is None or row.ended_at is not None or row.began_at + LIFETIME <= now:
            return None
        known_device = row.device_id == device_id
        if known_device and hmac.compare_digest(jti, row.current_jti):
            row.previous_jti, row.current_jti = row.current_jti, self._successor(row.id, row.current_jti)
            row.rotated_at = now
        elif not (known_device and jti == row.previous_jti and now - row.rotated_at <= RETRY):
            row.ended_at = now
            return None
        account = session.get_one(AccountRow, row.account_id)
        return Family(row.id, Viewer(account.id, Role(account.role)), row.device_id, row.current_jti)

    def end(self, session: Session, family_id: UUID) -> None:
        """The device signs out."""
        session.execute(
            update(RefreshFamilyRow)
            .where(RefreshFamilyRow.id == family_id, RefreshFamilyRow.ended_at.is_(None))
            .values(ended_at=clock.now())
        )

    def is_open(self, session: Session, family_id: UUID, account_id: UUID) -> bool:
        """Whether access tokens of this family still count for this account."""
        return bool(_OPEN.rows(session, {"family": family_id, "account": account_id}))

    def _successor(self, family_id: UUID, jti: str) -> str:
        return hmac.digest(self.secret, f"{family_id}|{jti}".encode(), hashlib.sha256).hex()[:32]
