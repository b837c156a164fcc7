"""Sealed values: AES-256-GCM under a key of the record (or account), itself wrapped by a key outside the database.

The associated data binds a value to its column, its owner and its row, and a wrapped key to its owner and the version
of the master key: what is moved to another place or another person does not open. Destroying the wrapped key erases
all it sealed, in backups too.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_FORMAT = b"\x01"
_NONCE = 12
_TAG = 16


class SealedBytes(bytes):
    """Bytes that `Key.seal` made; the only bytes a sealed column takes."""

    __slots__ = ()


class SealBroken(Exception):
    """A sealed value does not open: changed, moved, or sealed with another key. Never shown in detail."""


@dataclass(frozen=True, slots=True)
class Key:
    """The data key of one record or account, in memory for one request. ``owner`` is the record or account id."""

    owner: UUID
    secret: bytes = field(repr=False)
    _cipher: AESGCM = field(init=False, repr=False, compare=False)
    _named: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_cipher", AESGCM(self.secret))
        object.__setattr__(self, "_named", str(self.owner))  # a list binds thousands of values to one owner

    def seal(self, column: str, row: object, plain: bytes) -> SealedBytes:
        """``plain`` sealed for ``column`` ("table.column") of the row named ``row`` (its key within the record)."""
        nonce = os.urandom(_NONCE)
        return SealedBytes(_FORMAT + nonce + self._cipher.encrypt(nonce, plain, self._bound(column, row)))

    def open(self, column: str, row: object, sealed: bytes) -> bytes:
        """What was sealed for this very place. Raises `SealBroken` otherwise."""
        if sealed[:1] != _FORMAT or len(sealed) < 1 + _NONCE + _TAG:
            raise SealBroken(column)
        try:
            return self._cipher.decrypt(
                sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], self._bound(column, row)
            )
        except InvalidTag as error:
            raise SealBroken(column) from error

    def digest(self, purpose: str, text: str | bytes) -> bytes:
        """16 bytes that are equal for equal ``text`` within this record only: for finding the same thing again."""
        data = text.encode() if isinstance(text, str) else text
        return hmac.digest(self.secret, purpose.encode() + b"\0" + data, hashlib.sha256)[:16]

    def _bound(self, column: str, row: object) -> bytes:
        return f"{column}|{self._named}|{row}".encode()


class KeyRing:
    """The master keys, from the settings. Wraps a fresh data key for each record and account, and opens it again."""

    def __init__(self, master_keys: Mapping[int, bytes], lookup_key: bytes) -> None:
        if not master_keys:
            raise ValueError("no master key")
        self._masters = {version: AESGCM(secret) for version, secret in master_keys.items()}
        self._newest = max(master_keys)
        self._lookup_key = lookup_key

    def new_key(self, owner: UUID) -> tuple[Key, bytes]:
        """A fresh data key for ``owner``, and the same key wrapped for the database."""
        secret = AESGCM.generate_key(256)
        nonce = os.urandom(_NONCE)
        version = self._newest.to_bytes(2, "big")
        wrapped = self._masters[self._newest].encrypt(nonce, secret, version + owner.bytes)
        return Key(owner, secret), version + nonce + wrapped

    def open_key(self, owner: UUID, wrapped: bytes) -> Key:
        """The data key of ``owner``. Raises `SealBroken` when it was wrapped for someone else or by an unknown key."""
        version, nonce, body = wrapped[:2], wrapped[2 : 2 + _NONCE], wrapped[2 + _NONCE :]
        master = self._masters.get(int.from_bytes(version, "big"))
        if master is None or len(body) < _TAG:
            raise SealBroken("master key")
        try:
            return Key(owner, master.decrypt(nonce, body, version + owner.bytes))
        except InvalidTag as error:
            raise SealBroken("data key") from error

    def lookup(self, purpose: str, text: str) -> bytes:
        """A digest for exact look-ups across people (an e-mail address), under a key of its own."""
        return hmac.digest(self._lookup_key, purpose.encode() + b"\0" + text.encode(), hashlib.sha256)
