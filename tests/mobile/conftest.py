"""What every test of the phone has: its stores are closed at the end.

Kivy has no window for Python 3.14 yet: there the tests that need one are not collected; all others are.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from tests.mobile.phones import close_stores

collect_ignore_glob = ["test_window*.py"] if sys.version_info >= (3, 14) else []


@pytest.fixture(autouse=True)
def stores_are_closed() -> Iterator[None]:
    """An open database that nobody holds any more is a warning from Python 3.13 on, and warnings are errors here."""
    yield
    close_stores()
