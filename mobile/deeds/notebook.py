"""Her medicine notebook as QR codes, for the pharmacy's counter or another app; made here, without a network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from mobile import account
from mobile.asks import ShowNotebook
from mobile.deeds import Phone, do
from mobile.deeds.recording import dispensings
from mobile.events import Event, NotebookShown
from mobile.reminders import Here
from mobile.seen import Matrix
from mobile.store import bodies, things
from shared.formats import Word as NotebookWord
from shared.formats.jahis_write import qr_parts, write
from shared.medicines import Stage
from shared.medicines_schema import family_pharmacist_from, memo_from
from shared.problems import Problem
from shared.sync import Word

# Below what a code may hold: fewer modules are read more easily from a screen.
MOST_SHOWN = 1200


@do.register
def show_notebook(asked: ShowNotebook, phone: Phone) -> list[Event]:
    """A notebook needs her birthday (JAHISTC record 1): where the phone does not know it, she is asked once."""
    identity = account.own_identity(phone.store)
    if asked.born_on is not None:
        identity = replace(identity, born_on=asked.born_on.isoformat(), sex=asked.sex)
        account.keep_identity(phone.store, identity)
    if not identity.born_on or not identity.sex:
        return [NotebookShown((), asks_birthday=True)]
    written = write(identity, _words(phone, asked.months))
    losses = tuple(dict.fromkeys(loss.text() for loss in written.losses))
    return [NotebookShown(tuple(map(matrix, qr_parts(written.text, MOST_SHOWN))), losses)]


def matrix(code: bytes) -> Matrix:
    """The QR code of ``code`` (byte mode, level M), without its quiet zone."""
    import segno

    made = segno.make_qr(code, error="m", mode="byte")
    return tuple(tuple(bool(module) for module in row) for row in made.matrix)


def _words(phone: Phone, months: int | None) -> Iterator[NotebookWord]:
    record_id = account.own_record(phone.store)
    here = Here(phone.now(), phone.offset_min)
    since = date.min if months is None else here.today - timedelta(days=31 * months)
    for slip in dispensings(phone, record_id):
        # What she says she takes has no day of handing out: it stands in the notebook as long as she says it.
        if slip.dispensed_on >= since or slip.stage is Stage.STATED:
            yield slip
    for word in (Word.FINDING, Word.MEMO, Word.FAMILY_PHARMACIST):
        for thing in things.of_word(phone.store, record_id, word):
            found = _word_in(word, thing.change.body) if thing.change.body else None
            if found is not None:
                yield found


def _word_in(word: Word, body: str) -> NotebookWord | None:
    """What a body says; a newer app's word stays in the record, and no notebook of ours can say it."""
    try:
        if word is Word.MEMO:
            return memo_from(bodies.members(body))
        if word is Word.FAMILY_PHARMACIST:
            return family_pharmacist_from(bodies.members(body))
        return bodies.finding_in(body)
    except Problem:
        return None
