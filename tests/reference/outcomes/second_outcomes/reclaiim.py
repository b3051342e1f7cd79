"""RECLAIIM (NCT04044690): outcomes C0 to C39, in the order of the WHO record of 8 April 2024."""

from .answers import both, either, first_visit, measures, responses, times
from .safety import SEVERITIES, any_event, of_severity, rates, related, serious, with_event
from .score import reached, score
from .steroids import first_rescue, on_glucocorticoid, reduced, rescue_tapered, rescued_by, taper_started
from .worsening import episodes, ever_confirmed, time_to_first

BASELINE = 1
WEEKS = (5, 9, 13, 17, 21, 25, 29, 33, 37, 41, 45, 49, 53)
PERIOD_1, PERIOD_2 = WEEKS[:6], WEEKS[6:]
MIDDLE, END = 25, 53
DOMAINS = ("eq5d_mobility", "eq5d_self_care", "eq5d_usual_activities")
MEASURES = (
    "physician_global_cm",
    "patient_global_cm",
    "mmt",
    "haq_di",
    "extramuscular_cm",
    "cdasi_activity",
)
ENDS_RESPONSE = {"discontinued_treatment", "discontinued_study", "death"}


def responder(study):
    """C0: TIS ≥ 20 at week 25 and at week 17 or 21, 24 weeks of treatment completed, no rescue before week 25."""

    def answer(person, week, _part, _level):
        day, rescue = person.day(week), first_rescue(person)
        if person.had_before(ENDS_RESPONSE, day) or (rescue is not None and rescue < day):
            return False
        return both([reached(person, week, 20), either(reached(person, early, 20) for early in (17, 21))])

    return responses(study.subjects, [MIDDLE], answer)


def worsening_episodes(study):
    """C2, C15: the fewest episodes there can have been; unknown where it could be more or nobody was seen."""
    found = {}
    for person in study.subjects:
        fewest, most = episodes(person, END)
        unknown = fewest != most or not person.attended(END)
        found[person.name, None, None, END] = (float(fewest), None, None, unknown)
    return found


def worsened_and_rescued(study):
    """C23, C30: confirmed worsening at any visit, and rescue, both up to week 53."""

    def answer(person, week, _part, _level):
        return both([ever_confirmed(person, week), rescued_by(person, week)])

    return responses(study.subjects, [END], answer)


def time_to_worsening(study):
    """C20: day of the visit that first confirms worsening."""
    return times(study.subjects, END, lambda person, _level: time_to_first(person, END))


def time_to_rescue(study):
    """C16: day of the first rescue up to week 25 and up to the end of follow-up, else the earlier of these two."""

    def time(person, _level):
        ends = [day for day in (person.day(MIDDLE), person.left, person.last_day) if day is not None]
        rescue = first_rescue(person)
        if rescue is not None and rescue <= min(ends):
            return rescue, True, False
        return max(0, min(ends)), False, False

    return times(study.subjects, MIDDLE, time)


def time_to_score(study):
    """C27: day of the first visit with the score."""

    def time(person, threshold):
        return first_visit(person, WEEKS, lambda week: reached(person, week, threshold))

    return times(study.subjects, END, time, (20, 40, 60))


def scores(weeks):
    """C14, C28, C29: the score at visits."""
    return lambda study: measures(study.subjects, weeks, lambda person, week, _part: score(person, week))


def scores_reached(weeks, levels):
    """C25, C37: the score at least a threshold; a single threshold is not named."""

    def answer(person, week, _part, level):
        return reached(person, week, level or 20)

    return lambda study: responses(study.subjects, weeks, answer, levels=levels)


def changes(weeks, columns):
    """C1, C12, C13, C21, C35, C36: change from baseline; a single measure is not named."""

    def change(person, week, part):
        return person.change(week, part or columns[0])

    parts = columns if len(columns) > 1 else (None,)
    return lambda study: measures(study.subjects, weeks, change, parts)


def levels_gained(people, weeks, since):
    """C8, C17, C22, C31: levels of EQ-5D toward better, by domain."""

    def gained(person, week, part):
        change = person.change(week, part, since)
        return None if change is None else -change

    return measures(people, weeks, gained, DOMAINS)


def from_baseline(study):
    """C8, C31: from baseline, at every visit."""
    return levels_gained(study.subjects, WEEKS, BASELINE)


def second_period(study):
    """Give the subjects who had not left nor died before the week 25 visit."""
    return [person for person in study.subjects if person.left is None or person.left >= person.day(MIDDLE)]


def from_week_25(study):
    """C17, C22: from week 25, at every visit after it."""
    return levels_gained(second_period(study), PERIOD_2, MIDDLE)


def no_domain_worse(study):
    """C17, C22 as a response: none of the three domains worse than at week 25."""

    def answer(person, week, _part, _level):
        changes_known = [person.change(week, domain, MIDDLE) for domain in DOMAINS]
        return both([None if change is None else change <= 0 for change in changes_known])

    return responses(second_period(study), PERIOD_2, answer)


def steroid_reduced(week, levels):
    """C3, C24, C32, C33, C38, C39: dose lower by at least a percentage; a single one (25 %) is not named."""

    def answer(person, visit, _part, level):
        return reduced(person, visit, level or 25)

    return lambda study: responses(on_glucocorticoid(study.subjects), [week], answer, levels=levels)


def taper(study):
    """C4, C7: start of a taper up to week 53, among those on a glucocorticoid at baseline."""

    def answer(person, week, _part, _level):
        return taper_started(person, week)

    return responses(on_glucocorticoid(study.subjects), [END], answer)


def rescue_taper(study):
    """C5: dose below the peak under rescue up to week 25, among those rescued by then."""

    def answer(person, week, _part, _level):
        return rescue_tapered(person, week)

    return responses([person for person in study.subjects if rescued_by(person, MIDDLE)], [MIDDLE], answer)


def rescued(study):
    """C26: rescue up to week 25."""
    return responses(study.subjects, [MIDDLE], lambda person, week, _part, _level: rescued_by(person, week))


ONE, STEPS, THRESHOLDS = (None,), (25, 50, 75), (20, 40, 60)

OUTCOMES = {
    "C0": responder,
    "C1": changes([MIDDLE], ("cdasi_activity",)),
    "C2": worsening_episodes,
    "C3": steroid_reduced(MIDDLE, ONE),
    "C4": taper,
    "C5": rescue_taper,
    "C6": lambda study: with_event(study, serious),
    "C7": taper,
    "C8": from_baseline,
    "C9": lambda study: with_event(study, any_event),
    "C10": lambda study: rates(study, related),
    "C11": lambda study: rates(study, of_severity, SEVERITIES),
    "C12": changes([MIDDLE], ("mmt",)),
    "C13": changes(PERIOD_1, ("cdasi_activity",)),
    "C14": scores(PERIOD_1),
    "C15": worsening_episodes,
    "C16": time_to_rescue,
    "C17": from_week_25,
    "C17.all": no_domain_worse,
    "C18": lambda study: with_event(study, related),
    "C19": lambda study: rates(study, serious),
    "C20": time_to_worsening,
    "C21": changes(PERIOD_2, MEASURES),
    "C22": from_week_25,
    "C22.all": no_domain_worse,
    "C23": worsened_and_rescued,
    "C24": steroid_reduced(END, STEPS),
    "C25": scores_reached([END], ONE),
    "C26": rescued,
    "C27": time_to_score,
    "C28": scores([MIDDLE]),
    "C29": scores(WEEKS),
    "C30": worsened_and_rescued,
    "C31": from_baseline,
    "C32": steroid_reduced(MIDDLE, ONE),
    "C33": steroid_reduced(MIDDLE, STEPS),
    "C34": lambda study: rates(study, any_event),
    "C35": changes(PERIOD_1, MEASURES),
    "C36": changes(PERIOD_1, ("mmt",)),
    "C37": scores_reached(WEEKS, THRESHOLDS),
    "C38": steroid_reduced(MIDDLE, STEPS),
    "C39": steroid_reduced(MIDDLE, ONE),
}
