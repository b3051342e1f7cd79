"""An outcome's estimand in words: treatment, population, variable, intercurrent events, summary."""

from myotrial.trials.definition import TrialDefinition
from myotrial.trials.estimands import NAMES
from myotrial.trials.outcomes import Outcome
from myotrial.trials.summaries import COMPARISONS
from myotrial.trials.variables import EVENTS


def describe_estimand(trial: TrialDefinition, outcome: Outcome) -> dict[str, str]:
    """Return the five attributes of an outcome's estimand (ICH E9(R1)), and what becomes of missing data.

    Examples
    --------
    >>> from myotrial.trials.loading import load_trial
    >>> trial = load_trial("NCT04044690")
    >>> found = describe_estimand(trial, trial.outcome("C0"))
    >>> list(found)
    ['treatment', 'population', 'variable', 'intercurrent_events', 'summary', 'missing']
    >>> found["treatment"], found["population"]
    ('IgPro20 against Placebo', 'All randomised subjects')
    """
    return {
        "treatment": _treatment(trial, outcome),
        "population": trial.population(outcome.population).label,
        "variable": f"{outcome.variable.describe()}, {_when(trial, outcome)}",
        "intercurrent_events": _events(outcome),
        "summary": ", ".join(dict.fromkeys(summary.kind.replace("_", " ") for summary in outcome.summaries)),
        "missing": outcome.missing_rule.replace("_", " "),
    }


def estimand_text(trial: TrialDefinition, outcome: Outcome) -> str:
    """Return an outcome's estimand as one sentence, as it is printed with every result.

    Examples
    --------
    >>> from myotrial.trials.loading import load_trial
    >>> trial = load_trial("NCT04044690")
    >>> estimand_text(trial, trial.outcome("C26")).partition(";")[0]
    'IgPro20 against Placebo in all randomised subjects: rescue within the time frame, up to week 25'
    """
    found = describe_estimand(trial, outcome)
    population = found["population"][0].lower() + found["population"][1:]
    return (
        f"{found['treatment']} in {population}: {found['variable']}; "
        f"intercurrent events: {found['intercurrent_events']}; summary: {found['summary']}"
    )


def _treatment(trial: TrialDefinition, outcome: Outcome) -> str:
    others = [arm.label for arm in trial.arms if arm.id != trial.reference]
    compared = trial.reference is not None and any(summary.kind in COMPARISONS for summary in outcome.summaries)
    if compared:
        return f"{', '.join(others)} against {trial.arm_label(trial.reference)}"
    return ", ".join(arm.label for arm in trial.arms)


def _when(trial: TrialDefinition, outcome: Outcome) -> str:
    weeks = trial.weeks_of(outcome)
    if outcome.time_frame.to_week is None:
        return "over all of the follow-up"
    if outcome.at == "each_visit":
        return f"at each visit of weeks {weeks[0]:g} to {weeks[-1]:g}"
    if outcome.variable.kind in {"time_to", "occurrence", "rate", "count"}:
        return f"up to week {outcome.time_frame.to_week:g}"
    return f"at week {weeks[-1]:g}"


def _events(outcome: Outcome) -> str:
    if outcome.variable.kind == "occurrence" and not outcome.intercurrent:
        return "treatment policy"
    named = [f"{event.replace('_', ' ')} {NAMES[rule]}" for event, rule in outcome.intercurrent.items()]
    if len(named) < len(EVENTS):
        named.append("any other treatment policy" if named else "treatment policy")
    return ", ".join(named)
