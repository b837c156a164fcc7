"""`make bench`: every figure beside its limit, in one run; each benchmark in a process of its own.

Exit status 1 when a figure misses its limit. The machine is named, because figures of another one differ.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys

from benchmarks.figures import Figure

BENCHMARKS = (
    "apple_health",
    "formats",
    "imports",
    "jahis",
    "wearables",
    "posting",
    "years",
    "doctor",
    "medicine_page",
    "phone",
    "drug_search",
    "drug_checks",
)


def main() -> int:
    """Run them all, or those named."""
    print(
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} processors"
    )
    missed = 0
    for name in sys.argv[1:] or BENCHMARKS:
        print(f"\n{name}", flush=True)
        command = [sys.executable, "-m", f"benchmarks.{name}", "--json"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
            assert run.stdout is not None
            for line in run.stdout:
                if line.startswith("{"):
                    figure = Figure(**json.loads(line))
                    print(figure.line(), flush=True)
                    missed += figure.holds is False
        if run.returncode:
            print(f" MISS  {name} ended with status {run.returncode}")
            missed += 1
    print(f"\n{missed} missed" if missed else "\nall limits kept")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
