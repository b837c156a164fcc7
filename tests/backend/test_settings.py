"""Settings: everything that is missing or wrong is told at once, and nothing secret is ever shown."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from backend.house import House
from backend.secrets_file import new_secrets, read_or_make
from backend.settings import Settings, SettingsMissing

REQUIRED = {
    "TOMONI_DATABASE_URL", "TOMONI_PUBLIC_URL", "TOMONI_MASTER_KEYS", "TOMONI_LOOKUP_KEY", "TOMONI_PEPPER",
    "TOMONI_REFRESH_KEY", "TOMONI_JWT_PRIVATE_KEY",
}  # fmt: skip


@pytest.fixture(scope="module")
def env() -> dict[str, str]:
    """Everything that is needed."""
    return {
        **new_secrets(),
        "TOMONI_DATABASE_URL": "postgresql+psycopg://tomoni:hidden@127.0.0.1/tomoni",
        "TOMONI_PUBLIC_URL": "https://tomoni.example.jp",
    }


def test_all_that_is_missing_is_told_at_once() -> None:
    with pytest.raises(SettingsMissing) as missing:
        Settings.from_env({})
    assert set(str(missing.value).removeprefix("missing or not usable: ").split(", ")) == REQUIRED


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TOMONI_DATABASE_URL", "somewhere"),
        ("TOMONI_PUBLIC_URL", "tomoni.example.jp"),
        ("TOMONI_PUBLIC_URL", "ftp://tomoni.example.jp"),
        ("TOMONI_MASTER_KEYS", ","),
        ("TOMONI_MASTER_KEYS", "1:c2hvcnQ="),
        ("TOMONI_MASTER_KEYS", "x:" + "A" * 43 + "="),
        ("TOMONI_MASTER_KEYS", "70000:" + "A" * 43 + "="),
        ("TOMONI_MASTER_KEYS", f"1:{'A' * 43}=,1:{'B' * 42}A="),
        ("TOMONI_LOOKUP_KEY", "ひみつ"),
        ("TOMONI_PEPPER", "not base64!"),
        ("TOMONI_REFRESH_KEY", "c2hvcnQ="),
        ("TOMONI_JWT_PRIVATE_KEY", "not a key"),
        ("TOMONI_BODY_LIMIT_MB", "many"),
        ("TOMONI_BODY_LIMIT_MB", "0"),
        ("TOMONI_UPLOAD_LIMIT_MB", "-1"),
        ("TOMONI_UPLOAD_LIMIT_MB", "１２"),
        ("TOMONI_SIGNATURE_ROOTS", "/nowhere/roots.pem"),
        ("TOMONI_SIGNATURE_ROOTS", __file__),
    ],
)
def test_what_is_not_usable_is_told_by_its_name(env: dict[str, str], name: str, value: str) -> None:
    with pytest.raises(SettingsMissing, match=f"^missing or not usable: {name}$"):
        Settings.from_env({**env, name: value})


def test_nothing_secret_is_shown(env: dict[str, str]) -> None:
    settings = Settings.from_env({**env, "TOMONI_DATABASE_URL": "sqlite:///hidden.db"})
    house = House.build(settings)
    shown = repr(settings) + repr(house) + repr(house.accounts) + repr(house.families) + repr(house.ring)
    secrets = [settings.lookup_key, settings.pepper, settings.refresh_key, *settings.master_keys.values()]
    for secret in secrets:
        assert repr(secret)[2:-1] not in shown
    assert "PRIVATE KEY" not in shown
    assert "hidden" not in shown
    house.database.close()


def test_several_master_keys(env: dict[str, str]) -> None:
    keys = f"{env['TOMONI_MASTER_KEYS']},7:{'A' * 43}="
    assert sorted(Settings.from_env({**env, "TOMONI_MASTER_KEYS": keys}).master_keys) == [1, 7]


def test_secrets_are_made_once_and_only_their_owner_reads_them(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "var" / "secrets"
    made = read_or_make(path)
    assert read_or_make(path) == made == {**made, **read_or_make(path)}
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_or_make(tmp_path / "other" / "secrets") != made


def test_secrets_that_are_made_twice_at_once_are_the_same(tmp_path: Path) -> None:
    together = Barrier(8)

    def make(_: int) -> dict[str, str]:
        together.wait()
        return read_or_make(tmp_path / "secrets")

    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(make, range(8)))
    assert made == [read_or_make(tmp_path / "secrets")] * 8
    assert [each.name for each in tmp_path.iterdir()] == ["secrets"]
