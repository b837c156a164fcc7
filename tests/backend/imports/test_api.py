from __future__ import annotations

import io
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend.app import create_app
from backend.imports import api
from backend.settings import Settings
from shared.consent import Right, Scope
from shared.ids import new_id
from tests.backend.imports.desk import Desk, sample
from tests.cast import NOBODYS_RECORD, PASSWORD, Cast, email

APPLE = sample("apple_health/hanako_2026.xml")
PHARMACY = sample("jahis_techo/hanako_pharmacy.txt")
PARTS = (sample("jahis_techo/hanako_split_2.txt"), sample("jahis_techo/hanako_split_1.txt"))
GIGABYTE = 1_000_000_000


class Phone:
    """Somebody's phone, signed in."""

    def __init__(self, app: Flask, name: str) -> None:
        self.client: FlaskClient = app.test_client()
        device = str(new_id())
        said = self.client.post(
            "/api/sign-in",
            json={"email": email(name), "password": PASSWORD, "device": {"id": device, "label": "電話"}},
        )
        assert said.status_code == 200
        self.headers = {"Authorization": f"Bearer {said.get_json()['access']}", "Tomoni-Device": device}

    def send(self, path: str, body: Any = b"", **words: Any) -> TestResponse:
        headers = {**self.headers, **words.pop("headers", {})}
        return self.client.post(path, data=body, headers=headers, **words)

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, headers=self.headers)


@pytest.fixture
def hanako(app: Flask) -> Phone:
    return Phone(app, "hanako")


@pytest.fixture
def path(cast: Cast) -> str:
    return f"/api/records/{cast.record}/imports"


def _key(import_id: UUID | str | None = None) -> dict[str, str]:
    return {"Idempotency-Key": str(import_id or new_id())}


def _form(*parts: bytes) -> dict[str, Any]:
    return {"part": [(io.BytesIO(part), f"{number}.txt") for number, part in enumerate(parts)]}


def test_a_file_goes_the_whole_way(hanako: Phone, path: str) -> None:
    key = _key()
    first = hanako.send(f"{path}?name=書き出したデータ.xml", APPLE, headers=key)
    assert first.status_code == 201
    told = first.get_json()
    assert told["id"] == key["Idempotency-Key"]
    assert (told["state"], told["format"], told["format_label"]) == (
        "previewed",
        "apple_health",
        "Apple ヘルスケア",
    )
    assert told["name"] == "書き出したデータ.xml"
    assert told["counts"]["blood_pressure"] == {"new": 3, "same": 0, "changed": 0}
    assert told["totals"]["new"] == sum(counts["new"] for counts in told["counts"].values())
    assert told["totals"]["not_understood"] >= len(told["troubles"]) > 0
    assert set(told["troubles"][0]) == {"where", "problem", "excerpt"}
    assert told["identity"]["born_on"] == "1948-05-03"
    assert told["identity"]["mismatch"] is True
    assert (told["problem"], told["percent"], told["bytes"]) == (None, 100, len(APPLE))

    again = hanako.send(f"{path}?name=other", APPLE, headers=key)
    assert (again.status_code, again.get_json()) == (201, told)
    one = f"{path}/{told['id']}"
    assert hanako.get(one).get_json() == told
    for deed, state in (
        ("keep", "kept"),
        ("keep", "kept"),
        ("undo", "undone"),
        ("undo", "undone"),
        ("keep", "kept"),
    ):
        answer = hanako.send(f"{one}/{deed}")
        assert (answer.status_code, answer.get_json()["state"]) == (200, state)
    listed = hanako.get(path).get_json()["imports"]
    assert [(each["id"], each["state"], each["troubles"]) for each in listed] == [(told["id"], "kept", [])]


def test_scanned_codes_come_as_a_form_in_any_order(hanako: Phone, path: str) -> None:
    key = _key()
    told = hanako.send(path, _form(*PARTS), headers=key).get_json()
    assert (told["state"], told["counts"]) == (
        "previewed",
        {"dispensing": {"new": 1, "same": 0, "changed": 0}},
    )
    assert told["identity"]["mismatch"] is True  # this notebook says another birth date than her record
    again = hanako.send(path, _form(*reversed(PARTS)), headers=key)
    assert again.get_json() == told


def test_a_missing_part_is_told_in_her_language_and_kept(hanako: Phone, path: str) -> None:
    for language, words in (("ja", "あと 1 つ"), ("en", "1")):
        answer = hanako.send(path, PARTS[0], headers={**_key(), "Accept-Language": language})
        told = answer.get_json()
        assert (answer.status_code, told["state"], told["bytes"]) == (201, "refused", len(PARTS[0]))
        assert told["problem"]["problem"] == "jahis_part_missing"
        assert words in told["problem"]["message"]


class Zeros(io.RawIOBase):
    """A body without end; counts what was taken of it."""

    taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.taken += len(buffer)
        return len(buffer)


def _streamed(body: io.IOBase, length: int | None) -> dict[str, Any]:
    """As gunicorn hands a body on: a stream that ends by itself, with or without an announced length."""
    environ = {
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "CONTENT_LENGTH": "" if length is None else str(length),
    }
    return {"environ_overrides": environ, "content_type": "application/octet-stream"}


def test_a_gigabyte_beyond_the_limit_is_refused_before_it_is_read(
    hanako: Phone, path: str, desk: Desk
) -> None:
    endless = Zeros()
    answer = hanako.send(path, headers=_key(), **_streamed(endless, 3 * GIGABYTE))
    assert (answer.status_code, answer.get_json()["problem"]) == (413, "too_big")
    assert "2048 MB" in answer.get_json()["message"]
    assert endless.taken == 0
    assert (desk.rows("imports"), desk.rows("import_pieces")) == (0, 0)


def test_a_body_without_a_length_is_cut_off_at_the_limit(settings: Settings, path: str, desk: Desk) -> None:
    app = create_app(replace(settings, upload_limit_mb=20))
    endless = Zeros()
    answer = Phone(app, "hanako").send(path, headers=_key(), **_streamed(endless, None))
    assert (answer.status_code, answer.get_json()["problem"]) == (413, "too_big")
    assert 20_000_000 <= endless.taken < 22_000_000
    assert (desk.rows("imports"), desk.rows("import_pieces")) == (0, 0)
    app.extensions["tomoni_house"].database.close()


def test_a_form_that_is_no_set_of_codes_is_refused(hanako: Phone, path: str) -> None:
    answer = hanako.send(path, _form(bytes(api.FORM_BYTES)), headers=_key())
    assert (answer.status_code, answer.get_json()["problem"]) == (413, "too_big")
    assert "0.4 MB" in answer.get_json()["message"]


def test_a_body_that_was_cut_off_is_not_taken_for_the_whole(hanako: Phone, path: str, desk: Desk) -> None:
    answer = hanako.send(path, headers=_key(), **_streamed(io.BytesIO(APPLE[:5000]), len(APPLE)))
    assert (answer.status_code, answer.get_json()["problem"]) == (422, "bad_request")
    assert (desk.rows("imports"), desk.rows("import_pieces")) == (0, 0)


def test_the_same_id_for_another_file_is_told(hanako: Phone, path: str) -> None:
    key = _key()
    hanako.send(path, APPLE, headers=key)
    answer = hanako.send(path, PHARMACY, headers=key)
    assert (answer.status_code, answer.get_json()["problem"]) == (409, "id_used_otherwise")


@pytest.mark.parametrize("key", ["", "not-an-id", "123"])
def test_an_import_needs_an_id_of_its_own(hanako: Phone, path: str, key: str) -> None:
    answer = hanako.send(path, APPLE, headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.get_json()["field"]) == (422, "Idempotency-Key")


def test_a_zone_is_answered_by_its_name(hanako: Phone, path: str) -> None:
    told = hanako.send(path, APPLE, headers=_key()).get_json()
    one = f"{path}/{told['id']}/answers"
    assert hanako.send(one, b'{"zone":"Asia/Kolkata"}').get_json()["state"] == "previewed"
    for wrong in ("Mars/Base", "../../etc/passwd", ""):
        assert hanako.send(one, b'{"zone":"%s"}' % wrong.encode()).status_code == 422


def test_troubles_are_paged(hanako: Phone, path: str) -> None:
    lines = [b"JAHISTC08,1", *(b"%d,x" % number for number in range(760, 880))]
    told = hanako.send(path, b"\r\n".join(lines) + b"\r\n", headers=_key()).get_json()
    assert (told["trouble_count"], len(told["troubles"])) == (120, 50)
    page = hanako.get(f"{path}/{told['id']}?after=100&limit=50").get_json()
    assert [each["excerpt"] for each in page["troubles"]] == [f"{number},x" for number in range(860, 880)]
    assert hanako.get(f"{path}/{told['id']}?limit=100000").status_code == 422


def test_a_stranger_finds_no_inbox(app: Flask, cast: Cast, hanako: Phone, path: str) -> None:
    told = hanako.send(path, PHARMACY, headers=_key()).get_json()
    cast.lets_in(cast.sato, Scope.VITALS, Scope.WEARABLES, Scope.MEDICINES, rights=(Right.READ, Right.WRITE))
    nobodys = f"/api/records/{NOBODYS_RECORD}/imports"
    for name in ("sato", "kato", "taro"):
        phone = Phone(app, name)
        for base in (path, nobodys):
            answers = [
                phone.send(base, PHARMACY, headers=_key(told["id"])),
                phone.get(base),
                phone.get(f"{base}/{told['id']}"),
                phone.send(f"{base}/{told['id']}/keep"),
                phone.send(f"{base}/{told['id']}/undo"),
                phone.send(f"{base}/{told['id']}/answers", b'{"zone":"Asia/Tokyo"}'),
            ]
            assert {answer.status_code for answer in answers} == {404}
            assert len({answer.data for answer in answers}) == 1
    unsigned = app.test_client().post(path, data=PHARMACY, headers=_key())
    assert unsigned.status_code == 401


def test_every_refusal_is_in_the_visitors_book(app: Flask, cast: Cast, path: str, hanako: Phone) -> None:
    cast.lets_in(cast.sato, Scope.VITALS)
    Phone(app, "sato").send(path, PHARMACY, headers=_key())
    visits = hanako.get(f"/api/records/{cast.record}/visits").get_json()["visits"]
    refused = [visit for visit in visits if visit["outcome"] == "refused"]
    assert len(refused) == 1
    assert refused[0]["who"]["id"] == str(cast.sato.id)
    opened = [visit for visit in visits if visit["outcome"] == "opened"]
    assert all(visit["who"]["id"] != str(cast.sato.id) for visit in opened)
