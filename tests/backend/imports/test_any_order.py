"""Overlapping files handed in, kept and taken back in any order and any number of times: the record is what a plain
model says: everything that some kept file holds."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.house import House
from backend.imports.inbox import State
from backend.settings import Settings
from shared.ids import new_id
from shared.problems import Clash
from tests import cast as people
from tests.backend.imports.desk import Desk, readings

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<HealthData locale="ja_JP">\n'
TYPES = {
    "weight": ("BodyMass", "kg"),
    "steps": ("StepCount", "count"),
    "heart_rate": ("HeartRate", "count/min"),
}


@dataclass(frozen=True, slots=True)
class Thing:
    """One record of a file: few enough of them that files overlap."""

    kind: str
    hour: int
    value: int

    def element(self) -> str:
        name, unit = TYPES[self.kind]
        at = f"2026-03-0{1 + self.hour // 8} {7 + self.hour % 8:02}:00:00 +0900"
        return (
            f' <Record type="HKQuantityTypeIdentifier{name}" sourceName="Watch" unit="{unit}" startDate="{at}" '
            f'endDate="{at}" value="{self.value}"/>\n'
        )


things = st.builds(Thing, st.sampled_from(sorted(TYPES)), st.integers(0, 23), st.integers(60, 62))
files = st.lists(st.frozensets(things, min_size=1, max_size=8), min_size=2, max_size=4, unique=True)
deeds = st.lists(
    st.tuples(st.sampled_from(["hand in", "keep", "keep", "undo"]), st.integers(0, 3)), max_size=14
)


@dataclass
class Model:
    """What is kept, by file."""

    ids: dict[int, UUID] = field(default_factory=dict)
    states: dict[int, State] = field(default_factory=dict)

    def kept(self, contents: list[frozenset[Thing]]) -> set[Thing]:
        held = [contents[number] for number, state in self.states.items() if state is State.KEPT]
        return set().union(*held) if held else set()


@contextmanager
def _house(template: Path, settings_: Settings) -> Iterator[Desk]:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "tomoni.db"
        shutil.copy(template, copy)
        house = House.build(
            Settings(
                **{name: getattr(settings_, name) for name in Settings.__slots__}
                | {"database_url": f"sqlite:///{copy}"}
            )
        )
        yield Desk(people.found(house))
        house.database.close()


def _shown(desk: Desk) -> set[tuple[str, int, float]]:
    """(kind, hour in ms, value) of everything in the record."""
    rows = {
        (vital.kind, int(vital.taken_at.timestamp() * 1000), float(vital.value)) for vital in desk.vitals()
    }
    streams = {
        (stream, start, value) for stream, found in readings(desk).items() for _, start, _, value in found
    }
    assert len(rows) == len(desk.vitals())
    return rows | streams


def _expected(kept: set[Thing]) -> set[tuple[str, int, float]]:
    began = 1_772_316_000_000  # 2026-03-01 07:00 +0900
    return {
        (thing.kind, began + (thing.hour // 8) * 86_400_000 + thing.hour % 8 * 3_600_000, float(thing.value))
        for thing in kept
    }


def _do(desk: Desk, model: Model, contents: list[frozenset[Thing]], deed: tuple[str, int]) -> None:
    what, number = deed[0], deed[1] % len(contents)
    if what == "hand in":
        text = (
            HEAD + "".join(each.element() for each in sorted(contents[number], key=repr)) + "</HealthData>\n"
        )
        known = model.ids.setdefault(number, new_id())
        handed = desk.hand_in(text.encode(), import_id=known)
        assert handed.state is model.states.setdefault(number, State.PREVIEWED)
    elif number in model.ids:
        act, wanted = (desk.keep, State.KEPT) if what == "keep" else (desk.undo, State.UNDONE)
        if what == "undo" and model.states[number] is State.PREVIEWED:
            with pytest.raises(Clash):
                act(model.ids[number])
        else:
            model.states[number] = wanted
            assert act(model.ids[number]).state is wanted


@pytest.fixture(params=["sqlite"])
def database_url(sqlite_url: str) -> str:
    """One kind of database is enough here: a property needs hundreds of houses."""
    return sqlite_url


@settings(max_examples=max(1, settings().max_examples // 4))  # each example is a house of its own
@given(contents=files, steps=deeds)
def _check(
    template: Path, settings_: Settings, contents: list[frozenset[Thing]], steps: list[tuple[str, int]]
) -> None:
    with _house(template, settings_) as desk:
        model = Model()
        for number in range(len(contents)):
            _do(desk, model, contents, ("hand in", number))
        for step in steps:
            _do(desk, model, contents, step)
            assert _shown(desk) == _expected(model.kept(contents))


def test_the_record_is_what_some_kept_file_holds(sqlite_template: Path, settings: Settings) -> None:
    _check(sqlite_template, settings)
