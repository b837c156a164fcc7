"""Kivy has no window for Python 3.14 yet: there the tests that need one are not collected; all others are."""

from __future__ import annotations

import sys

collect_ignore_glob = ["test_window*.py"] if sys.version_info >= (3, 14) else []
