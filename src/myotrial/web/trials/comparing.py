"""Trials side by side: what each says of one thing, from where, and whether they say the same."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from myotrial.registry.criteria_items import list_criteria_items
from myotrial.registry.record import TrialRecord
from myotrial.registry.store.content import phases_of, status_of
from myotrial.trials.definition import TrialDefinition
from myotrial.web.trials.answers import Told
from myotrial.web.trials.held import Held, source_of
from myotrial.web.trials.rows import key, masking_of

Verdict = Literal["same", "differs", "partly stated", "not stated"]
"""``same``: all say the same. ``partly stated``: those that say it agree, and not all do. ``not stated``: none does."""

DEFINITION = "definition"


class Statement(Told):
    """What a trial says: its lines, and where that stands."""

    lines: tuple[str, ...]
    sources: tuple[str, ...]


class Line(Told):
    """One thing that trials are compared by; a cell without a statement: the trial does not say it."""

    label: str
    verdict: Verdict
    cells: tuple[tuple[Statement, ...], ...]


def _plain(text: str) -> str:
    """Return text for comparison; ``≥``, ``≤`` and ``=`` are one sign, since a copy may have made them one."""
    return re.sub(r"\s+", "", re.sub(r"≥|≤|>=|<=", "=", text)).casefold()


@dataclass(frozen=True, slots=True)
class _Aspect:
    """How a line is read from a definition and from a record, and what makes two of its values the same."""

    label: str
    of_definition: Callable[[TrialDefinition], Sequence[str]]
    of_record: Callable[[TrialRecord], Sequence[str]]
    same: Callable[[str], object] = _plain


def compare_trials(trials: Sequence[Held]) -> tuple[Line, ...]:
    """Return every line of the comparison.

    Parameters
    ----------
    trials
        Two trials or more.

    Returns
    -------
    tuple of Line
        In each cell what the definition says, and what the first record that says anything does; said once where both
        say the same. Verdicts compare what stands first.

    Examples
    --------
    >>> from myotrial.web.trials.held import look_up
    >>> lines = compare_trials([look_up("NCT04044690", None), look_up("NCT02728752", None)])
    >>> [(line.label, line.verdict) for line in lines][:2]
    [('Condition', 'same'), ('Phase', 'same')]
    """
    lines = []
    for aspect in _ASPECTS:
        cells = tuple(_cell(aspect, trial) for trial in trials)
        lines.append(Line(label=aspect.label, cells=cells, verdict=_verdict(aspect, cells)))
    return tuple(lines)


def _cell(aspect: _Aspect, trial: Held) -> tuple[Statement, ...]:
    said: list[Statement] = []
    if trial.definition is not None and (lines := tuple(aspect.of_definition(trial.definition))):
        said.append(Statement(lines=lines, sources=(DEFINITION,)))
    for record in trial.records:
        if lines := tuple(aspect.of_record(record)):
            here = Statement(lines=lines, sources=(source_of(record),))
            if said and _mark(aspect, said[0].lines) == _mark(aspect, lines):
                said[0] = Statement(lines=said[0].lines, sources=(*said[0].sources, *here.sources))
            else:
                said.append(here)
            break
    return tuple(said)


def _mark(aspect: _Aspect, lines: Sequence[str]) -> frozenset[object]:
    return frozenset(aspect.same(line) for line in lines)


def _verdict(aspect: _Aspect, cells: Sequence[tuple[Statement, ...]]) -> Verdict:
    marks = {_mark(aspect, cell[0].lines) for cell in cells if cell}
    if not marks:
        return "not stated"
    if len(marks) > 1:
        return "differs"
    return "same" if all(cells) else "partly stated"


def _outcomes(role: str) -> tuple[Callable[[TrialDefinition], list[str]], Callable[[TrialRecord], list[str]]]:
    def of_definition(trial: TrialDefinition) -> list[str]:
        found = [o.registered for o in trial.outcomes if o.role == role and o.registered]
        return list(dict.fromkeys(f"{each.title} [{each.time_frame}]" for each in found))

    def of_record(record: TrialRecord) -> list[str]:
        found = [outcome for outcome in record.outcomes if outcome.role == role]
        return [f"{each.title} [{each.time_frame}]" if each.time_frame else each.title for each in found]

    return of_definition, of_record


def _given(record: TrialRecord) -> Iterator[str]:
    """Yield what is given and how, as far as the register has words for it."""
    for item in record.interventions:
        if item.description:
            yield f"{item.name}: {item.description}"
    if not any(item.description for item in record.interventions):
        yield from (f"{arm.label}: {arm.description}" for arm in record.arms if arm.description)


def _criteria(record: TrialRecord) -> list[str]:
    kinds = [item.kind for item in list_criteria_items(record)]
    names = (("inclusion", "inclusion"), ("exclusion", "exclusion"), ("not_stated", "under neither heading"))
    return [f"{kinds.count(kind)} {name}" for kind, name in names if kind in kinds]


def _ages(record: TrialRecord) -> list[str]:
    ends = [age.text if age else "not stated" for age in (record.age_minimum, record.age_maximum)]
    return [" to ".join(ends)] if record.age_minimum or record.age_maximum else []


def _nothing(_: TrialDefinition | TrialRecord) -> tuple[str, ...]:
    return ()


def _maybe(value: object) -> list[str]:
    return [] if value is None else [str(value)]


_ASPECTS = (
    _Aspect("Condition", lambda d: [d.condition], lambda r: r.conditions),
    _Aspect("Phase", lambda d: [d.design.phase] if phases_of(d.design.phase) else [],
            lambda r: _maybe(r.phase), lambda text: phases_of(text) or text),
    _Aspect("Masking", lambda d: [d.design.masking],
            lambda r: _maybe(r.design.masking if r.design else None), lambda text: masking_of(text).casefold()),
    _Aspect("Status", _nothing, lambda r: _maybe(r.recruitment_status), status_of),
    _Aspect("Sponsor", lambda d: [d.sponsor], lambda r: _maybe(r.primary_sponsor)),
    _Aspect("Countries", _nothing, lambda r: r.countries, lambda text: key("country", text)),
    _Aspect("Arms", lambda d: [arm.label for arm in d.arms],
            lambda r: [arm.label for arm in r.arms] or [item.name for item in r.interventions]),
    _Aspect("What is given", lambda d: [f"{arm.label}: {arm.description}" for arm in d.arms], lambda r: [*_given(r)]),
    _Aspect("Planned", lambda d: [str(d.sample_size.planned)], lambda r: _maybe(r.target_size)),
    _Aspect("Enrolled", lambda d: _maybe(d.sample_size.enrolled), lambda r: _maybe(r.enrolled)),
    _Aspect("Visits, weeks", lambda d: [", ".join(f"{week:g}" for week in d.schedule.visits)], _nothing),
    _Aspect("Primary outcomes", *_outcomes("primary")),
    _Aspect("Age", _nothing, _ages),
    _Aspect("Sex", _nothing, lambda r: _maybe(r.sex)),
    _Aspect("Criteria", _nothing, _criteria),
    _Aspect("Secondary outcomes", *_outcomes("secondary")),
)  # fmt: skip
