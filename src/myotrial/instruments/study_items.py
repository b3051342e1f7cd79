"""The items of a study against what the instruments allow, and against the totals in its visit table."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from myotrial.instruments.definition import Instrument, list_instruments, load_instrument
from myotrial.instruments.result import InstrumentScores
from myotrial.instruments.scoring import FIRST_ROW, score_instrument
from myotrial.instruments.total import Total
from myotrial.instruments.totals import contradictions
from myotrial.model.errors import BadInput, Fault, did_you_mean
from myotrial.study.reading import StudyData
from myotrial.study.tables import load_tables

ROUNDED = 0.05
"""How far a mean may be from the items: forms print 1.571 as 1.6. The next score of a full form is 0.125 away."""

STRENGTH = ("mmt8", "mmt26")
"""Totals that the visit table holds in its column mmt."""


def check_study_items(
    study: StudyData, *, options: Mapping[str, Mapping[str, Any]] | None = None
) -> dict[str, InstrumentScores]:
    """Score every instrument in a study's items, and hold its totals against those of the visit table.

    Parameters
    ----------
    study
        The study; its table ``items`` may hold any number of instruments.
    options
        Instrument → what no source settles. One that needs an option that is not given here (whether a scale was
        written in cm or mm) is checked for its name only.

    Returns
    -------
    dict
        Instrument → what its items give. A column ``mmt`` is compared with the test whose highest score the row
        states as ``mmt_max``.

    Raises
    ------
    BadInput
        With every instrument and item that is not known, every value that cannot be, and every total that the items
        contradict, by file, row and column.

    Examples
    --------
    >>> visits = pl.DataFrame({"subject_id": ["S1"], "week": [0], "das": [12]})
    >>> items = pl.DataFrame({"subject_id": "S1", "week": 0, "instrument": "das", "item": ["skin", "muscle"],
    ...                       "value": [4, 7]})
    >>> from myotrial.study.visits import Visits, find_layout
    >>> from myotrial.study.reading import StudyData
    >>> study = StudyData(visits, Visits(visits, find_layout(visits)), visits.clear(), items=items)
    >>> check_study_items(study)
    Traceback (most recent call last):
    ...
    myotrial.model.errors.BadInput: 1 fault
    visits, row 1, column das: the items of subject S1, week 0 do not give this total
        got 12; expected 11
    """
    known = list_instruments()
    faults = list(_strangers(study, known))
    found = {}
    for name in study.items["instrument"].drop_nulls().unique(maintain_order=True):
        if name not in known:
            continue
        chosen = (options or {}).get(name, {})
        instrument = load_instrument(name)
        if any(option.default is None and key not in chosen for key, option in instrument.options.items()):
            continue
        try:
            found[name] = score_instrument(instrument, study.items, options=chosen)
        except BadInput as error:
            faults += [_placed(fault, study, "items") for fault in error.faults]
            continue
        faults += _contradictions(instrument, study, found[name])
    if faults:
        raise BadInput(sorted(faults, key=lambda fault: (fault.file or "", fault.row or 0)))
    return found


def _strangers(study: StudyData, known: tuple[str, ...]) -> Iterator[Fault]:
    names = study.items["instrument"]
    for row in (~names.is_in(list(known)) & names.is_not_null()).arg_true():
        yield _placed(
            Fault("unknown_instrument", "no instrument has this name", row=row + FIRST_ROW, column="instrument",
                  got=names[row], expected="a name that `myotrial instruments list` tells",
                  hint=did_you_mean(names[row], known)), study, "items",
        )  # fmt: skip


def _contradictions(instrument: Instrument, study: StudyData, scores: InstrumentScores) -> Iterator[Fault]:
    visits = study.visits.frame.with_columns(row=pl.int_range(FIRST_ROW, pl.len() + FIRST_ROW))
    for total in instrument.totals:
        column = visit_column(total, visits.columns)
        if column is None:
            continue
        given = visits if column == total.name else visits.filter(_tops(visits) == total.high)
        given = given.select("subject_id", "week", pl.col(column).alias(total.name), "row")
        tolerance = ROUNDED if total.rule == "mean_of_group_maxima" else 0.0
        for fault in contradictions(scores, given, tolerance):
            yield _placed(replace(fault, column=column), study, "visits")


def visit_column(total: Total, columns: Collection[str]) -> str | None:
    """Return the column of a visit table that holds a total, or ``None``.

    A test of strength stands in ``mmt``, whichever it is: the highest score of the row says.

    Examples
    --------
    >>> visit_column(load_instrument("mmt26").totals[0], ["week", "mmt"])
    'mmt'
    """
    if total.name in columns:
        return total.name
    return "mmt" if total.rule == "sum" and total.name in STRENGTH and "mmt" in columns else None


def _tops(visits: pl.DataFrame) -> pl.Series:
    default = load_tables()["visits"].column("mmt_max").default
    if "mmt_max" not in visits.columns:
        return pl.Series([default], dtype=pl.Float64).new_from_index(0, visits.height)
    return visits["mmt_max"].fill_null(default)


def _placed(fault: Fault, study: StudyData, table: str) -> Fault:
    """Tell a fault by the file and the row in it; without a file the rows are counted from 1."""
    place = study.places.get(table)
    if fault.row is None:
        return replace(fault, file=place.file if place else table)
    at = fault.row - FIRST_ROW
    if place is None:
        return replace(fault, file=table, row=at + 1)
    return replace(fault, file=place.file, row=int(place.rows[at]))
