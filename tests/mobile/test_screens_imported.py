"""What files and devices bring beside the value: what a device said of the measuring, and kinds that nobody types."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mobile import wording
from mobile.events import ReadingsLoaded, SignedOut, TodayLoaded
from mobile.screens.readings import state as readings
from mobile.screens.readings.state import line_of
from mobile.screens.touches import Go, Pressed, Shown
from mobile.seen import Kept
from shared.kinds import KINDS
from shared.vitals import MeasuringStatus
from tests.mobile.examples import NOW, one, pressure

COMPOSITION = {
    *("bmi", "muscle_mass", "skeletal_muscle", "visceral_fat", "basal_metabolism", "body_water"),
    *("bone_mass", "body_age", "vo2_max"),
}


def today(*latest: Kept) -> TodayLoaded:
    return TodayLoaded(NOW, latest, (), None, None, (), 0, None)


def test_what_the_device_said_stands_beside_the_value() -> None:
    kept = pressure(NOW, 131, 79)
    assert line_of(kept)[2] == "脈拍 68"
    told = frozenset({MeasuringStatus.MOVED, MeasuringStatus.IRREGULAR_PULSE})
    said = line_of(replace(kept, vital=replace(kept.vital, status=told)))
    assert said[1] == "131 / 79"
    assert said[2] == "脈拍 68 ・ 脈の不規則（機器の表示） ・ 体の動き（機器の表示）"


def test_nobody_types_body_composition() -> None:
    assert set(KINDS) - set(wording.OFFERED) == COMPOSITION
    assert all(wording.kind_name(kind) != kind for kind in KINDS)


@pytest.mark.parametrize("kind", sorted(COMPOSITION))
def test_an_imported_kind_is_listed_once_there_is_one(kind: str) -> None:
    state, _ = readings.step(readings.State(), today(one("weight", "52.3")))
    assert state.imported == ()
    state, _ = readings.step(state, today(one("weight", "52.3"), one(kind, "21")))
    assert state.imported == (kind,)
    # It stays in the list whatever is looked at, and is not offered for typing.
    state, _ = readings.step(state, Pressed("kind", kind))
    assert (state.kind, state.imported) == (kind, (kind,))
    state, _ = readings.step(state, ReadingsLoaded(kind, 30, (one(kind, "21"),)))
    assert readings.step(state, Pressed("add"))[1] == ()
    assert line_of(state.shown[0])[1].startswith("21 ")
    state, _ = readings.step(state, Shown("weight"))
    assert state.imported == (kind,)
    assert readings.step(state, Pressed("add"))[1] == (Go("add_reading", "weight"),)
    assert readings.step(state, SignedOut(0))[0].imported == ()
