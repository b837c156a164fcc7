"""Refresh families: an answer lost on the way is harmless, a copied token ends the family, and that stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.accounts import tokens
from backend.accounts.families import LIFETIME, RETRY
from shared import clock
from shared.ids import new_id
from tests.backend.doors import Knocking, house_of, knocking
from tests.cast import Cast

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


def renew(phone: Knocking, token: str, device: UUID | None = None) -> str | None:
    """The next refresh token, or None when it was refused."""
    headers = {"Tomoni-Device": str(device or phone.device)}
    answer: Any = phone.ask("POST", "/api/refresh", json={"refresh": token}, headers=headers)
    return str(answer.json["refresh"]) if answer.status_code == 200 else None


def jti(token: str | None) -> object:
    """The id of a token."""
    assert token is not None
    return jwt.decode(token, options={"verify_signature": False})["jti"]


def is_signed_in(phone: Knocking) -> bool:
    """Whether the phone's access token still counts."""
    return phone.get("/api/me").status_code == 200


def test_a_lost_answer_is_given_again(app: Flask, cast: Cast) -> None:
    with clock.held(NOW):
        phone = knocking(app, cast.hanako)
        first = renew(phone, phone.refresh)
    with clock.held(NOW + RETRY):
        again = renew(phone, phone.refresh)
    assert jti(first) == jti(again) != jti(phone.refresh)
    assert first is not None
    with clock.held(NOW + RETRY):
        assert renew(phone, first)  # whichever answer arrived
        assert is_signed_in(phone)


def test_the_old_token_shown_later_ends_the_family_for_good(app: Flask, cast: Cast) -> None:
    with clock.held(NOW):
        phone = knocking(app, cast.hanako)
        new = renew(phone, phone.refresh)
        assert new is not None
    with clock.held(NOW + RETRY + timedelta(milliseconds=1)):
        assert renew(phone, phone.refresh) is None
        assert renew(phone, new) is None  # committed: the good token does not bring it back
        assert not is_signed_in(phone)


@pytest.mark.parametrize("seconds", [0, 30])
def test_another_device_with_a_copy_ends_the_family(app: Flask, cast: Cast, seconds: int) -> None:
    with clock.held(NOW):
        phone = knocking(app, cast.hanako)
        if seconds:
            assert renew(phone, phone.refresh)
    with clock.held(NOW + timedelta(seconds=seconds)):
        assert renew(phone, phone.refresh, new_id()) is None
        assert renew(phone, phone.refresh) is None
        assert not is_signed_in(phone)


def test_a_device_that_does_not_say_which_it_is_gets_nothing(app: Flask, cast: Cast) -> None:
    phone = knocking(app, cast.hanako)
    answer = app.test_client().post("/api/refresh", json={"refresh": phone.refresh})
    assert answer.status_code == 401
    assert renew(phone, phone.refresh)


def test_an_older_token_ends_the_family_at_once(app: Flask, cast: Cast) -> None:
    with clock.held(NOW):
        phone = knocking(app, cast.hanako)
        second = renew(phone, phone.refresh)
        assert second is not None
        assert renew(phone, second)
        assert renew(phone, phone.refresh) is None
        assert not is_signed_in(phone)


def test_a_family_does_not_live_for_ever(app: Flask, cast: Cast) -> None:
    with clock.held(NOW):
        phone = knocking(app, cast.hanako)
    with clock.held(NOW + LIFETIME):
        assert renew(phone, phone.refresh) is None


def test_signing_out_twice_is_harmless_and_a_word_signs_nobody_out(app: Flask, cast: Cast) -> None:
    phone = knocking(app, cast.hanako)
    assert phone.post("/api/sign-out", {"refresh": "x"}).status_code == 204
    assert is_signed_in(phone)
    for _ in range(2):
        assert phone.post("/api/sign-out", {"refresh": phone.refresh}).status_code == 204
    assert renew(phone, phone.refresh) is None


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 59)), max_size=6))
def test_whatever_answers_are_lost_within_a_minute_the_phone_stays_signed_in(
    app: Flask, cast: Cast, replies: list[tuple[bool, int]]
) -> None:
    moment = NOW
    with clock.held(moment):
        phone = knocking(app, cast.hanako)
        kept = phone.refresh
    rotated = None
    for arrives, seconds in replies:
        # The phone tries again within a minute of the try whose answer was lost.
        moment = min(
            moment + timedelta(seconds=seconds),
            rotated + RETRY if rotated else datetime.max.replace(tzinfo=UTC),
        )
        with clock.held(moment):
            new = renew(phone, kept)
        assert new is not None
        rotated = rotated or moment
        if arrives:
            kept, rotated = new, None
    with clock.held(moment):
        assert is_signed_in(phone)


def browser(app: Flask, cast: Cast) -> tuple[Any, Knocking]:
    """A doctor's browser whose access cookie has run out."""
    sato = knocking(app, cast.sato)
    sato.client.delete_cookie(tokens.ACCESS_COOKIE)
    return sato.client, sato


def page(client: Any, path: str = "/records") -> int:
    """The status of a page."""
    return int(client.get(path, base_url="https://localhost").status_code)


def test_a_browser_is_renewed_while_it_looks(app: Flask, cast: Cast) -> None:
    client, _ = browser(app, cast)
    assert page(client) == 200
    assert client.get_cookie(tokens.ACCESS_COOKIE) is not None
    assert page(client) == 200


def test_a_page_that_is_not_there_does_not_end_the_sign_in(app: Flask, cast: Cast) -> None:
    # The renewal is rolled back with the page, so its cookies must not be handed out.
    client, _ = browser(app, cast)
    with clock.held(NOW):
        assert page(client, f"/records/{cast.record}") == 404
    with clock.held(NOW + timedelta(minutes=5)):
        assert page(client) == 200
    client.delete_cookie(tokens.ACCESS_COOKIE)
    with clock.held(NOW + timedelta(minutes=10)):
        assert page(client) == 200


def test_a_copied_cookie_ends_the_browser_s_family_for_good(app: Flask, cast: Cast) -> None:
    client, _ = browser(app, cast)
    old = client.get_cookie(tokens.REFRESH_COOKIE).value
    with clock.held(NOW):
        assert page(client) == 200
    thief = app.test_client()
    thief.set_cookie(tokens.REFRESH_COOKIE, old, secure=True)
    with clock.held(NOW + timedelta(minutes=5)):
        assert page(thief) == 401
        assert page(client) == 401
        client.delete_cookie(tokens.ACCESS_COOKIE)
        assert page(client) == 401


def test_labels_and_ids_of_refresh_tokens_are_not_guessable(app: Flask, cast: Cast) -> None:
    one, other = knocking(app, cast.hanako), knocking(app, cast.hanako)
    assert jti(one.refresh) != jti(other.refresh)
    assert len(str(jti(one.refresh))) == 32
    assert house_of(app).families.secret != house_of(app).accounts.pepper
