"""The three packages are ours, the locks can be trusted, and the commands tell what they are."""

from __future__ import annotations

import importlib
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]
LOCKS = sorted((HOUSE / "locks").glob("*.txt"))


@pytest.mark.parametrize("name", ["backend", "mobile", "shared"])
def test_packages_come_from_this_house(name: str) -> None:
    """site-packages comes before us on the path: a library's folder of the same name would win silently."""
    found = importlib.import_module(name).__file__
    assert found is not None
    assert Path(found).is_relative_to(HOUSE)


def test_every_lock_is_there() -> None:
    assert [path.stem for path in LOCKS] == ["backend", "build", "dev", "mobile"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_locks_have_hashes_and_no_addresses(lock: Path) -> None:
    text = lock.read_text("utf-8")
    assert "://" not in text
    assert not re.search(r"--(index|extra|find|trusted)", text)
    pins = [pin for pin in re.split(r"\n(?=\S)", text) if pin.strip()]
    assert len(pins) > 3
    for pin in pins:
        assert re.match(r"[a-z0-9-]+(\[[a-z,]+\])?==[0-9]", pin), pin
        assert "--hash=sha256:" in pin, pin


def test_locks_agree_with_each_other() -> None:
    """One venv holds all of them: two versions of one library would undo each other at every set-up."""
    versions: dict[str, set[str]] = {}
    for lock in LOCKS:
        # numpy alone has two, one for Python 3.11 and one for the newer ones.
        for name, pin in re.findall(r"^([a-z0-9-]+)==([^ ]+)", lock.read_text(), re.MULTILINE):
            versions.setdefault(name, set()).add(pin)
    assert {name: pins for name, pins in versions.items() if len(pins) > 1 and name != "numpy"} == {}


def test_every_named_library_is_locked() -> None:
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text("utf-8"))["project"]
    for extra, wanted in project["optional-dependencies"].items():
        locked = (HOUSE / "locks" / f"{extra}.txt").read_text("utf-8")
        for requirement in [*wanted, *project["dependencies"]]:
            name = re.split(r"[^A-Za-z0-9_.-]", requirement)[0].lower()
            assert re.search(rf"^{re.escape(name)}==", locked, re.MULTILINE), (
                f"{name} is not in {extra}: run `make lock`"
            )


def test_web_lock_has_hashes_and_no_addresses() -> None:
    text = (HOUSE / "backend" / "web" / "package-lock.json").read_text("utf-8")
    assert "://" not in text
    assert text.count('"version"') == text.count('"integrity": "sha512-') > 0


def test_make_alone_lists_every_command() -> None:
    listed = subprocess.run(["make"], cwd=HOUSE, capture_output=True, text=True, check=True).stdout
    makefile = (HOUSE / "Makefile").read_text("utf-8")
    commands = re.findall(r"^([a-z]+):", makefile, re.MULTILINE)
    phony = re.search(r"^\.PHONY: (.*)", makefile, re.MULTILINE)
    assert phony is not None
    assert set(phony[1].split()) == set(commands)
    for command in commands:
        assert re.search(rf"^  make {command} +\S+", listed, re.MULTILINE), (
            f"make {command} says nothing about itself"
        )


def test_the_build_machine_checks_and_tests() -> None:
    run = HOUSE / ".ci" / "run"
    assert run.stat().st_mode & 0o111
    assert re.search(r"^make check\nmake test$", run.read_text("utf-8"), re.MULTILINE)
