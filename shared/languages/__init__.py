"""The languages that people are spoken to in: Japanese is the source, English is complete (gettext).

The text itself is the key: ``tr("今日")``. Three catalogues, one for each top-level package, are compiled at set-up.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

SOURCE = "ja"
LANGUAGES = ("ja", "en")
CATALOGUES = ("shared", "backend", "mobile")

_everywhere = [SOURCE]
_spoken: ContextVar[str | None] = ContextVar("spoken", default=None)


def tr(text: str, /, **words: object) -> str:
    """``text`` (Japanese, the source) in the language being spoken, its {blanks} filled with ``words``."""
    language = current()
    if language != SOURCE:
        text = _find(language, text)
    return text.format(**words) if words else text


def current() -> str:
    """The language being spoken here: ``ja`` or ``en``."""
    return _spoken.get() or _everywhere[0]


def speak(language: str) -> None:
    """Speak ``language`` everywhere from now on (the phone's one person). Unknown languages become Japanese."""
    _everywhere[0] = language if language in LANGUAGES else SOURCE


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak ``language`` inside this block only (the server answers many people at once)."""
    token = _spoken.set(language if language in LANGUAGES else SOURCE)
    try:
        yield
    finally:
        _spoken.reset(token)


def _find(language: str, text: str) -> str:
    if not text:
        return text  # gettext keeps a file's own description under the empty text
    for catalogue in _catalogues(language):
        found = catalogue.gettext(text)
        if found != text:
            return found
    return text


@cache
def _catalogues(language: str) -> tuple[gettext.NullTranslations, ...]:
    here = Path(__file__).parent / language
    loaded = []
    for name in CATALOGUES:
        compiled = here / f"{name}.mo"
        if compiled.exists():
            with compiled.open("rb") as file:
                loaded.append(gettext.GNUTranslations(file))
    return tuple(loaded)
