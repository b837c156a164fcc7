"""Touches: what a person can do on any screen, and the moves between screens that a state may ask for."""

from __future__ import annotations

from dataclasses import dataclass

from mobile.asks import Effect
from mobile.events import Event
from shared.vitals import Vital


@dataclass(frozen=True, slots=True)
class Shown:
    """The screen came to the front (again). ``about`` says with what: a kind of measurement, for instance."""

    about: str = ""
    vital: Vital | None = None


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button, by its name."""

    what: str
    which: str = ""


@dataclass(frozen=True, slots=True)
class Wrote:
    """A text field now holds ``text``."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Chose:
    """One of several choices was touched."""

    field: str
    key: str


@dataclass(frozen=True, slots=True)
class Keyed:
    """A key of the number pad: a digit, ``.`` or ``back``."""

    key: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The question on the sheet was answered."""

    yes: bool


Touch = Shown | Pressed | Wrote | Chose | Keyed | Answered


@dataclass(frozen=True, slots=True)
class Go:
    """A move to another screen."""

    screen: str
    about: str = ""
    vital: Vital | None = None


@dataclass(frozen=True, slots=True)
class Back:
    """A move to where she came from."""


Ask = Effect | Go | Back
Happening = Event | Touch
Asks = tuple[Ask, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What a sheet asks: a headline, what it means in plain words, the words of yes and of no."""

    title: str
    text: str
    yes: str
    no: str
    takes_away: bool = False
