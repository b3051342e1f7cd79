"""Add-on immunoglobulin in early myositis, "Time Is Muscle" (NCT05832034): outcome B1."""

from .answers import measures
from .score import score

BASELINE = 0
WEEKS = (4, 8, 12, 26, 52)
CLOSING = 12


def total_improvement(study):
    """B1: the score at week 12, which is the change since baseline."""
    return measures(study.subjects, [CLOSING], lambda person, week, _part: score(person, week))


OUTCOMES = {"B1": total_improvement}
