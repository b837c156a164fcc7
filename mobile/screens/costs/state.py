"""What care cost, as values: a year added up, the lines of a month, a place or a kind, and one line.

The lines are only imported, never typed. They are hers alone: nobody else's phone is ever told of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from mobile.asks import LoadCosts, SaveTaxForm
from mobile.events import CostsLoaded, Failed, SignedOut, Synced, TaxFormSaved
from mobile.screens.costs.words import Group, groups_of, offline_words
from mobile.screens.touches import Asks, Back, Chose, Go, Happening, Pressed, Shown
from shared.cost_sums import CostYear, year_of
from shared.costs import Cost
from shared.languages import tr

VIEWS = ("month", "place", "kind")


@dataclass(frozen=True, slots=True)
class State:
    """Everything the screen shows. ``part``: year, group, one. ``view`` says by what the year is told apart."""

    part: str = "year"
    loaded: bool = False
    costs: tuple[Cost, ...] = ()
    year: CostYear | None = None
    view: str = "month"
    group_key: str = ""
    opened: UUID | None = None
    busy: bool = False
    message: str = ""
    wrong: str = ""

    @property
    def groups(self) -> tuple[Group, ...]:
        """The year by months, places or kinds."""
        return () if self.year is None else groups_of(self.year, self.view)

    @property
    def group(self) -> Group | None:
        """The one that is open, if it is still there."""
        return next((group for group in self.groups if group.key == self.group_key), None)

    @property
    def looked_at(self) -> Cost | None:
        """The line that is open, if it is still there."""
        return next((cost for cost in self.costs if cost.id == self.opened), None)


Step = tuple[State, Asks]


def step(state: State, event: Happening) -> Step:
    """The next state and what is asked for."""
    match event:
        case Shown():
            return replace(state, message="", wrong=""), (LoadCosts(),)
        case Synced(changed=True) if state.loaded:
            return state, (LoadCosts(),)
        case CostsLoaded(costs=costs):
            return _loaded(state, costs), ()
        case Chose(field="year", key=key):
            said = replace(state, message="", wrong="")
            return replace(said, year=year_of(state.costs, int(key))), ()
        case Chose(field="view", key=key) if key in VIEWS:
            return replace(state, view=key), ()
        case Pressed(what=what, which=which):
            return _pressed(state, what, which)
        case SignedOut():
            return State(), ()
        case _:
            return _saved(state, event), ()


def _loaded(state: State, costs: tuple[Cost, ...]) -> State:
    """Her year stays chosen while it is there; what was undone meanwhile is not looked at any more."""
    year = year_of(costs, state.year.year if state.year else None)
    if year.year not in year.years:
        year = year_of(costs)
    state = replace(state, loaded=True, costs=costs, year=year)
    if state.part == "one" and state.looked_at is None:
        state = replace(state, part="group", opened=None)
    return replace(state, part="year") if state.part == "group" and state.group is None else state


def _pressed(state: State, what: str, which: str) -> Step:
    match what:
        case "group":
            return replace(state, part="group", group_key=which), ()
        case "open":
            return replace(state, part="one", opened=UUID(which)), ()
        case "save" if not state.busy and state.year is not None and state.year.year is not None:
            saving = replace(state, busy=True, message="", wrong="")
            return saving, (SaveTaxForm(state.year.year),)
        case "import":
            return state, (Go("import_file"),)
        case "back" if state.part == "one":
            return replace(state, part="group", opened=None), ()
        case "back" if state.part == "group":
            return replace(state, part="year"), ()
        case "back":
            return state, (Back(),)
        case _:
            return state, ()


def _saved(state: State, event: Happening) -> State:
    match event:
        case TaxFormSaved(where=None):
            return replace(state, busy=False)
        case TaxFormSaved(where=str(where)):
            return replace(state, busy=False, message=tr("保存しました。 {where}", where=where))
        case Failed(of=SaveTaxForm(), code="server_unreachable"):
            return replace(state, busy=False, wrong=offline_words())
        case Failed(of=SaveTaxForm() | LoadCosts(), message=message):
            return replace(state, busy=False, wrong=message)
        case _:
            return state
