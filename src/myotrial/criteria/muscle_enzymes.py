"""Muscle enzymes at each visit: multiples of the upper limit of normal, and which enzyme is the most abnormal."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from myotrial.criteria.enzymes import Enzymes, ratio_above
from myotrial.criteria.rules import load_criteria
from myotrial.criteria.scores import say_count
from myotrial.model.decimals import to_nano
from myotrial.model.display import SHOWN, html_table
from myotrial.model.errors import BadInput
from myotrial.study.checks import enzyme_pairs
from myotrial.study.files import read_raw
from myotrial.study.raw_table import RawTable
from myotrial.study.rows import repeated
from myotrial.study.tables import ENZYMES, Table, load_tables
from myotrial.study.visits import Visits, values_of

OPTIONS = ("enzyme_choice", "enzyme_ties", "enzyme_range_uln")
"""The options of the response criteria that say which enzyme is the most abnormal."""


@dataclass(frozen=True, slots=True, repr=False)
class EnzymeLevels:
    """Muscle enzymes of some visits.

    Attributes
    ----------
    frame
        One row per subject and week, for each enzyme of the table ``<enzyme>_x_uln`` (its value ÷ its upper limit of
        normal) and ``<enzyme>_raised`` (above it); ``any_raised``; ``most_abnormal``, ``most_abnormal_x_uln`` and
        ``tied`` (another enzyme is exactly as abnormal). Null where a value is missing; ``any_raised`` where what is
        missing decides.
    options
        How the most abnormal is found.
    notes
        What was noticed and is not a fault.
    """

    frame: pl.DataFrame
    options: Mapping[str, Any]
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """One line with the numbers."""
        counts = self.frame["most_abnormal"].drop_nulls().value_counts().sort("count", "most_abnormal", descending=True)
        told = ", ".join(f"{name} {count:,}" for name, count in counts.iter_rows()) or "none known"
        return f"EnzymeLevels({say_count(self.frame.height, 'visit')}; most abnormal: {told})"

    def _repr_html_(self) -> str:
        shown = self.frame.head(SHOWN)
        return html_table(repr(self), shown.columns, shown.iter_rows(), self.frame.height)

    def to_frame(self) -> pl.DataFrame:
        """Return one row per subject and week."""
        return self.frame

    def to_dict(self) -> dict[str, Any]:
        """Return the levels with what they rest on."""
        told = {"options": dict(self.options), "notes": list(self.notes), "version": f"myotrial {version('myotrial')}"}
        return {**told, "visits": self.frame.to_dicts()}


def score_enzymes(
    visits: Visits | pl.DataFrame | str | Path, *, options: Mapping[str, Any] | None = None
) -> EnzymeLevels:
    """Return how abnormal the muscle enzymes are at each visit.

    Parameters
    ----------
    visits
        A table that was read and checked already, a frame, or a CSV or Parquet file: subject_id, week and, for any of
        ck, aldolase, ldh, ast and alt, its value and its upper limit of normal, in U/L (``ck_u_per_l``,
        ``ck_uln_u_per_l``) or in microkatal per litre (``ck_ukat_per_l``, ``ck_uln_ukat_per_l``). Other columns are
        left aside.
    options
        As of the Total Improvement Score: ``enzyme_choice``, ``enzyme_ties``, ``enzyme_range_uln``.

    Raises
    ------
    BadInput
        With every fault of the table: a value without its limit, a visit that stands twice; an unknown option.

    Notes
    -----
    Ratios are compared exactly, as products of whole numbers: 1 µkat/L is 60 U/L.

    Examples
    --------
    >>> visits = pl.DataFrame({"subject_id": ["A"], "week": [0], "ck_u_per_l": [400], "ck_uln_u_per_l": [200],
    ...                        "ldh_ukat_per_l": [9.0], "ldh_uln_ukat_per_l": [4.5]})
    >>> score_enzymes(visits).frame.select("ck_x_uln", "ldh_x_uln", "most_abnormal", "tied").row(0)
    (2.0, 2.0, 'ck', True)
    """
    settled = load_criteria("acr-eular-2016-adult").settle(options or {})
    frame, notes = _taken(visits)
    enzymes = Enzymes.from_frame(frame, {**settled, "enzyme_truncated": False})
    rows = np.arange(frame.height)
    chosen = enzymes.choose(rows)
    value, limit = enzymes.at(chosen, rows)
    order = list(enzymes.names)
    columns = []
    for name in (name for name in ENZYMES if f"{name}_u_per_l" in frame.columns):
        own, top = enzymes.values[order.index(name)], enzymes.limits[order.index(name)]
        columns.append(pl.Series(f"{name}_x_uln", own / top, nan_to_null=True))
        columns.append(pl.Series(f"{name}_raised", to_nano(own) > to_nano(top)).set(pl.Series(np.isnan(own)), None))
    found = frame.select("subject_id", "week").with_columns(columns)
    raised = [f"{name}_raised" for name in ENZYMES if f"{name}_raised" in found.columns]
    found = found.with_columns(
        any_raised=pl.any_horizontal(raised) if raised else pl.lit(None, dtype=pl.Boolean),
        most_abnormal=pl.Series([order[place] if place >= 0 else None for place in chosen], dtype=pl.String),
        most_abnormal_x_uln=pl.Series(value / limit, nan_to_null=True),
        tied=pl.Series(_tied(enzymes, chosen)).set(pl.Series(chosen < 0), None),
    )
    return EnzymeLevels(found, {name: settled[name] for name in OPTIONS}, notes)


def _taken(visits: Visits | pl.DataFrame | str | Path) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Return the table, checked, and what was noted while it was read."""
    if isinstance(visits, Visits):
        return visits.frame, ()
    raw = RawTable(visits, "visits", 1) if isinstance(visits, pl.DataFrame) else read_raw(visits, _table().names)[0]
    return _checked(raw), tuple(raw.notes)


def _table() -> Table:
    """Return the columns of the visit table that are about enzymes."""
    names = {"subject_id", "week"}
    names |= {f"{enzyme}_{part}" for enzyme in ENZYMES for part in ("u_per_l", "uln_u_per_l")}
    visits = load_tables()["visits"]
    return Table(key=("subject_id", "week"), columns=tuple(each for each in visits.columns if each.name in names))


def _checked(raw: RawTable) -> pl.DataFrame:
    frame, faults = values_of(raw, _table())
    if {"subject_id", "week"} <= set(frame.columns):
        faults += enzyme_pairs(frame, raw, faults) + repeated(frame, _table(), raw, faults)
    if faults:
        raise BadInput(sorted(faults, key=lambda fault: (fault.row or 0, fault.column or "")))
    return frame


def _tied(enzymes: Enzymes, chosen: np.ndarray) -> np.ndarray:
    """Mark the rows in which another enzyme is exactly as abnormal as the chosen one, shape (rows,)."""
    rows = np.arange(chosen.size)
    value, limit = enzymes.at(chosen, rows)
    scale = int(np.lcm.reduce([share.denominator for share in enzymes.ranges]))
    weights = np.array([int(share * scale) if enzymes.by_fraction else 1 for share in enzymes.ranges], dtype=np.int64)
    best = weights[np.maximum(chosen, 0)]
    tied = np.zeros(chosen.shape, dtype=bool)
    for number, weight in enumerate(weights.tolist()):
        own, top = enzymes.values[number], enzymes.limits[number]
        there = np.flatnonzero((chosen >= 0) & (chosen != number) & ~np.isnan(own))
        mine = (own[there], top[there], value[there], limit[there], weight, best[there])
        above = ratio_above(*mine)
        below = _below(*mine)
        tied[there] |= ~above & ~below
    return tied


def _below(
    value: np.ndarray, limit: np.ndarray, than_value: np.ndarray, than_limit: np.ndarray, weight: int, than: np.ndarray
) -> np.ndarray:
    """Return where value/(limit·weight) is less than the other ratio, exactly, shape (rows,)."""
    below = np.zeros(value.shape, dtype=bool)
    for other in np.unique(than):
        at = np.flatnonzero(than == other)
        below[at] = ratio_above(than_value[at], than_limit[at], value[at], limit[at], int(other), weight)
    return below
