"""Treatment-emergent adverse events, and the days with an infusion."""

from .answers import responses
from .tables import answer_of, day_of

SEVERITIES = ("mild", "moderate", "severe")


def treated(people):
    """Give the safety population: subjects with treatment recorded; everybody where nobody's is recorded."""
    return [person for person in people if person.treatment_days or not person.study.records_treatment]


def first_dose(person):
    """Give the day of the first dose as recorded; day 1 where none is recorded, which is what day 1 means."""
    return min(person.treatment_days, default=1)


def emergent(event, first):
    """Tell whether an event of a treated subject is treatment-emergent.

    The cases in the order of admiral's derive_var_trtemfl (after PHUSE WP-087), without a window after the last dose.
    """
    start, end = day_of(event, "start_day"), day_of(event, "end_day")
    if end is not None and end < first:
        return False
    if start is None or start >= first:
        return True
    before, after = event.get("severity_before"), event.get("severity")
    if not before or not after:
        return True  # one of the severities is missing: counts as worsened
    return SEVERITIES.index(after) > SEVERITIES.index(before)


def any_event(_event, _part):
    """Every event fits."""
    return True


def serious(event, _part):
    """Tell whether an event is serious; None where that is not recorded."""
    return answer_of(event, "serious")


def related(event, _part):
    """Tell whether an event is related; None where that is not recorded."""
    return answer_of(event, "related")


def of_severity(event, part):
    """Tell whether an event is of a severity; None where its severity is not recorded."""
    return event["severity"] == part if event.get("severity") else None


def fitting(person, fits, part=None):
    """Give the number of emergent events that surely fit, and whether more may."""
    first = first_dose(person)
    answers = [fits(event, part) for event in person.adverse_events if emergent(event, first)]
    return answers.count(True), None in answers


def with_event(study, fits):
    """Hand out whether a subject had a treatment-emergent event that fits."""

    def had(person, _week, _part, _level):
        sure, unsure = fitting(person, fits)
        return True if sure else None if unsure else False

    return responses(treated(study.subjects), study.weeks[-1:], had)


def rates(study, fits, parts=(None,)):
    """Hand out events that fit and days with an infusion; flagged where there may be more events."""
    found = {}
    for person in treated(study.subjects):
        for part in parts:
            sure, unsure = fitting(person, fits, part)
            key = (person.name, part, None, study.weeks[-1])
            found[key] = (float(sure), None, float(len(person.infusion_days)), unsure)
    return found
