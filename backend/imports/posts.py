"""Taking back what a device or app posted: the whole of a post as one deed, as with a file."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from backend.consent.opened import OpenRecord
from backend.imports.shelves import SHELVES
from backend.vitals import imported
from backend.wearables import merging, posts
from backend.wearables.posts import Post
from backend.wearables.recordings import RECORDINGS
from shared.consent import Right, Scope


def undo(record: OpenRecord, post_id: UUID) -> Post:
    """Take back exactly what this post brought and nothing else did. Undoing again changes nothing.

    What she typed or has corrected since stays. The post stays undone however often the device repeats it.
    """
    record.must(Scope.RECORD, Right.WRITE)
    record.next_number()  # the record's lock comes before the look
    posts.find(record, post_id)
    for shelf in SHELVES.values():
        shelf.undo(record, post_id)
    merging.undo(record, post_id)
    return posts.find(record, post_id)


def words_of(record: OpenRecord, some: Sequence[Post]) -> dict[UUID, int]:
    """How many measurements, workouts and electrocardiograms are in the record that each of these posts brought."""
    record.must(Scope.RECORD, Right.READ)
    ids = [each.id for each in some]
    counts = imported.brought_by(record, ids), RECORDINGS.brought_by(record, ids)
    return {each: sum(count.get(each, 0) for count in counts) for each in ids}
