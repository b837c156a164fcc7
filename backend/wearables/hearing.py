"""Days of wearables as changes that phones hear of."""

from __future__ import annotations

from uuid import UUID

from backend.consent.opened import OpenRecord
from backend.records.placed import Key, Placed, placed
from backend.wearables import summaries
from backend.wearables.days import DaySummary, members
from shared import strict_json
from shared.consent import Right, Scope
from shared.sync import Change, Word

# No phone makes a day: the server sums it up.
_SERVER = UUID(int=0)


def changes(record: OpenRecord, after: int, limit: int, key: Key = ()) -> list[Placed]:
    """Days whose change number is above ``after``, or is that and past ``key``, in order of numbers.

    A day is withdrawn when all its readings are gone.
    """
    record.must(Scope.WEARABLES, Right.READ)
    past = (key[0], int(key[1])) if key else ()
    return [_change(record, each) for each in summaries.days_changed_after(record, after, limit, past)]


def _change(record: OpenRecord, summary: DaySummary) -> Placed:
    # The same day has the same id for ever, and nobody without the key can tell which day an id is.
    id = UUID(bytes=record.key.digest("day", f"{summary.stream}|{summary.day}"))
    body = strict_json.dumps(members(summary)) if summary.heard_of else None
    change = Change(Word.DAY, id, summary.edited_at, _SERVER, body)
    return placed(change, summary.number, (summary.stream, str(summary.day)))
