"""Which dose of each glucocorticoid equals a dose of prednisone: the published table, its open choices, overrides."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from importlib.metadata import version
from types import MappingProxyType
from typing import Any

from myotrial.model.data import data_sha256, load_data
from myotrial.model.decimals import exact
from myotrial.model.display import html_table
from myotrial.model.errors import BadInput, Fault, did_you_mean
from myotrial.model.options import Option, settle

FILE = ("treatments", "glucocorticoid-equivalents.yaml")
DEFAULT = "prednisone-5mg-1"
"""The table of equivalents that is used unless another is named."""


@dataclass(frozen=True, slots=True)
class Equivalents:
    """Milligrams of prednisone that one milligram of each drug is worth, with what the numbers rest on.

    Attributes
    ----------
    table
        The name of the table.
    factors
        Drug → milligrams of prednisone equal to one milligram, exact.
    routes
        The routes for which the factors hold.
    days_per_week
        What a dose per week is divided by.
    options
        The open choices, as they were made.
    override
        Drug → milligrams equal to the table's dose of prednisone, where a trial states its own.
    data_sha256
        The hash of the data file.
    """

    table: str
    factors: Mapping[str, Fraction]
    routes: tuple[str, ...]
    days_per_week: int
    options: Mapping[str, Any]
    override: Mapping[str, float]
    data_sha256: str

    def __repr__(self) -> str:
        """One line with the numbers."""
        words = "".join(f", {drug} {mg:g} mg instead" for drug, mg in self.override.items())
        return f"Equivalents({self.table}, {len(self.factors)} drugs{words})"

    def _repr_html_(self) -> str:
        rows = [(drug, f"{float(factor):.6g}") for drug, factor in self.factors.items()]
        return html_table(repr(self), ("drug", "mg of prednisone equal to 1 mg"), rows)

    def to_dict(self) -> dict[str, Any]:
        """Return the table with what it rests on."""
        return {
            "table": self.table,
            "data_sha256": self.data_sha256,
            "options": dict(self.options),
            "override": dict(self.override),
            "prednisone_mg_per_mg": {drug: float(factor) for drug, factor in self.factors.items()},
            "version": f"myotrial {version('myotrial')}",
        }


def load_equivalents(
    table: str = DEFAULT,
    *,
    options: Mapping[str, Any] | None = None,
    override: Mapping[str, float] | None = None,
) -> Equivalents:
    """Return a table of prednisone equivalents.

    Parameters
    ----------
    table
        The name of the table; every edition keeps its own.
    options
        Choices where sources differ: ``dexamethasone_mg`` (0.75 or 0.6), ``betamethasone_mg`` (0.6 to 0.75),
        ``deflazacort_mg`` (6 to 7.5), each in milligrams equal to prednisone 5 mg.
    override
        Drug → milligrams equal to prednisone 5 mg, as a trial's own protocol states them; a drug that the table
        does not have is added.

    Raises
    ------
    BadInput
        A table or an option that is not known, or a dose that is not above 0.

    Examples
    --------
    >>> load_equivalents().factors["dexamethasone"], load_equivalents().factors["methylprednisolone"]
    (Fraction(20, 3), Fraction(5, 4))
    >>> load_equivalents(override={"methylprednisolone": 5})
    Equivalents(prednisone-5mg-1, 9 drugs, methylprednisolone 5 mg instead)
    """
    data = load_data(*FILE)
    tables = {entry["id"]: entry for entry in data["tables"]}
    if table not in tables:
        raise BadInput([Fault("unknown_table", "the table of equivalents is not known", got=table,
                              expected=", ".join(tables), hint=did_you_mean(table, list(tables)))])  # fmt: skip
    known = {name: Option(**option) for name, option in data["options"].items()}
    settled = settle("the table of equivalents", known, options or {})
    own = {drug.strip().lower(): float(mg) for drug, mg in (override or {}).items()}
    _check_override(own)
    dose = {row["drug"]: settled[row["mg_option"]] if "mg_option" in row else row["mg"]
            for row in tables[table]["drugs"]} | own  # fmt: skip
    worth = exact(tables[table]["prednisone_mg"])
    return Equivalents(
        table,
        MappingProxyType({drug: worth / exact(mg) for drug, mg in dose.items()}),
        tuple(data["routes"]["counted"]),
        int(data["days_per_week"]["value"]),
        MappingProxyType(settled),
        MappingProxyType(own),
        data_sha256(*FILE),
    )


def _check_override(own: Mapping[str, float]) -> None:
    faults = [
        Fault("bad_override", "an equivalent dose is not possible", column=drug, got=f"{mg:g}",
              expected="0.01 to 1,000 mg, with at most two decimal places")
        for drug, mg in own.items()
        if not 0.01 <= mg <= 1000 or round(mg, 2) != mg
    ]  # fmt: skip
    if faults:
        raise BadInput(faults)
