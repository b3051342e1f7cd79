"""The rows of the form: which measures a variant asks for, with their words, units and sheets."""

from dataclasses import dataclass, replace
from functools import cache

from myotrial.criteria.every import find_needs
from myotrial.criteria.rules import load_criteria
from myotrial.instruments.definition import list_instruments, load_instrument
from myotrial.study.tables import ENZYMES, Column, load_tables
from myotrial.trials.names import known_scores
from myotrial.web.sheets import find_sheets

ADULT = "acr-eular-2016-adult"
JUVENILE = "acr-eular-2016-juvenile-imacs"
PRINTO = "acr-eular-2016-juvenile-printo"
VARIANTS = {ADULT: "Adults", JUVENILE: "Children, IMACS measures", PRINTO: "Children, PRINTO measures"}
RULES = {
    ADULT: ("imacs-doi-2004", "worsening-proderm"),
    JUVENILE: ("printo-inactive",),
    PRINTO: ("printo-20", "printo-inactive"),
}
"""The rules of change that are told beside the score of a variant."""

SKIN = ("cdasi_activity", "cdasi_damage")
ORGANS = ("myoact", "mitax")
"""The two parts of the MDAAT: they describe extramuscular disease and give no global activity."""

LIKELIEST = ("mmt8-bilateral", "mmt8-unilateral", "mmt26")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit in which a row may be given: its code, its name, the factor from it to the row's own, and the range."""

    code: str
    name: str
    factor: str
    column: str
    expected: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the form.

    Attributes
    ----------
    name, label
        The column of the visit table, and its words.
    unit
        What the choice of its unit is called (``vas``, or an enzyme), empty where it has one unit.
    units
        The units, the row's own first.
    sheets
        The instruments whose items give it, or describe it.
    limit
        Whether it is an upper limit of normal.
    """

    name: str
    label: str
    unit: str
    units: tuple[Unit, ...]
    sheets: tuple[str, ...] = ()
    limit: bool = False

    def given_in(self, chosen: dict[str, str]) -> Unit:
        """Return the unit that a form states, else the row's own."""
        return next((unit for unit in self.units if unit.code == chosen.get(self.unit)), self.units[0])


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a variant: its measures, the first enzyme, the other enzymes, and what stands beside the score."""

    core: tuple[Row, ...]
    first: tuple[Row, ...]
    more: tuple[Row, ...]
    beside: tuple[Row, ...]

    @property
    def scored(self) -> tuple[Row, ...]:
        """The rows that the score reads."""
        return (*self.core, *self.first, *self.more)

    @property
    def every(self) -> tuple[Row, ...]:
        """All rows."""
        return (*self.scored, *self.beside)


@cache
def rows_of(variant: str) -> Rows:
    """Return the rows of a variant, measures in the order of its rule.

    Examples
    --------
    >>> [row.name for row in rows_of("acr-eular-2016-juvenile-printo").core]
    ['physician_global_cm', 'patient_global_cm', 'cmas', 'chaq', 'chq_phs', 'das']
    """
    criteria = load_criteria(variant)
    core = list(find_needs(variant))
    has_enzyme = any(measure.column is None for measure in criteria.measures)
    enzymes = [f"{enzyme}_{part}" for enzyme in ENZYMES for part in ("u_per_l", "uln_u_per_l")]
    scored = [*core, *enzymes] if has_enzyme else core
    beside = [name for name in find_needs(*RULES[variant]) if name not in scored]
    if "ck_u_per_l" in beside:
        beside.insert(beside.index("ck_u_per_l") + 1, "ck_uln_u_per_l")
    labels = {measure.column: measure.label for measure in criteria.measures}
    return Rows(
        tuple(replace(row_of(name), label=labels[name]) for name in core),
        tuple(map(row_of, enzymes[:2])) if has_enzyme else (),
        tuple(map(row_of, enzymes[2:])) if has_enzyme else (),
        tuple(map(row_of, (*beside, *SKIN))),
    )


@cache
def every_name() -> tuple[str, ...]:
    """Return the columns that any variant reads, so that a change of variant loses nothing."""
    return tuple(dict.fromkeys(row.name for variant in VARIANTS for row in rows_of(variant).every))


@cache
def row_of(name: str) -> Row:
    """Return the row of a column."""
    column = load_tables()["visits"].column(name)
    enzyme = next((each for each in ENZYMES if name.startswith(f"{each}_")), "")
    sheets = tuple(sheet.instrument for sheet in find_sheets().get(name, ()))
    if name == "mmt":
        sheets = tuple(sorted(sheets, key=LIKELIEST.index))
    if name == "extramuscular_cm":
        sheets = ORGANS
    return Row(
        name, column.label, "vas" if column.vas else enzyme, _units(column), sheets, name.endswith("_uln_u_per_l")
    )


def _units(column: Column) -> tuple[Unit, ...]:
    own = Unit("", column.unit or "", "1", column.name, _expected(column))
    if column.alternate is not None:
        other = column.alternate
        return own, Unit("ukat", other.unit, "1", other.name, "0 or more")
    if column.vas and (factor := _line_factor(column.name)):
        return own, Unit("mm", "mm", factor, column.name, column.expected(None, "mm", float(factor)))
    return (own,)


def _expected(column: Column) -> str:
    if column.max_column:
        return "points, up to the highest possible"
    if column.alternate:
        return "0 or more" if column.above is None else "more than 0"
    return column.expected() if column.ranged else column.unit or ""


def _line_factor(column: str) -> str:
    """Return the factor from millimetres of the instrument that gives a column, empty where it has none."""
    for name in list_instruments():
        instrument = load_instrument(name)
        if "mm" in instrument.scales and any(total.name == column for total in instrument.totals):
            return instrument.scales["mm"].factor
    return ""


assert set(VARIANTS) == set(known_scores()["tis"])  # noqa: S101  (every published variant has its words)
