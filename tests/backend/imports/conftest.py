from __future__ import annotations

import os

import pytest

from backend.settings import Settings
from tests.backend.imports.desk import Desk
from tests.cast import Cast


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return Desk(cast)


@pytest.fixture
def environment(settings: Settings, secrets: dict[str, str]) -> dict[str, str]:
    """What another process needs to be in the same house."""
    named = {"TOMONI_DATABASE_URL": settings.database_url, "TOMONI_PUBLIC_URL": settings.public_url}
    return {**os.environ, **secrets, **named, "TOMONI_DATA_DIR": str(settings.data_dir)}
