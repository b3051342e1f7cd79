"""What the buttons of the form do: another visit, another unit, a sheet that opens, its total that is used."""

from collections.abc import Mapping
from typing import Any

from myotrial.web.forms import read_number
from myotrial.web.sheets import Sheet, find_sheets, score_items
from myotrial.web.tis.form import MOST_VISITS, Form, places
from myotrial.web.tis.rows import ORGANS, VARIANTS, rows_of

MDAAT = dict.fromkeys(ORGANS, ORGANS)


def act(form: Form, action: str) -> str:
    """Do what a button asks; return the field that the focus goes to, empty for none.

    Parameters
    ----------
    form
        What was entered; it is changed.
    action
        ``score``, ``more``, ``fewer``, ``variant.ID``, ``unit.NAME.CODE``, ``top.NUMBER``, ``open.INSTRUMENT.VISIT``,
        ``close``, ``use`` or ``use.INSTRUMENT.VISIT``; anything else is left aside.
    """
    verb, _, rest = action.partition(".")
    if verb == "more" and form.visits < MOST_VISITS:
        form.visits += 1
        return f"week.{form.visits - 1}"
    if verb == "fewer" and form.visits > 2:
        form.visits -= 1
    elif verb == "variant" and rest in VARIANTS:
        form.variant = rest
    elif verb == "unit":
        return _unit(form, rest)
    elif verb == "top" and read_number(rest) is not None:
        form.mmt_max = rest
        return "mmt_max"
    elif verb == "open" and rest in places(form.visits):
        form.opened = rest
        return "sheet"
    elif verb in {"close", "use"} and (form.opened or rest in form.items):
        form.opened = rest if rest in form.items else form.opened
        return _close(form, use=verb == "use")
    return ""


def _unit(form: Form, rest: str) -> str:
    name, _, code = rest.partition(".")
    row = next((row for row in rows_of(form.variant).every if row.unit == name), None)
    if row is None or code not in {unit.code for unit in row.units}:
        return ""
    form.units = {**form.units, name: code} if code else {n: c for n, c in form.units.items() if n != name}
    return f"unit.{name}"


def sheets_of(form: Form, instrument: str) -> list[tuple[str, Sheet]]:
    """Return the cells that an instrument fills in this variant: column and sheet."""
    names = [row.name for row in rows_of(form.variant).every]
    return [(name, sheet) for name in names for sheet in find_sheets().get(name, ()) if sheet.instrument == instrument]


def siblings(form: Form, instrument: str) -> tuple[str, ...]:
    """Return the instruments that can stand in for one another in the open sheet, itself among them."""
    if instrument in MDAAT:
        return MDAAT[instrument]
    found = [row.sheets for row in rows_of(form.variant).every if instrument in row.sheets]
    return found[0] if found else (instrument,)


def opens(form: Form, sheets: tuple[str, ...], visit: int) -> str:
    """Return the instrument that a cell's button opens: one that was filled in, else the one of the stated scale."""
    filled = [name for name in sheets if f"{name}.{visit}" in form.items]
    top = read_number(form.mmt_max)
    scaled = [s.instrument for s in find_sheets()["mmt"] if s.instrument in sheets and s.maximum == top]
    return (filled or scaled or list(sheets))[0]


def _close(form: Form, *, use: bool) -> str:
    instrument, _, visit = form.opened.rpartition(".")
    cells = form.items.get(form.opened, {})
    targets = sheets_of(form, instrument)
    if use:
        found = score_items(instrument, cells)
        faults = [{"field": "sheet", "text": fault["text"]} for fault in found["faults"]]
        faults += [fault for column, sheet in targets for fault in _put(form, column, sheet, found, int(visit))]
        if faults:
            form.faults += faults
            return "sheet"
    place, form.opened = form.opened, ""
    field = targets[0][0] if targets else "extramuscular_cm" if place.startswith(ORGANS) else "week"
    return f"{field}.{visit}"


def _put(form: Form, column: str, sheet: Sheet, found: Mapping[str, Any], visit: int) -> list[dict[str, str]]:
    """Put a total into its cell; an open total, or one out of another maximum than the other visits', is not used."""
    total = found["totals"].get(sheet.total)
    if total is None or total["value"] is None:
        least = f": it lies between {total['least']:g} and {total['most']:g}" if total else ""
        return [{"field": "sheet", "text": f"the total of {sheet.title} is not settled{least}; items are missing"}]
    if column == "mmt" and read_number(form.mmt_max) != sheet.maximum:
        others = [form.cell("mmt", other) for other in range(form.visits) if other != visit]
        if any(text not in {"", "nd"} for text in others):
            text = f"{sheet.title} is out of {sheet.maximum:g}, and the other visits are out of {form.mmt_max}"
            return [{"field": "sheet", "text": text}]
        form.mmt_max = f"{sheet.maximum:g}"
    form.put(column, visit, f"{total['value']:.12g}")
    return []
