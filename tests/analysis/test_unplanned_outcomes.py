"""Outcomes that nobody planned, written as YAML alone, each against a computation by hand."""

import random
import statistics

import pytest

from myotrial.analysis.analyse import analyse

WEEKS = (1, 5, 9, 13, 17, 21, 25)
OUTCOMES = """
  - &change
    id: strength
    role: unregistered
    title: Change in MMT-8 at week 13
    derivation: MMT-8 at week 13 minus baseline.
    time_frame: {to_week: 13}
    variable: {kind: change, of: mmt}
    summaries: [{kind: mean}, {kind: mean_difference}]
    source: {citation: invented, status: ours}
  - <<: *change
    id: equal
    summaries: [{kind: mean_difference, equal_variances: true}]
  - <<: *change
    id: calm
    title: Time to physician global of at most 2 cm
    time_frame: {to_week: 25}
    variable: {kind: time_to, first: {measure: physician_global_cm, at_most: 2}}
    intercurrent: {rescue: censor}
    summaries: [{kind: kaplan_meier}, {kind: log_rank}]
  - <<: *change
    id: rescued
    title: Rescue by week 25
    time_frame: {to_week: 25}
    variable: {kind: occurrence, of: rescue}
    summaries: [{kind: proportion}, {kind: risk_difference, interval: wald}]
  - <<: *change
    id: worse
    title: At least 3 of 5 measures worse by 30 % of baseline
    time_frame: {to_week: 25}
    at: each_visit
    variable:
      kind: response
      when:
        at_least: 3
        of:
          - {measure: physician_global_cm, change: worse, at_least: 30, unit: percent_of_baseline}
          - {measure: patient_global_cm, change: worse, at_least: 30, unit: percent_of_baseline}
          - {measure: mmt, change: worse, at_least: 30, unit: percent_of_baseline}
          - {measure: haq_di, change: worse, at_least: 30, unit: percent_of_baseline}
          - {measure: extramuscular_cm, change: worse, at_least: 30, unit: percent_of_baseline}
    missing: excluded
    summaries: [{kind: proportion}]
"""


def tenths(rng, low, high):
    return rng.randrange(low, high + 1) / 10


@pytest.fixture(scope="module")
def subjects():
    rng = random.Random(14)  # noqa: S311
    found = {}
    for place in range(44):
        visits = {}
        for week in WEEKS:
            if week > 1 and rng.random() < 0.08:
                continue
            visits[week] = {
                "physician_global_cm": tenths(rng, 10, 60),
                "patient_global_cm": tenths(rng, 10, 60),
                "mmt": float(rng.randrange(60, 150)),
                "haq_di": rng.randrange(1, 25) / 8,
                "extramuscular_cm": tenths(rng, 5, 40),
            }
            if rng.random() < 0.15:
                visits[week][rng.choice(sorted(visits[week]))] = None
        found[f"S{place:02d}"] = ("active" if place % 2 else "placebo", visits)
    return found


@pytest.fixture(scope="module")
def rescues():
    return {"S02": 20, "S03": 60, "S07": 169, "S10": 168, "S11": 130, "S16": 29, "S30": 400, "S31": 85}


@pytest.fixture(scope="module")
def results(trial_of, study_of, subjects, rescues):
    return analyse(trial_of(OUTCOMES), study_of(subjects, [(name, day, "rescue") for name, day in rescues.items()]))


def rows_of(results, outcome, statistic):
    rows = results.outcome(outcome).filter(statistic=statistic)
    return {(row["arm"], row["week"]): row for row in rows.iter_rows(named=True)}


def changes(subjects, arm):
    pairs = [(weeks[1]["mmt"], weeks[13]["mmt"]) for given, weeks in subjects.values() if given == arm and 13 in weeks]
    return [after - before for before, after in pairs if before is not None and after is not None]


def test_change_in_strength(results, subjects):
    active, placebo = changes(subjects, "active"), changes(subjects, "placebo")
    means, deviations = rows_of(results, "strength", "mean"), rows_of(results, "strength", "sd")
    for arm, values in (("active", active), ("placebo", placebo)):
        assert means[arm, 13]["estimate"] == pytest.approx(statistics.fmean(values), abs=1e-12)
        assert deviations[arm, 13]["estimate"] == pytest.approx(statistics.stdev(values), abs=1e-12)
        assert (means[arm, 13]["n"], means[arm, 13]["n_missing"]) == (len(values), 22 - len(values))
    difference = statistics.fmean(active) - statistics.fmean(placebo)
    parts = [statistics.variance(values) / len(values) for values in (active, placebo)]
    row = rows_of(results, "strength", "mean_difference")["active", 13]
    assert row["estimate"] == pytest.approx(difference, abs=1e-12)
    assert row["se"] == pytest.approx(sum(parts) ** 0.5, abs=1e-12)
    # 2.03 is the 97.5 % point of t with 35 degrees of freedom, 2.02 with 41 (any table of t)
    assert 2.01 < (row["high"] - row["estimate"]) / row["se"] < 2.04
    pooled = sum(statistics.variance(values) * (len(values) - 1) for values in (active, placebo)) / (
        len(active) + len(placebo) - 2
    )
    equal = rows_of(results, "equal", "mean_difference")["active", 13]
    assert equal["se"] == pytest.approx((pooled * (1 / len(active) + 1 / len(placebo))) ** 0.5, abs=1e-12)
    assert equal["unit"] == "points"


def time_to_calm(subjects, rescues):
    for name, (arm, weeks) in subjects.items():
        time, event, last = 0, False, rescues.get(name, float("inf"))
        for week in WEEKS[1:]:
            value = weeks.get(week, {}).get("physician_global_cm")
            day = 7 * (week - 1) + 1
            if value is None:
                continue
            if value <= 2:
                time, event = day, True
                break
            time = day
        if last < (time if event else 169):
            time, event = min(last, time), False
        yield name, arm, time, event


def test_time_to_low_activity(results, subjects, rescues):
    right = {name: (time, event) for name, _, time, event in time_to_calm(subjects, rescues)}
    frame = results.subjects["calm"]
    assert {row[0]: row[1:] for row in frame.select("subject_id", "value", "event").iter_rows()} == right
    assert {event for _, event in right.values()} == {True, False}
    for arm in ("active", "placebo"):
        mine = [(time, event) for _, given, time, event in time_to_calm(subjects, rescues) if given == arm]
        share, curve = 1.0, []
        for day in sorted({time for time, _ in mine}):
            at_risk = sum(time >= day for time, _ in mine)
            events = sum(time == day and event for time, event in mine)
            share *= 1 - events / at_risk
            curve.append((day, at_risk, events, sum(time == day for time, _ in mine) - events, share))
        drawn = results.curves.filter(outcome="calm", arm=arm)
        assert drawn.row(0)[3:8] == (0, 22, 0, 0, 1)
        for got, want in zip(
            drawn.select("day", "at_risk", "events", "censored", "survival").rows()[1:], curve, strict=True
        ):
            assert got == pytest.approx(want, abs=1e-12)
        median = next((day for day, *_, share in curve if share < 0.5), None)
        assert rows_of(results, "calm", "median_time")[arm, 25]["estimate"] == median


def test_log_rank_by_hand(results, subjects, rescues):
    people = list(time_to_calm(subjects, rescues))
    observed = expected = variance = 0.0
    for day in sorted({time for _, _, time, event in people if event}):
        risk = [(arm, time == day and event) for _, arm, time, event in people if time >= day]
        n, mine, events = len(risk), sum(arm == "active" for arm, _ in risk), sum(hit for _, hit in risk)
        observed += sum(hit for arm, hit in risk if arm == "active")
        expected += events * mine / n
        variance += events * (mine / n) * (1 - mine / n) * (n - events) / (n - 1) if n > 1 else 0
    row = rows_of(results, "calm", "log_rank")["active", 25]
    assert row["estimate"] == pytest.approx((observed - expected) ** 2 / variance, rel=1e-12)
    assert row["n_event"] == sum(event for *_, event in people)


def test_rescue_by_week_25(results, subjects, rescues):
    early = {name for name, day in rescues.items() if day <= 169}  # both ends of the time frame are in it
    counts = {arm: sum(subjects[name][0] == arm for name in early) for arm in ("active", "placebo")}
    rows = rows_of(results, "rescued", "proportion")
    assert {arm: rows[arm, 25]["n_event"] for arm in counts} == counts == {"active": 4, "placebo": 3}
    assert rows_of(results, "rescued", "risk_difference")["active", 25]["estimate"] == pytest.approx(1 / 22)


def worsened(before, after):
    """Answer with the integers of tenths, points and eighths; None where the missing could decide."""
    scale = {"mmt": 1, "haq_di": 8}
    surely = unknown = 0
    for name, start in before.items():
        end = after.get(name)
        if start is None or end is None:
            unknown += 1
            continue
        first, last = round(start * scale.get(name, 10)), round(end * scale.get(name, 10))
        surely += 10 * (first - last if name == "mmt" else last - first) >= 3 * first
    if surely >= 3:
        return 1
    return None if surely + unknown >= 3 else 0


def test_worsening_at_each_visit(results, subjects):
    rows = rows_of(results, "worse", "proportion")
    for week in WEEKS[1:]:
        for arm in ("active", "placebo"):
            answers = [worsened(weeks[1], weeks.get(week, {})) for given, weeks in subjects.values() if given == arm]
            known = [answer for answer in answers if answer is not None]
            row = rows[arm, week]
            assert (row["n_event"], row["n"], row["n_missing"]) == (sum(known), len(known), 22 - len(known)), week
    assert sum(row["n_missing"] for row in rows.values()) > 10
