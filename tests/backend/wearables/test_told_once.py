"""Two devices tell the same readings at once: one of them hears that they were new."""

from __future__ import annotations

import threading
from array import array
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import event

from backend.wearables import known, merging
from shared.ids import new_id
from shared.streams import Readings
from tests.backend.wearables.test_api import MORNING
from tests.cast import Cast


def test_what_two_tell_at_once_is_new_to_one_of_them(cast: Cast) -> None:
    begun, waits = threading.Event(), threading.Event()

    def told(*, is_first: bool) -> int:
        with cast.house.database.transaction() as session:
            record = cast.open(session, cast.hanako)
            start = array("q", [MORNING, MORNING + 60_000])
            readings = Readings("heart_rate", "Watch", start, start, array("d", [61, 62]))
            new = int(known.news(record, readings).sum())
            merging.deliver(record, new_id(), [readings])
            if is_first:
                begun.set()
                waits.wait(30)
            return new

    second: list[int] = []

    def hear(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if threading.get_ident() in second and "UPDATE records" in statement:
            waits.set()

    def later() -> int:
        begun.wait(30)
        second.append(threading.get_ident())
        if cast.house.database.is_sqlite:
            waits.set()  # there a transaction that writes begins when the other has ended
        return told(is_first=False)

    event.listen(cast.house.database.engine, "before_cursor_execute", hear)
    with ThreadPoolExecutor(2) as two:
        asked = two.submit(told, is_first=True), two.submit(later)
        assert [each.result(60) for each in asked] == [2, 0]
