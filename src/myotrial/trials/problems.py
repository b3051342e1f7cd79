"""What is wrong between the parts of a definition, each with its path in the file."""

from collections import Counter
from collections.abc import Iterator, Sequence
from math import inf
from typing import TYPE_CHECKING, Any

from myotrial.model.condition import Compare, Happened, Meets, leaves
from myotrial.model.errors import BadInput
from myotrial.model.options import settle
from myotrial.trials.names import (
    known_columns,
    known_measures,
    known_options,
    known_rules,
    known_scores,
    measures_without_range,
    rule_options,
)
from myotrial.trials.parts import Period, Rule, Schedule
from myotrial.trials.summaries import COMPARISONS
from myotrial.trials.variables import ADVERSE_EVENT, DERIVED_EVENTS, DOSE, EVENTS, measures_of, tree_of

if TYPE_CHECKING:
    from myotrial.trials.definition import TrialDefinition
    from myotrial.trials.outcomes import Outcome

Problem = tuple[str, str]


def find_problems(trial: "TrialDefinition") -> Iterator[Problem]:
    """Yield every problem: where in the file, and what."""
    for name in ("arms", "outcomes", "populations", "subgroups"):
        yield from _twice(name, [entry.id for entry in getattr(trial, name)])
    if sum(arm.reference for arm in trial.arms) > 1:
        yield "arms", "more than one is the reference"
    yield from _schedule(trial.schedule, {arm.id for arm in trial.arms})
    for name, score in trial.scores.items():
        yield from _score(f"scores.{name}", name, score.criteria, score.options)
    for name, rule in trial.rules.items():
        yield from _rule(f"rules.{name}", rule, trial)
    for place, population in enumerate(trial.populations):
        yield from _tree(f"populations.{place} ({population.id}).where", population.where, trial, inf)
    for place, subgroup in enumerate(trial.subgroups):
        if subgroup.by not in {*known_columns("subjects"), *known_measures(), DOSE} - {"subject_id", "arm"}:
            yield f"subgroups.{place}.by", f"unknown column {subgroup.by}; it is one of subjects, or a measure"
        if list(subgroup.cuts) != sorted(set(subgroup.cuts)):
            yield f"subgroups.{place}.cuts", "cuts must ascend, each once"
    for place, outcome in enumerate(trial.outcomes):
        yield from _outcome(f"outcomes.{place} ({outcome.id})", outcome, trial)
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
        yield from _tree(f"{path}.when", rule.when, trial, inf)
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


def _outcome(path: str, outcome: "Outcome", trial: "TrialDefinition") -> Iterator[Problem]:
    populations = {population.id for population in trial.populations}
    for where, name in [("population", outcome.population), *_other_populations(outcome)]:
        if name not in populations:
            yield f"{path}.{where}", f"{name} is not a population of this trial"
    for name in outcome.subgroups:
        if name not in {subgroup.id for subgroup in trial.subgroups}:
            yield f"{path}.subgroups", f"{name} is not a subgroup of this trial"
    if not trial.weeks_of(outcome):
        yield f"{path}.time_frame", "no visit after baseline lies in it"
    summaries = [*outcome.summaries, *(part for entry in outcome.sensitivity for part in entry.summaries or ())]
    if trial.reference is None and any(summary.kind in COMPARISONS for summary in summaries):
        yield f"{path}.summaries", "a comparison needs an arm marked reference: true"
    if trial.end_week(outcome) > max(trial.schedule.visits):
        yield f"{path}.time_frame.to_week", f"the last visit is at week {max(trial.schedule.visits):g}"
    if outcome.time_frame.to_week is None and outcome.variable.kind not in {"occurrence", "rate"}:
        yield f"{path}.time_frame.to_week", "only an occurrence and a rate can go on to the end of follow-up"
    imputed = outcome.imputation or any(entry.imputation for entry in outcome.sensitivity)
    if imputed and outcome.variable.kind == "response" and len(measures_of(outcome.variable)) != 1:
        yield f"{path}.imputation", "a response is drawn through the one measure that its rule looks at; this has more"
    yield from _names(path, outcome, trial)
    yield from _when(path, outcome, trial)
    yield from _tree(f"{path}.variable", tree_of(outcome.variable), trial, trial.end_week(outcome))


def _other_populations(outcome: "Outcome") -> list[tuple[str, str]]:
    return [(f"sensitivity.{entry.id}.population", entry.population) for entry in outcome.sensitivity
            if entry.population]  # fmt: skip


def _names(path: str, outcome: "Outcome", trial: "TrialDefinition") -> Iterator[Problem]:
    known = {*known_measures(), *trial.scores, DOSE}
    variable = outcome.variable
    own = measures_of(variable)
    adjusted = outcome.measures() - own | {
        name for summary in outcome.summaries for name in getattr(summary, "covariates", ())
    }
    told = measures_of(variable) if tree_of(variable) is not None else set()  # those of a rule are told with it
    for name in sorted((own | adjusted) - known - told):
        place = "variable" if name in own else "summaries"
        yield f"{path}.{place}", f"unknown measure {name}; known are {', '.join(sorted(known))}"
    for name in sorted({variable.of} - set(trial.rules) if variable.kind == "count" else ()):
        named = ", ".join(trial.rules) or "none (name one under rules)"
        yield f"{path}.variable", f"unknown rule {name}; this trial names {named}"
    if variable.kind == "change":
        for name in sorted(own & set(trial.scores)):
            yield f"{path}.variable.of", f"{name} is itself a change from baseline: use kind: value"
    for name in sorted(adjusted & set(trial.scores)):
        yield f"{path}.summaries", f"{name} has no value at baseline, so it cannot be a covariate"


def _when(path: str, outcome: "Outcome", trial: "TrialDefinition") -> Iterator[Problem]:
    variable, visits = outcome.variable, trial.schedule.visits
    events = (*EVENTS, *DERIVED_EVENTS, ADVERSE_EVENT)
    if variable.kind == "occurrence" and variable.of not in events:
        yield f"{path}.variable.of", f"unknown event {variable.of}; known are {', '.join(events)}"
    late = (outcome.time_frame.from_week or -inf) > trial.schedule.baseline_week
    if late and variable.kind in {"occurrence", "rate", "count"}:
        yield f"{path}.time_frame.from_week", f"{_counted(variable.kind)} from the first treatment: leave it out"
    if variable.kind in {"occurrence", "time_to", "rate", "count"} and outcome.at == "each_visit":
        yield f"{path}.at", f"{_a(variable.kind)} is judged at the end of its time frame"
    if variable.kind == "change" and variable.from_week is not None and variable.from_week not in visits:
        yield f"{path}.variable.from_week", f"week {variable.from_week:g} is not a visit; visits are {_weeks(visits)}"


def _tree(path: str, tree: Any, trial: "TrialDefinition", end: float) -> Iterator[Problem]:
    if tree is None:
        return
    found = list(leaves(tree))
    thresholds = [leaf.threshold for leaf in found if isinstance(leaf, Compare)]
    if len({len(numbers) for numbers in thresholds if isinstance(numbers, tuple)}) > 1:
        yield path, "the lists of numbers in one rule must be of the same length"
    for leaf in found:
        yield from _leaf(path, leaf, trial, end)


def _leaf(path: str, leaf: Compare | Happened | Meets, trial: "TrialDefinition", end: float) -> Iterator[Problem]:
    visits = trial.schedule.visits
    known = {*known_measures(), *trial.scores, DOSE}
    if isinstance(leaf, Compare) and leaf.measure not in known:
        yield path, f"unknown measure {leaf.measure}; known are {', '.join(sorted(known))}"
    if isinstance(leaf, Meets) and leaf.rule not in trial.rules:
        named = ", ".join(trial.rules) or "none (name one under rules)"
        yield path, f"unknown rule {leaf.rule}; this trial names {named}"
    for week in (leaf.week, getattr(leaf, "from_week", None)):
        if week is not None and week not in visits:
            yield path, f"week {week:g} is not a visit; visits are {_weeks(visits)}"
        elif week is not None and week > end:
            yield path, f"week {week:g} lies after the time frame, which ends at week {end:g}"
    if isinstance(leaf, Happened) and leaf.event not in (*EVENTS, "taper_start"):
        yield path, f"unknown event {leaf.event}; known are {', '.join((*EVENTS, 'taper_start'))}"
    if isinstance(leaf, Compare) and leaf.change and leaf.measure in trial.scores:
        yield path, f"{leaf.measure} is itself a change from baseline: compare its value"
    if isinstance(leaf, Compare) and leaf.unit == "percent_of_range" and leaf.measure in {
        *measures_without_range(), DOSE,
    }:  # fmt: skip
        yield path, f"{leaf.measure} has no range to take a percentage of"


def _multiplicity(trial: "TrialDefinition") -> Iterator[Problem]:
    plan = trial.multiplicity
    if plan is None:
        return
    outcomes = {outcome.id for outcome in trial.outcomes}
    for place, test in enumerate(plan.tests):
        if test.outcome not in outcomes:
            yield f"multiplicity.tests.{place}.outcome", f"{test.outcome} is not an outcome of this trial"
    n = len(plan.tests)
    if plan.method != "graphical":
        if plan.weights or plan.transitions:
            yield "multiplicity", "weights and transitions belong to the graphical method"
        return
    if len(plan.weights) != n or any(not 0 <= weight <= 1 for weight in plan.weights) or sum(plan.weights) > 1 + 1e-9:
        yield "multiplicity.weights", f"{n} numbers from 0 to 1 are needed, together at most 1"
    if len(plan.transitions) != n or any(len(row) != n for row in plan.transitions):
        yield "multiplicity.transitions", f"{n} rows of {n} numbers are needed"
    elif any(row[place] for place, row in enumerate(plan.transitions)):
        yield "multiplicity.transitions", "a hypothesis cannot pass on to itself"
    elif any(sum(row) > 1 + 1e-9 or min(row) < 0 for row in plan.transitions):
        yield "multiplicity.transitions", "the numbers of a row are 0 or more, together at most 1"


def _counted(kind: str) -> str:
    return "a rate is counted" if kind == "rate" else f"{_a(kind)} is counted"


def _a(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeio' else 'a'} {kind}"


def _twice(path: str, names: Sequence[str]) -> Iterator[Problem]:
    for name, count in Counter(names).items():
        if count > 1:
            yield path, f"{name} stands {count} times"


def _weeks(weeks: Sequence[float]) -> str:
    return ", ".join(f"{week:g}" for week in weeks)
