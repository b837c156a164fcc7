"""A foreign file as a tree that is looked at without trusting its shape, and the doubts gathered while looking."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from shared.formats import Trouble
from shared.medicines_schema import LONG
from shared.personal_numbers import masked
from shared.problems import Problem, Unreadable
from shared.schema import UNSHOWABLE

# A number with more digits than this, before or behind the point, is no amount of anything.
_DIGITS = 12
_EXCERPT = 200


@dataclass(slots=True)  # not frozen: there are dozens for every resource, and freezing is half their price
class Node:
    """A place in the tree; asking for what is not there gives an empty place, never an error."""

    value: object = None

    def at(self, *names: str) -> Node:
        """The place below, name by name."""
        here = self.value
        for name in names:
            if not isinstance(here, dict):
                return Node()
            here = here.get(name)
        return Node(here)

    def each(self, *names: str) -> Iterator[Node]:
        """Everything in the list below that is not empty; one thing where a list belongs is a list of one."""
        here = self.at(*names).value
        for one in here if isinstance(here, list) else [here]:
            if one not in (None, {}, []):
                yield Node(one)

    @property
    def text(self) -> str:
        """The text that stands here, or nothing; only for codes and names of things, never for a person to read."""
        return self.value.strip() if isinstance(self.value, str) else ""

    def strings(self) -> Iterator[str]:
        """Every text below."""
        level: list[object] = [self.value]
        while level:
            here = level.pop()
            if isinstance(here, str):
                yield here
            elif isinstance(here, dict):
                level += here.values()
            elif isinstance(here, list):
                level += here

    def __bool__(self) -> bool:
        return self.value not in (None, "", {}, [])


class Doubts:
    """What was not understood of one thing of a file. ``name`` is what a person knows the thing by."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.name = ""
        self._found: list[Trouble] = []

    def add(self, problem: Problem, excerpt: str = "") -> None:
        """One more; the excerpt never holds a number that names a person."""
        trouble = Trouble(self.where, problem, shown(excerpt))
        if trouble.text() not in [each.text() for each in self._found]:
            self._found.append(trouble)

    def tell(self) -> Iterator[Trouble]:
        """All of them, each once."""
        yield from self._found
        self._found.clear()

    def text(self, node: Node, most: int = LONG) -> str:
        """The text that stands there, fit to be shown and kept; personal numbers masked. What is no text is told."""
        if not node:
            return ""
        if not isinstance(node.value, str) or UNSHOWABLE.search(node.value) or len(node.value) > most:
            self.add(Unreadable("value_odd", name=self.name), _seen(node.value))
            return ""
        return masked(node.value.strip())

    def fitting(self, text: str, most: int = LONG) -> str:
        """``text``, put together from several, as far as it can be kept; what is cut off is told."""
        if len(text) > most:
            self.add(Unreadable("value_odd", name=self.name), text)
        return text[:most]

    def number(self, node: Node) -> Decimal | None:
        """The number that stands there, also where it stands as a text."""
        if node.value is None or node.value == "":
            return None
        found = exact(node.value)
        if found is None:
            self.add(Unreadable("value_odd", name=self.name), _seen(node.value))
        return found


def shown(text: str, most: int = _EXCERPT) -> str:
    """The beginning of a text from a file, fit for a screen."""
    return UNSHOWABLE.sub("\N{REPLACEMENT CHARACTER}", masked(text[: 2 * most]))[:most]


def _seen(value: object) -> str:
    """What may be shown of an odd value: never a whole branch of the tree, whatever stands in it."""
    return str(value)[:_EXCERPT] if isinstance(value, str | int | Decimal) else ""


def exact(value: object) -> Decimal | None:
    """``value`` as a number of at most twelve digits before and behind the point, zero or more; else None."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        number = Decimal(value.strip()) if isinstance(value, str) else Decimal(value)
    except ArithmeticError:
        return None
    if not number.is_finite() or number < 0 or not -_DIGITS <= number.adjusted() < _DIGITS:
        return None
    return number


def plain(number: Decimal | None) -> str:
    """A number as a text without padding: ``00001.50000`` is 1.5."""
    if number is None:
        return ""
    shown = format(number, "f")
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def whole(number: Decimal | None, most: int = 999_999) -> int | None:
    """A number as a whole one, where it is one."""
    return int(number) if number is not None and number == int(number) and number <= most else None
