"""A post of columns that asks for a result for every reading."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from flask import Flask

from backend.wearables.each import PostedSchema
from shared import schema
from shared.ids import new_id
from tests.backend.wearables.test_api import MORNING, at, signed_in, steps
from tests.cast import Cast


def bits(answer: Any, count: int, name: str = "bitmap") -> list[int]:
    packed = np.frombuffer(base64.b64decode(answer[name]), np.uint8)
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


def test_what_comes_twice_in_one_post_is_new_once_in_any_order(app: Flask, cast: Cast) -> None:
    hanako = signed_in(app, "hanako")
    places = [2, 0, 1, 0, 2, 2]
    start = [MORNING + place * 60_000 for place in places]
    twice = steps(start=start, end=[each + 60_000 for each in start], value=[5, 5, 5, 5, 5, 6])
    answer = post(hanako, twice)
    assert (answer["new"], answer["same"], bits(answer, 6)) == (4, 2, [1, 1, 1, 0, 0, 1])
    again = steps(start=[MORNING, MORNING + 30_000], end=[MORNING + 60_000] * 2, value=[5, 5])
    assert bits(post(hanako, again), 2) == [0, 1]


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
    assert [(each["problem"], each["count"], each["indices"]) for each in answer["refused"]] == [
        ("ends_before_start", 1, [1]),
        ("value_impossible", 1, [2]),
    ]
    assert bits(answer, 3, "refused_bitmap") == [0, 1, 1]
    (both,) = post(hanako, steps(value=["x", None]))["refused"]
    assert (both["problem"], both["field"], both["indices"]) == ("not_a_number", "value", [0, 1])


def test_a_result_for_every_one_of_very_many(app: Flask, cast: Cast) -> None:
    """As many as a post can hold, half of them wrong: an answer of bits, and each reason once with its first places."""
    hanako: Any = signed_in(app, "hanako")
    many = 150_000
    start = [MORNING + n * 1000 for n in range(many)]
    value = [60 if n % 2 else (9999 if n % 4 else "x") for n in range(many)]
    sent = {"delivery": str(new_id()), "stream": "heart_rate", "source": "W", "start": start, "value": value}
    answer = hanako.post(at("?results=bitmap"), json=sent)
    told: Any = answer.json
    assert (told["new"], told["same"]) == (many // 2, 0)
    assert bits(told, many) == [0, 1] * (many // 2)
    assert bits(told, many, "refused_bitmap") == [1, 0] * (many // 2)
    assert [(each["problem"], each["count"], len(each["indices"])) for each in told["refused"]] == [
        ("not_a_number", many // 4, 100),
        ("value_impossible", many // 4, 100),
    ]
    assert told["refused"][1]["indices"][:2] == [2, 6]
    assert len(answer.data) < 60_000
    assert hanako.post(at("?results=bitmap"), json=sent).json["same"] == many // 2


def test_every_bit_is_looked_at_before_the_record_is_opened() -> None:
    """Nobody waits for the writer meanwhile: loading the post has already told what is wrong with which."""
    posted: Any = schema.load(PostedSchema(), {**steps(value=[3, -4]), "delivery": str(new_id())})
    assert posted.apart is not None
    assert posted.apart.is_sound.tolist() == [True, False]
    assert [day.count for day in posted.staged] == [1]


def test_the_name_of_a_device_is_cleaned_as_in_files(app: Flask, cast: Cast) -> None:
    hanako: Any = signed_in(app, "hanako")
    for nameless in ("   ", "\u202e", "\u200b \ufeff"):
        refused: Any = hanako.post(at(""), json=steps(source=nameless))
        assert (refused.status_code, refused.json["field"]) == (422, "source")
    assert hanako.post(at(""), json=steps(source=" Wa\u202etch\u200b ")).status_code == 200
    assert [each["name"] for each in hanako.get(at("/sources")).json["sources"]] == ["Watch"]


def test_columns_that_do_not_belong_together_are_refused_whole(app: Flask, cast: Cast) -> None:
    hanako = signed_in(app, "hanako")
    for wrong in (steps(value=[1]), steps(stream="sunshine"), steps(start=[], end=[], value=[])):
        assert hanako.post(at("?results=bitmap"), json=wrong).status_code == 422
    assert hanako.post(at("?results=all"), json=steps()).status_code == 422
