"""Read a whole study: a folder of plain tables, or a visit table alone."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from myotrial.model.errors import BadInput
from myotrial.study.folder import SIMULATED, Place, Tables, check_free, how_simulated
from myotrial.study.tables import MORE_TABLES, load_tables
from myotrial.study.visits import Visits, read_visits


@dataclass(frozen=True, slots=True, repr=False)
class StudyData:
    """The tables of one study, checked.

    Attributes
    ----------
    subjects
        One row per subject: subject_id, arm and what else is known.
    visits
        The visit table.
    events
        One row per event: subject_id, day (from 1 = first treatment), kind, reason.
    inputs
        Table → SHA-256 of the file it was read from.
    simulated
        How the study was simulated (seed, assumptions), or ``None`` for a real one.
    notes
        What was noticed and is not a fault.
    doses
        One row per dose record: drug, start_day, end_day (empty: goes on), dose_mg, per, route, purpose.
    infusions
        One row per infusion: subject_id, day, dose_g.
    adverse_events
        One row per adverse event: term, start_day, end_day, severity, serious, related, severity_before.
    items
        One row per item of an instrument at a visit: subject_id, week, instrument, item, value.
    places
        Table → the file it was read from, and the number of each row in it; empty where nothing was read from a folder.
    """

    subjects: pl.DataFrame
    visits: Visits
    events: pl.DataFrame
    inputs: Mapping[str, str] = field(default_factory=dict)
    simulated: Mapping[str, Any] | None = None
    notes: tuple[str, ...] = ()
    doses: pl.DataFrame = field(default_factory=lambda: _empty("doses"))
    infusions: pl.DataFrame = field(default_factory=lambda: _empty("infusions"))
    adverse_events: pl.DataFrame = field(default_factory=lambda: _empty("adverse_events"))
    items: pl.DataFrame = field(default_factory=lambda: _empty("items"))
    places: Mapping[str, Place] = field(default_factory=dict)

    def __repr__(self) -> str:
        """One line with the numbers."""
        kind = "StudyData, simulated" if self.simulated else "StudyData"
        more = "".join(f", {frame.height:,} {name.replace('_', ' ')}" for name, frame in self._more().items())
        return (
            f"{kind}({self.subjects.height:,} subjects, {self.visits.frame.height:,} visits, "
            f"{self.events.height:,} events{more})"
        )

    def _more(self) -> dict[str, pl.DataFrame]:
        """Return the further tables that hold anything."""
        return {name: getattr(self, name) for name in MORE_TABLES if getattr(self, name).height}

    def write(self, folder: str | Path) -> list[Path]:
        """Write the tables as CSV files into a folder, which is made where it is not there.

        Simulated data may be written over, so that a folder can be simulated anew: what it held of tables is then
        replaced as a whole.

        Parameters
        ----------
        folder
            Where to; ``doses``, ``infusions``, ``adverse_events`` and ``items`` are written where they hold a row.

        Raises
        ------
        BadInput
            The folder holds study tables and does not say that they were simulated. Nothing is then written.
        """
        target = Path(folder)
        check_free(target, load_tables())
        target.mkdir(parents=True, exist_ok=True)
        tables = {"subjects": self.subjects, "visits": self.visits.frame, "events": self.events, **self._more()}
        paths = [target / f"{name}.csv" for name in tables]
        for left in {target / f"{name}.csv" for name in load_tables()} - set(paths):
            left.unlink(missing_ok=True)
        said = target / SIMULATED
        said.unlink(missing_ok=True)
        if self.simulated:
            said.write_text(json.dumps(dict(self.simulated), indent=2) + "\n", encoding="utf-8")
        for path, frame in zip(paths, tables.values(), strict=True):
            frame.write_csv(path)
        return [*paths, said] if self.simulated else paths

    def canonical_csv(self) -> bytes:
        """Return all tables as one CSV text, the same bytes for the same data on every machine.

        A further table stands in it, after its name, only where it holds a row.
        """
        tables = [frame.write_csv() for frame in (self.subjects, self.visits.frame, self.events)]
        more = [f"# {name}\n{frame.write_csv()}" for name, frame in self._more().items()]
        return b"\n".join(text.encode() for text in tables + more)


def read_study(
    path: str | Path,
    baseline_week: float | None = None,
    *,
    needs: Mapping[str, str] | None = None,
    masked: bool = False,
) -> StudyData:
    """Read and check a study.

    Parameters
    ----------
    path
        A folder that holds ``visits`` and, as far as there are any, ``subjects``, ``events``, ``doses``,
        ``infusions``, ``adverse_events`` and ``items``, each as CSV or Parquet; or the visit table alone, which
        then needs an ``arm`` column for comparisons.
    baseline_week
        The week of every subject's baseline; see :func:`read_visits`.
    needs
        The columns that the visit table must have, each with what asks for it: of a trial, what :func:`trial_needs`
        gives. Without it, the five columns of the adult core set.
    masked
        Whether what tells the allocation (arms, name and amount of the study treatment) is taken out before anything
        is looked at, so that neither data nor messages hold it.

    Raises
    ------
    BadInput
        With every fault of every table.

    Examples
    --------
    >>> from myotrial.model.data import data_file
    >>> read_study(data_file("examples", "infliximab13", "visits_uln_men.csv"))
    StudyData(13 subjects, 22 visits, 0 events)
    """
    folder = Path(str(path))
    if not folder.is_dir():
        alone = read_visits(folder, baseline_week, needs=needs, masked=masked)
        return StudyData(_subjects_from(alone), alone, _empty("events"), {"visits": str(alone.sha256)},
                         notes=alone.notes)  # fmt: skip
    tables = Tables(folder, masked)
    visits = tables.visits(baseline_week, needs)
    subjects, events = tables.plain("subjects"), tables.plain("events")
    more = {name: frame for name in MORE_TABLES if (frame := tables.plain(name)) is not None}
    tables.find_strangers()
    tables.find_after_death()
    tables.find_unread()
    if tables.faults or visits is None:
        raise BadInput(tables.faults)
    return StudyData(
        _subjects_from(visits) if subjects is None else subjects,
        visits,
        _empty("events") if events is None else events,
        tables.inputs,
        how_simulated(folder),
        tuple(tables.notes),
        places=tables.places(),
        **more,
    )


def _subjects_from(visits: Visits) -> pl.DataFrame:
    columns = [name for name in ("subject_id", "arm") if name in visits.frame.columns]
    return visits.frame[visits.layout.first, columns]


def _empty(name: str) -> pl.DataFrame:
    kinds: dict[str, Any] = {"text": pl.String, "number": pl.Float64, "whole": pl.Int64, "flag": pl.Boolean}
    return pl.DataFrame(schema={column.name: kinds[column.kind] for column in load_tables()[name].columns})
