"""The summaries of an outcome within subgroups, and whether the comparison differs between them."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from myotrial.analysis.groups import Group, Row, make_row, nothing
from myotrial.analysis.summaries import SUMMARIES
from myotrial.endpoints.panel import Prepared
from myotrial.statistics import Estimate
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.outcomes import Outcome
from myotrial.trials.parts import Subgroup

WITHIN = frozenset(
    {"proportion", "risk_difference", "odds_ratio", "mean", "mean_difference", "ancova", "cox", "rate", "rate_ratio"}
)
"""The summaries that are shown within subgroups."""

RATIOS = frozenset({"odds_ratio", "cox", "rate_ratio"})
"""Statistics that are compared between subgroups by their logarithms."""

UNKNOWN = "unknown"


def subgroup_rows(trial: TrialDefinition, outcome: Outcome, prepared: Prepared, group: Group) -> Iterator[Row]:
    """Yield the summaries of an outcome within each part of its subgroups, and a test of their difference.

    Parameters
    ----------
    trial, outcome
        The definition, and an outcome that names subgroups.
    prepared
        The study.
    group
        The rows of the outcome's population at one part, level and visit.

    Notes
    -----
    The test of heterogeneity is the weighted sum of squares of the comparison about its mean over the subgroups, with
    the inverse of its variance as weight (Cochran's Q), ratios by their logarithms; subjects whose subgroup is unknown
    are shown and not tested. It has little power.
    """
    members = np.flatnonzero(prepared.members[outcome.population])
    for name in outcome.subgroups:
        subgroup = next(entry for entry in trial.subgroups if entry.id == name)
        compared: dict[tuple[str, str], dict[int, list[Row]]] = {}
        for label, keep in divide(subgroup, prepared, members):
            part = group.take(keep)
            for place, row in _summaries(outcome, part):
                found = {"subgroup": subgroup.label, "subgroup_level": label, **row}
                yield found
                if row["reference"] is not None:
                    of = compared.setdefault((row["statistic"], row["arm"]), {})
                    of.setdefault(place, []).append(found)
        for (statistic, arm), of in compared.items():
            test = _test(group, statistic, arm, of[min(of)])  # the first of a statistic's summaries
            yield {"subgroup": subgroup.label, "subgroup_level": None, **test}


def divide(subgroup: Subgroup, prepared: Prepared, members: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """Return the parts of a subgroup: their names, and who of the members is in each, in order."""
    panel, subjects = prepared.panel, prepared.study.subjects
    if subgroup.by in panel.grids:
        values = panel.grids[subgroup.by].value[members, panel.baseline]
    elif subgroup.by not in subjects.columns:
        return [(UNKNOWN, np.ones(len(members), dtype=bool))]
    elif subjects[subgroup.by].dtype.is_numeric():
        values = subjects[subgroup.by].cast(float).to_numpy()[members]
    else:
        words = np.array([UNKNOWN if word is None else str(word) for word in subjects[subgroup.by].to_list()])[members]
        return [(word, words == word) for word in sorted(set(words.tolist()), key=lambda word: (word == UNKNOWN, word))]
    edges = [-np.inf, *subgroup.cuts, np.inf]
    with np.errstate(invalid="ignore"):
        parts = [(_name(low, high), (values >= low) & (values < high)) for low, high in pairwise(edges)]
    unknown = np.isnan(values)
    return [*parts, (UNKNOWN, unknown)] if unknown.any() else parts


def _name(low: float, high: float) -> str:
    if np.isinf(low) and np.isinf(high):
        return "all"
    if np.isinf(low):
        return f"below {high:g}"
    return f"{low:g} or more" if np.isinf(high) else f"{low:g} to below {high:g}"


def _summaries(outcome: Outcome, group: Group) -> Iterator[tuple[int, Row]]:
    """Yield the rows of each summary that is shown within subgroups, with its place among the outcome's."""
    for place, summary in enumerate(outcome.summaries):
        if summary.kind in WITHIN:
            options = {name: getattr(summary, name) for name in type(summary).model_fields if name != "kind"}
            for row in SUMMARIES[summary.kind](group, **options):
                yield place, row


def _test(group: Group, statistic: str, arm: str, rows: list[Row]) -> Row:
    from scipy.stats import chi2  # noqa: PLC0415  (scipy is slow to load and needed only here)

    method = f"heterogeneity of {statistic.replace('_', ' ')} between subgroups, Cochran's Q"
    known = [row for row in rows if row["subgroup_level"] != UNKNOWN]
    usable = [row for row in known if row["estimate"] is not None and row["se"]]
    lost = [row["subgroup_level"] for row in known if row not in usable]
    why = (f"without an estimate and its standard error, and left out: {', '.join(lost)}",) if lost else ()
    if len(usable) < 2:
        found = nothing(method, len(group.value), "fewer than two subgroups have an estimate", *why)
    else:
        values = np.array([np.log(row["estimate"]) if statistic in RATIOS else row["estimate"] for row in usable])
        weights = np.array([1 / row["se"] ** 2 for row in usable])
        centre = (weights * values).sum() / weights.sum()
        q = float((weights * (values - centre) ** 2).sum())
        found = Estimate(value=q, p_value=float(chi2.sf(q, len(usable) - 1)), n=sum(row["n"] for row in usable),
                         method=f"{method}, {len(usable) - 1} df", warnings=why)  # fmt: skip
    return make_row("heterogeneity", group, arm, found, compared=True, unit="chi-square")
