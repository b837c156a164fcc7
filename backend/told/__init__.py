"""Told things: what phones tell and imports bring, each in versions under the one conflict rule, all of it sealed.

No room of its own: a room makes one `Things` from three tables (`ThingRow`, `ThingVersionRow`, `ThingImportRow`) and
the `Spelling` of its words. In clear stand only the word, ids, the day, stamps and numbers.
"""

from backend.told.rows import ThingImportRow, ThingRow, ThingVersionRow
from backend.told.spelling import Entry, Merged, Outcome, Past, Spelling, Thing
from backend.told.things import Item, Things, device_of

__all__ = [
    "Entry",
    "Item",
    "Merged",
    "Outcome",
    "Past",
    "Spelling",
    "Thing",
    "ThingImportRow",
    "ThingRow",
    "ThingVersionRow",
    "Things",
    "device_of",
]
