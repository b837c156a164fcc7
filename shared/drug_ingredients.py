"""What a medicine is made of: ingredient names of a price list, split and freed of salt, water and isomer words.

A rule over words, not chemistry: derived, and not reviewed by a pharmacist (`shared/drugs/README.md` says so). Esters
and prodrugs that share their name with the drug itself count as that drug, because the check asks whether the same
thing is given twice.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Composition:
    """What one official ingredient name stands for. ``whole`` is false where the list itself keeps quiet about a part
    (配合剤 with others unnamed): two such medicines may share more than is seen."""

    ingredients: tuple[str, ...]
    whole: bool = True


_METAL = (
    "(?:一|二|三)?(?:ナトリウム|カリウム|カルシウム|マグネシウム)|メグルミン|エルブミン|トロメタモール|トロメタミン|"
    "(?:DL|L)-(?:リシン|アルギニン)|ベンザチン|オラミン"
)
_ACID = (
    "塩酸|硫酸|硝酸|酢酸|リン酸|臭化水素酸|ヨウ化水素酸|メシル酸|マレイン酸|ベシル酸|クエン酸|フェンジゾ酸|デカン酸|パモ酸|"
    "フマル酸|シュウ酸|カルバミン酸|トシル酸|プロピオン酸|フランカルボン酸|ラクトビオン酸|コハク酸|ヒベンズ酸|キシナホ酸|"
    "エナント酸|パルミチン酸|カプロン酸|グルコン酸|オレイン酸|エタンスルホン酸|メタンスルホン酸|リンゴ酸|オクタン酸|イセチオン酸|酒石酸|"
    "安息香酸|メタスルホ安息香酸|ニコチン酸|吉草酸|酪酸|ステアリン酸|トリフェニル酢酸|フェノールフタリン酸|シペシル酸|"
    "メチレンジサリチル酸|アセチルサリチル酸|ジ安息香酸|ナパジシル酸|エデト酸|乳酸|ヒドロキシナフトエ酸|ビステアリン酸|"
    "テオクル酸|サリチル酸|タンニン酸|ジクロロ酢酸|カンシル酸|エジシル酸|エストール酸|ブテプ酸|アジピン酸|シクラミン酸|"
    "トリフルオロ酢酸|グルクロン酸|アスパラギン酸|グルタミン酸|ベンゼンスルホン酸|エチル炭酸"
)
_WATER = re.compile(r"(?:(?:一|二|三|四|五|六|七|八|九|十|半|セスキ|ヘミペンタ)|\d+(?:[./]\d+)?)?水和物$")
_TAIL = re.compile(
    rf"(?:(?:一|二|三|ジ|ビス|ヘミ|モノ)?(?:{_ACID})(?:水素)?(?:塩|エステル)|(?:二)?(?:塩化物|臭化物|ヨウ化物)|{_METAL}|"
    r"シレキセチル|メドキソミル|ピボキシル|プロキセチル|アキセチル|マルボキシル|エテキシラート|エキシラート|モフェチル|"
    r"ジソプロキシル|アラフェナミド|エナカルビル|ファルネシル|ソムプロイル|(?:エタノール|アセトン|ジメチルスルホキシド)?付加物|"
    r"プロピレングリコール|ベータデクス|"
    r"(?:エチル)?エステル|メチル(?:硫酸)?塩|エチルコハク酸エステル|フマル酸|アミノ安息香酸塩)$"
)
# A drug's name written after its acid, as older lists do: 塩酸ペンタゾシン.
_HEAD = re.compile(
    rf"^(?:無水|精製|日局|局方)?(?:塩酸|臭化水素酸|メシル酸|トシル酸|マレイン酸|酒石酸|フマル酸|クエン酸|コハク酸|リン酸|硫酸|パモ酸|"
    rf"ベシル酸|プロピオン酸|吉草酸|酪酸|酢酸|塩化|臭化|ヨウ化)(?=(?:プロピオン酸|酪酸)?[ァ-ヶー]{{4,}})(?!(?:{_METAL}|アルミニウム|アンモニウム|バリウム|マンガン|インジウム|タリウム|ガリウム|ストロンチウム|"
    r"テクネチウム|ストロンチウム|ルビジウム|ヒドロキシ|リチウム|ジメチル|リンゲル|トリメチル|エチル|メチル))"
)
_ISOMER = re.compile(r"^(?:dl|DL|d|D|l|L)-(?=[^\d])")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\]]*\]|<[^<>]*>|〔[^〕]*〕")
# What is left of a mineral or a plain acid when its metal is taken away names no drug: those names stay whole.
_PLAIN = re.compile(
    rf"(?:無水|沈降|乾燥|過|重)?(?:{_ACID}|酸化|水酸化|過酸化|塩化|臭化|ヨウ化|フッ化|硫化|炭酸|ケイ酸|亜硫酸|ピロリン酸|ポリリン酸|過マンガン酸|"
    r"ホウ酸|チオ硫酸|硝酸|次亜塩素酸|亜塩素酸|ヨード|アルミン酸|カゼイン|オロチン酸|グリセロリン酸|亜セレン酸|クロム酸|テクネチウム酸|硫酸アルミニウム)?"
    r"(?:一水素|二水素|水素)?$"
)
_MIXED = re.compile(r"配合剤$|配合$")
# Names of a class, not of an ingredient: what is in it the list does not say.
_CLASSES = {
    "無機塩類", "生薬", "鎮咳", "膵臓性消化酵素", "ピラゾロン系解熱鎮痛消炎", "非ピリン系感冒剤", "パッチテスト用塩類",
    "パッチテスト用アレルゲン類", "診断用アレルゲンエキス", "糖", "脂肪", "アミノ酸", "ビタミン", "電解質",
    "総合ビタミン製剤", "総合アミノ酸製剤",
}  # fmt: skip
# One name for two ingredients.
_BOTH = {"サクビトリルバルサルタン": ("サクビトリル", "バルサルタン")}
# Names whose point is part of the name, and one thing under two names. Everything else follows the rule.
_SAME = {
    "アスピリンダイアルミネート": "アスピリン",
    "アセチルサリチル酸": "アスピリン",
    "B2": "ビタミンB2",
    "B6": "ビタミンB6",
    "B12": "ビタミンB12",
    "無水カフェイン": "カフェイン",
    "安息香酸ナトリウムカフェイン": "カフェイン",
    "エピネフリン": "アドレナリン",
    "イソプロテレノール": "イソプレナリン",
    "コンドロイチン": "コンドロイチン硫酸",
    "精製ヒアルロン酸": "ヒアルロン酸",
    "精製白糖": "白糖",
    "プソイドエフェドリン塩酸塩": "プソイドエフェドリン",
    "グリチルリチン酸一アンモニウム": "グリチルリチン酸",
    "グリチルリチン酸モノアンモニウム": "グリチルリチン酸",
    "グリチルリチン酸二カリウム": "グリチルリチン酸",
}
_MOST = 200  # characters of a name; the longest of the price list has 98


def folded(text: str) -> str:
    """For comparing names: NFKC, hiragana as katakana, small letters, one kind of long mark, no spaces."""
    return unicodedata.normalize("NFKC", "".join(text.split())).casefold().translate(_FOLD)


def as_katakana(text: str) -> str:
    """Hiragana as katakana, letter by letter; nothing else changes."""
    return text.translate(_KATAKANA)


_KATAKANA = {code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)}
_FOLD: dict[int, int | None] = {**_KATAKANA, **dict.fromkeys(map(ord, " \t\r\n\u3000"))}
_FOLD |= dict.fromkeys(map(ord, "‐‑‒–—―"), ord("ー"))


@lru_cache(maxsize=4096)
def composition(name: str) -> Composition:
    """The ingredients of an official ingredient name, in its order, none twice."""
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", name)[:_MOST])
    while (bare := _BRACKETS.sub("", plain)) != plain:
        plain = bare
    mixed = _MIXED.search(plain) is not None
    found: dict[str, None] = {}
    for part in _MIXED.sub("", plain).split("・"):
        if part and part not in _CLASSES:
            one = ingredient_of(part)
            found.update(dict.fromkeys(_BOTH.get(one, (one,))))
    return Composition(tuple(found), not mixed)


def ingredient_of(part: str) -> str:
    """One ingredient without salt, water and isomer letters: ロキソプロフェンナトリウム水和物 is ロキソプロフェン."""
    if part in _SAME:
        return _SAME[part]
    bare = _ISOMER.sub("", _WATER.sub("", part))
    bare = _without_head(bare)
    while (tail := _TAIL.search(bare)) is not None:
        shorter = _WATER.sub("", bare[: tail.start()])
        if _PLAIN.fullmatch(shorter) or len(shorter) < 2:
            break
        bare = shorter
    if bare.startswith("無水") and len(bare) > 4:
        bare = bare.removeprefix("無水")
    return _SAME.get(bare, bare)


def _without_head(name: str) -> str:
    while (found := _HEAD.match(name)) is not None:
        name = name[found.end() :]
    return name
