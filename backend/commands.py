"""The `tomoni` command: serve, migrate, seed, read, import, orca, drugs, jobs."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from uuid import UUID

from sqlalchemy.exc import DatabaseError

from backend.secrets_file import read_or_make
from backend.settings import Settings, SettingsMissing
from shared.formats import Question
from shared.problems import Problem

DATA_DIR = Path("var")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 0 when it did what it says."""
    asked = _parser().parse_args(arguments)
    try:
        status = int(asked.run(asked))
        sys.stdout.flush()
    except BrokenPipeError:  # who reads us has read enough; nothing more is written, not even at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except SettingsMissing as missing:
        return _cannot(f"settings {missing}: see docs/settings.md.")
    except OSError as error:
        return _cannot(f"{error.filename or 'a file'} cannot be used ({error.strerror}).")
    except DatabaseError as error:
        said = str(error.orig).strip().partition("\n")[0]
        return _cannot(f"the database cannot be used ({said}): is it there, and migrated (tomoni migrate)?")
    except Problem as problem:
        print(json.dumps(_told(problem), ensure_ascii=False, default=str), file=sys.stderr)
        return 2
    return status


def _cannot(sentence: str) -> int:
    print(f"tomoni: {sentence}", file=sys.stderr)
    return 1


def settings_here(port: int = 8000) -> Settings:
    """Settings from the environment; what is not set there comes from ``var/``: secrets made once, embedded SQLite."""
    os.umask(0o077)  # what lies in the folder is its owner's alone, the database and its journal too
    folder = Path(os.environ.get("TOMONI_DATA_DIR", DATA_DIR)).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    defaults = {
        **read_or_make(folder / "secrets"),
        "TOMONI_DATABASE_URL": f"sqlite:///{folder / 'tomoni.db'}",
        "TOMONI_PUBLIC_URL": f"http://localhost:{port}",
        "TOMONI_DATA_DIR": str(folder),
    }
    return Settings.from_env({**defaults, **os.environ})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tomoni", description="Tomoni (ともに): a personal health record")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="the web server and the job loop, on 127.0.0.1")
    serve.add_argument("--port", type=_port, default=os.environ.get("PORT") or "8000")
    serve.add_argument("--demo", action="store_true", help="with the demo people, on first start")
    serve.set_defaults(run=_serve)

    migrate = commands.add_parser("migrate", help="bring the database to the newest tables")
    migrate.set_defaults(run=_migrate)

    seed = commands.add_parser("seed", help="the demo people; only where the server is on loopback")
    seed.set_defaults(run=_seed)

    read = commands.add_parser("read", help="what is in a file, as JSON; uses no database")
    read.add_argument("file", type=Path)
    _add_answers(read)
    read.add_argument("--lines", action="store_true", help="one JSON line for every found item")
    read.set_defaults(run=_read)

    bring = commands.add_parser("import", help="a file into a record's inbox, read and previewed")
    bring.add_argument("--record", type=UUID, required=True)
    bring.add_argument("--keep", action="store_true", help="keep it at once, as its owner would")
    bring.add_argument(
        "--sent-by-institution",
        action="store_true",
        help="a clinic sent it: refused whole if she may not see all",
    )
    _add_answers(bring)
    bring.add_argument("file", type=Path)
    bring.set_defaults(run=_import)

    orca = commands.add_parser("orca", help="a clinic's ORCA").add_subparsers(required=True, metavar="pull")
    pull = orca.add_parser("pull", help="what it has of a patient, into a record's inbox")
    pull.add_argument("--record", type=UUID, required=True)
    pull.add_argument("--patient", required=True, help="her number in the ORCA, such as 00216")
    pull.add_argument("--since", type=date.fromisoformat, help="the first day (a year ago unless said)")
    pull.add_argument("--keep", action="store_true", help="keep it at once, as its owner would")
    pull.set_defaults(run=_orca_pull)

    drugs = commands.add_parser("drugs", help="the drug lists that are loaded; `drugs load` loads new ones")
    drugs.set_defaults(run=_drugs)
    load = drugs.add_subparsers(metavar="load").add_parser("load", help="your own downloads, into versions")
    load.add_argument("file", type=Path, nargs="+")
    load.add_argument("--valid-from", type=date.fromisoformat, help="where the file's name does not say")
    load.set_defaults(run=_drugs_load)

    jobs = commands.add_parser("jobs", help="the job loop, until it is stopped")
    jobs.add_argument("--once", action="store_true", help="do what is due now, then stop")
    jobs.add_argument("--while", dest="parent", type=int, help=argparse.SUPPRESS)
    jobs.set_defaults(run=_jobs)
    return parser


def _add_answers(parser: argparse.ArgumentParser) -> None:
    """What a file may leave open; without an answer the command prints the question and ends with 2."""
    parser.add_argument("--zone", help="for times that carry none (IANA name)")
    parser.add_argument("--day-order", choices=["day_first", "month_first"], help="what 04-05 means")
    parser.add_argument(
        "--columns",
        action="append",
        default=[],
        metavar="KEY=MEANING,...",
        help="what a sheet's columns mean",
    )


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text) < 2**16):
        raise argparse.ArgumentTypeError(f"{text} is no port: say a number from 1 to 65535")
    return int(text)


def _serve(asked: argparse.Namespace) -> int:
    from backend import serving

    return serving.serve(settings_here(asked.port), asked.port, demo=asked.demo)


def _migrate(_asked: argparse.Namespace) -> int:
    from backend.migrating import migrate

    migrate(settings_here().database_url)
    return 0


def _seed(_asked: argparse.Namespace) -> int:
    from backend import seeding
    from backend.migrating import migrate

    settings = settings_here()
    seeding.only_here(settings)
    migrate(settings.database_url)
    print(seeding.seed(settings))
    return 0


def _read(asked: argparse.Namespace) -> int:
    from backend import reading_files

    said = reading_files.said_in(asked.zone, asked.day_order, asked.columns)
    return reading_files.read(asked.file, said, lines=asked.lines)


def _import(asked: argparse.Namespace) -> int:
    from backend.bringing import Wish, bring, owned
    from backend.house import House
    from backend.reading_files import said_in

    logging.basicConfig(level=logging.INFO)  # how far it is, on stderr
    answers = said_in(asked.zone, asked.day_order, asked.columns)
    house = House.build(settings_here())
    with closing(house.database):
        owner = owned(house, asked.record)
        told = bring(owner, asked.file, Wish(asked.keep, asked.sent_by_institution, answers))
    print(json.dumps(told, ensure_ascii=False, default=str))
    return 2 if told["question"] else 0


def _orca_pull(asked: argparse.Namespace) -> int:
    from backend.house import House
    from backend.orca_pull import Wanted, pull

    house = House.build(settings_here())
    with closing(house.database):
        said = pull(house, asked.record, Wanted(asked.patient, asked.since, asked.keep))
    print(json.dumps(said, ensure_ascii=False, default=str))
    return 0


def _drugs(_asked: argparse.Namespace) -> int:
    from backend.drugs import loading

    print(*loading.listed(settings_here()), sep="\n")
    return 0


def _drugs_load(asked: argparse.Namespace) -> int:
    from backend.drugs import loading

    print(*loading.load(settings_here(), asked.file, asked.valid_from), sep="\n")
    return 0


def _jobs(asked: argparse.Namespace) -> int:
    from backend import serving

    return serving.work(settings_here(), once=asked.once, parent=asked.parent)


def _told(problem: Problem) -> dict[str, object]:
    told: dict[str, object] = {"problem": problem.code, "message": problem.message(), "words": problem.words}
    if isinstance(problem, Question):
        told["question"] = {"ask": problem.ask, "of": problem.of, "facts": problem.facts}
    return told


if __name__ == "__main__":
    sys.exit(main())
