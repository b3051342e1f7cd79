"""What the form holds: a text for each cell, units, options, and the items behind a total."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import parse_qsl, urlencode

from myotrial.criteria.rules import load_criteria
from myotrial.model.errors import BadInput
from myotrial.model.options import Option
from myotrial.web.sheets import NOT_DONE, find_sheets, pack_items, read_items, unpack_items
from myotrial.web.tis.rows import ADULT, ORGANS, VARIANTS, Row, every_name, rows_of

MOST_VISITS = 12
LONGEST = 40
ITEM = "item."
"""What the name of an item's field begins with while its sheet is open."""

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


@dataclass(slots=True)
class Form:
    """What was entered.

    Attributes
    ----------
    variant, visits
        The criteria, and the number of columns.
    cells
        Column → one text per visit: as typed, ``nd`` for not done, empty for not entered.
    mmt_max
        The highest possible manual muscle test score, as typed.
    units, options
        What was chosen, where it is not the default.
    items
        ``instrument.visit`` → the items of that sheet.
    opened
        The sheet that is open, as ``instrument.visit``, or empty.
    faults
        What could not be read: field and text.
    """

    variant: str = ADULT
    visits: int = 2
    cells: dict[str, list[str]] = field(default_factory=dict)
    mmt_max: str = "150"
    units: dict[str, str] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)
    items: dict[str, dict[str, str]] = field(default_factory=dict)
    opened: str = ""
    faults: list[dict[str, str]] = field(default_factory=list)

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "Form":
        """Read a form's fields, named ``column.visit``; what is not known is left aside."""
        if given.get("entry"):
            given = {**dict(parse_qsl(given["entry"][:50_000], keep_blank_values=True)), **given}
        variant, asked = given.get("variant", ADULT), given.get("visits", "2")
        visits = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 2
        form = cls(variant if variant in VARIANTS else ADULT, min(max(visits, 2), MOST_VISITS))
        form.mmt_max = given.get("mmt_max", "").strip()[:LONGEST] or "150"
        for name in ("week", *every_name()):
            form.cells[name] = [form._text(given, f"{name}.{visit}") for visit in range(form.visits)]
        for row in (row for each in VARIANTS for row in rows_of(each).every if len(row.units) > 1):
            code = given.get(f"unit.{row.unit}", "")
            if code and code in {unit.code for unit in row.units}:
                form.units[row.unit] = code
            elif code and not any(fault["field"] == f"unit.{row.unit}" for fault in form.faults):
                form.faults.append({"field": f"unit.{row.unit}", "text": f"“{code[:LONGEST]}” is no unit of it"})
        for name in open_options(form.variant):
            if text := given.get(f"option.{name}", "").strip()[:LONGEST]:
                form.options[name] = text
        form._read_items(given)
        return form

    @classmethod
    def example(cls, variant: str) -> "Form":
        """Return the form of an invented patient."""
        return cls(variant, 3, {name: list(values) for name, values in EXAMPLE.items()})

    def _text(self, given: Mapping[str, str], name: str) -> str:
        """Return what stands in a cell, ``nd`` where its box is ticked."""
        text = given.get(name, "").strip()[:LONGEST]
        if text.lower() in NOT_DONE or (not text and given.get(f"nd.{name}")):
            return "nd"
        if text and given.get(f"nd.{name}"):
            self.faults.append({"field": name, "text": f"“{text}” is marked as not done: take one of the two away"})
        return text

    def _read_items(self, given: Mapping[str, str]) -> None:
        for place in places(self.visits):
            instrument = place.partition(".")[0]
            if given.get("opened") == place:
                self.opened = place
                cells = read_items(instrument, given, ITEM)
            elif packed := given.get(f"items.{place}"):
                try:
                    cells = unpack_items(instrument, packed)
                except BadInput as error:
                    self.faults += [{"field": "items", "text": fault.message} for fault in error.faults]
                    continue
            else:
                continue
            if any(cells.values()):
                self.items[place] = cells

    def cell(self, name: str, visit: int) -> str:
        """Return what stands in a cell."""
        values = self.cells.get(name, [])
        return values[visit] if visit < len(values) else ""

    def put(self, name: str, visit: int, text: str) -> None:
        """Put a text into a cell."""
        values = self.cells.setdefault(name, [])
        values += [""] * (visit + 1 - len(values))
        values[visit] = text

    def unit(self, row: Row) -> str:
        """Return the name of the unit in which a row is given."""
        return row.given_in(self.units).name

    def filled(self, rows: tuple[Row, ...]) -> bool:
        """Tell whether anything stands in any of the rows."""
        return any(self.cell(row.name, visit) for row in rows for visit in range(self.visits))

    def fields(self, *, shown: bool = True) -> dict[str, str]:
        """Return every field that says something; ``shown`` leaves out what another variant keeps."""
        names = [row.name for row in rows_of(self.variant).every] if shown else every_name()
        found = {"variant": self.variant, "visits": str(self.visits), "mmt_max": self.mmt_max}
        for name in ("week", *names):
            for visit in range(self.visits):
                text = self.cell(name, visit)
                found |= {f"nd.{name}.{visit}": "on"} if text == "nd" else {f"{name}.{visit}": text} if text else {}
        found |= {f"unit.{name}": code for name, code in self.units.items()}
        found |= {f"option.{name}": text for name, text in self.options.items()}
        packed = {place: pack_items(place.partition(".")[0], cells) for place, cells in self.items.items()}
        return found | {f"items.{place}": text for place, text in packed.items()}

    def kept(self) -> dict[str, str]:
        """Return the fields of measures that only another variant reads, and of the sheets that are closed."""
        own, everything = self.fields(), self.fields(shown=False)
        hidden = {name: text for name, text in everything.items() if name not in own}
        closed = (name for name in own if name.startswith("items.") and name != f"items.{self.opened}")
        return hidden | {name: own[name] for name in closed}

    def fragment(self) -> str:
        """Return the values as they stand in the fragment of a link."""
        return urlencode(self.fields(), safe=",;")


@cache
def open_options(variant: str) -> dict[str, Option]:
    """Return the options of a variant that a form can state: a choice, or a number."""
    options = load_criteria(variant).options
    return {name: each for name, each in options.items() if each.choices or not isinstance(each.default, list | dict)}


@cache
def places(visits: int) -> tuple[str, ...]:
    """Return every sheet that the form may hold, as ``instrument.visit``."""
    known = dict.fromkeys(sheet.instrument for sheets in find_sheets().values() for sheet in sheets)
    return tuple(f"{name}.{visit}" for name in (*known, *ORGANS) for visit in range(visits))
