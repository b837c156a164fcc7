"""The door of data points: a result for every one, nothing twice, and a bad one holds up no other."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Flask

from shared.consent import Scope
from shared.ids import new_id
from tests.backend.wearables.test_api import signed_in
from tests.cast import NOBODYS_RECORD, RECORD, Cast

AT = "2024-10-04T10:00:00+09:00"


def at(record: UUID = RECORD) -> str:
    return f"/api/records/{record}/data-points"


def q(value: object, unit: str) -> dict[str, object]:
    return {"value": value, "unit": unit}


def point(
    schema: str, when: str = AT, minutes: int = 0, modality: str = "sensed", **body: Any
) -> dict[str, Any]:
    frame: dict[str, Any] = {"date_time": when}
    if minutes:
        frame = {"time_interval": {"start_date_time": when, "duration": q(minutes, "min")}}
    header = {
        "uuid": str(new_id()),
        "schema_id": {"namespace": "ieee", "name": schema, "version": "1.0"},
        "source_creation_date_time": when,
        "modality": modality,
    }
    return {"header": header, "body": {"effective_time_frame": frame, **body}}


def pulse(value: object, when: str = AT) -> dict[str, Any]:
    return point("heart-rate", when, heart_rate=q(value, "beats/min"))


def pressure(high: object, low: object = 80, when: str = AT) -> dict[str, Any]:
    return point(
        "blood-pressure",
        when,
        systolic_blood_pressure=q(high, "mmHg"),
        diastolic_blood_pressure=q(low, "mmHg"),
    )


def states(answer: Any) -> list[str]:
    return [each["state"] for each in answer["results"]]


def send(client: Any, *points: object, **more: Any) -> Any:
    answer = client.post(at(), json={"delivery": str(new_id()), "points": points, **more})
    assert answer.status_code == 200, answer.text
    return answer.json


def test_every_point_has_its_own_result(app: Flask, cast: Cast) -> None:
    hanako: Any = signed_in(app, "hanako")
    walk = point("physical-activity", minutes=30, activity_name="walking")
    sent = [pulse(61), pressure(128), {"header": {}}, pulse(61), pressure(20), walk, pulse("x")]
    answer = send(hanako, *sent)
    assert states(answer) == ["kept", "kept", "refused", "same", "refused", "kept", "refused"]
    assert (answer["kept"], answer["same"], answer["refused"]) == (3, 1, 3)
    problems = [each["problem"]["problem"] for each in answer["results"] if each["problem"]]
    assert problems == ["point_shape", "value_impossible", "not_a_number"]
    assert len(hanako.get(f"/api/records/{RECORD}/vitals").json["vitals"]) == 1
    day = hanako.get(f"/api/records/{RECORD}/streams/heart_rate/readings?day=2024-10-04").json
    assert [source["value"] for source in day["sources"]] == [[61]]


def test_the_same_again_changes_nothing(app: Flask, cast: Cast) -> None:
    hanako: Any = signed_in(app, "hanako")
    post = {
        "delivery": str(new_id()),
        "points": [pulse(61), pressure(128), pulse(62, "2024-10-05T10:00:00+09:00")],
    }
    assert hanako.post(at(), json=post).json["kept"] == 3
    assert hanako.post(at(), json=post).json["same"] == 3
    assert states(send(hanako, *post["points"])) == ["same"] * 3  # under another delivery, too


def test_what_is_improbable_is_asked_about(app: Flask, cast: Cast) -> None:
    hanako: Any = signed_in(app, "hanako")
    (result,) = send(hanako, pressure(232, 120))["results"]
    assert (result["state"], result["problem"]["problem"]) == ("refused", "value_improbable")
    assert states(send(hanako, pressure(232, 120), confirmed=True)) == ["kept"]


def test_a_moment_in_utc_has_the_offset_of_her_zone(app: Flask, cast: Cast) -> None:
    hanako: Any = signed_in(app, "hanako")
    send(hanako, pressure(128, when="2024-10-04T01:00:00Z"))
    (vital,) = hanako.get(f"/api/records/{RECORD}/vitals").json["vitals"]
    assert vital["taken_at"].startswith("2024-10-04T10:00:00")


def test_readings_of_the_far_future_are_refused_by_name(app: Flask, cast: Cast) -> None:
    hanako: Any = signed_in(app, "hanako")
    (result,) = send(hanako, pulse(61, "2199-01-01T00:00:00Z"))["results"]
    assert result["problem"]["problem"] == "time_impossible"


def of_person(person: str, sent: dict[str, Any]) -> dict[str, Any]:
    return {**sent, "header": {**sent["header"], "user_id": person}}


def test_points_of_a_second_person_are_refused_as_in_a_file(app: Flask, cast: Cast) -> None:
    hanako: Any = signed_in(app, "hanako")
    sent = [
        pulse(61),
        of_person("hanako", pulse(62)),
        of_person("taro", pulse(90)),
        of_person("taro", pressure(150)),
    ]
    answer = send(hanako, *sent, of_person("hanako", pressure(128)), of_person("taro", {"header": {}}))
    assert states(answer) == ["kept", "kept", "refused", "refused", "kept", "refused"]
    assert [each["problem"]["problem"] for each in answer["results"] if each["problem"]] == [
        "point_other_person",
        "point_other_person",
        "point_shape",
    ]
    assert len(hanako.get(f"/api/records/{RECORD}/vitals").json["vitals"]) == 1


def test_what_no_body_can_have_is_refused(app: Flask, cast: Cast) -> None:
    hanako: Any = signed_in(app, "hanako")
    oxygen = point("oxygen-saturation", oxygen_saturation=q(980, "%"))
    answer = send(hanako, pulse(9999), oxygen, pulse(1e9), pulse(61))
    assert states(answer) == ["refused", "refused", "refused", "kept"]
    assert {each["problem"]["problem"] for each in answer["results"] if each["problem"]} == {
        "value_impossible"
    }


def test_a_refused_point_says_what_is_true_of_a_post(app: Flask, cast: Cast) -> None:
    """The original of a file is kept, whatever of it is not understood; of a post nothing is, and nobody says so."""
    hanako: Any = signed_in(app, "hanako")
    mean = point("body-weight", body_weight=q(60, "kg"), descriptive_statistic="minimum")
    timeless = pulse(61)
    del timeless["body"]["effective_time_frame"]
    asleep = point("sleep-duration", minutes=480, sleep_duration=q(7, "h"))
    wrong = [
        point("moods"),
        point("body-weight", body_weight=q(60, "ells")),
        timeless,
        mean,
        asleep,
        "nothing",
    ]
    results = send(hanako, *wrong)["results"]
    assert [each["problem"]["problem"] for each in results] == [
        "point_type_not_yet",
        "point_unit_unknown",
        "point_moment_missing",
        "point_statistic",
        "point_sleep_sum",
        "point_broken",
    ]
    for each in results:
        assert "保管" not in each["problem"]["message"]
        assert "記録してい" in each["problem"]["message"]


def test_who_may_send(app: Flask, cast: Cast) -> None:
    post = {"delivery": str(new_id()), "points": [pulse(61)]}
    assert app.test_client().post(at(), json=post).status_code == 401
    assert signed_in(app, "kato").post(at(), json=post).status_code == 404
    assert signed_in(app, "hanako").post(at(NOBODYS_RECORD), json=post).status_code == 404
    cast.lets_in(cast.sato, Scope.WEARABLES)
    assert signed_in(app, "sato").post(at(), json=post).status_code == 404


def test_a_post_is_bounded(app: Flask, cast: Cast) -> None:
    hanako: Any = signed_in(app, "hanako")
    wrong: tuple[object, ...] = ([], [1] * 1001, {}, None)
    for points in wrong:
        answer = hanako.post(at(), json={"delivery": str(new_id()), "points": points})
        assert answer.status_code in {400, 422}
