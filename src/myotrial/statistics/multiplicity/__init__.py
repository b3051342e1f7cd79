"""Several hypotheses, one error rate: single-step, stepwise, ordered and graphical procedures, closed tests."""

from myotrial.statistics.multiplicity.closed import adjust_by_closure
from myotrial.statistics.multiplicity.graph import Graph
from myotrial.statistics.multiplicity.graphical import adjust_by_graph
from myotrial.statistics.multiplicity.ordered import adjust_fallback, adjust_fixed_sequence
from myotrial.statistics.multiplicity.result import MultipleTest
from myotrial.statistics.multiplicity.stepwise import adjust_p_values

__all__ = [
    "Graph",
    "MultipleTest",
    "adjust_by_closure",
    "adjust_by_graph",
    "adjust_fallback",
    "adjust_fixed_sequence",
    "adjust_p_values",
]
