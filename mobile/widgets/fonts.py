"""The two fonts: one complete Japanese face in two weights (Kivy has no fallback), and the icons by name."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from kivy.core.text import Label as CoreLabel
from kivy.core.text import LabelBase

FOLDER = Path(__file__).parent.parent / "fonts"
ICONS = "Icons"
# Kivy's own default name: registering ours under it leaves no label in another face by oversight.
WORDS = "Roboto"


class FontsMissing(FileNotFoundError):
    """The fonts have not been built yet."""

    def __init__(self, missing: Path) -> None:
        super().__init__(f"{missing.name} is not there: build the fonts with `python -m backend.web.build`")


_CERTAIN = 0.985


def register() -> None:
    """Make the fonts known to Kivy. Raises `FontsMissing`, which says how to build them."""
    regular, bold, icons = (
        FOLDER / name for name in ("NotoSansJP-Regular.ttf", "NotoSansJP-Bold.ttf", "icons.ttf")
    )
    for path in (regular, bold, icons, FOLDER / "icons.json"):
        if not path.exists():
            raise FontsMissing(path)
    LabelBase.register(WORDS, fn_regular=str(regular), fn_bold=str(bold))
    LabelBase.register(ICONS, fn_regular=str(icons))


@cache
def _icons() -> dict[str, int]:
    loaded: dict[str, int] = json.loads((FOLDER / "icons.json").read_text(encoding="utf-8"))
    return loaded


def icon(name: str) -> str:
    """The character of an icon by its name; an unknown name is a mistake of the caller (KeyError)."""
    return chr(_icons()[name]) if name else ""


class Ruler:
    """Measures text of one size and weight, in pixels; remembers what it measured (labels ask for the same again)."""

    def __init__(self, size: float, *, bold: bool = False) -> None:
        self._label = CoreLabel(font_name=WORDS, font_size=size, bold=bold)
        self._known: dict[str, float] = {}

    def __call__(self, text: str) -> float:
        """The width of ``text`` on one line."""
        width = self._known.get(text)
        if width is None:
            width = self._known[text] = float(self._label.get_extents(text)[0])
        return width

    @property
    def height(self) -> float:
        """The height of one line."""
        return float(self._label.get_extents("国g")[1])


def measured_room(room: float) -> float:
    """How wide a line may be by the ruler where ``room`` pixels are: what is drawn is sometimes wider, by the letters
    that the font drew before it, and Kivy would break a line again that is over by a fraction."""
    return room * _CERTAIN - 1


def room_for(measured: float) -> float:
    """The room in which a line of a measured width is not broken."""
    return (measured + 1) / _CERTAIN


@cache
def ruler(size: float, bold: bool = False) -> Ruler:
    """The ruler for a size in pixels and a weight."""
    return Ruler(size, bold=bold)


register()
