"""``myotrial record export``: a record in another form."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from myotrial.cli.output import show_note
from myotrial.model.errors import BadInput, Fault
from myotrial.registry.reading import read_records
from myotrial.registry.record import TrialRecord

if TYPE_CHECKING:
    import polars as pl


def export(
    file: Path,
    *,
    to: Literal["json", "csv", "usdm"],
    table: Literal["trials", "outcomes"] = "trials",
    trial: str | None = None,
    output: Path | None = None,
    guard: bool = True,
) -> None:
    """Write the registry records of a file in another form.

    Parameters
    ----------
    file
        The record, or many.
    to
        json: everything, by a published schema, and it can be read back. csv: one row per trial or per outcome. usdm: a
        CDISC USDM v4 study definition of one trial; what it cannot hold is told.
    table
        What a row of the csv is.
    trial
        The identifier of one trial, in a file of many.
    output
        The file to write; without it, standard output.
    guard
        In csv, write an apostrophe before a text that a spreadsheet would take for a formula: one that begins with
        =, +, - or @ and is no number. Without it, texts are written as they are, for programs that compute nothing.
    """
    records = _chosen(file, trial)
    text = {"json": _json, "csv": _guarded if guard else _csv, "usdm": _usdm}[to](records, table, file)
    if output is None:
        print(text, end="")  # noqa: T201
    else:
        output.write_text(text, encoding="utf-8")
        show_note(f"wrote {output}")


def schema() -> None:
    """Write the JSON Schema of exported records."""
    from myotrial.registry.export.record_json import record_schema  # noqa: PLC0415

    print(json.dumps(record_schema(), ensure_ascii=False, indent=2))  # noqa: T201


def _chosen(file: Path, trial: str | None) -> list[TrialRecord]:
    records = [record for record in read_records(file) if trial is None or _is(record, trial)]
    if not records:
        what = "no trial of the file has this identifier" if trial else "there is no trial in it"
        raise BadInput([Fault("not_found", what, file=str(file), got=trial)])
    return records


def _is(record: TrialRecord, trial: str) -> bool:
    return trial.casefold() in {name.casefold() for name in record.ids}


def _json(records: Iterable[TrialRecord], table: str, file: Path) -> str:  # noqa: ARG001
    from myotrial.registry.export.record_json import records_to_json  # noqa: PLC0415

    return records_to_json(records)


def _csv(records: Iterable[TrialRecord], table: str, file: Path) -> str:  # noqa: ARG001
    return _frame(records, table).write_csv()


def _guarded(records: Iterable[TrialRecord], table: str, file: Path) -> str:  # noqa: ARG001
    from myotrial.registry.export.tables import guard_cells  # noqa: PLC0415

    frame, marked = guard_cells(_frame(records, table))
    if marked:
        show_note(f"note: {marked} texts that a spreadsheet would compute begin with an apostrophe; --no-guard: none")
    return frame.write_csv()


def _frame(records: Iterable[TrialRecord], table: str) -> "pl.DataFrame":
    from myotrial.registry.export.tables import tabulate_outcomes, tabulate_records  # noqa: PLC0415

    return tabulate_outcomes(records) if table == "outcomes" else tabulate_records(records)


def _usdm(records: list[TrialRecord], table: str, file: Path) -> str:  # noqa: ARG001
    from myotrial.registry.export.usdm import export_usdm  # noqa: PLC0415

    if len(records) > 1:
        hint = "--trial takes one of them"
        raise BadInput([Fault("many_records", "a study definition holds one trial", str(file), hint=hint)])
    written = export_usdm(records[0])
    for note in written.notes:
        show_note(f"note: {note}")
    return written.to_json()
