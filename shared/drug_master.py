"""The drug master: the operator's own lists of medicines in one, with a version, to look up codes and search names.

Built by the server from the price list, the receipt master and the generic names (`backend/drugs/`); a phone downloads
it as one compact file. A file that is broken, or larger than any such list can be, is refused.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from shared.drug_ingredients import folded
from shared.drug_listing import Listing, Product
from shared.medicines import CodeSet
from shared.problems import TooBig, Unreadable

_MAGIC = b"TOMONI-DRUGS-1\n"
# The lists of 2025 make 2.6 MB, packed 0.7: these are far above any, and far below what a phone cannot hold.
MOST_BYTES, MOST_UNPACKED = 20_000_000, 64_000_000
MOST_PRODUCTS = 300_000
_GENERIC_MARK = "【般】"


@dataclass(frozen=True, slots=True)
class Master:
    """Products (price list first, then those known only to the receipt master, then generic names) and their codes.

    ``version`` begins with the day from which the price list counts. ``receipts`` lead from receipt codes to places in
    ``products``, ``readings`` from places to kana where a list has them.
    """

    version: str
    products: tuple[Product, ...]
    receipts: Mapping[str, int] = field(repr=False)
    readings: Mapping[int, str] = field(repr=False)
    _codes: Mapping[str, int] = field(repr=False)
    _names: Mapping[str, int] = field(repr=False)
    _listing: Listing = field(repr=False)

    @classmethod
    def of(
        cls,
        valid_from: str,
        products: Iterable[Product],
        receipts: Mapping[str, int],
        readings: Mapping[int, str],
    ) -> Master:
        """Made from its parts; the version is told by the content. ``valid_from`` is written 20250716."""
        return _made(valid_from, tuple(products), receipts, readings)

    def product(self, code_set: CodeSet, code: str) -> Product | None:
        """The product of a code. HOT codes are in no list that we may read."""
        if code_set is CodeSet.RECEIPT:
            place = self.receipts.get(code)
        elif code_set in (CodeSet.PRICE_LIST, CodeSet.YJ, CodeSet.GENERIC):
            place = self._codes.get(code)
        else:
            place = None
        return None if place is None else self.products[place]

    def by_name(self, name: str) -> Product | None:
        """The product of exactly this name; width, kana and spaces aside."""
        place = self._names.get(folded(name.removeprefix(_GENERIC_MARK)))
        return None if place is None else self.products[place]

    def search(self, text: str, limit: int = 20) -> list[Product]:
        """Products whose name, ingredient or reading begins with ``text``, then those in which it stands."""
        return self._listing.search(text, limit)

    def to_bytes(self) -> bytes:
        """The compact file; the same content gives the same bytes."""
        return _MAGIC + zlib.compress(_written(self.version, self.products, self.receipts, self.readings), 9)

    @classmethod
    def from_bytes(cls, packed: bytes) -> Master:
        """The master in a file. `TooBig` or `Unreadable` for one that cannot be it."""
        if len(packed) > MOST_BYTES:
            raise TooBig("too_big", limit_mb=MOST_BYTES // 1_000_000)
        if not packed.startswith(_MAGIC):
            raise Unreadable("drug_master_broken")
        try:
            return _read(_unpacked(packed[len(_MAGIC) :]))
        except (zlib.error, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            raise Unreadable("drug_master_broken") from error


def _made(
    valid_from: str, products: tuple[Product, ...], receipts: Mapping[str, int], readings: Mapping[int, str]
) -> Master:
    body = _written("", products, receipts, readings)
    codes: dict[str, int] = {}
    names: dict[str, int] = {}
    for place, product in enumerate(products):
        codes.setdefault(product.code or product.generic_code, place)
        names.setdefault(folded(product.name.removeprefix(_GENERIC_MARK)), place)
    codes.pop("", None)
    entries = (
        (product, (product.name.removeprefix(_GENERIC_MARK), product.ingredient, readings.get(place, "")))
        for place, product in enumerate(products)
    )
    version = f"{valid_from}.{sha256(body).hexdigest()[:8]}"
    return Master(version, products, receipts, readings, codes, names, Listing.of(entries))


def _written(
    version: str, products: Sequence[Product], receipts: Mapping[str, int], readings: Mapping[int, str]
) -> bytes:
    """JSON in columns; what repeats (ingredients, units, makers) is written once and counted from nought."""
    columns: dict[str, object] = {
        "version": version,
        "receipts": receipts,
        "readings": sorted(readings.items()),
    }
    for name in ("code", "name", "generic_code"):
        columns[name] = [getattr(each, name) for each in products]
    for name in ("ingredient", "unit", "maker"):
        values = [getattr(each, name) for each in products]
        places = {value: place for place, value in enumerate(dict.fromkeys(values))}
        columns[name] = [list(places), [places[value] for value in values]]
    return json.dumps(columns, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _unpacked(packed: bytes) -> bytes:
    opener = zlib.decompressobj()
    body = opener.decompress(packed, MOST_UNPACKED)
    if opener.unconsumed_tail:
        raise TooBig("too_big", limit_mb=MOST_UNPACKED // 1_000_000)
    if not opener.eof:
        raise ValueError("the file is cut off")
    return body


def _read(body: bytes) -> Master:
    told = json.loads(body)
    size = len(told["code"])
    if size > MOST_PRODUCTS:
        raise TooBig("too_big", limit_mb=MOST_BYTES // 1_000_000)
    columns = [told["code"], told["name"], _column(told["ingredient"]), _column(told["unit"])]
    columns += [told["generic_code"], _column(told["maker"])]
    if any(len(column) != size or not all(isinstance(value, str) for value in column) for column in columns):
        raise ValueError("columns of different length, or not of text")
    products = tuple(map(Product, *columns))
    receipts = {str(code): _place(place, size) for code, place in told["receipts"].items()}
    readings = {_place(place, size): str(reading) for place, reading in told["readings"]}
    version = str(told["version"])
    master = _made(version.partition(".")[0], products, receipts, readings)
    if master.version != version:
        raise ValueError("the version is not that of the content")
    return master


def _column(told: list[list[str]]) -> list[str]:
    values, places = told
    return [values[_place(place, len(values))] for place in places]


def _place(place: object, size: int) -> int:
    if not isinstance(place, int) or not 0 <= place < size:
        raise ValueError("a place that is not there")
    return place
