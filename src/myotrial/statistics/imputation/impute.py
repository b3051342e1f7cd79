"""Multiple imputation of a repeated measure in two arms."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myotrial.statistics._arguments import check_choice, fault
from myotrial.statistics._collect import Checks
from myotrial.statistics.imputation._patterns import Floats
from myotrial.statistics.imputation._reading import Covariance, Strategy
from myotrial.statistics.imputation._task import draw_parameters, impute, read_task


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ImputedData:
    """Completed data sets.

    Attributes
    ----------
    values
        Shape (m, n, T): imputation, subject, visit; nothing missing.
    missing
        Shape (n, T): what was imputed.
    treated
        Shape (n,): whether the subject is outside the reference arm.
    covariates
        Shape (n, p): the baseline covariates of the imputation model, without intercept and arm.
    strategies
        The strategy of each subject.
    seed, method
        The seed, and the model in words.
    """

    values: Floats
    missing: NDArray[np.bool_]
    treated: NDArray[np.bool_]
    covariates: Floats
    strategies: tuple[str, ...]
    seed: int
    method: str

    def __repr__(self) -> str:
        m, n, visits = self.values.shape
        lost = int(self.missing.sum())
        return (
            f"ImputedData: {m} imputations of {n} subjects × {visits} visits, {lost} values missing "
            f"({100 * lost / (n * visits):.1f} %), seed {self.seed} [{self.method}]"
        )

    def add_delta(
        self, delta: ArrayLike, *, arms: Literal["treated", "reference", "both"] = "treated"
    ) -> "ImputedData":
        """Return the data with ``delta`` added to imputed values, and to them only.

        Parameters
        ----------
        delta
            One number, or T numbers, one for each visit, in the unit of the values.
        arms
            In which arms.

        Raises
        ------
        ValueError
            The shape of ``delta`` does not fit, or it is missing.

        Examples
        --------
        >>> data = impute_repeated_measure([[1, 2], [2, 4], [3, 3], [1, 1], [0, 2], [2, 1], [1, 3], [3, None]],
        ...                                [0, 0, 0, 0, 1, 1, 1, 1], m=3, seed=1)
        >>> (data.add_delta(5).values - data.values)[0, -2:].round(9).tolist()
        [[0.0, 0.0], [0.0, 5.0]]
        """
        check_choice(arms, "arms", ("treated", "reference", "both"))
        shift = np.asarray(delta, dtype=np.float64)
        visits = self.values.shape[2]
        if shift.shape not in {(), (visits,)} or not np.isfinite(shift).all():
            raise fault("delta", f"{delta!r}", f"a number or {visits} numbers, none of them missing")
        where = {"treated": self.treated, "reference": ~self.treated, "both": np.ones_like(self.treated)}[arms]
        return ImputedData(
            values=self.values + shift * (self.missing & where[:, None]),
            missing=self.missing,
            treated=self.treated,
            covariates=self.covariates,
            strategies=self.strategies,
            seed=self.seed,
            method=f"{self.method}, delta {np.array2string(shift, separator=', ')} added to imputed values ({arms})",
        )


def impute_repeated_measure(
    outcomes: ArrayLike,
    arm: ArrayLike,
    *,
    seed: int,
    m: int = 20,
    covariates: ArrayLike | None = None,
    strategy: Strategy | Sequence[Strategy] = "missing-at-random",
    reference: object | None = None,
    covariance: Covariance = "common",
    ice_visit: Sequence[int | None] | None = None,
    iterations: int = 60,
) -> ImputedData:
    """Impute the missing values of a repeated measure, at random or by the reference arm.

    Parameters
    ----------
    outcomes
        Shape (n, T): one row a subject, one column a visit in order of time; NaN or ``None`` where missing.
    arm
        Shape (n,): 0 for the reference and 1, or labels with ``reference``.
    seed
        Seed of the draws; the same seed gives the same values.
    m
        Number of imputations, 2 or more.
    covariates
        Shape (n,) or (n, p): baseline covariates, as numbers, nothing missing. Each has a coefficient a visit.
    strategy
        For treated subjects, after their last value that was seen or, with ``ice_visit``, from their event on; one for
        all, or one for each subject (those of reference subjects are not used: theirs is missing at random).
        ``"missing-at-random"``: the mean of the own arm. ``"jump-to-reference"``: after the last value seen, the mean
        of the reference. ``"copy-reference"``: the mean of the reference from the start. ``"copy-increments"``: after
        the last value seen, its own mean plus the increments of the reference's. In each the draw is conditional on
        the values seen; a gap before the last value is filled from the own arm's mean and covariance, except under
        ``"copy-reference"``.
    reference
        Label of the reference arm.
    covariance
        ``"common"``: one covariance and one set of coefficients for both arms, with an effect of the arm at each visit.
        ``"by-arm"``: everything apart. What follows the reference then takes its regression on the visits before and
        its variance left over, and the visits up to the last value seen keep the own arm's covariance (Carpenter,
        Roger and Kenward's matrix for jump to reference, also taken for copy increments); under ``"copy-reference"``
        all of it is the reference's.
    ice_visit
        Shape (n,): for each subject the position, from 0, of the first visit that its intercurrent event affects;
        ``None`` where there was none. From there on values are set aside, also where they were seen, in both arms:
        they neither inform the model nor stay in the data. A treated subject's strategy rules from that visit; what is
        missing before it, and in subjects without an event, is missing at random. Left out: the event is taken to
        follow the last value seen.
    iterations
        Rounds of data augmentation before the draw, 1 or more. Each imputation has a chain of its own, started at the
        maximum likelihood estimate.

    Returns
    -------
    ImputedData

    Raises
    ------
    ValueError
        The shapes do not fit, a number or the visit of an event is not possible, a visit was seen in too few subjects
        of an arm, a covariate is constant or a combination of others, or the subjects are too few for the covariance:
        with the reason.

    References
    ----------
    .. [1] Schafer JL. Analysis of Incomplete Multivariate Data. Chapman & Hall, 1997, chapter 5.
    .. [2] Carpenter JR, Roger JH, Kenward MG. J Biopharm Stat 2013;23:1352-1371. doi:10.1080/10543406.2013.834911
    .. [3] Wolbers M, Noci A, Delmar P, Gower-Page C, Yiu S, Bartlett JW. Pharm Stat 2022;21:1246-1257.
       doi:10.1002/pst.2234

    Examples
    --------
    >>> outcomes = [[5, 4], [6, 6], [7, None], [5, 5], [6, 3], [7, 5], [5, 2], [6, None]]
    >>> impute_repeated_measure(outcomes, [0, 0, 0, 0, 1, 1, 1, 1], seed=7, m=5, strategy="jump-to-reference")
    ImputedData: 5 imputations of 8 subjects × 2 visits, 2 values missing (12.5 %), seed 7 [...]
    """
    with Checks() as check:
        for name, number, least in (("m", m, 2), ("iterations", iterations, 1), ("seed", seed, 0)):
            good = isinstance(number, int | np.integer) and number >= least
            check.that(good, name, repr(number), f"a whole number, {least} or more")
        task = check(read_task, outcomes, arm, covariates, reference, strategy, covariance, ice_visit)
    rng = np.random.default_rng(seed)
    draws = draw_parameters(task, m, iterations, rng)
    return ImputedData(
        values=impute(task, draws, m, rng),
        missing=task.missing,
        treated=task.treated,
        covariates=task.covariates,
        strategies=task.strategies,
        seed=seed,
        method=f"multivariate normal regression, {task.words}",
    )
