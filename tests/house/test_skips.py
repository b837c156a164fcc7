"""A skip is a failure in CI, and elsewhere what it is; only the marker samples may skip."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SKIPPING = """
import pytest
def test_a_tool_is_missing(): pytest.skip("no such tool")
@pytest.mark.samples
def test_samples_are_not_there(): pytest.skip("no folder")
"""
NOT_COLLECTED = 'import pytest\npytest.importorskip("no_such_library")\ndef test_it(): pass\n'
EXPECTED_TO_FAIL = "import pytest\n@pytest.mark.xfail\ndef test_it(): assert 0\n"


def _run(folder: Path, text: str, ci: str) -> str:
    (folder / "test_one.py").write_text(text)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = samples: may skip\n")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tests.fixtures.skips",
        "-p",
        "no:cacheprovider",
        "test_one.py",
    ]
    env = {**os.environ, "CI": ci, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    return done.stdout.splitlines()[-1]


def test_in_ci_only_samples_skip(tmp_path: Path) -> None:
    assert "1 failed, 1 skipped" in _run(tmp_path, SKIPPING, "true")


@pytest.mark.parametrize("text", [NOT_COLLECTED, EXPECTED_TO_FAIL])
def test_in_ci_nothing_is_left_out_in_other_ways(tmp_path: Path, text: str) -> None:
    said = _run(tmp_path, text, "true")
    assert "1 failed" in said or "1 error" in said


def test_elsewhere_a_skip_is_a_skip(tmp_path: Path) -> None:
    assert "2 skipped" in _run(tmp_path, SKIPPING, "")
