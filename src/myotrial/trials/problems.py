"""What is wrong between the parts of a definition, each with its path in the file."""

from collections.abc import Iterator, Sequence
from math import inf
from typing import TYPE_CHECKING, Any

from myotrial.model.condition import Meets, leaves
from myotrial.model.errors import BadInput
from myotrial.model.options import settle
from myotrial.trials.names import (
    dose_options,
    known_columns,
    known_dose_tables,
    known_measures,
    known_options,
    known_rules,
    known_scores,
    rule_options,
)
from myotrial.trials.parts import Glucocorticoid, Multiplicity, Period, Population, Rule, Schedule, Subgroup
from myotrial.trials.problems_of_outcomes import problems_of_outcome, twice
from myotrial.trials.problems_of_rules import Problem, problems_at_baseline, problems_of_single, problems_of_tree
from myotrial.trials.variables import DOSE

if TYPE_CHECKING:
    from myotrial.trials.definition import TrialDefinition


def find_problems(trial: "TrialDefinition") -> Iterator[Problem]:
    """Yield every problem: where in the file, and what."""
    for name in ("arms", "outcomes", "populations", "subgroups"):
        yield from twice(name, [entry.id for entry in getattr(trial, name)])
    if sum(arm.reference for arm in trial.arms) > 1:
        yield "arms", "more than one is the reference"
    yield from _schedule(trial.schedule, {arm.id for arm in trial.arms})
    for name, score in trial.scores.items():
        yield from _score(f"scores.{name}", name, score.criteria, score.options)
    for name, rule in trial.rules.items():
        yield from _rule(f"rules.{name}", rule, trial)
    for place, population in enumerate(trial.populations):
        yield from _population(f"populations.{place} ({population.id}).where", population, trial)
    for place, subgroup in enumerate(trial.subgroups):
        yield from _subgroup(f"subgroups.{place}", subgroup)
    yield from _glucocorticoid(trial.glucocorticoid)
    for place, outcome in enumerate(trial.outcomes):
        yield from problems_of_outcome(f"outcomes.{place} ({outcome.id})", outcome, trial)
    yield from _multiplicity(trial)


def _schedule(schedule: Schedule, arms: set[str]) -> Iterator[Problem]:
    if list(schedule.visits) != sorted(set(schedule.visits)):
        yield "schedule.visits", "weeks must ascend, each once"
    if schedule.baseline_week not in schedule.visits:
        yield "schedule.baseline_week", f"week {schedule.baseline_week:g} is not among the visits"
    for place, period in enumerate(schedule.periods):
        yield from _period(f"schedule.periods.{place}", period, schedule.visits, arms)


def _period(path: str, period: Period, visits: Sequence[float], arms: set[str]) -> Iterator[Problem]:
    if period.all_on is not None and period.all_on not in arms:
        yield f"{path}.all_on", f"{period.all_on} is not an arm"
    if period.weeks[0] > period.weeks[1]:
        yield f"{path}.weeks", "it ends before it begins"
    if period.weeks[1] < min(visits) or period.weeks[0] > max(visits):
        yield f"{path}.weeks", "it ends before the first visit, or begins after the last"


def _score(path: str, name: str, criteria: str, options: dict[str, Any]) -> Iterator[Problem]:
    rules = known_scores().get(name, ())
    if not rules:
        yield path, f"unknown score; known are {', '.join(known_scores())}"
    elif criteria not in rules:
        yield f"{path}.criteria", f"unknown criteria {criteria}; known are {', '.join(rules)}"
    else:
        yield from _options(f"{path}.options", criteria, known_options(criteria), options)


def _rule(path: str, rule: Rule, trial: "TrialDefinition") -> Iterator[Problem]:
    if rule.criteria is None:
        yield from problems_of_tree(f"{path}.when", rule.when, trial, inf)
        yield from problems_of_single(f"{path}.when", rule.when)
    elif rule.criteria not in known_rules():
        yield f"{path}.criteria", f"unknown rule {rule.criteria}; known are {', '.join(known_rules())}"
    else:
        yield from _options(f"{path}.options", rule.criteria, rule_options(rule.criteria), rule.options)
        if rule.confirmed > 1:
            yield f"{path}.confirmed", "a published rule has its own option for the visits that confirm"
    for name in sorted({leaf.rule for leaf in leaves(rule.when) if isinstance(leaf, Meets)} if rule.when else ()):
        yield f"{path}.when", f"a rule cannot rest on another rule ({name}): write its tree out"


def _options(path: str, what: str, known: Any, options: dict[str, Any]) -> Iterator[Problem]:
    try:
        settle(what, known, options)
    except BadInput as error:
        for fault in error.faults:
            expected = f"; expected {fault.expected}" if fault.expected else ""
            yield f"{path}.{fault.column}", f"{fault.message}{expected}"


def _population(path: str, population: Population, trial: "TrialDefinition") -> Iterator[Problem]:
    yield from problems_of_tree(path, population.where, trial, inf)
    yield from problems_of_single(path, population.where)
    yield from problems_at_baseline(path, population.where, trial)


def _subgroup(path: str, subgroup: Subgroup) -> Iterator[Problem]:
    if subgroup.by not in {*known_columns("subjects"), *known_measures(), DOSE} - {"subject_id", "arm"}:
        yield f"{path}.by", f"unknown column {subgroup.by}; it is one of subjects, or a measure"
    if list(subgroup.cuts) != sorted(set(subgroup.cuts)):
        yield f"{path}.cuts", "cuts must ascend, each once"


def _glucocorticoid(dose: Glucocorticoid) -> Iterator[Problem]:
    if dose.table not in known_dose_tables():
        yield "glucocorticoid.table", f"unknown table {dose.table}; known are {', '.join(known_dose_tables())}"
    yield from _options("glucocorticoid.options", "the table of equivalents", dose_options(), dose.options)


def _multiplicity(trial: "TrialDefinition") -> Iterator[Problem]:
    plan = trial.multiplicity
    if plan is None:
        return
    outcomes = {outcome.id for outcome in trial.outcomes}
    arms = {arm.id for arm in trial.arms} - {trial.reference}
    for place, test in enumerate(plan.tests):
        if test.arm is not None and test.arm not in arms:
            yield f"multiplicity.tests.{place}.arm", f"{test.arm} is no arm that is compared with the reference"
        if test in plan.tests[:place]:
            yield f"multiplicity.tests.{place}", "the same hypothesis stands before"
        if test.outcome not in outcomes:
            yield f"multiplicity.tests.{place}.outcome", f"{test.outcome} is not an outcome of this trial"
    if plan.method == "graphical":
        yield from _graph(plan)
    elif plan.weights or plan.transitions:
        yield "multiplicity", "weights and transitions belong to the graphical method"


def _graph(plan: Multiplicity) -> Iterator[Problem]:
    n = len(plan.tests)
    if len(plan.weights) != n or any(not 0 <= weight <= 1 for weight in plan.weights) or sum(plan.weights) > 1 + 1e-9:
        yield "multiplicity.weights", f"{n} numbers from 0 to 1 are needed, together at most 1"
    if len(plan.transitions) != n or any(len(row) != n for row in plan.transitions):
        yield "multiplicity.transitions", f"{n} rows of {n} numbers are needed"
    elif any(row[place] for place, row in enumerate(plan.transitions)):
        yield "multiplicity.transitions", "a hypothesis cannot pass on to itself"
    elif any(sum(row) > 1 + 1e-9 or min(row) < 0 for row in plan.transitions):
        yield "multiplicity.transitions", "the numbers of a row are 0 or more, together at most 1"
