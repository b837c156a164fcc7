"""What each device format finds reaches her record: once, whole, with its bounds; taken back, it is gone."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from backend.imports.inbox import Import, State
from backend.wearables import recordings
from backend.wearables.readings import between
from shared.formats import FORMATS, Ask, DayOrder, Said
from shared.streams import ABOVE, BELOW
from shared.sync import Change
from shared.vitals import Vital
from tests.backend.imports.desk import SAMPLES, Desk, Reading, readings, sample
from tests.backend.imports.test_questions import answer

# The others are of pharmacies, clinics and the state; a bundle has a test of its own below.
NO_DEVICE = {"jahis_techo", "jahis_rx", "eprescription", "mynaportal", "orca", "qr_picture", "bundle"}
DEVICES = [name for name in FORMATS if name not in NO_DEVICE]
Record = tuple[list[Vital], dict[str, set[Reading]], Sequence[Change]]


def files(of: str) -> Sequence[Path]:
    """Our samples of a format; not the one that is cut short on purpose."""
    inside = (SAMPLES / of).iterdir()
    return sorted(each for each in inside if not each.name.endswith((".expected.json", "cut_short.xml")))


def brought(desk: Desk, content: bytes) -> Import:
    """Handed in, and every question answered as it is suggested on the phone."""
    one = desk.hand_in(content)
    for _ in range(30):
        if one.state is not State.ASKING:
            break
        question = one.contents.question
        assert question is not None
        if question.ask is Ask.COLUMNS:
            suggested = question.facts["suggested"]
            assert isinstance(suggested, list)
            said = Said(columns={str(question.facts["key"]): tuple(suggested)})
        else:
            said = Said("Asia/Tokyo") if question.ask is Ask.ZONE else Said(None, DayOrder.DAY_FIRST)
        one = answer(desk, one, said)
    return one


def record_of(desk: Desk) -> Record:
    """All that a device may bring: measurements, readings, recordings."""
    told = desk.do(lambda record: recordings.changes(record, 0, 10_000))
    return desk.vitals(), readings(desk), told


@pytest.mark.parametrize("of", DEVICES)
def test_a_device_file_is_kept_once_and_taken_back_whole(desk: Desk, of: str) -> None:
    kept: list[Import] = []
    for path in files(of):
        one = brought(desk, path.read_bytes())
        assert (one.state, one.format) == (State.PREVIEWED, of), path.name
        assert one.totals().new + one.totals().same > 0, path.name
        kept.append(desk.keep(one.id))
    vitals, streams, told = record_of(desk)
    assert vitals or streams or told
    for path in files(of):
        again = brought(desk, path.read_bytes())
        assert (again.state, again.totals().new, again.totals().changed) == (State.PREVIEWED, 0, 0), path.name
        kept.append(desk.keep(again.id))
    assert record_of(desk) == (vitals, streams, told)
    for each in kept:
        desk.undo(each.id)
    assert record_of(desk)[:2] == ([], {})


def test_a_zip_of_them_all_brings_what_they_bring_alone(desk: Desk) -> None:
    alone: list[Import] = []
    for of in DEVICES:
        alone += [desk.keep(brought(desk, path.read_bytes()).id) for path in files(of)]
    expected, streams = measured(desk), readings(desk)
    for each in alone:
        desk.undo(each.id)
    assert (desk.vitals(), readings(desk)) == ([], {})
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for of in DEVICES:
            for path in files(of):
                made.writestr(f"{of}/{path.name}", path.read_bytes())
    whole = brought(desk, file.getvalue())
    assert (whole.state, whole.format) == (State.PREVIEWED, "bundle")
    desk.keep(whole.id)
    assert measured(desk) == expected
    assert readings(desk) == streams


def measured(desk: Desk) -> set[tuple[str, object, object]]:
    """Kind, moment and value of every measurement."""
    return {(each.kind, each.taken_at, each.reading) for each in desk.vitals()}


def test_low_and_high_of_a_sensor_stay_bounds_in_the_record(desk: Desk) -> None:
    desk.keep(brought(desk, sample("dexcom/hanako_clarity.csv")).id)
    with desk.record() as record:
        found = between(record, "blood_glucose", 0, 4_102_444_800_000)
        columns = [zip(each.comparator, each.value, strict=True) for each in found if each.comparator]
    bounds = {(sign, value) for each in columns for sign, value in each if sign in (BELOW, ABOVE)}
    assert bounds == {(BELOW, 40.0), (ABOVE, 400.0)}
