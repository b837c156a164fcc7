"""XML2, in which an ORCA answers unless it is asked for JSON, as the same tree that its JSON is.

``<x type="record">`` is an object, ``type="array"`` a list of its children, anything else a text.
"""

from __future__ import annotations

from typing import NoReturn
from xml.parsers import expat

from shared.formats.json_tree import Node
from shared.formats.xml_tokens import feed
from shared.languages import tr
from shared.problems import Unreadable

_MOST_DEPTH = 40


def tree_of(raw: bytes) -> Node:
    """The tree that ``raw`` holds. `Unreadable` for broken XML, and for any DTD: an ORCA writes none."""
    building = _Building()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.StartElementHandler = building.opened
    parser.EndElementHandler = building.closed
    parser.CharacterDataHandler = building.said
    try:
        feed(parser, raw, 0)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        line = getattr(error, "lineno", 1)
        raise Unreadable("xml_broken", where=tr("{number} 行目", number=line)) from error
    return Node(building.root)


class _Building:
    """The tree while its elements open and close."""

    def __init__(self) -> None:
        self.root: dict[str, object] = {}
        self._open: list[tuple[dict[str, object] | list[object] | None, list[str]]] = []

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= _MOST_DEPTH:
            raise Unreadable("xml_refused", why=tr("入れ子が深すぎます"))
        kind = attributes.get("type", "" if self._open else "record")
        made: dict[str, object] | list[object] | None
        made = {} if kind == "record" else [] if kind == "array" else None
        self._open.append((made, []))
        if made is not None:
            self._put(name, made, above=-2)

    def said(self, text: str) -> None:
        self._open[-1][1].append(text)

    def closed(self, name: str) -> None:
        made, text = self._open.pop()
        if made is None:
            self._put(name, "".join(text), above=-1)

    def _put(self, name: str, value: object, above: int) -> None:
        parent = self._open[above][0] if len(self._open) >= -above else self.root
        if isinstance(parent, list):
            parent.append(value)
        elif parent is not None:
            parent[name] = value


def _refuse(*_: object) -> NoReturn:
    raise Unreadable("xml_refused", why=tr("DTD があります"))
