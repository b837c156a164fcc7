"""Takes the README's picture of the phone: Today, with a month of readings. `python -m docs.pictures.phone [FILE]`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

PICTURE = Path(__file__).with_name("phone-today.png")
DENSITY = 2  # two pixels a dp: sharp on today's screens


class Frames:
    """Lets frames pass, as the walk through the screens needs it."""

    def pump(self, frames: int = 2) -> None:
        """Draw ``frames`` frames."""
        from kivy.base import EventLoop

        for _ in range(frames):
            EventLoop.idle()


def take(path: Path = PICTURE) -> Path:
    """Draw Today in a window of a phone's size, off screen, and write it to ``path``."""
    # Sets the environment of a test window; then it is made twice as dense, before Kivy reads it.
    from tests.fixtures import window

    os.environ["KIVY_METRICS_DENSITY"] = str(DENSITY)
    os.environ["KCFG_GRAPHICS_WIDTH"] = str(window.WIDTH * DENSITY)
    os.environ["KCFG_GRAPHICS_HEIGHT"] = str(window.HEIGHT * DENSITY)
    from kivy.core.window import Window
    from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glReadPixels

    from mobile.app import TomoniApp
    from mobile.asks import Effect
    from mobile.seen import Settings
    from tests.mobile.scenes import Walk

    asked: list[Effect] = []
    app, frames = TomoniApp(asked.append), Frames()
    app._run_prepare()
    frames.pump()
    walk = Walk(app, frames, asked, Settings())  # type: ignore[arg-type]  # only frames are needed of a phone
    for part in (walk.signing, walk.today):
        for name in part():
            if name == "today":
                frames.pump(6)
                break
    width, height = (int(side) for side in Window.size)
    Window.dispatch("on_draw")
    pixels = glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE)
    path.parent.mkdir(parents=True, exist_ok=True)
    Window._win.save_bytes_in_png(str(path), pixels, width, height)
    return path


if __name__ == "__main__":
    take(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURE)
