"""The phone on this machine: from process start to the first frame and to Today, memory, a full redraw of Today.

A real start of the real app: its store on disk with a month of blood pressure, its key, its workers; no network. The
window is drawn off screen by whatever GL is there (a software renderer on most servers, so a phone is not slower).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median

from benchmarks.figures import Figure, hand_over
from mobile.send import Reply, Request
from shared.problems import Unreachable

STARTS = 5
FRAMES = 30
# Limits of ours, for a 2-core machine with software GL; the issue names the figures and no bounds.
MOST_START_S, MOST_TODAY_S, MOST_MB, MOST_REDRAW_MS, MOST_REBUILD_MS = 2.0, 4.0, 300.0, 150.0, 500.0


def nowhere(_request: Request) -> Reply:
    """No network: nothing of a benchmark reaches a server that happens to run here."""
    raise Unreachable("server_unreachable")


def fill(folder: Path) -> None:
    """A phone that signed up without a network and has a month of readings, told to nobody yet."""
    from mobile.account import KeptTokens
    from mobile.asks import SaveVital, SignUp
    from mobile.client import Client
    from mobile.device.desktop import Desktop
    from mobile.effects import Effects
    from mobile.main import STORE_NAME
    from mobile.seen import Person
    from mobile.store.opening import Store
    from shared import clock
    from shared.ids import new_id
    from shared.vitals import BloodPressure, Vital

    device = Desktop(folder)
    store = Store(folder / STORE_NAME, device.key())
    effects = Effects(
        store, Client(nowhere, "https://tomoni.example", store.device, KeptTokens(store)), device
    )
    effects.run(
        SignUp("hanako@example.jp", "さざ波と みかん畑と 猫のたま", Person("山田 花子", date(1948, 4, 12)))
    )
    for number in range(60):
        taken_at = clock.now() - timedelta(hours=12 * number)
        reading = BloodPressure(Decimal(124 + number % 9), Decimal(74 + number % 7), Decimal(68))
        effects.run(SaveVital(Vital(new_id(), "blood_pressure", taken_at, 9 * 60, reading)))
    store.close()


def started(folder: Path) -> dict[str, float]:
    """One start in a process of its own: seconds from its very beginning, megabytes, milliseconds."""
    began = time.time()
    command = [sys.executable, "-m", "benchmarks.phone", "--start", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told | {"frame": told["frame"] - began, "today": told["today"] - began}


def run_once(folder: Path) -> None:
    """In the process that is measured: run the app until Today is drawn, then redraw it."""
    if sys.platform == "linux":
        os.environ["SDL_VIDEODRIVER"] = "offscreen"
    os.environ |= {
        "KIVY_NO_CONSOLELOG": "1",
        "KIVY_NO_ARGS": "1",
        "KIVY_NO_FILELOG": "1",
        "KIVY_NO_CONFIG": "1",
    }
    os.environ |= {"KCFG_GRAPHICS_WIDTH": "412", "KCFG_GRAPHICS_HEIGHT": "892", "KCFG_GRAPHICS_MAXFPS": "0"}
    os.environ |= {"KIVY_LOG_MODE": "PYTHON", "KCFG_GRAPHICS_MULTISAMPLES": "0"}
    from kivy.base import EventLoop

    from mobile.app import TomoniApp
    from mobile.device.desktop import Desktop
    from mobile.main import Opening

    app: TomoniApp
    opening = Opening(Desktop(folder), lambda event: app.take(event), nowhere)  # noqa: PLW0108  the app is made after it
    app = TomoniApp(opening.ask, leave=opening.stop)
    app._run_prepare()
    EventLoop.idle()
    frame = time.time()
    while getattr(app.shell.rooms["today"].state, "now", None) is None:
        EventLoop.idle()
    EventLoop.idle()
    figures = {"frame": frame, "today": time.time(), "megabytes": _megabytes()}
    print(json.dumps(figures | {"redraw": _redraw(), "rebuild": _rebuild(app)}))
    opening.stop()


def _redraw() -> float:
    """Every pixel of Today anew, nothing rebuilt: milliseconds, the median."""
    from kivy.base import EventLoop
    from kivy.core.window import Window
    from kivy.graphics.opengl import glFinish

    took = []
    for _ in range(FRAMES):
        began = time.perf_counter()
        Window.canvas.ask_update()
        EventLoop.idle()
        glFinish()
        took.append((time.perf_counter() - began) * 1000)
    return median(took)


def _rebuild(app: object) -> float:
    """Today built from its state with new widgets, as after a change of the text size: milliseconds."""
    from kivy.base import EventLoop
    from kivy.graphics.opengl import glFinish

    took = []
    for _ in range(5):
        began = time.perf_counter()
        app.views.clear()  # type: ignore[attr-defined]
        app._paint()  # type: ignore[attr-defined]
        EventLoop.idle()
        glFinish()
        took.append((time.perf_counter() - began) * 1000)
    return median(took)


def _megabytes() -> float:
    """What this process holds in memory now (its peak, where the system does not tell)."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024


def main() -> None:
    """Print the figures."""
    if "--start" in sys.argv:
        run_once(Path(sys.argv[sys.argv.index("--start") + 1]))
        return
    with tempfile.TemporaryDirectory() as name:
        fill(Path(name))
        runs = [started(Path(name)) for _ in range(STARTS)]

    def middle(what: str) -> float:
        return median(run[what] for run in runs)

    hand_over(
        [
            Figure("process start to first frame", middle("frame"), "s", MOST_START_S),
            Figure("process start to Today with a month of readings", middle("today"), "s", MOST_TODAY_S),
            Figure("memory with Today on the screen", middle("megabytes"), "MB", MOST_MB),
            Figure("full redraw of Today", middle("redraw"), "ms", MOST_REDRAW_MS),
            Figure("Today rebuilt from its state", middle("rebuild"), "ms", MOST_REBUILD_MS),
        ]
    )


if __name__ == "__main__":
    main()
