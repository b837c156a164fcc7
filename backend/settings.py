"""Settings: one frozen object read from the environment; every missing name is reported at once, no default secrets."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class SettingsMissing(Exception):
    """Names that are not set or not usable; the message lists them all."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a process of the server has to know. Each name is documented in docs/settings.md.

    ``master_keys`` wrap the keys of records and accounts: version -> 32 bytes; the highest version wraps new ones.
    ``lookup_key`` makes the digests for exact look-ups, ``pepper`` goes into passwords, ``refresh_key`` derives the
    ids of refresh tokens. ``jwt_private_key`` is an ES256 key in PEM.
    """

    database_url: str
    public_url: str
    master_keys: Mapping[int, bytes]
    lookup_key: bytes
    pepper: bytes
    refresh_key: bytes
    jwt_private_key: str
    data_dir: Path
    upload_limit_mb: int = 2048
    body_limit_mb: int = 16

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
            value = env.get(name, str(default))
            if not value.isdecimal():
                wrong.append(name)
                return default
            return int(value)

        settings = cls(
            database_url=text("TOMONI_DATABASE_URL"),
            public_url=text("TOMONI_PUBLIC_URL"),
            master_keys=_master_keys(text("TOMONI_MASTER_KEYS"), wrong),
            lookup_key=key("TOMONI_LOOKUP_KEY"),
            pepper=key("TOMONI_PEPPER"),
            refresh_key=key("TOMONI_REFRESH_KEY"),
            jwt_private_key=text("TOMONI_JWT_PRIVATE_KEY").replace("\\n", "\n"),
            data_dir=Path(env.get("TOMONI_DATA_DIR", "var")),
            upload_limit_mb=number("TOMONI_UPLOAD_LIMIT_MB", 2048),
            body_limit_mb=number("TOMONI_BODY_LIMIT_MB", 16),
        )
        if wrong:
            raise SettingsMissing("missing or not usable: " + ", ".join(dict.fromkeys(wrong)))
        return settings


def _key(name: str, text: str, wrong: list[str]) -> bytes:
    try:
        value = base64.b64decode(text, validate=True)
    except binascii.Error:
        value = b""
    if len(value) != 32:
        wrong.append(name)
    return value


def _master_keys(text: str, wrong: list[str]) -> dict[int, bytes]:
    """``1:base64,2:base64``: every version that something may still be wrapped with."""
    keys: dict[int, bytes] = {}
    for part in filter(None, text.split(",")):
        version, _, value = part.partition(":")
        if not version.isdecimal():
            wrong.append("TOMONI_MASTER_KEYS")
            continue
        keys[int(version)] = _key("TOMONI_MASTER_KEYS", value, wrong)
    return keys
