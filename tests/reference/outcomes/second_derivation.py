"""The seven computed outcomes of RECLAIIM (NCT04044690) derived once more, in plain Python over rows of text.

Rows are dictionaries as csv.DictReader gives them: subjects, visits and events of the plain study. Written from the
registered titles and time frames and from the handling that the definition states; nothing of myotrial is used, and
neither polars nor numpy. The Total Improvement Score comes from the second programming beside it.

Handling, as stated: weeks count from 1, so the nominal day of week w is 7 × (w - 1) + 1, taken where no day is
recorded. Visits at other weeks are left aside. An event on the day of a visit comes after it. A score with a missing
measure is an interval, and a threshold is met or not met only where both ends of it agree; else it is unknown. What
is unknown counts as no response; a time is censored at the last visit whose answer is known; a mean leaves it out.
"""

from fractions import Fraction

BASELINE = 1
WEEKS = (5, 9, 13, 17, 21, 25, 29, 33, 37, 41, 45, 49, 53)
THRESHOLDS = (20, 40, 60)
ENDS_RESPONSE = ("rescue", "discontinued_treatment", "discontinued_study", "death")
BEST_AND_WORST = {
    "physician_global_cm": ("0", "10"),
    "patient_global_cm": ("0", "10"),
    "mmt": ("150", "0"),
    "haq_di": ("0", "3"),
    "extramuscular_cm": ("0", "10"),
}


def known(visit, column):
    """Tell whether a visit has a value."""
    return visit.get(column) not in {None, ""}


class Subject:
    """One subject: what is known of the score at each scheduled visit, and when things happened."""

    def __init__(self, identifier, visits, events, tis):
        self.identifier = identifier
        self.tis = tis
        self.visits = {Fraction(row["week"]): row for row in visits if row["subject_id"] == identifier}
        self.events = [(row["kind"], int(row["day"])) for row in events if row["subject_id"] == identifier]
        self.scores = {week: self.interval(week) for week in WEEKS}

    def day(self, week):
        """Give the day of a visit, the nominal one where none is recorded."""
        visit = self.visits.get(week)
        return float(visit["day"]) if visit and known(visit, "day") else 7.0 * (week - BASELINE) + 1

    def interval(self, week):
        """Give the lowest and the highest score and whether it was taken in full; None where there is no visit."""
        start, end = self.visits.get(BASELINE), self.visits.get(week)
        if start is None or end is None:
            return None
        low, high, full = Fraction(0), Fraction(0), True
        for column, (best, worst) in BEST_AND_WORST.items():
            at_start, at_end = known(start, column), known(end, column)
            most = self.tis.measure_points(
                column, start[column] if at_start else worst, end[column] if at_end else best
            )
            high += most
            if at_start and at_end:
                low += most
            else:
                full = False
        least, most = self.enzyme(start, end)
        return low + (least or 0), high + most, full and least is not None

    def enzyme(self, start, end):
        """Give the enzyme's points (None where it is missing) and the most that it could give."""
        name = self.tis.most_abnormal(start)
        if name is None:
            return None, Fraction(15, 2)
        width, begun = self.tis.ENZYME_RANGES[name], self.tis.multiple(start, name)
        if not known(end, f"{name}_u_per_l"):
            return None, self.tis.points("enzyme", begun, width)
        given = self.tis.points("enzyme", begun - self.tis.multiple(end, name), width)
        return given, given

    def value(self, week):
        """Give the score where it was taken in full."""
        found = self.scores[week]
        return float(found[0]) if found and found[2] else None

    def reached(self, week, threshold):
        """Tell whether the score is at least the threshold: True, False, or None where that is unknown."""
        found = self.scores[week]
        if found is None or found[0] < threshold <= found[1]:
            return None
        return found[0] >= threshold

    def had_before(self, kinds, day):
        """Tell whether one of these events came before a day."""
        return any(kind in kinds and when < day for kind, when in self.events)


def responder(subject):
    """C0: TIS ≥ 20 at week 25 and at week 17 or 21, 24 weeks completed, no rescue."""
    if subject.had_before(ENDS_RESPONSE, subject.day(25)):
        return 0.0, False
    early = either(subject.reached(17, 20), subject.reached(21, 20))
    late = subject.reached(25, 20)
    if early is False or late is False:
        return 0.0, False
    if early is None or late is None:
        return 0.0, True
    return 1.0, False


def either(one, other):
    """Give the logical or of two answers that may be unknown."""
    if one or other:
        return True
    return None if one is None or other is None else False


def first_time(subject, threshold):
    """C27: the day of the first visit with the score, else censored at the last visit whose answer is known."""
    last = 0.0
    for week in WEEKS:
        answer = subject.reached(week, threshold)
        if answer:
            return subject.day(week), True
        if answer is not None:
            last = subject.day(week)
    return last, False


def proportion(subject, week, threshold):
    """C25 and C37: whether the score is reached at a visit; unknown counts as not."""
    answer = subject.reached(week, threshold)
    return float(bool(answer)), answer is None


def derive(subjects, visits, events, tis):
    """Derive every outcome.

    Returns
    -------
    dict
        Outcome → {(subject, threshold or None, week): (value, event or None, unknown)}.
    """
    people = [Subject(row["subject_id"], visits, events, tis) for row in subjects]
    found = {name: {} for name in ("C0", "C14", "C25", "C27", "C28", "C29", "C37")}
    for person in people:
        name = person.identifier
        value, unknown = responder(person)
        found["C0"][name, None, 25] = (value, None, unknown)
        value, unknown = proportion(person, 53, 20)
        found["C25"][name, None, 53] = (value, None, unknown)
        for week in WEEKS:
            value = person.value(week)
            for outcome, weeks in (("C14", range(5, 26)), ("C28", [25]), ("C29", range(5, 54))):
                if week in weeks:
                    found[outcome][name, None, week] = (value, None, value is None)
            for threshold in THRESHOLDS:
                value, unknown = proportion(person, week, threshold)
                found["C37"][name, threshold, week] = (value, None, unknown)
        for threshold in THRESHOLDS:
            day, event = first_time(person, threshold)
            nothing = all(person.reached(week, threshold) is None for week in WEEKS)
            found["C27"][name, threshold, 53] = (day, event, nothing)
    return found
