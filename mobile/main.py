"""The entry of the app, on a phone and on a computer: wires device, store, server, effects and window together."""

from __future__ import annotations

import logging
import os
import queue
import threading
from collections.abc import Callable
from dataclasses import replace

from mobile import account
from mobile.account import KeptTokens
from mobile.asks import Effect, OpenStore
from mobile.client import Client
from mobile.device import Device, on_android
from mobile.effects import Effects
from mobile.events import Event, Failed
from mobile.screens.sign_in.state import demos_from
from mobile.seen import Settings
from mobile.send import Send, over_http
from mobile.store.opening import Store
from shared.problems import Problem

STORE_NAME = "tomoni.db"


class Opening:
    """Opens the store off the main thread (the device may ask her to unlock first); what is asked meanwhile waits.

    ``server`` takes the place of the address that is kept, where it is said (TOMONI_SERVER).
    """

    def __init__(
        self, device: Device, deliver: Callable[[Event], None], send: Send | None = None, server: str = ""
    ) -> None:
        self._device = device
        self._server = server
        self._send = send or over_http()
        self._deliver = deliver
        self._effects: Effects | None = None
        self._waiting: queue.SimpleQueue[Effect] = queue.SimpleQueue()
        self._turn = threading.Lock()

    def ask(self, effect: Effect) -> None:
        """Have ``effect`` done as soon as the store is open; asking for the store again tries again."""
        with self._turn:
            if self._effects is not None:
                self._effects.ask(effect)
                return
            self._waiting.put(effect)
        if isinstance(effect, OpenStore):
            threading.Thread(target=self._open, name="opening", daemon=True).start()

    def stop(self) -> None:
        """The end of the app: what was asked is done first."""
        if self._effects is not None:
            self._effects.stop()

    def _open(self) -> None:
        try:
            store = Store(self._device.folder / STORE_NAME, self._device.key())
        except Problem as problem:
            self._deliver(Failed(problem.code, problem.message(), None, OpenStore()))
            return
        if self._server:
            account.keep_settings(store, replace(account.settings(store), server=self._server))
        client = Client(self._send, Settings().server, store.device, KeptTokens(store))
        effects = Effects(store, client, self._device, self._deliver)
        effects.start()
        with self._turn:
            self._effects = effects
            while not self._waiting.empty():
                effects.ask(self._waiting.get())


def main() -> None:
    """Run the app until it is closed."""
    _window_settings()
    from mobile.app import TomoniApp
    from mobile.device.screen import android_glass
    from mobile.widgets import device as looks
    from mobile.widgets.pixels import grey_picture

    device: Device
    if on_android():
        from mobile.device.android import Android

        device = Android(grey_picture)
    else:
        from mobile.device.desktop import Desktop, home_folder

        device = Desktop(home_folder(), os.environ.get("TOMONI_PASSPHRASE"), grey_picture)
    looks.able(
        text_dialog=device.has_text_dialog, camera=device.has_camera, file_dialog=device.has_file_dialog
    )
    app: TomoniApp
    server = os.environ.get("TOMONI_SERVER", "")
    opening = Opening(device, lambda event: app.take(event), server=server)  # noqa: PLW0108  the app is made after it
    demos = demos_from(os.environ.get("TOMONI_DEMO", ""))
    glass = android_glass() if on_android() else None
    app = TomoniApp(opening.ask, demos=demos, glass=glass, leave=opening.stop)
    app.run()


def _window_settings() -> None:
    """On a computer: a window of a phone's size. Kivy reads these once, when it is first imported."""
    os.environ.setdefault("KIVY_NO_ARGS", "1")
    os.environ.setdefault("KIVY_NO_FILELOG", "1")
    if on_android():
        return
    os.environ.setdefault("KIVY_NO_CONFIG", "1")
    os.environ.setdefault("KIVY_LOG_MODE", "PYTHON")
    os.environ.setdefault("KCFG_GRAPHICS_WIDTH", "412")
    os.environ.setdefault("KCFG_GRAPHICS_HEIGHT", "892")
    # Kivy tells with whole traces what hardly any desktop has: a touch library, two old programs for the clipboard.
    logging.getLogger("kivy").addFilter(
        lambda record: not record.getMessage().startswith(("Input: MTDev", "Cutbuffer: Unable"))
    )
    # A right click is a right click, not a second finger.
    os.environ.setdefault("KCFG_INPUT_MOUSE", "mouse,disable_multitouch")


if __name__ == "__main__":
    main()
