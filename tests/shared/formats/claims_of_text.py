"""Texts that claim to hold far more than they do: tables, JSON and XML longer, wider or deeper than any."""

from __future__ import annotations

import re

from tests.shared.formats.damage import NIGHTLY, samples
from tests.shared.formats.spelled import Spelled

Claims = dict[str, Spelled]

# What never ends: more than any reader holds.
ENDLESS = 256 << 20 if NIGHTLY else 6 << 20
# By day, of what takes time for each line and not for its size, this part: it enters the same branches.
PART = 1 if NIGHTLY else 4
_NUMBERS = (
    b"1e999999999",
    b"-1e999999999",
    b"1e-999999999",
    b"9" * 400,
    b"9" * 5000,
    b"-9",
    b"1e308",
    b"00",
    b"NaN",
)
_TEXTS = (b'""', b'"1e999999999"', b'"' + b"9" * 5000 + b'"', b"null", b"true", b"[]", b"{}", b"[[[[1]]]]")


def endless(head: bytes, unit: bytes, part: int = 1) -> Spelled:
    """``unit`` behind ``head`` without end; ``part``: divided by that."""
    return Spelled(head, unit, ENDLESS // part // len(unit))


def first(of: str, ending: str) -> bytes:
    """The first of our samples whose name ends so."""
    return next(content for name, content in samples(of) if name.endswith(ending))


def table(content: bytes) -> Claims:
    """A table of text that is longer or wider than any."""
    line = content.split(b"\n")[0]
    return {
        "a line without end": endless(content + b"\n", b"1,"),
        "a first line without end": endless(line, b",1"),
        "a quote never closed": endless(content + b'\n"', b"a" * 63 + b"\n", PART * PART),
        "a cell without end": endless(content + b'\n"', b"9"),
        "a million columns": Spelled(line + b",x" * 1_000_000 + b"\n" + content),
        "a million columns in a row": Spelled(content + b"\n" + b"1," * 1_000_000 + b"\n"),
        "a million empty lines": Spelled(content + b"\n" * (1_000_000 // PART)),
        "half a million rows of nothing": Spelled(content + b"\n" + b",,,\n" * (500_000 // PART)),
        **{
            f"{number[:12].decode()} as number {at}": Spelled(changed)
            for at, number, changed in _replaced(
                content, rb"(?<=[,;\t\"])-?\d+(?:\.\d+)?(?=[,;\t\"\r\n])", _NUMBERS
            )
        },
    }


def json(content: bytes) -> Claims:
    """JSON that is longer or deeper than any."""
    start = content[: content.index(b":") + 1]
    return {
        "a number without end": endless(start, b"9"),
        "a text without end": endless(start + b'"', b"a"),
        "lists without bottom": endless(start, b"["),
        "objects without bottom": endless(start, b'{"a":'),
        "a list without end": endless(start + b"[1", b",1"),
        "a thousand lists in one another": Spelled(start + b"[" * 1000 + b"1" + b"]" * 1000 + b"}"),
        "blanks without end": endless(content, b" \n"),
        "nothing but blanks without end": endless(b"", b" \n"),
        "the same again and again": Spelled(content, b"\n" + content, 200),
        **{
            f"{number[:12].decode()} as number {at}": Spelled(changed)
            for at, number, changed in _replaced(
                content, rb"(?<=:)\s*-?\d+(?:\.\d+)?(?=\s*[,}\]])", (*_NUMBERS, *_TEXTS)
            )
        },
        **{
            f"{text[:12].decode()} as text {at}": Spelled(changed)
            for at, text, changed in _replaced(
                content, rb'(?<=:)\s*"[^"\\]*"(?=\s*[,}\]])', (*_NUMBERS[:5], *_TEXTS)
            )
        },
    }


def xml(content: bytes) -> Claims:
    """XML that is longer or deeper than any, or unfolds itself."""
    found = re.search(rb"<[A-Za-z][^>]*>", content)
    assert found is not None
    root = found[0]
    upto, after = content[: found.start()], content[found.end() :]
    opened = content[: found.end()]
    inner = re.search(rb'="[^"]*"', after)
    attribute = opened + after[: inner.start() + 2] if inner else opened + b'<a b="'
    declared = b"".join(
        b'<!ENTITY e%d "%b">' % (n, b"&e%d;" % (n - 1) * 10 if n else b"x" * 100) for n in range(10)
    )
    return {
        "an attribute without end": endless(attribute, b"9"),
        "a text without end": endless(opened, b"text "),
        "a name without end": endless(opened + b"<", b"a"),
        "a comment without end": endless(opened + b"<!--", b"a"),
        "a comment before it without end": endless(upto + b"<!--", b"a"),
        "blanks before it without end": endless(upto, b" \n"),
        "CDATA without end": endless(opened + b"<![CDATA[", b"a"),
        "elements without bottom": endless(opened, b"<a>"),
        "elements without end": endless(opened, b"<a/>", PART),
        "a million attributes": Spelled(
            opened + b"<a " + b" ".join(b'a%d=""' % n for n in range(1_000_000)) + b"/>"
        ),
        "entities that unfold": Spelled(upto + b"<!DOCTYPE x [" + declared + b"]>" + root + b"&e9;" + after),
        "one entity, many times": Spelled(
            upto + b'<!DOCTYPE x [<!ENTITY e "' + b"x" * 1_000_000 + b'">]>' + root, b"&e;", 2000, after
        ),
        "a file of this machine": Spelled(
            upto + b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + root + b"&e;" + after
        ),
        "entities of parameters": Spelled(
            upto + b'<!DOCTYPE x [<!ENTITY % e "<!ENTITY f 1>"> %e;]>' + root + after
        ),
        **{
            f"{number[:12].decode()} as value {at}": Spelled(changed)
            for at, number, changed in _replaced(content, rb'(?<==")-?\d+(?:\.\d+)?(?=")', _NUMBERS)
        },
        **{
            f"{number[:12].decode()} as text {at}": Spelled(changed)
            for at, number, changed in _replaced(content, rb"(?<=>)-?\d+(?:\.\d+)?(?=<)", _NUMBERS)
        },
    }


def _replaced(content: bytes, pattern: bytes, by: tuple[bytes, ...]) -> list[tuple[int, bytes, bytes]]:
    """``content`` with one match replaced by each; of many matches some that are spread over it."""
    found = list(re.finditer(pattern, content))
    most = 400 if NIGHTLY else 4
    places = sorted(
        {len(found) * each // most for each in range(most)} if len(found) > most else range(len(found))
    )
    return [
        (at, each, content[: found[at].start()] + each + content[found[at].end() :])
        for at in places
        for each in by
    ]
