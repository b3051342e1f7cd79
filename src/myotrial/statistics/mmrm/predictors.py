"""Rows to predict for: coded as the fit coded them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from myotrial.statistics._arguments import fault
from myotrial.statistics.mmrm.frame import Column, Factor, Rows, as_factor, as_floats, open_frame
from myotrial.statistics.mmrm.structures import Array


@dataclass(frozen=True, eq=False)
class Predictors:
    """Rows with every covariate; ``response`` is NaN where it is to be predicted."""

    columns: dict[str, Column]
    response: Array
    subject: NDArray[np.intp]
    visit: NDArray[np.intp]
    group: NDArray[np.intp]
    weights: Array
    subjects: tuple[Any, ...]


def collect_predictors(data: Any, rows: Rows, names: Sequence[str], roles: Any) -> Predictors:
    """Read the rows of ``data`` in the coding of a fit; a frame without the response has none seen."""
    needed = [*names, roles.subject, roles.visit, *(name for name in (roles.group, roles.weights) if name)]
    frame = open_frame(data, needed)
    response = roles.formula.split("~")[0].strip().strip("`")
    y = as_floats(frame[response]) if response in frame.columns else np.full(len(frame), np.nan)
    visit = _known(frame[roles.visit], rows.visits)
    columns: dict[str, Column] = {}
    complete = visit >= 0
    for name in names:
        fitted = rows.columns[name]
        if isinstance(fitted, Factor):
            codes = _known(frame[name], fitted.levels)
            columns[name] = Factor(codes, fitted.levels)
            complete &= codes >= 0
        else:
            numbers = as_floats(frame[name])
            columns[name] = numbers
            complete &= ~np.isnan(numbers)
    group = _known(frame[roles.group], rows.groups) if roles.group else np.zeros(len(y), dtype=np.intp)
    weights = as_floats(frame[roles.weights]) if roles.weights else np.ones(len(y))
    who = as_factor(frame[roles.subject], None)
    complete &= (group >= 0) & (weights > 0) & (who.codes >= 0)
    if not complete.any():
        raise fault("data", f"{len(y)} rows, none of them complete", "rows with every covariate at visits of the fit")
    place = np.flatnonzero(complete)
    order = place[np.lexsort((visit[place], who.codes[place]))]
    twice = (np.diff(who.codes[order]) == 0) & (np.diff(visit[order]) == 0)
    if twice.any():
        told = ", ".join(str(row + 1) for row in order[1:][twice])
        raise fault("data", f"a second row of the same subject and visit in row {told}", "one row of each")
    used, subject = np.unique(who.codes[order], return_inverse=True)
    return Predictors(
        {name: c.take(order) if isinstance(c, Factor) else c[order] for name, c in columns.items()},
        y[order],
        subject.ravel(),
        visit[order],
        group[order],
        weights[order],
        tuple(who.levels[code] for code in used),
    )


def _known(series: Any, levels: Sequence[Any]) -> NDArray[np.intp]:
    """Codes of the levels of a fit; -1 for a missing value and for a level that the fit does not know."""
    found = as_factor(series, None)
    place = {level: number for number, level in enumerate(levels)}
    move = np.array([*(place.get(level, -1) for level in found.levels), -1], dtype=np.intp)
    return np.asarray(move[found.codes])
