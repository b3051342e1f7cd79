"""What is to be imputed and how, its parameters, and the imputation itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myotrial.statistics._arguments import check_choice, fault
from myotrial.statistics._collect import Checks
from myotrial.statistics.imputation._patterns import Floats, fill, find_patterns
from myotrial.statistics.imputation._posterior import Draws, draw_posterior, fit_em
from myotrial.statistics.imputation._reading import (
    Covariance,
    Strategy,
    check_enough,
    read_data,
    read_strategies,
    read_turns,
)
from myotrial.statistics.imputation._strategies import strategy_covariance, strategy_means

Arms = tuple[Draws, Draws]
"""Parameters of the reference and of the treated, in that order."""


@dataclass(frozen=True, slots=True)
class Task:
    """Outcomes (0 where missing), what is missing, and by whose rule each subject is imputed from its turn on."""

    outcomes: Floats
    missing: NDArray[np.bool_]
    turn: NDArray[np.intp]
    treated: NDArray[np.bool_]
    covariates: Floats
    strategies: tuple[str, ...]
    covariance: Covariance
    words: str

    @property
    def design(self) -> Floats:
        """Intercept and covariates, without the arm."""
        return np.column_stack([np.ones(len(self.outcomes)), self.covariates])


def read_task(
    outcomes: ArrayLike,
    arm: ArrayLike,
    covariates: ArrayLike | None,
    reference: object | None,
    strategy: Strategy | Sequence[Strategy],
    covariance: Covariance,
    ice_visit: Sequence[int | None] | None,
) -> Task:
    """Read and check the data of an imputation."""
    with Checks() as check:
        check(check_choice, covariance, "covariance", get_args(Covariance))
        data = check(read_data, outcomes, arm, covariates, reference)
        names = check(_read_rules, data, strategy, ice_visit)
    (values, treated, extra), (strategies, missing, turn) = data, names
    aside = int((missing & ~np.isnan(values)).sum())
    task = Task(
        outcomes=np.where(missing, 0.0, values),
        missing=missing,
        turn=turn,
        treated=treated,
        covariates=extra,
        strategies=strategies,
        covariance=covariance,
        words=_describe(strategies, treated, covariance, None if ice_visit is None else aside),
    )
    check_enough(task.design, missing, treated, covariance)
    return task


def check_visit(visit: int, task: Task) -> None:
    """Refuse a position that no visit has."""
    visits = task.outcomes.shape[1]
    if not -visits <= visit < visits:
        raise fault("visit", visit, f"{-visits} to {visits - 1}")


def _read_rules(
    data: tuple[Floats, NDArray[np.bool_], Floats],
    strategy: Strategy | Sequence[Strategy],
    ice_visit: Sequence[int | None] | None,
) -> tuple[tuple[str, ...], NDArray[np.bool_], NDArray[np.intp]]:
    """Return the strategy of each subject, what is missing, and from where the strategy rules."""
    values = data[0]
    with Checks() as check:
        strategies = check(read_strategies, strategy, len(values))
        turns = check(read_turns, ice_visit, np.isnan(values))
    missing, turn = turns
    if ice_visit is not None:  # who had no event is missing at random
        without = turn == values.shape[1]
        pairs = zip(strategies, without.tolist(), strict=True)
        strategies = tuple("missing-at-random" if spared else name for name, spared in pairs)
    return strategies, missing, turn


def _describe(strategies: tuple[str, ...], treated: NDArray[np.bool_], covariance: str, aside: int | None) -> str:
    """Say the model in words; ``aside`` counts the values set aside, ``None`` where no event was given."""
    used = sorted({name for name, active in zip(strategies, treated.tolist(), strict=True) if active})
    events = "" if aside is None else f", from the intercurrent event on (seen values set aside: {aside})"
    return f"{covariance} covariance, {' and '.join(used)}{events}"


def draw_parameters(task: Task, m: int, iterations: int, rng: np.random.Generator) -> Arms:
    """Draw the parameters of both arms ``m`` times."""
    design, outcomes, missing = task.design, task.outcomes, task.missing
    try:
        if task.covariance == "by-arm":
            reference, active = (
                draw_posterior(design[rows], outcomes[rows], find_patterns(missing[rows]), m, iterations, rng)
                for rows in (~task.treated, task.treated)
            )
            return reference, active
        both = np.column_stack([design, task.treated])
        return split_arms(draw_posterior(both, outcomes, find_patterns(missing), m, iterations, rng))
    except np.linalg.LinAlgError:
        raise _singular() from None


def fit_parameters(task: Task, weights: Floats, start: Arms | None = None) -> Arms:
    """Fit the parameters of both arms by maximum likelihood, once for each row of ``weights``."""
    design, outcomes, missing = task.design, task.outcomes, task.missing
    try:
        if task.covariance == "by-arm":
            reference, active = (
                fit_em(design[rows], outcomes[rows], find_patterns(missing[rows]), weights[:, rows], begin)
                for rows, begin in zip((~task.treated, task.treated), start or (None, None), strict=True)
            )
            return reference, active
        both = np.column_stack([design, task.treated])
        begin = None if start is None else join_arms(start)
        return split_arms(fit_em(both, outcomes, find_patterns(missing), weights, begin))
    except np.linalg.LinAlgError:
        raise _singular() from None


def _singular() -> ValueError:
    return ValueError(
        "outcomes: got visits that determine each other (singular covariance); expected visits that do not"
    )


def split_arms(drawn: Draws) -> Arms:
    """Split parameters whose last coefficient is the effect of the arm."""
    reference = Draws(drawn.coefficients[:, :-1], drawn.sigma)
    shifted = reference.coefficients.copy()
    shifted[:, 0] += drawn.coefficients[:, -1]
    return reference, Draws(shifted, drawn.sigma)


def join_arms(arms: Arms) -> Draws:
    """Undo ``split_arms``."""
    reference, active = arms
    effect = active.coefficients[:, :1] - reference.coefficients[:, :1]
    return Draws(np.concatenate([reference.coefficients, effect], axis=1), reference.sigma)


def impute(task: Task, draws: Arms, m: int, rng: np.random.Generator | None) -> Floats:
    """Fill what is missing (m, n, T), strategy by strategy: draws, or without ``rng`` their means."""
    reference, active = draws
    filled, design, missing = np.repeat(task.outcomes[None], m, axis=0), task.design, task.missing
    kinds = np.array(task.strategies)
    kinds[~task.treated] = "reference"
    for kind in ["reference", *get_args(Strategy)]:
        rows = np.flatnonzero((kinds == kind) & missing.any(axis=1))
        if not len(rows):
            continue
        own, other = design[rows] @ active.coefficients, design[rows] @ reference.coefficients
        means = strategy_means(kind, own, other, task.turn[rows])
        part = filled[:, rows]
        for pattern in find_patterns(missing[rows], task.turn[rows]):
            fill(part, means, strategy_covariance(kind, active.sigma, reference.sigma, pattern), [pattern], rng)
        filled[:, rows] = part
    return filled
