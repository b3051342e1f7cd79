"""Narrow a study to some of its subjects, in every table."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from myotrial.model.errors import BadInput, Fault, did_you_mean
from myotrial.study.checks import find_layout
from myotrial.study.folder import Place
from myotrial.study.reading import StudyData
from myotrial.study.tables import MORE_TABLES, Column, load_tables

APART = frozenset({"subject_id", "arm", "first_dose_date"})
"""Columns of the subjects that nobody is chosen by: who it is, what is compared, and a date."""

Wanted = str | bool | float | Collection[Any] | None


def narrowing_columns() -> dict[str, Column]:
    """Return the columns of the subjects by which a study can be narrowed.

    Examples
    --------
    >>> list(narrowing_columns())
    ['site', 'stratum', 'age_years', 'sex', 'diagnosis', 'last_day', 'completed']
    """
    return {column.name: column for column in load_tables()["subjects"].columns if column.name not in APART}


def filter_study(study: StudyData, **wanted: Wanted) -> StudyData:
    """Return the study of the subjects that fit, in every table; it says so in its notes.

    Parameters
    ----------
    study
        The study.
    **wanted
        A column of the subjects → what it is to be: of words, one or several of them; of yes and no, ``True``,
        ``False`` or both; of numbers, a pair of the lowest and the highest, both included, ``None`` for no end.
        A subject of whom the column is not known does not fit. All of the columns have to fit.

    Raises
    ------
    BadInput
        A column that subjects are not chosen by or that the study does not have, a value that no subject has, or
        nobody who fits all of them.

    Examples
    --------
    >>> import myotrial as mt
    >>> study = mt.simulate_study(mt.load_trial("NCT04044690"), n=40, seed=1)
    >>> mt.filter_study(study, sex="female", age_years=(40, None))
    StudyData, simulated(22 subjects, ...
    """
    fits = find_fitting(study.subjects, wanted)
    if not fits.any():
        raise BadInput([Fault("no_subject", "no subject fits all of these", "subjects", got=narrowing_words(wanted))])
    if fits.all():
        return study
    ids = study.subjects.filter(pl.Series(fits))["subject_id"].implode()
    note = f"narrowed to {int(fits.sum()):,} of {len(fits):,} subjects: {narrowing_words(wanted)}"
    kept = {name: table["subject_id"].is_in(ids).to_numpy() for name, table in _tables(study).items()}
    frames: dict[str, Any] = {name: table.filter(pl.Series(kept[name])) for name, table in _tables(study).items()}
    visits = frames.pop("visits")
    return replace(
        study, visits=replace(study.visits, frame=visits, layout=find_layout(visits)), notes=(*study.notes, note),
        places={name: _place(place, kept.get(name)) for name, place in study.places.items()}, **frames,
    )  # fmt: skip


def find_fitting(subjects: pl.DataFrame, wanted: Mapping[str, Wanted]) -> np.ndarray:
    """Tell which rows of the subjects fit, shape (rows,); for what is wanted see :func:`filter_study`.

    Raises
    ------
    BadInput
        With every column and value that cannot be wanted.
    """
    known, faults, fits = narrowing_columns(), [], np.ones(subjects.height, dtype=bool)
    for name, value in wanted.items():
        if name not in known or name not in subjects.columns:
            have = [column for column in known if column in subjects.columns]
            faults.append(Fault("unknown_column", "subjects cannot be chosen by this", "subjects", column=name,
                                got=name, expected=", ".join(have), hint=did_you_mean(name, have)))  # fmt: skip
        elif value is not None and known[name].numeric:
            fits &= _between(subjects[name], value, faults)
        elif value is not None:
            fits &= _among(subjects[name], value, faults)
    if faults:
        raise BadInput(faults)
    return fits


def narrowing_words(wanted: Mapping[str, Wanted]) -> str:
    """Say in words who is chosen.

    Examples
    --------
    >>> narrowing_words({"sex": ["female"], "age_years": (18, None), "completed": True})
    'sex female; age (years) 18 or more; completed the study yes'
    """
    return "; ".join(_words(name, value) for name, value in wanted.items() if value is not None)


def _tables(study: StudyData) -> dict[str, pl.DataFrame]:
    more = {name: getattr(study, name) for name in ("subjects", "events", *MORE_TABLES)}
    return {"visits": study.visits.frame, **more}


def _place(place: Place, kept: np.ndarray | None) -> Place:
    return place if kept is None else Place(place.file, place.rows[kept])


def _ends(value: Any) -> tuple[float | None, float | None] | None:
    """Return the two ends of a pair; ``None`` where it is no pair of numbers."""
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 2:
        return None
    if not all(end is None or (isinstance(end, int | float) and np.isfinite(end)) for end in value):
        return None
    return value[0], value[1]


def _between(column: pl.Series, value: Any, faults: list[Fault]) -> np.ndarray:
    ends = _ends(value)
    if ends is None:
        faults.append(Fault("bad_range", "a range is a pair of numbers", "subjects", column=column.name,
                            got=repr(value), expected="(lowest, highest), None for no end"))  # fmt: skip
        return np.ones(len(column), dtype=bool)
    low, high = ends
    fits = column.is_not_null()
    if low is not None:
        fits &= column >= low
    if high is not None:
        fits &= column <= high
    return fits.fill_null(value=False).to_numpy()


def _among(column: pl.Series, value: Any, faults: list[Fault]) -> np.ndarray:
    values = [value] if isinstance(value, str | bool) else list(value)
    here = column.drop_nulls().unique().sort().to_list()
    names = [_name(entry) for entry in here]
    faults += [
        Fault("unknown_value", "no subject has this", "subjects", column=column.name, got=str(entry)[:60],
              expected=", ".join(names[:20]) + (", …" if len(names) > 20 else ""),
              hint=did_you_mean(str(entry)[:60], names))
        for entry in values
        if entry not in here
    ]  # fmt: skip
    fits = column.is_in(pl.Series(values, dtype=column.dtype, strict=False).implode())
    return fits.fill_null(value=False).to_numpy()


def _name(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _words(name: str, value: Any) -> str:
    column = narrowing_columns().get(name)
    label = (column.label[:1].lower() + column.label[1:]) if column else name
    if column is not None and column.numeric and (ends := _ends(value)):
        low, high = (None if end is None else f"{end:g}" for end in ends)
        text = f"{low} to {high}" if low and high else f"{low} or more" if low else f"{high} or less" if high else "any"
        return f"{label} ({column.unit}) {text}"
    values = [value] if isinstance(value, str | bool) else list(value)
    return f"{label} {' or '.join(_name(entry) for entry in values)}"
