"""From a frame to rows that can be fitted: factors, missing values, duplicates, order."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from myotrial.statistics._arguments import fault
from myotrial.statistics.mmrm.structures import Array

if TYPE_CHECKING:
    import narwhals as nw

_NUMBER = re.compile(r"\s*[-+]?\d*[.,]?\d+(?:[eE][-+]?\d+)?\s*|\s*")
"""A number in text, with a point or a comma, or nothing at all."""


@dataclass(frozen=True, eq=False)
class Factor:
    """A categorical column: whole-number codes (-1 is missing) and the levels in their order, reference first."""

    codes: NDArray[np.intp]
    levels: tuple[Any, ...]

    def take(self, rows: NDArray[Any]) -> "Factor":
        """Return some of the rows."""
        return Factor(self.codes[rows], self.levels)


Column = Factor | Array


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of a fit, ordered by subject and visit.

    Attributes
    ----------
    columns
        Every column that the model names, without a missing value.
    response, weights
        One number per row; ``weights`` is ``None`` where all are 1.
    subject, visit, group
        Whole-number codes; ``group`` is ``None`` without one.
    subjects, visits, groups
        What the codes stand for.
    source
        Position of every row in the frame that was given, from 0.
    notes
        What was left out, and why.
    """

    columns: dict[str, Column]
    response: Array
    weights: Array | None
    subject: NDArray[np.intp]
    visit: NDArray[np.intp]
    group: NDArray[np.intp] | None
    subjects: tuple[Any, ...]
    visits: tuple[Any, ...]
    groups: tuple[Any, ...]
    source: NDArray[np.intp]
    notes: tuple[str, ...]


def open_frame(data: Any, names: Iterable[str]) -> "nw.DataFrame[Any]":
    """Return the frame behind one interface, or refuse it; every fault is told at once."""
    import narwhals as nw  # noqa: PLC0415

    if isinstance(data, Mapping):
        import polars as pl  # noqa: PLC0415

        data = pl.DataFrame(dict(data))
    frame: nw.DataFrame[Any]
    try:
        frame = nw.from_native(data, eager_only=True)
    except TypeError:
        raise fault("data", type(data).__name__, "a Polars or pandas frame, or a mapping of columns") from None
    absent = [name for name in dict.fromkeys(names) if name not in frame.columns]
    if absent:
        raise fault("data", f"no column {', '.join(map(repr, absent))}", "columns " + ", ".join(frame.columns))
    return frame


def as_factor(
    series: "nw.Series[Any]", order: Sequence[Any] | None, reference: Any = None, *, natural: bool = False
) -> Factor:
    """Turn a column into a factor: declared levels, else those of an Enum or pandas category, else sorted ones.

    ``natural`` sorts text by the numbers in it, as neighbouring visits must be in most covariance structures.
    """
    codes, found = _factorise(series)
    levels = list(order) if order is not None else _declared(series) or _sorted(found, natural=natural)
    place = {level: number for number, level in enumerate(levels)}
    strange = [level for level in found if level not in place]
    if strange:
        raise fault(series.name, f"values {', '.join(map(repr, strange))}", f"the levels {levels!r}")
    if reference is not None:
        if reference not in levels:
            raise fault(f"reference of {series.name}", repr(reference), "one of " + ", ".join(map(repr, levels)))
        levels = [reference, *(level for level in levels if level != reference)]
        place = {level: number for number, level in enumerate(levels)}
    move = np.array([*(place[level] for level in found), -1], dtype=np.intp)
    return Factor(move[codes], tuple(levels))


def drop_empty(factor: Factor) -> Factor:
    """Leave out levels that no row has."""
    used = np.zeros(len(factor.levels), dtype=bool)
    used[factor.codes[factor.codes >= 0]] = True
    if used.all():
        return factor
    move = np.append(np.cumsum(used) - 1, -1)
    return Factor(move[factor.codes], tuple(level for level, keep in zip(factor.levels, used, strict=True) if keep))


def as_column(series: "nw.Series[Any]", order: Sequence[Any] | None, reference: Any) -> Column:
    """Return numbers as numbers and everything else as a factor."""
    if order is None and reference is None and series.dtype.is_numeric():
        return as_floats(series)
    return as_factor(series, order, reference)


def as_floats(series: "nw.Series[Any]") -> Array:
    """Return a numeric column as floats, missing as NaN; refuse infinities and text."""
    import narwhals as nw  # noqa: PLC0415

    if not (series.dtype.is_numeric() or series.dtype == nw.Boolean):
        raise fault(series.name, f"a column of type {series.dtype}", "numbers")
    numbers = series if series.dtype == nw.Float64 else series.cast(nw.Float64)
    values = np.array(numbers.to_numpy(), dtype=np.float64)
    if np.isinf(values).any():
        rows = ", ".join(str(row + 1) for row in np.flatnonzero(np.isinf(values)))
        raise fault(series.name, f"infinity in row {rows}", "finite numbers")
    return values


def _factorise(series: "nw.Series[Any]") -> tuple[NDArray[np.intp], list[Any]]:
    """Codes in order of appearance, and what they stand for; -1 is missing."""
    import narwhals as nw  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    if isinstance(series.dtype, nw.Categorical | nw.Enum):
        series = series.cast(nw.String)
    # of text narwhals makes an array of fixed width, which costs more than all the rest
    values = series.to_native().to_numpy() if series.implementation.is_polars() else series.to_numpy()
    codes, found = pd.factorize(values)
    return codes.astype(np.intp), [value.item() if isinstance(value, np.generic) else value for value in found]


def _declared(series: "nw.Series[Any]") -> list[Any] | None:
    """Levels in the order that the frame declares (Enum, pandas category); ``None`` where it declares none."""
    import narwhals as nw  # noqa: PLC0415

    if isinstance(series.dtype, nw.Enum):
        return [str(level) for level in series.dtype.categories]
    if isinstance(series.dtype, nw.Categorical) and series.implementation.is_pandas_like():
        return [str(level) for level in series.to_native().cat.categories]
    return None


def _sorted(found: list[Any], *, natural: bool) -> list[Any]:
    if natural and all(isinstance(value, str) for value in found):
        pieces = {value: re.split(r"([0-9]+)", value) for value in found}
        return sorted(found, key=lambda v: ([int(x) if x.isdecimal() else x for x in pieces[v]], v))
    try:
        return sorted(found)
    except TypeError:
        return sorted(found, key=str)


def collect_rows(
    frame: "nw.DataFrame[Any]",
    *,
    names: Sequence[str],
    response: str,
    subject: str,
    visit: str,
    group: str | None,
    weights: str | None,
    levels: Mapping[str, Sequence[Any]],
    reference: Mapping[str, Any],
) -> Rows:
    """Read the columns of a model, leave out rows with a missing value, and order the rest by subject and visit."""
    _check_names(frame, names, {"levels": levels, "reference": reference})
    y = as_floats(frame.get_column(response))
    factors = {visit: as_factor(frame.get_column(visit), levels.get(visit), reference.get(visit), natural=True)}
    columns: dict[str, Column] = {
        name: factors.get(name) or as_column(frame.get_column(name), levels.get(name), reference.get(name))
        for name in names
    }
    who = as_factor(frame.get_column(subject), None)
    for name, column in columns.items():
        if isinstance(column, Factor) and name not in {visit, *levels, *reference}:
            _check_numbers_as_text(name, column, len(who.levels))
    side = as_factor(frame.get_column(group), levels.get(group), None) if group else None
    weight = as_floats(frame.get_column(weights)) if weights else None
    parts = [who, factors[visit], *columns.values(), *(part for part in (side, weight) if part is not None)]
    complete = np.logical_and.reduce([_present(part) for part in parts])
    used = complete & ~np.isnan(y)
    if not used.any():
        raise fault("data", f"{len(y)} rows, none of them complete", "rows with a response and every covariate")
    if weight is not None and (weight[used] <= 0).any():
        rows = ", ".join(str(row + 1) for row in np.flatnonzero(used & (weight <= 0)))
        raise fault(str(weights), f"a weight of 0 or less in row {rows}", "weights above 0")
    when, who_used = drop_empty(Factor(np.where(used, factors[visit].codes, -1), factors[visit].levels)), who.codes
    order = np.lexsort((when.codes, who_used))
    order = order[used[order]]
    _check_once(who, when, order, subject, visit)
    kept = drop_empty(who.take(order))
    notes = _notes(complete, y, who, kept, factors[visit], when, visit)
    ready = {name: drop_empty(part.take(order)) if isinstance(part, Factor) else part[order] for name, part in
             columns.items()}  # fmt: skip
    grouped = drop_empty(side.take(order)) if side is not None else None
    _check_groups(grouped, kept, group)
    return Rows(
        columns=ready,
        response=y[order],
        weights=weight[order] if weight is not None else None,
        subject=kept.codes,
        visit=when.codes[order],
        group=grouped.codes if grouped is not None else None,
        subjects=kept.levels,
        visits=when.levels,
        groups=grouped.levels if grouped is not None else (),
        source=order,
        notes=notes,
    )


def _check_names(frame: "nw.DataFrame[Any]", names: Sequence[str], options: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse levels and references of columns that the frame does not have."""
    for option, mapping in options.items():
        absent = [name for name in mapping if name not in frame.columns]
        if absent:
            raise fault(option, ", ".join(map(repr, absent)), "columns of the model: " + ", ".join(names))


def _check_numbers_as_text(name: str, column: Factor, subjects: int) -> None:
    """Refuse text that only numbers fill, with a level for most subjects: a covariate that was read as text."""
    found = column.levels
    if len(found) < 10 or 2 * len(found) <= subjects or not all(isinstance(level, str) for level in found):
        return
    if all(_NUMBER.fullmatch(level) for level in found):
        raise fault(
            name,
            f"numbers stored as text, such as {found[0]!r}: {len(found)} levels among {subjects} subjects",
            "a column of numbers; for categories, name them in levels",
        )


def _present(part: Column) -> NDArray[np.bool_]:
    return part.codes >= 0 if isinstance(part, Factor) else ~np.isnan(part)


def _check_once(who: Factor, when: Factor, order: NDArray[np.intp], subject: str, visit: str) -> None:
    """Refuse a second row of the same subject at the same visit; name every such row."""
    first, then = order[:-1], order[1:]
    same = (who.codes[first] == who.codes[then]) & (when.codes[first] == when.codes[then])
    if same.any():
        rows: dict[tuple[Any, Any], list[int]] = {}
        for a, b in zip(first[same].tolist(), then[same].tolist(), strict=True):
            key = (who.levels[who.codes[a]], when.levels[when.codes[a]])
            rows.setdefault(key, [a + 1]).append(b + 1)
        told = "; ".join(f"{key[0]!r} at {key[1]!r} in rows {', '.join(map(str, at))}" for key, at in rows.items())
        raise fault(f"{subject}, {visit}", f"more than one row of {told}", "one row per subject and visit")


def _check_groups(group: Factor | None, who: Factor, name: str | None) -> None:
    """Refuse a subject that changes its covariance group."""
    if group is None:
        return
    first = np.zeros(len(who.levels), dtype=np.intp)
    first[who.codes] = group.codes
    changed = np.unique(who.codes[first[who.codes] != group.codes])
    if len(changed):
        told = ", ".join(repr(who.levels[code]) for code in changed)
        raise fault(str(name), f"more than one group for subject {told}", "one group per subject")


def _notes(
    complete: NDArray[np.bool_],
    y: Array,
    who: Factor,
    kept: Factor,
    visits: Factor,
    when: Factor,
    visit: str,
) -> tuple[str, ...]:
    """Say what was left out."""
    notes = []
    if np.isnan(y).any():
        notes.append(f"{int(np.isnan(y).sum()):,} rows without a response were left out")
    if (~complete & ~np.isnan(y)).any():
        notes.append(f"{int((~complete & ~np.isnan(y)).sum()):,} rows with a missing covariate were left out")
    left = set(kept.levels)
    gone = [level for level in who.levels if level not in left]
    if gone:
        shown = ", ".join(map(str, gone[:10])) + (" ..." if len(gone) > 10 else "")
        notes.append(f"{len(gone):,} subjects without any usable row were left out: {shown}")
    empty = [level for level in visits.levels if level not in when.levels]
    if empty:
        notes.append(f"{visit} {', '.join(map(str, empty))} has no usable row and was left out")
    return tuple(notes)
