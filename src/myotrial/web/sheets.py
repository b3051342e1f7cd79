"""Item sheets: what a form says of an instrument's items → totals; and the same as a short text for one field."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from urllib.parse import quote, unquote

import polars as pl

from myotrial.instruments.definition import Instrument, list_instruments, load_instrument
from myotrial.instruments.items import Item, Scale
from myotrial.instruments.layout import Part, first_choices, lay_out
from myotrial.instruments.scoring import score_wide
from myotrial.instruments.study_items import visit_column
from myotrial.instruments.total import Total
from myotrial.model.errors import BadInput, Fault
from myotrial.study.tables import load_tables
from myotrial.web.forms import read_number
from myotrial.web.pages import NOTE, say_fault

NOT_DONE = frozenset({"nd", "n.d.", "not done", "-"})
"""What stands in a cell for an item that was not tested; an empty cell is still to come. Both are missing."""
OPTION = "option."
"""What the name of a cell that holds an option begins with."""
MOST_PACKED = 20_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """An instrument whose total fills a column of a visit.

    Attributes
    ----------
    instrument, title
        Its name and its short title.
    total, unit
        Which of its totals it is, and the unit.
    maximum
        The highest total; for ``mmt`` it is the row's ``mmt_max``.
    items
        How many items it has.
    """

    instrument: str
    title: str
    total: str
    unit: str
    maximum: float
    items: int


@cache
def find_sheets() -> Mapping[str, tuple[Sheet, ...]]:
    """Return the instruments that give a column of a visit from several items, by column.

    Examples
    --------
    >>> [(sheet.instrument, sheet.maximum) for sheet in find_sheets()["mmt"]]
    [('mmt26', 260.0), ('mmt8-bilateral', 150.0), ('mmt8-unilateral', 80.0)]
    >>> sorted(find_sheets())
    ['cdasi_activity', 'cdasi_damage', 'chaq', 'cmas', 'das', 'haq_di', 'mmt']
    """
    columns = [column.name for column in load_tables()["visits"].columns]
    found: dict[str, list[Sheet]] = {}
    for name in list_instruments():
        instrument = load_instrument(name)
        for total in instrument.totals:
            column, items = visit_column(total, columns), len(instrument.items_of(total))
            if column is not None and items > 1:
                sheet = Sheet(name, instrument.short, total.name, total.unit, total.high, items)
                found.setdefault(column, []).append(sheet)
    return {column: tuple(sheets) for column, sheets in found.items()}


def read_items(instrument: str | Instrument, given: Mapping[str, str], prefix: str = "") -> dict[str, str]:
    """Return what a form says of the items and of the options: name → text, empty where nothing was said.

    Parameters
    ----------
    instrument
        Whose items they are.
    given
        The fields of a form; an item's field is ``prefix + item``, an option's ``prefix + "option." + name``.
    prefix
        What the names begin with.

    Examples
    --------
    >>> read_items("das", {"a.skin": " 4 "}, "a.")
    {'skin': '4', 'muscle': ''}
    """
    known = _known(instrument)
    names = [*(item.id for item in known.items), *(OPTION + name for name in known.options)]
    return {name: given.get(prefix + name, "").strip() for name in names}


def score_items(instrument: str | Instrument, cells: Mapping[str, str]) -> dict[str, Any]:
    """Score the items of one person at one visit.

    Parameters
    ----------
    instrument
        Whose items they are.
    cells
        As :func:`read_items` gives them: numbers with a point or a comma, codes, ``nd``, or nothing.

    Returns
    -------
    dict
        ``totals``: name → label, unit, low, high (its range), better, value (``None`` where it is not settled),
        least and most (the interval over what is missing), band, items and answered. ``faults``: field (the name of
        the cell) and text. Beside them answered, n_missing, options, notes and what it all rests on. Without an
        answered item there are no totals.

    Examples
    --------
    >>> found = score_items("das", {"skin": "4", "muscle": ""})
    >>> [found["totals"]["das"][name] for name in ("value", "least", "most")]
    [None, 4.0, 15.0]
    """
    known = _known(instrument)
    texts = {item.id: cells.get(item.id, "").strip() for item in known.items}
    answered = sum(bool(text) and text.lower() not in NOT_DONE for text in texts.values())
    chosen, faults = _options(known, cells)
    found: dict[str, Any] = {"instrument": known.id, "title": known.title, "totals": {}, "faults": faults,
                             "answered": answered, "n_missing": len(texts) - answered, "options": chosen,
                             "notes": [], "note": NOTE}  # fmt: skip
    if not answered or faults:
        return found
    try:
        settled = known.settle(chosen)
        row = {name: _written(text, known.scale(settled)) for name, text in texts.items()}
        scores = score_wide(known, _frame(row), options=chosen)
    except BadInput as error:
        return {**found, "faults": [_told(known, fault) for fault in error.faults]}
    (values,) = scores.frame.iter_rows(named=True)
    totals = {total.name: _total(known, total, values, row) for total in known.totals}
    rests_on = {**scores.provenance(), "options": {name: _plain(value) for name, value in settled.items()}}
    return {**found, **rests_on, "totals": totals, "n_missing": values["n_missing"], "notes": list(scores.notes)}


def layout(instrument: str | Instrument, cells: Mapping[str, str] | None = None) -> tuple[Part, ...]:
    """Return how the items stand on a sheet, under the options that the cells state."""
    known = _known(instrument)
    chosen, _ = _options(known, cells or {})
    return lay_out(known, {**first_choices(known), **chosen})


def pack_items(instrument: str | Instrument, cells: Mapping[str, str]) -> str:
    """Return what was entered as a short text: the items in order, commas between, then options that were stated.

    Examples
    --------
    >>> pack_items("mmt8-unilateral", {"neck_flexors": "10", "biceps": "9,5", "option.trace": "0.5"})
    '10,,9%2C5;trace=0.5'
    """
    known = _known(instrument)
    items = ",".join(quote(cells.get(item.id, "").strip(), safe=" +.-") for item in known.items).rstrip(",")
    stated = {name: cells.get(OPTION + name, "").strip() for name in known.options}
    options = [f";{name}={quote(text, safe='.')}" for name, text in stated.items()
               if text not in {"", str(known.options[name].default)}]  # fmt: skip
    return items + "".join(options)


def unpack_items(instrument: str | Instrument, text: str) -> dict[str, str]:
    """Return what :func:`pack_items` packed.

    Raises
    ------
    BadInput
        The text holds more items than the instrument, an option that it has not, or is far too long.

    Examples
    --------
    >>> {name: text for name, text in unpack_items("mmt8-unilateral", "10,,9%2C5;trace=0.5").items() if text}
    {'neck_flexors': '10', 'biceps': '9,5', 'option.trace': '0.5'}
    """
    known = _known(instrument)
    first, *more = text[:MOST_PACKED].split(";")
    values, options = first.split(","), dict(part.partition("=")[::2] for part in more)
    if len(values) > len(known.items) or set(options) - set(known.options) or len(text) > MOST_PACKED:
        raise BadInput([Fault("not_a_sheet", f"this is no sheet of {known.id}", column=known.id, got=text[:80],
                              expected=f"up to {len(known.items)} items with commas between")])  # fmt: skip
    values += [""] * (len(known.items) - len(values))
    cells = {item.id: unquote(value) for item, value in zip(known.items, values, strict=True)}
    return cells | {OPTION + name: unquote(options.get(name, "")) for name in known.options}


def _known(instrument: str | Instrument) -> Instrument:
    return load_instrument(instrument) if isinstance(instrument, str) else instrument


def _options(known: Instrument, cells: Mapping[str, str]) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """Return the options that the cells state, as their values, and those whose text is none of their choices."""
    chosen, faults = {}, []
    for name, option in known.options.items():
        text = cells.get(OPTION + name, "").strip()
        values = {str(choice): choice for choice in option.choices}
        number = None if option.choices else read_number(text)
        if text in values:
            chosen[name] = values[text]
        elif number is not None and option.low <= number <= option.high:
            chosen[name] = number
        elif text:
            told = ", ".join(values) or f"{option.low:g} to {option.high:g}"
            faults.append({"field": OPTION + name, "text": f"{option.label}: “{text}” is none of {told}"})
    return chosen, faults


def _written(text: str, scale: Scale) -> str | None:
    """Return a cell as the instrument writes it: codes in their own letters, a decimal point, nothing for not done."""
    if text.lower() in NOT_DONE:
        return None
    codes = {code.lower(): code for code in scale.codes}
    plain = text.replace("−", "-")
    return codes.get(plain.lower().replace(" ", "_"), plain.replace(",", ".")) or None


def _frame(row: Mapping[str, str | None]) -> pl.DataFrame:
    given = {name: [text] for name, text in row.items() if text is not None}
    return pl.DataFrame({"subject_id": ["person"], "week": [0], **given})


def _total(known: Instrument, total: Total, values: Mapping[str, Any], row: Mapping[str, str | None]) -> dict[str, Any]:
    own = [known.items[place].id for place in known.items_of(total)]
    told = {name: getattr(total, name) for name in ("label", "unit", "low", "high", "better")}
    ends = {"value": values[total.name], "least": values[f"{total.name}_low"], "most": values[f"{total.name}_high"]}
    answered = sum(row[name] is not None for name in own)
    return {**told, **ends, "band": values.get(f"{total.name}_band"), "items": len(own), "answered": answered}


def _told(known: Instrument, fault: Fault) -> dict[str, str]:
    """Return a fault with the words of the item, or of the option, that it is about."""
    labels: dict[str, Item] = {item.id: item for item in known.items}
    field = fault.column or ""
    if field in known.options:
        return {"field": OPTION + field, "text": f"{known.options[field].label}: has to be stated"}
    if field not in labels:
        return {"field": field, "text": say_fault(fault)}
    label, own = labels[field].label, fault.message.startswith(f"{field} ")
    text = say_fault(replace(fault, message=fault.message.removeprefix(f"{field} ")))
    return {"field": field, "text": f"{label} {text}" if own else f"{label}: {text}"}


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value
