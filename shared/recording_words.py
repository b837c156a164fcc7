"""Workouts and electrocardiograms in words, the same on the phone and on the doctor's page."""

from __future__ import annotations

from shared.electrocardiograms import Classified, Electrocardiogram
from shared.languages import tr
from shared.workouts import Activity, Workout

_ACTIVITIES = {
    Activity.WALKING: "ウォーキング",
    Activity.RUNNING: "ランニング",
    Activity.HIKING: "ハイキング・登山",
    Activity.CYCLING: "自転車",
    Activity.SWIMMING: "水泳",
    Activity.ROWING: "ボートこぎ",
    Activity.STRENGTH: "筋力トレーニング",
    Activity.GYMNASTICS: "体操・ストレッチ",
    Activity.YOGA: "ヨガ",
    Activity.DANCE: "ダンス",
    Activity.BALL_GAME: "球技",
    Activity.OTHER: "そのほかの運動",
}
_CLASSIFIED = {
    Classified.SINUS_RHYTHM: "洞調律（規則的な脈）",
    Classified.ATRIAL_FIBRILLATION: "心房細動の可能性",
    Classified.LOW_HEART_RATE: "心拍数が少ない",
    Classified.HIGH_HEART_RATE: "心拍数が多い",
    Classified.INCONCLUSIVE: "判定できず",
    Classified.POOR_RECORDING: "うまく記録できず",
    Classified.UNKNOWN: "判定は書かれていません",
}


def activity_words(workout: Workout) -> str:
    """What was done; the maker's own word where we have none."""
    if workout.activity is Activity.OTHER and workout.named:
        return workout.named
    return tr(_ACTIVITIES[workout.activity])


def length_words(workout: Workout) -> str:
    """How long, without pauses where that is told."""
    seconds = workout.active_s
    if seconds is None:
        seconds = int((workout.ended_at - workout.started_at).total_seconds())
    minutes = round(seconds / 60)
    if minutes < 60:
        return tr("{m}分", m=minutes)
    return tr("{h}時間{m}分", h=minutes // 60, m=minutes % 60)


def amount_words(workout: Workout) -> list[str]:
    """What else is told: distance, steps, energy, heart rate."""
    found = []
    if workout.distance_m:
        km = workout.distance_m / 1000
        found.append(tr("{n} km", n=f"{km:.1f}" if km < 100 else f"{km:.0f}"))
    if workout.steps:
        found.append(tr("{n} 歩", n=f"{workout.steps:,}"))
    if workout.energy_kcal:
        found.append(tr("{n} kcal", n=f"{workout.energy_kcal:.0f}"))
    if workout.heart_rate_mean:
        found.append(tr("平均心拍 {n}", n=workout.heart_rate_mean))
    if workout.heart_rate_max:
        found.append(tr("最高心拍 {n}", n=workout.heart_rate_max))
    return found


def classified_words(recording: Electrocardiogram) -> str:
    """What the device called it, in our words; in the maker's where we have none."""
    if recording.classified is Classified.UNKNOWN and recording.named:
        return recording.named
    return tr(_CLASSIFIED[recording.classified])


def no_diagnosis_words() -> str:
    """Said wherever an electrocardiogram is shown."""
    return tr("判定は機器によるもので、診断ではありません。気になることは主治医に相談してください。")
