"""Named problems: every one has a sentence in both languages that says what to do, and never a trace."""

from __future__ import annotations

from string import Formatter

import pytest

from shared.languages import speaking
from shared.problem_messages import MESSAGES
from shared.problems import AskFirst, Invalid, NotThere, Problem


def test_a_problem_without_a_message_is_a_mistake() -> None:
    with pytest.raises(KeyError, match="no message"):
        Problem("never_heard_of")


def test_a_problem_speaks_with_its_particulars() -> None:
    problem = AskFirst("value_improbable", field="systolic", label="上の血圧", value=221, unit="mmHg")
    assert problem.message().startswith("上の血圧 221 mmHg は")
    assert (problem.code, problem.field, str(problem)) == ("value_improbable", "systolic", "value_improbable")
    with speaking("en"):
        assert "221 mmHg is an unusual value" in problem.message()


def test_what_is_not_there_and_what_is_none_of_her_business_are_the_same() -> None:
    assert (NotThere().code, NotThere().field, NotThere().words) == ("not_there", None, {})


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("code", MESSAGES)
def test_every_message_can_be_said(code: str, language: str) -> None:
    blanks = {name for _, name, _, _ in Formatter().parse(MESSAGES[code]) if name}
    with speaking(language):
        said = Invalid(code, **dict.fromkeys(blanks, "7")).message()
    assert said
    assert "{" not in said
    assert "Traceback" not in said


@pytest.mark.parametrize("code", MESSAGES)
def test_every_message_has_a_sentence(code: str) -> None:
    assert "。" in MESSAGES[code]
