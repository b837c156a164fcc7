"""A post of long columns as parsed JSON: several times quicker than the plain parser, and no less strict."""

from __future__ import annotations

from contextlib import suppress

import orjson

from shared import strict_json


def loads(body: bytes) -> object:
    """What `strict_json.loads` says of ``body`` with ``exact=False``; whole numbers beyond 64 bits come as floats.

    Only an object of texts and numbers and columns of numbers is parsed here: then its names and texts account for
    every quotation mark, so no name came twice. All else, and all that is wrong, is left to the strict parser.
    """
    found: object = None
    # What is wrong is left to the strict parser too, so that it is refused in the same words.
    with suppress(orjson.JSONDecodeError):
        found = orjson.loads(body) if len(body) <= strict_json.MAX_BYTES else None
    if isinstance(found, dict):
        texts = len(found) + sum(isinstance(value, str) for value in found.values())
        deep = body.count(b"[") + body.count(b"{") > strict_json.MAX_DEPTH
        if body.count(b'"') == 2 * texts and not deep:
            return found
    return strict_json.loads(body, exact=False)
