"""Every text for people is there in Japanese and in English, with the same blanks, and no translation is left over.

A text is what stands in ``tr(...)`` or ``_(...)`` (Python, Jinja, kv), every message of a problem, every label of a
kind, and every other Japanese literal of the program: tables of words are spoken through ``tr(WORDS[x])``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po
from jinja2 import Environment
from jinja2.ext import extract_from_ast

ROOT = Path(__file__).parents[2]
SIDES = ("shared", "backend", "mobile")
LANGUAGE_FILES = ROOT / "shared" / "languages" / "en"

# Kana, kanji, and the punctuation that goes with them.
JAPANESE = re.compile("[\u3041-\u30ff\u3400-\u9fff\uff66-\uff9f]")
# Japanese that is matched in files of the outside world, sent into them, or made up for the demonstration: not spoken.
NOT_SPOKEN = (
    "shared/formats/",
    "shared/languages/",
    "shared/personal_numbers.py",
    "shared/allergens.py",
    "shared/drug_ingredients.py",
    "shared/drug_routes.py",
    "shared/drug_words.py",
    "shared/drug_master.py",
    "shared/drug_listing.py",
    "shared/usage_codes.py",
    "shared/usage_words.py",
    "backend/drugs/bundling.py",
    "backend/drugs/layouts.py",
    "backend/drugs/mastering.py",
    "backend/costs/tax_form.py",
    "backend/seed",
    "backend/demo_",
    "backend/web/glyphs.py",
    "mobile/text.py",
    "mobile/screens/add_medicine/form.py",
)
# Signs that are the same in every language, and what is only measured, matched or cut up, never read.
NOT_SPOKEN_TEXTS = frozenset((" ・ ", "・", "月火水木金土日", "国g"))
# Eras stand only beside Japanese dates; a language is named in itself; makers name their devices so.
# How a clinic's system begins a note that the checks look for.
NOT_SPOKEN_TEXTS |= {"禁忌", "「[^」]*」|【般】"}
NOT_SPOKEN_TEXTS |= {"大正", "昭和", "平成", "令和", "日本語", "ウォッチ", "スマホ", "バンド", "日分"}
# Here an f-string writes a date as Japanese does; the English stands beside it.
WRITES_DATES = ("mobile/wording.py", "mobile/screens/sign_in/state.py")
# The name of the product is the same in every language.
NAME = "ともに"
SPEAKING = ("tr", "_", "gettext")


@cache
def spoken(side: str) -> frozenset[str]:
    """Every text that goes through ``tr`` or ``_`` on a side, wherever it is written."""
    return frozenset(text for text, called in _texts(side) if called)


@cache
def literals(side: str) -> frozenset[str]:
    """The same, and every other Japanese literal of the side that is not a docstring."""
    return frozenset(text for text, _ in _texts(side))


@cache
def english(side: str) -> dict[str, str]:
    """The language file of a side: the Japanese and its English."""
    with (LANGUAGE_FILES / f"{side}.po").open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    entries = [entry for entry in catalogue if entry.id]
    assert not [entry.id for entry in entries if entry.fuzzy], "a fuzzy entry is not spoken"
    return {str(entry.id): str(entry.string) for entry in entries}


def _texts(side: str) -> Iterator[tuple[str, bool]]:
    for path in sorted((ROOT / side).rglob("*")):
        if "node_modules" in path.parts or not path.is_file():
            continue
        if path.suffix == ".py":
            exempt = path.relative_to(ROOT).as_posix().startswith(NOT_SPOKEN)
            yield from (found for found in _of_python(path) if found[1] or not exempt)
        elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
            yield from ((text, True) for text in _of_template(path))
        elif path.suffix == ".kv":
            yield from ((text, True) for text in _of_kv(path))


def _of_python(path: Path) -> Iterator[tuple[str, bool]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    called: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in SPEAKING and node.args:
            for part in ast.walk(node.args[0]):
                if (
                    isinstance(part, ast.Constant)
                    and isinstance(part.value, str)
                    and JAPANESE.search(part.value)
                ):
                    called.add(id(part))
                    yield part.value, True
    for text in (*_of_tables(tree), *_labels(tree)):
        if id(text) not in called:
            called.add(id(text))
            yield str(text.value), True
    silent = called | _docstrings(tree) | _parts_of_mixed(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in silent and _is_for_people(node.value):
            yield str(node.value), False


def _labels(tree: ast.Module) -> Iterator[ast.Constant]:
    """The name of a format, which is shown at every import."""
    for name, value in _tables(tree):
        if name == "LABEL" and isinstance(value, ast.Constant) and _is_for_people(value.value):
            yield value


def _of_tables(tree: ast.Module) -> Iterator[ast.Constant]:
    """The texts of the module's own tables that are spoken by a variable: ``tr(WORDS[x])``."""
    tables = dict(_tables(tree))
    for call in _spoken_by_variable(tree):
        for name in {
            node.id for node in ast.walk(call.args[0]) if isinstance(node, ast.Name)
        } & tables.keys():
            table = tables[name]
            said = table.values if isinstance(table, ast.Dict) else [table]
            for node in (inside for each in said for inside in ast.walk(each)):
                if isinstance(node, ast.Constant) and _is_for_people(node.value):
                    yield node


def _tables(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for node in tree.body:
        if isinstance(node, ast.Assign):
            yield _name(node.targets[0]), node.value
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            yield _name(node.target), node.value


def _spoken_by_variable(tree: ast.Module) -> Iterator[ast.Call]:
    """Calls of ``tr`` with something else than the text itself (or a choice between texts)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in SPEAKING and node.args:
            said = node.args[0]
            if not any(
                isinstance(part, ast.Constant) and _is_for_people(part.value) for part in ast.walk(said)
            ):
                yield node


def _is_for_people(value: object) -> bool:
    return (
        isinstance(value, str)
        and value not in NOT_SPOKEN_TEXTS
        and bool(JAPANESE.search(value.replace(NAME, "")))
    )


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _docstrings(tree: ast.Module) -> set[int]:
    """Strings that stand alone as a statement: of a module, a class, a function, or after a name."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def _parts_of_mixed(tree: ast.Module) -> set[int]:
    """Pieces of f-strings; a test of their own looks at those."""
    mixed = (node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr))
    return {id(part) for node in mixed for part in ast.walk(node)}


def _of_template(path: Path) -> Iterator[str]:
    jinja = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    for _, _, message in extract_from_ast(jinja.parse(path.read_text(encoding="utf-8")), SPEAKING):
        # With blanks to fill, the text comes first and the blanks after it.
        text = message[0] if isinstance(message, tuple) else message
        if isinstance(text, str):
            yield text


def _of_kv(path: Path) -> Iterator[str]:
    for quoted in re.findall(r"""\btr\(\s*("[^"\n]*"|'[^'\n]*')""", path.read_text(encoding="utf-8")):
        yield str(ast.literal_eval(quoted))


def _blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("side", SIDES)
def test_every_text_has_its_english(side: str) -> None:
    known = english(side).keys() | english("shared").keys()
    assert sorted(literals(side) - known) == []


@pytest.mark.parametrize("side", SIDES)
def test_what_a_variable_says_is_found(side: str) -> None:
    """Where other Japanese is only matched, a text is found by its table: the table must stand in the same file.

    A label is that of a kind, a stream or a format, and those are found where they stand.
    """
    lost = [
        f"{path.relative_to(ROOT)}:{call.lineno} {ast.unparse(call)}"
        for path in sorted((ROOT / side).rglob("*.py"))
        if path.relative_to(ROOT).as_posix().startswith(NOT_SPOKEN)
        and path.relative_to(ROOT).as_posix() != "shared/languages/__init__.py"
        for tree in [ast.parse(path.read_text(encoding="utf-8"))]
        for call in _spoken_by_variable(tree)
        if not isinstance(call.args[0], ast.Constant) and _name(call.args[0]) not in ("label", "LABEL")
        if not {node.id for node in ast.walk(call.args[0]) if isinstance(node, ast.Name)}
        & dict(_tables(tree)).keys()
    ]
    assert lost == []


@pytest.mark.parametrize("side", SIDES)
def test_no_spoken_table_is_imported_from_where_texts_are_only_matched(side: str) -> None:
    """What is said by the name of a table must be Japanese that is looked for, wherever the table stands."""
    lost = []
    for path in sorted((ROOT / side).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = {
            each.asname or each.name: f"{node.module.replace('.', '/')}.py"
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module
            for each in node.names
        }
        for call in _spoken_by_variable(tree):
            for node in ast.walk(call.args[0]):
                said = imported.get(node.id, "") if isinstance(node, ast.Name) else ""
                if said.startswith(NOT_SPOKEN) and _name(call.args[0]) not in ("label", "LABEL"):
                    lost.append(f"{path.relative_to(ROOT)}:{call.lineno} {ast.unparse(call)}")
    assert lost == []


def test_a_text_in_a_table_is_found() -> None:
    tree = ast.parse(
        '_WORDS: dict[str, str] = {"鍵": "体温（℉）"}\nOTHER = ("腋窩",)\nsaid = tr(_WORDS[key])'
    )
    assert [node.value for node in _of_tables(tree)] == ["体温（℉）"]


@pytest.mark.parametrize("side", SIDES)
def test_no_english_is_empty_or_still_japanese(side: str) -> None:
    assert [ja for ja, en in english(side).items() if not en.strip() or JAPANESE.search(en)] == []


@pytest.mark.parametrize("side", SIDES)
def test_no_translation_is_left_over(side: str) -> None:
    sides = SIDES if side == "shared" else (side,)
    used = frozenset[str]().union(*(literals(each) for each in sides))
    # A text without a Japanese letter may be spoken too; only what is Japanese is looked for.
    assert sorted(text for text in english(side).keys() - used if JAPANESE.search(text)) == []


@pytest.mark.parametrize("side", SIDES)
def test_the_blanks_are_the_same_in_both_languages(side: str) -> None:
    assert [ja for ja, en in english(side).items() if _blanks(ja) != _blanks(en)] == []


def test_no_text_has_two_translations() -> None:
    # The three files are asked in turn: a second, different English would never be heard.
    for one, other in (("shared", "backend"), ("shared", "mobile")):
        common = english(one).keys() & english(other).keys()
        assert [text for text in common if english(one)[text] != english(other)[text]] == []


@pytest.mark.parametrize("side", SIDES)
def test_no_text_is_put_together_before_it_is_translated(side: str) -> None:
    mixed = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((ROOT / side).rglob("*.py"))
        if not path.relative_to(ROOT).as_posix().startswith((*NOT_SPOKEN, *WRITES_DATES))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.JoinedStr) and JAPANESE.search(ast.unparse(node))
    ]
    assert mixed == []


def test_templates_and_kv_have_no_japanese_outside_of_a_call() -> None:
    bare = []
    for side in ("backend", "mobile"):
        for path in sorted((ROOT / side).rglob("*")):
            if path.suffix not in {".html", ".kv"} or "node_modules" in path.parts:
                continue
            text = path.read_text(encoding="utf-8")
            # The longest first: one text may be a part of another.
            found = _of_template(path) if path.suffix == ".html" else _of_kv(path)
            for said in sorted(found, key=len, reverse=True):
                text = text.replace(said, "")
            text = re.sub(r"\{#.*?#\}|<!--.*?-->|(?m:^\s*#.*$)", "", text, flags=re.DOTALL)
            if JAPANESE.search(text.replace(NAME, "")):
                bare.append(str(path.relative_to(ROOT)))
    assert bare == []
