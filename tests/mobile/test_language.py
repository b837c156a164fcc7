from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import read_po

from mobile.shell import DOCTOR_TABS, PATIENT_TABS

ROOT = Path(__file__).resolve().parents[2]
PHONE, ENGLISH = ROOT / "mobile", ROOT / "shared" / "languages" / "en"
BLANKS = re.compile(r"\{(\w*)\}")


def said_by_the_phone() -> Iterator[str]:
    """Every text for people in the phone's code: in calls of tr(), in .kv files, in the bar at the bottom."""
    for path in PHONE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "tr" and node.args:
                argument = node.args[0]
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value
    for path in PHONE.rglob("*.kv"):
        yield from re.findall(r"tr\('([^']*)'\)", path.read_text(encoding="utf-8"))
    yield from (words for _, words, _ in (*PATIENT_TABS, *DOCTOR_TABS))
    yield from ("上", "下", "脈拍", "時", "分")


def english() -> dict[str, str]:
    found: dict[str, str] = {}
    for name in ("shared", "mobile"):
        with (ENGLISH / f"{name}.po").open(encoding="utf-8") as file:
            found |= {
                str(message.id): str(message.string)
                for message in read_po(file)
                if message.id and message.string
            }
    return found


def test_everything_the_phone_says_is_said_in_english_too() -> None:
    known = english()
    assert [text for text in said_by_the_phone() if text not in known] == []


def test_both_languages_fill_the_same_blanks() -> None:
    for text, translated in english().items():
        assert set(BLANKS.findall(text)) == set(BLANKS.findall(translated)), text
