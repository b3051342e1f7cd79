"""Records as tables: one row per trial, and one row per outcome."""

from collections.abc import Callable, Iterable, Sequence

import polars as pl

from myotrial.registry.criteria_items import list_criteria_items
from myotrial.registry.record import TrialRecord

SEPARATOR = " | "
"""Between the entries of one cell; a "|" within an entry is written "\\|"."""

_FORMULA = r"^\s*[=+\-@\t\r]"
_NUMBER = r"^[+-]?\d+([.,]\d+)?$"

_TEXT: tuple[tuple[str, Callable[[TrialRecord], object]], ...] = (
    ("main_id", lambda r: r.main_id),
    ("source_register", lambda r: r.source_register),
    ("secondary_ids", lambda r: _joined(r.secondary_ids)),
    ("url", lambda r: r.url),
    ("public_title", lambda r: r.public_title),
    ("scientific_title", lambda r: r.scientific_title),
    ("acronym", lambda r: r.acronym),
    ("primary_sponsor", lambda r: r.primary_sponsor),
    ("secondary_sponsors", lambda r: _joined(r.secondary_sponsors)),
    ("sources_of_support", lambda r: _joined(r.sources_of_support)),
    ("date_registered", lambda r: r.date_registered),
    ("date_first_enrolment", lambda r: r.date_first_enrolment),
    ("date_primary_completion", lambda r: r.date_primary_completion),
    ("date_completion", lambda r: r.date_completion),
    ("date_last_refreshed", lambda r: r.date_last_refreshed),
    ("recruitment_status", lambda r: r.recruitment_status),
    ("why_stopped", lambda r: r.why_stopped),
    ("study_type", lambda r: r.study_type),
    ("design", lambda r: r.design.text if r.design else None),
    ("phase", lambda r: r.phase),
    ("target_size_text", lambda r: r.target_size_text),
    ("countries", lambda r: _joined(r.countries)),
    ("conditions", lambda r: _joined(r.conditions)),
    ("interventions", lambda r: _joined([item.name for item in r.interventions])),
    ("arms", lambda r: _joined([arm.label for arm in r.arms])),
    ("age_minimum", lambda r: r.age_minimum.text if r.age_minimum else None),
    ("age_maximum", lambda r: r.age_maximum.text if r.age_maximum else None),
    ("sex", lambda r: r.sex),
    ("healthy_volunteers", lambda r: r.healthy_volunteers),
    ("inclusion_criteria", lambda r: _criteria(r, "inclusion")),
    ("exclusion_criteria", lambda r: _criteria(r, "exclusion")),
    ("other_criteria", lambda r: _criteria(r, "not_stated")),
    ("form", lambda r: r.form),
    ("sha256", lambda r: r.sha256),
)
_WHOLE: tuple[tuple[str, Callable[[TrialRecord], int | None]], ...] = (
    ("target_size", lambda r: r.target_size),
    ("enrolled", lambda r: r.enrolled),
    ("primary_outcomes", lambda r: len(r.primary_outcomes)),
    ("secondary_outcomes", lambda r: len(r.secondary_outcomes)),
    ("outcomes", lambda r: len(r.outcomes)),
    ("lost_comparators", lambda r: len(r.lost_comparators)),
    ("unread", lambda r: len(r.unread)),
)
_YES_NO: tuple[tuple[str, Callable[[TrialRecord], bool | None]], ...] = (
    ("prospective", lambda r: r.prospective),
    ("results_available", lambda r: r.results.available),
    ("cut_off", lambda r: r.cut_off),
)


def tabulate_records(records: Iterable[TrialRecord]) -> pl.DataFrame:
    r"""Return one row per trial.

    Parameters
    ----------
    records
        Records of any forms.

    Returns
    -------
    polars.DataFrame
        What is not stated is empty. Several entries in one cell are parted by ``|``, criteria by line breaks. Dates
        have the precision they are stated with.

    Examples
    --------
    >>> table = tabulate_records([TrialRecord(form="invented", sha256="0", main_id="X1", countries=("A", "B|C"))])
    >>> table["main_id"][0], table["countries"][0], table["target_size"][0]
    ('X1', 'A | B\\|C', None)
    """
    held = list(records)
    columns: list[pl.Series] = []
    columns += [pl.Series(name, [_text(read(r)) for r in held], dtype=pl.String) for name, read in _TEXT]
    columns += [pl.Series(name, [read(r) for r in held], dtype=pl.Int64) for name, read in _WHOLE]
    columns += [pl.Series(name, [read(r) for r in held], dtype=pl.Boolean) for name, read in _YES_NO]
    return pl.DataFrame(columns)


def tabulate_outcomes(records: Iterable[TrialRecord]) -> pl.DataFrame:
    """Return one row per outcome of all records, with the trial's identifier and ``record``, its place from 1.

    Examples
    --------
    >>> tabulate_outcomes([TrialRecord(form="invented", sha256="0", main_id="X1")]).columns[:3]
    ['record', 'main_id', 'position']
    """
    frames = [
        record.to_frame().select(pl.lit(place, dtype=pl.Int64).alias("record"), pl.all())
        for place, record in enumerate(records, 1)
    ]
    return pl.concat(frames) if frames else pl.DataFrame()


def guard_cells(frame: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Return a table whose texts no spreadsheet takes for a formula, and how many of them had to be marked.

    Parameters
    ----------
    frame
        Any table; columns of numbers are left as they are.

    Returns
    -------
    polars.DataFrame, int
        A text that begins with ``=``, ``+``, ``-``, ``@``, a tab or a carriage return, and is no number, has an
        apostrophe before it. A spreadsheet would compute the first of these, whoever wrote the record.

    Examples
    --------
    >>> table, marked = guard_cells(pl.DataFrame({"a": ["=1+1", "-3", "text"], "b": [-1, 2, 3]}))
    >>> table["a"].to_list(), marked
    (["'=1+1", '-3', 'text'], 1)
    """
    texts = {name: pl.col(name) for name, kind in frame.schema.items() if kind == pl.String}
    risky = {name: text.str.contains(_FORMULA) & ~text.str.contains(_NUMBER) for name, text in texts.items()}
    guarded = [pl.when(risky[name]).then("'" + text).otherwise(text).alias(name) for name, text in texts.items()]
    marked = frame.select(*(found.sum().alias(name) for name, found in risky.items())).row(0) if risky else (0,)
    return frame.with_columns(guarded), sum(marked)


def _joined(entries: Sequence[str]) -> str:
    return SEPARATOR.join(entry.replace("|", "\\|") for entry in entries)


def _criteria(record: TrialRecord, kind: str) -> str:
    items = [item for item in list_criteria_items(record) if item.kind == kind]
    return "\n".join(f"{'  ' * item.level}- {item.text}" for item in items)


def _text(value: object) -> str | None:
    return str(value) if value is not None and str(value) else None
