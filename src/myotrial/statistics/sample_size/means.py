# ruff: noqa: PLC0415 (SciPy and statsmodels take seconds to load: only where they are used)
"""Sample size for two means, with a baseline covariate if there is one, and for the Wilcoxon test."""

import math

from myotrial.statistics.sample_size._solve import Question, answer, check_question, normal_power
from myotrial.statistics.sample_size.result import SampleSize


def size_two_means(
    difference: float | None,
    sd: float,
    *,
    n0: float | None = None,
    power: float | None = None,
    correlation: float = 0.0,
    margin: float = 0.0,
    alpha: float = 0.05,
    sides: int = 2,
    ratio: float = 1.0,
    dropout: float = 0.0,
) -> SampleSize:
    """Plan the comparison of two means by the t test, or by analysis of covariance.

    Parameters
    ----------
    difference
        Difference of the means, in the unit of ``sd``; ``None`` asks for the detectable one.
    sd
        Common standard deviation of the outcome, above 0.
    n0
        Subjects in the reference group; left out to solve for it.
    power
        Power; left out to compute it.
    correlation
        Correlation of the outcome with a baseline covariate in the model, between -1 and 1. The residual
        standard deviation is sd sqrt(1 - correlation²) (Borm); the degree of freedom it costs is not counted.
    margin
        Non-inferiority margin, 0 or more, with one side: larger is better, the hypothesis is difference ≤ -margin.
    alpha, sides, ratio, dropout
        As for `size_two_proportions`.

    Returns
    -------
    SampleSize
        From the noncentral t distribution, both tails counted where two-sided.

    Raises
    ------
    ValueError
        More or less than one is left out, a number is not possible, or no size or effect reaches the power.

    References
    ----------
    .. [1] Borm GF, Fransen J, Lemmens WAJG. J Clin Epidemiol 2007;60:1234-1238. doi:10.1016/j.jclinepi.2007.02.006

    Examples
    --------
    >>> size_two_means(5, 12, power=0.9)
    SampleSize: n = 246 (123 + 123); power 0.9023, difference 5, two-sided alpha 0.05 [two means, t test]
    >>> size_two_means(5, 12, power=0.9, correlation=0.6).n
    158
    """
    words = "two means, t test" + (f" adjusted for a covariate of correlation {correlation:g}" if correlation else "")
    q = Question(
        n0=n0,
        power=power,
        effect=difference,
        alpha=alpha,
        sides=sides,
        ratio=ratio,
        dropout=dropout,
        effect_name="difference",
        method=words + (f", margin {margin:g}" if margin else ""),
    )
    check_question(
        q,
        ("n0", "difference"),
        f"sd: got {sd}; expected a number above 0" if not 0 < sd < math.inf else None,
        f"correlation: got {correlation}; expected a number between -1 and 1" if not -1 < correlation < 1 else None,
        f"margin: got {margin}; expected 0 or more" if not 0 <= margin < math.inf else None,
        f"margin: got {margin} with two sides; expected sides=1" if margin and sides != 1 else None,
        "difference: got 0; expected another number" if difference == 0 and not margin else None,
        f"difference: got {difference}; expected more than -margin = {-margin:g}"
        if margin and difference is not None and difference <= -margin
        else None,
    )

    from statsmodels.stats.power import TTestIndPower

    residual = sd * math.sqrt(1 - correlation**2)
    side = "two-sided" if sides == 2 else "larger"

    def power_of(n: float, value: float) -> float:
        size = (value + margin if margin else abs(value)) / residual
        power = float(TTestIndPower().power(size, n, alpha, ratio=ratio, alternative=side))
        return power if math.isfinite(power) else _t_power(size, n, q)

    return answer(q, power_of, (-margin, -margin + 30 * residual))


def _t_power(size: float, n: float, q: Question) -> float:
    """Power of the t test where SciPy's noncentral t has no answer: far out, the mean of Φ(nc - t s) over s."""
    import numpy as np
    from scipy.special import chdtri, ndtr, stdtrit

    df = n * (1 + q.ratio) - 2
    noncentrality = size * math.sqrt(n * q.ratio / (1 + q.ratio))
    critical = -stdtrit(df, q.share)
    nodes, weights = np.polynomial.legendre.leggauss(400)
    s = np.sqrt(chdtri(df, (nodes + 1) / 2) / df)
    return float(weights @ ndtr(noncentrality - critical * s) / 2)


def size_wilcoxon(
    probability: float | None,
    *,
    n0: float | None = None,
    power: float | None = None,
    alpha: float = 0.05,
    sides: int = 2,
    ratio: float = 1.0,
    dropout: float = 0.0,
) -> SampleSize:
    """Plan the comparison of two groups by the Wilcoxon (Mann–Whitney) test, after Noether.

    Parameters
    ----------
    probability
        Probability that a treated subject has the larger value (ties count one half), between 0 and 1, not one half;
        ``None`` asks for the detectable one above one half.
    n0, power, alpha, sides, ratio, dropout
        As for `size_two_proportions`.

    Returns
    -------
    SampleSize
        Noether's approximation: the variance of no effect is used throughout.

    Raises
    ------
    ValueError
        More or less than one is left out, a number is not possible, or no size or effect reaches the power.

    References
    ----------
    .. [1] Noether GE. J Am Stat Assoc 1987;82:645-647. doi:10.1080/01621459.1987.10478478

    Examples
    --------
    >>> size_wilcoxon(0.7, power=0.9, alpha=0.05, sides=1)
    SampleSize: n = 72 (36 + 36); power 0.9023, probability of a larger value 0.7, one-sided alpha 0.05 [Wilcoxon ...]
    """
    q = Question(
        n0=n0,
        power=power,
        effect=probability,
        alpha=alpha,
        sides=sides,
        ratio=ratio,
        dropout=dropout,
        effect_name="probability of a larger value",
        method="Wilcoxon test, Noether's approximation",
    )
    bad = probability is not None and (not 0 < probability < 1 or probability == 0.5)
    check_question(
        q,
        ("n0", "probability"),
        f"probability: got {probability}; expected above 0 and below 1, not 0.5" if bad else None,
    )

    def power_of(n: float, value: float) -> float:
        weight = 12 * n * ratio / (1 + ratio)  # 12 c (1 - c) N with N = n (1 + ratio) and c = ratio / (1 + ratio)
        return normal_power(q, abs(value - 0.5) * math.sqrt(weight), 1.0, 1.0)

    return answer(q, power_of, (0.5, 1.0))
