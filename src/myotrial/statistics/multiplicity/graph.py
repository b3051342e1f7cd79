"""A graphical multiple testing procedure: hypotheses, their share of the level, and where a share goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myotrial.statistics._arguments import fault
from myotrial.statistics.estimate import render_html_table
from myotrial.statistics.multiplicity._numbers import Number, read_names, read_numbers, refuse
from myotrial.statistics.multiplicity.result import say

LARGEST_CLOSURE = 16
"""Hypotheses up to which all intersections are gone through (65,535 of them)."""


@dataclass(frozen=True, slots=True, repr=False)
class Graph:
    """Weights of the hypotheses and the transitions along which a rejected one hands its weight on.

    Parameters
    ----------
    weights
        Share of the level at the start, one for each of the m hypotheses, from 0 to 1, in sum at most 1. A
        number, a ``Fraction`` or a text such as ``"1/3"``.
    transitions
        m rows of m numbers from 0 to 1: row i, column j is the part of i's weight that goes to j when i is
        rejected. A row sums to at most 1 (what is missing is lost); the diagonal is 0.
    names
        Names of the hypotheses; H1, H2, … where left out.

    Raises
    ------
    ValueError
        The graph is not valid; the message holds every fault.

    References
    ----------
    .. [1] Bretz F, Maurer W, Brannath W, Posch M. Stat Med 2009;28:586-604. doi:10.1002/sim.3495
    .. [2] Bretz F, Posch M, Glimm E, Klinglmueller F, Maurer W, Rohmeyer K. Biom J 2011;53:894-913.
       doi:10.1002/bimj.201000239

    Examples
    --------
    >>> Graph(["1/2", "1/2", 0], [[0, 1, 0], [0.5, 0, 0.5], [0, 1, 0]], ["TIS", "MMT", "HAQ"])
    Graph: TIS 0.5 (→ MMT 1), MMT 0.5 (→ TIS 0.5, HAQ 0.5), HAQ 0 (→ MMT 1)
    >>> Graph([0.8, 0.4], [[1, 0], [0, 0]])
    Traceback (most recent call last):
    ValueError: weights: got a sum of 1.2; expected at most 1
    transitions, H1 → H1: got 1; expected 0, a hypothesis does not hand its weight to itself
    """

    weights: tuple[Fraction, ...]
    transitions: tuple[tuple[Fraction, ...], ...]
    names: tuple[str, ...]

    def __init__(
        self,
        weights: Sequence[Number],
        transitions: Sequence[Sequence[Number]],
        names: Sequence[str] | None = None,
    ) -> None:
        faults: list[str] = []
        share = tuple(read_numbers(weights, "weights", faults))
        labels = read_names(names, len(share), faults)
        rows = tuple(
            tuple(read_numbers(row, f"transitions, row {at + 1}", faults)) for at, row in enumerate(transitions)
        )
        if not faults:
            faults = _faults(share, rows, labels)
        refuse(faults)
        object.__setattr__(self, "weights", share)
        object.__setattr__(self, "transitions", rows)
        object.__setattr__(self, "names", labels)

    def __repr__(self) -> str:
        return "Graph: " + ", ".join(self._node(at) for at in range(len(self.names)))

    def _node(self, at: int) -> str:
        arrows = [
            f"{name} {say(float(part))}" for name, part in zip(self.names, self.transitions[at], strict=True) if part
        ]
        return f"{self.names[at]} {say(float(self.weights[at]))}" + (f" (→ {', '.join(arrows)})" if arrows else "")

    def _repr_html_(self) -> str:
        rows = [
            (name, say(float(weight)), *(say(float(part)) if part else "" for part in row))
            for name, weight, row in zip(self.names, self.weights, self.transitions, strict=True)
        ]
        header = ("hypothesis", "weight", *(f"to {name}" for name in self.names))
        return render_html_table("graphical procedure", header, rows)

    def to_dict(self) -> dict[str, Any]:
        """Return the graph as a plain dictionary; fractions are texts such as ``"1/3"``, so nothing is rounded."""
        return {
            "names": list(self.names),
            "weights": [str(weight) for weight in self.weights],
            "transitions": [[str(part) for part in row] for row in self.transitions],
        }

    def without(self, name: str) -> "Graph":
        """Return the graph after ``name`` is rejected: its weight handed on, its edges bridged.

        Raises
        ------
        ValueError
            The graph has no such hypothesis, or no other.

        Examples
        --------
        >>> Graph([0.5, 0.5], [[0, 1], [1, 0]]).without("H1")
        Graph: H2 1
        """
        if name not in self.names or len(self.names) == 1:
            raise fault("name", repr(name), "one of several hypotheses: " + ", ".join(self.names))
        weights, rows = remove(list(self.weights), [list(row) for row in self.transitions], self.names.index(name))
        left = [at for at, other in enumerate(self.names) if other != name]
        return Graph(
            [weights[at] for at in left], [[rows[i][j] for j in left] for i in left], [self.names[at] for at in left]
        )

    def intersection_weights(self) -> dict[tuple[int, ...], tuple[Fraction, ...]]:
        """Return the weights of every intersection of hypotheses (the closed test that the graph stands for).

        Returns
        -------
        dict
            Positions of the hypotheses in the intersection → their weights, in the same order; 2^m - 1 entries.

        Raises
        ------
        ValueError
            There are more than 16 hypotheses.
        """
        m = len(self.names)
        if m > LARGEST_CLOSURE:
            raise fault("hypotheses", m, f"at most {LARGEST_CLOSURE} for a closed test (2^m intersections)")

        @cache
        def after(kept: int) -> tuple[tuple[Fraction, ...], tuple[tuple[Fraction, ...], ...]]:
            if kept == (1 << m) - 1:
                return self.weights, self.transitions
            lost = next(at for at in range(m) if not kept >> at & 1)
            weights, rows = after(kept | 1 << lost)
            left, edges = remove(list(weights), [list(row) for row in rows], lost)
            return tuple(left), tuple(map(tuple, edges))

        members = {kept: tuple(at for at in range(m) if kept >> at & 1) for kept in range((1 << m) - 1, 0, -1)}
        return {inside: tuple(after(kept)[0][at] for at in inside) for kept, inside in members.items()}

    def reject_many(self, p_values: ArrayLike, alpha: float = 0.025) -> NDArray[np.bool_]:
        """Decide for many sets of p-values at once (simulated trials), by the closed test.

        Parameters
        ----------
        p_values
            Shape (trials, m), each between 0 and 1.
        alpha
            Familywise error rate, between 0 and 1.

        Returns
        -------
        array of bool, shape (trials, m)
            Whether each hypothesis is rejected. Levels are doubles here: a p-value that equals its level may
            fall on either side in the last digit.

        Raises
        ------
        ValueError
            The shape or a p-value does not fit, or there are more than 16 hypotheses.

        Examples
        --------
        >>> Graph([1, 0], [[0, 1], [0, 0]]).reject_many([[0.01, 0.02], [0.03, 0.001]]).tolist()
        [[True, True], [False, False]]
        """
        p = np.asarray(p_values, dtype=np.float64)
        if p.ndim != 2 or p.shape[1] != len(self.names):
            raise fault("p_values", f"shape {p.shape}", f"(trials, {len(self.names)})")
        if not ((p >= 0) & (p <= 1)).all():
            raise fault("p_values", "a value outside 0 to 1 or missing", "numbers from 0 to 1")
        if not 0 < alpha < 1:
            raise fault("alpha", alpha, "a number above 0 and below 1")
        rejected = np.ones(p.shape, dtype=np.bool_)
        for inside, weights in self.intersection_weights().items():
            level = np.array([float(weight) for weight in weights]) * alpha
            columns = list(inside)
            local = ((p[:, columns] <= level) & (level > 0)).any(axis=1, keepdims=True)
            rejected[:, columns] &= local
        return rejected


def remove(
    weights: list[Fraction], rows: list[list[Fraction]], lost: int
) -> tuple[list[Fraction], list[list[Fraction]]]:
    """Take one hypothesis out of a graph: Algorithm 1 of Bretz et al. 2009. Positions stay as they are."""
    m = len(weights)
    left = [Fraction(0) if at == lost else weight + weights[lost] * rows[lost][at] for at, weight in enumerate(weights)]
    edges = [[Fraction(0)] * m for _ in range(m)]
    for i in range(m):
        loop = rows[i][lost] * rows[lost][i]
        if i == lost or loop == 1:
            continue
        for j in range(m):
            if j not in {i, lost}:
                edges[i][j] = (rows[i][j] + rows[i][lost] * rows[lost][j]) / (1 - loop)
    return left, edges


def _faults(weights: tuple[Fraction, ...], rows: tuple[tuple[Fraction, ...], ...], names: tuple[str, ...]) -> list[str]:
    """Everything that is wrong with a graph of numbers between 0 and 1."""
    m, faults = len(weights), []
    if sum(weights) > 1:
        faults.append(f"weights: got a sum of {say(float(sum(weights)))}; expected at most 1")
    if len(rows) != m:
        faults.append(f"transitions: got {len(rows)} rows; expected {m}, one for each hypothesis")
    for at, row in enumerate(rows):
        name = names[at] if at < m else f"row {at + 1}"
        if len(row) != m:
            faults.append(f"transitions, {name}: got {len(row)} numbers; expected {m}, one for each hypothesis")
        if sum(row) > 1:
            faults.append(f"transitions, {name}: got a sum of {say(float(sum(row)))}; expected at most 1")
        if at < len(row) and row[at] != 0:
            got = say(float(row[at]))
            faults.append(
                f"transitions, {name} → {name}: got {got}; expected 0, a hypothesis does not hand its weight to itself"
            )
    return faults
