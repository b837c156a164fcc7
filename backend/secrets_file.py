"""The secrets of a house: made once, kept in a file that only its owner may read, never in the database."""

from __future__ import annotations

import base64
import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


def new_secrets() -> dict[str, str]:
    """Fresh secrets, by the names that `Settings.from_env` reads."""
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return {
        "TOMONI_MASTER_KEYS": f"1:{_key()}",
        "TOMONI_LOOKUP_KEY": _key(),
        "TOMONI_PEPPER": _key(),
        "TOMONI_REFRESH_KEY": _key(),
        "TOMONI_JWT_PRIVATE_KEY": pem.replace("\n", "\\n"),
    }


def read_or_make(path: Path) -> dict[str, str]:
    """The secrets in ``path``, made (0600) when there is no such file. Losing this file loses every record."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = "".join(f"{name}={value}\n" for name, value in new_secrets().items())
        # Made with its rights from the first moment, and whole or not at all.
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        with os.fdopen(handle, "w") as file:
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())
        # Never over another's: two servers that begin at the same moment must go on with the same keys.
        with suppress(FileExistsError):
            os.link(draft, path)
        Path(draft).unlink()
    return dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
