"""The calculator as data: what is asked, and what is answered."""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from myotrial.criteria.rules import load_criteria
from myotrial.model.errors import Fault
from myotrial.web.tis.form import MOST_VISITS, Form, open_options
from myotrial.web.tis.rows import ADULT, VARIANTS, rows_of

Cell = float | Annotated[str, Field(max_length=40)] | None
Short = Annotated[str, Field(max_length=40)]


class Visits(BaseModel):
    """Visits of one person: the first is the baseline."""

    model_config = ConfigDict(extra="forbid")

    criteria: str = Field(default=ADULT, max_length=60, description="One of the variants that GET /tis.json lists")
    mmt_max: float = Field(default=150, gt=0, le=1000, description="The highest possible manual muscle test score")
    units: dict[Short, Short] = Field(default_factory=dict, max_length=10, description="vas: mm; ck: ukat, and so on")
    options: dict[Short, float | bool | Short] = Field(default_factory=dict, max_length=20)
    visits: list[dict[Short, Cell]] = Field(min_length=1, max_length=MOST_VISITS)

    def strange(self) -> list[Fault]:
        """Return a fault for each column, unit and option that the criteria do not know."""
        rows = rows_of(self.criteria).every
        columns = {"week", *(row.name for row in rows)}
        units = {row.unit: [unit.code for unit in row.units] for row in rows if len(row.units) > 1}
        options = open_options(self.criteria)
        given = dict.fromkeys(name for visit in self.visits for name in visit)
        faults = [_unknown("column", "visits", name, columns) for name in given if name not in columns]
        faults += [_unknown("option", "options", name, options) for name in self.options if name not in options]
        for name, code in self.units.items():
            if name not in units or code not in units[name]:
                faults.append(_unknown("unit", "units", name, units.get(name, [*units]), code))
        return faults

    def form(self) -> Form:
        """Return the same as a form."""
        given = {"variant": self.criteria, "visits": str(len(self.visits)), "mmt_max": f"{self.mmt_max:.12g}"}
        for number, visit in enumerate(self.visits):
            given |= {f"{name}.{number}": _text(value) for name, value in visit.items()}
        given |= {f"unit.{name}": code for name, code in self.units.items()}
        given |= {f"option.{name}": _text(value) for name, value in self.options.items()}
        return Form.of(given)


class Column(BaseModel):
    """A column: what may stand in it, and its units (code → name; the empty code is the default)."""

    label: str
    expected: str
    unit: str
    units: dict[str, str]


class Variant(BaseModel):
    """A variant of the criteria."""

    title: str
    columns: dict[str, Column]
    thresholds: dict[str, float]


class Calculator(BaseModel):
    """What the calculator can be asked."""

    variants: dict[str, Variant]

    @classmethod
    def describe(cls) -> "Calculator":
        """Return every variant with its columns."""
        return cls(variants={
            name: Variant(
                title=title, thresholds=dict(load_criteria(name).thresholds),
                columns={row.name: Column(label=row.label, expected=row.units[0].expected, unit=row.unit,
                                          units={unit.code: unit.name for unit in row.units})
                         for row in rows_of(name).every},
            )
            for name, title in VARIANTS.items()
        })  # fmt: skip


class Entry(BaseModel):
    """What was entered at one visit; not done and not entered are both missing, and are told apart."""

    visit: int
    week: str | None
    values: dict[str, str]
    not_done: list[str]
    not_entered: list[str]


class Inputs(BaseModel):
    """What was entered; ``items`` holds the sheets as ``instrument.visit``."""

    units: dict[str, str]
    mmt_max: str
    options: dict[str, str]
    visits: list[Entry]
    items: dict[str, dict[str, str]]


class Enzyme(BaseModel):
    """The enzyme that counts, in multiples of its limit, and why it is that one."""

    enzyme: str
    label: str
    baseline_x_uln: float | None
    x_uln: float | None
    others: list[str]
    by: str
    followed: str
    tied: bool


class Rule(BaseModel):
    """What a rule of change says: null where what is missing decides."""

    rule: str
    title: str
    met: bool | None
    confirmed: bool | None
    words: str


class Room(BaseModel):
    """A measure that could reach the next category alone."""

    label: str
    points: float


class Visit(BaseModel):
    """The score of one follow-up visit."""

    visit: int
    label: str
    week: float | None
    tis: float | None
    tis_low: float
    tis_high: float
    category: str | None
    categories: list[str]
    above: float | None
    ceiling: float
    next_category: str | None
    distance: float | None
    missing: list[str]
    open: list[str]
    alone: list[Room]
    enzyme: Enzyme | None
    rules: list[Rule]


class Part(BaseModel):
    """What one measure gives at one visit; ``points`` are null where they are open, from 0 to ``most``."""

    visit: int
    measure: str
    label: str
    baseline: float | None
    value: float | None
    points: float | None
    most: float
    ceiling: float
    maximum: float


class Skin(BaseModel):
    """A measure of the skin, which is no part of the score."""

    name: str
    label: str
    visits: list[int]
    values: list[float | None]
    changes: list[float | None]


class Total(BaseModel):
    """A total of a sheet; ``value`` is null where what is missing leaves it between ``least`` and ``most``."""

    name: str
    label: str
    unit: str
    value: float | None
    least: float
    most: float
    items: int
    answered: int


class SheetTotals(BaseModel):
    """The totals of a sheet of items, as ``instrument.visit``."""

    place: str
    instrument: str
    title: str
    visit: int
    totals: list[Total]
    faults: list["Told"]
    notes: list[str]


class Told(BaseModel):
    """A fault or a doubt: the field it is about, and what would put it right."""

    field: str
    text: str
    action: str | None = None
    button: str | None = None


class Result(BaseModel):
    """The result with all that it rests on."""

    criteria: str
    title: str
    criteria_sha256: str | None = None
    version: str | None = None
    date: str | None = None
    options: dict[str, Any]
    inputs: Inputs
    visits: list[Visit]
    measures: list[Part]
    beside: list[Skin]
    sheets: list[SheetTotals]
    faults: list[Told]
    hints: list[Told]
    notes: list[str]
    note: str


def _unknown(what: str, place: str, name: str, known: Iterable[str], got: str | None = None) -> Fault:
    expected = ", ".join(each or "nothing" for each in sorted(known))
    return Fault(f"unknown_{what}", f"the {what} is not known", place, column=name, got=got, expected=expected)


def _text(value: Cell | bool) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool | str) else f"{value:.12g}"
