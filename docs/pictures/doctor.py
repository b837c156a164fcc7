"""Takes the README's picture of the doctor's page: a month of Hanako's. `python -m docs.pictures.doctor [FILE]`.

A house of its own in a temporary folder, filled with the demo people, opened in a real browser.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from playwright.sync_api import Page
from werkzeug.serving import WSGIRequestHandler, make_server

from backend import seeding
from backend.app import create_app
from backend.migrating import migrate
from backend.secrets_file import new_secrets
from backend.settings import Settings
from tests.browser import running_chromium

PICTURE = Path(__file__).with_name("doctor-page.png")
_WINDOW = {"width": 1280, "height": 1130}


class _Silent(WSGIRequestHandler):
    def log(self, *arguments: object) -> None:
        """Nothing of each request."""


@contextmanager
def demo() -> Iterator[str]:
    """The address of a running house with the demo people."""
    with tempfile.TemporaryDirectory() as folder:
        named = {
            "TOMONI_DATABASE_URL": f"sqlite:///{Path(folder) / 'tomoni.db'}",
            "TOMONI_PUBLIC_URL": "http://localhost",
            "TOMONI_DATA_DIR": folder,
        }
        settings = Settings.from_env({**new_secrets(), **named})
        migrate(settings.database_url)
        seeding.seed(settings)
        app = create_app(settings)
        running = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Silent)
        thread = Thread(target=running.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://localhost:{running.server_port}"
        finally:
            running.shutdown()
            thread.join()
            running.server_close()
            app.extensions["tomoni_house"].database.close()


def take(path: Path = PICTURE) -> Path:
    """Hanako's record as Dr. Sato sees it, 30 days, in Japanese; written to ``path``."""
    with demo() as url, running_chromium() as browser:
        context = browser.new_context(base_url=url, locale="ja-JP", viewport=_WINDOW)  # type: ignore[arg-type]
        page = context.new_page()
        _open_her_record(page)
        page.screenshot(path=path)
        context.close()
    return path


def _open_her_record(page: Page) -> None:
    page.goto("/sign-in")
    page.fill("#email", "sato@example.jp")
    page.fill("#password", seeding.PASSWORD)
    page.click("button.main")
    page.wait_for_url("**/records")
    page.click("tbody a")
    page.click(".ranges a >> nth=0")
    page.wait_for_selector(".live canvas")
    page.evaluate("document.fonts.ready")
    page.evaluate("scrollTo(0, 0)")


if __name__ == "__main__":
    take(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURE)
