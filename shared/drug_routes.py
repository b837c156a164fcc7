"""Which way a medicine goes in, by its code; for what goes on the body (外用), the site.

Digits five to seven of a price-list code say oral (001-399), injection (400-699) or external (700-999). The site comes
from the product's name, else the therapeutic class (digits 1-3), else the letter of the form (8th): derived, not
reviewed.
"""

from __future__ import annotations

import unicodedata

from shared.medicines import Route

# Read from the left: the first word that stands in the name decides. Eye and ear together is no one site.
_WORDS: tuple[tuple[tuple[str, ...], Route], ...] = (
    (("眼・耳", "点眼・点鼻", "眼耳鼻", "点眼・点耳", "耳鼻科用", "点耳・点鼻"), Route.EXTERNAL),
    (("点鼻", "鼻用", "鼻腔", "鼻噴霧", "ネーザル", "経鼻"), Route.NOSE),
    (("点耳", "耳科", "耳用"), Route.EAR),
    (("点眼", "眼軟膏", "眼科", "眼瞼", "眼粘弾", "眼灌流", "眼用", "洗眼"), Route.EYE),
    (("腟", "膣"), Route.VAGINA),
    (("坐剤", "坐薬", "注腸", "浣腸", "直腸", "サポ", "肛門"), Route.RECTUM),
    (
        ("口腔", "トローチ", "うがい", "含嗽", "ガーグル", "口内", "舌下", "バッカル", "歯科", "口嗽"),
        Route.MOUTH,
    ),
    (
        (
            "吸入",
            "インヘラー",
            "ヘイラー",
            "ヘラー",
            "ディスカス",
            "エリプタ",
            "レスピマット",
            "ロタディスク",
            "スプレー吸入",
        ),
        Route.LUNG,
    ),
    (
        (
            "軟膏",
            "クリーム",
            "ローション",
            "テープ",
            "パップ",
            "パッチ",
            "貼付",
            "湿布",
            "シャンプー",
            "皮膚",
            "爪",
            "頭皮",
            "絆創膏",
        ),
        Route.SKIN,
    ),
)
_CLASSES = {
    **dict.fromkeys(("111",), Route.LUNG),
    **dict.fromkeys(("131",), Route.EYE),
    **dict.fromkeys(("226", "271", "272", "273", "274", "275", "276", "279"), Route.MOUTH),
    **dict.fromkeys(("235", "255"), Route.RECTUM),
    **dict.fromkeys(("252",), Route.VAGINA),
    **dict.fromkeys(("261", "262", "263", "264", "265", "266", "267", "269"), Route.SKIN),
}
_LETTERS = {
    "G": Route.LUNG, "H": Route.VAGINA, "J": Route.RECTUM, "K": Route.RECTUM, "M": Route.SKIN, "N": Route.SKIN,
    "S": Route.SKIN, "T": Route.SKIN, "U": Route.SKIN,
}  # fmt: skip


def way_of(code: str) -> Route | None:
    """Oral, injection or external, by digits five to seven; None for what is no such code."""
    if len(code) < 7 or not (code[:7].isascii() and code[:7].isdecimal()):
        return None
    number = int(code[4:7])
    if number < 400:
        return Route.ORAL
    return Route.INJECTION if number < 700 else Route.EXTERNAL


def route_of(code: str, name: str = "") -> Route | None:
    """The route of a code; an external one with its site as far as name, class and letter tell it."""
    way = way_of(code)
    if way is not Route.EXTERNAL:
        return way
    return site_in(name) or _CLASSES.get(code[:3]) or _LETTERS.get(code[7:8], Route.EXTERNAL)


def site_in(name: str) -> Route | None:
    """The site that the name of an external medicine tells; EXTERNAL for more than one, None for none."""
    plain = unicodedata.normalize("NFKC", name)
    return next((site for words, site in _WORDS if any(word in plain for word in words)), None)
