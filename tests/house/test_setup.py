"""What a person reads when her machine lacks something: one sentence, status 1, nothing half-made.

The machine is played by small scripts on PATH; setup.sh itself is the real one.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]
TOOLS = ("sh", "dirname", "grep", "tail", "cat", "cp", "cmp", "mkdir", "rm", "df", "awk", "id", "uname", "tr")


@dataclass(frozen=True)
class Machine:
    """An empty machine: the project's folder, and a PATH with nothing but the plainest tools."""

    folder: Path
    path: Path

    def has(self, program: str, script: str) -> None:
        target = self.path / program
        target.unlink(missing_ok=True)
        target.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        target.chmod(0o755)

    def set_up(self, what: str = "run", **environment: str) -> str:
        """Run setup.sh for a command, which must fail; the sentence it fails with."""
        asked = subprocess.run(
            ["/bin/sh", "setup.sh", what],
            cwd=self.folder,
            env={"PATH": str(self.path), "HOME": str(self.folder), **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert asked.returncode == 1, asked.stdout + asked.stderr
        assert asked.stderr.startswith("tomoni: ")
        assert asked.stderr.count("\n") == 1, asked.stderr
        return asked.stderr


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    path = tmp_path / "path"
    path.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found, tool
        (path / tool).symlink_to(found)
    folder = tmp_path / "a folder with a blank"
    folder.mkdir()
    shutil.copyfile(HOUSE / "setup.sh", folder / "setup.sh")
    shutil.copytree(HOUSE / "locks", folder / "locks")
    return Machine(folder, path)


def _python(version: int, whole: bool = True, pip_says: str = "", lacks: str = "nothing") -> str:
    """A Python that tells ``version``, may lack venv, makes itself a .venv; pip fails with ``pip_says``, if anything.

    What it runs with ``lacks`` among its words fails: as where there is no such library, or no browser.
    """
    return f"""
case "$*" in
*{lacks}*) exit 1 ;;
*"%d%02d"*) echo {version} ;;
*"%d.%d"*) echo 3.{version % 100} ;;
*ensurepip*) exit {0 if whole else 1} ;;
*"import pip"*) exit 0 ;;
--version) echo Python 3.{version % 100} ;;
"-m venv"*) mkdir -p .venv/bin; cp "$0" .venv/bin/python ;;
"-m pip"*) echo "{pip_says}"; exit {1 if pip_says else 0} ;;
esac"""


def test_no_python_at_all(machine: Machine) -> None:
    assert "No Python found: install Python 3.11" in machine.set_up()


def test_a_pyenv_doorway_without_a_python_behind_it_is_passed_by(machine: Machine) -> None:
    machine.has("python3.13", "echo 'pyenv: python3.13: command not found' >&2; exit 127")
    machine.has("python3", _python(310))
    assert "Python 3.10 is too old" in machine.set_up()


@pytest.mark.parametrize(
    ("version", "told"), [(207, "2.7 is too old"), (309, "3.9 is too old"), (315, "3.15 is too new")]
)
def test_python_too_old_or_too_new(machine: Machine, version: int, told: str) -> None:
    machine.has("python3", _python(version))
    sentence = machine.set_up()
    assert f"Python {told}" in sentence
    assert "install Python 3.1" in sentence


def test_a_named_python_that_is_not_there(machine: Machine) -> None:
    machine.has("python3", _python(311))
    assert "PYTHON=python3.12 cannot be started" in machine.set_up(PYTHON="python3.12")


def test_no_venv_module(machine: Machine) -> None:
    machine.has("python3.11", _python(311, whole=False))
    assert "apt-get install python3.11-venv" in machine.set_up()


@pytest.mark.parametrize(
    ("pip_says", "told"),
    [
        ("Retrying (Retry(total=0)) after connection broken by 'NewConnectionError'", "cannot be reached"),
        ("Failed to establish: [Errno -3] Temporary failure in name resolution", "cannot be reached"),
        ("ERROR: Could not install packages: [Errno 28] No space left on device", "disk is full"),
        ("OSError: [Errno 30] Read-only file system: '/x'", "disk is read-only"),
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE",
            "does not match its hash",
        ),
        ("ERROR: No matching distribution found for flask==3.1.3", "does not offer"),
        ("ERROR: something nobody thought of", "something nobody thought of"),
    ],
)
def test_what_pip_says_becomes_one_sentence(machine: Machine, pip_says: str, told: str) -> None:
    machine.has("python3.12", _python(312, pip_says=pip_says))
    assert told in machine.set_up()


@pytest.mark.parametrize(
    ("mkdir_says", "told"),
    [
        ("mkdir: cannot create directory 'var': Read-only file system", "disk is read-only"),
        ("mkdir: var: No space left on device", "disk is full"),
        ("mkdir: cannot create directory 'var': Permission denied", "No right to write"),
    ],
)
def test_a_disk_that_takes_nothing(machine: Machine, mkdir_says: str, told: str) -> None:
    machine.has("python3.12", _python(312))
    machine.has("mkdir", f'echo "{mkdir_says}" >&2; exit 1')
    assert told in machine.set_up()


@pytest.mark.parametrize(
    ("lacks", "told"),
    [
        ("libGL", "sudo apt-get install libgl1 libegl1"),
        ("tests.browser", "playwright install --with-deps chromium"),
    ],
)
def test_what_the_tests_need_and_cannot_be_installed(machine: Machine, lacks: str, told: str) -> None:
    shutil.copyfile(HOUSE / "pyproject.toml", machine.folder / "pyproject.toml")
    machine.has("python3.12", _python(312, lacks=lacks))
    machine.has("uname", "echo Linux")  # macOS has GL of its own
    assert told in machine.set_up("test")
