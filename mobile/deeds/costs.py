"""What care cost, on this phone: her lines without a network; the draft of the tax form fetched and saved as a file."""

from __future__ import annotations

from codecs import BOM_UTF8

from mobile import account
from mobile.asks import LoadCosts, SaveTaxForm
from mobile.deeds import Phone, do
from mobile.events import CostsLoaded, Event, TaxFormSaved
from mobile.store import bodies, things
from shared.languages import tr
from shared.problems import Unreadable
from shared.sync import Word


@do.register
def load_costs(_asked: LoadCosts, phone: Phone) -> list[Event]:
    """Every line that this app can read; they are only imported, never typed here."""
    found = things.of_word(phone.store, account.own_record(phone.store), Word.COST)
    lines = (bodies.cost_in(each.change.body) for each in found if each.change.body is not None)
    return [CostsLoaded(tuple(line for line in lines if line is not None))]


@do.register
def save_tax_form(asked: SaveTaxForm, phone: Phone) -> list[Event]:
    """Made by the server, which alone knows the form; kept nowhere on this phone but where she says."""
    record_id = account.own_record(phone.store)
    form = phone.online().get_file(f"/api/records/{record_id}/costs/{asked.year}.csv")
    if not form.startswith(BOM_UTF8):
        raise Unreadable("server_answer")  # something between answered instead: that is no form to keep
    name = tr("医療費{year}年.csv", year=asked.year)
    return [TaxFormSaved(asked.year, phone.device.save_file(name, form))]
