"""``myotrial instruments``: what is known of each instrument, and scores from items or totals."""

from pathlib import Path
from typing import Annotated

import polars as pl
from cyclopts import Parameter

from myotrial.cli.options import read_options, show_options
from myotrial.cli.output import Format, show_frame, show_json, show_note, show_table, show_text
from myotrial.instruments.definition import list_instruments, load_instrument
from myotrial.instruments.describe import describe_instrument
from myotrial.instruments.eq5d import read_value_set
from myotrial.instruments.eq5d_change import compare_eq5d, count_level_change
from myotrial.instruments.files import score_file
from myotrial.instruments.result import InstrumentScores
from myotrial.model.errors import BadInput, Fault


def list_() -> None:
    """List the instruments that items can be scored by."""
    instruments = [load_instrument(name) for name in list_instruments()]
    show_table(
        ("id", "title", "items", "totals"),
        [
            (entry.id, entry.title, len(entry.items), ", ".join(total.name for total in entry.totals))
            for entry in instruments
        ],
    )


def show(name: str) -> None:
    """Show an instrument: its range, items, rule, options and sources.

    Parameters
    ----------
    name
        The id of an instrument; ``myotrial instruments list`` lists them.
    """
    show_text(describe_instrument(name))


def score(
    name: str,
    items: Path,
    *,
    totals: Path | None = None,
    option: Annotated[list[str], Parameter(negative=())] | None = None,
    maximum: float | None = None,
    value_set: Path | None = None,
    baseline_week: float | None = None,
    tolerance: float = 0.0,
    format: Format = "table",  # noqa: A002
) -> None:
    """Score an instrument from a table of items, of totals, or of both.

    A missing item gives an interval, never zero. Totals are checked against the items; a row that has a total and no
    item is taken as it is.

    Parameters
    ----------
    name
        The id of an instrument; or mmt, with --maximum, for any other set of muscles tested from 0 to 10.
    items
        A CSV or Parquet file with subject_id and week, and either item and value (and instrument, where it holds
        several) or one column per item; columns with the names of totals are totals.
    totals
        A second file, with totals to check against the items.
    option
        A choice that no source settles, as name=value; may be repeated. For example unit=mm.
    maximum
        For mmt: the highest possible total, ten points for each test; the loss is in percent of it.
    value_set
        For eq5d-5l: a file with the columns profile and index. No country is the default, and none ships.
    baseline_week
        For eq5d-5l: show the change since this week, levels improved and the Paretian class, with the distribution.
    tolerance
        How far a total may be from what the items give, for totals that were rounded.
    format
        table to read; csv or json for programs.
    """
    values = None if value_set is None else read_value_set(value_set)
    scores = score_file(
        name, items, totals=totals, options=read_options(option), tolerance=tolerance, maximum=maximum, value_set=values
    )
    if baseline_week is None:
        show_json(scores.to_dict()) if format == "json" else show_frame(scores.frame, format)
    else:
        _show_change(scores, baseline_week, format)
    for note in scores.notes:
        show_note(f"note: {note}")
    show_note(repr(scores))
    if scores.options:
        show_note(f"not settled by any source, so chosen here: {show_options(dict(scores.options))}")
    show_note("For research; not medical advice.")


def _show_change(scores: InstrumentScores, baseline_week: float, format: Format) -> None:  # noqa: A002
    if scores.instrument != "eq5d-5l":
        expected = "eq5d-5l; for scores of change see myotrial score"
        raise BadInput([Fault("bad_option", f"{scores.instrument} has no change of its own", column="--baseline-week",
                              expected=expected)])  # fmt: skip
    changes = compare_eq5d(scores.frame, baseline_week=baseline_week)
    counts = count_level_change(changes)
    if format == "json":
        show_json({**scores.provenance(), "changes": changes.to_dicts(), "distribution": counts.to_dicts()})
    elif format == "csv":
        show_frame(changes, "csv")
    else:
        show_frame(changes.select(~pl.selectors.ends_with("_can_improve")))
        show_text("")
        show_frame(counts)
