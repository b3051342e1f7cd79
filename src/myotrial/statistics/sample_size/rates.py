# ruff: noqa: PLC0415 (statsmodels takes seconds to load: only where it is used)
"""Sample size for two rates of recurrent events, negative binomial or Poisson."""

import math
from typing import Literal, get_args

from myotrial.statistics._arguments import check_choice
from myotrial.statistics.sample_size._solve import Question, answer, check_question
from myotrial.statistics.sample_size.result import SampleSize

NullVariance = Literal["alternative", "pooled", "score"]

_STATSMODELS_NAME = {"alternative": "alt", "pooled": "ftotal", "score": "score"}


def size_two_rates(
    rate_ratio: float | None,
    *,
    rate0: float,
    exposure: float,
    dispersion: float,
    n0: float | None = None,
    power: float | None = None,
    null_variance: NullVariance = "score",
    margin: float = 1.0,
    alpha: float = 0.05,
    sides: int = 2,
    ratio: float = 1.0,
    dropout: float = 0.0,
) -> SampleSize:
    """Plan the comparison of two event rates by the log rate ratio of a negative binomial model.

    Parameters
    ----------
    rate_ratio
        Treated over reference, above 0; ``None`` asks for the detectable one below ``margin``.
    rate0
        Events per unit of time in the reference, above 0.
    exposure
        Mean time under observation of a subject, in the same unit, above 0.
    dispersion
        k of the variance mu + k mu², 0 or more; 0 is Poisson.
    null_variance
        Variance under the hypothesis: rates of the alternative (method 2 of Zhu and Lakkis), ``"score"`` (maximum
        likelihood under the hypothesis, their method 3) or ``"pooled"`` (from the pooled rate).
    margin
        Rate ratio of the hypothesis, above 0; above 1 for non-inferiority with one side.
    n0, power, alpha, sides, ratio, dropout
        As for `size_two_proportions`.

    Returns
    -------
    SampleSize

    Raises
    ------
    ValueError
        More or less than one is left out, a number is not possible, or no size or effect reaches the power.

    References
    ----------
    .. [1] Zhu H, Lakkis H. Stat Med 2014;33:376-387. doi:10.1002/sim.5947
    .. [2] Zhu H. Stat Biopharm Res 2017;9:107-115. doi:10.1080/19466315.2016.1225594

    Examples
    --------
    >>> size_two_rates(0.85, rate0=0.8, exposure=0.75, dispersion=0.7, power=0.8, null_variance="alternative").n0
    1494
    """
    check_choice(null_variance, "null_variance", get_args(NullVariance))
    q = Question(
        n0=n0,
        power=power,
        effect=rate_ratio,
        alpha=alpha,
        sides=sides,
        ratio=ratio,
        dropout=dropout,
        effect_name="rate ratio",
        method=f"two negative binomial rates, {null_variance} null variance"
        + (f", margin {margin:g}" if margin != 1 else ""),
    )
    positive = (("rate0", rate0), ("exposure", exposure), ("margin", margin))
    faults = [f"{name}: got {value}; expected a number above 0" for name, value in positive if not 0 < value < math.inf]
    bad = rate_ratio is not None and (rate_ratio <= 0 or rate_ratio == margin)
    check_question(
        q,
        ("n0", "rate_ratio"),
        *faults,
        f"dispersion: got {dispersion}; expected 0 or more" if not 0 <= dispersion < math.inf else None,
        f"rate_ratio: got {rate_ratio}; expected a number above 0, not {margin:g}" if bad else None,
        f"margin: got {margin} with two sides; expected sides=1" if margin != 1 and sides != 1 else None,
    )

    from statsmodels.stats.rates import power_negbin_ratio_2indep

    def power_of(n: float, value: float) -> float:
        side = "two-sided" if sides == 2 else "smaller" if value <= margin else "larger"
        return float(
            power_negbin_ratio_2indep(
                rate0 * value,
                rate0,
                n * ratio,
                nobs_ratio=1 / ratio,
                exposure=exposure,
                value=margin,
                alpha=alpha,
                dispersion=dispersion,
                alternative=side,
                method_var=_STATSMODELS_NAME[null_variance],
                return_results=False,
            )
        )

    return answer(q, power_of, (margin, margin * 1e-3))
