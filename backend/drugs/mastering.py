"""The operator's lists in one: the drug master that server and phone look names and codes up in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date

from backend.drugs.layouts import Line, ListKind
from shared.drug_ingredients import folded
from shared.drug_listing import Product
from shared.drug_master import Master

# The same medicine, billed as the patient's own choice (長期収載品の選定療養).
_CHOSEN = "（選）"
_KANJI = re.compile("[\u3400-\u9fff]")
Lists = Mapping[ListKind, Sequence[Line]]


def master_of(lists: Lists, valid_from: date) -> Master:
    """One master of the price list, the receipt master and the generic names, or of those that are there.

    Many a medicine has its own name only in the receipt master (the price list names it with others together): it is a
    product of its own then, with the price list's code.
    """
    products = list(_priced(lists))
    places = {product.code: place for place, product in enumerate(products)}
    ingredients = {product.code[:7]: product.ingredient for product in reversed(products)}
    others: dict[tuple[str, str], int] = {}
    receipts: dict[str, int] = {}
    readings: dict[int, str] = {}
    for line in lists.get(ListKind.RECEIPT, ()):
        place = places.get(line.price_code)
        name = line.name.removesuffix(_CHOSEN)
        if place is None or folded(products[place].name) != folded(name):
            place = others.get((line.price_code, name))
        if place is None:
            made_of = ingredients.get(line.price_code[:7], "")
            products.append(Product(line.price_code, name, made_of, line.unit, line.generic_code))
            place = others[(line.price_code, name)] = len(products) - 1
        receipts[line.code] = place
        if line.reading and _KANJI.search(line.name):
            readings[place] = unicodedata.normalize("NFKC", line.reading)
    products += [
        Product("", line.name, line.ingredient, line.unit, line.code)
        for line in lists.get(ListKind.GENERIC, ())
    ]
    return Master.of(valid_from.strftime("%Y%m%d"), products, receipts, readings)


def _priced(lists: Lists) -> list[Product]:
    generic = {
        line.price_code: line.generic_code for line in lists.get(ListKind.RECEIPT, ()) if line.generic_code
    }
    return [
        Product(line.code, line.name, line.ingredient, line.unit, generic.get(line.code, ""), line.maker)
        for line in lists.get(ListKind.PRICE_LIST, ())
    ]
