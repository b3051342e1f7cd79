"""A definition as it is analysed before the allocation is unsealed: one arm, nothing compared."""

from myotrial.trials.definition import TrialDefinition
from myotrial.trials.outcomes import Outcome
from myotrial.trials.parts import Arm
from myotrial.trials.summaries import COMPARISONS, EventRate, KaplanMeier, Mean, Proportion, Summary

ALL = "all"
"""The id under which the subjects of every arm stand together."""

POOLED: dict[str, Summary] = {
    "response": Proportion(kind="proportion"),
    "occurrence": Proportion(kind="proportion"),
    "value": Mean(kind="mean"),
    "change": Mean(kind="mean"),
    "count": Mean(kind="mean"),
    "time_to": KaplanMeier(kind="kaplan_meier"),
    "rate": EventRate(kind="rate"),
}
"""Kind of variable → what is shown of all arms together, where an outcome only compares them."""


def mask_trial(trial: TrialDefinition) -> TrialDefinition:
    """Return the definition with all arms as one: summaries of everybody together, and no comparison.

    Parameters
    ----------
    trial
        The definition.

    Returns
    -------
    TrialDefinition
        What needs the arms is left out: comparisons, imputation by a model of the arms, tipping points, the
        hypotheses. Periods no longer say whose treatment everybody gets.

    Examples
    --------
    >>> from myotrial.trials.loading import load_trial
    >>> masked = mask_trial(load_trial("NCT04044690"))
    >>> [arm.id for arm in masked.arms], [summary.kind for summary in masked.outcome("C28").summaries]
    (['all'], ['mean'])
    """
    together = Arm(id=ALL, label="All arms together (masked)", description="The allocation is withheld")
    periods = tuple(period.model_copy(update={"all_on": None}) for period in trial.schedule.periods)
    masked = trial.model_copy(
        update={
            "arms": (together,),
            "schedule": trial.schedule.model_copy(update={"periods": periods}),
            "outcomes": tuple(_without_arms(outcome) for outcome in trial.outcomes),
            "multiplicity": None,
        }
    )
    masked.__dict__.pop("reference", None)  # what was worked out of the arms before
    return masked


def _without_arms(outcome: Outcome) -> Outcome:
    sensitivity = tuple(
        entry.model_copy(update={"summaries": _apart(outcome, entry.summaries) if entry.summaries else None})
        for entry in outcome.sensitivity
        if entry.imputation is None
    )
    update = {
        "summaries": _apart(outcome, outcome.summaries),
        "sensitivity": sensitivity,
        "tipping_point": None,
        "pooled": False,
    }
    if outcome.imputation is not None:
        update |= {"imputation": None, "missing": None}
    return outcome.model_copy(update=update)


def _apart(outcome: Outcome, summaries: tuple[Summary, ...]) -> tuple[Summary, ...]:
    kept = tuple(summary for summary in summaries if summary.kind not in COMPARISONS)
    return kept or (POOLED[outcome.variable.kind],)
