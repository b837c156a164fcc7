from __future__ import annotations

import pytest

from backend.imports.inbox import State
from backend.records.compared import Compared
from tests.backend.imports.desk import Desk, sample
from tests.cast import Cast

APPLE = "apple_health/hanako_2026.xml"
PARTS = ("jahis_techo/hanako_split_1.txt", "jahis_techo/hanako_split_2.txt")


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return Desk(cast)


def test_an_apple_export_is_previewed_kept_and_taken_back(desk: Desk) -> None:
    previewed = desk.hand_in(sample(APPLE), name="export.xml")
    assert (previewed.state, previewed.format) == (State.PREVIEWED, "apple_health")
    assert previewed.contents.counts["blood_pressure"] == Compared(new=3)
    assert desk.vitals() == []

    kept = desk.keep(previewed.id)
    assert kept.state is State.KEPT
    assert kept.contents.counts == previewed.contents.counts
    shown = desk.vitals()
    assert sum(vital.kind == "blood_pressure" for vital in shown) == 3

    assert desk.undo(kept.id).state is State.UNDONE
    assert desk.vitals() == []
