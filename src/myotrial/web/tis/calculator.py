"""The calculator of the Total Improvement Score: what a form says → visits → score, explained."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from myotrial.criteria.every import find_needs, score_visits
from myotrial.criteria.explain import explain_tis
from myotrial.criteria.rules import load_criteria
from myotrial.model.errors import BadInput, Fault
from myotrial.study.tables import ENZYMES, Column, load_tables
from myotrial.study.visits import check_visits
from myotrial.trials.names import known_scores
from myotrial.web.forms import read_number
from myotrial.web.pages import NOTE, say_fault

VARIANTS = {
    "acr-eular-2016-adult": "Adults",
    "acr-eular-2016-juvenile-imacs": "Children, IMACS measures",
    "acr-eular-2016-juvenile-printo": "Children, PRINTO measures",
}
ADULT = "acr-eular-2016-adult"
MOST_VISITS = 12
NOT_DONE = frozenset({"nd", "n.d.", "not done", "-"})
"""What stands in a cell for a measure that was not taken; an empty cell is still to come. Both count as missing."""

EXAMPLE: dict[str, tuple[str, ...]] = {
    "week": ("0", "12", "24"),
    "physician_global_cm": ("6.0", "3.5", "2.0"),
    "patient_global_cm": ("6.0", "5.0", "4.0"),
    "mmt": ("120", "128", "135"),
    "haq_di": ("1.5", "1.25", "1.0"),
    "chaq": ("1.5", "1.25", "1.0"),
    "extramuscular_cm": ("3.0", "2.5", "nd"),
    "cmas": ("30", "36", "42"),
    "das": ("12", "9", "6"),
    "chq_phs": ("30", "34", "40"),
    "ck_u_per_l": ("900", "420", "300"),
    "ck_uln_u_per_l": ("200", "200", "200"),
}
"""An invented patient."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the form: a measure, its words and its cells."""

    name: str
    label: str
    hint: str
    whole: bool


@dataclass(slots=True)
class Form:
    """What was entered: the variant, and name → one text per visit."""

    variant: str = ADULT
    visits: int = 2
    cells: dict[str, list[str]] = field(default_factory=dict)
    mmt_max: str = "150"

    def cell(self, name: str, visit: int) -> str:
        """Return what stands in a cell."""
        values = self.cells.get(name, [])
        return values[visit] if visit < len(values) else ""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "Form":
        """Read a form's fields, named ``measure.visit``; what is not known is left aside."""
        variant = given.get("variant", ADULT)
        variant = variant if variant in VARIANTS else ADULT
        asked = given.get("visits", "2")
        visits = min(max(int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 2, 2), MOST_VISITS)
        if given.get("action") == "more":
            visits = min(visits + 1, MOST_VISITS)
        names = [
            "week",
            *(entry.name for entry in entries(variant)),
            *(entry.name for entry in enzyme_entries(variant)),
        ]
        cells = {name: [given.get(f"{name}.{visit}", "").strip() for visit in range(visits)] for name in names}
        return cls(variant, visits, cells, given.get("mmt_max", "150").strip() or "150")

    @classmethod
    def example(cls, variant: str) -> "Form":
        """Return the form of an invented patient."""
        return cls(variant, 3, {name: list(values) for name, values in EXAMPLE.items()})


def entries(variant: str) -> list[Entry]:
    """Return the measures of a variant, in the order of its rule."""
    table = load_tables()["visits"]
    return [_entry(table.column(name)) for name in find_needs(variant)]


def enzyme_entries(variant: str) -> list[Entry]:
    """Return value and limit of each enzyme, where the variant has one."""
    if all(measure.column for measure in load_criteria(variant).measures):
        return []
    table = load_tables()["visits"]
    names = [f"{enzyme}_{part}" for enzyme in ENZYMES for part in ("u_per_l", "uln_u_per_l")]
    return [_entry(table.column(name)) for name in names]


def _entry(column: Column) -> Entry:
    hint = "0 points or more, up to the highest possible" if column.max_column else column.expected()
    hint = "U/L" if not column.ranged and column.unit == "U/L" else hint
    return Entry(column.name, column.label, hint, column.kind == "whole")


def calculate(form: Form) -> dict[str, Any]:
    """Score what was entered.

    Parameters
    ----------
    form
        The entries; an empty cell and one that says "not done" are missing.

    Returns
    -------
    dict
        ``visits`` (score, interval, category, ceiling, distance, DOI and worsening of each follow-up visit),
        ``measures`` (points by visit and measure), ``faults`` (field and text), and what it all rests on.
    """
    frame, faults = _frame(form)
    if frame.height < 2:
        return _answer(form, faults)
    try:
        visits = check_visits(frame, needs=find_needs(form.variant))
        found = explain_tis(visits, form.variant)
        others = _others(form, visits)
    except BadInput as error:
        return _answer(form, [*faults, *(_placed(form, fault) for fault in error.faults)])
    if faults:
        return _answer(form, faults)
    rows = [{**row, **other} for row, other in zip(found.summary.to_dicts(), others, strict=True)]
    labels = {measure.id: measure.label for measure in load_criteria(form.variant).measures}
    measures = [{**row, "label": labels[row["measure"]]} for row in found.frame.to_dicts()]
    enzymes = found.scores.frame["enzyme_used"].to_list() if "enzyme_used" in found.scores.frame.columns else []
    told = found.scores.provenance()
    told |= {"visits": rows, "measures": measures, "enzymes": enzymes}
    told["notes"] = list(dict.fromkeys([*visits.notes, *told.get("notes", ())]))
    return _answer(form, faults, **told)


def _answer(form: Form, faults: list[dict[str, str]], **found: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {"visits": [], "measures": [], "enzymes": [], "notes": []}
    own = {"criteria": form.variant, "title": VARIANTS[form.variant], "faults": faults, "note": NOTE}
    return {**empty, **found, **own}


def _frame(form: Form) -> tuple[pl.DataFrame, list[dict[str, str]]]:
    """Return one row per visit that has an entry, numbers as numbers, and the cells that are none."""
    faults: list[dict[str, str]] = []
    rows = []
    for visit in range(form.visits):
        row: dict[str, Any] = {"subject_id": "patient", "_visit": visit}
        for name in form.cells:
            text = form.cell(name, visit)
            value = read_number(text)
            if text and value is None and text.lower() not in NOT_DONE:
                faults.append({"field": f"{name}.{visit}", "text": f"“{text}” is not a number; nd stands for not done"})
            row[name] = value
        if any(row[name] is not None for name in form.cells if name != "week"):
            if row["week"] is None and not form.cell("week", visit):
                row["week"] = float(visit * 12) if visit else 0.0
            rows.append(row)
    top = read_number(form.mmt_max)
    if top is None:
        faults.append({"field": "mmt_max", "text": f"“{form.mmt_max}” is not a number"})
    schema = {"subject_id": pl.String, "_visit": pl.Int64, **dict.fromkeys(form.cells, pl.Float64)}
    frame = pl.DataFrame(rows, schema=schema, orient="row").drop("_visit")
    unused = [name for name in frame.columns if name.endswith("_u_per_l") and frame[name].null_count() == frame.height]
    frame = frame.drop(unused)
    return frame.with_columns(mmt_max=pl.lit(top or 150.0)) if "mmt" in frame.columns else frame, faults


def _placed(form: Form, fault: Fault) -> dict[str, str]:
    """Return a fault of the table with the field of the form that it stands in."""
    row = (fault.row or 1) - 1
    name = fault.column or "week"
    place = f"{name}.{row}" if name in form.cells else "mmt_max" if name == "mmt_max" else "week.0"
    return {"field": place, "text": say_fault(fault)}


def _others(form: Form, visits: Any) -> list[dict[str, Any]]:
    """Return of each follow-up visit whether the older definition of improvement and worsening are met, for adults."""
    if form.variant != ADULT:
        return [{"doi": None, "worse": None, "confirmed": None}] * max(visits.frame.height - 1, 0)
    doi = score_visits(visits, "imacs-doi-2004").frame
    worse = score_visits(visits, "worsening-proderm").frame
    names = [name for name in doi.columns if name.startswith("doi")][:1] or [doi.columns[2]]
    return [
        {"doi": improved, "worse": worsening, "confirmed": confirmed}
        for improved, worsening, confirmed in zip(
            doi[names[0]].to_list(), worse["worsening"].to_list(), worse["confirmed"].to_list(), strict=True
        )
    ]


def as_text(found: Mapping[str, Any]) -> str:
    """Return the result as text to be copied into a record: score, category, points, criteria, version."""
    lines = []
    for row in found["visits"]:
        score = f"{row['tis']:g}" if row["tis"] is not None else f"{row['tis_low']:g} to {row['tis_high']:g}"
        category = (row["category"] or "open").replace("_", " ")
        lines.append(f"Week {row['week']:g}: Total Improvement Score {score}, {category}")
        mine = [each for each in found["measures"] if each["week"] == row["week"]]
        lines += [f"  {each['label']}: {'missing' if each['points'] is None else format(each['points'], 'g')}"
                  for each in mine]  # fmt: skip
    lines.append(f"{found['criteria']}, {found.get('version', 'myotrial')}. {NOTE}")
    return "\n".join(lines)


assert set(VARIANTS) == set(known_scores()["tis"])  # noqa: S101  (every published variant has its words)
