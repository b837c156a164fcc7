"""Files over real HTTP: where a body ends is told by the server that people run, not by a test client."""

from __future__ import annotations

from dataclasses import replace

import pytest
import requests

from backend.imports.originals import PIECE_BYTES
from backend.settings import Settings
from shared.ids import new_id
from tests.cast import PASSWORD, Cast, email
from tests.fixtures.server import Server

MEGABYTES = 5


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Five megabytes are enough to see."""
    return replace(settings, upload_limit_mb=MEGABYTES)


@pytest.mark.parametrize(("over", "status"), [(0, 200), (1, 422), (1000, 422)])
@pytest.mark.parametrize("cut", [0, 4])
def test_the_last_part_is_taken_to_its_last_byte_and_not_one_more(
    server: Server, cast: Cast, cut: int, over: int, status: int
) -> None:
    whole = b"0123456789"
    size = cut * PIECE_BYTES + len(whole)
    here, headers = f"{server.url}/api/records/{cast.record}/uploads/{new_id()}", signed_in(server)
    for at in range(cut):
        about: dict[str, str | int] = {"offset": at * PIECE_BYTES, "size": size, "name": "a.xml"}
        sent = requests.put(here, b" " * PIECE_BYTES, params=about, headers=headers, timeout=60)
        assert (sent.status_code, sent.json()["kept"]) == (200, (at + 1) * PIECE_BYTES)
    about = {"offset": cut * PIECE_BYTES, "size": size, "name": "a.xml"}
    last = requests.put(here, whole + b" " * over, params=about, headers=headers, timeout=60)
    assert last.status_code == status
    assert last.json()["import" if status == 200 else "field"]


@pytest.mark.parametrize(("over", "status"), [(0, 201), (1, 413)])
def test_a_file_of_exactly_the_limit_is_taken(server: Server, cast: Cast, over: int, status: int) -> None:
    limit = MEGABYTES * 1_000_000
    headers = {**signed_in(server), "Idempotency-Key": str(new_id())}
    url = f"{server.url}/api/records/{cast.record}/imports?name=a.xml"
    assert requests.post(url, b" " * (limit + over), headers=headers, timeout=60).status_code == status


def signed_in(server: Server) -> dict[str, str]:
    device = str(new_id())
    body = {"email": email("hanako"), "password": PASSWORD, "device": {"id": device, "label": "phone"}}
    said = requests.post(f"{server.url}/api/sign-in", json=body, timeout=60).json()
    return {"Authorization": f"Bearer {said['access']}", "Tomoni-Device": device}
