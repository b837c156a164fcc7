"""Doors of posts: what devices and apps posted, newest first, and taking a post back. The owner's alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from backend.consent.opened import OpenRecord
from backend.consent.opening import Opener
from backend.http import PER_ITEM, Caller, Door, held
from backend.imports import inbox
from backend.imports import posts as deeds
from backend.imports.posts_schemas import PostsAskedSchema, PostSchema, PostsSchema
from backend.wearables import posts
from backend.wearables.posts import Post

door = Door("posts", __name__, "/api/records/<uuid:record_id>")


@door.get("/deliveries", needs=PER_ITEM, asks=PostsAskedSchema(), gives=PostsSchema())
def list_posts(caller: Caller, record_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """What devices and apps posted, newest first, a page at a time: each was told with the id of its ``delivery``."""
    record = _own(caller, record_id)
    found = posts.posts(record, query["before"], query["limit"] + 1)
    page = found[: query["limit"]]
    counts = deeds.words_of(record, page)
    more = page[-1].number if len(found) > len(page) else None
    return {"deliveries": [_members(each, counts[each.id]) for each in page], "before": more}


@door.post("/deliveries/<uuid:delivery_id>/undo", needs=PER_ITEM, gives=PostSchema())
def undo_post(caller: Caller, record_id: UUID, delivery_id: UUID) -> dict[str, Any]:
    """Take back exactly what this post brought. Again changes nothing; repeated by the device, it stays undone."""
    record = _own(caller, record_id)
    post = deeds.undo(record, delivery_id)
    return _members(post, deeds.words_of(record, [post])[post.id])


def _own(caller: Caller, record_id: UUID) -> OpenRecord:
    return inbox.open_own(held(Opener), caller.session, caller.known, record_id, caller.way)


def _members(post: Post, words: int) -> dict[str, Any]:
    return {
        "id": post.id,
        "received_at": post.received_at,
        "undone_at": post.undone_at,
        "words": words,
        "streams": [
            {
                "stream": each.stream,
                "source": each.source,
                "from": each.first.isoformat(),
                "to": each.last.isoformat(),
            }
            for each in post.brought
        ],
    }
