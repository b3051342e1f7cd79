"""The parts of a registry record: pieces of its text, criteria, interventions, outcomes, results."""

from bisect import bisect_left, bisect_right
from operator import attrgetter
from typing import Literal

from myotrial.model.source import Record
from myotrial.registry.dates import PartialDate

Role = Literal["primary", "secondary", "other", "not_stated"]
"""What a registered outcome is to the trial; a page that lists outcomes without saying has ``not_stated``."""


class Anchor(Record):
    """Where a stretch of a cleaned text stands in its source.

    Attributes
    ----------
    at
        Where the stretch begins in the cleaned text.
    source
        Where it begins in the source.
    path
        The field it was taken from, where that differs from the passage's own.
    """

    at: int
    source: int
    path: str | None = None


_place = attrgetter("at")


class Passage(Record):
    """A piece of the source text.

    Attributes
    ----------
    text
        The piece itself. In a passage that no field took, e-mail addresses and telephone numbers are
        replaced by a word in brackets; everything else is verbatim.
    start, end
        Where it stands in the source text, in characters: the whole text of a page, or the field at ``path``.
    line
        The line it begins on, counted from 1; ``None`` for a field of JSON, XML or CSV.
    path
        The field it was taken from, ``None`` for a page.
    anchors
        Where the stretches of ``text`` stand in the source, where an escape was undone on the way; empty
        where the text is the source's own. In the order of the text.
    under
        The heading a piece of criteria stands under, where that heading came a second time.
    indent
        Blanks before the first word on its line, which ``text`` does not have.
    """

    text: str
    start: int
    end: int
    line: int | None = None
    path: str | None = None
    anchors: tuple[Anchor, ...] = ()
    under: Literal["inclusion", "exclusion"] | None = None
    indent: int = 0

    def source_span(self, start: int, end: int) -> tuple[str | None, int, int]:
        """Return where characters of ``text`` stand in the source: the field, the start and the end.

        Examples
        --------
        >>> Passage(text="age 18", start=40, end=46, line=3).source_span(4, 6)
        (None, 44, 46)
        """
        if not self.anchors:
            return self.path, self.start + start, self.start + end
        first = self.anchors[max(0, bisect_right(self.anchors, start, key=_place) - 1)]
        before = bisect_left(self.anchors, end, key=_place)
        last = next((a for a in reversed(self.anchors[:before]) if a.path == first.path), first)
        begins = first.source + start - first.at
        return first.path or self.path, begins, max(begins, last.source + end - last.at)


class LeftOut(Record):
    """A line of the source text that is known and not kept.

    Attributes
    ----------
    kind
        ``boilerplate``: menus, notes and disclaimers of the portal. ``contact``: a person's name, address,
        telephone number or e-mail address, which this software never keeps.
    start, end, line
        Where it stands in the source text; the words themselves are not repeated.
    path
        The field, in JSON, XML and CSV.
    """

    kind: Literal["boilerplate", "contact"]
    start: int
    end: int
    line: int | None = None
    path: str | None = None


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
    description
        How, in the register's words.
    other_names, arms
        What else it is called, and the labels of the arms that get it.
    """

    type: str | None = None
    name: str
    description: str | None = None
    other_names: tuple[str, ...] = ()
    arms: tuple[str, ...] = ()


class Arm(Record):
    """One arm or group.

    Attributes
    ----------
    label
        What it is called.
    type
        The register's kind of arm (``EXPERIMENTAL``), ``None`` where it gives none.
    description, interventions
        What is done in it, and the names of what is given.
    """

    label: str
    type: str | None = None
    description: str | None = None
    interventions: tuple[str, ...] = ()


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
    description
        How it is measured, where the register has words for that.
    start, end
        Where the outcome stands in the source text, in characters.
    path
        The field it was taken from, ``None`` for a page.
    """

    role: Role
    position: int
    title: str
    time_frame: str | None = None
    remark: str | None = None
    description: str | None = None
    start: int
    end: int
    path: str | None = None


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
    summary
        A summary of them, verbatim.
    """

    available: bool | None = None
    date_posted: PartialDate | None = None
    date_completed: PartialDate | None = None
    url: str | None = None
    summary: str | None = None


class DataSharing(Record):
    """What is said of sharing the participants' data: the plan (often one word), its description, where."""

    plan: str | None = None
    description: str | None = None
    url: str | None = None


class EthicsReview(Record):
    """The state of the ethics review, without the committee's contact details."""

    status: str | None = None
    approval_date: PartialDate | None = None
