"""Which screen is on, and what the back button does. Pure: the app renders whatever `Way.here` says."""

from __future__ import annotations

from dataclasses import dataclass, replace

# The places of the bottom bar, the first is home. Everything else is laid on top of one of them.
TABS = ("today", "readings", "medicines", "sharing", "settings", "shared_records")
HOME = TABS[0]
SIGN_IN = "sign_in"


@dataclass(frozen=True, slots=True)
class Place:
    """A screen, and what it is about (a kind of measurement, a record), '' for nothing."""

    screen: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """The tab we are on and what was laid on it, oldest first. ``home`` is the tab that back leads to.

    A patient's home is today, a doctor's is the list of those who share with her.
    """

    tab: Place = Place(HOME)
    above: tuple[Place, ...] = ()
    home: str = HOME

    @property
    def here(self) -> Place:
        """The place to show."""
        return self.above[-1] if self.above else self.tab


def go(way: Way, place: Place) -> Way:
    """Go to ``place``. A tab leaves everything laid on top; a place that we are on already is not laid twice.

    A place that is further down is gone back to, so that the stack never grows in circles.
    """
    if place.screen in TABS:
        return replace(way, tab=place, above=())
    for depth, known in enumerate(way.above):
        if known == place:
            return replace(way, above=way.above[: depth + 1])
    return replace(way, above=(*way.above, place))


def back(way: Way) -> Way | None:
    """One step back: off the stack, then home, then None (the app goes to the background)."""
    if way.above:
        return replace(way, above=way.above[:-1])
    if way.tab.screen not in (way.home, SIGN_IN):
        return signed_in(way.home)
    return None


def signed_in(home: str) -> Way:
    """At home, with nothing behind it."""
    return Way(Place(home), home=home)


def signed_out() -> Way:
    """Nothing behind it: back from the sign-in screen shows nobody's record."""
    return Way(Place(SIGN_IN))
