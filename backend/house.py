"""The house as one frozen object: settings, database, keys, and the words that need them; for `app.py`, the job loop
and commands. Doors find its parts through `http.held`."""

from __future__ import annotations

from dataclasses import dataclass

from backend.accounts.accounts import Accounts
from backend.accounts.families import Families
from backend.consent.opening import Opener
from backend.db import Database
from backend.seal import KeyRing
from backend.settings import Settings


@dataclass(frozen=True, slots=True)
class House:
    """What every process of the server has."""

    settings: Settings
    database: Database
    ring: KeyRing
    accounts: Accounts
    families: Families
    opener: Opener

    @classmethod
    def build(cls, settings: Settings) -> House:
        """A house from its settings; connects at first use."""
        ring = KeyRing(settings.master_keys, settings.lookup_key)
        return cls(
            settings=settings,
            database=Database(settings.database_url),
            ring=ring,
            accounts=Accounts(ring, settings.pepper),
            families=Families(ring, settings.refresh_key),
            opener=Opener(ring),
        )

    def parts(self) -> tuple[object, ...]:
        """Everything that doors may ask the app for."""
        return (self, self.settings, self.database, self.ring, self.accounts, self.families, self.opener)
