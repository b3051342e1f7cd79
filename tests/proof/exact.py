"""The published bands, edges and rules a second time, in fractions and whole numbers; it uses nothing of myotrial.

The points are typed from PMC5577002, Table 3 (adult and juvenile criteria combined): bands there read "worsening to
5 %", "> 5 % to 15 %" and so on, so an edge belongs to the band below it. Improvement is the change toward better as a
percentage of the measure's range. The ranges of CMAS (0-52), DAS (0-20) and the enzymes (15, 6, 3, 3 and 3 times the
upper limit of normal) are recalled; they are the defaults that are documented and printed. No source gives a range of
CHQ-PhS: 60 is what is stated here.
"""

import operator
import random
from fractions import Fraction

EDGES = (5, 15, 25, 40)
STRENGTH_EDGES = (2, 10, 20, 30)
POINTS = {
    "physician_global_cm": (EDGES, ("0", "7.5", "15", "17.5", "20")),
    "patient_global_cm": (EDGES, ("0", "2.5", "5", "7.5", "10")),
    "haq_di": (EDGES, ("0", "5", "7.5", "7.5", "10")),
    "chaq": (EDGES, ("0", "5", "7.5", "7.5", "10")),
    "extramuscular_cm": (EDGES, ("0", "7.5", "12.5", "15", "20")),
    "das": (EDGES, ("0", "7.5", "12.5", "15", "20")),
    "mmt": (STRENGTH_EDGES, ("0", "10", "20", "27.5", "32.5")),
    "cmas": (STRENGTH_EDGES, ("0", "10", "20", "27.5", "32.5")),
    "enzyme": (EDGES, ("0", "2.5", "5", "7.5", "7.5")),
    "chq_phs": (EDGES, ("0", "2.5", "5", "7.5", "7.5")),
}
"""Column (or the enzyme) → edges in percent of the range, points of the bands."""

RANGES = {
    "physician_global_cm": 10,
    "patient_global_cm": 10,
    "extramuscular_cm": 10,
    "haq_di": 3,
    "chaq": 3,
    "cmas": 52,
    "das": 20,
    "chq_phs": 60,
}
ENZYME_RANGES = {"ck": 15, "aldolase": 6, "ldh": 3, "ast": 3, "alt": 3}
THRESHOLDS = {"adult": (20, 40, 60), "juvenile": (30, 45, 70)}
STEPS = {"haq_di": Fraction(1, 8), "chaq": Fraction(1, 8)}


def grid(low, high, step):
    """Return every value from low to high, both included."""
    low, high, step = Fraction(low), Fraction(high), Fraction(step)
    return [low + step * number for number in range(int((high - low) / step) + 1)]


def points(percent, edges, given):
    """Return the points of an improvement in percent of the range."""
    return Fraction(given[sum(percent > edge for edge in edges)])


def answer(leaf, start, end, low, top):
    """Answer one comparison of a rule for two values, numbers or whole-number arrays: 0 no, 1 unknown, 2 yes.

    A leaf is (change or None, unit, comparator, number, lower is better). From a baseline of 0 any change in the
    direction asked for reaches every percentage, and no change reaches none; a percentage of a negative baseline
    says nothing.
    """
    change, unit, comparator, number, lower_is_better = leaf
    compare = COMPARE[comparator]
    if change is None:
        return 2 * compare(end * number.denominator, number.numerator)
    rise = end - start
    moved = rise if (change == "worse") == lower_is_better else -rise
    if unit == "own":
        return 2 * compare(moved * number.denominator, number.numerator)
    whole = start if unit == "percent_of_baseline" else top - low
    met = 2 * compare(100 * moved * number.denominator, number.numerator * whole)
    if unit == "percent_of_baseline":
        met = met * (1 - (start == 0) * (moved <= 0))
        met = met * (1 - (start < 0)) + (start < 0)
    return met


COMPARE = {
    "at_least": operator.ge,
    "more_than": operator.gt,
    "at_most": operator.le,
    "less_than": operator.lt,
    "equals": operator.eq,
}


def limits(count, seed, largest):
    """Draw upper limits of normal of up to three decimals; of every two, one puts the edges on that grid too."""
    rng = random.Random(seed)  # noqa: S311
    return [
        Fraction(rng.randrange(1, largest * 50), 50) if number % 2 else Fraction(rng.randrange(1, largest * 1000), 1000)
        for number in range(count)
    ]


def enzyme_visits(falls, ulns, seed, starts):
    """Yield (value, limit, value, limit) with the fall at an edge and one step of 0.001 to either side.

    ``falls`` gives, for a start in multiples of the limit, the multiples at which an edge lies. The limit at the
    second visit is the first one, twice it, or another one.
    """
    rng = random.Random(seed)  # noqa: S311
    for number, uln in enumerate(ulns):
        for later in (uln, 2 * uln, ulns[number - 1]):
            for _ in range(starts):
                value = Fraction(round(uln * Fraction(rng.randrange(1, 900), 45) * 1000), 1000)
                if not value:
                    continue
                for target in falls(value / uln):
                    middle = int(target * later * 1000)
                    for end in range(max(0, middle - 1), middle + 3):
                        yield value, uln, Fraction(end, 1000), later
