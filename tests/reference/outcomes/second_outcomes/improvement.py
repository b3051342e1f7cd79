"""IMACS preliminary definition of improvement, 2004 (Arthritis Rheum 2004;50:2281-2290, abstract).

Three of any six core set measures improved by at least 20 %, with no more than two worse by at least 25 %, which
cannot be strength. Defaults of myotrial: percentages of the baseline value; the enzyme is the one with the largest
multiple of its limit at baseline, compared in multiples of each visit's limit.
"""

from .percentages import better, fell, filled, rose, worse
from .score import enzyme_multiples

IMPROVED, WORSENED = 20, 25


def _enzyme(start, end, hopeful):
    """Tell whether the enzyme improved and whether it got worse; what is missing is taken as hopeful says."""
    begun, later, _ = enzyme_multiples(start, end)
    if begun is None:
        return hopeful, not hopeful
    if later is None:  # anything from 0 upward, without an end
        return hopeful and begun > 0, not hopeful
    return fell(begun, later, IMPROVED), rose(begun, later, WORSENED)


def _improved(start, end, hopeful):
    pairs = filled(start, end, toward_better=hopeful)
    enzyme_better, enzyme_worse = _enzyme(start, end, hopeful)
    improved = enzyme_better + sum(better(column, *pair, IMPROVED) for column, pair in pairs.items())
    got_worse = enzyme_worse + sum(worse(column, *pair, WORSENED) for column, pair in pairs.items())
    return improved >= 3 and got_worse <= 2 and not worse("mmt", *pairs["mmt"], WORSENED)


def improved(person, week):
    """Tell whether a visit meets the definition; None where a missing value, or a missing visit, leaves it open."""
    start, end = person.visits.get(person.study.baseline), person.visits.get(week)
    if start is None or end is None:
        return None
    if _improved(start, end, hopeful=False):
        return True
    return None if _improved(start, end, hopeful=True) else False
