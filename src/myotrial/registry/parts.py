"""The parts of a registry record: pieces of its text, criteria, interventions, outcomes, results."""

from typing import Literal

from myotrial.model.source import Record
from myotrial.registry.dates import PartialDate

Role = Literal["primary", "secondary"]
"""What a registered outcome is to the trial."""


class Passage(Record):
    """A piece of the source text.

    Attributes
    ----------
    text
        The piece itself. In a passage that no field took, e-mail addresses and telephone numbers are
        replaced by a word in brackets; everything else is verbatim.
    start, end
        Where it stands in the source text, in characters.
    line
        The line it begins on, counted from 1.
    """

    text: str
    start: int
    end: int
    line: int


class LeftOut(Record):
    """A line of the source text that is known and not kept.

    Attributes
    ----------
    kind
        ``boilerplate``: menus, notes and disclaimers of the portal. ``contact``: a person's name, address,
        telephone number or e-mail address, which this software never keeps.
    start, end, line
        Where it stands in the source text; the words themselves are not repeated.
    """

    kind: Literal["boilerplate", "contact"]
    start: int
    end: int
    line: int


class Criteria(Record):
    """Who may enter, in the register's words.

    Attributes
    ----------
    inclusion, exclusion
        What stands under each heading, verbatim, without the heading.
    other
        Criteria text under neither heading, or under a heading that came back a second time.
    """

    inclusion: Passage | None = None
    exclusion: Passage | None = None
    other: tuple[Passage, ...] = ()


class Intervention(Record):
    """One intervention.

    Attributes
    ----------
    type
        The register's kind of intervention (``Drug``, ``Device``), ``None`` where it gives none.
    name
        What is given or done.
    """

    type: str | None = None
    name: str


class GroupSize(Record):
    """The target size of one group, where a register gives the sample size group by group."""

    group: str
    size: int


class RegisteredOutcome(Record):
    """One outcome as registered.

    Attributes
    ----------
    role
        Primary or secondary.
    position
        Its place among all outcomes of the record, counted from 1, the primary ones first.
    title
        What is measured, verbatim.
    time_frame
        When, verbatim; ``None`` where the record does not set it apart.
    remark
        What follows the time frame, if anything does.
    start, end
        Where the outcome stands in the source text, in characters.
    """

    role: Role
    position: int
    title: str
    time_frame: str | None = None
    remark: str | None = None
    start: int
    end: int


class ResultsInfo(Record):
    """What the record says of results.

    Attributes
    ----------
    available
        Whether there are any, ``None`` where the record leaves it open.
    date_posted, date_completed
        When results were posted, and when the trial was completed.
    url
        Where results are.
    """

    available: bool | None = None
    date_posted: PartialDate | None = None
    date_completed: PartialDate | None = None
    url: str | None = None


class EthicsReview(Record):
    """The state of the ethics review, without the committee's contact details."""

    status: str | None = None
    approval_date: PartialDate | None = None
