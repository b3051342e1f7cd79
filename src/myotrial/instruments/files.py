"""A file of items, of totals, or of both → scores; every fault with its file, row and column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from myotrial.instruments.answers import KEY
from myotrial.instruments.definition import Instrument, load_instrument
from myotrial.instruments.eq5d import ValueSet, with_profile
from myotrial.instruments.mmt import MODEL, muscle_set
from myotrial.instruments.result import InstrumentScores
from myotrial.instruments.scoring import score_cells
from myotrial.instruments.totals import contradictions, range_faults, take_totals
from myotrial.model.errors import BadInput, Fault, did_you_mean
from myotrial.study.columns import typed_columns
from myotrial.study.files import read_raw
from myotrial.study.headings import unread_note
from myotrial.study.numerals import has_decimal_commas
from myotrial.study.raw_table import RawTable
from myotrial.study.tables import Column, Table

EQ5D = "eq5d-5l"
LONG = ("item", "value")


@dataclass(slots=True)
class _Found:
    """What a file holds of an instrument: item values and totals that know their rows, and what is wrong."""

    file: str
    cells: pl.DataFrame | None
    totals: pl.DataFrame | None
    faults: list[Fault]
    notes: list[str]


def score_file(
    instrument: str | Instrument,
    path: str | Path,
    *,
    totals: str | Path | None = None,
    options: Mapping[str, Any] | None = None,
    tolerance: float = 0.0,
    maximum: float | None = None,
    value_set: ValueSet | None = None,
) -> InstrumentScores:
    r"""Score an instrument from a file.

    Parameters
    ----------
    instrument
        The name of an instrument, or one made in code; or ``mmt`` with a maximum, for any other set of muscles.
    path
        A CSV or Parquet file with subject_id and week, and either item and value (one row per item; a column
        instrument, where there is one, leaves other instruments aside) or one column per item. Columns with the names
        of totals are totals: checked against the items, and taken as they are in rows that have no item.
    totals
        A second file with totals, in the same way.
    options
        What no source settles, by name.
    tolerance
        How far a delivered total may be from what the items give.
    maximum
        For ``mmt``: the highest possible total, ten points for each test.
    value_set
        For ``eq5d-5l``: the user's value set.

    Raises
    ------
    BadInput
        With every fault of the files at once; an option that is not known or has to be stated.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = Path(folder.name, "das.csv")
    >>> _ = file.write_text("subject_id,week,skin,muscle,das\nA,0,4,7,11\nB,0,,,13\n")
    >>> score_file("das", file).to_frame().select("subject_id", "das", "n_missing").rows()
    [('A', 11.0, 0), ('B', 13.0, None)]
    >>> folder.cleanup()
    """
    raw = _raw(path)
    known = _instrument(instrument, raw, maximum)
    if value_set is not None and known.id != EQ5D:
        raise BadInput([Fault("bad_option", "only eq5d-5l has a value set", column="value_set", got=value_set.name)])
    found = [_find(raw, known)] + ([] if totals is None else [_find(_raw(totals), known)])
    scores, faults = _scored(known, found, options, tolerance)
    if faults or scores is None:
        raise BadInput(sorted(faults, key=lambda fault: (fault.file or "", fault.row or 0, fault.column or "")))
    if known.id == EQ5D:
        cells = [part.cells for part in found if part.cells is not None]
        empty = pl.DataFrame(schema={**scores.frame.select(KEY).schema, "item": pl.String, "value": pl.String})
        scores = with_profile(scores, pl.concat(cells) if cells else empty, value_set=value_set)
    return replace(scores, notes=tuple(note for part in found for note in part.notes))


def _raw(path: str | Path) -> RawTable:
    raw, _ = read_raw(path, [*KEY, *LONG, "instrument"])
    return raw


def _instrument(instrument: str | Instrument, raw: RawTable, maximum: float | None) -> Instrument:
    if maximum is None:
        return load_instrument(instrument) if isinstance(instrument, str) else instrument
    if instrument != "mmt":
        raise BadInput([Fault("bad_option", "only mmt, a set of muscles of your own, has a maximum to state",
                              column="maximum", got=f"{maximum:g}", expected="instruments score mmt")])  # fmt: skip
    if set(LONG) <= set(raw.frame.columns):
        of_mmt = raw.frame
        if "instrument" in of_mmt.columns:
            of_mmt = of_mmt.filter(pl.col("instrument").cast(pl.String).str.strip_chars() == "mmt")
        muscles = of_mmt["item"].cast(pl.String).str.strip_chars().drop_nulls().unique(maintain_order=True).to_list()
    else:
        muscles = [name for name in raw.frame.columns if name not in {*KEY, "mmt", "mmt_loss_percent"}]
    if not muscles and "mmt" in raw.frame.columns and maximum > 0:  # totals alone
        each = load_instrument(MODEL).items[0].high
        muscles = [f"test_{number}" for number in range(1, max(1, round(maximum / each)) + 1)]
    return muscle_set(muscles, maximum=maximum)


def _find(raw: RawTable, known: Instrument) -> _Found:
    """Find the items and the totals of an instrument in a table."""
    items, totals = [item.id for item in known.items], [total.name for total in known.totals]
    if set(LONG) <= set(raw.frame.columns):
        own = [*LONG, "instrument"]
    else:
        own = items
        if not set(raw.frame.columns) & {*items, *totals}:
            return _Found(raw.file, None, None, [*raw.faults, _nothing(raw, known)], list(raw.notes))
    columns = [Column(name="subject_id", label="Subject", kind="text", required=True),
               Column(name="week", label="Week", kind="number", required=True)]  # fmt: skip
    columns += [Column(name=name, label=name, kind="text") for name in own]
    columns += [Column(name=name, label=name, kind="number") for name in totals if name not in own]
    table = Table(key=KEY, columns=tuple(columns))
    if own is items and (decimals := [raw.frame[name] for name in items if name in raw.frame.columns]):
        raw = _with_points(raw, decimals)
    frame, faults = typed_columns(raw, table)
    found = _Found(raw.file, None, None, [*raw.faults, *faults], [*raw.notes, *unread_note(raw, table)])
    if not set(KEY) <= set(frame.columns):
        return found
    rows = pl.Series("row", [raw.number(row) for row in range(frame.height)], dtype=pl.Int64)
    frame = frame.with_columns(rows)
    held = [name for name in totals if name in frame.columns and name not in own]
    found.totals = frame.select(*KEY, *held, "row") if held else None
    if set(LONG) <= set(frame.columns):
        found.cells = _long(frame, known, found)
    elif there := [name for name in items if name in frame.columns]:
        found.cells = _wide(frame, there)
    return found


def _with_points(raw: RawTable, columns: Sequence[pl.Series]) -> RawTable:
    """Return a table whose item values have decimal points, where the file writes them with commas."""
    if raw.separator in {None, ","} or not has_decimal_commas(columns):
        return raw
    names = [column.name for column in columns]
    return replace(raw, frame=raw.frame.with_columns(pl.col(names).str.replace(",", ".", literal=True)))


def _long(frame: pl.DataFrame, known: Instrument, found: _Found) -> pl.DataFrame:
    if "instrument" in frame.columns:
        others = frame["instrument"].drop_nulls().unique(maintain_order=True).to_list()
        frame = frame.filter(pl.col("instrument") == known.id)
        if not frame.height:
            found.faults.append(
                Fault("no_rows", f"the table has no row of {known.id}", found.file, column="instrument",
                      got=", ".join(others[:10]) or None, hint=did_you_mean(known.id, others))
            )  # fmt: skip
    return frame.select(*KEY, *LONG, "row").with_columns(column=pl.lit("value"))


def _wide(frame: pl.DataFrame, items: list[str]) -> pl.DataFrame:
    """Return one row per item of each row of the table."""
    cells = frame.unpivot(items, index=[*KEY, "row"], variable_name="item")
    return cells.with_columns(column=pl.col("item"))


def _nothing(raw: RawTable, known: Instrument) -> Fault:
    items = ", ".join(item.id for item in known.items[:20]) + (" ..." if len(known.items) > 20 else "")
    totals = ", ".join(total.name for total in known.totals)
    return raw.fault("missing_column", f"the table has neither items nor totals of {known.id}", None, None,
                     ", ".join(raw.frame.columns[:20]), f"item and value, or any of {items}; or {totals}")  # fmt: skip


def _scored(
    known: Instrument, found: list[_Found], options: Mapping[str, Any] | None, tolerance: float
) -> tuple[InstrumentScores | None, list[Fault]]:
    """Score what was found; return every fault of the cells, none of them twice."""
    faults = [fault for part in found for fault in part.faults]
    scores: InstrumentScores | None = None
    for part in found:
        more: list[Fault] = []
        if part.cells is not None and scores is None:
            scores, more = _items_scored(known, _answered(part), options)
        if part.totals is not None:
            scores, wrong = _with_totals(known, scores, part.totals, options, tolerance)
            more += wrong
        told = {(fault.row, fault.column) for fault in part.faults}
        faults += [
            fault if fault.row is None else replace(fault, file=part.file)
            for fault in more
            if fault.row is None or (fault.row, fault.column) not in told
        ]
    return scores, faults


def _items_scored(
    known: Instrument, cells: pl.DataFrame, options: Mapping[str, Any] | None
) -> tuple[InstrumentScores | None, list[Fault]]:
    """Score items; where some rows have faults, score the others, so that totals can still be compared."""
    try:
        return score_cells(known, cells, options), []
    except BadInput as error:
        faults = list(error.faults)
    rows = [fault.row for fault in faults]
    if None in rows:  # an option: nothing can be scored
        return None, faults
    return score_cells(known, cells.filter(~pl.col("row").is_in(rows)), options), faults


def _answered(part: _Found) -> pl.DataFrame:
    """Return the item values, without the visits that have totals and no item at all."""
    assert part.cells is not None  # noqa: S101  (the caller has looked)
    cells = part.cells
    if part.totals is None:
        return cells
    return cells.filter(pl.col("value").is_not_null().any().over("row"))


def _with_totals(
    known: Instrument,
    scores: InstrumentScores | None,
    given: pl.DataFrame,
    options: Mapping[str, Any] | None,
    tolerance: float,
) -> tuple[InstrumentScores | None, list[Fault]]:
    """Check totals against the scores of items; take those of the visits that have none."""
    keyed = pl.col("subject_id").is_not_null() & pl.col("week").is_not_null()
    faults = range_faults(known, given.filter(~keyed), options)
    given = given.filter(keyed)
    try:
        taken = take_totals(known, given, options=options, tolerance=tolerance)
    except BadInput as error:
        faults += error.faults
        wrong = [fault.row for fault in error.faults if fault.row is not None]
        given = given.filter(~pl.col("row").is_in(wrong))
        return scores, faults + ([] if scores is None else contradictions(scores, given, tolerance))
    if scores is None or not scores.frame.height:
        return (taken if scores is None else replace(scores, frame=taken.frame)), faults
    faults += contradictions(scores, given, tolerance)
    keys = (pl.col("subject_id").cast(pl.String), pl.col("week").cast(pl.Float64))
    own = scores.frame.with_columns(keys)
    more = taken.frame.with_columns(keys).join(own, on=KEY, how="anti")
    return replace(scores, frame=pl.concat([own, more.select(own.columns)]).sort(KEY)), faults
