"""The list of kinds to choose from, for adding and for looking."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from mobile import wording
from mobile.widgets.card import Card
from mobile.widgets.list_row import ListRow


def kind_list(choose: Callable[[str], None], imported: Iterable[str] = ()) -> Card:
    """A card with one row a kind; what is measured daily comes first, what was ``imported`` last."""
    card = Card(spacing=0)
    for kind in (*wording.OFFERED, *imported):
        icon = wording.ICONS.get(kind, "chart-line")
        row = ListRow(title=wording.kind_name(kind), icon_name=icon, leads=True)
        row.bind(on_release=lambda _, kind=kind: choose(kind))
        card.add_widget(row)
    return card
