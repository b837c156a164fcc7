"""Passwords: argon2id over an HMAC with a pepper that is not in the database."""

from __future__ import annotations

import base64
import hashlib
import hmac
import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from shared.problems import Invalid

# NIST SP 800-63B-4: 15 characters where the password is the only factor.
LEAST_LENGTH = 15
LONGEST = 256
# Above OWASP's floor (19 MiB, t=2, p=1); 46 MiB is about 150 ms on two slow cores.
_HASHER = PasswordHasher(time_cost=2, memory_cost=46 * 1024, parallelism=1)
# Each hash takes 46 MiB: unbounded, a burst of sign-ins would eat the memory.
_at_once = threading.BoundedSemaphore(4)


def check_new(password: str) -> None:
    """Raise `Invalid` for a password that is too short."""
    if not LEAST_LENGTH <= len(password) <= LONGEST:
        raise Invalid("password_short", field="password", least=LEAST_LENGTH)


def hashed(pepper: bytes, password: str) -> str:
    """What is kept of a password."""
    with _at_once:
        return _HASHER.hash(_peppered(pepper, password))


def matches(pepper: bytes, kept: str | None, password: str) -> bool:
    """Whether ``password`` is the one kept. With ``kept`` None the same work is done: the time tells nothing."""
    with _at_once:
        try:
            _HASHER.verify(kept or _nobodys(), _peppered(pepper, password))
        except VerificationError:
            return False
        return kept is not None


@cache
def _nobodys() -> str:
    return _HASHER.hash(b"nobody has this password")


def _peppered(pepper: bytes, password: str) -> bytes:
    return base64.b64encode(hmac.digest(pepper, password.encode(), hashlib.sha256))
