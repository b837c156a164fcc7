from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from mobile.screens.today import doses
from shared import clock
from shared.schedule import Time
from tests.mobile.medicine_examples import due_loaded


def test_at_half_past_three_it_is_still_the_night_of_her_day() -> None:
    loaded_day = due_loaded()
    at_three = replace(loaded_day.due[0], time=Time(hour=3), slot="h3", medicine_id=UUID(int=77))
    event = replace(loaded_day, due=(*loaded_day.due, at_three))
    local = clock.at_offset(event.now, event.offset_min)
    night = event.now - timedelta(hours=local.hour, minutes=local.minute) + timedelta(hours=27, minutes=30)
    at_night, by_day = (
        doses.parts(doses.loaded(None, replace(event, now=now))) for now in (night, event.now)
    )
    assert [each.key for each in at_night if each.now] == ["bedtime"]
    assert at_night[0].key == "bedtime"
    for found in (at_night, by_day):
        assert [each.key for each in found if any(line.due.slot == "h3" for line in each.lines)] == [
            "bedtime"
        ]
