"""Definition of worsening: confirmed deterioration as in ProDERM (Arthritis Res Ther 2023, Fig. 1, legend).

Change from baseline at two consecutive visits of (a) physician global activity worse by 2 cm or more and strength by
20 % or more; or (b) extramuscular activity worse by 2 cm or more; or (c) any three of the five core measures (enzymes
excluded) worse by 30 % or more. Defaults of myotrial: percentages of the baseline value; the two visits may meet
different criteria; a visit at which worsening is unknown leaves the confirmation unknown where it matters.
"""

from functools import cache
from itertools import product

from .answers import both, either, first_visit
from .percentages import filled, worse


def _worsened(pairs):
    physician, extramuscular = (pairs[name][1] - pairs[name][0] for name in ("physician_global_cm", "extramuscular_cm"))
    several = sum(worse(column, start, end, 30) for column, (start, end) in pairs.items())
    return (physician >= 2 and worse("mmt", *pairs["mmt"], 20)) or extramuscular >= 2 or several >= 3


def worsened(person, week):
    """Tell whether a visit meets the rule, unconfirmed; None where a missing value leaves it open."""
    if ("worsened", week) not in person.kept:
        start, end = person.visits.get(person.study.baseline, {}), person.visits[week]
        least, most = (_worsened(filled(start, end, toward_better)) for toward_better in (True, False))
        person.kept["worsened", week] = least if least == most else None
    return person.kept["worsened", week]


def confirmed(person, to_week):
    """Give (week, whether that visit confirms) for each attended visit: it and the one attended before meet it."""
    weeks = person.attended(to_week)
    met = [worsened(person, week) for week in weeks]
    before = [False, *met]  # nothing comes before the first one, so it cannot confirm
    return [(week, both(pair)) for week, *pair in zip(weeks, before, met, strict=False)]


def ever_confirmed(person, to_week):
    """Tell whether any attended visit confirms; unknown for a subject not seen after baseline."""
    found = confirmed(person, to_week)
    return either(answer for _, answer in found) if found else None


def time_to_first(person, to_week):
    """Give the day of the visit that confirms first, else the last attended visit whose answer is known."""
    found = dict(confirmed(person, to_week))
    return first_visit(person, found, found.get)


def episodes(person, to_week):
    """Give the fewest and the most episodes over all ways in which the unknown visits could have gone."""
    return _fewest_and_most(tuple(worsened(person, week) for week in person.attended(to_week)))


@cache
def _fewest_and_most(answers):
    ways = product(*((True, False) if answer is None else (answer,) for answer in answers))
    counts = {_episodes(way) for way in ways}
    return min(counts), max(counts)


def _episodes(met):
    """Count the runs of two visits or more; a run ends at a visit that does not meet the rule."""
    found = run = 0
    for answer in met:
        run = run + 1 if answer else 0
        found += run == 2  # the visit that confirms
    return found
