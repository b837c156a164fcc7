"""Named problems: what went wrong and what to do next, in words for the person, never a trace.

A problem is raised where it happens with its code and its particulars; `MESSAGES` holds the sentence in Japanese
(English is in the language files). `backend/app.py` has the one table that turns each kind into an HTTP status.
"""

from __future__ import annotations

from shared.languages import tr
from shared.problem_messages import MESSAGES


class Problem(Exception):
    """Something that a person can be told about. ``code`` names it, ``words`` fill the blanks of its message."""

    def __init__(self, code: str, /, *, field: str | None = None, **words: object) -> None:
        super().__init__(code)
        if code not in MESSAGES:
            raise KeyError(f"no message for the problem {code!r}")
        self.code = code
        self.field = field
        self.words = words

    def message(self) -> str:
        """The sentence for the person, in the language being spoken."""
        return tr(MESSAGES[self.code], **self.words)


class Invalid(Problem):
    """What was sent cannot be right: refused, nothing stored."""


class AskFirst(Problem):
    """Possible but improbable: the person is asked, and may say yes (send again with ``confirmed``)."""


class Unreadable(Problem):
    """A file or body that could not be read as what it claims to be."""


class TooBig(Problem):
    """More than this door takes."""


class NotThere(Problem):
    """Does not exist, or is none of the asker's business: the two are never told apart."""

    def __init__(self) -> None:
        super().__init__("not_there")


class Refused(NotThere):
    """An opening of a record that was refused. Looks like any other `NotThere`; ``asked`` is for the visitors' book."""

    def __init__(self, asked: object) -> None:
        super().__init__()
        self.asked = asked


class SignInFirst(Problem):
    """No valid proof of who is asking."""


class NotAllowed(Problem):
    """A person who is known here asks for a deed that is not hers (never used to reveal a record)."""


class Clash(Problem):
    """The deed does not fit the present state (already kept, already ended, id used for something else)."""


class Unreachable(Problem):
    """The other side cannot be reached now; nothing is lost, try again later."""
