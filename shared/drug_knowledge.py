"""What is known of medicines: which ingredients and route a code means, and which pairs must never meet.

Bundled in `shared/drugs/` as facts with their sources; an operator's own lists (`shared.drug_master`) add to it, and
what pharmacists reviewed and clinics added comes as an `Overlay`. The same on the phone as on the server.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256
from pathlib import Path

from shared.drug_ingredients import composition, folded
from shared.drug_listing import Listing, Product
from shared.drug_master import Master
from shared.drug_routes import route_of, site_in, way_of
from shared.drug_rules import LocalRule, rule_members
from shared.drug_words import DrugWords, Ingredients
from shared.medicines import CodeSet, Form, Medicine, Route

# The day on which the price list that the bundled facts were made from came into force.
BUNDLED_LIST = "20250716"
_FACTS = Path(__file__).parent / "drugs"
_FILES = ("pairs.csv", "ingredients.csv", "routes.csv", "names.csv")
_DIGITS = 7
_OWN_CODES = (CodeSet.PRICE_LIST, CodeSet.YJ, CodeSet.GENERIC)
_FORMS = {
    Form.INTERNAL: Route.ORAL,
    Form.INTERNAL_DROPS: Route.ORAL,
    Form.DECOCTION: Route.ORAL,
    Form.DECOCTION_HOT: Route.ORAL,
    Form.INJECTION: Route.INJECTION,
    Form.EXTERNAL: Route.EXTERNAL,
}
_NOTHING: Ingredients = frozenset()


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one medicine. Empty ``ingredients``: no list knows it, and it cannot be checked."""

    codes: tuple[str, ...] = ()
    ingredients: frozenset[str] = frozenset()
    route: Route | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """A contraindicated pair (併用禁忌). ``a`` and ``b`` are beginnings of codes, of any length.

    ``days_a_b``: so many days after the last day of a, b still must not begin; ``days_b_a`` the other way. Hours of the
    source are rounded up to days, because a dispensing knows days only. ``on``: shipped as verified, or reviewed.
    """

    id: str
    a: tuple[str, ...]
    b: tuple[str, ...]
    name_a: str
    name_b: str
    condition: str = ""
    effect: str = ""
    days_a_b: int = 0
    days_b_a: int = 0
    source: str = ""
    source_url: str = ""
    verification: str = ""
    on: bool = False


@dataclass(frozen=True, slots=True)
class Overlay:
    """What people of this house added: pairs that a pharmacist switched on or off (by id), and rules."""

    reviews: Mapping[str, bool] = field(default_factory=dict)
    rules: tuple[LocalRule, ...] = ()

    @property
    def version(self) -> str:
        """The same for the same content, '' for none."""
        if not self.reviews and not self.rules:
            return ""
        said = repr(
            (sorted(self.reviews.items()), [sorted(rule_members(each).items()) for each in self.rules])
        )
        return sha256(said.encode()).hexdigest()[:8]


Prefixes = tuple[tuple[int, Mapping[str, tuple[int, ...]]], ...]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All that is known, made ready for questions. ``pairs`` are those that are on, ``all_pairs`` the others too.

    ``version`` is the same for the same content: bundle, operator's lists, overlay.
    """

    version: str
    pairs: tuple[Pair, ...]
    all_pairs: tuple[Pair, ...]
    rules: tuple[LocalRule, ...]
    master: Master | None
    longest_washout: int  # days, of the pairs that are on
    _ingredients: Mapping[str, Ingredients] = field(repr=False)
    _codes: Mapping[str, tuple[str, ...]] = field(repr=False)
    _brands: Mapping[str, tuple[str, ...]] = field(repr=False)
    _routes: Mapping[str, Route] = field(repr=False)
    _words: DrugWords = field(repr=False)
    _names: Listing = field(repr=False)
    _a: Prefixes = field(repr=False)
    _b: Prefixes = field(repr=False)

    def of(self, medicine: Medicine) -> Known:
        """Codes, ingredients and route of a medicine, as far as any list tells them."""
        codes = self._codes_of(medicine)
        ingredients = _NOTHING
        for code in codes:
            ingredients = ingredients | self._ingredients.get(code[:_DIGITS], _NOTHING)
        route = self._route(medicine, codes)
        if medicine.ingredients or medicine.components or not ingredients:
            named = self._named(medicine, ingredients)
            codes += self._codes_named(medicine, named - ingredients, route)
            ingredients |= named
        return Known(codes, ingredients, route)

    def ingredients_of(self, code: str) -> frozenset[str]:
        """The ingredients of a price-list, YJ or generic code, or of its first seven digits; empty when unknown."""
        return self._ingredients.get(code[:_DIGITS], _NOTHING)

    def pairs_of(self, codes: Iterable[str]) -> tuple[set[int], set[int]]:
        """The places in ``pairs`` where one of the codes is side a, and where one is side b."""
        a: set[int] = set()
        b: set[int] = set()
        for code in codes:
            for length, places in self._a:
                a.update(places.get(code[:length], ()))
            for length, places in self._b:
                b.update(places.get(code[:length], ()))
        return a, b

    def ingredient(self, text: str) -> str | None:
        """The one ingredient that a text names, with or without its salt; None for none or several."""
        found = self._words.meant(text)
        return next(iter(found)) if len(found) == 1 else None

    def meant(self, text: str) -> frozenset[str]:
        """The ingredients that a whole text names: an ingredient, a brand, an English name."""
        return self._words.meant(text)

    def ingredients_in(self, text: str) -> frozenset[str]:
        """Every known ingredient whose name, or whose brand's name, stands in a free text."""
        return self._words.standing_in(text)

    def search(self, text: str, limit: int = 20) -> list[Product]:
        """Products for somebody typing a name: of the operator's lists, else and also the bundled names."""
        found = self.master.search(text, limit) if self.master is not None else []
        return (found + self._names.search(text, limit - len(found))) if len(found) < limit else found

    def _codes_of(self, medicine: Medicine) -> tuple[str, ...]:
        if medicine.code and medicine.code_set in _OWN_CODES:
            own: str = medicine.code
        elif (listed := self._listed(medicine)) is not None:
            own = listed.code or listed.generic_code
        else:
            own = medicine.generic_code
        if medicine.components:
            others = (each.code for each in medicine.components if each.code)
            return tuple(dict.fromkeys((own, *others) if own else others))
        return (own,) if own else ()

    def _listed(self, medicine: Medicine) -> Product | None:
        if self.master is None:
            return None
        if medicine.code and (found := self.master.product(medicine.code_set, medicine.code)) is not None:
            return found
        return None if medicine.generic_code else self.master.by_name(medicine.name)

    def _named(self, medicine: Medicine, of_codes: Ingredients) -> Ingredients:
        """What the medicine itself names: a name that no list knows stands for itself, cleaned as all others are."""
        found: set[str] = set()
        unknown = (each.name for each in medicine.components if not self.ingredients_of(each.code))
        for name in (*medicine.ingredients, *unknown):
            found.update(self.meant(name) or composition(name).ingredients)
        return frozenset(found) if found or of_codes else self.meant(medicine.name)

    def _route(self, medicine: Medicine, codes: tuple[str, ...]) -> Route | None:
        said = medicine.route or _FORMS.get(medicine.usage.form) if medicine.usage.form else medicine.route
        # The codes of an OTC medicine are those of its ingredients: how it is used its own form says.
        if codes and not (medicine.components and said):
            said = self._route_of(codes[0], medicine.name, said)
        if said is Route.EXTERNAL:
            return site_in(medicine.name) or said
        return said

    def _route_of(self, code: str, name: str, said: Route | None) -> Route | None:
        way = way_of(code)
        if way is not Route.EXTERNAL:
            return way or said
        for length in range(len(code), _DIGITS - 1, -1):
            if (site := self._routes.get(code[:length])) is not None:
                break
        else:
            site = route_of(code, name) or Route.EXTERNAL
        coarse = said in (None, Route.EXTERNAL, Route.OTHER)
        return site if site is not Route.EXTERNAL or coarse else said

    def _codes_named(self, medicine: Medicine, named: Ingredients, route: Route | None) -> tuple[str, ...]:
        """Codes of what was only named: a brand's, else those of each ingredient alone, for the same way in.

        Without a route those taken by mouth are meant, where there are any.
        """
        if not named:
            return ()
        brand = self._brands.get(folded(medicine.name))
        codes = brand or tuple(code for name in sorted(named) for code in self._codes.get(name, ()))
        way = route if route in (None, Route.ORAL, Route.INJECTION) else Route.EXTERNAL
        same = tuple(code for code in codes if way_of(code) is (way or Route.ORAL))
        return same or (codes if way is None else ())


@cache
def bundled() -> Knowledge:
    """What comes with the program, without any list of an operator."""
    return knowledge(None, Overlay())


def knowledge(master: Master | None, overlay: Overlay) -> Knowledge:
    """What is known with the operator's lists and what people of the house added."""
    ingredients = dict(_ingredients())
    routes = {row["code"]: Route(row["route"]) for row in _rows("routes.csv")}
    if master is not None:
        for product in master.products:
            if (code := product.code) and code[:_DIGITS] not in ingredients:
                ingredients[code[:_DIGITS]] = frozenset(composition(product.ingredient).ingredients)
    codes: dict[str, list[str]] = defaultdict(list)
    for code, each in ingredients.items():
        if len(each) == 1:
            codes[next(iter(each))].append(code)
    all_pairs = tuple(replace(each, on=overlay.reviews.get(each.id, each.on)) for each in _pairs())
    pairs = tuple(each for each in all_pairs if each.on)
    versions = (f"{BUNDLED_LIST}.{_digest()}", master.version if master else "", overlay.version)
    return Knowledge(
        version="+".join(each for each in versions if each),
        pairs=pairs,
        all_pairs=all_pairs,
        rules=overlay.rules,
        master=master,
        longest_washout=max((max(each.days_a_b, each.days_b_a) for each in pairs), default=0),
        _ingredients=ingredients,
        _codes={name: tuple(each) for name, each in codes.items()},
        _brands=_brands(),
        _routes=routes,
        _words=_words(ingredients),
        _names=_names(),
        _a=_prefixes(each.a for each in pairs),
        _b=_prefixes(each.b for each in pairs),
    )


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (_FACTS / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@cache
def _digest() -> str:
    taken = sha256()
    for name in _FILES:
        taken.update((_FACTS / name).read_bytes())
    return taken.hexdigest()[:8]


@cache
def _ingredients() -> Mapping[str, Ingredients]:
    split = ((row["code"], row["ingredients"].split(";")) for row in _rows("ingredients.csv"))
    return {code: frozenset(filter(None, names)) for code, names in split}


@cache
def _pairs() -> tuple[Pair, ...]:
    return tuple(
        Pair(
            id=row["id"],
            a=tuple(filter(None, row["a"].split(";"))),
            b=tuple(filter(None, row["b"].split(";"))),
            name_a=row["name_a"],
            name_b=row["name_b"],
            condition=row["condition"],
            effect=row["effect"],
            days_a_b=int(row["days_a_b"]),
            days_b_a=int(row["days_b_a"]),
            source=row["source"],
            source_url=row["source_url"],
            verification=row["verification"],
            on=row["on"] == "yes",
        )
        for row in _rows("pairs.csv")
    )


@cache
def _brands() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in _rows("names.csv"):
        if row["kind"] == "brand":
            found[folded(row["name"])].append(row["code"])
    return {name: tuple(codes) for name, codes in found.items()}


def _prefixes(sides: Iterable[tuple[str, ...]]) -> Prefixes:
    """For each length of a beginning: the beginnings, and at which places of ``sides`` they stand."""
    found: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for place, side in enumerate(sides):
        for prefix in side:
            found[len(prefix)][prefix].append(place)
    return tuple(
        (length, {prefix: tuple(places) for prefix, places in each.items()})
        for length, each in sorted(found.items())
    )


def _words(ingredients: Mapping[str, Ingredients]) -> DrugWords:
    names = {name for each in ingredients.values() for name in each}
    others = ((row["name"], ingredients.get(row["code"], _NOTHING)) for row in _rows("names.csv"))
    return DrugWords.of(names, ((name, meant) for name, meant in others if meant))


@cache
def _names() -> Listing:
    """Bundled names for searching: ingredients by themselves, and brands of common drugs; none has a code."""
    known = _ingredients()
    found: dict[str, Product] = {}
    for each in known.values():
        if len(each) == 1:
            (name,) = each
            found.setdefault(folded(name), Product("", name, name))
    for row in _rows("names.csv"):
        if row["kind"] == "brand":
            made_of = "・".join(sorted(known[row["code"]]))
            found.setdefault(folded(row["name"]), Product("", row["name"], made_of))
    english: dict[str, list[str]] = defaultdict(list)
    for row in _rows("names.csv"):
        if row["kind"] == "english":
            english["・".join(sorted(known[row["code"]]))].append(row["name"])
    return Listing.of((each, (each.ingredient, *english[each.ingredient])) for each in found.values())
