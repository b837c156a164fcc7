"""Settings: one frozen object read from the environment; every missing name is reported at once, no default secrets."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import load_pem_x509_certificates
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError


class SettingsMissing(Exception):
    """Names that are not set or not usable; the message lists them all."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a process of the server has to know. Each name is documented in docs/settings.md.

    ``master_keys`` wrap the keys of records and accounts: version -> 32 bytes; the highest version wraps new ones.
    ``lookup_key`` makes the digests for exact look-ups, ``pepper`` goes into passwords, ``refresh_key`` derives the
    ids of refresh tokens. ``jwt_private_key`` is an ES256 key in PEM. ``signature_roots`` is a PEM file with the roots
    that signers of e-prescriptions must lead to. ``orca_*`` say how `tomoni orca pull` reaches a clinic's ORCA: its
    address, our certificate and key (PEM), the authority that its own certificate leads to, user and password file.
    """

    database_url: str = field(repr=False)  # may carry a password
    public_url: str
    master_keys: Mapping[int, bytes] = field(repr=False)
    lookup_key: bytes = field(repr=False)
    pepper: bytes = field(repr=False)
    refresh_key: bytes = field(repr=False)
    jwt_private_key: str = field(repr=False)
    data_dir: Path
    upload_limit_mb: int = 2048
    body_limit_mb: int = 16
    two_readers_mb: int = 32
    signature_roots: Path | None = None
    orca_url: str = ""
    orca_cert: Path | None = None
    orca_key: Path | None = None
    orca_ca: Path | None = None
    orca_user: str = ""
    orca_password_file: Path | None = None

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Settings:
        """Read TOMONI_* names. Raises `SettingsMissing` naming every one that is missing or wrong."""
        wrong: list[str] = []

        def text(name: str) -> str:
            value = env.get(name, "")
            if not value:
                wrong.append(name)
            return value

        def key(name: str) -> bytes:
            return _key(name, text(name), wrong)

        def number(name: str, default: int) -> int:
            value = env.get(name) or str(default)
            if not (value.isascii() and value.isdecimal() and 0 < int(value) < 1_000_000):
                wrong.append(name)
                return default
            return int(value)

        def path(name: str) -> Path | None:
            return Path(env[name]) if env.get(name) else None

        settings = cls(
            database_url=_checked("TOMONI_DATABASE_URL", text, make_url, wrong),
            public_url=_checked("TOMONI_PUBLIC_URL", text, _is_address, wrong),
            master_keys=_master_keys(text("TOMONI_MASTER_KEYS"), wrong),
            lookup_key=key("TOMONI_LOOKUP_KEY"),
            pepper=key("TOMONI_PEPPER"),
            refresh_key=key("TOMONI_REFRESH_KEY"),
            jwt_private_key=_checked("TOMONI_JWT_PRIVATE_KEY", text, _is_es256_key, wrong).replace(
                "\\n", "\n"
            ),
            data_dir=Path(env.get("TOMONI_DATA_DIR") or "var"),
            upload_limit_mb=number("TOMONI_UPLOAD_LIMIT_MB", 2048),
            body_limit_mb=number("TOMONI_BODY_LIMIT_MB", 16),
            two_readers_mb=number("TOMONI_TWO_READERS_MB", 32),
            signature_roots=_roots("TOMONI_SIGNATURE_ROOTS", env, wrong),
            orca_url=_orca_address("TOMONI_ORCA_URL", env, wrong),
            orca_cert=path("TOMONI_ORCA_CERT"),
            orca_key=path("TOMONI_ORCA_KEY"),
            orca_ca=path("TOMONI_ORCA_CA"),
            orca_user=env.get("TOMONI_ORCA_USER", ""),
            orca_password_file=path("TOMONI_ORCA_PASSWORD_FILE"),
        )
        if wrong:
            raise SettingsMissing("missing or not usable: " + ", ".join(dict.fromkeys(wrong)))
        return settings


def _checked(name: str, text: Callable[[str], str], usable: Callable[[str], object], wrong: list[str]) -> str:
    """The value of ``name``, which ``usable`` raises ValueError for when it is none."""
    value = text(name)
    try:
        usable(value)
    except (ArgumentError, ValueError):
        wrong.append(name)
    return value


def _orca_address(name: str, env: Mapping[str, str], wrong: list[str]) -> str:
    """The address of a clinic's ORCA: health data and a password go there, so never without TLS."""
    address = env.get(name, "")
    if address and not (address.startswith("https://") and urlsplit(address).hostname):
        wrong.append(name)
    return address


def _roots(name: str, env: Mapping[str, str], wrong: list[str]) -> Path | None:
    """A file of certificates that can be read now: a wrong one would call every signature untrusted, silently."""
    path = Path(env[name]) if env.get(name) else None
    try:
        if path is not None:
            load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError):
        wrong.append(name)
    return path


def _is_address(text: str) -> None:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("not an address")


def _is_es256_key(text: str) -> None:
    key = load_pem_private_key(text.replace("\\n", "\n").encode(), None)
    if not (isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1)):
        raise ValueError("not an ES256 key")


def _key(name: str, text: str, wrong: list[str]) -> bytes:
    try:
        value = base64.b64decode(text, validate=True)
    except ValueError:
        value = b""
    if len(value) != 32:
        wrong.append(name)
    return value


def _master_keys(text: str, wrong: list[str]) -> dict[int, bytes]:
    """``1:base64,2:base64``: every version that something may still be wrapped with."""
    keys: dict[int, bytes] = {}
    for part in filter(None, text.split(",")):
        version, _, value = part.partition(":")
        if not (
            version.isascii() and version.isdecimal() and int(version) < 2**16 and int(version) not in keys
        ):
            wrong.append("TOMONI_MASTER_KEYS")
            continue
        keys[int(version)] = _key("TOMONI_MASTER_KEYS", value, wrong)
    if not keys:
        wrong.append("TOMONI_MASTER_KEYS")
    return keys
