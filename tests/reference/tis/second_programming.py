"""The Total Improvement Score once more, in exact fractions of the decimals as written; it uses nothing of myotrial.

The table is typed from PMC5577002, Table 3 (adult and juvenile criteria combined). Bands there read "worsening to
5 %", "> 5 % to 15 %" and so on: an edge belongs to the band below it. Improvement is the change toward better as a
percentage of the measure's range.

Not from a publication, but the defaults that myotrial documents and prints: the enzyme is the one with the largest
multiple of its upper limit of normal at baseline, ties going to the first of CK, aldolase, LDH, AST, ALT; the same
enzyme is followed; ranges are 15, 6, 3, 3 and 3 times the upper limit of normal; values above the range are not cut.
"""

from fractions import Fraction

EDGES = {"mmt": (2, 10, 20, 30)}
OTHER_EDGES = (5, 15, 25, 40)
POINTS = {
    "physician_global": ("0", "7.5", "15", "17.5", "20"),
    "patient_global": ("0", "2.5", "5", "7.5", "10"),
    "mmt": ("0", "10", "20", "27.5", "32.5"),
    "haq": ("0", "5", "7.5", "7.5", "10"),
    "enzyme": ("0", "2.5", "5", "7.5", "7.5"),
    "extramuscular": ("0", "7.5", "12.5", "15", "20"),
}
COLUMNS = {
    "physician_global_cm": "physician_global",
    "patient_global_cm": "patient_global",
    "mmt": "mmt",
    "haq_di": "haq",
    "extramuscular_cm": "extramuscular",
}
RANGES = {"physician_global": 10, "patient_global": 10, "haq": 3, "extramuscular": 10}
ENZYME_RANGES = {"ck": 15, "aldolase": 6, "ldh": 3, "ast": 3, "alt": 3}


def points(measure, improvement, width):
    """Give the points of an improvement, both as fractions in the measure's unit."""
    percent = 100 * Fraction(improvement) / Fraction(width)
    band = 0
    for edge in EDGES.get(measure, OTHER_EDGES):
        if percent > edge:
            band += 1
    return Fraction(POINTS[measure][band])


def measure_points(column, start, end, mmt_max=150):
    """Give the points of a measure from its decimals at baseline and at follow-up."""
    measure = COLUMNS[column]
    fall = Fraction(start) - Fraction(end)
    return points(measure, -fall if measure == "mmt" else fall, RANGES.get(measure, mmt_max))


def most_abnormal(visit):
    """Name the enzyme with the largest multiple of its limit; the first of those that tie."""
    known = [name for name in ENZYME_RANGES if visit.get(f"{name}_u_per_l")]
    return max(known, key=lambda name: multiple(visit, name)) if known else None  # max keeps the first


def multiple(visit, name):
    """Give an enzyme as a multiple of its upper limit of normal."""
    return Fraction(visit[f"{name}_u_per_l"]) / Fraction(visit[f"{name}_uln_u_per_l"])


def score(start, end):
    """Give the points of the six measures, their sum and the enzyme, from two visits of decimals as strings."""
    found = {
        measure: measure_points(column, start[column], end[column], Fraction(start.get("mmt_max", "150")))
        for column, measure in COLUMNS.items()
    }
    name = most_abnormal(start)
    found["enzyme"] = points("enzyme", multiple(start, name) - multiple(end, name), ENZYME_RANGES[name])
    return found, sum(found.values()), name


def category(total):
    """Name the adult response: minimal from 20, moderate from 40, major from 60 points."""
    return "major" if total >= 60 else "moderate" if total >= 40 else "minimal" if total >= 20 else "none"


JUVENILE_COLUMNS = {
    "imacs": {
        "physician_global_cm": "physician_global",
        "patient_global_cm": "parent_global",
        "mmt": "mmt",
        "chaq": "chaq",
        "extramuscular_cm": "extramuscular",
    },
    "printo": {
        "physician_global_cm": "physician_global",
        "patient_global_cm": "parent_global",
        "cmas": "cmas",
        "chaq": "chaq",
        "chq_phs": "chq_phs",
        "das": "das",
    },
}
"""Core set → column → measure."""

ROW = {"parent_global": "patient_global", "chaq": "haq", "cmas": "mmt", "chq_phs": "enzyme", "das": "extramuscular"}
"""The row of the table that a juvenile measure stands in, beside the adult one."""

JUVENILE_RANGES = {"physician_global": 10, "parent_global": 10, "chaq": 3, "extramuscular": 10, "cmas": 52, "das": 20}
RISES = ("mmt", "cmas", "chq_phs")


def juvenile_points(measure, start, end, width=None):
    """Give the points of a juvenile measure; the CHQ's from a stated range, else the least and the most."""
    change = (Fraction(end) - Fraction(start)) * (1 if measure in RISES else -1)
    width = width or JUVENILE_RANGES.get(measure)
    row = ROW.get(measure, measure)
    if width is None:  # a range so wide that nothing is gained, or so narrow that all is
        return (Fraction(0), Fraction(POINTS[row][-1]) if change > 0 else Fraction(0))
    return points(row, change, width)


def juvenile_score(start, end, core_set, chq_range):
    """Give the points of the six juvenile measures, their sum and the enzyme (None for PRINTO)."""
    widths = {"mmt": Fraction(start.get("mmt_max", "150")), "chq_phs": chq_range}
    found = {
        measure: juvenile_points(measure, start[column], end[column], widths.get(measure))
        for column, measure in JUVENILE_COLUMNS[core_set].items()
    }
    name = None
    if core_set == "imacs":
        name = most_abnormal(start)
        found["enzyme"] = points("enzyme", multiple(start, name) - multiple(end, name), ENZYME_RANGES[name])
    return found, sum(found.values()), name


def juvenile_category(total):
    """Name the juvenile response: minimal from 30, moderate from 45, major from 70 points."""
    return "major" if total >= 70 else "moderate" if total >= 45 else "minimal" if total >= 30 else "none"
