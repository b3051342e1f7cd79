"""Answers that may be unknown (None), and the shapes in which outcomes are handed out."""


def either(answers):
    """Give the logical or of answers that may be unknown."""
    answers = list(answers)
    if any(answer is True for answer in answers):
        return True
    return None if None in answers else False


def both(answers):
    """Give the logical and of answers that may be unknown."""
    answers = list(answers)
    if any(answer is False for answer in answers):
        return False
    return None if None in answers else True


def given(found):
    """Give a fraction as the number handed out."""
    return None if found is None else float(found)


def responses(people, weeks, answer, parts=(None,), levels=(None,)):
    """Hand out yes or no: what is unknown counts as no and is flagged.

    answer(person, week, part, level) is True, False or None. A level is a whole number and is shown with its sign.
    """
    found = {}
    for person in people:
        for week in weeks:
            for part in parts:
                for level in levels:
                    reached = answer(person, week, part, level)
                    shown = None if level is None else f"≥ {level}"
                    found[person.name, part, shown, week] = (float(reached is True), None, None, reached is None)
    return found


def measures(people, weeks, measure, parts=(None,)):
    """Hand out a measure or a change: null and flagged where it is missing. measure(person, week, part)."""
    found = {}
    for person in people:
        for week in weeks:
            for part in parts:
                value = measure(person, week, part)
                found[person.name, part, None, week] = (given(value), None, None, value is None)
    return found


def times(people, week, time, levels=(None,)):
    """Hand out times to an event, in study days. time(person, level) is the day, whether it is the event, unknown."""
    found = {}
    for person in people:
        for level in levels:
            day, event, unknown = time(person, level)
            shown = None if level is None else f"≥ {level}"
            found[person.name, None, shown, week] = (float(day), event, None, unknown)
    return found


def first_visit(person, weeks, answer):
    """Give the day of the first visit whose answer is yes, else the day of the last visit whose answer is known.

    Unknown where no visit's answer is known: then the day is 0.
    """
    last = None
    for week in weeks:
        reached = answer(week)
        if reached:
            return person.day(week), True, False
        if reached is not None:
            last = person.day(week)
    return (0, False, True) if last is None else (last, False, False)
