"""The Total Improvement Score at a visit, as the interval that missing measures leave.

Points, enzymes and ranges come from the second programming of the score (tests/reference/tis). A missing measure may
have had any value of its range, so that the score lies between what is sure and what it could still be; a threshold
is met or not only where both ends agree.
"""

import importlib.util
from fractions import Fraction
from pathlib import Path

BEST_AND_WORST = {
    "physician_global_cm": (0, 10),
    "patient_global_cm": (0, 10),
    "haq_di": (0, 3),
    "extramuscular_cm": (0, 10),
}
"""Range of the measures of which less is better; strength goes from its highest possible score down to 0."""

MMT_MAX = Fraction(150)
"""Highest possible strength where the study states none: eight muscle groups, both sides and neck (NCT00106184)."""


def _second_programming():
    path = Path(__file__).resolve().parents[2] / "tis" / "second_programming.py"
    spec = importlib.util.spec_from_file_location("second_programming", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tis = _second_programming()


def highest_strength(start, end):
    """Give the highest possible strength, as stated at baseline, else at the visit."""
    return Fraction(start.get("mmt_max") or end.get("mmt_max") or MMT_MAX)


def ends_of_range(column, start, end):
    """Give the best and the worst value of a measure."""
    return (highest_strength(start, end), 0) if column == "mmt" else BEST_AND_WORST[column]


def with_limits(visit):
    """Leave out the enzymes whose upper limit of normal is missing: they have no multiple of it."""
    names = [name for name in tis.ENZYME_RANGES if not visit.get(f"{name}_uln_u_per_l")]
    return {**visit, **{f"{name}_u_per_l": "" for name in names}}


def enzyme_multiples(start, end):
    """Give the enzyme followed at baseline and at the visit, in multiples of each visit's limit, and its range.

    None at baseline: none was measured there. None at the visit: the one followed is missing there.
    """
    start, end = with_limits(start), with_limits(end)
    name = tis.most_abnormal(start)
    if name is None:
        return None, None, None
    later = tis.multiple(end, name) if end.get(f"{name}_u_per_l") else None
    return tis.multiple(start, name), later, tis.ENZYME_RANGES[name]


def interval(person, week):
    """Give the lowest and the highest score and whether all six measures are there; None where there is no visit."""
    if ("score", week) not in person.kept:
        start, end = person.visits.get(person.study.baseline), person.visits.get(week)
        person.kept["score", week] = None if start is None or end is None else _interval(start, end)
    return person.kept["score", week]


def _interval(start, end):
    low, high, full = Fraction(0), Fraction(0), True
    for column in ("mmt", *BEST_AND_WORST):
        best, worst = ends_of_range(column, start, end)
        complete = bool(start.get(column)) and bool(end.get(column))
        most = tis.measure_points(
            column, start.get(column) or worst, end.get(column) or best, highest_strength(start, end)
        )
        high += most
        low += most if complete else 0
        full = full and complete
    begun, later, width = enzyme_multiples(start, end)
    if begun is None:
        return low, high + Fraction(tis.POINTS["enzyme"][-1]), False
    most = tis.points("enzyme", begun - (later or 0), width)
    return (low, high + most, False) if later is None else (low + most, high + most, full)


def score(person, week):
    """Give the score where all six measures are there, else None."""
    found = interval(person, week)
    return found[0] if found and found[2] else None


def reached(person, week, threshold):
    """Tell whether the score is at least the threshold: True, False, or None where that is unknown."""
    found = interval(person, week)
    if found is None or found[0] < threshold <= found[1]:
        return None
    return found[0] >= threshold
