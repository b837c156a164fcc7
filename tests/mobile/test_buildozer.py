"""The Android package: its settings are the safe ones, and every requirement can be built or is plain Python."""

from __future__ import annotations

import ast
import configparser
import logging
import sys
from importlib.metadata import requires, version
from pathlib import Path

import pytest
from pythonforandroid.build import Context
from pythonforandroid.graph import get_recipe_order_and_bootstrap
from pythonforandroid.recipe import Recipe

from mobile.stage import stage

ROOT = Path(__file__).parents[2]
# What has no recipe must be plain Python: each of these has a wheel for any platform ("py3-none-any").
PLAIN_PYTHON = {
    "requests",
    "urllib3",
    "idna",
    "certifi",
    "charset-normalizer",
    "filetype",
    "marshmallow",
    "segno",
    "bleak",
    "fitdecode",
}
# What the recipes of Kivy and pyjnius ask for beside (plain Python too; ours does not use them).
ASKED_BY_RECIPES = {"chardet", "six"}


@pytest.fixture(scope="module")
def spec() -> configparser.SectionProxy:
    found = configparser.ConfigParser(interpolation=None)
    found.read(ROOT / "mobile" / "buildozer.spec", encoding="utf-8")
    return found["app"]


def listed(spec: configparser.SectionProxy, name: str) -> list[str]:
    return [each.strip() for each in spec[name].split(",")]


def test_the_settings_are_the_safe_ones(spec: configparser.SectionProxy) -> None:
    assert spec["android.api"] == "36"
    assert spec["android.minapi"] == "26"
    assert spec["android.ndk"] == "28c"
    assert listed(spec, "android.archs") == ["arm64-v8a"]
    assert spec.getboolean("android.allow_backup") is False
    asked = {"INTERNET", "CAMERA", "POST_NOTIFICATIONS", "USE_BIOMETRIC"}
    bluetooth = {"BLUETOOTH", "BLUETOOTH_ADMIN", "BLUETOOTH_SCAN", "BLUETOOTH_CONNECT"}
    place = {"ACCESS_FINE_LOCATION", "ACCESS_COARSE_LOCATION"}  # bleak asks for it before it searches
    assert set(listed(spec, "android.permissions")) == asked | bluetooth | place


def test_every_requirement_has_a_recipe_or_is_plain_python(spec: configparser.SectionProxy) -> None:
    logging.getLogger("p4a").setLevel(logging.ERROR)
    requirements = [each.split("==")[0] for each in listed(spec, "requirements")]
    context = Context()
    context.local_recipes = None
    order, modules, bootstrap = get_recipe_order_and_bootstrap(context, requirements)
    assert bootstrap.name == spec["p4a.bootstrap"]
    assert {"python3", "hostpython3", "kivy", "sdl2", "cryptography", "openssl", "sqlite3", "pyjnius"} <= set(
        order
    )
    assert set(modules) - PLAIN_PYTHON - ASKED_BY_RECIPES == set()
    assert set(requirements) == {each for each in requirements if each in order} | PLAIN_PYTHON


def test_the_phone_is_built_for_a_python_that_our_code_is_ready_for(spec: configparser.SectionProxy) -> None:
    python = Recipe.get_recipe("python3", Context())
    assert python.version.startswith("3.14")
    assert "zxing-cpp" not in listed(spec, "requirements")  # no recipe: the phone scans with a Java library


def test_bleak_is_the_version_that_its_java_classes_are_of(
    spec: configparser.SectionProxy, tmp_path: Path
) -> None:
    assert f"bleak=={version('bleak')}" in listed(spec, "requirements")
    stage(tmp_path / "android")
    laid = {each.name for each in (tmp_path / "android" / "java" / "com").rglob("*.java")}
    assert laid == {"PythonBluetoothGattCallback.java", "PythonScanCallback.java"}
    needed = [each for each in requires("bleak") or () if "extra" not in each and "sys_platform" not in each]
    assert all("python_full_version <" in each for each in needed), (
        f"a part of bleak that the phone lacks: {needed}"
    )


def test_the_activities_and_their_sources_are_there(spec: configparser.SectionProxy) -> None:
    for activity in listed(spec, "android.add_activities"):
        source = ROOT / "mobile" / "java" / (activity.replace(".", "/") + ".java")
        assert f"class {activity.rsplit('.', 1)[1]} " in source.read_text(encoding="utf-8")


def test_everything_the_phone_imports_is_required(spec: configparser.SectionProxy, tmp_path: Path) -> None:
    stage(tmp_path / "android")
    named = (each.split("==")[0] for each in listed(spec, "requirements"))
    known = {each.replace("-", "_") for each in named} | {"jnius", "mobile", "shared"}
    # Imported only where it is installed (a computer), or by a format that says so.
    elsewhere = {"zxingcpp", "PIL"}
    found: dict[str, str] = {}
    for file in (tmp_path / "android").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"), feature_version=(3, 14))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found.update({name.split(".")[0]: str(file) for name in names})
    missing = set(found) - set(sys.stdlib_module_names) - known - elsewhere
    assert {name: found[name] for name in missing} == {}


def test_the_stage_holds_the_phone_and_nothing_of_the_server(tmp_path: Path) -> None:
    stage(tmp_path / "android")
    stage(tmp_path / "android")  # again: the same
    top = {each.name for each in (tmp_path / "android").iterdir()}
    assert top == {"mobile", "shared", "java", "main.py", "buildozer.spec", "pyproject.toml"}
    packed = [each.relative_to(tmp_path / "android") for each in (tmp_path / "android").rglob("*")]
    assert not [each for each in packed if each.suffix in {".pyc", ".po", ".db"} or "backend" in each.parts]
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("do not touch")
    with pytest.raises(SystemExit):
        stage(tmp_path / "mine")
    assert [each.name for each in (tmp_path / "mine").iterdir()] == ["letter.txt"]
