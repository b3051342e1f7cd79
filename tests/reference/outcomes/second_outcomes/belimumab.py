"""Belimumab in refractory myositis (NCT02347891): outcomes A1 to A4, all randomised subjects."""

from .answers import measures, responses
from .improvement import improved
from .score import reached, score

BASELINE = 0
WEEKS = (4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 48, 56, 64)
RANDOMISED_END, OPEN_LABEL_END = 40, 64
DROP_OUT = {"discontinued_treatment", "discontinued_study", "death"}


def _stayed(answer):
    """Make drop-outs non-responders; rescue makes no difference."""

    def judged(person, week, part, level):
        return False if person.had_before(DROP_OUT, person.day(week)) else answer(person, week, part, level)

    return judged


def definition_of_improvement(week):
    """A1, A4: definition of improvement of 2004 met."""

    def answer(person, visit, _part, _level):
        return improved(person, visit)

    return lambda study: responses(study.subjects, [week], _stayed(answer))


def total_improvement(week, thresholds):
    """A1, A3: score at least a threshold."""

    def answer(person, visit, _part, level):
        return reached(person, visit, level)

    return lambda study: responses(study.subjects, [week], _stayed(answer), levels=thresholds)


def mean_score(week):
    """A2, A4: the score."""
    return lambda study: measures(study.subjects, [week], lambda person, visit, _part: score(person, visit))


OUTCOMES = {
    "A1.doi": definition_of_improvement(RANDOMISED_END),
    "A1.tis": total_improvement(RANDOMISED_END, (40, 60)),
    "A2": mean_score(RANDOMISED_END),
    "A3.tis": total_improvement(OPEN_LABEL_END, (20, 40, 60)),
    "A4.tis": mean_score(OPEN_LABEL_END),
    "A4.doi": definition_of_improvement(OPEN_LABEL_END),
}
