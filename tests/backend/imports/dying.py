"""A process that sends a file and is killed where the import is about to be written: python -m ... IMPORT_ID FILE."""

from __future__ import annotations

import io
import os
import signal
import sys
from pathlib import Path
from uuid import UUID

from sqlalchemy import event

from backend.house import House
from backend.imports import uploads
from backend.imports.inbox import Handed
from backend.imports.uploads import Part
from backend.settings import Settings
from tests import cast as people
from tests.backend.imports.desk import LIMIT, Desk


def die_before(desk: Desk, statement: str) -> None:
    """Be killed, as by the system, before the first statement that begins so is sent to the database."""

    def heard(_connection: object, _cursor: object, said: str, *_: object) -> None:
        if said.startswith(statement):
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(desk.house.database.engine, "before_cursor_execute", heard)


def main(import_id: UUID, file: Path) -> None:
    """Send all of the file at once."""
    desk = Desk(people.found(House.build(Settings.from_env(dict(os.environ)))))
    die_before(desk, "INSERT INTO imports ")
    body = file.read_bytes()
    with desk.record() as record:
        opened = record
    handed = Handed(import_id, "書き出したデータ.zip", LIMIT)
    uploads.go_on(desk.house.database, opened, handed, Part(0, len(body)), io.BytesIO(body))


if __name__ == "__main__":
    main(UUID(sys.argv[1]), Path(sys.argv[2]))
