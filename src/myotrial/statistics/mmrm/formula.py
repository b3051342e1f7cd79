"""Formulas: which columns of the design a term makes, and how they are made again for other rows.

formulaic reads the formula. Terms of plain columns are coded here, which is much faster than building a frame for
every fit; a formula with calls (``np.log(base)``, ``C(arm, contr.sum)``) is left to formulaic altogether.
"""

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import numpy as np

from myotrial.statistics._arguments import fault
from myotrial.statistics.mmrm.frame import Column, Factor
from myotrial.statistics.mmrm.structures import Array

INTERCEPT = "(Intercept)"


@dataclass(frozen=True)
class Parsed:
    """A formula: its response, its terms (each a tuple of factors) and the columns that it names."""

    response: str
    terms: tuple[tuple[str, ...], ...]
    names: tuple[str, ...]
    plain: bool
    right: str


@lru_cache(maxsize=256)
def parse_formula(formula: str) -> Parsed:
    """Read a formula, or say what is wrong with it.

    Examples
    --------
    >>> parse_formula("chg ~ base*visit + arm*visit").terms
    ((), ('base',), ('visit',), ('arm',), ('base', 'visit'), ('visit', 'arm'))
    """
    from formulaic import Formula  # noqa: PLC0415
    from formulaic.errors import FormulaicError  # noqa: PLC0415

    try:
        parsed = Formula(formula)
        sides = (parsed.lhs, parsed.rhs)
    except (FormulaicError, AttributeError, SyntaxError) as error:
        raise fault("formula", repr(formula), f"response ~ terms ({error})") from None
    left = [factor.expr for term in sides[0] for factor in term.factors]
    if len(left) != 1:
        raise fault("formula", repr(formula), "one response column left of ~")
    plain, terms = True, []
    first: dict[str, int] = {}
    for term in sides[1]:
        factors = [factor for factor in term.factors if factor.expr != "1"]
        plain &= all(factor.eval_method.value == "lookup" for factor in factors)
        terms.append(tuple(factor.expr for factor in factors))
    for name in (name for term in sorted(terms, key=len) for name in term):
        first.setdefault(name, len(first))
    ordered = tuple(tuple(sorted(term, key=first.__getitem__)) for term in terms)
    names = tuple(sorted({name for term in sides[1] for factor in term.factors for name in _names_in(factor)}))
    return Parsed(left[0].strip("`"), ordered, names, bool(plain), formula.split("~", 1)[1])


def _names_in(factor: Any) -> set[str]:
    """Columns that a factor names: itself, or what a call is made of (formulaic misses those of ``poly``)."""
    if factor.eval_method.value == "literal":
        return set()
    if factor.eval_method.value == "lookup":
        return {factor.expr}
    try:
        nodes = list(ast.walk(ast.parse(factor.expr.strip("{}"), mode="eval")))
    except SyntaxError:
        raise fault("formula", repr(factor.expr), "a call on columns without backticks; rename the column") from None
    functions = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    functions |= {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
    return {node.id for node in nodes if isinstance(node, ast.Name) and id(node) not in functions}


class Coding(Protocol):
    """A design that can be built for any rows."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the coefficients."""

    @property
    def terms(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """Terms with the places of their coefficients."""

    def matrix(self, columns: Mapping[str, Column], rows: int) -> Array:
        """Return the design of rows, rows × coefficients."""


@dataclass(frozen=True, eq=False)
class PlainCoding:
    """Terms of plain columns, with treatment contrasts: the first level of a factor is the reference.

    A factor in an interaction keeps all its levels where the term without it is absent from the model (R's rule).
    """

    parts: tuple[tuple[tuple[str, int], ...], ...]
    names: tuple[str, ...]
    terms: tuple[tuple[str, tuple[int, ...]], ...]

    def matrix(self, columns: Mapping[str, Column], rows: int) -> Array:
        """Return the design of rows, rows × coefficients."""
        indicators: dict[str, Array] = {}
        design = np.empty((rows, len(self.names)))
        for part, (_, places) in zip(self.parts, self.terms, strict=True):
            block = np.ones((rows, 1))
            for name, skip in part:
                column = columns[name]
                if isinstance(column, Factor):
                    if name not in indicators:
                        indicators[name] = np.eye(len(column.levels))[column.codes]
                    other = indicators[name][:, skip:]
                else:
                    other = column[:, None]
                block = (other[:, :, None] * block[:, None, :]).reshape(rows, -1)
            design[:, places[0] : places[0] + block.shape[1]] = block
        return design


def code_plain(terms: Sequence[tuple[str, ...]], columns: Mapping[str, Column]) -> PlainCoding:
    """Settle the contrasts of every term from the columns."""
    known = {frozenset(term) for term in terms}
    parts, places = [], []
    names: list[str] = []
    for term in terms:
        part, labels, spanned = [], [""], set()
        for name in term:
            column = columns[name]
            skip = 0
            labels_of = [name]
            if isinstance(column, Factor):
                without = frozenset(term) - {name}
                skip = int(without in known)
                spanned |= set() if skip else {without}  # all levels together are the term without the factor
                labels_of = [f"{name}{level}" for level in column.levels[skip:]]
            part.append((name, skip))
            labels = [f"{before}:{label}" if before else label for label in labels_of for before in labels]
        parts.append(tuple(part))
        known |= spanned
        start = len(names)
        names += labels if term else [INTERCEPT]
        places.append((":".join(term) or INTERCEPT, tuple(range(start, len(names)))))
    return PlainCoding(tuple(parts), tuple(names), tuple(places))


@dataclass(frozen=True, eq=False)
class FormulaicCoding:
    """A design that formulaic builds."""

    spec: Any
    names: tuple[str, ...]
    terms: tuple[tuple[str, tuple[int, ...]], ...]

    def matrix(self, columns: Mapping[str, Column], rows: int) -> Array:
        """Return the design of rows, rows × coefficients."""
        del rows
        return np.asarray(self.spec.get_model_matrix(as_pandas(columns)), dtype=np.float64)


def code_calls(right: str, columns: Mapping[str, Column]) -> FormulaicCoding:
    """Let formulaic settle a formula with calls."""
    from formulaic import model_matrix  # noqa: PLC0415
    from formulaic.errors import FormulaicError  # noqa: PLC0415

    try:
        spec = model_matrix(right, as_pandas(columns), na_action="raise").model_spec
    except (FormulaicError, ValueError, TypeError, NameError) as error:
        raise fault("formula", repr(right.strip()), f"terms that can be computed ({error})") from None
    names = tuple(
        INTERCEPT if n == "Intercept" else re.sub(r"\[(?:T\.)?([^\]]*)\]", r"\1", n) for n in spec.column_names
    )
    terms = tuple(
        (INTERCEPT if str(term) == "1" else str(term), tuple(places)) for term, places in spec.term_indices.items()
    )
    return FormulaicCoding(spec, names, terms)


def as_pandas(columns: Mapping[str, Column]) -> Any:
    """Return the columns as a pandas frame."""
    import pandas as pd  # noqa: PLC0415

    return pd.DataFrame({
        name: pd.Categorical.from_codes(column.codes, list(column.levels)) if isinstance(column, Factor) else column
        for name, column in columns.items()
    })  # fmt: skip


def build_coding(parsed: Parsed, columns: Mapping[str, Column]) -> Coding:
    """Settle the design's columns from the formula and the rows used."""
    if not parsed.plain:
        return code_calls(parsed.right, columns)
    single = [name for name, c in columns.items() if isinstance(c, Factor) and len(c.levels) < 2]
    if single:
        told = ", ".join(f"{name} ({columns[name].levels[0]!r})" for name in single)  # type: ignore[union-attr]
        raise fault("formula", f"one level only: {told}", "two levels or more of a categorical column")
    return code_plain(parsed.terms, columns)
