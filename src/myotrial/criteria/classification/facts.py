"""What is known of subjects → checked facts: yes, no or unknown, numbers and texts; every fault at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import polars as pl

from myotrial.criteria.classification.links import follow
from myotrial.criteria.classification.rules import FACTS, FOLDER
from myotrial.model.condition import Compare
from myotrial.model.data import load_data
from myotrial.model.decimals import to_nano
from myotrial.model.errors import BadInput, Fault, did_you_mean
from myotrial.model.evaluate import MET, NOT_MET, UNKNOWN, evaluate_with
from myotrial.study.columns import typed_columns
from myotrial.study.ranges import out_of_range
from myotrial.study.raw_table import RawTable
from myotrial.study.tables import Column, Table

FactsIn = pl.DataFrame | Mapping[str, Any] | RawTable
"""One row per subject, the facts of one subject by name, or a file as :mod:`.files` reads it."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts of some subjects.

    Attributes
    ----------
    subjects
        Who they are, shape (subjects,); the number of the row where no ``subject_id`` was given.
    answers
        Flag → ``NOT_MET``, ``UNKNOWN`` or ``MET``, shape (subjects,).
    numbers
        Number → doubles, shape (subjects,), NaN where unknown.
    texts
        Text → strings, null where unknown.
    table
        Where they were read: it tells the place of a fault.
    """

    subjects: pl.Series
    answers: dict[str, np.ndarray]
    numbers: dict[str, np.ndarray]
    texts: dict[str, pl.Series]
    table: RawTable

    def evaluate(self, rule: Any) -> np.ndarray:
        """Return the answer of a rule over facts, shape (subjects,)."""
        return evaluate_with(rule, self._leaf)

    def _leaf(self, leaf: Any) -> np.ndarray:
        if not isinstance(leaf, Compare):
            return self.answers[leaf.event]
        number = self.numbers[leaf.measure]
        assert leaf.comparator == "at_least"  # noqa: S101  (no rule here compares in another way)
        reached = to_nano(number) >= to_nano(np.array([leaf.threshold]))
        return np.where(np.isnan(number), UNKNOWN, np.where(reached, MET, NOT_MET))


@cache
def load_facts() -> dict[str, Column]:
    """Return every fact that a frame may hold, by column name.

    Examples
    --------
    >>> load_facts()["heliotrope"].expected(), load_facts()["ivig_months"].label
    ('yes or no', 'time on intravenous immunoglobulin')
    """
    data = load_data(FOLDER, FACTS)
    columns = [Column(**entry) for entry in data["columns"]]
    for each, label in data["treatments"].items():
        for entry in data["per_treatment"]:
            name, text = entry["name"].format(each=each), entry["label"].format(label=label)
            columns.append(Column(**{**entry, "name": name, "label": text}))
    return {column.name: column for column in columns}


def list_sections() -> dict[str, tuple[str, ...]]:
    """Return the facts as they stand on a form: the words of a section → its facts, in order.

    Examples
    --------
    >>> list_sections()["Skin"]
    ('heliotrope', 'gottron_papules', 'gottron_sign', 'dm_rash', 'mechanics_hands')
    """
    data = load_data(FOLDER, FACTS)
    of_treatments = [entry["name"].format(each=each) for each in data["treatments"] for entry in data["per_treatment"]]
    return {
        section["label"]: (*section["facts"], *(of_treatments if section.get("treatments") else ()))
        for section in data["sections"]
    }


def read_facts(facts: FactsIn) -> Facts:
    """Check a frame of facts.

    Parameters
    ----------
    facts
        One row per subject and one column per fact (see :func:`load_facts`), or a mapping for one subject. An empty
        cell, and a column that is not there, is unknown. A flag is true/false, yes/no or 1/0. A file that was read
        brings its own faults and the places of its cells.

    Raises
    ------
    BadInput
        Columns that are not known, values that cannot be, facts that contradict each other.

    Examples
    --------
    >>> read_facts({"onset_age_years": 45}).answers["onset_40_or_over"].tolist() == [MET]
    True
    """
    raw = facts if isinstance(facts, RawTable) else RawTable(_one_row(facts), "facts", 1)
    frame, known = raw.frame, load_facts()
    faults = [*raw.faults, *(_stranger(name, known, raw) for name in frame.columns if name not in known)]
    typed = pl.DataFrame()
    columns = tuple(known[name] for name in frame.columns if name in known)
    if columns:
        table = Table(key=("subject_id",), columns=columns)
        typed, wrong = typed_columns(raw, table)
        faults += [*wrong, *out_of_range(typed, table, raw, wrong)]
    found = _gather(typed, raw)
    faults += _subject_faults(typed, raw)
    faults += _contradictions(found, raw)
    if faults:
        raise BadInput(faults)
    return found


def _one_row(facts: pl.DataFrame | Mapping[str, Any]) -> pl.DataFrame:
    """Return the facts as a frame: those of one subject too, also where nothing is known."""
    if isinstance(facts, pl.DataFrame):
        return facts
    return pl.DataFrame({name: [value] for name, value in {"subject_id": "1", **facts}.items()})


def _stranger(name: str, known: Mapping[str, Column], raw: RawTable) -> Fault:
    return raw.fault("unknown_column", "no fact has this name", None, name, hint=did_you_mean(name, list(known)))


def _gather(typed: pl.DataFrame, raw: RawTable) -> Facts:
    """Gather the columns by kind; a fact that was not given is unknown for everyone."""
    height = raw.frame.height
    answers, numbers, texts = {}, {}, {}
    for name, column in load_facts().items():
        given = typed[name] if name in typed.columns else pl.Series([None], dtype=pl.Null).new_from_index(0, height)
        if column.kind == "flag":
            flags = given.cast(pl.Int8).to_numpy() if given.null_count() < height else np.full(height, np.nan)
            answers[name] = np.where(np.isnan(flags), UNKNOWN, np.where(flags == 1, MET, NOT_MET)).astype(np.int8)
        elif column.numeric:
            numbers[name] = given.cast(pl.Float64).to_numpy().astype(np.float64)
        else:
            texts[name] = given.cast(pl.String)
    subjects = texts.pop("subject_id")
    if "subject_id" not in typed.columns:
        subjects = pl.Series([str(row) for row in range(1, height + 1)], dtype=pl.String)
    return Facts(subjects.rename("subject_id"), answers, numbers, texts, raw)


def _subject_faults(typed: pl.DataFrame, raw: RawTable) -> list[Fault]:
    if "subject_id" not in typed.columns:
        return []
    subjects = typed["subject_id"]
    empty = [raw.fault("missing_value", "the subject is empty", row, "subject_id", expected="a name in every row")
             for row in subjects.is_null().arg_true()]  # fmt: skip
    again = subjects.is_not_null() & ~subjects.is_first_distinct()
    return empty + [
        raw.fault("duplicate_subject", "the subject stands in an earlier row too", row, "subject_id",
                  str(subjects[row]), "one row per subject")
        for row in again.arg_true()
    ]  # fmt: skip


def _contradictions(facts: Facts, raw: RawTable) -> list[Fault]:
    told = {
        (int(row), clash.column, clash.says): clash.expected
        for clash in follow(facts.answers, facts.numbers, facts.texts)
        for row in np.flatnonzero(clash.rows)
    }
    return [
        raw.fault("contradiction", says, row, column, expected=expected)
        for (row, column, says), expected in told.items()
    ]
