"""Walk a graph: reject, hand the weight on, go on until nothing more falls."""

from collections.abc import Sequence
from fractions import Fraction

from myotrial.statistics.multiplicity._numbers import Number, read_alpha, read_numbers, refuse
from myotrial.statistics.multiplicity.graph import Graph, remove
from myotrial.statistics.multiplicity.result import MultipleTest, say

_METHOD = "graphical procedure of Bretz, Maurer and colleagues, weighted Bonferroni"


def adjust_by_graph(
    graph: Graph, p_values: Sequence[Number], *, alpha: Number = 0.025, method: str = _METHOD
) -> MultipleTest:
    """Test the hypotheses of a graph by the sequentially rejective weighted Bonferroni procedure.

    Parameters
    ----------
    graph
        Weights and transitions.
    p_values
        One for each hypothesis of the graph, between 0 and 1, in its order.
    alpha
        Familywise error rate, between 0 and 1; one-sided where the p-values are one-sided.
    method
        What the result calls the procedure.

    Returns
    -------
    MultipleTest
        A hypothesis without weight is never rejected, even at p = 0. The order of rejection does not change
        the decisions; the steps take the smallest p over weight first.

    Raises
    ------
    ValueError
        The p-values or the level do not fit: all of it in one error.

    References
    ----------
    .. [1] Bretz F, Maurer W, Brannath W, Posch M. Stat Med 2009;28:586-604. doi:10.1002/sim.3495

    Examples
    --------
    >>> graph = Graph([0.5, 0.5, 0, 0], [[0, 0, 1, 0], [0, 0, 0, 1], [0, 1, 0, 0], [1, 0, 0, 0]])
    >>> print(adjust_by_graph(graph, [0.01, 0.02, 0.005, 0.5]))
    MultipleTest: 3 of 4 rejected at 0.025 (H1, H2, H3) [graphical procedure of Bretz, ...]
        p       adjusted p
    H1  0.0100  0.0200      rejected
    H2  0.0200  0.0200      rejected
    H3  0.0050  0.0200      rejected
    H4  0.5000  0.5000      not rejected
    1. H1: p = 0.01 ≤ 0.5 × 0.025 = 0.0125: rejected; its weight 0.5 goes to H3
    2. H3: p = 0.005 ≤ 0.5 × 0.025 = 0.0125: rejected; its weight 0.5 goes to H2
    3. H2: p = 0.02 ≤ 1 × 0.025 = 0.025: rejected; its weight 1 goes to H4
    4. H4: p = 0.5 > 1 × 0.025 = 0.025: not rejected; the procedure stops
    """
    faults: list[str] = []
    p = read_numbers(p_values, "p_values", faults)
    level = read_alpha(alpha, faults)
    if len(p) != len(graph.names):
        faults.append(f"p_values: got {len(p)}; expected {len(graph.names)}, one for each hypothesis of the graph")
    refuse(faults)
    order = _walk(graph, p)
    adjusted = _adjusted(order, len(p))
    rejected = tuple(value is not None and value <= level for value in adjusted)
    return MultipleTest(
        names=graph.names,
        p_values=tuple(map(float, p)),
        adjusted=tuple(1.0 if value is None else float(min(value, Fraction(1))) for value in adjusted),
        rejected=rejected,
        alpha=float(level),
        method=method,
        steps=tuple(_tell(graph.names, p, order, level)),
    )


Step = tuple[int, Fraction, Fraction, tuple[tuple[int, Fraction], ...]]
"""Hypothesis, its weight then, p over weight, and the parts of the weight that go on to others."""


def _walk(graph: Graph, p: list[Fraction]) -> list[Step]:
    """Take hypotheses out in order of p over weight until none with a weight is left."""
    weights, rows = list(graph.weights), [list(row) for row in graph.transitions]
    left, steps = set(range(len(p))), list[Step]()
    while any(weights[at] for at in left):
        ratio, at = min((p[at] / weights[at], at) for at in left if weights[at])
        gifts = tuple((to, weights[at] * part) for to, part in enumerate(rows[at]) if part)
        steps.append((at, weights[at], ratio, gifts))
        weights, rows = remove(weights, rows, at)
        left.discard(at)
    return steps


def _adjusted(steps: list[Step], m: int) -> list[Fraction | None]:
    """Return adjusted p-values, not yet cut at 1: the running maximum of p over weight; ``None`` without a weight."""
    adjusted: list[Fraction | None] = [None] * m
    highest = Fraction(0)
    for at, _, ratio, _ in steps:
        highest = max(highest, ratio)
        adjusted[at] = highest
    return adjusted


def _tell(names: tuple[str, ...], p: list[Fraction], steps: list[Step], alpha: Fraction) -> list[str]:
    words: list[str] = []
    for at, weight, ratio, gifts in steps:
        sign = "≤" if ratio <= alpha else ">"
        level = f"{say(float(weight))} × {say(float(alpha))} = {say(float(weight * alpha))}"
        line = f"{names[at]}: p = {say(float(p[at]))} {sign} {level}"
        if ratio > alpha:
            return [*words, f"{line}: not rejected; the procedure stops"]
        words.append(f"{line}: rejected; {_gifts(names, weight, gifts)}")
    reached = len(steps)
    rest = [name for at, name in enumerate(names) if at not in {step[0] for step in steps}]
    return [*words, f"{', '.join(rest)}: no weight ever comes there, not rejected"] if reached < len(names) else words


def _gifts(names: tuple[str, ...], weight: Fraction, gifts: tuple[tuple[int, Fraction], ...]) -> str:
    if not gifts:
        return f"its weight {say(float(weight))} goes to nobody"
    if len(gifts) == 1 and gifts[0][1] == weight:
        return f"its weight {say(float(weight))} goes to {names[gifts[0][0]]}"
    parts = ", ".join(f"{say(float(part))} to {names[to]}" for to, part in gifts)
    return f"of its weight {say(float(weight))} go {parts}"
