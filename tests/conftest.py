"""What every test may ask for. Each subject has a file of its own in tests/fixtures/."""

from __future__ import annotations

import pytest

pytest_plugins = [
    "tests.fixtures.chromium",
    "tests.fixtures.examples",
    "tests.fixtures.house",
    "tests.fixtures.postgres",
    "tests.fixtures.server",
    "tests.fixtures.skips",
    "tests.fixtures.spoken",
    "tests.fixtures.window",
]

# Files that take long of themselves: begun first, no worker stands idle at the end while another is at them.
_LONG = ("test_window", "test_serving", "test_commands", "test_killed", "test_bad_input", "test_fuzz")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long files first, the others as they were."""
    items.sort(key=lambda item: not item.path.name.startswith(_LONG))
