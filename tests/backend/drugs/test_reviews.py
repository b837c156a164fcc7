"""A pharmacist reviews pairs that came switched off: each in its wording, with a reason; the newest counts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.drugs import reviews
from backend.drugs.knowing import knowledge_now
from backend.drugs.tables import PairReviewRow
from shared.drug_knowledge import bundled
from shared.problems import Invalid, NotAllowed, NotThere
from tests.backend.drugs.staff import pharmacist
from tests.cast import Cast

PAIR = next(iter(reviews.reviewable()))
ON = bundled().pairs[0].id


@pytest.fixture
def session(cast: Cast) -> Iterator[Session]:
    with cast.house.database.transaction() as session:
        yield session


def test_what_came_off_is_listed_with_its_source(session: Session) -> None:
    listed = reviews.listing(session)
    assert len(listed) > 100
    assert all(not each.pair.on and each.verdict is None for each in listed)
    assert ON not in {each.pair.id for each in listed}


def test_an_accepted_pair_is_on_and_a_later_no_takes_it_off(cast: Cast) -> None:
    umino = pharmacist(cast).viewer
    with cast.house.database.transaction() as session:
        assert PAIR not in {pair.id for pair in knowledge_now(session).pairs}
        reviews.review(session, umino, PAIR, "添付文書 2026年4月版で確認", accepted=True)
        assert reviews.verdicts(session) == {PAIR: True}
        assert PAIR in {pair.id for pair in knowledge_now(session).pairs}
        assert len(knowledge_now(session).pairs) == len(bundled().pairs) + 1
        reviews.review(session, umino, PAIR, "販売中止", accepted=False)
        assert PAIR not in {pair.id for pair in knowledge_now(session).pairs}
        (about,) = [each for each in reviews.listing(session) if each.pair.id == PAIR]
    assert [each.reason for each in about.reviews] == ["販売中止", "添付文書 2026年4月版で確認"]
    assert about.verdict is False


def test_a_review_is_of_the_words_that_were_read(cast: Cast) -> None:
    umino = pharmacist(cast).viewer
    with cast.house.database.transaction() as session:
        reviews.review(session, umino, PAIR, "確認した", accepted=True)
        session.execute(update(PairReviewRow).values(wording="of an older program"))
        assert reviews.verdicts(session) == {}
        (about,) = [each for each in reviews.listing(session) if each.pair.id == PAIR]
    assert [(each.counts, each.reason) for each in about.reviews] == [(False, "確認した")]


def test_only_a_pharmacist_with_a_reason_and_only_what_is_there(cast: Cast, session: Session) -> None:
    with pytest.raises(NotAllowed):
        reviews.review(session, cast.sato.viewer, PAIR, "確認した", accepted=True)


def test_a_reason_is_needed_and_a_pair_that_came_on_is_not_reviewed(cast: Cast) -> None:
    umino = pharmacist(cast).viewer
    with cast.house.database.transaction() as session:
        for reason, code in ((" ", "reason_needed"), ("あ" * 1001, "text_long")):
            with pytest.raises(Invalid) as refused:
                reviews.review(session, umino, PAIR, reason, accepted=True)
            assert refused.value.code == code
        for pair in (ON, "DDI9999"):
            with pytest.raises(NotThere):
                reviews.review(session, umino, pair, "確認した", accepted=False)
        assert reviews.verdicts(session) == {}
