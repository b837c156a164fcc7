"""Every door answers what /api/openapi.json says of it: the cast knocks everywhere, and is let in or refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from backend.http import ANYONE, ROUTES, Route
from backend.web import openapi
from shared import clock
from shared.consent import Purpose, Right
from shared.ids import new_id
from shared.kinds import Meal
from shared.schema import Stamp
from shared.sync import Change, Word
from shared.sync_schema import Told, told_members
from tests.backend.doors import Knocking, knocking, members, path_of
from tests.backend.imports.desk import sample
from tests.backend.medicines.cupboard import AMLODIPINE, NORVASC, change, typed
from tests.backend.people import MORNING, pressure, weight
from tests.cast import PASSWORD, RECORD, Cast, email
from tests.contract import complaints

HERS = f"/api/records/{RECORD}"
NOW = MORNING + timedelta(hours=1)
PUBLISHED = openapi.published(ROUTES)


def named(route: Route) -> str:
    return f"{route.method} {route.rule}"


@dataclass
class Visitor:
    """Somebody who knocks, and looks at every answer; ``heard`` is what she was told, by door."""

    app: Flask
    who: Knocking
    heard: set[tuple[str, int]] = field(default_factory=set)

    def ask(self, method: str, path: str, status: int, **sent: Any) -> Any:
        """One request that is answered with ``status``, as described."""
        answer = self.who.ask(method, path, **sent)
        self.look(method, path, answer)
        assert answer.status_code == status, answer.text
        return answer.json if answer.is_json else None

    def look(self, method: str, path: str, answer: TestResponse) -> None:
        """Hold an answer against the document."""
        matched = self.app.url_map.bind("localhost").match(path.partition("?")[0], method, return_rule=True)
        rule = matched[0].rule
        assert list(complaints(method, rule, answer)) == []
        self.heard.add((f"{method} {rule}", answer.status_code))


@pytest.fixture(autouse=True)
def that_morning() -> Iterator[None]:
    with clock.held(NOW):
        yield


@pytest.fixture
def hanako(app: Flask, cast: Cast) -> Visitor:
    return Visitor(app, knocking(app, cast.hanako))


def test_every_door_lets_in_as_described(app: Flask, cast: Cast, hanako: Visitor) -> None:
    signs_in(hanako)
    measures(hanako)
    wears(hanako)
    imports(hanako)
    knows(hanako)
    is_checked(hanako)
    looks_up(hanako)
    pays(hanako)
    lets_in(hanako, cast)
    sato = Visitor(app, knocking(app, cast.sato), hanako.heard)
    listed = sato.ask("GET", "/api/records", 200)["records"]
    assert {"vitals", "wearables", "medicines", "findings"} <= listed[0].keys()
    assert listed[0]["wearables"]
    assert listed[0]["medicines"]["medicines"] > 0
    assert sato.ask("GET", "/api/me", 200)["record_id"] is None
    told = sato.ask("GET", f"{HERS}/sync/pull?after=0", 200)
    assert {change["word"] for change in told["changes"]} >= {"vital", "day", "dispensing", "finding"}
    ends_it(hanako)
    let_in = {door for door, status in hanako.heard if status < 300}
    assert let_in == {named(route) for route in PUBLISHED}


def signs_in(her: Visitor) -> None:
    device = {"id": str(her.who.device), "label": "電話"}
    her.ask("GET", "/api/openapi.json", 200)
    her.ask("GET", "/api/docs", 200)
    new = {"id": str(new_id()), "record_id": str(new_id()), "email": "umi@example.jp", "password": PASSWORD}
    new |= {"name": "海野 波子", "born_on": "1950-01-02"}
    her.ask("POST", "/api/sign-up", 201, json={**new, "device": device})
    taken = {**new, "id": str(new_id()), "record_id": str(RECORD), "email": "nami@example.jp"}
    her.ask("POST", "/api/sign-up", 409, json={**taken, "device": device})
    wrong = {"email": email("hanako"), "password": "ちがう", "device": device}
    for _ in range(6):
        her.ask("POST", "/api/sign-in", 401, json=wrong)
    kimura = {"email": email("kimura"), "password": PASSWORD, "device": device}
    tokens = her.ask("POST", "/api/sign-in", 200, json=kimura)
    tokens = her.ask("POST", "/api/refresh", 200, json={"refresh": tokens["refresh"]})
    her.ask("POST", "/api/sign-out", 204, json={"refresh": tokens["refresh"]})
    her.ask("POST", "/api/refresh", 401, json={"refresh": tokens["refresh"]})
    her.ask("GET", "/api/me", 200)
    found = her.ask("GET", "/api/practitioners?name=佐藤", 200)["practitioners"]
    assert [one["facility"] for one in found] == ["なぎさ島診療所"]


def measures(her: Visitor) -> None:
    assert her.ask("GET", f"{HERS}/vitals/summary", 200)["jsh"]["morning"]["mean"] is None
    vital, at = pressure(note="よく眠れた"), f"{HERS}/vitals"
    her.ask("POST", at, 201, json=members(vital))
    her.ask("POST", at, 409, json=members(pressure(id=vital.id, systolic=140)))
    her.ask("POST", at, 409, json=members(pressure(systolic=235, minutes=5)))
    her.ask("POST", at, 201, json=members(pressure(systolic=235, minutes=5), confirmed=True))
    her.ask("POST", at, 201, json=members(weight(minutes=6), session="morning"))
    sugar = {"kind": "blood_glucose", "value": "110", "meal": next(iter(Meal)).value}
    her.ask("POST", at, 201, json={**members(weight(minutes=7)), **sugar})
    stamp = NOW + timedelta(minutes=1)
    changed = members(pressure(id=vital.id, systolic=133))
    her.ask("PUT", f"{at}/{vital.id}?edited_at={_z(stamp)}", 200, json=changed)
    other = members(weight(minutes=9))
    her.ask("POST", at, 201, json=other)
    her.ask("DELETE", f"{at}/{other['id']}?edited_at={_z(stamp)}", 200)
    her.ask("DELETE", f"{at}/{new_id()}?edited_at={_z(stamp)}", 404)
    late = f"{at}/{other['id']}?edited_at={_z(MORNING + timedelta(seconds=1))}"
    her.ask("DELETE", late, 200)
    told = her.ask("GET", f"{at}/{other['id']}/versions", 200)["versions"]
    assert {each["vital"] is None for each in told} == {True, False}
    assert len(her.ask("GET", f"{at}?kind=blood_pressure&limit=5", 200)["vitals"]) == 2
    summary = her.ask("GET", f"{at}/summary", 200)
    assert summary["jsh"]["morning"]["mean"]["pulse"] == 66
    assert her.ask("GET", f"{at}/trends?from=2026-02-01", 200)["pressure"]["readings"] > 0
    her.ask("GET", f"{at}/trends?from=2026-02-02&to=2026-02-01", 422)
    pushes(her)


def pushes(her: Visitor) -> None:
    vital = weight(minutes=20)
    body = json.dumps(members(vital), ensure_ascii=False)
    told = told_members(Told(Change(Word.VITAL, vital.id, NOW, her.who.device, body), 1))
    foreign = {**told, "word": "dispensing", "id": str(new_id())}
    older = {**told, "edited_at": _z(MORNING), "body": body.replace("52.4", "52.9")}
    changes = [told, told, foreign, older, {"id": 7}, "?"]
    results = her.ask("POST", f"{HERS}/sync/push", 200, json={"changes": changes})["results"]
    assert [each["state"] for each in results] == ["kept", "same", "refused", "lost", "refused", "refused"]


def wears(her: Visitor) -> None:
    begun = clock.to_ms(MORNING)
    columns = {"source": "iPhone", "start": [begun, begun + 60_000], "value": [3, 4.5]}
    nights = {"source": "時計", "start": [begun, begun + 60_000], "end": [begun + 60_000, begun + 1_200_000]}
    for stream, values in (
        ("steps", columns),
        ("heart_rate", {**columns, "value": [63, 64.5], "comparator": [0, -1]}),
        ("sleep", {**nights, "value": [3, 4]}),
    ):
        posted = {"delivery": str(new_id()), "stream": stream, **values}
        assert her.ask("POST", f"{HERS}/streams", 200, json=posted)["new"] == 2
        assert her.ask("GET", f"{HERS}/streams/{stream}/days", 200)["days"]
        assert her.ask("GET", f"{HERS}/streams/{stream}/readings?day=2026-03-03", 200)["sources"]
        assert her.ask("GET", f"{HERS}/streams/{stream}/weeks", 200)["periods"]
        assert her.ask("GET", f"{HERS}/streams/{stream}/months?from=2026-03-03&to=2026-03-03", 200)["periods"]
    wrong = {"stream": "steps", "source": "iPhone", "start": [begun, begun + 1], "value": [3, -4]}
    told = her.ask("POST", f"{HERS}/streams?results=bitmap", 200, json={"delivery": str(new_id()), **wrong})
    assert [(each["count"], each["indices"]) for each in told["refused"]] == [(1, [1])]
    assert told["refused_bitmap"]
    her.ask("GET", f"{HERS}/streams/sunshine/days", 422)
    is_told_figures(her, begun)
    sends_points(her)


def sends_points(her: Visitor) -> None:
    made = {
        "effective_time_frame": {"date_time": MORNING.isoformat()},
        "body_weight": {"value": 52, "unit": "kg"},
    }
    schema_id = {"namespace": "omh", "name": "body-weight", "version": "3.0"}
    points = [{"header": {"id": "1", "schema_id": schema_id}, "body": made}, {"header": {}}]
    post = str(new_id())
    told = her.ask("POST", f"{HERS}/data-points", 200, json={"delivery": post, "points": points})
    assert [each["state"] for each in told["results"]] == ["kept", "refused"]
    page = her.ask("GET", f"{HERS}/deliveries?limit=1", 200)
    assert [(each["id"], each["words"]) for each in page["deliveries"]] == [(post, 1)]
    older = her.ask("GET", f"{HERS}/deliveries?before={page['before']}", 200)
    assert older["deliveries"][0]["streams"][0]["source"]
    gone = her.ask("POST", f"{HERS}/deliveries/{post}/undo", 200)
    assert (gone["words"], bool(gone["undone_at"])) == (0, True)
    her.ask("POST", f"{HERS}/deliveries/{new_id()}/undo", 404)


def is_told_figures(her: Visitor, begun: int) -> None:
    at = f"{HERS}/streams"
    day = {"delivery": str(new_id()), "source": "ウォッチ", "start": [begun], "end": [begun + 43_200_000]}
    her.ask("POST", at, 200, json={**day, "stream": "steps_reported", "value": [5000]})
    (told,) = her.ask("GET", f"{at}/steps/days", 200)["days"]
    assert told["reported"] == [{"source": "ウォッチ", "total": 5000}]
    sensor = {"delivery": str(new_id()), "source": "Libre", "start": [begun, begun + 900_000]}
    her.ask("POST", at, 200, json={**sensor, "stream": "blood_glucose", "value": [60, 181]})
    (told,) = her.ask("GET", f"{at}/blood_glucose/days", 200)["days"]
    assert told["glucose"]["low"] == told["glucose"]["high"] == 900_000
    assert her.ask("GET", f"{at}/glucose", 200)["figures"]["is_enough"] is False
    assert her.ask("GET", f"{at}/glucose?from=2026-01-01&to=2026-01-02", 200)["figures"] is None
    still = {"delivery": str(new_id()), "stream": "resting_heart_rate", "source": "時計", "start": [begun]}
    her.ask("POST", at, 200, json={**still, "value": [58]})
    assert [day["by"] for day in her.ask("GET", f"{at}/resting", 200)["days"]] == ["device"]
    drawn = her.ask("GET", f"{at}/heart_rate/points?from={begun}&to={begun + 86_400_000}&width=10", 200)
    assert (drawn["of"], drawn["value"]) == ("quarter", [63, 64.5])
    assert her.ask("GET", f"{at}/steps/points?from={begun}&to={begun + 1}", 200)["of"] == "reading"
    her.ask("GET", f"{at}/sleep/points?from={begun}&to={begun + 1}", 422)
    sources = [each["id"] for each in her.ask("GET", f"{at}/sources", 200)["sources"]]
    turned = her.ask("PUT", f"{at}/sources", 200, json={"order": sources[::-1]})
    assert [each["id"] for each in turned["sources"]] == sources[::-1]
    her.ask("PUT", f"{at}/sources", 409, json={"order": sources[1:]})
    her.ask("PUT", f"{at}/sources", 422, json={"order": [*sources, sources[0]]})


def imports(her: Visitor) -> None:
    at = f"{HERS}/imports"
    one = _hand_in(her, "jahis_techo/hanako_pharmacy.txt")
    assert one["identity"]
    two = _hand_in(her, "apple_health/hanako_2026.xml")
    assert two["troubles"]
    her.ask("POST", f"{at}?name=x", 422, data=b"x")
    refused = her.ask("POST", at, 201, data=b"\x00nothing", headers={"Idempotency-Key": str(new_id())})
    assert refused["problem"]
    assert len(her.ask("GET", at, 200)["imports"]) == 3
    her.ask("GET", f"{at}/{two['id']}?after=0&limit=1", 200)
    her.ask("GET", f"{at}/{new_id()}", 404)
    her.ask("POST", f"{at}/{two['id']}/answers", 200, json={"zone": "Asia/Tokyo"})
    her.ask("POST", f"{at}/{two['id']}/answers", 422, json={"zone": "Moon/Sea"})
    assert her.ask("POST", f"{at}/{one['id']}/keep", 200)["state"] == "kept"
    is_asked(her, at)
    comes_in_parts(her)
    her.ask("POST", f"{at}/{one['id']}/answers", 409, json={"zone": "Asia/Tokyo"})
    her.ask("POST", f"{at}/{two['id']}/keep", 200)
    assert her.ask("POST", f"{at}/{two['id']}/undo", 200)["state"] == "undone"
    assert her.ask("GET", f"{HERS}/medicines", 200)["dispensings"]
    her.ask("GET", f"{HERS}/medicines/notebook", 200)
    assert her.ask("GET", f"{HERS}/medicines/notebook/codes?since=2026-01-01", 200)["codes"]


def is_asked(her: Visitor, at: str) -> None:
    asking = _hand_in(her, "withings/weight.csv")
    assert (asking["state"], asking["question"]["ask"]) == ("asking", "zone")
    answered = her.ask("POST", f"{at}/{asking['id']}/answers", 200, json={"zone": "Asia/Tokyo"})
    assert answered["answered"][0]["zone"] == "Asia/Tokyo"
    assert her.ask("GET", f"{at}/answers", 200)["answers"]
    assert her.ask("DELETE", f"{at}/answers/withings", 200)["answers"] == []
    her.ask("DELETE", f"{at}/answers/withings", 404)


def comes_in_parts(her: Visitor) -> None:
    raw = sample("apple_health/hanako_2026.xml") + b" " * 1024 * 1024
    cut, at = 1024 * 1024, f"{HERS}/uploads/{new_id()}"
    assert her.ask("GET", at, 200)["size"] is None
    place = f"size={len(raw)}&name=export.xml"
    assert her.ask("PUT", f"{at}?offset=0&{place}", 200, data=raw[:cut])["import"] is None
    assert her.ask("PUT", f"{at}?offset=0&{place}", 409, data=raw[:cut])["words"] == {"kept": cut}
    assert her.ask("PUT", f"{at}?offset={cut}&{place}", 200, data=raw[cut:])["import"]["state"] == "waiting"
    assert her.ask("GET", at, 200)["kept"] == len(raw)


def knows(her: Visitor) -> None:
    at, finding = (
        f"{HERS}/findings",
        {"id": str(new_id()), "kind": "allergy", "text": "そば", "since": "1960"},
    )
    assert her.ask("POST", at, 201, json=finding)["finding"]["text"] == "そば"
    her.ask("POST", at, 409, json={**finding, "text": "えび"})
    refused = her.ask("POST", at, 422, json={**finding, "id": str(new_id()), "text": "983205673214"})
    assert refused["problem"] == "my_number_typed"
    stamp = f"edited_at={_z(NOW + timedelta(minutes=1))}"
    her.ask("PUT", f"{at}/{finding['id']}?{stamp}", 200, json={**finding, "reaction": "せき"})
    her.ask("PUT", f"{at}/{new_id()}?{stamp}", 422, json=finding)
    other = {**finding, "id": str(new_id()), "kind": "diagnosis", "text": "高血圧"}
    her.ask("POST", at, 201, json=other)
    her.ask("DELETE", f"{at}/{other['id']}?{stamp}", 200)
    her.ask("DELETE", f"{at}/{new_id()}?{stamp}", 404)
    listed = {each["finding"]["id"]: each["finding"] for each in her.ask("GET", at, 200)["findings"]}
    assert listed[finding["id"]]["reaction"] == "せき"
    assert other["id"] not in listed
    (before,) = her.ask("GET", f"{at}/{finding['id']}/versions", 200)["versions"]
    assert before["finding"]["reaction"] == ""


def is_checked(her: Visitor) -> None:
    at = f"{HERS}/medicines"
    twice = [typed(medicine, day=2) for medicine in (AMLODIPINE, NORVASC)]
    told = [Told(change(Word.DISPENSING, each), 1) for each in twice]
    her.ask("POST", f"{HERS}/sync/push", 200, json={"changes": [told_members(each) for each in told]})
    hit = next(hit for hit in her.ask("GET", f"{at}/checks", 200)["hits"] if hit["kind"] == "duplicate")
    assert hit["known"] is None
    known = {"reason": "切り替えのとちゅう"}
    (marked,) = [
        each["known"]
        for each in her.ask("POST", f"{at}/hits/{hit['key']}/known", 200, json=known)["hits"]
        if each["key"] == hit["key"]
    ]
    assert (marked["reason"], marked["who"]["name"]) == ("切り替えのとちゅう", "山田 花子")
    her.ask("POST", f"{at}/hits/{hit['key']}/known", 422, json={"reason": ""})
    her.ask("POST", f"{at}/hits/nothing/known", 404, json=known)
    assert her.ask("GET", f"{at}/warning", 200) == {"warned": True}


def pays(her: Visitor) -> None:
    notice = _hand_in(her, "mynaportal/hanako_notice.csv")
    assert her.ask("POST", f"{HERS}/imports/{notice['id']}/keep", 200)["counts"]["cost"]["new"] == 4
    at = f"{HERS}/costs"
    assert her.ask("GET", at, 200)["sum"]["paid"] == 6330
    her.ask("GET", f"{at}?year=1999", 200)
    her.ask("GET", f"{at}?year=soon", 422)
    her.ask("GET", f"{at}/2025.csv", 200)
    her.ask("GET", f"{at}/soon.csv", 404)


def looks_up(her: Visitor) -> None:
    at = "/api/drugs"
    assert her.ask("GET", f"{at}/master?have=x", 200) == {"version": "", "packed": None}
    assert her.ask("GET", f"{at}/knowledge", 200)["version"]
    assert her.ask("GET", f"{at}/search?q=ろきそ", 200)["products"]
    her.ask("GET", f"{at}/search", 422)


def _hand_in(her: Visitor, name: str) -> Any:
    key = {"Idempotency-Key": str(new_id())}
    return her.ask("POST", f"{HERS}/imports?name=file", 201, data=sample(name), headers=key)


def lets_in(her: Visitor, cast: Cast) -> None:
    asked: dict[str, Any] = {"id": str(new_id()), "to_account": str(cast.sato.id), "days": 90}
    asked |= {
        "scopes": ["vitals", "wearables", "medicines", "findings"],
        "rights": [Right.READ],
        "purposes": [Purpose.CARE],
    }
    grant = her.ask("POST", f"{HERS}/grants", 201, json=asked)
    assert (grant["state"], grant["revoked_at"]) == ("active", None)
    her.ask("POST", f"{HERS}/grants", 409, json={**asked, "scopes": ["vitals"]})
    her.ask("POST", f"{HERS}/grants", 422, json={**asked, "id": str(new_id()), "to_account": str(new_id())})


def ends_it(her: Visitor) -> None:
    (grant,) = her.ask("GET", f"{HERS}/grants", 200)["grants"]
    assert her.ask("POST", f"{HERS}/grants/{grant['id']}/revoke", 200)["revoked_at"]
    her.ask("POST", f"{HERS}/grants/{new_id()}/revoke", 404)
    visits = her.ask("GET", f"{HERS}/visits?limit=500", 200)["visits"]
    assert {visit["who"]["name"] for visit in visits} == {"山田 花子", "佐藤 健"}
    assert "grant" in {change["word"] for change in her.ask("GET", f"{HERS}/sync/pull", 200)["changes"]}


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_door_refuses_as_described(app: Flask, cast: Cast, language: str) -> None:
    hanako, kato = knocking(app, cast.hanako), knocking(app, cast.kato)
    refused: dict[str, set[int]] = {}
    for route in PUBLISHED:
        path = path_of(route, RECORD, {"stream": "steps"})
        words: dict[str, Any] = {"headers": {"Accept-Language": language}}
        if route.takes is not None:
            words["json"] = {"nonsense": 1}
        answers = [app.test_client().open(path, method=route.method, **words)]
        answers += [each.ask(route.method, f"{path}?nonsense=1", **words) for each in (hanako, kato)]
        for answer in answers:
            assert list(complaints(route.method, route.rule, answer)) == []
        refused[named(route)] = {answer.status_code for answer in answers} - {200}
    for route in PUBLISHED:
        expected = set() if route.needs is ANYONE else {401}
        expected |= {422} if route.takes is not None or route.asks is not None else set()
        expected |= {404} if isinstance(route.needs, tuple) else set()
        assert expected <= refused[named(route)], named(route)


def test_a_form_of_another_site_is_refused_as_described(hanako: Visitor) -> None:
    for route in PUBLISHED:
        if route.method != "GET":
            path = path_of(route, RECORD, {})
            hanako.ask(route.method, path, 403, headers={"Sec-Fetch-Site": "cross-site"})


def test_a_file_that_is_too_large_is_refused_as_described(hanako: Visitor, cast: Cast) -> None:
    too_big = {"delivery": "x" * (cast.house.settings.body_limit_mb * 1_000_000 + 1)}
    hanako.ask("POST", f"{HERS}/streams", 413, json=too_big)


def test_a_member_too_many_or_too_few_is_seen(hanako: Visitor) -> None:
    answer = hanako.who.get("/api/me")
    told: Any = answer.json
    assert list(complaints("GET", "/api/me", answer)) == []
    for spoilt in (
        {**told, "shoe_size": 23},
        {name: value for name, value in told.items() if name != "name"},
        {**told, "id": "7"},
        {**told, "role": "king"},
    ):
        answer.data = json.dumps(spoilt)
        assert len(list(complaints("GET", "/api/me", answer))) == 1
    answer.status_code = 418
    assert "is not an answer that is told of" in next(complaints("GET", "/api/me", answer))


def _z(moment: datetime) -> str:
    return str(Stamp().give(moment))
