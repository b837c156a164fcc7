"""How a payload is sealed on the phone: AES-256-GCM, nonce first, bound to the place where it stands."""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_NONCE_BYTES = 12


class WrongKey(Exception):
    """The payload was not sealed with this key, or not for this place, or was changed."""


class Lock:
    """Seals and unseals with one key. ``place`` (table, row ids) is authenticated: a payload moved elsewhere fails."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a key has {KEY_BYTES} bytes")
        self._gcm = AESGCM(key)

    def seal(self, plain: bytes, *place: str) -> bytes:
        """``plain`` sealed for ``place``: 12 bytes nonce, ciphertext, 16 bytes tag."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._gcm.encrypt(nonce, plain, _bound(place))

    def unseal(self, sealed: bytes, *place: str) -> bytes:
        """What was sealed for ``place``; raises `WrongKey`."""
        try:
            return self._gcm.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _bound(place))
        except (InvalidTag, ValueError) as error:
            raise WrongKey from error


def derived(key: bytes, what_for: str) -> bytes:
    """A key of its own for ``what_for``, from the device's key (HKDF-SHA256)."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"tomoni phone " + what_for.encode()).derive(key)


def _bound(place: tuple[str, ...]) -> bytes:
    # Lengths keep ("ab", "c") apart from ("a", "bc").
    return b"".join(len(raw).to_bytes(4, "big") + raw for raw in (part.encode() for part in place))
