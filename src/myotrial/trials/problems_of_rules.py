"""What is wrong with a tree of a definition, leaf by leaf, each with its path in the file."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from myotrial.model.condition import Compare, Happened, Meets, Throughout, leaves, parts
from myotrial.trials.names import known_measures, measures_without_range
from myotrial.trials.variables import DOSE, EVENTS

if TYPE_CHECKING:
    from myotrial.trials.definition import TrialDefinition

Problem = tuple[str, str]
Leaf = Compare | Happened | Meets


def problems_of_tree(path: str, tree: Any, trial: "TrialDefinition", end: float) -> Iterator[Problem]:
    """Yield what is wrong with a tree whose leaves may name weeks up to ``end``."""
    if tree is None:
        return
    if len({len(numbers) for numbers in _lists(tree)}) > 1:
        yield path, "the lists of numbers in one rule must be of the same length"
    for since in _starts(tree):
        yield from _week(path, since, trial, end)
    for leaf in leaves(tree):
        yield from _leaf(path, leaf, trial, end)


def problems_of_single(path: str, tree: Any) -> Iterator[Problem]:
    """Yield what is wrong with a tree that has one answer: a list of numbers would give it several."""
    if tree is not None and _lists(tree):
        yield path, "a list of numbers makes several answers of one rule: give one number"


def problems_at_baseline(path: str, tree: Any, trial: "TrialDefinition") -> Iterator[Problem]:
    """Yield what is wrong with a tree that is asked at baseline: what is a change has no answer there."""
    baseline = trial.schedule.baseline_week
    for leaf in [] if tree is None else leaves(tree):
        if isinstance(leaf, Happened) or leaf.week not in (None, baseline):
            continue
        name = leaf.rule if isinstance(leaf, Meets) else leaf.measure
        if isinstance(leaf, Meets) or leaf.change or name in trial.scores:
            yield path, f"{name} is a change from baseline and the rule is asked at baseline: name a later week"


def _lists(tree: Any) -> list[tuple[float, ...]]:
    found = [leaf.threshold for leaf in leaves(tree) if isinstance(leaf, Compare)]
    return [numbers for numbers in found if isinstance(numbers, tuple)]


def _starts(tree: Any) -> Iterator[float]:
    """Yield the weeks from which something must hold throughout."""
    if isinstance(tree, Throughout) and tree.since is not None:
        yield tree.since
    for part in parts(tree):
        yield from _starts(part)


def _leaf(path: str, leaf: Leaf, trial: "TrialDefinition", end: float) -> Iterator[Problem]:
    for week in (leaf.week, getattr(leaf, "from_week", None)):
        if week is not None:
            yield from _week(path, week, trial, end)
    if isinstance(leaf, Compare):
        yield from _compare(path, leaf, trial)
    elif isinstance(leaf, Meets) and leaf.rule not in trial.rules:
        named = ", ".join(trial.rules) or "none (name one under rules)"
        yield path, f"unknown rule {leaf.rule}; this trial names {named}"
    elif isinstance(leaf, Happened) and leaf.event not in (*EVENTS, "taper_start"):
        yield path, f"unknown event {leaf.event}; known are {', '.join((*EVENTS, 'taper_start'))}"


def _compare(path: str, leaf: Compare, trial: "TrialDefinition") -> Iterator[Problem]:
    known = {*known_measures(), *trial.scores, DOSE}
    if leaf.measure not in known:
        yield path, f"unknown measure {leaf.measure}; known are {', '.join(sorted(known))}"
    if leaf.change and leaf.measure in trial.scores:
        yield path, f"{leaf.measure} is itself a change from baseline: compare its value"
    if leaf.unit == "percent_of_range" and leaf.measure in {*measures_without_range(), DOSE}:
        yield path, f"{leaf.measure} has no range to take a percentage of"
    if leaf.week is not None and leaf.from_week is not None and leaf.from_week >= leaf.week:
        yield path, f"a change at week {leaf.week:g} cannot be counted from week {leaf.from_week:g}"


def _week(path: str, week: float, trial: "TrialDefinition", end: float) -> Iterator[Problem]:
    visits = trial.schedule.visits
    if week not in visits:
        yield path, f"week {week:g} is not a visit; visits are {list_weeks(visits)}"
    elif week > end:
        yield path, f"week {week:g} lies after the time frame, which ends at week {end:g}"


def list_weeks(weeks: Sequence[float]) -> str:
    """Return weeks as they stand in a message."""
    return ", ".join(f"{week:g}" for week in weeks)
