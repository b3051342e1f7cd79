"""From the texts of the form to a visit table: numbers, units and weeks, and what could not be read."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import polars as pl

from myotrial.web.forms import read_number
from myotrial.web.tis.form import Form, open_options
from myotrial.web.tis.rows import Row, rows_of


@dataclass(slots=True)
class Entered:
    """A form as a table.

    Attributes
    ----------
    frame
        One row per visit that has an entry.
    visits
        The number of the form's column that each row is.
    weeks
        The week of each row; where no week was given, its place.
    dated
        Whether weeks were given.
    baseline
        Whether anything stands in the first column.
    options
        The options that were stated.
    inputs
        What was entered, as it is handed on.
    faults
        Field and text.
    """

    frame: pl.DataFrame
    visits: list[int]
    weeks: list[float]
    dated: bool
    baseline: bool
    options: dict[str, Any]
    inputs: dict[str, Any]
    faults: list[dict[str, str]] = field(default_factory=list)

    def number(self, week: float) -> int:
        """Return the column of the form that a week belongs to."""
        return self.visits[self.weeks.index(week)]

    def week(self, visit: int) -> float | None:
        """Return the week of a column, ``None`` where none was given."""
        return self.weeks[self.visits.index(visit)] if self.dated else None


def enter(form: Form) -> Entered:
    """Read a form's texts.

    Examples
    --------
    >>> form = Form.of({"physician_global_cm.0": "60", "physician_global_cm.1": "3,5", "unit.vas": "mm"})
    >>> entered = enter(form)
    >>> entered.frame["physician_global_cm"].to_list(), entered.weeks, entered.dated
    ([6.0, 0.35], [0.0, 1.0], False)
    """
    rows = rows_of(form.variant).every
    faults = list(form.faults)
    filled = [any(form.cell(row.name, visit) for row in rows) for visit in range(form.visits)]
    visits = [visit for visit in range(form.visits) if filled[visit] or visit == 0]
    weeks, dated = _weeks(form, visits, faults)
    columns: dict[str, list[float | None]] = {}
    for row in rows:
        unit, values = row.given_in(form.units), []
        for visit in visits:
            value = _number(f"{row.name}.{visit}", form.cell(row.name, visit), faults)
            values.append(None if value is None else float(Decimal(repr(value)) * Decimal(unit.factor)))
        if any(value is not None for value in values):
            columns[unit.column] = values
    top = _number("mmt_max", form.mmt_max, faults)
    if "mmt" in columns:
        columns["mmt_max"] = [top] * len(visits)
    schema = dict.fromkeys(columns, pl.Float64)
    frame = pl.DataFrame({"subject_id": ["patient"] * len(visits), "week": weeks, **columns},
                         schema={"subject_id": pl.String, "week": pl.Float64, **schema})  # fmt: skip
    return Entered(frame, visits, weeks, dated, filled[0], _options(form, faults), _inputs(form, rows, visits), faults)


def label_of(entered: Entered, visit: int) -> str:
    """Return what a visit is called: its week, else its number."""
    week = entered.week(visit)
    return f"Visit {visit}" if week is None else f"Week {week:g}"


def _number(name: str, text: str, faults: list[dict[str, str]]) -> float | None:
    if not text or text == "nd":
        return None
    value = read_number(text)
    if value is None and name not in {fault["field"] for fault in faults}:
        faults.append({"field": name, "text": f"“{text}” is not a number; nd stands for not done"})
    return value


def _weeks(form: Form, visits: list[int], faults: list[dict[str, str]]) -> tuple[list[float], bool]:
    """Return the weeks of the visits that have an entry; their places where no week of a later visit was given."""
    dated = any(form.cell("week", visit) for visit in visits if visit)
    if not dated:
        return [float(visit) for visit in visits], False
    weeks: list[float] = []
    for visit in visits:
        text = form.cell("week", visit) or ("0" if visit == 0 else "")
        week = _number(f"week.{visit}", text, faults)
        if not text or text == "nd":
            faults.append({"field": f"week.{visit}", "text": "the week is missing, and another visit has one"})
        elif week is not None and weeks and week <= weeks[-1]:
            faults.append({"field": f"week.{visit}", "text": f"week {week:g} is not after week {weeks[-1]:g}"})
            week = None
        weeks.append(week if week is not None else (weeks[-1] + 0.5 if weeks else 0.0))
    return weeks, True


def _options(form: Form, faults: list[dict[str, str]]) -> dict[str, Any]:
    """Return the options that were stated, each as its rule takes it."""
    stated: dict[str, Any] = {}
    known = open_options(form.variant)
    for name, text in form.options.items():
        if choices := known[name].choices:
            chosen = next((choice for choice in choices if str(choice).lower() == text.lower()), None)
            if chosen is None:
                faults.append({"field": f"option.{name}", "text": f"“{text}” is not one of the choices"})
            else:
                stated[name] = chosen
        elif (value := _number(f"option.{name}", text, faults)) is not None:
            stated[name] = value
    return stated


def _inputs(form: Form, rows: tuple[Row, ...], visits: list[int]) -> dict[str, Any]:
    """Return what was entered; not done and not entered are two things."""
    told = []
    for visit in visits:
        cells = {row.name: form.cell(row.name, visit) for row in rows}
        told.append(
            {
                "visit": visit,
                "week": form.cell("week", visit) or None,
                "values": {name: text for name, text in cells.items() if text not in {"", "nd"}},
                "not_done": [name for name, text in cells.items() if text == "nd"],
                "not_entered": [name for name, text in cells.items() if not text],
            }
        )
    units = {row.name: form.unit(row) for row in rows if any(form.cell(row.name, v) not in {"", "nd"} for v in visits)}
    return {"units": units, "mmt_max": form.mmt_max, "options": dict(form.options), "visits": told, "items": form.items}
