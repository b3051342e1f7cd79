"""Where a fault or a doubt belongs in the form, and what one press of a button would put right."""

import re
from typing import Any

from myotrial.instruments.definition import load_instrument
from myotrial.model.errors import Fault
from myotrial.study.tables import ENZYMES
from myotrial.study.visits import Visits
from myotrial.web.forms import read_number
from myotrial.web.pages import say_fault
from myotrial.web.tis.form import Form
from myotrial.web.tis.rows import row_of, rows_of
from myotrial.web.tis.table import Entered, label_of

NOTE_PLACE = re.compile(r"^visits, row (\d+), column (\w+): (.*)$")
ONE_SIDE = "mmt8-unilateral"


def placed(entered: Entered, fault: Fault) -> dict[str, str]:
    """Return a fault of the table with the field of the form that it stands in."""
    row = min(max((fault.row or 1) - 1, 0), len(entered.visits) - 1)
    name = (fault.column or "week").replace("_ukat_", "_u_")
    if name == "mmt_max" or name.startswith("option."):
        return {"field": name, "text": say_fault(fault)}
    if fault.code in {"bad_option", "unknown_option"}:
        return {"field": f"option.{name}", "text": say_fault(fault)}
    return {"field": f"{name}.{entered.visits[row]}", "text": say_fault(fault)}


def find_hints(form: Form, entered: Entered, visits: Visits | None) -> list[dict[str, str]]:
    """Return what may be meant otherwise: field, text, and the action of a button with its words.

    Parameters
    ----------
    form, entered
        The entries.
    visits
        The table once it is checked, ``None`` where it has faults.
    """
    found = [*_millimetres(form, entered), *_one_side(form, entered)]
    for note in visits.notes if visits is not None else ():
        match = NOTE_PLACE.match(note)
        if match is None:
            continue
        column = match[2].replace("_ukat_", "_u_")
        visit = entered.visits[int(match[1]) - 1]
        found.append({"field": f"{column}.{visit}", "text": match[3], **_other_unit(form, column)})
    return found


def unplaced(visits: Visits) -> list[str]:
    """Return the notes on a table that are about no one cell; the others are hints."""
    return [note for note in visits.notes if not NOTE_PLACE.match(note)]


def _other_unit(form: Form, column: str) -> dict[str, str]:
    row = row_of(column)
    if row.unit not in ENZYMES:
        return {}
    now = row.given_in(form.units)
    other = next(unit for unit in row.units if unit.code != now.code)
    name = row_of(f"{row.unit}_u_per_l").label
    return {"action": f"unit.{row.unit}.{other.code}", "button": f"Read {name} in {other.name}"}


def _millimetres(form: Form, entered: Entered) -> list[dict[str, str]]:
    """Tell of lines that only millimetres explain, while centimetres are chosen."""
    rows = [row for row in rows_of(form.variant).every if row.unit == "vas"]
    if form.units.get("vas") or not rows:
        return []
    line = load_instrument("physician-global-activity").scales
    high, most = line["cm"].high or 10, line["mm"].high or 100
    for visit in entered.visits:
        for row in rows:
            value = read_number(form.cell(row.name, visit))
            if value is not None and high < value <= most:
                text = f"{value:g} looks like millimetres ({row.label}, {_visit(entered, visit)})"
                return [{"field": f"{row.name}.{visit}", "text": text, "action": "unit.vas.mm",
                         "button": "Read all lines in mm"}]  # fmt: skip
    return []


def _one_side(form: Form, entered: Entered) -> list[dict[str, str]]:
    """Tell where nobody's strength is above what one side can give, while more is stated as possible."""
    if "mmt" not in {row.name for row in rows_of(form.variant).every}:
        return []
    values = [value for visit in entered.visits if (value := read_number(form.cell("mmt", visit))) is not None]
    top, stated = load_instrument(ONE_SIDE).totals[0].high, read_number(form.mmt_max)
    if len(values) < 2 or stated is None or stated <= top or max(values) > top:
        return []
    text = (
        f"no strength is above {top:g}; if one side was tested, the highest possible score is {top:g}, not {stated:g}"
    )
    return [{"field": "mmt_max", "text": text, "action": f"top.{top:g}", "button": f"Read them out of {top:g}"}]


def _visit(entered: Entered, visit: int) -> str:
    return "baseline" if visit == 0 else label_of(entered, visit).lower()


def mark(found: dict[str, Any]) -> dict[str, list[str]]:
    """Return field → texts of its faults."""
    marked: dict[str, list[str]] = {}
    for fault in found["faults"]:
        marked.setdefault(fault["field"], []).append(fault["text"])
    return marked
