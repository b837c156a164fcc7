"""A walk through every screen with what the cast would see there, for looking at each: `Walk(app, phone).all()`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from kivy.uix.scrollview import ScrollView

from mobile import shell as shells
from mobile.app import TomoniApp
from mobile.asks import Effect, SaveTaxForm, SaveVital
from mobile.events import (
    AnswersRemembered,
    AskConfirm,
    CodesScanned,
    CostsLoaded,
    DaysLoaded,
    Event,
    Failed,
    FindingsLoaded,
    FindingVersionsLoaded,
    FormOpened,
    Grants,
    HeartLoaded,
    ImportPreviewed,
    Imports,
    MedicinesLoaded,
    NamesSuggested,
    OpenedStore,
    Practitioners,
    ReadingsLoaded,
    RecordingsLoaded,
    RecordsShared,
    Saved,
    SharedRecord,
    SignedIn,
    SignedOut,
    TaxFormSaved,
    TodayLoaded,
    VersionsLoaded,
    Visits,
)
from mobile.screens.touches import Answered, Chose, Keyed, Pressed, Touch, Wrote
from mobile.seen import (
    Account,
    Count,
    DaySum,
    FileAnswer,
    FileQuestion,
    FindingVersion,
    GrantSeen,
    ImportState,
    Name,
    PersonSharing,
    PractitionerSeen,
    Settings,
    TroubleSeen,
    Version,
    Visit,
)
from shared.blood_pressure import occasions
from shared.consent import GRANTABLE, Grant, Purpose, Right, Role
from shared.findings import FindingCodeSet, FindingKind
from shared.home_pressure_summaries import esh_summary, jsh_summary
from shared.ids import new_id
from shared.kinds import Meal
from tests.mobile import medicine_scenes, receiving_scenes, stream_scenes, trend_scenes
from tests.mobile.driver import Driver
from tests.mobile.examples import (
    COSTS,
    DISPENSINGS,
    FINDINGS,
    HEART,
    JAPAN,
    NOW,
    UNCLEAR,
    WORKOUTS,
    month,
    one,
)

ASKED = {
    "zone": "このファイルの時刻には、どの地域の時刻かが書かれていません。教えてください。",
    "day_order": "このファイルの日付は、日と月のどちらが先か決められません。教えてください。",
    "columns": "この表のどの列が何の測定か、教えてください。次からは同じ表を自動で読み取ります。",
}
TIMES = ("2026-03-01 07:12:00", "2026-03-02 07:15:00", "2026-03-03 07:09:00", "2026-03-04 07:11:00")
SHEET = FileQuestion(
    "columns",
    "sheet",
    "表（CSV）",
    ASKED["columns"],
    key="k",
    header=("測定日", "最高血圧", "最低血圧", "脈拍", "メモ"),
    rows=(("2026/3/1 7:12", "128", "76", "64", "よく眠れた"), ("2026/3/2 7:15", "131", "79", "66", "")),
    suggested=("time", "systolic", "diastolic", "pulse", ""),
    meanings=(
        ("time", "日時"),
        ("systolic", "最高血圧（上）"),
        ("diastolic", "最低血圧（下）"),
        ("pulse", "脈拍"),
    ),
)


class Walk:
    """Goes from screen to screen; each yield is a screen as it stands, painted, with its name."""

    def __init__(self, app: TomoniApp, phone: Driver, asked: list[Effect], settings: Settings) -> None:
        self.app, self.phone, self.asked, self.settings = app, phone, asked, settings
        self.hanako = Account(new_id(), Role.PATIENT, "山田 花子", settings.language, new_id())
        self.sato = Account(new_id(), Role.PRACTITIONER, "佐藤 健", settings.language, None)
        self.pressures = month()
        found = occasions(kept.vital for kept in self.pressures)
        self.jsh, self.esh = jsh_summary(found, date(2026, 11, 23)), esh_summary(found, date(2026, 11, 23))

    def all(self) -> Iterator[str]:
        """Every screen in turn; a long one is shown at its top and at its end."""
        parts = (
            self.signing,
            self.today,
            self.adding,
            self.readings,
            self.medicines,
            self.findings,
            self.costs,
            self.recordings,
            self.importing,
        )
        for part in (*parts, self.sharing, self.settling, self.receiving, self.doctor):
            for name in part():
                self.phone.pump(2)
                yield name
                if self._to_end():
                    yield f"{name} (end)"

    def hear(self, *events: Event) -> None:
        """Events come in."""
        for event in events:
            self.app._after(shells.told(self.app.shell, event))

    def touch(self, *touches: Touch) -> None:
        """She touches what is in front."""
        for touch in touches:
            self.app.tell(touch)

    def go(self, screen: str) -> None:
        """A place of the bar at the bottom."""
        self.app._after(shells.gone(self.app.shell, screen))

    def _to_end(self) -> bool:
        for widget in self.app.place.walk(restrict=True):
            inside = widget.children[0] if isinstance(widget, ScrollView) and widget.children else None
            if inside is not None and widget.opacity and inside.height > widget.height > 0:
                widget.scroll_y = 0
                self.phone.pump(2)
                return True
        return False

    def today_loaded(self, untold: int = 0) -> TodayLoaded:
        """Today with everything there is."""
        latest = (
            self.pressures[0],
            one("weight", "52.3"),
            one("body_temperature", "36.4"),
            one("spo2", "97"),
            one("blood_glucose", "104", NOW - timedelta(days=2), Meal.BEFORE_BREAKFAST),
        )
        steps = (DaySum("steps", date(2026, 11, 22), 900, total=Decimal(4321)),)
        return TodayLoaded(
            NOW, latest, self.pressures, self.jsh, self.esh, steps, untold, NOW - timedelta(minutes=5)
        )

    def signing(self) -> Iterator[str]:
        """Welcome, signing up with a mistake, signing in."""
        self.hear(OpenedStore(None, False, self.settings, 0, None))
        yield "welcome"
        self.touch(Pressed("mode", "up"), Wrote("year", "1948"), Wrote("month", "3"), Wrote("day", "2"))
        self.touch(Pressed("submit"))
        yield "sign up"
        self.touch(Pressed("mode", "in"))
        yield "sign in"

    def today(self) -> Iterator[str]:
        """Today without and with readings, with and without a network."""
        self.hear(SignedIn(self.hanako), TodayLoaded(NOW, (), (), None, None, (), 0, None))
        yield "today, nothing yet"
        self.hear(self.today_loaded(), MedicinesLoaded(DISPENSINGS))
        yield "today"
        self.hear(self.today_loaded(untold=3))
        yield "today, not sent"
        yield from medicine_scenes.today(self)

    def _form(self, kind: str, at: datetime = NOW) -> None:
        self.hear(FormOpened(f"vital.{kind}", new_id(), at, JAPAN, ""))

    def adding(self) -> Iterator[str]:
        """Two readings of one occasion, with all that may be added, asked and refused; other kinds."""
        self.touch(Pressed("add", "blood_pressure"))
        self._form("blood_pressure")
        yield "add"
        self.touch(*map(Keyed, "12878"), Pressed("more"), Chose("when", "1"), Keyed("7"))
        self.touch(Chose("session", "morning"))
        yield "add, more"
        self.touch(Chose("when", "now"), Pressed("save"))
        vital = next(ask.vital for ask in reversed(self.asked) if isinstance(ask, SaveVital))
        ask = "上の血圧 288 mmHg は、ふだん見られない値です。このまま記録してよいですか。"
        self.hear(AskConfirm(ask, SaveVital(vital, True), "systolic"))
        yield "add, asked"
        self.touch(Answered(False))
        wrong = "上の血圧（78）が下の血圧（128）より大きくありません。入力を確かめてください。"
        self.hear(Failed("systolic_not_above_diastolic", wrong, "systolic", SaveVital(vital)))
        yield "add, refused"
        self.touch(Pressed("save"))
        self.hear(Saved(vital, 1))
        yield "add, saved"
        self.touch(Pressed("again"))
        self._form("blood_pressure", NOW + timedelta(minutes=2))
        yield "add, second"
        self.touch(*map(Keyed, "1247668"), Pressed("save"))
        second = next(ask.vital for ask in reversed(self.asked) if isinstance(ask, SaveVital))
        self.hear(Saved(second, 2))
        yield "add, mean"
        self.touch(Pressed("other"))
        yield "add, kinds"
        self.touch(Pressed("kind", "blood_glucose"))
        self._form("blood_glucose")
        yield "add, glucose"
        self.touch(Pressed("kind", "weight"))
        self._form("weight")
        self.touch(*map(Keyed, "52.3"))
        yield "add, weight"

    def readings(self) -> Iterator[str]:
        """Chart, period, list, one reading, withdrawing it, another kind."""
        self.go("readings")
        self.hear(ReadingsLoaded("blood_pressure", 30, self.pressures, self.jsh, self.esh))
        yield "readings"
        self.touch(Pressed("span"))
        yield "readings, period"
        self.touch(Pressed("span"))
        yield from trend_scenes.pressure(self)
        self.touch(Pressed("span"))
        self.touch(Pressed("span"), Chose("view", "list"))
        yield "readings, list"
        kept = self.pressures[3]
        self.touch(Pressed("open", str(kept.vital.id)))
        versions = (Version(kept.vital, NOW, True, True), Version(self.pressures[5].vital, NOW, False, False))
        self.hear(VersionsLoaded(kept.vital.id, versions))
        yield "one reading"
        self.touch(Pressed("withdraw"))
        yield "one reading, withdrawing"
        self.touch(Answered(False), Pressed("back"), Chose("view", "chart"), Pressed("kind", "weight"))
        weights = tuple(one("weight", f"52.{day % 7}", NOW - timedelta(days=day)) for day in range(12))
        self.hear(ReadingsLoaded("weight", 30, weights))
        yield "readings, weight"
        yield from trend_scenes.weight(self)
        self.touch(Pressed("kinds"))
        yield "readings, kinds"
        self.touch(Pressed("kind", "stream.heart_rate"))
        mean, least, most = Decimal("71.6"), Decimal(48), Decimal(132)
        days = tuple(
            DaySum("heart_rate", date(2026, 11, day), 1440, None, mean, least, most) for day in range(1, 23)
        )
        self.hear(DaysLoaded("heart_rate", days))
        yield "readings, heart rate by day"
        self.touch(Pressed("kind", "stream.sleep"))
        stages = (("deep", 61), ("light", 240), ("rem", 88), ("awake", 22))
        self.hear(DaysLoaded("sleep", (DaySum("sleep", date(2026, 11, 22), 40, stages=stages, asleep=389),)))
        yield "readings, sleep by day"
        yield from stream_scenes.figures(self)

    def medicines(self) -> Iterator[str]:
        """Without and with medicines."""
        yield from medicine_scenes.medicines(self)

    def findings(self) -> Iterator[str]:
        """What is known about her: nothing, a list, one with its history, and each step of the form."""
        self.touch(Pressed("findings"))
        self.hear(FindingsLoaded(()))
        yield "findings, none"
        self.hear(FindingsLoaded(FINDINGS))
        yield "findings"
        kept = FINDINGS[1]
        self.touch(Pressed("open", str(kept.finding.id)))
        before = replace(kept.finding, reaction="発しん")
        versions = (FindingVersion(kept.finding, NOW, True, True), FindingVersion(before, NOW, False, False))
        self.hear(FindingVersionsLoaded(kept.finding.id, versions))
        yield "one finding"
        self.touch(Pressed("withdraw"))
        yield "one finding, withdrawing"
        self.touch(Answered(False), Pressed("correct"))
        self.hear(FormOpened("finding", new_id(), NOW, JAPAN, ""))
        yield "one finding, correcting"
        self.touch(Pressed("back"), Pressed("back"), Pressed("add"))
        self.hear(FormOpened("finding", new_id(), NOW, JAPAN, ""))
        yield "adding a finding, kinds"
        self.touch(Pressed("kind", "allergy"), Wrote("text", "えび"))
        shrimp = Name("えび", FindingCodeSet.JFAGY, "J9FC15110000", "食べ物や身の回りのもの")
        brand = Name("エビリファイ錠３ｍｇ [アリピプラゾール]", about="薬")
        self.hear(NamesSuggested(FindingKind.ALLERGY, "えび", (shrimp, brand)))
        yield "adding a finding, names"
        self.touch(Pressed("name", "0"), Wrote("year", "1962"), Chose("reaction", "息が苦しい"))
        yield "adding a finding"
        self.touch(Wrote("month", "13"), Pressed("save"))
        yield "adding a finding, refused"
        self.touch(Pressed("back"), Pressed("back"), Pressed("kind", "diagnosis"), Wrote("text", ""))
        yield "adding a finding, common illnesses"
        self.touch(Pressed("name", "0"), Chose("over", "yes"))
        yield "adding a finding, an illness that is over"
        self.touch(Pressed("back"), Pressed("back"), Pressed("back"), Pressed("back"))

    def costs(self) -> Iterator[str]:
        """What care cost: nothing yet, a year each way, a month, a line, the form that needs the network."""
        self.go("settings")
        self.touch(Pressed("costs"))
        self.hear(CostsLoaded(()))
        yield "costs, none"
        self.hear(CostsLoaded(COSTS))
        yield "costs"
        self.touch(Pressed("save"))
        unreachable = "サーバーにつながりません。"
        self.hear(Failed("server_unreachable", unreachable, None, SaveTaxForm(2026)))
        yield "costs, form without a network"
        self.touch(Pressed("save"))
        self.hear(TaxFormSaved(2026, "/home/hanako/Downloads/医療費2026年.csv"))
        yield "costs, form saved"
        self.touch(Chose("view", "kind"))
        yield "costs by kind"
        self.touch(Chose("year", "2025"), Chose("view", "place"))
        yield "costs by place"
        hospital = COSTS[2]
        self.touch(Pressed("group", f"{hospital.place} {hospital.kind_text}"))
        yield "costs of a place"
        self.touch(Pressed("open", str(hospital.id)))
        yield "one cost"
        self.touch(Pressed("back"), Pressed("back"), Chose("year", "2026"), Chose("view", "month"))
        self.touch(Pressed("group", "2026-02"), Pressed("open", str(COSTS[5].id)))
        yield "one cost, amounts not given"
        self.touch(Pressed("back"), Pressed("back"), Pressed("back"))
        self.go("medicines")

    def recordings(self) -> Iterator[str]:
        """What devices recorded: nothing yet, both lists, one heart."""
        self.go("settings")
        self.touch(Pressed("recordings"))
        self.hear(RecordingsLoaded((), ()))
        yield "recordings, none"
        self.hear(RecordingsLoaded((HEART,), WORKOUTS))
        yield "recordings"
        self.touch(Pressed("heart", str(HEART.id)))
        self.hear(HeartLoaded(HEART))
        yield "a heart"
        self.touch(Pressed("back"), Pressed("back"))
        self.go("medicines")

    def importing(self) -> Iterator[str]:
        """The ways in, pasting, one of two codes, the preview, kept, undoing."""
        self.touch(Pressed("import"))
        counts = (Count("dispensing", 1, 0, 0), Count("medicine", 3, 1, 1), Count("steps", 0, 120, 0))
        troubles = (TroubleSeen("12 行目", "知らない種類のレコードです（401）"),)
        seen = ImportState(
            new_id(),
            "お薬手帳",
            "previewed",
            900,
            "お薬手帳（JAHIS）",
            "山田 花子",
            counts,
            4,
            121,
            1,
            1,
            troubles,
        )
        unsent = ImportState(new_id(), "書き出したデータ_2026年11月.zip", "unsent")
        self.hear(Imports((replace(seen, state="kept"), unsent)))
        yield "import"
        self.touch(Pressed("paste"))
        yield "import, pasting"
        self.touch(Pressed("back"))
        self.hear(
            CodesScanned(("JAHISTC07,1\r\n1,山田 花子,2,19480302\r\n911,2026-1,2,2\r\n".encode("cp932"),))
        )
        yield "import, one of two"
        self.touch(Pressed("forget_parts"))
        self.hear(CodesScanned(UNCLEAR))
        self.touch(Pressed("send_parts"))
        yield "import, in order"
        self.hear(ImportPreviewed(seen))
        yield "import, preview"
        self.hear(ImportPreviewed(replace(seen, whose="海野 太郎", mismatch=True)))
        self.touch(Pressed("keep"))
        yield "import, another's"
        self.touch(Answered(False))
        self.hear(ImportPreviewed(replace(seen, state="kept")))
        yield "import, kept"
        notice = replace(seen, counts=(Count("cost", 7, 0, 0),))
        self.hear(ImportPreviewed(replace(notice, state="kept")))
        yield "import, a notice kept"
        self.touch(Pressed("undo"))
        yield "import, undoing"
        self.touch(Answered(False), Pressed("back"))
        yield from self._asked(replace(seen, state="asking", name="weight.csv", format_label="Withings"))
        yield from self._under_way(replace(seen, counts=(), troubles=()))

    def _asked(self, seen: ImportState) -> Iterator[str]:
        """What a file leaves open: its zone, the order of its days, the columns of a sheet."""
        times = FileQuestion("zone", "withings", "Withings", ASKED["zone"], TIMES, "Asia/Tokyo")
        self.hear(ImportPreviewed(replace(seen, question=times)))
        yield "import, asked for the zone"
        order = FileQuestion("day_order", "libreview", "LibreView", ASKED["day_order"], ("04-05-2026 08:00",))
        self.hear(ImportPreviewed(replace(seen, question=order)))
        yield "import, asked for the order"
        self.hear(ImportPreviewed(replace(seen, question=SHEET)))
        yield "import, asked for the columns"
        self.touch(Pressed("column", "1"))
        yield "import, asked for one column"
        self.touch(Pressed("meaning", "systolic"))
        answer = FileAnswer("withings", "Withings", "Asia/Tokyo", "month_first", remembered=True)
        self.hear(ImportPreviewed(replace(seen, state="previewed", answered=(answer,))))
        yield "import, read with an answer"
        self.touch(Pressed("change", "withings"))
        yield "import, changing an answer"
        self.touch(Pressed("back"), Pressed("back"))
        self.hear(AnswersRemembered((answer, FileAnswer("sheet", "表（CSV）", sheets=2))))
        yield "import, answers remembered"
        self.touch(Pressed("forget", "withings"))
        yield "import, forgetting an answer"
        self.touch(Answered(False))

    def _under_way(self, seen: ImportState) -> Iterator[str]:
        """A large file on its way, and while it is read."""
        self.touch(Pressed("look", str(seen.id)))
        self.hear(ImportPreviewed(replace(seen, state="unsent", percent=40, sending=True)))
        yield "import, sending"
        reading = replace(seen, state="reading", percent=62, readings=1_234_567, days=3_650, rate=250_000)
        self.hear(ImportPreviewed(reading))
        yield "import, reading"

    def sharing(self) -> Iterator[str]:
        """Nobody, somebody, ending it, finding and choosing a doctor, what it means, the visitors' book."""
        self.go("sharing")
        self.hear(FormOpened("grant", new_id(), NOW, JAPAN, ""), Grants(()))
        yield "sharing, none"
        grant = Grant(
            new_id(),
            new_id(),
            self.sato.id,
            frozenset(GRANTABLE),
            frozenset({Right.READ}),
            frozenset({Purpose.CARE}),
            NOW,
            NOW + timedelta(days=90),
        )
        given = GrantSeen(grant, "佐藤 健", "なぎさ島診療所", "active")
        over = GrantSeen(replace(grant, id=new_id(), revoked_at=NOW), "加藤 誠", "みなと総合病院", "revoked")
        self.hear(Grants((given, over)))
        yield "sharing"
        self.touch(Pressed("end", str(grant.id)))
        yield "sharing, ending"
        self.touch(Answered(False), Pressed("give"), Wrote("name", "佐藤"), Pressed("search"))
        doctor = PractitionerSeen(self.sato.id, "佐藤 健", "なぎさ島診療所")
        self.hear(Practitioners("佐藤", (doctor,)))
        yield "sharing, found"
        self.touch(Pressed("doctor", str(doctor.id)))
        yield "sharing, choosing"
        self.touch(Pressed("confirm"))
        yield "sharing, what it means"
        self.touch(Answered(False), Pressed("back"), Pressed("back"), Pressed("visits"))
        self.hear(FormOpened("visits", new_id(), NOW, JAPAN, ""), Visits(tuple(self._visits())))
        yield "visits"

    def _visits(self) -> Iterator[Visit]:
        for number, scope in enumerate(("vitals", "medicines", "wearables") * 5):
            let_in = number % 3 > 0
            yield Visit(
                str(number),
                NOW - timedelta(hours=7 * number),
                "佐藤 健" if let_in else "加藤 誠",
                "なぎさ島診療所" if let_in else "",
                scope,
                "read",
                "care",
                "opened" if let_in else "refused",
                "grant" if let_in else "no_grant",
                "web",
            )

    def settling(self) -> Iterator[str]:
        """Settings and signing out."""
        self.hear(OpenedStore(self.hanako, True, self.settings, 2, None))
        self.go("settings")
        yield "settings"
        yield from medicine_scenes.settings(self)
        yield from stream_scenes.sources(self)
        self.touch(Pressed("server"))
        yield "settings, server"
        self.touch(Pressed("sign_out"))
        yield "settings, signing out"
        self.touch(Answered(False))

    def receiving(self) -> Iterator[str]:
        """Receiving from a device over Bluetooth."""
        yield from receiving_scenes.receiving(self)

    def doctor(self) -> Iterator[str]:
        """What Dr. Sato sees."""
        self.hear(SignedOut(0), SignedIn(self.sato))
        hanako = PersonSharing(new_id(), "山田 花子", 78)
        self.hear(RecordsShared((hanako, PersonSharing(new_id(), "木村 守", 81))))
        yield "people who share"
        self.hear(SharedRecord(hanako, self.pressures, self.jsh, self.esh, DISPENSINGS, NOW))
        yield "shared record"
