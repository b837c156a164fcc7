"""Tables of accounts: people who sign in, facilities, refresh families, and failed tries to sign in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from backend.db import LocalTable
from backend.seal import SealedBytes


class FacilityRow(LocalTable):
    """A clinic, hospital or island health centre. Its name is public."""

    __tablename__ = "facilities"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]


class AccountRow(LocalTable):
    """Someone who signs in. The name and all that identifies her is sealed; the e-mail is found by its digest."""

    __tablename__ = "accounts"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[str]
    email_digest: Mapped[bytes] = mapped_column(unique=True)
    password_hash: Mapped[str]
    wrapped_key: Mapped[bytes]
    sealed: Mapped[SealedBytes]
    facility_id: Mapped[UUID | None] = mapped_column(ForeignKey("facilities.id"))
    created_at: Mapped[datetime]


class RefreshFamilyRow(LocalTable):
    """One signed-in device: the newest refresh token and the one before it. Anything older being shown ends it."""

    __tablename__ = "refresh_families"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    device_id: Mapped[UUID]
    sealed_label: Mapped[SealedBytes]
    current_jti: Mapped[str]
    previous_jti: Mapped[str | None]
    rotated_at: Mapped[datetime]
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SignInTriesRow(LocalTable):
    """Failed sign-ins for one e-mail digest, whether or not there is such an account."""

    __tablename__ = "sign_in_tries"
    email_digest: Mapped[bytes] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime]
