"""A Chromium for the tests: the machine's own where there is one, else the one that Playwright fetched.

``python -m tests.browser`` starts it once and says whether it works; setup.sh asks so before it installs anything.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HOUSE = Path(__file__).resolve().parent.parent
# In the house, not in a home folder that may be empty or shared. Read by Playwright when it starts.
os.environ.setdefault("PLAYWRIGHT_BROWSERS_PATH", str(HOUSE / "var" / "cache" / "browsers"))

from playwright.sync_api import Browser, Error, sync_playwright  # noqa: E402

_ARGUMENTS = [
    "--allow-loopback-in-peer-connection",  # video calls on a machine with no other network
    "--disable-dev-shm-usage",  # containers give 64 MB there
    "--force-color-profile=srgb",
]


def executable() -> str | None:
    """Path of the Chromium to use: CHROMIUM, Debian's package, or None for Playwright's own."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    debian = Path("/usr/bin/chromium")
    return str(debian) if debian.exists() else None


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """Start Chromium without a window. Pages are made with ``browser.new_context(locale="ja-JP")``.

    Open ``http://localhost:PORT``, never 127.0.0.1: passkeys refuse an address of figures.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=_ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def main() -> int:
    """0 when Chromium starts and shows a page."""
    try:
        with running_chromium() as browser:
            page = browser.new_page()
            page.set_content("<title>ともに</title>")
            return 0 if page.title() == "ともに" else 1
    except (Error, OSError) as failure:
        sys.stderr.write(f"{failure}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
