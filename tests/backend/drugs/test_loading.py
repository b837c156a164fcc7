"""`tomoni drugs` as it is typed."""

from __future__ import annotations

from pathlib import Path

from tests.backend.test_commands import told, tomoni
from tests.drug_lists import PRICE, write, write_all


def test_lists_are_loaded_and_listed(tmp_path: Path) -> None:
    home = tmp_path / "var"
    assert tomoni("migrate", home=home).returncode == 0
    assert "no list is loaded" in tomoni("drugs", home=home).stdout
    done = tomoni("drugs", "load", *write_all(tmp_path), home=home)
    assert (done.returncode, done.stderr) == (0, "")
    assert "price_list from 2025-07-16, 6 lines (tp20250716.csv): 6 new, 0 gone, 0 renamed" in done.stdout
    assert "+ 1149019F1560 ロキソニン錠６０ｍｇ" in done.stdout
    later = write(tmp_path, "unnamed.csv", PRICE)
    assert told(tomoni("drugs", "load", later, home=home))["problem"] == "drug_list_date"
    again = tomoni("drugs", "load", "--valid-from", "2025-07-16", later, home=home)
    assert again.stdout.endswith(": nothing new\n")
    listed = tomoni("drugs", home=home).stdout.splitlines()
    assert len(listed) == 3
    assert all(line.startswith("* ") for line in listed)


def test_a_day_that_is_none_is_refused(tmp_path: Path) -> None:
    done = tomoni("drugs", "load", "--valid-from", "July", tmp_path / "x.csv", home=tmp_path / "var")
    assert done.returncode == 2
    assert "--valid-from" in done.stderr
