"""What is wrong between an outcome and the rest of its definition, each with its path in the file."""

from collections import Counter
from collections.abc import Iterator, Sequence
from math import inf
from typing import TYPE_CHECKING, Any

from myotrial.trials.names import known_measures
from myotrial.trials.problems_of_rules import Problem, list_weeks, problems_of_tree
from myotrial.trials.summaries import COMPARISONS
from myotrial.trials.variables import ADVERSE_EVENT, DERIVED_EVENTS, DOSE, EVENTS, measures_of, names_of, tree_of

if TYPE_CHECKING:
    from myotrial.trials.definition import TrialDefinition
    from myotrial.trials.outcomes import Outcome


def problems_of_outcome(path: str, outcome: "Outcome", trial: "TrialDefinition") -> Iterator[Problem]:
    """Yield what is wrong with an outcome, its sensitivity analyses and its tipping point."""
    for name in outcome.subgroups:
        if name not in {subgroup.id for subgroup in trial.subgroups}:
            yield f"{path}.subgroups", f"{name} is not a subgroup of this trial"
    imputed = outcome.imputation or any(entry.imputation for entry in outcome.sensitivity)
    if imputed and outcome.variable.kind == "response" and len(measures_of(outcome.variable)) != 1:
        yield f"{path}.imputation", "a response is drawn through the one measure that its rule looks at; this has more"
    yield from _population(f"{path}.population", outcome.population, trial)
    yield from _frame(path, outcome, trial)
    yield from _names(path, outcome, trial)
    yield from _when(path, outcome, trial)
    yield from _summaries(f"{path}.summaries", outcome.summaries, trial)
    yield from _covariates(f"{path}.imputation", outcome.imputation, trial)
    yield from _sensitivity(f"{path}.sensitivity", outcome, trial)
    yield from _tipping_point(f"{path}.tipping_point", outcome)
    yield from problems_of_tree(f"{path}.variable", tree_of(outcome.variable), trial, trial.end_week(outcome))


def twice(path: str, names: Sequence[Any]) -> Iterator[Problem]:
    """Yield each name that stands more than once."""
    for name, count in Counter(names).items():
        if count > 1:
            yield path, f"{name} stands {count} times"


def _population(path: str, name: str, trial: "TrialDefinition") -> Iterator[Problem]:
    if name not in {population.id for population in trial.populations}:
        yield path, f"{name} is not a population of this trial"


def _frame(path: str, outcome: "Outcome", trial: "TrialDefinition") -> Iterator[Problem]:
    if not trial.weeks_of(outcome):
        yield f"{path}.time_frame", "no visit after baseline lies in it"
    if trial.end_week(outcome) > max(trial.schedule.visits):
        yield f"{path}.time_frame.to_week", f"the last visit is at week {max(trial.schedule.visits):g}"
    if outcome.time_frame.to_week is None and outcome.variable.kind not in {"occurrence", "rate"}:
        yield f"{path}.time_frame.to_week", "only an occurrence and a rate can go on to the end of follow-up"


def _names(path: str, outcome: "Outcome", trial: "TrialDefinition") -> Iterator[Problem]:
    known = {*known_measures(), *trial.scores, DOSE}
    variable = outcome.variable
    if variable.kind in {"value", "change"}:
        own = names_of(variable.of)
        if not own:
            yield f"{path}.variable.of", "at least one measure is needed"
        yield from twice(f"{path}.variable.of", own)
        for name in sorted(set(own) - known):
            yield f"{path}.variable", f"unknown measure {name}; known are {', '.join(sorted(known))}"
        for name in sorted(set(own) & set(trial.scores) if variable.kind == "change" else ()):
            yield f"{path}.variable.of", f"{name} is itself a change from baseline: use kind: value"
    if variable.kind == "count" and variable.of not in trial.rules:
        named = ", ".join(trial.rules) or "none (name one under rules)"
        yield f"{path}.variable", f"unknown rule {variable.of}; this trial names {named}"


def _when(path: str, outcome: "Outcome", trial: "TrialDefinition") -> Iterator[Problem]:
    variable = outcome.variable
    late = (outcome.time_frame.from_week or -inf) > trial.schedule.baseline_week
    if late and variable.kind in {"occurrence", "rate", "count"}:
        yield f"{path}.time_frame.from_week", f"{_counted(variable.kind)} from the first treatment: leave it out"
    if variable.kind in {"occurrence", "time_to", "rate", "count"} and outcome.at == "each_visit":
        yield f"{path}.at", f"{_a(variable.kind)} is judged at the end of its time frame"
    if variable.kind == "change" and variable.from_week is not None:
        yield from _since(path, variable.from_week, outcome, trial)
    if variable.kind == "occurrence":
        yield from _occurrence(f"{path}.variable", variable)


def _since(path: str, since: float, outcome: "Outcome", trial: "TrialDefinition") -> Iterator[Problem]:
    visits, judged = trial.schedule.visits, trial.weeks_of(outcome)
    if since not in visits:
        yield f"{path}.variable.from_week", f"week {since:g} is not a visit; visits are {list_weeks(visits)}"
    elif judged and judged[0] <= since:
        yield (
            f"{path}.variable.from_week",
            f"the visits judged begin at week {judged[0]:g}, which is not after week {since:g}",
        )


def _occurrence(path: str, variable: Any) -> Iterator[Problem]:
    events = (*EVENTS, *DERIVED_EVENTS, ADVERSE_EVENT)
    if variable.of not in events:
        yield f"{path}.of", f"unknown event {variable.of}; known are {', '.join(events)}"
    elif variable.of != ADVERSE_EVENT and "where" in variable.model_fields_set:
        yield f"{path}.where", f"only an adverse event can be chosen by it, and this counts {variable.of}"


def _summaries(path: str, summaries: Sequence[Any], trial: "TrialDefinition") -> Iterator[Problem]:
    if trial.reference is None and any(summary.kind in COMPARISONS for summary in summaries):
        yield path, "a comparison needs an arm marked reference: true"
    for place, summary in enumerate(summaries):
        yield from _covariates(f"{path}.{place}", summary, trial)
        yield from twice(f"{path}.{place}.bands", [band.label for band in getattr(summary, "bands", ())])


def _covariates(path: str, model: Any, trial: "TrialDefinition") -> Iterator[Problem]:
    """Yield what is wrong with the covariates of a summary or of an imputation."""
    names = getattr(model, "covariates", ())
    known = {*known_measures(), DOSE}
    yield from twice(f"{path}.covariates", names)
    for name in sorted(set(names)):
        if name in trial.scores:
            yield f"{path}.covariates", f"{name} has no value at baseline, so it cannot be a covariate"
        elif name not in known:
            yield f"{path}.covariates", f"unknown measure {name}; known are {', '.join(sorted(known))}"


def _sensitivity(path: str, outcome: "Outcome", trial: "TrialDefinition") -> Iterator[Problem]:
    yield from twice(path, [entry.id for entry in outcome.sensitivity])
    for place, entry in enumerate(outcome.sensitivity):
        here = f"{path}.{place} ({entry.id})"
        if outcome.with_sensitivity(entry) == outcome:
            yield here, "it changes nothing: it is the outcome itself"
        if entry.population is not None:
            yield from _population(f"{here}.population", entry.population, trial)
        yield from _summaries(f"{here}.summaries", entry.summaries or (), trial)
        yield from _covariates(f"{here}.imputation", entry.imputation, trial)


def _tipping_point(path: str, outcome: "Outcome") -> Iterator[Problem]:
    point = outcome.tipping_point
    if point is None:
        return
    if outcome.variable.kind == "response" and point.deltas:
        yield f"{path}.deltas", "of a response every number of successes is tried: leave them out"
    if outcome.variable.kind in {"value", "change"} and not point.deltas:
        yield f"{path}.deltas", "at least one number is needed, in the unit of the measure"


def _counted(kind: str) -> str:
    return "a rate is counted" if kind == "rate" else f"{_a(kind)} is counted"


def _a(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeio' else 'a'} {kind}"
