"""A post of columns that asks for a result for every reading."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from flask import Flask

from tests.backend.wearables.test_api import MORNING, at, signed_in, steps
from tests.cast import Cast


def bits(answer: Any, count: int) -> list[int]:
    packed = np.frombuffer(base64.b64decode(answer["bitmap"]), np.uint8)
    return [int(bit) for bit in np.unpackbits(packed)[:count]]


def post(client: Any, sent: dict[str, Any]) -> Any:
    answer = client.post(at("?results=bitmap"), json=sent)
    assert answer.status_code == 200, answer.text
    return answer.json


def test_a_bit_for_every_reading(app: Flask, cast: Cast) -> None:
    hanako = signed_in(app, "hanako")
    first = post(hanako, steps())
    assert (first["new"], first["same"], bits(first, 2), first["refused"]) == (2, 0, [1, 1], [])
    more = steps(
        start=[MORNING, MORNING + 120_000, MORNING + 120_000],
        end=[MORNING + 60_000, MORNING + 180_000, MORNING + 180_000],
        value=[12, 7, 7],
    )
    again = post(hanako, more)
    assert (again["new"], again["same"], bits(again, 3)) == (1, 2, [0, 1, 0])


def test_another_source_is_another_reading(app: Flask, cast: Cast) -> None:
    hanako = signed_in(app, "hanako")
    post(hanako, steps())
    assert bits(post(hanako, steps(source="Watch")), 2) == [1, 1]


def test_one_that_cannot_be_holds_up_no_other(app: Flask, cast: Cast) -> None:
    hanako = signed_in(app, "hanako")
    wrong = steps(
        start=[MORNING, MORNING + 60_000, MORNING + 120_000],
        end=[MORNING + 60_000, MORNING, MORNING + 180_000],
        value=[12, 5, -4],
    )
    assert hanako.post(at(""), json=wrong).status_code == 422
    answer = post(hanako, wrong)
    assert (answer["new"], answer["same"], bits(answer, 3)) == (1, 0, [1, 0, 0])
    assert [(each["index"], each["problem"]) for each in answer["refused"]] == [
        (1, "ends_before_start"),
        (2, "value_impossible"),
    ]
    assert post(hanako, steps(value=["x", None]))["refused"][1]["problem"] == "not_a_number"


def test_columns_that_do_not_belong_together_are_refused_whole(app: Flask, cast: Cast) -> None:
    hanako = signed_in(app, "hanako")
    for wrong in (steps(value=[1]), steps(stream="sunshine"), steps(start=[], end=[], value=[])):
        assert hanako.post(at("?results=bitmap"), json=wrong).status_code == 422
    assert hanako.post(at("?results=all"), json=steps()).status_code == 422
