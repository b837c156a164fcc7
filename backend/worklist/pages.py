"""Pages of the worklist: who shares with me, and one record at a glance."""

from __future__ import annotations

from typing import Any

from flask import redirect

from backend.http import ANYONE, PER_ITEM, Caller, Door, held, purpose
from backend.seal import KeyRing
from backend.web import look
from backend.worklist import people

door = Door("worklist_pages", __name__, page=True)


@door.get("/", needs=ANYONE)
def home(caller: Caller) -> Any:
    """To the list, or to the sign-in."""
    return redirect("/records" if caller.viewer else "/sign-in")


@door.get("/records", needs=PER_ITEM)
def listed(caller: Caller) -> str:
    """Everybody who shares something with me now."""
    viewer = caller.known
    found = people.people(caller.session, held(KeyRing), viewer, caller.way, purpose(viewer))
    return look.page("worklist/list.html", people=found)
