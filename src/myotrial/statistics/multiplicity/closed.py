"""The weighted closed test, intersection by intersection."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import accumulate
from typing import Literal, get_args

from myotrial.statistics.multiplicity._numbers import Number, read_alpha, read_names, read_numbers, refuse
from myotrial.statistics.multiplicity.graph import LARGEST_CLOSURE, Graph
from myotrial.statistics.multiplicity.result import MultipleTest, say

LocalTest = Literal["bonferroni", "simes"]

_METHOD = {
    "bonferroni": "closed test, weighted Bonferroni in every intersection",
    "simes": "closed test, weighted Simes in every intersection (independent or positively dependent tests)",
}


def adjust_by_closure(
    weights: Graph | Mapping[tuple[int, ...], Sequence[Number]],
    p_values: Sequence[Number],
    *,
    local: LocalTest = "bonferroni",
    alpha: Number = 0.025,
    names: Sequence[str] | None = None,
) -> MultipleTest:
    """Test every intersection of the hypotheses; reject one where all intersections that hold it are rejected.

    Parameters
    ----------
    weights
        A graph, which gives the weights of every intersection, or the weights themselves: positions of the
        hypotheses in the intersection (from 0, ascending) → their weights, in sum at most 1. All 2^m - 1
        intersections must be there.
    p_values
        One for each of the m hypotheses, at most 16, between 0 and 1.
    local
        ``"bonferroni"`` holds for any dependence; ``"simes"`` for independent or positively dependent tests.
    alpha
        Familywise error rate, between 0 and 1.
    names
        Names of the hypotheses; those of the graph, or H1, H2, …, where left out.

    Returns
    -------
    MultipleTest
        The steps name, for each hypothesis, the intersection that decides.

    Raises
    ------
    ValueError
        The p-values, weights, names or level do not fit: all of it in one error.

    References
    ----------
    .. [1] Marcus R, Peritz E, Gabriel KR. Biometrika 1976;63:655-660. doi:10.1093/biomet/63.3.655
    .. [2] Bretz F, Posch M, Glimm E, Klinglmueller F, Maurer W, Rohmeyer K. Biom J 2011;53:894-913.

    Examples
    --------
    >>> graph = Graph([0.5, 0.5], [[0, 1], [1, 0]])
    >>> adjust_by_closure(graph, [0.02, 0.025], local="simes").rejected
    (True, True)
    >>> adjust_by_closure(graph, [0.02, 0.025]).rejected
    (False, False)
    """
    faults: list[str] = []
    if local not in get_args(LocalTest):
        faults.append(f"local: got {local!r}; expected one of {', '.join(map(repr, get_args(LocalTest)))}")
    p = read_numbers(p_values, "p_values", faults)
    if isinstance(weights, Graph) and names is None:
        names = weights.names
    labels = read_names(names, len(p), faults)
    level = read_alpha(alpha, faults)
    if len(p) > LARGEST_CLOSURE:
        faults.append(f"p_values: got {len(p)}; expected at most {LARGEST_CLOSURE}")
    refuse(faults)
    table = weights.intersection_weights() if isinstance(weights, Graph) else _read_table(weights, len(p))
    if isinstance(weights, Graph) and len(weights.names) != len(p):
        refuse([f"p_values: got {len(p)}; expected {len(weights.names)}, one for each hypothesis of the graph"])
    find = _simes if local == "simes" else _bonferroni
    local_p = {inside: find([p[at] for at in inside], share) for inside, share in table.items()}
    worst = [max((local_p[inside], inside) for inside in local_p if at in inside) for at in range(len(p))]
    return MultipleTest(
        names=labels,
        p_values=tuple(map(float, p)),
        adjusted=tuple(float(value) for value, _ in worst),
        rejected=tuple(value <= level for value, _ in worst),
        alpha=float(level),
        method=_METHOD[local],
        steps=tuple(_tell(name, *found, level, labels) for name, found in zip(labels, worst, strict=True)),
    )


def _tell(name: str, value: Fraction, inside: tuple[int, ...], level: Fraction, names: tuple[str, ...]) -> str:
    """Say which intersection decides on a hypothesis."""
    where = " ∩ ".join(names[at] for at in inside)
    verdict = f"≤ {say(float(level))}: rejected" if value <= level else f"> {say(float(level))}: not rejected"
    return f"{name}: the largest p of an intersection is {say(float(value))}, of {where} {verdict}"


def _read_table(
    weights: Mapping[tuple[int, ...], Sequence[Number]], m: int
) -> dict[tuple[int, ...], tuple[Fraction, ...]]:
    """Read the weights of all 2^m - 1 intersections, or refuse them with every fault."""
    expected = [tuple(at for at in range(m) if kept >> at & 1) for kept in range(1, 1 << m)]
    faults = [f"weights: got none for the intersection {inside}" for inside in expected if inside not in weights]
    faults += [
        f"weights: got the intersection {inside}; not one of 0 to {m - 1}, ascending"
        for inside in weights
        if inside not in set(expected)
    ]
    table = {}
    for inside in expected:
        share = tuple(read_numbers(weights.get(inside, ()), f"weights of {inside}", faults))
        table[inside] = share
        if inside in weights and len(share) != len(inside):
            faults.append(f"weights of {inside}: got {len(share)}; expected {len(inside)}")
        if sum(share) > 1:
            faults.append(f"weights of {inside}: got a sum of {say(float(sum(share)))}; expected at most 1")
    refuse(faults)
    return table


def _bonferroni(p: list[Fraction], weights: tuple[Fraction, ...]) -> Fraction:
    """Local p-value: the smallest p over weight, at most 1."""
    return min([value / weight for value, weight in zip(p, weights, strict=True) if weight] + [Fraction(1)])


def _simes(p: list[Fraction], weights: tuple[Fraction, ...]) -> Fraction:
    """Local p-value: the smallest p over the weight of all that are no larger, at most 1."""
    pairs = sorted(zip(p, weights, strict=True), key=lambda pair: pair[0])
    sums = accumulate(weight for _, weight in pairs)
    return min([value / total for (value, _), total in zip(pairs, sums, strict=True) if total] + [Fraction(1)])
