"""The result as text to hand on: one line, in full, as rows of Markdown and of CSV."""

import csv
import io
from collections.abc import Mapping
from datetime import date
from typing import Any

from myotrial.criteria.rules import load_criteria
from myotrial.criteria.tis import NO_RESPONSE
from myotrial.web.tis.form import Form
from myotrial.web.tis.rows import Row, row_of, rows_of

NOT_DONE, NOT_ENTERED = "not done", "not entered"


def say_score(visit: Mapping[str, Any]) -> str:
    """Return a score, or the interval that it lies in.

    Examples
    --------
    >>> say_score({"tis": None, "tis_low": 45.0, "tis_high": 60.0})
    '45 to 60'
    """
    if visit["tis"] is not None:
        return f"{visit['tis']:g}"
    return f"{visit['tis_low']:g} to {visit['tis_high']:g}"


def say_category(visit: Mapping[str, Any]) -> str:
    """Return the category, or all that the interval reaches.

    Examples
    --------
    >>> say_category({"categories": ["minimal", "moderate", "major"]})
    'minimal, moderate or major'
    """
    names = ["no improvement" if name == NO_RESPONSE else name for name in visit["categories"]]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def say_cell(form: Form, row: Row, visit: int) -> str:
    """Return what stands in a cell, with its unit; not done and not entered are told apart."""
    text = form.cell(row.name, visit)
    if text == "nd":
        return NOT_DONE
    if not text:
        return NOT_ENTERED
    return f"{text} of {form.mmt_max}" if row.name == "mmt" else f"{text} {form.unit(row)}".strip()


def shown_rows(form: Form) -> list[Row]:
    """Return the rows that a text tells: the measures always, the others where something was entered."""
    rows = rows_of(form.variant)
    first = rows.first if not form.filled(rows.more) or form.filled(rows.first) else ()
    return [*rows.core, *first, *(row for row in (*rows.more, *rows.beside) if form.filled((row,)))]


def head_of(form: Form, visit: int) -> str:
    """Return the name of a column."""
    name = "Baseline" if visit == 0 else f"Visit {visit}"
    return f"{name}, week {form.cell('week', visit)}" if form.cell("week", visit) else name


def seal(found: Mapping[str, Any], on: date) -> str:
    """Return what every text ends with: criteria, version, date, note."""
    return f"{found['criteria']}, {found['version']}, {on.isoformat()}. {found['note']}"


def one_line(form: Form, found: Mapping[str, Any], on: date) -> str:
    """Return the last visit in one line, with its inputs."""
    visit = found["visits"][-1]
    cells = "; ".join(
        f"{row.label} {say_cell(form, row, 0)} to {say_cell(form, row, visit['visit'])}" for row in shown_rows(form)
    )
    score = f"{visit['label']}: Total Improvement Score {say_score(visit)}, {say_category(visit)}"
    return f"{score}. {cells}. {seal(found, on)}"


def full_text(form: Form, found: Mapping[str, Any], on: date) -> str:
    """Return every visit with its points, and every input."""
    lines = []
    for visit in found["visits"]:
        lines.append(f"{visit['label']}: Total Improvement Score {say_score(visit)}, {say_category(visit)}")
        for part in found["measures"]:
            if part["visit"] == visit["visit"]:
                points = f"open, 0 to {part['most']:g}" if part["points"] is None else f"{part['points']:g}"
                lines.append(f"  {part['label']}: {points} of {part['maximum']:g} points")
        if visit["enzyme"]:
            lines.append(f"  Enzyme used: {visit['enzyme']['label']}")
        lines += [f"  {rule['title']}: {rule['words']}" for rule in visit["rules"]]
    lines.append("Inputs")
    for number in (each["visit"] for each in found["inputs"]["visits"]):
        lines.append(f"  {head_of(form, number)}")
        lines += [f"    {row.label}: {say_cell(form, row, number)}" for row in shown_rows(form)]
    return "\n".join([*lines, say_options(form, found), seal(found, on)])


def say_options(form: Form, found: Mapping[str, Any]) -> str:
    """Return what no source settles, as it was used.

    Examples
    --------
    >>> say_options(Form(), {"options": {"missing": "zero"}})
    'Options: a measure that is missing gives: no points.'
    """
    known = load_criteria(form.variant).options
    told = [
        f"{known[name].label}: {say_option(value, known[name].choices)}" for name, value in found["options"].items()
    ]
    return f"Options: {'; '.join(told)}."


def say_option(value: Any, choices: Mapping[Any, str]) -> str:
    """Return the value of an option in words."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {each:g}" for name, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "not stated" if value is None else choices.get(value, f"{value}")


def markdown_rows(form: Form, found: Mapping[str, Any], on: date) -> str:
    """Return a table of Markdown, one row for each visit."""
    head, rows = _table(form, found, on)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "/") for cell in line) + " |" for line in lines)


def csv_rows(form: Form, found: Mapping[str, Any], on: date) -> str:
    """Return rows of CSV under their names, one for each visit."""
    head, rows = _table(form, found, on)
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([head, *rows])
    return out.getvalue().rstrip("\n")


def _table(form: Form, found: Mapping[str, Any], on: date) -> tuple[list[str], list[list[str]]]:
    rows = shown_rows(form)
    measures = {part["measure"]: part["label"] for part in found["measures"]}
    head = ["visit", "week", "tis", "tis_low", "tis_high", "category", *(f"points_{name}" for name in measures)]
    head += [f"{row.name}{end}" for row in rows for end in ("_baseline", "")]
    head += ["mmt_max"] * any(row.name == "mmt" for row in rows) + ["units", "criteria", "version", "date"]
    units = ", ".join(f"{row.name} {form.unit(row)}" for row in rows if row.unit in form.units)
    told = []
    for visit in found["visits"]:
        points = {part["measure"]: part["points"] for part in found["measures"] if part["visit"] == visit["visit"]}
        cells = [str(visit["visit"]), *(_text(visit[name]) for name in ("week", "tis", "tis_low", "tis_high"))]
        cells += [say_category(visit), *(_text(points[name]) for name in measures)]
        cells += [_bare(form, row.name, place) for row in rows for place in (0, visit["visit"])]
        cells += [form.mmt_max] * any(row.name == "mmt" for row in rows)
        told.append([*cells, units, found["criteria"], found["version"], on.isoformat()])
    return head, told


def _bare(form: Form, name: str, visit: int) -> str:
    text = form.cell(name, visit)
    return NOT_DONE if text == "nd" else text


def _text(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def say_inputs(form: Form, found: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """Return the inputs as rows of text, for print."""
    numbers = [each["visit"] for each in found["inputs"]["visits"]]
    return [(row_label(row), [say_cell(form, row, number) for number in numbers]) for row in shown_rows(form)]


def row_label(row: Row) -> str:
    """Return the words of a row; a limit is told after its enzyme."""
    return row.label or row_of(row.name).label
