"""``myotrial record plain``: a registry record in plain language."""

import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from myotrial.cli.output import show_json, show_note
from myotrial.model.errors import BadInput, Fault
from myotrial.registry.plain.page import explain_record
from myotrial.registry.plain.rendering import render_html, render_text
from myotrial.registry.reading import read_records
from myotrial.registry.record import TrialRecord

PlainFormat = Literal["text", "html", "json"]


def plain(
    file: Path,
    *,
    trial: str | None = None,
    against: Annotated[list[Path] | None, Parameter(negative=())] = None,
    format: PlainFormat = "text",  # noqa: A002
) -> None:
    """Say a registry record in plain language, by fixed rules, with the original beside every sentence.

    A criterion is reworded only where every word of it is understood; else it stays as it is with its terms
    explained. For research; not medical advice.

    Parameters
    ----------
    file
        The record, in any form that "record read" takes.
    trial
        The identifier of one trial, in a file of many.
    against
        Other records of the same trial, which may show what lost comparison signs were.
    format
        For a terminal (text), one page for a browser or a printer (html), or everything (json).
    """
    record = _find(file, trial)
    if against:
        from myotrial.registry.resolving import resolve_comparators  # noqa: PLC0415  (only where it is asked for)

        record = resolve_comparators(record, [other for path in against for other in read_records(path)])
    explained = explain_record(record)
    if format == "json":
        show_json(explained.to_dict())
    else:
        sys.stdout.write(render_html(explained) if format == "html" else render_text(explained))
    show_note(f"{explained.recast} of {len(explained.criteria)} criteria are in plain words")


def _find(file: Path, trial: str | None) -> TrialRecord:
    """Return the record: the only one of the file, or the one that is asked for."""
    found: TrialRecord | None = None
    for record in read_records(file):
        if trial is not None and trial.casefold() in {name.casefold() for name in record.ids}:
            return record
        if trial is None and found is not None:
            hint = "--trial with an identifier picks one of them"
            raise BadInput([Fault("many_records", "the file holds more than one trial", file=str(file), hint=hint)])
        found = record
    if trial is not None:
        raise BadInput([Fault("not_found", "no trial of the file has this identifier", file=str(file), got=trial)])
    if found is None:
        raise BadInput([Fault("empty", "there is no trial in it", file=str(file))])
    return found
