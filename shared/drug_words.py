"""Names of ingredients in people's words: one name exactly, or every name that stands in a free text (allergies)."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.drug_ingredients import as_katakana, folded, ingredient_of

Ingredients = frozenset[str]
_NONE: Ingredients = frozenset()
_SHORT = 4  # a name shorter than this is found in a text only where it stands alone
_MOST = 4000  # characters of a free text that are looked at


@dataclass(frozen=True, slots=True)
class DrugWords:
    """What each name means. Keys are folded (`folded`)."""

    meanings: Mapping[str, Ingredients]
    ingredients: Ingredients
    by_start: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, ingredients: Iterable[str], others: Iterable[tuple[str, Ingredients]]) -> DrugWords:
        """From the ingredient names themselves, and other names (brands, English) with what they mean."""
        known = frozenset(ingredients)
        meanings: dict[str, Ingredients] = {}
        for name, meant in others:
            key = folded(name)
            meanings[key] = meanings[key] & meant or meanings[key] if key in meanings else meant
        for name in known:
            for alias in (name, name.removesuffix("エキス")):
                meanings[folded(alias)] = frozenset((name,))
        starts: dict[str, list[str]] = defaultdict(list)
        for key in sorted(meanings, key=len, reverse=True):
            if len(key) > 1:
                starts[key[:2]].append(key)
        return cls(meanings, known, {start: tuple(keys) for start, keys in starts.items()})

    def meant(self, text: str) -> Ingredients:
        """What a whole text names: an ingredient (with or without its salt), a brand, an English name."""
        key = folded(text[:_MOST])
        found = self.meanings.get(key)
        return found if found is not None else self.meanings.get(folded(ingredient_of(key)), _NONE)

    def standing_in(self, text: str) -> Ingredients:
        """Every known ingredient whose name stands in a text; the longest name at each place counts."""
        written = unicodedata.normalize("NFKC", text[:_MOST]).lower()
        plain = as_katakana(written)
        found: set[str] = set()
        place = 0
        while place < len(plain) - 1:
            key = self._longest(plain, written, place)
            if key:
                found |= self.meanings[key]
            place += len(key) or 1
        return frozenset(found)

    def _longest(self, plain: str, written: str, place: int) -> str:
        """The longest name that begins here, or ''."""
        keys = self.by_start.get(plain[place : place + 2])
        if keys is None or (place and _script(written[place - 1]) == _script(written[place]) != ""):
            return ""
        for key in keys:
            if plain.startswith(key, place) and _may_end(
                key, written[place + len(key) : place + len(key) + 1]
            ):
                return key
        return ""


def _may_end(key: str, after: str) -> bool:
    """Whether a name may end before the letter ``after``: 塩酸 of 塩酸ミノサイクリン is no name by itself."""
    if not after:
        return True
    script = _script(key[-1])
    if script == "kana":
        return len(key) >= _SHORT or _script(after) != "kana"
    if script == "latin":
        return _script(after) != "latin"
    return _script(after) != "kana" and after not in "塩化"


def _script(letter: str) -> str:
    """Katakana and Latin letters make words without gaps; of others, hiragana too, nothing is said."""
    if "ァ" <= letter <= "ヺ" or letter == "ー":
        return "kana"
    return "latin" if letter.isascii() and letter.isalpha() else ""
