"""`python -m tests.fuzz [--seconds N] [--seed TEXT] [--workers N] [--kept FOLDER] [READER ...]`: search for faults.

Without ``--seconds`` each reader is tried as often as in `make test`. One JSON line a reader; every input that broke a
promise is written to tests/fuzz/found/<reader>/, from where `make test` reads it again for ever. Ends with 1 then.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fuzz.marking import Marks
    from tests.fuzz.readers import Reader
    from tests.fuzz.search import Searched

FOUND = Path(__file__).parent / "found"
# The hard end of memory, above what is promised: a claim of gigabytes fails here and is a defect.
_DATA = 1536 * 1024**2


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, help="of the processor for each reader")
    parser.add_argument("--seed", default="day", help="another text, another search")
    parser.add_argument("--workers", default="1", help="searches at the same time, or auto")
    parser.add_argument(
        "--kept", type=Path, help="folder for what a search found worth keeping, for the next one"
    )
    parser.add_argument("--found", type=Path, default=FOUND, help="folder for what broke a promise")
    parser.add_argument("readers", nargs="*")
    return parser.parse_args()


def main() -> int:
    """Search as the arguments say."""
    asked = _asked()
    workers = (os.cpu_count() or 1) if asked.workers == "auto" else int(asked.workers)
    if workers > 1:
        return _side_by_side(asked.readers, workers)
    resource.setrlimit(resource.RLIMIT_DATA, (_DATA, resource.RLIM_INFINITY))

    # Before anything of ours: what is imported already can no longer be marked.
    from tests.fuzz.marking import mark_imports

    marks = mark_imports("shared.formats")
    from tests.fuzz.readers import readers

    chosen = [reader for reader in readers() if reader.name in asked.readers or not asked.readers]
    broken = [_searched(reader, marks, asked) for reader in chosen]
    return int(any(broken))


def _side_by_side(names: list[str], workers: int) -> int:
    """The readers dealt out to as many processes."""
    from tests.fuzz.readers import readers

    chosen = names or [reader.name for reader in readers()]
    arguments = [each for each in sys.argv[1:] if each not in names]
    command = [sys.executable, "-m", "tests.fuzz", *arguments, "--workers", "1"]
    running = [
        subprocess.Popen([*command, *chosen[at::workers]]) for at in range(workers) if chosen[at::workers]
    ]
    return max(each.wait() for each in running)


def _searched(reader: Reader, marks: Marks, asked: argparse.Namespace) -> bool:
    """Whether something broke; said on one line, and written down."""
    from tests.fuzz.search import Way, search, seconds, tries

    folder = asked.kept / reader.name if asked.kept else None
    earlier = tuple(path.read_bytes() for path in sorted(folder.glob("*"))) if folder else ()
    goes_on = seconds(asked.seconds) if asked.seconds else tries(reader.tries)
    made = search(reader, marks, Way(asked.seed, goes_on), earlier)
    _write(asked.found / reader.name, [defect.raw for defect in made.defects.values()])
    if folder:
        _write(folder, made.worth_keeping)
    sys.stdout.write(json.dumps(_told(made), ensure_ascii=False) + "\n")
    sys.stdout.flush()
    return bool(made.defects)


def _told(made: Searched) -> dict[str, object]:
    from tests.fuzz.search import file_name

    return {
        "reader": made.reader,
        "tries": made.tries,
        "seconds": round(made.seconds, 2),
        "begun_with": made.begun_with,
        "branches": made.branches,
        "corpus": len(made.worth_keeping),
        "defects": [
            {"sign": each.sign, "file": file_name(each.raw), "trace": each.trace}
            for each in made.defects.values()
        ],
    }


def _write(folder: Path, contents: list[bytes]) -> None:
    from tests.fuzz.search import file_name

    if contents:
        folder.mkdir(parents=True, exist_ok=True)
    for raw in contents:
        (folder / file_name(raw)).write_bytes(raw)


if __name__ == "__main__":
    # Sets of text come in another order in every process, and a search must be the same again.
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.execve(
            sys.executable,
            [sys.executable, "-m", "tests.fuzz", *sys.argv[1:]],
            {**os.environ, "PYTHONHASHSEED": "0"},
        )
    sys.exit(main())
