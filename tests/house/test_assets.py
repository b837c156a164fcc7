"""The fonts carry every character and every icon, and a second build does nothing."""

from __future__ import annotations

import gettext
import json
from pathlib import Path

import pytest
from babel.messages.pofile import PoFileError
from fontTools.ttLib import TTFont

from backend.web import build, catalogues, glyphs

NAMES = "山田花子𠮷田髙﨑德永濵辺〜−‖¢£¬①㎎Ⅱ℃ｱｲｳ今日の血圧をはかる。「」、・ー"
TEXT_FONTS = [path for path in build.outputs() if path.name.startswith("NotoSansJP")]


@pytest.mark.parametrize(
    "path", [path for path in build.outputs() if "LICENSE" not in path.name], ids=lambda path: path.name
)
def test_every_asset_is_there(path: Path) -> None:
    assert path.stat().st_size > 500, "run `make assets`"


@pytest.mark.parametrize("path", TEXT_FONTS, ids=lambda path: path.name)
def test_no_name_turns_into_empty_boxes(path: Path) -> None:
    with TTFont(path) as font:
        drawn = font.getBestCmap()
    assert [sign for sign in NAMES + glyphs.BY_HAND if ord(sign) not in drawn] == []
    assert len(drawn) > 11_000  # cp932 and JIS X 0213 together


def test_every_icon_is_in_the_icon_font() -> None:
    icons: dict[str, int] = json.loads(build.ICON_TABLE.read_text("utf-8"))
    assert sorted(icons) == sorted(glyphs.ICONS)
    with TTFont(build.PHONE_FONTS / "icons.ttf") as font:
        drawn = font.getBestCmap()
    assert [name for name, point in icons.items() if point not in drawn] == []


def test_a_second_build_does_nothing() -> None:
    assert build._is_current(), "run `make assets`"
    said: list[str] = []
    build.build(said.append)
    assert said == []


def test_an_icon_that_the_font_lacks_is_named() -> None:
    with pytest.raises(build.AssetsFailed, match="account-multiple"):
        build._icon_points('"account": F0004')


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("npm error code EINTEGRITY", "does not match its hash"),
        ("npm error code ENOTFOUND", "cannot be reached"),
        ("npm error code ENOSPC", "full or read-only"),
        ("npm error something new", "something new"),
    ],
)
def test_what_npm_says_becomes_one_sentence(said: str, told: str) -> None:
    assert told in build._why_npm_failed(said)


def test_language_files_are_compiled_once_and_again_when_changed(tmp_path: Path) -> None:
    english = tmp_path / "en"
    english.mkdir()
    po = english / "shared.po"
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    po.write_text(head + 'msgid "今日"\nmsgstr "Today"\n', "utf-8")
    assert catalogues.compile_all(tmp_path) == [po]
    assert catalogues.compile_all(tmp_path) == []
    with po.with_suffix(".mo").open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("今日") == "Today"
    po.write_text(head + "nonsense", "utf-8")
    with pytest.raises(PoFileError):
        catalogues.compile_all(tmp_path)
