"""Counts and rates by arm from the derived outcomes, for the outcomes that are percentages, numbers or rates."""

EPISODES = {
    "at least once (≥ 1)": lambda value: value >= 1,
    "exactly 2": lambda value: value == 2,
    "at least 2 (≥ 2)": lambda value: value >= 2,
    "more than 2 (> 2)": lambda value: value > 2,
}
LEVELS = {
    "worse (< 0)": lambda value: value < 0,
    "no change (= 0)": lambda value: value == 0,
    "at least 1 level (≥ 1)": lambda value: value >= 1,
    "exactly 2 levels (= 2)": lambda value: value == 2,
    "at least 2 levels (≥ 2)": lambda value: value >= 2,
    "more than 2 levels (> 2)": lambda value: value > 2,
}
FROM_WEEK_25 = {**LEVELS, "no reduction (≥ 0)": lambda value: value >= 0}
BANDS = {
    "NCT04044690": {
        "C2": EPISODES,
        "C15": EPISODES,
        "C8": LEVELS,
        "C31": LEVELS,
        "C17": FROM_WEEK_25,
        "C22": FROM_WEEK_25,
    }
}
"""Trial → outcome → name of a band → whether a value lies in it."""

RESPONSES = {
    "NCT04044690": {
        *("C0", "C3", "C4", "C5", "C6", "C7", "C9", "C17.all", "C18", "C22.all", "C23", "C24", "C25", "C26"),
        *("C30", "C32", "C33", "C37", "C38", "C39"),
    },
    "NCT02347891": {"A1.doi", "A1.tis", "A3.tis", "A4.doi"},
    "NCT05832034": set(),
}
RATES = {"NCT04044690": ["C10", "C11", "C19", "C34"]}
POOLED = {"C6", "C9", "C18", "C10", "C11", "C19", "C34", "A3.tis"}
"""Outcomes shown for all arms together as well, under the arm "all"."""


def _arms(outcome_id, arm):
    return (arm, "all") if outcome_id in POOLED else (arm,)


def count(trial_id, outcome_id, derived, arms):
    """Count the subjects with a response, or in each band of a value.

    Parameters
    ----------
    trial_id, outcome_id
        What is counted.
    derived
        What derive gave for the trial.
    arms
        Subject → arm.

    Returns
    -------
    dict
        (arm, part, level or band, week) → (subjects who have it, subjects). What is unknown stays in the second; a
        null value is counted in the band "unknown".

    Raises
    ------
    KeyError
        The outcome is neither a response nor shown in bands.
    """
    bands = BANDS.get(trial_id, {}).get(outcome_id)
    if bands is None and outcome_id not in RESPONSES[trial_id]:
        raise KeyError(outcome_id)
    found = {}
    for (subject, part, level, week), (value, _event, _exposure, _unknown) in derived[outcome_id].items():
        if bands is None:
            inside = {level: value == 1}
        else:
            inside = {band: value is not None and test(value) for band, test in bands.items()}
            inside["unknown"] = value is None
        for arm in _arms(outcome_id, arms[subject]):
            for name, lies in inside.items():
                having, of = found.get((arm, part, name, week), (0, 0))
                found[arm, part, name, week] = (having + lies, of + 1)
    return found


def rate(trial_id, outcome_id, derived, arms):
    """Add up the events and the days with an infusion.

    Returns
    -------
    dict
        (arm, part) → (events, days with an infusion), both as numbers.

    Raises
    ------
    KeyError
        The outcome is no rate.
    """
    if outcome_id not in RATES.get(trial_id, []):
        raise KeyError(outcome_id)
    found = {}
    for (subject, part, _level, _week), (value, _event, exposure, _unknown) in derived[outcome_id].items():
        for arm in _arms(outcome_id, arms[subject]):
            events, days = found.get((arm, part), (0.0, 0.0))
            found[arm, part] = (events + value, days + exposure)
    return found
