"""Signing up and in: repeatable, throttled, and silent about who has an account."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from backend.accounts import passwords
from backend.accounts.accounts import FREE_TRIES, LONGEST_WAIT, NewPerson
from backend.accounts.tables import AccountRow, SignInTriesRow
from backend.house import House
from backend.records.tables import RecordRow
from shared import clock
from shared.consent import Role
from shared.ids import new_id
from shared.problems import Problem
from tests.backend.doors import house_of, knocking, seen
from tests.cast import OTHER_RECORD, PASSWORD, Cast, email

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
SPOKEN = "朝の散歩と 冷たい麦茶と 夕焼け小焼け"


def new_person(**other: object) -> dict[str, Any]:
    """What a phone sends to sign somebody up."""
    base: dict[str, Any] = {
        "id": str(new_id()),
        "record_id": str(new_id()),
        "email": f"{new_id()}@example.jp",
        "password": SPOKEN,
        "name": "島田 梅",
        "born_on": "1950-01-31",
        "device": {"id": str(new_id()), "label": "梅の電話"},
    }
    return base | other


def knock(app: Flask, path: str, body: dict[str, Any], **headers: str) -> Any:
    """One request without a sign-in."""
    return app.test_client().post(f"/api/{path}", json=body, headers=headers)


def signing_in(name: str, password: str = PASSWORD) -> dict[str, Any]:
    """E-mail and password, and a device."""
    return {"email": email(name), "password": password, "device": {"id": str(new_id())}}


def count(app: Flask, row: type[AccountRow | RecordRow]) -> int:
    """How many rows there are."""
    with house_of(app).database.transaction(writes=False) as session:
        return session.scalar(select(func.count()).select_from(row)) or 0


def test_signing_up_again_gives_the_same_account(app: Flask, cast: Cast) -> None:
    body = new_person()
    first, again = knock(app, "sign-up", body), knock(app, "sign-up", body)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json["record_id"] == again.json["record_id"] == body["record_id"]
    assert first.json["account"] == again.json["account"]
    assert (count(app, AccountRow), count(app, RecordRow)) == (7, 3)
    headers = {"Authorization": f"Bearer {again.json['access']}"}
    me: Any = app.test_client().get("/api/me", headers=headers).json
    assert (me["name"], me["role"], me["record_id"]) == ("島田 梅", "patient", body["record_id"])


def test_signing_up_twice_at_the_same_moment_makes_one_account(app: Flask, cast: Cast) -> None:
    body = new_person()
    with ThreadPoolExecutor(4) as pool:
        answers = [each.status_code for each in pool.map(lambda _: knock(app, "sign-up", body), range(4))]
    # The phone tries again when the house was busy with its first try.
    assert 201 in answers
    assert set(answers) <= {201, 503}
    assert (count(app, AccountRow), count(app, RecordRow)) == (7, 3)


def test_an_e_mail_of_another_person_is_refused_and_says_no_more(app: Flask, cast: Cast) -> None:
    taken = knock(app, "sign-up", new_person(email=email("hanako")))
    wrong = knock(app, "sign-up", new_person(email="no-address"))
    spelled = knock(app, "sign-up", new_person(email=f" {email('hanako').upper()} "))
    used_id = knock(app, "sign-up", new_person(id=str(cast.hanako.id)))
    assert taken.status_code == 422
    assert seen(taken) == seen(wrong) == seen(spelled) == seen(used_id)
    assert count(app, AccountRow) == 6


def test_a_record_id_of_another_person_is_refused(app: Flask, cast: Cast) -> None:
    answer = knock(app, "sign-up", new_person(record_id=str(OTHER_RECORD)))
    assert (answer.status_code, answer.json["problem"]) == (409, "id_used_otherwise")
    assert count(app, AccountRow) == 6


def test_signing_up_is_no_place_to_guess_passwords_at(app: Flask, cast: Cast) -> None:
    # Whoever knows a doctor's id and e-mail could otherwise try without being counted.
    sato = {"id": str(cast.sato.id), "email": email("sato")}
    assert knock(app, "sign-up", new_person(**sato, password=PASSWORD)).status_code == 422
    hanako = {"id": str(cast.hanako.id), "email": email("hanako")}
    with clock.held(NOW):
        told = [knock(app, "sign-up", new_person(**hanako)).json["problem"] for _ in range(FREE_TRIES + 1)]
        assert told == ["sign_in_wrong"] * FREE_TRIES + ["wait_before_retry"]
        assert knock(app, "sign-in", signing_in("hanako")).json["problem"] == "wait_before_retry"


@pytest.mark.parametrize(("length", "status"), [(14, 422), (15, 201), (256, 201), (257, 422)])
def test_a_password_has_fifteen_characters_or_more(app: Flask, length: int, status: int) -> None:
    answer = knock(app, "sign-up", new_person(password="猫" * length))
    assert answer.status_code == status
    if status == 422:
        assert answer.json["field"] == "password"


def test_a_short_password_is_told_in_her_language(app: Flask) -> None:
    told = knock(app, "sign-up", new_person(password="short"), **{"Accept-Language": "en"})
    assert told.json["problem"] == "password_short"
    assert "15" in told.json["message"]
    assert told.json["message"].isascii()


@pytest.mark.parametrize(
    "wrong",
    [
        {"born_on": "1950-02-31"},
        {"sex": "x"},
        {"name": ""},
        {"id": "x"},
        {"device": {}},
        {"device": {"id": str(new_id()), "label": "\x07"}},
        {"role": "practitioner"},
    ],
)
def test_a_sign_up_that_cannot_be_is_refused(app: Flask, wrong: dict[str, object]) -> None:
    assert knock(app, "sign-up", new_person(**wrong)).status_code == 422
    assert count(app, AccountRow) == 6


def test_signing_in(app: Flask, cast: Cast) -> None:
    answer = knock(app, "sign-in", signing_in("hanako"))
    assert answer.status_code == 200
    assert answer.json["account"]["name"] == "山田 花子"
    assert answer.json["record_id"] == str(cast.record)
    # An old proof that comes along is no reason to turn her away.
    assert knock(app, "sign-in", signing_in("hanako"), Authorization="Bearer old").status_code == 200


def test_nobody_and_a_wrong_password_look_the_same(app: Flask, cast: Cast) -> None:
    wrong = knock(app, "sign-in", signing_in("hanako", "wrong"))
    nobody = knock(app, "sign-in", signing_in("nobody"))
    assert wrong.status_code == 401
    assert seen(wrong) == seen(nobody)


def test_after_five_failures_she_waits_longer_and_longer(app: Flask, cast: Cast) -> None:
    moment, waits = NOW, []
    for name in ("hanako", "nobody"):  # whether or not there is such an account
        for _ in range(FREE_TRIES):
            with clock.held(moment):
                assert knock(app, "sign-in", signing_in(name, "wrong")).json["problem"] == "sign_in_wrong"
    for _ in range(5):
        with clock.held(moment):
            told = knock(app, "sign-in", signing_in("hanako"))  # right, but too early
            assert told.json["problem"] == "wait_before_retry"
            assert told.json == knock(app, "sign-in", signing_in("nobody")).json
            waits.append(told.json["words"]["seconds"])
        moment += timedelta(seconds=waits[-1])
        for name in ("hanako", "nobody"):
            with clock.held(moment):
                assert knock(app, "sign-in", signing_in(name, "wrong")).json["problem"] == "sign_in_wrong"
    assert waits == [1, 2, 4, 8, 16]
    with clock.held(moment + LONGEST_WAIT):
        assert knock(app, "sign-in", signing_in("hanako")).status_code == 200
        assert knock(app, "sign-in", signing_in("hanako", "wrong")).json["problem"] == "sign_in_wrong"


@pytest.mark.parametrize("failures", [20, 52, 1_100, 2**40])
def test_however_many_failures_the_wait_has_an_end(app: Flask, cast: Cast, failures: int) -> None:
    house = house_of(app)
    digest = house.ring.lookup("email", email("hanako"))
    with house.database.transaction() as session:
        session.add(SignInTriesRow(email_digest=digest, failures=failures, last_at=NOW))
    with clock.held(NOW):
        assert knock(app, "sign-in", signing_in("hanako")).json["words"] == {"seconds": 900}
    with clock.held(NOW + LONGEST_WAIT):
        assert knock(app, "sign-in", signing_in("hanako")).status_code == 200


def test_tries_at_the_same_moment_are_all_counted(app: Flask, cast: Cast) -> None:
    house = house_of(app)
    with clock.held(NOW), ThreadPoolExecutor(FREE_TRIES + 3) as pool:
        told = list(pool.map(lambda _: _try(house), range(FREE_TRIES + 3)))
    assert sorted(told) == ["sign_in_wrong"] * FREE_TRIES + ["wait_before_retry"] * 3


def _try(house: House) -> str:
    with house.database.transaction() as session:
        answer = house.accounts.sign_in(session, email("taro"), "wrong")
    assert isinstance(answer, Problem)
    return answer.code


def test_a_person_s_own_pepper_and_salt(cast: Cast) -> None:
    one, other = passwords.hashed(b"p", "x" * 15), passwords.hashed(b"p", "x" * 15)
    assert one != other
    assert one.startswith("$argon2id$v=19$m=47104,t=2,p=1$")
    assert passwords.matches(b"p", one, "x" * 15)
    assert not passwords.matches(b"q", one, "x" * 15)
    assert not passwords.matches(b"p", None, "nobody has this password")


def test_practitioners_are_found_by_a_part_of_their_name(app: Flask, cast: Cast) -> None:
    hanako = knocking(app, cast.hanako)
    found: Any = hanako.get("/api/practitioners", query_string={"name": "佐藤健"}).json
    assert [each["name"] for each in found["practitioners"]] == ["佐藤 健"]
    found = hanako.get("/api/practitioners", query_string={"name": "なぎさ"}).json
    assert [each["name"] for each in found["practitioners"]] == ["佐藤 健", "森 恵"]
    everybody = hanako.get("/api/practitioners").text
    assert "花子" not in everybody
    assert "@" not in everybody
    assert app.test_client().get("/api/practitioners").status_code == 401


def test_two_people_of_one_name_have_two_accounts(cast: Cast) -> None:
    with cast.house.database.transaction() as session:
        for nth in range(2):
            new = NewPerson(new_id(), Role.PATIENT, f"umi{nth}@example.jp", SPOKEN, "海 花子")
            assert not isinstance(cast.house.accounts.sign_up(session, new), Problem)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("name", " \u3000"),
        ("name", "島田\x00 梅"),
        ("name_kana", "\x1b"),
        ("born_on", "0001-01-01"),
        ("born_on", "1879-12-31"),
        ("born_on", "2026-03-05"),
        ("email", "ume@\x00example.jp"),
    ],
)
def test_nobody_is_called_or_born_like_that(app: Flask, cast: Cast, member: str, value: object) -> None:
    with clock.held(NOW):
        answer = knock(app, "sign-up", new_person(**{member: value}))
    assert (answer.status_code, answer.json["problem"], answer.json["field"]) == (
        422,
        "invalid_fields",
        member,
    )
    assert count(app, RecordRow) == 2
