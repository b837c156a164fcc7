"""Answers of an ORCA (日医標準レセプトソフト): JSON or XML2, one or several, each with what it answers to.

Layout: formats/orca.md and the fixtures of the orca-api library. Lists are padded with ``{}`` to their full length,
numbers are texts, names are full-width.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from shared import strict_json
from shared.formats import Trouble
from shared.formats.json_tree import Node, shown
from shared.formats.orca_xml import tree_of
from shared.languages import tr
from shared.problems import TooBig, Unreadable

# A year of one patient's prescriptions with all their padding has some megabytes.
LIMIT_MB = 32
_MOST_DEPTH = 24
_MOST_ANSWERS = 2_000

_JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{")
_XML = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>\s*)?<(?:xmlio2|data)[\s>]")
_RESULT_JSON = re.compile(rb'"Api_Result"\s*:\s*"')
_RESULT_XML = re.compile(rb"<Api_Result[\s>]")

# What an answer is called: by the name of its object, or by the form that it prints.
_KINDS = {
    "patientinfores": "patient",
    "disease_infores": "diseases",
    "contraindication_checkres": "contraindications",
    "okusuri_techo": "notebook",
    "shohosen": "prescription",
    "private_objects": "other",
}
_LISTS = re.compile(r"patientlst\dres", re.ASCII)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: its number in the file from 1, what it answers to, and its content."""

    number: int
    kind: str
    body: Node

    @property
    def where(self) -> str:
        """The place in words."""
        return tr("{number} つ目の回答", number=self.number)

    @property
    def result(self) -> str:
        """The code that says how it went; only zeros for well."""
        return self.body.at("Api_Result").text

    @property
    def went_well(self) -> bool:
        """Whether there is content in it: all well, or well with a warning."""
        return (bool(self.result) and not self.result.strip("0")) or self.result.startswith("W")

    def problem(self) -> Unreadable:
        """Why there is nothing in it, in the words of the ORCA."""
        message = shown(self.body.at("Api_Result_Message").text)
        return Unreadable("orca_answer", code=shown(self.result, 20), message=message)

    def warning(self) -> Trouble | None:
        """What it warns of, if it does."""
        if not self.result.startswith("W"):
            return None
        message = shown(self.body.at("Api_Result_Message").text)
        return Trouble(self.where, Unreadable("orca_warning", code=shown(self.result, 20), message=message))


def looks_like_answers(head: bytes) -> bool:
    """Whether ``head`` begins as an ORCA answers."""
    if _XML.match(head):
        return _RESULT_XML.search(head) is not None
    return (
        _JSON.match(head) is not None
        and _RESULT_JSON.search(head) is not None
        and b'"resourceType"' not in head
    )


def answers_in(raw: bytes) -> list[Answer]:
    """Every answer in ``raw``. `Unreadable` where one is broken, `TooBig` over the limits."""
    if len(raw) > LIMIT_MB * 1024 * 1024:
        raise TooBig("too_big", limit_mb=LIMIT_MB)
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    trees = [tree_of(raw)] if raw.lstrip().startswith(b"<") else [*_trees(raw)]
    return [_answer(number, tree) for number, tree in enumerate(trees, 1)]


def _answer(number: int, tree: Node) -> Answer:
    """The answer in the object around it, which bears its name; printed forms have none."""
    for name in ("xmlio2", "data"):
        tree = tree.at(name) or tree
    inside = tree.value if isinstance(tree.value, dict) else {}
    name, body = "", tree
    if not tree.at("Api_Result"):
        name = next((each for each in inside if Node(inside[each]).at("Api_Result")), "")
        body = tree.at(name) if name else tree
    if _LISTS.fullmatch(name):
        return Answer(number, "people", body)
    return Answer(number, _KINDS.get(body.at("Form_ID").text) or _KINDS.get(name, "other"), body)


def _trees(raw: bytes) -> Iterator[Node]:
    """JSON texts one after the other, as a connector keeps what it was told."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable("file_broken") from error
    decoder, found, rest = json.JSONDecoder(), 0, text.strip()
    at = 0
    while at < len(rest):
        found += 1
        if found > _MOST_ANSWERS:
            raise TooBig("too_big", limit_mb=LIMIT_MB)
        try:
            _, end = decoder.raw_decode(rest, at)
            part = rest[at:end].encode("utf-8")
            yield Node(strict_json.loads(part, limit=len(part), depth=_MOST_DEPTH))
        except (ValueError, RecursionError, Unreadable) as error:
            raise Unreadable("file_broken") from error
        at = end
        while at < len(rest) and rest[at].isspace():
            at += 1
