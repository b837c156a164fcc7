"""Pages of the worklist: who shares with me, and one record at a glance with its chart."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from flask import Response, redirect
from marshmallow import fields, validate

from backend.accounts.accounts import Accounts, Person
from backend.consent.opened import OpenRecord
from backend.consent.opening import Opener
from backend.http import ANYONE, PER_ITEM, Caller, Door, held, purpose
from backend.imports.arriving import arriving
from backend.medicines import checking
from backend.records import records
from backend.seal import KeyRing
from backend.web import look
from backend.worklist import (
    at_a_glance,
    chart,
    drawing,
    findings_part,
    medicine_cards,
    medicine_part,
    medicine_timeline,
    people,
    recordings_part,
    trend_part,
    wording,
)
from backend.worklist.medicine_part import Medicines
from backend.worklist.worn_page import worn_table
from shared import blood_pressure, clock, finding_words, home_pressure_summaries, recording_words
from shared.consent import Purpose, Right, Scope
from shared.measuring_words import statuses
from shared.problems import NotThere
from shared.schema import Strict, Text
from shared.stream_periods import CalendarPart, period_name

door = Door("worklist_pages", __name__, page=True)

# What is told by a browser: versions need a device, and a browser is none of a phone's.
_BROWSER = UUID(int=0)


class FindSchema(Strict[dict[str, str]]):
    """A part of a name to look for in the list."""

    q = fields.String(load_default="", validate=validate.Length(max=80))


class RangeSchema(Strict[dict[str, int]]):
    """Over how many days the chart goes."""

    days = fields.Integer(load_default=chart.USUAL_RANGE, validate=validate.Range(7, chart.MOST_DAYS))


class SlipsSchema(Strict[dict[str, str]]):
    """Whether all slips are listed, or those of the last year."""

    slips = fields.String(load_default="year", validate=validate.OneOf(["year", "all"]))


@door.get("/", needs=ANYONE)
def home(caller: Caller) -> Any:
    """To the list, or to the sign-in."""
    return redirect("/records" if caller.viewer else "/sign-in")


@door.get("/records", needs=PER_ITEM, asks=FindSchema())
def listed(caller: Caller, query: dict[str, str]) -> str:
    """Everybody who shares something with me now, or those of a name."""
    viewer = caller.known
    everybody = people.people(caller.session, held(KeyRing), viewer, caller.way, purpose(viewer))
    found = people.named(everybody, query["q"])
    words = {"me": _me(caller), "people": found, "everybody": len(everybody), "q": query["q"]}
    return look.page("worklist/list.html", wording=wording, now=people.now_in_japan(), **words)


@door.get("/records/<uuid:record_id>", needs=PER_ITEM, asks=RangeSchema())
def record_page(caller: Caller, record_id: UUID, query: dict[str, int]) -> str:
    """One record, for a doctor with four minutes."""
    record = _opened(caller, record_id)
    glance = at_a_glance.at_a_glance(record, query["days"], purpose(caller.known) or Purpose.CARE)
    drawn = glance.pressures and orjson.dumps(chart.columns(glance.pressures.chart)).decode()
    return look.page(
        "worklist/record.html",
        me=_me(caller),
        glance=glance,
        drawn=drawn,
        ranges=chart.RANGES,
        wording=wording,
        drawing=drawing,
        medicines=medicine_part,
        card=medicine_cards,
        names=_names(caller, glance.medicines),
        findings=findings_part,
        said=finding_words,
        pressure=blood_pressure,
        week=home_pressure_summaries,
        statuses=statuses,
        Scope=Scope,
    )


@door.get("/records/<uuid:record_id>/medicines", needs=PER_ITEM, asks=SlipsSchema())
def medicine_page(caller: Caller, record_id: UUID, query: dict[str, str]) -> str:
    """The medicines alone: the checks, a year, the days covered, and every slip with where it came from."""
    record = _opened_for(caller, record_id, Scope.MEDICINES, Scope.FINDINGS)
    found = medicine_part.page(record)
    since = None if query["slips"] == "all" else found.first
    cards = medicine_cards.cards(found.seen.slips, found.today, since)
    return look.page(
        "worklist/medicine_page.html",
        me=_me(caller),
        id=record_id,
        about=records.read_glance(record.session, record.key),
        page=found,
        names=_names(caller, found.part),
        timeline=medicine_timeline.timeline_svg(found.timeline, found.first, found.today),
        cards=cards,
        card=medicine_cards,
        medicines=medicine_part,
        wording=wording,
    )


class DaysSchema(Strict[dict[str, Any]]):
    """Over which days the trends go; the usual windows when none is named."""

    first = fields.Date(data_key="from")
    last = fields.Date(data_key="to")


@door.get("/records/<uuid:record_id>/trends", needs=PER_ITEM, asks=DaysSchema())
def trend_page(caller: Caller, record_id: UUID, query: dict[str, Any]) -> str:
    """Home blood pressure and weight over 7, 30, 90 days and all, each figure with its definition; fit to print."""
    record = _opened_for(caller, record_id, Scope.VITALS)
    return look.page(
        "worklist/trends.html",
        me=_me(caller),
        id=record_id,
        about=records.read_glance(record.session, record.key),
        part=trend_part.trend_part(record, query.get("first"), query.get("last")),
        wording=wording,
    )


class PartSchema(Strict[dict[str, str]]):
    """A line a day, a week or a month."""

    by = fields.String(load_default="day", validate=validate.OneOf([part.value for part in CalendarPart]))


@door.get("/records/<uuid:record_id>/wearables", needs=PER_ITEM, asks=PartSchema())
def worn_page(caller: Caller, record_id: UUID, query: dict[str, str]) -> str:
    """What watches and sensors brought, a line a day, week or month, with what each figure is."""
    record = _opened_for(caller, record_id, Scope.WEARABLES)
    return look.page(
        "worklist/worn_page.html",
        me=_me(caller),
        id=record_id,
        about=records.read_glance(record.session, record.key),
        table=worn_table(record, CalendarPart(query["by"])),
        arriving=arriving(record),
        parts=[(part.value, period_name(part)) for part in CalendarPart],
        wording=wording,
    )


class HeartSchema(Strict[dict[str, Any]]):
    """Which electrocardiogram is drawn; the newest when none is named."""

    heart = fields.UUID()


@door.get("/records/<uuid:record_id>/recordings", needs=PER_ITEM, asks=HeartSchema())
def recordings_page(caller: Caller, record_id: UUID, query: dict[str, Any]) -> str:
    """What devices recorded: electrocardiograms drawn as on paper, and the workouts of 90 days."""
    record = _opened_for(caller, record_id, Scope.WEARABLES)
    found = recordings_part.recorded(record)
    asked = [each for each in found.hearts if each.id == query.get("heart")]
    return look.page(
        "worklist/recordings.html",
        me=_me(caller),
        id=record_id,
        about=records.read_glance(record.session, record.key),
        found=found,
        shown=asked or found.hearts[: recordings_part.DRAWN],
        now=clock.now().astimezone(record.timezone),
        part=recordings_part,
        said=recording_words,
        wording=wording,
    )


class KnownSchema(Strict[dict[str, Any]]):
    """A mark at a hit: why it is known, and where to go back to."""

    reason = Text(300, load_default="")
    known = fields.Boolean(load_default=True)


@door.post("/records/<uuid:record_id>/medicines/hits/<string:key>/known", needs=PER_ITEM, takes=KnownSchema())
def mark_known(caller: Caller, record_id: UUID, key: str, body: dict[str, Any]) -> Any:
    """Mark a hit as known with a reason, or take the mark back."""
    record = _opened_for(caller, record_id, Scope.MEDICINES, Scope.FINDINGS)
    checking.mark(record, key, body["reason"].strip(), _BROWSER, known=body["known"])
    return redirect(f"/records/{record_id}/medicines#checks", 303)


@door.get("/records/<uuid:record_id>/chart.json", needs=PER_ITEM, asks=RangeSchema())
def chart_data(caller: Caller, record_id: UUID, query: dict[str, int]) -> dict[str, Any]:
    """The chart as columns, for the chart library."""
    return chart.columns(chart.chart(_opened_for_chart(caller, record_id), query["days"]))


@door.get("/records/<uuid:record_id>/chart.svg", needs=PER_ITEM, asks=RangeSchema())
def chart_picture(caller: Caller, record_id: UUID, query: dict[str, int]) -> Response:
    """The chart as a picture."""
    picture = at_a_glance.chart_svg(_opened_for_chart(caller, record_id), query["days"])
    return Response(picture, mimetype="image/svg+xml")


def _opened(caller: Caller, record_id: UUID) -> OpenRecord:
    viewer, parts = caller.known, at_a_glance.READ_PARTS
    return held(Opener).open_parts(caller.session, viewer, record_id, parts, purpose(viewer), caller.way)


def _opened_for_chart(caller: Caller, record_id: UUID) -> OpenRecord:
    return _opened_for(caller, record_id, Scope.VITALS)


def _opened_for(caller: Caller, record_id: UUID, needed: Scope, *more: Scope) -> OpenRecord:
    """Opened for one part that must be shared, and for more where they are."""
    viewer, parts = caller.known, [(scope, Right.READ) for scope in more]
    part = (needed, Right.READ)
    opener = held(Opener)
    return opener.open_with(caller.session, viewer, record_id, part, parts, purpose(viewer), caller.way)


def _names(caller: Caller, part: Medicines) -> dict[UUID, str]:
    """The names of those who marked hits as known."""
    people = held(Accounts).people(caller.session, part.authors)
    return {each.id: each.name for each in people.values()}


def _me(caller: Caller) -> Person:
    """Who is signed in, for the head of the page."""
    person = held(Accounts).people(caller.session, [caller.known.account_id]).get(caller.known.account_id)
    if person is None:
        raise NotThere
    return person
