"""A body whose length nobody announced: taken up to the limit, and refused beyond it, never cut."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import pytest
import requests

from backend.settings import Settings
from tests.cast import PASSWORD, Cast, email
from tests.fixtures.server import Server

MEGABYTE = 1_000_000


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """One megabyte is enough to see."""
    return replace(settings, body_limit_mb=1)


@pytest.mark.parametrize(("megabytes", "status"), [(0, 200), (1, 413), (3, 413)])
def test_a_body_in_chunks_is_taken_whole_or_not_at_all(
    server: Server, cast: Cast, megabytes: int, status: int
) -> None:
    def chunks() -> Iterator[bytes]:
        yield f'{{"email": "{email("sato")}", "password": "{PASSWORD}", '.encode()
        yield f'"device": {{"id": "{uuid4()}"}}}}'.encode()
        for _ in range(megabytes):
            yield b" " * MEGABYTE  # still the same JSON, wherever it is cut

    answer = requests.post(f"{server.url}/api/sign-in", data=chunks(), timeout=60)
    assert answer.status_code == status
    assert status == 200 or answer.json()["problem"] == "too_big"
