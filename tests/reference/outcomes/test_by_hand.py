"""A few tiny subjects, worked out by hand, through the second derivation."""

import pytest

RECLAIIM = "NCT04044690"


def dose(milligrams, start, end="", purpose="background", drug="prednisone", route="oral", per="day"):
    return {
        "drug": drug, "start_day": str(start), "end_day": str(end), "dose_mg": milligrams,
        "per": per, "route": route, "purpose": purpose,
    }  # fmt: skip


def adverse(start, end="", severity="mild", before="", serious="false", related="false"):
    return {
        "term": "headache", "start_day": str(start), "end_day": str(end), "severity": severity,
        "severity_before": before, "serious": serious, "related": related,
    }  # fmt: skip


YES, NO, OPEN = (1.0, None, None, False), (0.0, None, None, False), (0.0, None, None, True)
WORSE = {"extramuscular_cm": "5"}  # by 2 cm, which is enough alone


@pytest.mark.parametrize(
    ("later", "steps"),
    [
        ("15", (YES, NO, NO)),  # 20 to 15 mg is 25 % exactly
        ("15.000000001", (NO, NO, NO)),
        ("10", (YES, YES, NO)),
        ("5", (YES, YES, YES)),
        ("0", (YES, YES, YES)),
        ("25", (NO, NO, NO)),
    ],
)
def test_dose_at_the_edges(derived, later, steps):
    """Week 25 is nominally on day 169; the lower dose begins on that day."""
    found = derived("C33", doses=[dose("20", -30, 168), dose(later, 169)])
    assert found == {(None, f"≥ {step}", 25): answer for step, answer in zip((25, 50, 75), steps, strict=True)}
    assert derived("C3", doses=[dose("20", -30, 169), dose(later, 170)]) == {(None, None, 25): NO}


def test_dose_in_other_drugs_and_per_week(derived):
    """16 mg methylprednisolone are 20 mg prednisone; 70 mg a week with 5 mg a day are 15; by vein does not count."""
    later = [dose("70", 2, per="week"), dose("5", 2), dose("1000", 2, drug="methylprednisolone", route="intravenous")]
    assert derived("C3", doses=[dose("16", 1, 1, drug="methylprednisolone"), *later]) == {(None, None, 25): YES}


def test_dose_of_one_who_left_is_unknown_and_without_a_dose_not_counted(derived, event):
    doses = [dose("20", -30)]
    left = [event("discontinued_study", 168)]
    assert derived("C3", doses=doses, events=left) == {(None, None, 25): OPEN}
    assert derived("C3", doses=doses, events=[event("discontinued_study", 169)]) == {(None, None, 25): NO}
    assert derived("C3", doses=[dose("20", 2)]) == {}  # nothing on day 1
    assert derived("C3") == {}


def test_taper_is_put_off_by_rescue_before_the_next_visit(derived, event):
    """Below baseline from day 29 (week 5) on; rescue on day 56 is before week 9 (day 57), so the taper begins there."""
    doses = [dose("20", -30, 28), dose("15", 29)]
    assert derived("C4", doses=doses) == {(None, None, 53): YES}
    rescue = [event("rescue", day) for day in range(30, 365, 26)]  # between any two visits, the last on day 342
    assert derived("C4", doses=doses, events=[*rescue, event("rescue", 500)]) == {(None, None, 53): NO}
    assert derived("C4", doses=doses, events=rescue) == {(None, None, 53): YES}  # after week 53 (day 365) none
    on_visits = [event("rescue", day) for day in range(29, 366, 28)]  # after what was seen on that day
    assert derived("C4", doses=doses, events=on_visits) == {(None, None, 53): NO}
    assert derived("C4", doses=doses, events=on_visits[1:]) == {(None, None, 53): YES}  # week 9 is the next visit
    left = [event("death", 40), event("rescue", 30)]
    assert derived("C4", doses=doses, events=left) == {(None, None, 53): OPEN}


def test_worsening_is_confirmed_across_a_missed_visit(derived, visit):
    """Weeks 5 and 13 meet the rule and week 9 did not take place: confirmed at week 13, day 85."""
    visits = [visit(1), visit(5, **WORSE), visit(13, **WORSE), visit(17)]
    assert derived("C2", visits=visits) == {(None, None, 53): YES}
    assert derived("C20", visits=visits) == {(None, None, 53): (85.0, True, None, False)}
    visits = [visit(1), visit(5, **WORSE), visit(9), visit(13, **WORSE), visit(17, day="113")]
    assert derived("C2", visits=visits) == {(None, None, 53): NO}
    assert derived("C20", visits=visits) == {(None, None, 53): (113.0, False, None, False)}


def test_worsening_between_two_episodes_unknown(derived, visit):
    """Met, met, unknown, met, met: one episode or two. With one visit known not to meet it: two for sure."""
    hole = {"extramuscular_cm": ""}
    visits = [visit(1), visit(5, **WORSE), visit(9, **WORSE), visit(13, **hole), visit(17, **WORSE), visit(21, **WORSE)]
    assert derived("C2", visits=visits) == {(None, None, 53): (1.0, None, None, True)}
    visits[3] = visit(13)
    assert derived("C2", visits=visits) == {(None, None, 53): (2.0, None, None, False)}
    assert derived("C2", visits=visits[:1]) == {(None, None, 53): OPEN}


def test_one_visit_cannot_confirm(derived, visit):
    visits = [visit(1), visit(5, **WORSE)]
    assert derived("C2", visits=visits) == {(None, None, 53): NO}
    assert derived("C20", visits=visits) == {(None, None, 53): (29.0, False, None, False)}
    assert derived("C20", visits=visits[:1]) == {(None, None, 53): (0.0, False, None, True)}


@pytest.mark.parametrize(
    ("values", "met"),
    [
        ({"physician_global_cm": "7", "mmt": "80"}, True),  # (a): 2 cm and 20 % of 100
        ({"physician_global_cm": "7", "mmt": "80.1"}, False),
        ({"physician_global_cm": "6.9", "mmt": "80"}, False),
        ({"extramuscular_cm": "4.9"}, False),
        ({"physician_global_cm": "6.5", "patient_global_cm": "6.5", "haq_di": "1.3"}, True),  # (c): 30 % each
        ({"physician_global_cm": "6.5", "patient_global_cm": "6.5", "haq_di": "1.299"}, False),
        ({"physician_global_cm": "6.5", "patient_global_cm": "6.5", "mmt": "70"}, True),
    ],
)
def test_edges_of_worsening(derived, values, met, visit):
    visits = [visit(1), visit(5, **values), visit(9, **values)]
    assert derived("C2", visits=visits)[None, None, 53][0] == met


def test_missing_value_that_cannot_matter(derived, visit):
    """From 8.5 cm nobody can get worse by 2 cm, so that a missing extramuscular activity leaves nothing open."""
    hole = {"extramuscular_cm": ""}
    high = [visit(1, extramuscular_cm="8.5"), visit(5, **hole), visit(9, **hole)]
    assert derived("C2", visits=high) == {(None, None, 53): NO}
    low = [visit(1, extramuscular_cm="8"), visit(5, **hole), visit(9, **hole)]
    assert derived("C2", visits=low) == {(None, None, 53): OPEN}


def test_worsening_and_rescue(derived, visit, event):
    visits = [visit(1), visit(5, **WORSE), visit(9, **WORSE)]
    for day, answer in ((1, YES), (365, YES), (366, NO), (0, NO)):  # week 53 is on day 365
        assert derived("C23", visits=visits, events=[event("rescue", day)]) == {(None, None, 53): answer}
    assert derived("C30", visits=visits[:1], events=[event("rescue", 5)]) == {(None, None, 53): OPEN}


def test_rescue_on_the_day_of_week_25_comes_after_it(derived, visit, event, better):
    visits = [visit(1), better(17), better(25, day="170")]
    for day, answer in ((169, NO), (170, YES)):
        assert derived("C0", visits=visits, events=[event("rescue", day)]) == {(None, None, 25): answer}
        taken = [dose("40", day, purpose="rescue")]
        assert derived("C0", visits=visits, doses=taken) == {(None, None, 25): answer}
        assert derived("C26", visits=visits, doses=taken) == {(None, None, 25): YES}  # that day included
        stopped = [event("discontinued_treatment", day)]
        assert derived("C0", visits=visits, events=stopped) == {(None, None, 25): answer}
    assert derived("C26", visits=visits, events=[event("rescue", 171)]) == {(None, None, 25): NO}
    assert derived("C0", visits=visits[:2]) == {(None, None, 25): OPEN}


def test_time_to_rescue(derived, event):
    key = (None, None, 25)
    assert derived("C16", events=[event("rescue", 169)]) == {key: (169.0, True, None, False)}
    assert derived("C16", events=[event("rescue", 170)]) == {key: (169.0, False, None, False)}
    assert derived("C16", doses=[dose("40", -5, 2, "rescue")]) == {key: (1.0, True, None, False)}
    assert derived("C16", doses=[dose("40", -5, 0, "rescue")]) == {key: (169.0, False, None, False)}
    both = [event("rescue", 80), event("death", 79)]
    assert derived("C16", events=both) == {key: (79.0, False, None, False)}
    assert derived("C16", subject={"last_day": "60"}, events=both) == {key: (60.0, False, None, False)}


def test_rescue_is_tapered(derived, event):
    """10 mg all along, 40 mg more on days 50 to 59: peak 50 mg, lower from day 60 on."""
    doses = [dose("10", -30), dose("40", 50, 59, "rescue")]
    assert derived("C5", doses=doses) == {(None, None, 25): YES}
    assert derived("C5", doses=[dose("10", -30), dose("40", 50, 169, "rescue")]) == {(None, None, 25): NO}
    twice = [dose("10", -30), dose("40", 50, 59, "rescue"), dose("40", 80, 169, "rescue")]
    assert derived("C5", doses=twice) == {(None, None, 25): YES}  # lower from day 60 to 79, the peak again at the end
    assert derived("C5", doses=[dose("10", -30)], events=[event("rescue", 50)]) == {(None, None, 25): OPEN}
    assert derived("C5", doses=[dose("10", -30), dose("40", 170, 175, "rescue")]) == {}  # not rescued by week 25
    by_muscle = [dose("40", 50, 59, "rescue", route="intramuscular")]
    assert derived("C5", doses=by_muscle) == {(None, None, 25): OPEN}


@pytest.mark.parametrize(
    ("row", "answer"),
    [
        (adverse(1), YES),
        (adverse(0), YES),  # before treatment, goes on, its severity before is missing: counts as worsened
        (adverse(0, 0), NO),
        (adverse(1, "", "mild", "mild"), YES),
        (adverse(-3, 1, "moderate", "mild"), YES),
        (adverse(-3, 5, "mild", "mild"), NO),
        (adverse(-3, 5, "moderate", "mild"), YES),
        (adverse(-3, 0, "moderate", "mild"), NO),
        (adverse(-3, 1, "mild", "moderate"), NO),
        (adverse(""), YES),
        (adverse("", 0), NO),
    ],
)
def test_events_around_the_first_treatment(derived, row, answer):
    assert derived("C9", adverse_events=[row], infusions=[{"day": "1"}]) == {(None, None, 53): answer}


def test_events_without_treatment_and_of_unknown_kind(derived, second):
    rows = [adverse(3, serious="", related="true"), adverse(4, related="")]
    infusions = [{"day": day} for day in ("1", "8", "8", "15")]
    assert derived("C6", adverse_events=rows, infusions=infusions) == {(None, None, 53): OPEN}
    assert derived("C18", adverse_events=rows, infusions=infusions) == {(None, None, 53): YES}
    assert derived("C10", adverse_events=rows, infusions=infusions) == {(None, None, 53): (1.0, None, 3.0, True)}
    assert derived("C19", adverse_events=rows) == {(None, None, 53): (0.0, None, 0.0, True)}
    severities = {
        (part, None, 53): (found, None, 3.0, False)
        for part, found in (("mild", 2.0), ("moderate", 0.0), ("severe", 0.0))
    }
    assert derived("C11", adverse_events=rows, infusions=infusions) == severities
    tables = {
        "subjects": [{"subject_id": "a", "arm": "x"}, {"subject_id": "b", "arm": "y"}, {"subject_id": "c", "arm": "y"}],
        "infusions": [{"subject_id": name, "day": "1"} for name in "ab"],
        "adverse_events": [{"subject_id": name, **adverse(2)} for name in "bc"],
    }
    arms = {"a": "x", "b": "y", "c": "y"}
    found = second.derive_trial(RECLAIIM, tables, ("C9", "C34"))
    counts = {"x": (0, 1), "y": (1, 1), "all": (1, 2)}  # c was not treated
    assert second.count(RECLAIIM, "C9", found, arms) == {(arm, None, None, 53): n for arm, n in counts.items()}
    pooled = {("x", None): (0, 1), ("y", None): (1, 1), ("all", None): (1, 2)}
    assert second.rate(RECLAIIM, "C34", found, arms) == pooled


def test_levels_of_eq5d(derived, second, visit, event):
    """Mobility 5, 2 and missing; self-care 1, 2, 2; usual activities 3 throughout: at weeks 1, 25 and 29."""
    levels = {1: ("5", "1", "3"), 25: ("2", "2", "3"), 29: ("", "2", "3")}
    domains = ("eq5d_mobility", "eq5d_self_care", "eq5d_usual_activities")
    visits = [visit(week, **dict(zip(domains, row, strict=True))) for week, row in levels.items()]
    found = derived("C8", visits=visits)
    assert [found[domain, None, 25][0] for domain in domains] == [3, -1, 0]
    assert found["eq5d_mobility", None, 29] == (None, None, None, True)
    later = derived("C17", visits=visits)
    assert [later[domain, None, 29] for domain in domains] == [(None, None, None, True), NO, NO]
    assert derived("C17.all", visits=visits)[None, None, 29] == OPEN
    visits[2] = {**visits[2], "eq5d_self_care": "3"}
    assert derived("C17.all", visits=visits)[None, None, 29] == NO
    left = [event("discontinued_study", 168)]
    assert derived("C22", visits=visits, events=left) == {}  # week 25 is on day 169
    assert derived("C22", visits=visits, events=[event("death", 169)]) != {}
    rows = {"C8": {("a", *key): row for key, row in found.items()}}
    bands = second.count(RECLAIIM, "C8", rows, {"a": "x"})
    inside = {
        name: having
        for (_, part, name, week), (having, _) in bands.items()
        if part == "eq5d_mobility" and week == 25
    }  # fmt: skip
    assert inside == {
        "worse (< 0)": 0, "no change (= 0)": 0, "at least 1 level (≥ 1)": 1, "exactly 2 levels (= 2)": 0,
        "at least 2 levels (≥ 2)": 1, "more than 2 levels (> 2)": 1, "unknown": 0,
    }  # fmt: skip
    assert bands["x", "eq5d_mobility", "unknown", 29] == (1, 1)


def test_bands_of_episodes(second):
    """Six subjects with 0, 1, 1, 2, 3 and 4 episodes."""
    numbers = dict(zip("abcdef", (0.0, 1.0, 1.0, 2.0, 3.0, 4.0), strict=True))
    derived = {"C2": {(name, None, None, 53): (number, None, None, False) for name, number in numbers.items()}}
    found = second.count(RECLAIIM, "C2", derived, dict.fromkeys("abcdef", "x"))
    assert {name: found["x", None, name, 53] for name in ("at least once (≥ 1)", "exactly 2")} == {
        "at least once (≥ 1)": (5, 6), "exactly 2": (1, 6),
    }  # fmt: skip
    assert found["x", None, "at least 2 (≥ 2)", 53] == (3, 6)
    assert found["x", None, "more than 2 (> 2)", 53] == (2, 6)


def test_bands_of_levels(second):
    """Seven subjects with changes of -1, 0, 1, 2, 3, 4 levels and one unknown, from week 25."""
    changes = (-1.0, 0.0, 1.0, 2.0, 3.0, 4.0, None)
    derived = {"C17": {(str(place), "p", None, 29): (n, None, None, n is None) for place, n in enumerate(changes)}}
    found = second.count(RECLAIIM, "C17", derived, {str(place): "x" for place in range(7)})
    counts = {name: having for (_, _, name, _), (having, of) in found.items() if of == len(changes)}
    assert counts == {
        "worse (< 0)": 1, "no change (= 0)": 1, "at least 1 level (≥ 1)": 4, "exactly 2 levels (= 2)": 1,
        "at least 2 levels (≥ 2)": 3, "more than 2 levels (> 2)": 2, "no reduction (≥ 0)": 5, "unknown": 1,
    }  # fmt: skip
