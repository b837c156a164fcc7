from __future__ import annotations

import pytest

from tests.backend.imports.desk import Desk
from tests.cast import Cast


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return Desk(cast)
