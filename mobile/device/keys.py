"""The device's key on a computer: a random key in a private file, or one made from a passphrase."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

from mobile.store.lock import KEY_BYTES
from shared.problems import Unreadable

# scrypt N, r, p: OWASP's first choice for interactive use (Password Storage Cheat Sheet), 128 MiB.
_COST = {"n": 2**17, "r": 8, "p": 1, "maxmem": 160 * 1024 * 1024}
_SALT_BYTES = 16


def key_from_file(path: Path) -> bytes:
    """The random key in ``path``, made at the first time, readable by its owner alone (0600).

    `Unreadable` ``store_locked`` when the file is not a key of ours or others may read it: a key that others have
    read is no key.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    if not path.exists():
        fresh.unlink(missing_ok=True)
        _write_private(fresh, os.urandom(KEY_BYTES))
        fresh.rename(path)  # all of it or nothing: half a key would lock her out for ever
    key = path.read_bytes()
    shared_with_others = os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    if len(key) != KEY_BYTES or shared_with_others:
        raise Unreadable("store_locked")
    return key


def key_from_passphrase(passphrase: str, salt_file: Path) -> bytes:
    """The key that ``passphrase`` makes with the salt in ``salt_file`` (made at the first time), by scrypt."""
    salt_file.parent.mkdir(parents=True, exist_ok=True)
    if not salt_file.exists():
        _write_private(salt_file, os.urandom(_SALT_BYTES))
    salt = salt_file.read_bytes()
    if len(salt) != _SALT_BYTES:
        raise Unreadable("store_locked")
    return hashlib.scrypt(passphrase.encode(), salt=salt, dklen=KEY_BYTES, **_COST)


def _write_private(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
