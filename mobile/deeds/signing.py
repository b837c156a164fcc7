"""Opening the store, signing up, in and out, and the settings of this phone."""

from __future__ import annotations

from dataclasses import replace

from mobile import account, sync
from mobile.asks import ChangeSettings, OpenStore, SignIn, SignOut, SignUp
from mobile.deeds import Phone, do
from mobile.events import Event, OpenedStore, SettingsChanged, SignedIn, SignedOut
from mobile.send import must_be_safe
from mobile.store import telling
from shared import languages


@do.register
def open_store(_asked: OpenStore, phone: Phone) -> list[Event]:
    """Who was here last, and how the phone is set."""
    chosen = account.settings(phone.store)
    languages.speak(chosen.language)
    phone.client.server = chosen.server
    who = account.resume(phone.store)
    signed_in = phone.store.account is not None
    waiting = telling.count_untold(phone.store)[0] if signed_in else 0
    return [OpenedStore(who, signed_in, chosen, waiting, sync.synced_at(phone.store))]


@do.register
def sign_up(asked: SignUp, phone: Phone) -> list[Event]:
    """Begin here at once; the server hears of it now or later."""
    return [SignedIn(account.sign_up(phone.store, phone.client, asked.email, asked.password, asked.person))]


@do.register
def sign_in(asked: SignIn, phone: Phone) -> list[Event]:
    """Needs the network, unless her sign-up still waits here."""
    return [SignedIn(account.sign_in(phone.store, phone.client, asked.email, asked.password))]


@do.register
def sign_out(_asked: SignOut, phone: Phone) -> list[Event]:
    """Ends here at once, network or not."""
    return [SignedOut(account.sign_out(phone.store, phone.client))]


@do.register
def change_settings(asked: ChangeSettings, phone: Phone) -> list[Event]:
    """Text size within 1 and 2; a server that is reached safely; a language that we speak."""
    must_be_safe(asked.settings.server)
    size = min(max(asked.settings.text_size, 1.0), 2.0)
    language = asked.settings.language if asked.settings.language in languages.LANGUAGES else languages.SOURCE
    chosen = replace(asked.settings, text_size=size, language=language)
    account.keep_settings(phone.store, chosen)
    languages.speak(chosen.language)
    phone.client.server = chosen.server
    return [SettingsChanged(chosen)]
