"""Group-sequential designs: boundaries, what to expect of them, and estimates after the trial has stopped."""

from myotrial.statistics.group_sequential.design import GroupSequentialDesign, design_group_sequential
from myotrial.statistics.group_sequential.estimation import SequentialEstimate, estimate_after_stopping
from myotrial.statistics.group_sequential.spending import spend

__all__ = [
    "GroupSequentialDesign",
    "SequentialEstimate",
    "design_group_sequential",
    "estimate_after_stopping",
    "spend",
]
