"""The resources of a FHIR R4 file (one alone, a Bundle of any type, a list, NDJSON), and what refers to what.

Nothing is fetched: a reference leads to something in the same file, or nowhere. A resource tagged 未告知 (UNINFORMED)
or 未提供 (UNDELIVERED) is withheld: it is counted and never looked into (JP-CLINS, JP_ehrshrs_indication).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from shared import strict_json
from shared.formats import Trouble
from shared.formats.json_tree import Node
from shared.languages import tr
from shared.problems import TooBig, Unreadable

# A referral with its attachments has some megabytes; ten years of one person's records stay below this.
LIMIT_MB = 32
# A document nests about fourteen deep; extensions of extensions some more.
MOST_DEPTH = 48
MOST_RESOURCES = 100_000

# The tag by its code, whatever system a file writes it in, or by its name.
_WITHHELD_CODES = ("uninformed", "undelivered")
_WITHHELD_NAMES = ("未告知", "未提供")
_TYPE = re.compile(r"[A-Z][A-Za-z]{2,40}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource, in the order of the file from 1. ``url`` is its address in the Bundle."""

    number: int
    type: str
    node: Node
    url: str = ""
    withheld: bool = False

    @property
    def where(self) -> str:
        """The place in words."""
        return tr("{number} 件目（{type}）", number=self.number, type=self.type)

    @property
    def id(self) -> str:
        """Its logical id."""
        return self.node.at("id").text

    @property
    def addresses(self) -> tuple[str, ...]:
        """What it may be referred to by."""
        name = self.id
        own = f"{self.type}/{name}" if name else ""
        return tuple(each for each in (self.url, own) if each)


class Sheaf:
    """All resources of one file."""

    def __init__(self, resources: tuple[Resource, ...], troubles: tuple[Trouble, ...]) -> None:
        self.resources = _all_copies_withheld(resources)
        self.troubles = troubles
        self._by_address: dict[str, Resource] = {}
        self._by_type: dict[str, list[Resource]] = {}
        for each in self.resources:
            if not each.withheld:
                self._by_type.setdefault(each.type, []).append(each)
            for address in each.addresses:
                self._by_address.setdefault(address, each)

    def of(self, kind: str) -> list[Resource]:
        """Those of this type that may be looked at."""
        return self._by_type.get(kind, [])

    def lead(self, reference: Node, holder: Resource) -> Resource | None:
        """What ``reference``, standing in ``holder``, leads to in this file; it may be withheld."""
        address = reference.at("reference").text
        if address.startswith("#"):
            return _contained(holder, address[1:])
        address = address.partition("/_history/")[0].partition("|")[0]
        found = self._by_address.get(address)
        if found is None and address.count("/") > 1:
            found = self._by_address.get("/".join(address.split("/")[-2:]))
        return found

    @property
    def any_withheld(self) -> bool:
        """Whether one of them, or something contained in one, is withheld."""
        return any(
            each.withheld or any(is_withheld(inside.at("meta")) for inside in each.node.each("contained"))
            for each in self.resources
        )


def sheaf_of(raw: bytes) -> Sheaf:
    """The resources in ``raw`` (UTF-8 JSON). `Unreadable` for what is no JSON, `TooBig` over the limits."""
    if len(raw) > LIMIT_MB * 1024 * 1024:
        raise TooBig("too_big", limit_mb=LIMIT_MB)
    gathering = _Gathering()
    try:
        for tree in _trees(raw.removeprefix(b"\xef\xbb\xbf"), gathering):
            gathering.take(Node(tree))
    except RecursionError as error:
        raise Unreadable("file_broken") from error
    return Sheaf(tuple(gathering.resources), tuple(gathering.troubles))


def _all_copies_withheld(resources: tuple[Resource, ...]) -> tuple[Resource, ...]:
    """Withheld once is withheld: a second copy of it without the tag tells nothing either."""
    kept_back = {address for each in resources if each.withheld for address in each.addresses}
    if not kept_back:
        return resources
    return tuple(
        each if each.withheld or kept_back.isdisjoint(each.addresses) else replace(each, withheld=True)
        for each in resources
    )


def is_withheld(meta: Node) -> bool:
    """Whether a resource with this ``meta`` must not be shown to the patient; in doubt it must not."""
    return any(
        said.casefold().strip() in _WITHHELD_CODES or any(name in said for name in _WITHHELD_NAMES)
        for said in meta.strings()
    )


class _Gathering:
    """The resources while the tree is walked through."""

    def __init__(self) -> None:
        self.resources: list[Resource] = []
        self.troubles: list[Trouble] = []

    def take(self, node: Node, url: str = "", *, withheld: bool = False) -> None:
        """A resource, or everything in a Bundle (and in the Parameters that some servers wrap one in) or a list."""
        if isinstance(node.value, list):
            for one in node.each():
                self.take(one, withheld=withheld)
            return
        kind = node.at("resourceType").text
        withheld = withheld or (bool(meta := node.at("meta")) and is_withheld(meta))
        if kind in ("Bundle", "Parameters"):
            for one in node.each("entry" if kind == "Bundle" else "parameter"):
                if resource := one.at("resource"):
                    self.take(resource, one.at("fullUrl").text, withheld=withheld)
        elif len(self.resources) >= MOST_RESOURCES:
            raise TooBig("too_big", limit_mb=LIMIT_MB)
        elif _TYPE.fullmatch(kind):
            number = len(self.resources) + 1
            self.resources.append(Resource(number, kind, node, url, withheld))
        else:
            self.troubles.append(Trouble(tr("ファイルの中"), Unreadable("file_part_broken")))


def _trees(raw: bytes, gathering: _Gathering) -> Iterator[object]:
    """The JSON of the file; of NDJSON each line, and a broken line loses no other."""
    limit = LIMIT_MB * 1024 * 1024
    try:
        yield strict_json.loads(raw, limit=limit, depth=MOST_DEPTH)
        return
    except Unreadable as error:
        lines = [(number, line) for number, line in enumerate(raw.split(b"\n"), 1) if line.strip()]
        if len(lines) < 2 or not _is_a_line(lines[0][1]):
            raise Unreadable("file_broken") from error
    for number, line in lines:
        try:
            yield strict_json.loads(line, limit=limit, depth=MOST_DEPTH)
        except Unreadable:
            # Without its beginning: nobody knows whether it may be shown.
            where = tr("{number} 行目", number=number)
            gathering.troubles.append(Trouble(where, Unreadable("file_part_broken")))


def _is_a_line(line: bytes) -> bool:
    """Whether a line is a resource by itself, as the lines of NDJSON are."""
    try:
        found = strict_json.loads(line, depth=MOST_DEPTH)
    except (Unreadable, TooBig):
        return False
    return isinstance(found, dict) and "resourceType" in found


def _contained(holder: Resource, name: str) -> Resource | None:
    for inside in holder.node.each("contained"):
        if name and inside.at("id").text == name:
            withheld = holder.withheld or is_withheld(inside.at("meta"))
            return Resource(holder.number, inside.at("resourceType").text, inside, withheld=withheld)
    return None
