"""Coverage of 95 % intervals by simulation: what share of 20,000 trials has the true value inside.

Run from the repository root: ``python tests/proof/coverage/run.py`` writes docs/evidence/coverage.md. Draws come from
one seed for each row of the table, so the table does not change from run to run. Where draws are counts, each distinct
outcome is estimated once; the estimators are the public ones.
"""

import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom, poisson

from myotrial import statistics as st

DRAWS = 20_000
PAGE = Path(__file__).resolve().parents[3] / "docs" / "evidence" / "coverage.md"
Row = tuple[str, str, float, float | None, float]

HEAD = f"""# Coverage of the 95 % intervals

Share of {DRAWS:,} simulated trials whose interval holds the true value, through the public estimators (script
`tests/proof/coverage/run.py`, one seed for each row). The Monte-Carlo error of a share near 95 % is 0.15 points.
Exact: the same share summed over all outcomes where they are few enough, or what theory says (t intervals under normal
values); the simulation must lie within 4 Monte-Carlo errors of it. A trial without an interval counts as not covered
("none" says how often that is).

Reading: Clopper–Pearson, Garwood and the exact ratios never fall below 95 % (a theorem); Wald intervals fall far below
for rare events and small groups, as Brown, Cai and DasGupta (Stat Sci 2001;16:101-133) describe.

| what | case | simulated | exact | none |
|---|---|---|---|---|
"""


def tabulate(
    outcomes: NDArray[np.int64], call: Callable[..., Any], truth: float
) -> dict[tuple[int, ...], tuple[bool, bool]]:
    """Estimate each distinct outcome once: is the truth inside, and is there an interval."""
    table = {}
    for outcome in map(tuple, np.unique(outcomes, axis=0).tolist()):
        estimate = call(*outcome)
        none = estimate.low is None and estimate.high is None
        low = -math.inf if estimate.low is None else estimate.low
        high = math.inf if estimate.high is None else estimate.high
        table[outcome] = (not none and low - 1e-12 <= truth <= high + 1e-12, none)
    return table


def discrete(name: str, case: str, laws: list[Any], call: Callable[..., Any], truth: float, seed: int) -> Row:
    """Cover the truth with draws from independent discrete laws, and by summing over all outcomes."""
    generator = np.random.default_rng(seed)
    draws = np.column_stack([law.rvs(DRAWS, random_state=generator) for law in laws])
    supports = [np.arange(int(law.ppf(1e-11)), int(law.ppf(1 - 1e-11)) + 1) for law in laws]
    grid = np.array(np.meshgrid(*supports, indexing="ij")).reshape(len(laws), -1).T
    exact = None
    if len(grid) <= 4_000:
        table = tabulate(grid, call, truth)
        mass = np.prod([law.pmf(grid[:, k]) for k, law in enumerate(laws)], axis=0)
        exact = float(sum(m for m, outcome in zip(mass, map(tuple, grid.tolist()), strict=True) if table[outcome][0]))
        table.update(tabulate(draws, call, truth))
    else:
        table = tabulate(draws, call, truth)
    inside, none = np.array([table[outcome] for outcome in map(tuple, draws.tolist())]).mean(axis=0)
    return name, case, float(inside), exact, float(none)


def proportions() -> list[Row]:
    """Single proportions."""
    return [
        discrete(
            f"proportion, {interval}", f"n = {n}, p = {p:g}", [binom(n, p)],
            lambda y, n=n, i=interval: st.estimate_proportion(y, n, i), p, 1000 + n,
        )
        for interval in ("wilson", "clopper-pearson", "jeffreys", "agresti-coull", "wald")
        for n, p in ((20, 0.1), (50, 0.3), (100, 0.02))
    ]  # fmt: skip


def differences() -> list[Row]:
    """Differences and ratios of two proportions."""
    rows = []
    for n1, p1, n0, p0 in ((20, 0.4, 20, 0.2), (40, 0.6, 40, 0.35), (60, 0.05, 30, 0.02)):
        laws, case = [binom(n1, p1), binom(n0, p0)], f"{n1} at {p1:g} against {n0} at {p0:g}"
        for interval in ("wald", "newcombe", "miettinen-nurminen"):
            call = lambda a, b, n1=n1, n0=n0, i=interval: st.estimate_risk_difference(a, n1, b, n0, i)  # noqa: E731
            rows.append(discrete(f"risk difference, {interval}", case, laws, call, p1 - p0, 2000 + n1))
        odds = p1 / (1 - p1) / (p0 / (1 - p0))
        for name, function, truth in (
            ("odds ratio, Woolf", st.estimate_odds_ratio, odds),
            ("odds ratio, exact conditional", st.estimate_fisher, odds),
            ("risk ratio, Katz", st.estimate_risk_ratio, p1 / p0),
        ):
            call = lambda a, b, n1=n1, n0=n0, f=function: f(a, n1, b, n0)  # noqa: E731
            rows.append(discrete(name, case, laws, call, truth, 2000 + n1))
    return rows


def rates() -> list[Row]:
    """One rate, ratio and difference of two."""
    rows = [
        discrete("rate, Garwood", f"{m:g} events expected", [poisson(m)], lambda y: st.estimate_rate(y, 1.0), m, 3000)
        for m in (2.0, 15.0)
    ]
    for a, b in ((4.0, 8.0), (20.0, 30.0)):
        laws, case = [poisson(a), poisson(b)], f"{a:g} against {b:g} events expected"
        for interval in ("exact", "wald"):
            call = lambda x, y, i=interval: st.estimate_rate_ratio(x, 1.0, y, 1.0, i)  # noqa: E731
            rows.append(discrete(f"rate ratio, {interval}", case, laws, call, a / b, 3100))
        for interval in ("wald", "mover"):
            call = lambda x, y, i=interval: st.estimate_rate_difference(x, 1.0, y, 1.0, i)  # noqa: E731
            rows.append(discrete(f"rate difference, {interval}", case, laws, call, a - b, 3200))
    return rows


def continuous(name: str, case: str, truth: float, seed: int, draw: Callable[[np.random.Generator], Any]) -> Row:
    """Cover the truth with estimates of whole simulated data sets."""
    generator = np.random.default_rng(seed)
    inside = none = 0
    for _ in range(DRAWS):
        estimate = draw(generator)
        if estimate.low is None and estimate.high is None:
            none += 1
        else:
            low = -math.inf if estimate.low is None else estimate.low
            inside += low <= truth <= (math.inf if estimate.high is None else estimate.high)
    return name, case, inside / DRAWS, None, none / DRAWS


def means() -> list[Row]:
    """Means, under normal and under skewed values; the t interval is exact under normal ones."""

    def skewed(g: np.random.Generator) -> Any:
        return st.estimate_mean(g.exponential(size=20))

    def pooled(g: np.random.Generator) -> Any:
        return st.estimate_mean_difference(g.normal(1, 1, 12), g.normal(0, 1, 12), equal_variances=True)

    def small(g: np.random.Generator) -> Any:
        return st.estimate_mean(g.normal(size=8))

    return [
        (*continuous("mean, t", "normal, n = 8", 0.0, 4000, small)[:3], 0.95, 0.0),
        continuous("mean, t", "exponential, n = 20", 1.0, 4001, skewed),
        (*continuous("mean difference, Student", "normal, 12 and 12", 1.0, 4002, pooled)[:3], 0.95, 0.0),
        continuous(
            "mean difference, Welch", "normal, 10 (SD 1) and 30 (SD 3)", 0.0, 4003,
            lambda g: st.estimate_mean_difference(g.normal(0, 1, 10), g.normal(0, 3, 30)),
        ),
        continuous(
            "Hodges–Lehmann shift", "normal, 12 and 12", 1.0, 4004,
            lambda g: st.estimate_rank_sum(g.normal(1, 1, 12), g.normal(0, 1, 12)),
        ),
    ]  # fmt: skip


def survival() -> list[Row]:
    """Kaplan–Meier curve at one time, its median, and the restricted mean, with exponential times and censoring."""

    def data(g: np.random.Generator, n: int) -> tuple[Any, Any]:
        time, censored = g.exponential(1.0, n), g.uniform(0, 4.0, n)
        return np.minimum(time, censored), time <= censored

    rows = [
        continuous(
            f"Kaplan–Meier at the median, {scale}",
            "exponential, 50, uniform censoring",
            0.5,
            5000,
            lambda g, s=scale: st.estimate_survival(*data(g, 50), s).survival_at([math.log(2)])[0],
        )
        for scale in ("log-log", "log", "plain")
    ]
    rows.append(
        continuous(
            "Kaplan–Meier median, log-log",
            "exponential, 50, uniform censoring",
            math.log(2),
            5000,
            lambda g: st.estimate_survival(*data(g, 50)).median,
        )
    )
    rows.append(
        continuous(
            "restricted mean to 1",
            "exponential, 50, uniform censoring",
            1 - math.exp(-1),
            5000,
            lambda g: st.estimate_restricted_mean(*data(g, 50), 1.0),
        )
    )
    return rows  # fmt: skip


def write(rows: list[Row]) -> list[str]:
    """Write the page; return the rows that contradict their exact value or a theorem."""
    wrong, lines = [], []
    for name, case, share, exact, none in rows:
        error = math.sqrt(max(exact * (1 - exact), 1e-6) / DRAWS) if exact is not None else 0.0
        if exact is not None and abs(share - exact) > 4 * error + 1e-9:
            wrong.append(f"{name}, {case}: simulated {share:.4f}, exact {exact:.4f}")
        if any(word in name for word in ("clopper", "Garwood", "exact")) and (
            share if exact is None else exact
        ) < 0.95 - 0.005 * (exact is None):
            wrong.append(f"{name}, {case}: below 95 %")
        shown = "" if exact is None else f"{100 * exact:.2f}"
        lines.append(f"| {name} | {case} | {100 * share:.2f} | {shown} | {f'{100 * none:.2f}' if none else ''} |\n")
    PAGE.write_text(HEAD + "".join(lines))
    return wrong


def main() -> int:
    """Run all rows."""
    wrong = write([*proportions(), *differences(), *rates(), *means(), *survival()])
    sys.stdout.write("\n".join(wrong) + "\n" if wrong else f"coverage as expected; {PAGE.name} written\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
