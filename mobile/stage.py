"""Lays out the folder that buildozer packs: the phone's packages, its Java, the entry, and nothing of the server.

`python -m mobile.stage FOLDER`
"""

from __future__ import annotations

import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parent.parent
# Python for Android starts main.py at the top of what it packs.
ENTRY = '"""The Android entry."""\n\nfrom mobile.main import main\n\nmain()\n'
_NOT_PACKED = shutil.ignore_patterns("__pycache__", "*.po", "*.pot", "java", "buildozer.spec", "stage.py")


def stage(folder: Path) -> None:
    """Fill ``folder`` afresh; it must be empty, not there, or an earlier stage."""
    if folder.exists():
        if any(folder.iterdir()) and not (folder / "buildozer.spec").exists():
            raise SystemExit(f"{folder} is not a stage of ours: nothing was changed")
        for package in ("mobile", "shared", "java"):
            shutil.rmtree(folder / package, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    for package in ("mobile", "shared"):
        shutil.copytree(ROOT / package, folder / package, ignore=_NOT_PACKED)
    shutil.copytree(ROOT / "mobile" / "java", folder / "java")
    shutil.copytree(_bleak_java(), folder / "java", dirs_exist_ok=True)
    shutil.copy(ROOT / "mobile" / "buildozer.spec", folder)
    shutil.copy(ROOT / "pyproject.toml", folder)
    (folder / "main.py").write_text(ENTRY, encoding="utf-8")


def _bleak_java() -> Path:
    """The Java classes of bleak's part for Android, from the version that is installed here."""
    found = find_spec("bleak")
    if found is None or found.origin is None:
        raise SystemExit("bleak is not installed: its Java classes are packed too")
    return Path(found.origin).parent / "backends" / "p4android" / "java"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("python -m mobile.stage FOLDER")
    stage(Path(sys.argv[1]))
