"""The design system: what every screen is made of. Importing it registers the fonts and the names used in .kv files."""

from __future__ import annotations

from kivy.factory import Factory

from mobile.widgets import buttons, card, chart, chip, flow, labels, number_pad, page, text_field

for _class in (
    buttons.WideButton,
    buttons.MainButton,
    card.Card,
    card.Note,
    chart.Chart,
    chip.Chip,
    flow.Column,
    flow.Flow,
    labels.Fit,
    labels.Hug,
    labels.Wrap,
    number_pad.NumberPad,
    page.Body,
    page.Foot,
    page.Head,
    page.Inside,
    text_field.TextField,
):
    # Kivy registers a class when it is defined; again here, so that a name of ours always means ours.
    Factory.unregister(_class.__name__)
    Factory.register(_class.__name__, cls=_class)
