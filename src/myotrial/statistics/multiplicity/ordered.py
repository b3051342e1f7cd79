"""Hypotheses in a fixed order: the fixed sequence and the fallback procedure, as the graphs they are."""

from collections.abc import Sequence

from myotrial.statistics.multiplicity._numbers import Number, read_names, refuse
from myotrial.statistics.multiplicity.graph import Graph
from myotrial.statistics.multiplicity.graphical import adjust_by_graph
from myotrial.statistics.multiplicity.result import MultipleTest


def adjust_fixed_sequence(
    p_values: Sequence[Number], *, alpha: Number = 0.05, names: Sequence[str] | None = None
) -> MultipleTest:
    """Test in the given order, each at the full level, until the first that is not rejected.

    Parameters
    ----------
    p_values
        Between 0 and 1, in the order of testing, which was fixed in advance.
    alpha
        Familywise error rate, between 0 and 1.
    names
        Names of the hypotheses; H1, H2, … where left out.

    Returns
    -------
    MultipleTest

    Raises
    ------
    ValueError
        The p-values, names or level do not fit.

    References
    ----------
    .. [1] Maurer W, Hothorn LA, Lehmacher W. In: Vollmar J (ed). Biometrie in der chemisch-pharmazeutischen
       Industrie 6. Stuttgart: Fischer, 1995:3-18.

    Examples
    --------
    >>> adjust_fixed_sequence([0.01, 0.04, 0.2, 0.001]).adjusted
    (0.01, 0.04, 0.2, 0.2)
    """
    weights = [int(at == 0) for at in range(len(p_values))]
    return _chain(weights, p_values, alpha, names, "fixed sequence")


def adjust_fallback(
    p_values: Sequence[Number],
    weights: Sequence[Number],
    *,
    alpha: Number = 0.05,
    names: Sequence[str] | None = None,
) -> MultipleTest:
    """Test in the given order, each at its own share of the level and what those before it hand on.

    Parameters
    ----------
    p_values
        Between 0 and 1, in the order of testing.
    weights
        Shares of the level, one for each hypothesis, in sum at most 1.
    alpha
        Familywise error rate, between 0 and 1.
    names
        Names of the hypotheses; H1, H2, … where left out.

    Returns
    -------
    MultipleTest

    Raises
    ------
    ValueError
        The p-values, weights, names or level do not fit.

    References
    ----------
    .. [1] Wiens BL. Pharm Stat 2003;2:211-215. doi:10.1002/pst.64
    .. [2] Wiens BL, Dmitrienko A. J Biopharm Stat 2005;15:929-942. doi:10.1080/10543400500265660

    Examples
    --------
    >>> adjust_fallback([0.03, 0.02, 0.01], ["1/2", "1/4", "1/4"]).rejected
    (False, False, True)
    """
    return _chain(weights, p_values, alpha, names, "fallback procedure")


def _chain(
    weights: Sequence[Number], p_values: Sequence[Number], alpha: Number, names: Sequence[str] | None, method: str
) -> MultipleTest:
    """Walk the graph in which each hypothesis hands all its weight to the next."""
    faults: list[str] = []
    labels = read_names(names, len(p_values), faults)
    refuse(faults)
    m = len(weights)
    rows = [[int(j == i + 1) for j in range(m)] for i in range(m)]
    return adjust_by_graph(Graph(weights, rows, labels), p_values, alpha=alpha, method=method)
