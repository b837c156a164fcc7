"""What every test may ask for. Each subject has a file of its own in tests/fixtures/."""

from __future__ import annotations

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
