"""The words of Open mHealth and IEEE 1752.1: schemas, units, meals, activities, beside ours."""

from __future__ import annotations

from decimal import Decimal

from shared.workouts import Activity

# Schema -> the kind that it is kept as, and the field of the body.
VITALS_OF = {
    "body-weight": ("weight", "body_weight"),
    "body-height": ("height", "body_height"),
    "body-mass-index": ("bmi", "body_mass_index"),
    "body-fat-percentage": ("body_fat", "body_fat_percentage"),
}
# Schema -> the stream, and the field of the body.
STREAMS_OF = {
    "step-count": ("steps", "step_count"),
    "calories-burned": ("active_energy", "kcal_burned"),
}
# What the schemas call units, in our (UCUM) words.
UNITS = {
    "beats/min": "/min",
    "breaths/min": "/min",
    "steps": "{steps}",
    "C": "Cel",
    "F": "[degF]",
    "mmHg": "mm[Hg]",
    "kg/m^2": "kg/m2",
    "kg/m²": "kg/m2",
    "": "{steps}",
}
SECONDS = {
    "ms": Decimal("0.001"),
    "sec": Decimal(1),
    "s": Decimal(1),
    "min": Decimal(60),
    "h": Decimal(3600),
    "d": Decimal(86_400),
}
# Statistics that still are a reading of their stretch of time.
KEPT_STATISTICS = ("average", "count", "sum", "total")
INTERSTITIAL = ("interstitial fluid", "interstitial_fluid")
MEALS = {
    "fasting": "fasting",
    "before meal": "before_meal",
    "after meal": "after_meal",
    "before breakfast": "before_breakfast",
    "after breakfast": "after_breakfast",
    "before lunch": "before_lunch",
    "after lunch": "after_lunch",
    "before dinner": "before_dinner",
    "after dinner": "after_dinner",
    "2 hours postprandial": "after_meal",
}
ACTIVITIES = {
    "walk": Activity.WALKING,
    "run": Activity.RUNNING,
    "jog": Activity.RUNNING,
    "hik": Activity.HIKING,
    "cycl": Activity.CYCLING,
    "bik": Activity.CYCLING,
    "swim": Activity.SWIMMING,
    "rowing": Activity.ROWING,
    "yoga": Activity.YOGA,
    "danc": Activity.DANCE,
    "strength": Activity.STRENGTH,
    "weights": Activity.STRENGTH,
    "gymnast": Activity.GYMNASTICS,
    "soccer": Activity.BALL_GAME,
    "tennis": Activity.BALL_GAME,
}
