"""The eligibility of a record: each criterion as registered, beside it its plain-language twin and what is doubtful."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from myotrial.registry.compare.registers import compare_registers
from myotrial.registry.compare.side_by_side import Row as Disagreement
from myotrial.registry.contradictions import Contradiction, find_contradictions
from myotrial.registry.plain.glossary import Gloss
from myotrial.registry.plain.page import PlainOutcome, PlainRecord, explain_record
from myotrial.registry.plain.recast import PlainCriterion
from myotrial.registry.plain.rendering import HEADINGS, ROLES, notes_of
from myotrial.registry.plain.segments import Segment, cut_at_terms
from myotrial.registry.record import TrialRecord
from myotrial.web.trials.answers import Told

MOST_COMPARED = 6
"""Records of one trial that are held against each other on its page."""


class ShownCriterion(Told):
    """A criterion with its twin, and every note on it."""

    criterion: PlainCriterion
    segments: tuple[Segment, ...]
    terms: tuple[Gloss, ...]
    notes: tuple[str, ...]


class CriteriaGroup(Told):
    """The criteria under one heading."""

    heading: str
    note: str
    criteria: tuple[ShownCriterion, ...]


class Reading(Told):
    """A record as it is shown: in plain words, in groups, with what contradicts it.

    Attributes
    ----------
    plain
        The record in plain language.
    groups
        Its criteria under their headings.
    contradictions
        Where the text of the criteria and the age fields differ.
    disagreements
        Where the trial's registers differ, of those that are held.
    """

    plain: PlainRecord
    groups: tuple[CriteriaGroup, ...]
    contradictions: tuple[Contradiction, ...]
    disagreements: tuple[Disagreement, ...] = ()


def read_criteria(record: TrialRecord, records: tuple[TrialRecord, ...] = ()) -> Reading:
    """Return a record as it is shown.

    Parameters
    ----------
    record
        The record.
    records
        Every record of the trial; two or more are held against each other.

    Examples
    --------
    >>> from myotrial.registry.reading import read_record_text
    >>> fields = '"eligibilityCriteria": "Inclusion Criteria: Adults >18 years", "minimumAge": "18 Years"'
    >>> reading = read_criteria(read_record_text('{"protocolSection": {"eligibilityModule": {' + fields + '}}}'))
    >>> reading.groups[0].criteria[0].notes[-1]
    'The field of the record says 18 Years: someone aged 18 may enter by the field and not by the text.'
    """
    plain, found = explain_record(record), find_contradictions(record)
    held = records[:MOST_COMPARED]
    return Reading(
        plain=plain,
        groups=tuple(_groups(plain.criteria, found)),
        contradictions=found,
        disagreements=compare_registers(held).disagreements if len(held) > 1 else (),
    )


def outcome_groups(plain: PlainRecord, seen: set[str]) -> list[tuple[str, list[tuple[PlainOutcome, list[Segment]]]]]:
    """Return the outcomes under their headings, each cut at its terms; those in ``seen`` are not explained again."""
    return [
        (ROLES[role], [(each, list(cut_at_terms(each.plain or each.original, each.glosses, seen))) for each in group])
        for role, group in groupby(plain.outcomes, key=lambda outcome: outcome.role)
    ]


def _groups(criteria: Iterable[PlainCriterion], found: tuple[Contradiction, ...]) -> Iterator[CriteriaGroup]:
    seen: set[str] = set()
    for kind, group in groupby(criteria, key=lambda criterion: criterion.kind):
        heading, note = HEADINGS[kind]
        shown = tuple(_shown(criterion, found, seen) for criterion in group)
        yield CriteriaGroup(heading=heading, note=note, criteria=shown)


def _shown(criterion: PlainCriterion, found: tuple[Contradiction, ...], seen: set[str]) -> ShownCriterion:
    against = [
        f"The field of the record says {each.field_says}: {each.meaning}."
        for each in found
        if each.criterion == criterion.position
    ]
    segments = tuple(cut_at_terms(criterion.shown, criterion.glosses, seen))
    terms = tuple(each.gloss for each in segments if each.gloss and each.explain)
    return ShownCriterion(criterion=criterion, segments=segments, terms=terms, notes=(*notes_of(criterion), *against))
