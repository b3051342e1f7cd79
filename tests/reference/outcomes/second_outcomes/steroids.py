"""Glucocorticoids: rescue, the daily dose in milligrams equal to prednisone, reduction, taper."""

from fractions import Fraction

MG_EQUAL_TO_PREDNISONE_5_MG = {
    drug: Fraction(milligrams)
    for drug, milligrams in {
        "prednisone": "5",
        "prednisolone": "5",
        "methylprednisolone": "4",
        "triamcinolone": "4",
        "hydrocortisone": "20",
        "cortisone": "25",
        "dexamethasone": "0.75",
        "betamethasone": "0.75",
        "deflazacort": "6",
    }.items()
}
"""As the table prednisone-5mg-1 that ships with myotrial states it with its sources, open amounts at their defaults."""

ORAL = ("oral",)
SYSTEMIC = ("oral", "intravenous")


def rescue_days(person):
    """Give the days of rescue: events from day 1 on, and rescue doses given then, a dose from before on day 1."""
    days = {day for kind, day in person.events if kind == "rescue" and day >= 1}
    for dose in person.doses:
        if dose.purpose == "rescue" and dose.amount > 0 and (dose.end is None or dose.end >= 1):
            days.add(max(dose.start, 1))
    return days


def first_rescue(person):
    """Give the day of the first rescue; None where there was none."""
    return min(rescue_days(person), default=None)


def rescued_by(person, week):
    """Tell whether the first rescue came up to the day of a visit, that day included."""
    first = first_rescue(person)
    return first is not None and first <= person.day(week)


def counts(dose, routes):
    """Tell whether a dose record is a glucocorticoid that counts toward the total."""
    return (
        dose.drug in MG_EQUAL_TO_PREDNISONE_5_MG and dose.route in routes and dose.purpose in {"background", "rescue"}
    )


def prednisone(person, day, routes=ORAL):
    """Give the total daily dose on a day, in mg of prednisone; no record is 0 mg.

    None from the day after the subject left or died, and where the study has no dose records of anybody.
    """
    if not person.study.records_doses or (person.left is not None and person.left < day):
        return None
    total = Fraction(0)
    for dose in person.doses:
        if counts(dose, routes) and dose.covers(day):
            daily = dose.amount / (7 if dose.per == "week" else 1)
            total += daily * 5 / MG_EQUAL_TO_PREDNISONE_5_MG[dose.drug]
    return total


def at_baseline(person):
    """Give the dose on the day of the baseline visit."""
    return prednisone(person, person.day(person.study.baseline))


def on_glucocorticoid(people):
    """Give the subjects with a dose above 0 at the baseline visit."""
    return [person for person in people if (at_baseline(person) or 0) > 0]


def reduced(person, week, percent):
    """Tell whether the dose on the day of a visit is lower than at baseline by at least a percentage of it."""
    start, end = at_baseline(person), prednisone(person, person.day(week))
    return None if start is None or end is None else 100 * (start - end) >= percent * start


def taper_started(person, to_week):
    """Tell whether a taper started by the end of the frame; None where it did not and a dose on the way is unknown."""
    weeks, start, rescue = person.study.weeks, at_baseline(person), rescue_days(person)
    unknown = False
    for week, following in zip(weeks, [*weeks[1:], None], strict=True):
        day, dose = person.day(week), prednisone(person, person.day(week))
        if day > person.day(to_week):
            continue
        if dose is None:
            unknown = True
        elif dose < start and not any(
            day <= when and (following is None or when < person.day(following)) for when in rescue
        ):
            return True
    return None if unknown else False


def rescue_tapered(person, to_week):
    """Tell whether the total dose fell below its peak under rescue, up to the end of the frame.

    The peak is the highest total of oral and intravenous doses from the first rescue dose that counts. None where no
    rescue dose counts, or the study holds none.
    """
    last = person.day(to_week)
    begun = [
        max(dose.start, 1)
        for dose in person.doses
        if dose.purpose == "rescue"
        and dose.amount > 0
        and counts(dose, SYSTEMIC)
        and (dose.end is None or dose.end >= 1)
    ]
    first = min(begun, default=None)
    if first is None or first > last:
        return None
    totals = [prednisone(person, day, SYSTEMIC) for day in range(first, last + 1)]
    known = [total for total in totals if total is not None]
    return any(total < max(known) for total in known[known.index(max(known)) :]) if known else None
