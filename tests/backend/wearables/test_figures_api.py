"""The doors of figures: who may knock, what makes no sense, and an order that only its owner gives."""

from __future__ import annotations

from typing import Any

from flask import Flask

from backend import jobs
from backend.wearables import sources
from shared.consent import Scope
from tests.backend.wearables.test_api import MORNING, at, signed_in, steps
from tests.cast import NOBODYS_RECORD, Cast

SPAN = f"from={MORNING}&to={MORNING + 86_400_000}"
READING = (f"/steps/points?{SPAN}", "/steps/weeks", "/steps/months", "/glucose", "/resting", "/sources")
SENSELESS = (
    "/moods/weeks",
    "/moods/points?from=1&to=2",
    "/steps_reported/weeks",
    f"/sleep/points?{SPAN}",
    "/steps/points",
    "/steps/points?from=2&to=1",
    "/steps/points?from=a&to=b",
    f"/steps/points?{SPAN}&width=0",
    f"/steps/points?{SPAN}&width=100000",
    f"/steps/points?from=-{10**30}&to={10**30}",
    "/steps/weeks?from=9999-12-31&to=9999-12-31",
    "/steps/months?from=9999-12-31&to=9999-12-31",
    "/steps/months?to=0001-01-31",
    "/steps/weeks?from=1950-01-01&to=2020-01-01",
    "/steps/weeks?from=x",
)


def test_everyone_let_in_reads_and_a_stranger_sees_what_is_seen_of_no_record(app: Flask, cast: Cast) -> None:
    signed_in(app, "hanako").post(at(""), json=steps())
    cast.lets_in(cast.sato, Scope.WEARABLES)
    cast.lets_in(cast.mori, Scope.VITALS)
    sato, mori, kato = (signed_in(app, name) for name in ("sato", "mori", "kato"))
    for path in READING:
        assert sato.get(at(path)).status_code == 200, path
        for client in (mori, kato):
            hers, nobodys = client.get(at(path)), client.get(at(path, NOBODYS_RECORD))
            assert (hers.status_code, hers.data) == (404, nobodys.data), path
        assert app.test_client().get(at(path)).status_code == 401
    for client in (sato, mori, kato):
        assert client.put(at("/sources"), json={"order": [1]}).status_code == 404


def test_what_makes_no_sense_is_told_so(app: Flask) -> None:
    hanako = signed_in(app, "hanako")
    for path in SENSELESS:
        assert hanako.get(at(path)).status_code == 422, path
    for order in ([], ["1"], [1.5], [True], None):
        assert hanako.put(at("/sources"), json={"order": order}).status_code == 422, order
    for path in ("/glucose", "/resting"):
        assert hanako.get(at(f"{path}?to=0001-01-31")).status_code == 200


def test_her_order_is_kept(app: Flask) -> None:
    hanako = signed_in(app, "hanako")
    for source in ("Watch", "iPhone"):
        hanako.post(at(""), json=steps(source=source))
    told: Any = hanako.get(at("/sources")).json
    ids = [each["id"] for each in told["sources"]]
    turned: Any = hanako.put(at("/sources"), json={"order": ids[::-1]}).json
    assert [each["name"] for each in turned["sources"]] == ["iPhone", "Watch"]
    assert hanako.get(at("/sources")).json == turned
    assert hanako.put(at("/sources"), json={"order": [*ids, 99]}).status_code == 409


def test_who_looks_is_told_that_days_are_still_being_summed_up(app: Flask, cast: Cast) -> None:
    """Her screen may have been closed since she ordered them; whoever reads them is told too, until it is done."""
    hanako: Any = signed_in(app, "hanako")
    start = [MORNING - n * 86_400_000 for n in range(sources.SMALL + 10)]
    end = [each + 60_000 for each in start]
    for source in ("Watch", "iPhone"):
        hanako.post(at(""), json=steps(source=source, start=start, end=end, value=[7] * len(start)))
    ids = [each["id"] for each in hanako.get(at("/sources")).json["sources"]]
    assert hanako.put(at("/sources"), json={"order": ids[::-1]}).json["is_summing_up"] is True
    cast.lets_in(cast.sato, Scope.WEARABLES)
    sato: Any = signed_in(app, "sato")
    for client in (hanako, sato):
        assert client.get(at("/sources")).json["is_summing_up"] is True
    assert jobs.run_due(cast.house) == 1
    assert hanako.get(at("/sources")).json["is_summing_up"] is False
