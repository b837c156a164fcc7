"""The glass: how dense it is, how large its owner set the text, and what the system's bars cover. Android only.

Not yet run on a device (marked so in the docs): read from Android's own classes through pyjnius.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Glass:
    """``density``: pixels a dp; ``text``: the system's text size; ``top`` and ``bottom``: pixels under system bars."""

    density: float
    text: float
    top: int = 0
    bottom: int = 0


def android_glass() -> Glass:
    """The glass of the Android device this runs on."""
    from jnius import autoclass

    activity = autoclass("org.kivy.android.PythonActivity").mActivity
    resources = activity.getResources()
    density = float(resources.getDisplayMetrics().density)
    text = float(resources.getConfiguration().fontScale)
    # From API 35 an app draws under the bars; before the first layout there are no insets yet.
    insets = activity.getWindow().getDecorView().getRootWindowInsets()
    if insets is None:
        return Glass(density, text)
    bars = insets.getInsets(autoclass("android.view.WindowInsets$Type").systemBars())
    return Glass(density, text, int(bars.top), int(bars.bottom))


def to_background() -> None:
    """Put the app aside, as Android's own apps do at the end of the way back."""
    from jnius import autoclass

    autoclass("org.kivy.android.PythonActivity").mActivity.moveTaskToBack(True)
