"""Changes as a percentage of the baseline value, and visits whose missing values are filled with an end of the range.

From a baseline of 0 a fall is not possible and any rise reaches every percentage (a default of myotrial; no source
says it).
"""

from .score import BEST_AND_WORST, ends_of_range
from .tables import number

CORE = ("mmt", *BEST_AND_WORST)
"""The five core set measures without the enzyme."""


def fell(start, end, percent):
    """Tell whether a value fell by at least a percentage of where it began."""
    return start > 0 and 100 * (start - end) >= percent * start


def rose(start, end, percent):
    """Tell whether a value rose by at least a percentage of where it began."""
    return end > 0 if start == 0 else 100 * (end - start) >= percent * start


def better(column, start, end, percent):
    """Tell whether a measure improved: strength rises, the others fall."""
    return (rose if column == "mmt" else fell)(start, end, percent)


def worse(column, start, end, percent):
    """Tell whether a measure got worse."""
    return (fell if column == "mmt" else rose)(start, end, percent)


def filled(start, end, toward_better):
    """Give column → (baseline, visit), what is missing filled so that the change is the best or the worst possible."""
    found = {}
    for column in CORE:
        best, worst = ends_of_range(column, start, end)
        first, last = (worst, best) if toward_better else (best, worst)
        begun, later = number(start, column), number(end, column)
        found[column] = (first if begun is None else begun, last if later is None else later)
    return found
