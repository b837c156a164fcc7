"""Makes the facts of `shared/drugs/` from their sources: `python -m backend.drugs.bundling FOLDER`.

For maintainers, when a new price list or a new table of pairs is at hand. FOLDER holds interactions.csv, products.csv,
ingredients_yj7.csv and drugs.csv; what each column means and what is not verified: `shared/drugs/README.md`.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from shared.drug_ingredients import composition, folded
from shared.drug_routes import route_of, way_of
from shared.medicines import Route

FACTS = Path(__file__).parents[2] / "shared" / "drugs"
# セレギリン, ラサギリン, サフィナミド: a plain number of days is that after the MAO-B inhibitor, as sister texts say.
MAO_B = ("1169010", "1169017", "1169018")

CONDITIONS = {
    "diabetes mellitus": "糖尿病の人",
    "diabetes mellitus (except BP markedly uncontrolled)": "糖尿病の人（ほかの治療をしても血圧がとても高い人を除く）",
    "except emergency use": "救急で必要なときを除く",
    "except emergency treatment of anaphylaxis (2018 revision); エピペン = 併用注意": (
        "アナフィラキシーの救急の治療を除く（エピペンは併用注意）"
    ),
    "hepatic or renal impairment only": "肝臓か腎臓の働きが悪い人",
    "venetoclax dose ramp-up only": "ベネトクラクスの量を増やしていく時期",
    "venetoclax dose ramp-up in CLL only": "慢性リンパ性白血病で、ベネトクラクスの量を増やしていく時期",
    "when eplerenone is used for hypertension (not for heart failure)": (
        "エプレレノンを高血圧に使うとき（心不全に使うときを除く）"
    ),
}
NOTES = {
    "ONC list names triptans x MAOI; confirm JP label wording": "日本の添付文書の書き方は確かめていません",
    "併用注意 for spironolactone": "スピロノラクトンでは併用注意",
    "tadalafil: アドシルカ only; ザルティア/シアリス are 併用注意": "アドシルカだけ（ザルティア・シアリスは併用注意）",
    "sildenafil/tadalafil: PAH products only (レバチオ/アドシルカ)": "肺高血圧の薬（レバチオ・アドシルカ）だけ",
    "label says MAO阻害剤 (class)": "添付文書には「MAO阻害剤」とある",
    "併用注意 in JP label": "日本の添付文書では併用注意",
    "グラケー(15mg 骨粗鬆症)only; other vitamin K = 併用注意": "グラケーだけ（ほかのビタミン K は併用注意）",
    "gel, injection and buccal tablet; cutaneous/vaginal miconazole = 併用注意": (
        "ゲル・注射・口腔用の錠だけ（皮膚・腟用は併用注意）"
    ),
    "oral rilpivirine": "飲むリルピビリン",
    "併用注意 for clarithromycin (禁忌 for itraconazole)": "クラリスロマイシンでは併用注意",
}
# Products whose list entry names only a class (感冒剤, 鎮咳): what is in them, read on the page named.
COMPOSED = {
    "1149116": ("イソプロピルアンチピリン;アセトアミノフェン;アリルイソプロピルアセチル尿素;カフェイン", "http://meds.qlifepro.com/detail/621558101/sg-granules"),
    "1180101": ("サリチルアミド;アセトアミノフェン;カフェイン;クロルフェニラミン", "https://www.kegg.jp/medicus-bin/japic_med_product?id=00057365"),
    "1180105": ("サリチルアミド;アセトアミノフェン;カフェイン;クロルフェニラミン", "https://meddic.jp/index.php/ペレックス配合"),
    "1180107": ("サリチルアミド;アセトアミノフェン;カフェイン;プロメタジン", "https://expydoc.com/doc/7133730"),
    "1180108": ("サリチルアミド;アセトアミノフェン;カフェイン;プロメタジン", "https://expydoc.com/doc/7133730"),
    "2229101": ("ジヒドロコデイン;メチルエフェドリン;クロルフェニラミン", "https://kenko-tips.com/articles/huscode/"),
    "2229102": ("ジヒドロコデイン;メチルエフェドリン;クロルフェニラミン", "https://yaku314.com/?p=13007"),
}  # fmt: skip
_FORM = re.compile(
    r"(?:OD|ＯＤ|口腔内崩壊|チュアブル|徐放|Ｌ|Ｒ|配合)?(?:錠|カプセル|散|細粒|顆粒|ドライシロップ|シロップ|内用液|内服液|静注|皮下注|"
    r"筋注|注射液|注|点眼液|点鼻液|軟膏|クリーム|ローション|テープ|パップ|坐剤|ゼリー|吸入液|原末|末)+$"
)

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Gap:
    """Days that must lie between two medicines, after a and after b. ``basis``: ``source`` where the source says which
    comes first, ``cautious`` where it does not and the same days are taken both ways."""

    days_a_b: int = 0
    days_b_a: int = 0
    basis: str = ""


def gap(text: str, a: str, b_is_mao: bool) -> Gap:
    """A washout text as days between; ``a`` is the English name of the first drug. ValueError for an unknown text."""
    if not text:
        return Gap()
    a_name = a.casefold()
    a_b, b_a, plain = 0, 0, 0
    for clause in re.split(r"\s*;\s*", text):
        days = _days(clause)
        if (order := re.match(r"(\S+)->", clause)) is not None:
            first = order.group(1)
        elif (after := re.search(r" after (\S+)$", clause)) is not None:
            first = after.group(1)
        elif clause.endswith(" both ways"):
            a_b = b_a = days
            continue
        elif clause.endswith(" before"):
            a_b, b_a = (days, b_a) if b_is_mao else (a_b, days)
            continue
        else:
            plain = days
            continue
        if first.casefold() in a_name or (first == "MAOI" and not b_is_mao):
            a_b = days
        else:
            b_a = days
    return _gap_of(a_b, b_a, plain, b_is_mao, text)


def _gap_of(a_b: int, b_a: int, plain: int, b_is_mao: bool, text: str) -> Gap:
    """Where one side is a plain number, it is the MAO-B inhibitor's; what is then not said is as long as what is."""
    if plain and (a_b or b_a):
        return Gap(plain, b_a, "source") if not b_is_mao else Gap(a_b, plain, "source")
    if plain:
        return Gap(plain, plain, "cautious")
    if not a_b and not b_a:
        raise ValueError(f"a washout that is not understood: {text}")
    return Gap(a_b, b_a, "source")


def _days(clause: str) -> int:
    found = re.search(r"(?:(\d+)-)?(\d+) (d|h)(?:$| )", clause)
    if found is None:
        raise ValueError(f"a washout without days: {clause}")
    number = int(found.group(2))
    return number if found.group(3) == "d" else -(-number // 24)


def pair_rows(rows: Iterable[Row]) -> list[Row]:
    """Every contraindicated pair. On are those read in a named source whose two drugs are on the price list."""
    return [_pair_row(row) for row in rows if row["severity"] == "contraindicated"]


def _pair_row(row: Row) -> Row:
    told = row["verification"]
    listed = row["drug_a_listed_20250716"] == row["drug_b_listed_20250716"] == "Y"
    b_is_mao = row["drug_b_code_prefix"] in MAO_B and row["drug_a_code_prefix"] not in MAO_B
    between = gap(row["washout"], row["drug_a_en"], b_is_mao)
    if between.basis == "source" and "tramadol->" in row["washout"] and row["drug_b_en"] != "tramadol":
        between = Gap(
            between.days_a_b, between.days_b_a, "cautious"
        )  # said of tramadol, taken for its sisters
    return {
        "id": row["id"],
        "on": "yes" if told.startswith("verified in") and listed else "no",
        "name_a": row["drug_a_ja"],
        "a": row["drug_a_code_prefix"].replace("*", ""),
        "name_b": row["drug_b_ja"],
        "b": row["drug_b_code_prefix"].replace("*", ""),
        "condition": CONDITIONS[row["condition"]] if row["condition"] else "",
        "effect": row["effect_ja"],
        "washout": row["washout"],
        "days_a_b": str(between.days_a_b),
        "days_b_a": str(between.days_b_a),
        "washout_basis": between.basis,
        "verification": told,
        "note": NOTES[row["note"]] if row["note"] else "",
        "source": row["source"],
        "source_url": row["source_url"],
    }


def ingredient_rows(rows: Iterable[Row]) -> list[Row]:
    """Each seven-digit code with its normalised ingredients; ``whole`` is no where the list names only a part."""
    made = []
    for row in rows:
        code = row["code_prefix7"]
        found = composition(row["ingredient_ja"])
        names, whole, url = ";".join(found.ingredients), found.whole, ""
        if code in COMPOSED:
            (names, url), whole = COMPOSED[code], True
        made.append(
            {
                "code": code,
                "ingredients": names,
                "whole": "yes" if whole and names else "no",
                "source_url": url,
            }
        )
    return made


def route_rows(products: Iterable[Row]) -> list[Row]:
    """The fewest code beginnings that say the site of each external product."""
    sites: dict[str, Route] = {}
    for row in products:
        code = row["price_list_code_12"]
        if way_of(code) is Route.EXTERNAL:
            sites[code] = route_of(code, row["product_name"]) or Route.EXTERNAL
    found: list[Row] = []
    _split(sorted(sites), sites, 7, found)
    return found


def _split(codes: Sequence[str], sites: dict[str, Route], length: int, found: list[Row]) -> None:
    groups: dict[str, list[str]] = defaultdict(list)
    for code in codes:
        groups[code[:length]].append(code)
    for prefix, group in groups.items():
        if len({sites[code] for code in group}) == 1:
            found.append({"code": prefix, "route": sites[group[0]].value})
        else:
            _split(group, sites, length + 1, found)


def name_rows(drugs: Iterable[Row]) -> list[Row]:
    """Brand names and English names of common drugs, each with the seven digits it belongs to."""
    found: dict[tuple[str, str], Row] = {}
    for row in drugs:
        brands = [_FORM.sub("", name.strip()) for name in row["brand_example"].split(";")]
        for kind, names in (("brand", brands), ("english", [row["name_en"]])):
            for name in names:
                if len(name) > 1:
                    key = (folded(name), row["code_prefix7"])
                    found.setdefault(key, {"name": name, "code": row["code_prefix7"], "kind": kind})
    return sorted(found.values(), key=lambda row: (row["code"], row["kind"], row["name"]))


def _read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def bundle(folder: Path, into: Path = FACTS) -> None:
    """Write the four files anew."""
    _write(into / "pairs.csv", pair_rows(_read(folder / "interactions.csv")))
    _write(into / "ingredients.csv", ingredient_rows(_read(folder / "ingredients_yj7.csv")))
    _write(into / "routes.csv", route_rows(_read(folder / "products.csv")))
    _write(into / "names.csv", name_rows(_read(folder / "drugs.csv")))


if __name__ == "__main__":
    bundle(Path(sys.argv[1]))
