"""Damage inside containers: in members of a zip, values of JSON and XML, cells of a table (and `insides_of_bytes`).

Each way takes a file apart, damages one part and puts it together again, checksums included, so that the damage comes
past the first look. What cannot be taken apart is damaged as bytes.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from tests.fuzz.damage import Damage
from tests.fuzz.insides_of_bytes import database, fit, png

_ATTRIBUTE = re.compile(rb'\s([\w:.-]+)=("[^"]*"|\'[^\']*\')')
_ELEMENT = re.compile(rb"<([\w:.-]+)(?:\s[^<>]*)?(?:/>|>[^<>]*</\1>)")
_TEXT = re.compile(rb">([^<>]{1,200})<")
_ENTITIES = (
    b"&lt;",
    b"&#0;",
    b"&#xD800;",
    b"&nosuch;",
    b"<![CDATA[x]]>",
    b"<!-- x -->",
    b"<a>",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
)


# Expanding what claims more costs the search its time; the claim itself is tried as it is.
_LARGEST_EXPANDED = 1 << 20
# What taking apart stumbles over where an input is damaged already.
_STUMBLES = (
    ValueError, LookupError, OSError, EOFError, ArithmeticError, RuntimeError, NotImplementedError,
    sqlite3.Error, struct.error, zipfile.BadZipFile, zlib.error, csv.Error,
)  # fmt: skip


def damaged(raw: bytes, damage: Damage, depth: int = 0) -> bytes:
    """``raw`` damaged in one place, inside its container where it is one."""
    inside = _inside(raw)
    if damage.likely(0.15):
        return damage.bytes_once(raw)
    try:
        if raw[:2] == b"PK":
            return _zip(raw, damage, depth)
        if inside is not None:
            return inside(raw, damage)
    except _STUMBLES:
        pass
    return damage.bytes_once(raw)


def _inside(raw: bytes) -> Callable[[bytes, Damage], bytes] | None:
    start = raw[:64].lstrip(b"\xef\xbb\xbf \r\n\t")
    if raw[:15] == b"SQLite format 3":
        return database
    if raw[8:12] == b".FIT":
        return fit
    if raw[:4] == b"\x89PNG":
        return png
    if start[:1] in (b"{", b"["):
        return _json
    if start[:1] == b"<":
        return _xml
    return _table if any(mark in raw for mark in (b",", b";", b"\t")) else None


# ---- zip -------------------------------------------------------------------------------------------------------------


def _zip(raw: bytes, damage: Damage, depth: int) -> bytes:
    with zipfile.ZipFile(io.BytesIO(raw)) as opened:
        infos = opened.infolist()[:200]
        if sum(info.file_size for info in infos) > _LARGEST_EXPANDED:
            return damage.bytes_once(raw)
        members = [(info.filename, opened.read(info)) for info in infos]
    at = damage.below(len(members))
    name, content = members[at]
    way = damage.chance.randrange(20)
    if way == 0:
        del members[at]
    elif way == 1:
        members.insert(at, (damage.text(name), content))
    elif way == 2:
        members[at] = (damage.text(name), content)
    elif way == 3:
        other = damage.one_of(members)
        members[at] = (name, other[1])
    elif way == 4 and depth == 0:
        members.append((damage.one_of(("inner.zip", name)), raw))
    else:
        members[at] = (name, damaged(content, damage, depth + 1) if depth < 3 else damage.bytes_once(content))
    made = io.BytesIO()
    with (
        warnings.catch_warnings(),
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as written,
    ):
        warnings.simplefilter("ignore")
        for each, data in members:
            written.writestr(zipfile.ZipInfo(each or "a"), data)
    return made.getvalue()


# ---- JSON ------------------------------------------------------------------------------------------------------------


def _json(raw: bytes, damage: Damage) -> bytes:
    text = raw.decode("utf-8-sig")
    try:
        tree = json.loads(text)
    except ValueError:
        lines = text.splitlines()
        at = damage.below(len(lines))
        if damage.likely(0.2):
            lines.insert(at, damage.one_of(lines))
        else:
            tree = json.loads(lines[at])
            lines[at] = json.dumps(_changed(tree, damage), ensure_ascii=damage.likely(0.5))
        return "\n".join(lines).encode("utf-8", "surrogatepass")
    if damage.likely(0.02):
        deep = damage.one_of((50, 500, 5000))
        return (damage.one_of(("[", '{"a":')) * deep + text).encode()
    made = json.dumps(_changed(tree, damage), ensure_ascii=damage.likely(0.5))
    return made.encode("utf-8", "replace")


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    waiting = [tree]
    while waiting:
        holder = waiting.pop()
        inside = holder.items() if isinstance(holder, dict) else enumerate(holder)
        for key, child in inside:
            yield holder, key
            if isinstance(child, dict | list):
                waiting.append(child)


def _changed(tree: Any, damage: Damage) -> Any:
    places = list(_places(tree)) if isinstance(tree, dict | list) else []
    if not places or damage.likely(0.03):
        return damage.one_of(([tree], {"data": tree}, damage.value(tree)))
    leaves = [(holder, key) for holder, key in places if not isinstance(holder[key], dict | list)]
    holder, key = damage.one_of(leaves if leaves and damage.likely(0.7) else places)
    known = holder[key]
    way = damage.chance.randrange(12)
    if way == 0:
        del holder[key]
    elif way == 1:
        holder[key] = damage.one_of(([known], {"value": known}, [known, known]))
    elif way == 2:
        other, there = damage.one_of(places)
        holder[key] = json.loads(json.dumps(other[there]))
    elif way == 3 and isinstance(holder, dict):
        holder[damage.text(str(key))] = holder.pop(key)
    elif way == 4 and isinstance(holder, dict) and damage.words:
        holder[damage.one_of(damage.words).decode("utf-8", "replace")] = damage.value(known)
    elif way == 5 and isinstance(holder, list):
        holder.insert(key, json.loads(json.dumps(known)))
    elif way == 6 and isinstance(known, str) and known[:1] in "{[":
        holder[key] = _json(known.encode(), damage).decode("utf-8", "replace")
    else:
        holder[key] = damage.value(known)
    return tree


# ---- XML -------------------------------------------------------------------------------------------------------------


def _xml(raw: bytes, damage: Damage) -> bytes:
    way = damage.chance.randrange(10)
    if way < 5 and (found := list(_ATTRIBUTE.finditer(raw))):
        spot = damage.one_of(found)
        if damage.likely(0.1):
            return raw[: spot.start()] + raw[spot.end() :]
        value = spot[2][1:-1].decode("utf-8", "replace")
        new = (
            damage.text(value)
            if damage.likely(0.8)
            else damage.one_of(found)[2][1:-1].decode("utf-8", "replace")
        )
        return raw[: spot.start(2) + 1] + _escaped(new, damage) + raw[spot.end(2) - 1 :]
    if way < 7 and (found := list(_TEXT.finditer(raw))):
        spot = damage.one_of(found)
        return (
            raw[: spot.start(1)]
            + _escaped(damage.text(spot[1].decode("utf-8", "replace")), damage)
            + raw[spot.end(1) :]
        )
    if found := list(_ELEMENT.finditer(raw)):
        spot = damage.one_of(found)
        whole = spot[0]
        if way == 7:
            return raw[: spot.start()] + raw[spot.end() :]
        if way == 8:
            return raw[: spot.end()] + whole * damage.one_of((1, 2, 30)) + raw[spot.end() :]
        other = damage.one_of(found)[0]
        return raw[: spot.start()] + other + raw[spot.end() :]
    return damage.bytes_once(raw)


def _escaped(text: str, damage: Damage) -> bytes:
    if damage.likely(0.05):
        return damage.one_of(_ENTITIES)
    made = text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;").encode("utf-8", "replace")
    return bytes(each for each in made if each >= 32 or each in (9, 10, 13))


# ---- tables ----------------------------------------------------------------------------------------------------------


def _table(raw: bytes, damage: Damage) -> bytes:
    text, encoding = _decoded(raw)
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.split(end)
    at = damage.below(len(lines))
    way = damage.chance.randrange(24)
    if way == 0:
        del lines[at]
    elif way == 1:
        lines.insert(damage.below(len(lines)), lines[at])
    elif way == 2:
        other = damage.below(len(lines))
        lines[at], lines[other] = lines[other], lines[at]
    elif way == 3:
        end = damage.one_of(("\n", "\r\n", "\r", "\n\n"))
    elif way == 4:
        encoding = damage.one_of(("utf-8", "utf-8-sig", "cp932", "utf-16", "latin-1"))
    elif way == 5:
        old, new = damage.one_of(((",", ";"), (",", "\t"), (";", ","), ("/", "-"), (":", "."), (".", ",")))
        lines = [line.replace(old, new) for line in lines]
    elif way == 6:
        lines = _column_moved(lines, damage)
    else:
        lines[at] = _cell(lines[at], damage)
    return end.join(lines).encode(encoding, "replace")


def _decoded(raw: bytes) -> tuple[str, str]:
    for encoding in ("utf-8-sig" if raw[:3] == b"\xef\xbb\xbf" else "utf-8", "cp932"):
        try:
            return raw.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1"), "latin-1"


def _split(line: str) -> tuple[list[str], str]:
    mark = max(",;\t", key=line.count)
    return (next(csv.reader([line], delimiter=mark), []) if '"' in line else line.split(mark)), mark


def _cell(line: str, damage: Damage) -> str:
    cells, mark = _split(line)
    if not cells:
        return damage.text()
    at = damage.below(len(cells))
    way = damage.chance.randrange(10)
    if way == 0:
        del cells[at]
    elif way == 1:
        cells.insert(at, damage.text(cells[at]))
    elif way == 2:
        other = damage.below(len(cells))
        cells[at], cells[other] = cells[other], cells[at]
    else:
        cells[at] = damage.text(cells[at])
    if '"' not in line:
        return mark.join(cells)
    made = io.StringIO()
    csv.writer(made, delimiter=mark, quoting=csv.QUOTE_ALL, lineterminator="").writerow(cells)
    return made.getvalue()


def _column_moved(lines: list[str], damage: Damage) -> list[str]:
    marks = [_split(line) for line in lines]
    width = max(len(cells) for cells, _ in marks)
    one, other = damage.below(width), damage.below(width)
    for cells, _ in marks:
        if max(one, other) < len(cells):
            cells[one], cells[other] = cells[other], cells[one]
    return [mark.join(cells) for cells, mark in marks]
