"""Result rows of an outcome whose missing values are drawn many times, pooled by Rubin's rules."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from myotrial.analysis.groups import Row
from myotrial.analysis.imputing import Draws, draw_missing
from myotrial.endpoints.events import usable
from myotrial.endpoints.panel import Prepared
from myotrial.endpoints.visits import judge_response
from myotrial.model.condition import levels
from myotrial.model.evaluate import MET, UNKNOWN, evaluate
from myotrial.model.panel import Panel
from myotrial.statistics.imputation import PooledEstimate, combine_imputations
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.outcomes import Outcome
from myotrial.trials.variables import Response, measures_of, names_of

RUBIN = "Rubin's rules, Barnard–Rubin degrees of freedom"
NO_POOLING = "it has no pooled form here: read the risk difference or the odds ratio"


@dataclass(frozen=True, slots=True)
class Cell:
    """The draws of one part, level and visit.

    Attributes
    ----------
    values
        Shape (draws, members): 1 or 0 of a response, else the measure.
    missing
        Of whom something was drawn, shape (members,).
    arm
        The arm of each member, shape (members,).
    covariates
        Name → value at baseline of each member, NaN where missing.
    arms, reference, conf_level
        As the definition says.
    """

    values: np.ndarray
    missing: np.ndarray
    arm: np.ndarray
    covariates: dict[str, np.ndarray]
    arms: tuple[str, ...]
    reference: str | None
    conf_level: float


def imputed_rows(trial: TrialDefinition, outcome: Outcome, prepared: Prepared) -> list[Row]:
    """Sum up an outcome with ``missing: multiple_imputation``.

    Parameters
    ----------
    trial, outcome
        The definition and the outcome; its ``imputation`` says how values are drawn.
    prepared
        The study.

    Returns
    -------
    list of dict
        One row per part, level, visit, summary and arm, without what all rows of an outcome share.

    Notes
    -----
    A response is judged on the drawn values of its measure, so a threshold is applied to what was drawn. Its rule may
    look at one measure. Shares and their differences are pooled on their own scale, odds ratios on the log scale.
    """
    measures = _measures(outcome)
    rows: list[Row] = []
    for name in measures:
        try:
            draws = draw_missing(trial, outcome, prepared, name)
        except ValueError as error:
            rows += _nothing(trial, outcome, str(error))
            continue
        part = name if not isinstance(getattr(outcome.variable, "of", name), str) else None
        for (level, week), values in _judged(trial, outcome, prepared, name, draws):
            cell = _cell(trial, outcome, prepared, name, draws, values)
            place = {"part": part, "level": level, "week": week}
            found = [row for summary in outcome.summaries for row in _pooled(cell, summary, draws)]
            rows += [{**place, **row} for k, row in enumerate(found) if row not in found[:k]]
    return rows


def _measures(outcome: Outcome) -> tuple[str, ...]:
    variable = outcome.variable
    if isinstance(variable, Response):
        return tuple(sorted(measures_of(variable)))[:1]
    return names_of(getattr(variable, "of", ()))


def _judged(
    trial: TrialDefinition, outcome: Outcome, prepared: Prepared, name: str, draws: Draws
) -> Iterator[tuple[tuple[str | None, float], np.ndarray]]:
    """Yield level and week with the values of every draw, shape (draws, members)."""
    columns = [prepared.panel.column(week) for week in trial.weeks_of(outcome)]
    variable = outcome.variable
    if not isinstance(variable, Response):
        for column in columns:
            yield (None, float(prepared.panel.weeks[column])), draws.at(column)
        return
    panel = usable(outcome, prepared.panel, measures_of(variable))
    for level, rule in levels(variable.when):
        answers = np.stack(
            [_answers(outcome, rule, drawn, columns)[draws.members] for drawn in draws.panels(panel, name)]
        )
        for place, column in enumerate(columns):
            yield (level, float(prepared.panel.weeks[column])), answers[:, :, place]


def _answers(outcome: Outcome, rule: Any, panel: Panel, columns: list[int]) -> np.ndarray:
    return np.asarray(judge_response(outcome, rule, panel, columns)[0] == MET, dtype=np.float64)


def _cell(
    trial: TrialDefinition, outcome: Outcome, prepared: Prepared, name: str, draws: Draws, values: np.ndarray
) -> Cell:
    panel, members = prepared.panel, draws.members
    names = {covariate for summary in outcome.summaries for covariate in getattr(summary, "covariates", ())}
    covariates = {each: panel.grids[each].value[members, panel.baseline] for each in names}
    return Cell(values, _drawn(outcome, panel, draws, name), panel.arm[members], covariates,
                tuple(arm.id for arm in trial.arms), trial.reference, trial.conf_level)  # fmt: skip


def _drawn(outcome: Outcome, panel: Panel, draws: Draws, name: str) -> np.ndarray:
    """Return of whom the answer rests on a draw: unknown as it was, shape (members,)."""
    ready = usable(outcome, panel, [name])
    if isinstance(outcome.variable, Response):
        rules = [rule for _, rule in levels(outcome.variable.when)]
        unknown = [evaluate(rule, ready, draws.columns[-1:])[draws.members, 0] == UNKNOWN for rule in rules]
        return np.asarray(np.any(unknown, axis=0))
    return np.asarray(draws.data.missing[:, -1])


def _pooled(cell: Cell, summary: Any, draws: Draws) -> Iterator[Row]:
    """Yield the rows of one summary."""
    found = POOLED.get(summary.kind)
    how = f"{RUBIN}; {draws.data.values.shape[0]} draws, seed {draws.data.seed}; {draws.data.method}"
    if found is None:
        for arm in _others(cell):
            yield _row(summary.kind, cell, arm, None, how, compared=True, warnings=NO_POOLING)
        return
    for row in found(cell, summary, how):
        row["warnings"] = "; ".join(filter(None, [row["warnings"], *draws.notes])) or None
        yield row


def _others(cell: Cell) -> list[str]:
    return [arm for arm in cell.arms if arm != cell.reference]


def _row(
    statistic: str, cell: Cell, arm: str, found: PooledEstimate | None, method: str, *, compared: bool,
    warnings: str | None = None, **more: Any,
) -> Row:  # fmt: skip
    among = np.isin(cell.arm, [arm, str(cell.reference)] if compared else [arm])
    return {
        "statistic": statistic,
        "arm": arm,
        "reference": cell.reference if compared else None,
        "estimate": None if found is None else found.value,
        "low": None if found is None else found.low,
        "high": None if found is None else found.high,
        "conf_level": cell.conf_level,
        "se": None if found is None else found.se,
        "p_value": found.p_value if found is not None and compared else None,
        "n": int(among.sum()),
        "n_event": None,
        "n_missing": int((among & cell.missing).sum()),
        "method": method,
        "warnings": warnings,
        **more,
    }


def _shares(cell: Cell, arm: str) -> tuple[np.ndarray, np.ndarray, int]:
    """Return of each draw the responders of an arm, the variance of their share, and the size of the arm.

    With nobody or everybody responding, half a responder is added and taken away for the variance.
    """
    mine = cell.values[:, cell.arm == arm]
    n = mine.shape[1]
    count = mine.sum(axis=1)
    inside = np.clip(count, 0.5, n - 0.5) / n
    return count, inside * (1 - inside) / n, n


def proportion(cell: Cell, summary: Any, how: str) -> Iterator[Row]:  # noqa: ARG001  (one shape for all)
    """Per arm: the share of subjects who respond."""
    for arm in cell.arms:
        count, variance, n = _shares(cell, arm)
        if not n:
            yield _row("proportion", cell, arm, None, how, compared=False, warnings="the arm has no subjects")
            continue
        found = combine_imputations(count / n, variance, conf_level=cell.conf_level)
        yield _row("proportion", cell, arm, found, f"share of subjects; {how}", compared=False,
                   unit="share of subjects")  # fmt: skip


def risk_difference(cell: Cell, summary: Any, how: str) -> Iterator[Row]:  # noqa: ARG001
    """Against the reference arm: the difference of two shares."""
    for arm in _others(cell):
        (count1, var1, n1), (count0, var0, n0) = _shares(cell, arm), _shares(cell, str(cell.reference))
        if not (n1 and n0):
            yield _row("risk_difference", cell, arm, None, how, compared=True, warnings="an arm has no subjects")
            continue
        found = combine_imputations(count1 / n1 - count0 / n0, var1 + var0, conf_level=cell.conf_level)
        yield _row("risk_difference", cell, arm, found, f"Wald; {how}", compared=True, unit="difference of shares")


def odds_ratio(cell: Cell, summary: Any, how: str) -> Iterator[Row]:  # noqa: ARG001
    """Against the reference arm: the odds ratio; in a draw with an empty cell, half is added to each."""
    for arm in _others(cell):
        (count1, _, n1), (count0, _, n0) = _shares(cell, arm), _shares(cell, str(cell.reference))
        if not (n1 and n0):
            yield _row("odds_ratio", cell, arm, None, how, compared=True, warnings="an arm has no subjects")
            continue
        table = np.stack([count1, n1 - count1, count0, n0 - count0])
        table = table + 0.5 * (table == 0).any(axis=0)
        logs = np.log(table[0] * table[3] / (table[1] * table[2]))
        found = combine_imputations(logs, (1 / table).sum(axis=0), conf_level=cell.conf_level)
        row = _row("odds_ratio", cell, arm, found, f"Wald on the log scale; {how}", compared=True, unit="odds ratio")
        yield {**row, **{end: float(np.exp(row[end])) for end in ("estimate", "low", "high")}}


def number(cell: Cell, summary: Any, how: str) -> Iterator[Row]:  # noqa: ARG001
    """Per arm: the mean number of responders over the draws."""
    for arm in cell.arms:
        count, _, _ = _shares(cell, arm)
        row = _row("number", cell, arm, None, f"mean over the draws; {how}", compared=False, unit="subjects")
        yield {**row, "estimate": float(count.mean())}


def mean(cell: Cell, summary: Any, how: str) -> Iterator[Row]:  # noqa: ARG001
    """Per arm: the mean."""
    for arm in cell.arms:
        mine = cell.values[:, cell.arm == arm]
        n = mine.shape[1]
        if n < 2:
            yield _row("mean", cell, arm, None, how, compared=False, warnings="fewer than two subjects")
            continue
        found = combine_imputations(
            mine.mean(axis=1), mine.var(axis=1, ddof=1) / n, df_complete=n - 1, conf_level=cell.conf_level
        )  # fmt: skip
        yield _row("mean", cell, arm, found, how, compared=False)


def mean_difference(cell: Cell, summary: Any, how: str) -> Iterator[Row]:  # noqa: ARG001
    """Against the reference arm: the difference of two means."""
    for arm in _others(cell):
        yield _regressed("mean_difference", cell, arm, {}, f"pooled variance of the arms; {how}")


def ancova(cell: Cell, summary: Any, how: str) -> Iterator[Row]:
    """Against the reference arm: the difference adjusted for the baseline covariates."""
    covariates = {name: cell.covariates[name] for name in summary.covariates}
    for arm in _others(cell):
        yield _regressed("ls_mean_difference", cell, arm, covariates, f"analysis of covariance; {how}")


def _regressed(statistic: str, cell: Cell, arm: str, covariates: dict[str, np.ndarray], how: str) -> Row:
    """Return the difference of two arms by least squares in every draw, pooled."""
    used = np.isin(cell.arm, [arm, str(cell.reference)])
    for values in covariates.values():
        used &= ~np.isnan(values)
    treated = (cell.arm == arm)[used].astype(np.float64)
    design = np.column_stack([np.ones(used.sum()), *(values[used] for values in covariates.values()), treated])
    df = len(design) - design.shape[1]
    if df < 1 or np.linalg.matrix_rank(design) < design.shape[1]:
        return _row(statistic, cell, arm, None, how, compared=True, warnings="too few subjects for the model")
    values = cell.values[:, used].T
    inverse = np.linalg.inv(design.T @ design)
    coefficients = inverse @ (design.T @ values)
    residual = values - design @ coefficients
    variance = (residual**2).sum(axis=0) / df * inverse[-1, -1]
    if not (variance > 0).all():
        return _row(statistic, cell, arm, None, how, compared=True, warnings="the values do not vary")
    found = combine_imputations(coefficients[-1], variance, df_complete=df, conf_level=cell.conf_level)
    return {**_row(statistic, cell, arm, found, how, compared=True), "n": int(used.sum())}


def _nothing(trial: TrialDefinition, outcome: Outcome, reason: str) -> list[Row]:
    """Return one row that says why nothing could be drawn."""
    week = trial.weeks_of(outcome)[-1]
    arm = next(arm.id for arm in trial.arms if arm.id != trial.reference)
    empty = dict.fromkeys(("part", "level", "reference", "estimate", "low", "high", "se", "p_value", "n", "n_event",
                           "n_missing", "unit"))  # fmt: skip
    return [{**empty, "week": week, "statistic": outcome.summaries[0].kind, "arm": arm, "conf_level": trial.conf_level,
             "method": "multiple imputation", "warnings": reason}]  # fmt: skip


POOLED: dict[str, Callable[[Cell, Any, str], Iterator[Row]]] = {
    "proportion": proportion,
    "number": number,
    "risk_difference": risk_difference,
    "odds_ratio": odds_ratio,
    "mean": mean,
    "mean_difference": mean_difference,
    "ancova": ancova,
}
"""Summary → the function that pools it."""
