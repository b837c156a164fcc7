"""The figures of a trend and their definitions: what each one is, how it is counted, where that comes from.

Sources as in the clinical notes of this project; ``basis`` says what is a source's and what is ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from shared.blood_pressure import session_hours_words
from shared.home_pressure_summaries import LEAST_DAYS
from shared.languages import tr
from shared.trends import SLOPE_DAYS


class Figure(StrEnum):
    """A figure of a trend that has a definition."""

    JSH_MEAN = "jsh_mean"
    ESH_MEAN = "esh_mean"
    SD = "sd"
    PULSE = "pulse"
    ABOVE_TARGET = "above_target"
    AT_REFERENCE = "at_reference"
    DIFFERENCE = "difference"
    CV = "cv"
    ARV = "arv"
    SLOPE = "slope"
    HIGHEST = "highest"
    MISSING = "missing"
    WEIGHT_CHANGE = "weight_change"
    WEIGHT_SLOPE = "weight_slope"


class Basis(StrEnum):
    """How far a definition is somebody else's."""

    READ = "read"  # as the named source says, which was read
    PARTLY_OURS = "partly_ours"  # the measure is the source's, a limit or a span is ours
    OURS = "ours"


@dataclass(frozen=True, slots=True)
class Definition:
    """What a figure is: its name, what it says, how it is counted, its source with the year (or none)."""

    name: str
    what: str
    counted: str
    source: str
    basis: Basis


def definition(figure: Figure) -> Definition:
    """The definition of a figure, in the language being spoken."""
    match figure:
        case Figure.JSH_MEAN | Figure.ESH_MEAN | Figure.SD | Figure.PULSE | Figure.MISSING | Figure.HIGHEST:
            return _level(figure)
        case Figure.ABOVE_TARGET | Figure.AT_REFERENCE | Figure.DIFFERENCE:
            return _against(figure)
        case Figure.CV | Figure.ARV | Figure.SLOPE:
            return _over_time(figure)
        case Figure.WEIGHT_CHANGE | Figure.WEIGHT_SLOPE:
            return _weight(figure)


def basis_words(basis: Basis) -> str:
    """How far it is somebody else's, in words."""
    match basis:
        case Basis.READ:
            return tr("出典にある決め方です。")
        case Basis.PARTLY_OURS:
            return tr("もとの考え方は出典のものですが、日数や範囲はこのアプリの決め方です。")
        case Basis.OURS:
            return tr("このアプリの決め方です。ガイドラインの決まりではありません。")


def _level(figure: Figure) -> Definition:
    match figure:
        case Figure.JSH_MEAN:
            return Definition(
                tr("JSH の平均"),
                tr("日本高血圧学会のやり方で出した、朝と晩それぞれの平均です。"),
                tr(
                    "1回の機会（最初の測定から10分以内）のはじめの2つの値を平均し、期間中の機会の平均を、さらに平均します。"
                    "3つ目からの値は入れません。朝と晩は混ぜません。{n}日に満たないときは、基準と比べません。",
                    n=LEAST_DAYS,
                )
                + session_hours_words(),
                tr(
                    "日本高血圧学会 JSH2019（2019年）。JSH2025（2025年）でも同じ。ガイドラインは5〜7日の平均です。"
                    "長い期間の平均は、このアプリの決め方です。"
                ),
                Basis.PARTLY_OURS,
            )
        case Figure.ESH_MEAN:
            return Definition(
                tr("ESH の平均"),
                tr(
                    "ヨーロッパ高血圧学会のやり方で出した、朝と晩を合わせた平均です。JSH の平均とは混ぜません。"
                ),
                tr(
                    "期間の中ではじめて測った日をのぞき、のこりの日の値（1回の機会のはじめの2つまで）をすべて平均します。"
                    "はじめの日は高く出やすいためです。"
                ),
                tr(
                    "ESH 2021（引用元で確認）。もとは7日間（少なくとも3日）の決め方です。"
                    "長い期間に使うことと、5日に満たないとき基準と比べないことは、このアプリの決め方です。"
                ),
                Basis.PARTLY_OURS,
            )
        case Figure.SD:
            return Definition(
                tr("標準偏差（SD）"),
                tr("値がどのくらい散らばっているかです。"),
                tr(
                    "朝または晩の、1回の機会ごとの平均の標準偏差です（n − 1 で割ります）。2回以上で出します。"
                ),
                tr("統計の一般的な決め方"),
                Basis.READ,
            )
        case Figure.PULSE:
            return Definition(
                tr("脈拍の平均"),
                tr("血圧計が一緒に測った脈拍の平均です。"),
                tr("脈拍のある機会の平均を、さらに平均します。脈拍のない測定は数えません。"),
                "",
                Basis.OURS,
            )
        case Figure.HIGHEST:
            return Definition(
                tr("高かった3回"),
                tr("期間の中で、上の血圧がいちばん高かった3回です。"),
                tr("1回の機会ごとの平均で選びます。朝・晩でない時間の測定も入ります。"),
                "",
                Basis.OURS,
            )
        case _:
            return Definition(
                tr("測っていない日"),
                tr("期間の中で、朝も晩も測らなかった日の数です。"),
                tr("1日は午前4時から始まります。そのほかの時間だけに測った日も、測っていない日に数えます。"),
                "",
                Basis.OURS,
            )


def _against(figure: Figure) -> Definition:
    match figure:
        case Figure.ABOVE_TARGET:
            return Definition(
                tr("目標以上だった割合"),
                tr("朝と晩の測定のうち、目標より低くならなかった回の割合です。"),
                tr(
                    "1回の機会の平均が、上か下のどちらかで目標の値以上なら1回と数えます。朝と晩の機会の全体で割ります。"
                    "丸める前の値で比べます。"
                ),
                tr("目標は主治医が決めた値か、JSH2025（2025年）の標準の値です。割合に目標はありません。"),
                Basis.OURS,
            )
        case Figure.AT_REFERENCE:
            return Definition(
                tr("135/85 以上だった割合"),
                tr("朝と晩の測定のうち、平均が135以上または85以上だった回の割合です。"),
                tr("1回の機会の平均を、丸める前の値で 135/85 と比べます。診断ではありません。"),
                tr("135/85 は日本高血圧学会 JSH2019（2019年）・JSH2025（2025年）の家庭血圧の基準です。"),
                Basis.PARTLY_OURS,
            )
        case _:
            return Definition(
                tr("朝と晩の差"),
                tr("朝の血圧から晩の血圧を引いた差です。プラスなら朝のほうが高いことを表します。"),
                tr(
                    "朝も晩も測った日だけを使い、1日ごとの差を平均します。測った日がちがう朝と晩をくらべないためです。"
                    "7日間のまとめの「朝と晩の差」は、朝の平均から晩の平均を引いたものです。毎日両方測れば同じになります。"
                ),
                tr(
                    "参考：J-HOP 研究（2021年、4,258人、14日間。Hypertens Res 44:1597）では、上の血圧の差が20以上の人に"
                    "心臓や血管の病気が多いと報告されています。参考の値で、診断や治療の目標ではありません。晩の入浴や飲酒でも差は大きくなります。"
                ),
                Basis.PARTLY_OURS,
            )


def _over_time(figure: Figure) -> Definition:
    related = tr(
        "参考：大迫研究（PMC3607332）や J-HOP 研究で、その後の病気との関連が報告されています。"
        "治療の目標の値はありません。"
    )
    match figure:
        case Figure.CV:
            return Definition(
                tr("変動係数（CV）"),
                tr("散らばりが平均の何％かです。"),
                tr(
                    "標準偏差 ÷ 平均 × 100。朝または晩の、機会ごとの平均から出します。"
                    "2回以上で、回数（n）と一緒に見ます。"
                ),
                related,
                Basis.READ,
            )
        case Figure.ARV:
            return Definition(
                tr("平均変動（ARV）"),
                tr("ひとつ前の測定から、平均してどのくらい上がり下がりしたかです。"),
                tr(
                    "朝どうし・晩どうしで、時間の順にとなり合う機会の平均の差（プラスマイナスは見ません）を平均します。"
                    "間の日が空いていても、となりとして数えます。2回以上で、回数（n）と一緒に見ます。"
                ),
                related,
                Basis.PARTLY_OURS,
            )
        case _:
            return Definition(
                tr("1週間あたりの変化"),
                tr("期間全体でみて、1週間に平均どのくらい上がったか、下がったかです。"),
                tr(
                    "Theil–Sen の傾き：1日ごとの値（その日の朝、または晩の平均）から2日ずつの組をすべて作り、"
                    "その傾きの中央の値をとります。"
                    "かっこの中は95％信頼区間です。0をまたぐときは、上がったとも下がったともいえません。"
                    "測った日が{n}日に満たないときは出しません。",
                    n=SLOPE_DAYS,
                ),
                tr(
                    "Sen（1968年、J Am Stat Assoc 63:1379）。{n}日以上という決まりは、このアプリのものです。",
                    n=SLOPE_DAYS,
                ),
                Basis.PARTLY_OURS,
            )


def _weight(figure: Figure) -> Definition:
    if figure is Figure.WEIGHT_CHANGE:
        return Definition(
            tr("体重の変化"),
            tr("3日以内と7日以内に、体重が何kg変わったかです。"),
            tr(
                "いちばん新しい日の体重から、3日前（7日前）の体重を引きます。その日に測っていなければ、そのあとで最初に測った日とくらべます。"
                "1日に何回も測ったときは、中央の値を使います。"
            ),
            tr(
                "参考：日本循環器学会のガイドライン（2010年）に、数日で2kg以上の増加は心不全が悪くなっていることを強く疑うとあります。"
                "2kg以上増えたら、主治医に伝えてください。診断ではありません。くらべ方は、このアプリの決め方です。"
            ),
            Basis.PARTLY_OURS,
        )
    return Definition(
        tr("体重の1週間あたりの変化"),
        tr("期間全体でみて、1週間に平均何kg増えたか、減ったかです。"),
        tr(
            "Theil–Sen の傾き：1日ごとの体重（その日の中央の値）から2日ずつの組をすべて作り、"
            "その傾きの中央の値をとります。"
            "かっこの中は95％信頼区間です。測った日が{n}日に満たないときは出しません。",
            n=SLOPE_DAYS,
        ),
        tr(
            "Sen（1968年、J Am Stat Assoc 63:1379）。{n}日以上という決まりは、このアプリのものです。",
            n=SLOPE_DAYS,
        ),
        Basis.PARTLY_OURS,
    )
