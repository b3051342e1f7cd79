"""Reading the data of an imputation: what belongs together, and whether it is enough for the model."""

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myotrial.statistics._arguments import as_treated, check_choice, fault
from myotrial.statistics._collect import Checks
from myotrial.statistics.imputation._patterns import Floats, turn_after_last_seen

Covariance = Literal["common", "by-arm"]
Strategy = Literal["missing-at-random", "jump-to-reference", "copy-reference", "copy-increments"]


def read_data(
    outcomes: ArrayLike, arm: ArrayLike, covariates: ArrayLike | None, reference: object | None
) -> tuple[Floats, NDArray[np.bool_], Floats]:
    """Read the arrays and check that they belong together."""
    try:
        values = np.array(outcomes, dtype=np.float64)
        extra = np.empty((len(values), 0)) if covariates is None else np.array(covariates, dtype=np.float64)
    except (TypeError, ValueError):
        raise fault(
            "outcomes and covariates", "values that are not numbers", "numbers; outcomes may be missing"
        ) from None
    if values.ndim != 2 or 0 in values.shape:
        raise fault("outcomes", f"shape {values.shape}", "(subjects, visits)")
    extra = extra[:, None] if extra.ndim == 1 else extra
    treated = as_treated(arm, reference)
    if len(extra) != len(values) or len(treated) != len(values) or extra.ndim != 2:
        raise fault("lengths", f"outcomes {len(values)}, arm {len(treated)}, covariates {len(extra)}", "the same")
    if np.isinf(values).any() or not np.isfinite(extra).all():
        raise fault("outcomes and covariates", "an infinite value or a missing covariate", "finite numbers")
    return values, treated, extra


def read_strategies(strategy: Strategy | Sequence[Strategy], n: int) -> tuple[str, ...]:
    chosen = (strategy,) * n if isinstance(strategy, str) else tuple(strategy)
    if len(chosen) != n:
        raise fault("strategy", f"{len(chosen)} strategies", f"one, or one for each of {n} subjects")
    with Checks() as check:
        for name in sorted(set(chosen)):
            check(check_choice, name, "strategy", get_args(Strategy))
    return chosen


def read_turns(
    ice_visit: Sequence[int | None] | None, missing: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """Return what is to be imputed, and for each subject the first visit that its strategy rules.

    Without events that is the visit after the last one seen; with them the visit of the event, or none (T).
    """
    if ice_visit is None:
        return missing, turn_after_last_seen(missing)
    n, visits = missing.shape
    given = list(ice_visit)
    if len(given) != n:
        raise fault("ice_visit", f"{len(given)} visits", f"one, or None, for each of {n} subjects")
    known = [visits if _no_event(at) else at for at in given]
    wrong = [(row, at) for row, at in enumerate(known) if given[row] == visits or at not in range(visits + 1)]
    if wrong:
        more = f" and in {len(wrong) - 1} more" if len(wrong) > 1 else ""
        expected = f"0 to {visits - 1}, the first visit that the event affects, or None where there was none"
        raise fault("ice_visit", f"{wrong[0][1]!r} at position {wrong[0][0]}{more}", expected)
    turn = np.array(known, dtype=np.intp)
    return missing | (np.arange(visits) >= turn[:, None]), turn


def _no_event(at: object) -> bool:
    return at is None or (isinstance(at, float | np.floating) and bool(np.isnan(at)))


def check_enough(design: Floats, missing: NDArray[np.bool_], treated: NDArray[np.bool_], covariance: str) -> None:
    """Refuse data that cannot tell the parameters of the model; every fault at once."""
    faults, visits = [], missing.shape[1]
    arms = {"treated": treated, "reference": ~treated}
    by_arm = covariance == "by-arm"
    for name, rows in arms.items():
        if not rows.any():
            faults.append(f"arm: got no {name} subject; expected two arms")
            continue
        needed = design.shape[1] + 1 if by_arm else 1
        seen = (~missing[rows]).sum(axis=0)
        faults += [
            f"outcomes, visit {at + 1}: seen in {count} {name} subjects; expected at least {needed}"
            for at, count in enumerate(seen.tolist())
            if count < needed
        ]
    groups = list(arms.values()) if by_arm else [np.ones_like(treated)]
    for rows in groups:
        columns = design[rows] if by_arm else np.column_stack([design, treated])
        if len(columns) and np.linalg.matrix_rank(columns) < columns.shape[1]:
            faults.append("covariates: one is constant or a combination of the others; expected independent columns")
        least = columns.shape[1] + visits
        complete = int((~missing[rows]).sum(axis=0).min()) if rows.any() else 0
        if complete <= least:
            faults.append(
                f"outcomes: a visit is seen in {complete} subjects; expected more than {least} "
                f"({columns.shape[1]} coefficients and {visits} visits)"
            )
    if faults:
        raise ValueError("\n".join(faults))
