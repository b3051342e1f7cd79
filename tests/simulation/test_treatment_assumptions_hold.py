"""Shares, rates and steps of simulated treatments are those of the assumptions, within 4.5 standard errors.

Everything is counted again from the tables as they would be read, by means of its own.
"""

import math
from statistics import NormalDist

import polars as pl
import pytest

from myotrial.simulation.assumptions import load_assumptions
from myotrial.simulation.study import simulate_study
from myotrial.trials.loading import load_trial

N = 4000
WORTH = {"prednisone": 1.0, "prednisolone": 1.0, "methylprednisolone": 1.25}
"""Milligrams of prednisone that a milligram is worth."""
PLANNED = {
    "NCT04044690": list(range(52)),
    "NCT02347891": [0, 2, *range(4, 64, 4)],
    "NCT05832034": [0, 4, 8],
    "NCT02728752": list(range(0, 40, 4)),
}
"""Weeks of the infusions, counted from the first, as the trials are described."""
IN_A_ROW = {"NCT04044690": 1, "NCT02347891": 1, "NCT05832034": 2, "NCT02728752": 2}
OPEN_FROM_DAY = {"NCT04044690": 169, "NCT02347891": 281, "NCT02728752": 113}


@pytest.fixture(scope="module", params=PLANNED)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def studies():
    return {name: simulate_study(load_trial(name), N, seed=41) for name in PLANNED}


@pytest.fixture(scope="module")
def study(studies, name):
    return studies[name]


@pytest.fixture(scope="module")
def assumed(name):
    return load_assumptions(name)


def assert_share(hits, total, expected):
    assert total > 0
    error = 4.5 * math.sqrt(expected * (1 - expected) / total)
    assert hits / total == pytest.approx(expected, abs=error + 1e-12)


def background_at(study, day):
    """Return for each subject the prednisone per day from background records on a day, 0 where there is none."""
    covering = study.doses.filter(
        pl.col("purpose") == "background",
        pl.col("start_day") <= day,
        pl.col("end_day").is_null() | (pl.col("end_day") >= day),
    )
    worth = pl.col("dose_mg") * pl.col("drug").replace_strict(WORTH) / pl.when(per="week").then(7).otherwise(1)
    taken = covering.group_by("subject_id").agg(worth.sum().round(6).alias("mg"), pl.len())
    assert taken["len"].max() == 1  # never two at a time
    return study.subjects.join(taken, on="subject_id", how="left").with_columns(pl.col("mg").fill_null(0.0))


def test_doses_at_the_first_treatment(study, assumed, name):
    first = background_at(study, 1)
    plan = assumed.glucocorticoids
    assert_share(first.filter(pl.col("mg") > 0).height, N, plan.on_share)
    if name == "NCT05832034":
        assert set(first["mg"]) <= {40, 50, 60, 70, 80}
        return
    assert first["mg"].max() == 20
    on = first.filter(pl.col("mg") > 0)["mg"]
    for entry in plan.start_mg:
        assert_share((on == entry.mg).sum(), len(on), entry.share)


def test_one_milligram_per_kilogram_in_time_is_muscle(studies):
    """Half the weights are below 76 kg, and 65 kg is the middle between 60 and 70 mg."""
    mg = background_at(studies["NCT05832034"], 1)["mg"]
    weight = load_assumptions().subjects.weight_kg
    below = NormalDist(weight.mean, weight.sd).cdf(65.5)  # weights are whole, and 65 goes to the lower dose
    assert_share((mg <= 60).sum(), N, below)


def test_drugs_and_how_they_are_written_down(study, assumed):
    first = study.doses.filter(purpose="background").unique("subject_id", keep="first", maintain_order=True)
    for entry in assumed.glucocorticoids.drugs:
        assert_share((first["drug"] == entry.drug).sum(), first.height, entry.share)
    assert_share((first["per"] == "week").sum(), first.height, assumed.glucocorticoids.per_week_share)
    one = study.doses.filter(purpose="background").group_by("subject_id").agg(pl.col("drug", "per").n_unique())
    assert one["drug"].max() == one["per"].max() == 1


def test_the_dose_goes_down_with_improvement(study, assumed):
    """At visits on treatment, by whether physician global activity is at least 1 cm better: how often it falls."""
    taper = assumed.glucocorticoids.taper
    frame = study.visits.frame
    start = frame["week"].min()
    baseline = frame.filter(week=start).select("subject_id", before="physician_global_cm")
    visits = frame.filter(pl.col("week") - start >= max(taper.first_week, 1)).join(baseline, on="subject_id")
    visits = visits.drop_nulls("physician_global_cm").select(
        "subject_id", "day", better=(pl.col("before") - pl.col("physician_global_cm")).round(6) >= 1
    )
    records = study.doses.filter(purpose="background").sort("subject_id", "start_day")
    records = records.with_columns(
        was=pl.col("dose_mg").shift(1).over("subject_id"), ended=pl.col("end_day").shift(1).over("subject_id")
    )
    fell = records.filter(pl.col("dose_mg") < pl.col("was"), pl.col("start_day") == pl.col("ended") + 1)
    gone = records.join(study.subjects, on="subject_id").filter(  # a last dose that ends while the subject stays
        (pl.col("end_day") < pl.col("last_day"))
        & (pl.col("start_day").shift(-1).over("subject_id") > pl.col("end_day") + 1).fill_null(True)
    )
    down = pl.concat([fell.select("subject_id", day="start_day"), gone.select("subject_id", day=pl.col("end_day") + 1)])
    on = visits.join(records.select("subject_id", "start_day", "end_day"), on="subject_id").filter(
        pl.col("start_day") < pl.col("day"), pl.col("end_day").is_null() | (pl.col("end_day") >= pl.col("day") - 1)
    )
    on = on.join(down.with_columns(down=True), on=["subject_id", "day"], how="left")
    for better, chance in ((True, taper.improved), (False, taper.not_improved)):
        these = on.filter(better=better)
        assert_share(these["down"].fill_null(value=False).sum(), these.height, chance)


def test_reductions_meet_the_thresholds_exactly(studies):
    """20 to 15, 10 and 5 mg: some subjects of RECLAIIM are exactly at 25, 50 and 75 % at week 25."""
    study = studies["NCT04044690"]
    last = background_at(study, 169)
    both = background_at(study, 1).select("subject_id", before="mg").join(last, on="subject_id")
    both = both.filter(pl.col("before") > 0, pl.col("last_day") >= 169)
    percent = ((1 - both["mg"] / both["before"]) * 100).round(6)
    for edge in (0, 25, 50, 75, 100):
        assert (percent == edge).sum() > 20
    assert percent.min() == 0  # nobody above the start


def test_records_change_at_visits_and_leave_no_gap_but_none(study):
    """A record begins on the day of a visit or before the study, right after the one before unless there was none."""
    records = study.doses.filter(purpose="background").sort("subject_id", "start_day")
    later = records.with_columns(ended=pl.col("end_day").shift(1).over("subject_id")).filter(pl.col("start_day") > 1)
    seen = study.visits.frame.select("subject_id", start_day="day")
    assert later.join(seen, on=["subject_id", "start_day"], how="anti").height == 0
    assert later["ended"].null_count() == 0
    again = later.filter(pl.col("start_day") > pl.col("ended") + 1)  # from no dose back to the lowest one
    per_day = again["dose_mg"] / (again["per"] == "week").replace_strict({True: 7, False: 1}, return_dtype=pl.Int64)
    lowest = per_day * again["drug"].replace_strict(WORTH, return_dtype=pl.Float64)
    assert set(lowest.round(6)) <= {2.5}


def test_every_rescue_has_its_course(study, assumed):
    told = study.events.filter(kind="rescue").sort("subject_id", "day").select("subject_id", "day")
    told = told.with_columns(following=pl.col("day").shift(-1).over("subject_id"))
    doses = study.doses.filter(purpose="rescue")
    begun = told.join(doses, left_on=["subject_id", "day"], right_on=["subject_id", "start_day"])
    assert begun.height == told.height  # one dose, and one alone, begins with each
    assert (begun["per"] == "day").all()
    injected = sum(course.share for course in assumed.rescue_courses if course.name.startswith("pulse"))
    assert_share((begun["route"] == "intravenous").sum(), begun.height, injected)
    assert_share((begun["route"] == "intramuscular").sum(), begun.height, 0.03)
    owner = doses.sort("start_day").join_asof(
        told.sort("day"), left_on="start_day", right_on="day", by="subject_id", check_sortedness=False
    )
    assert owner["following"].is_null().any()
    assert owner.filter(pl.col("end_day") >= pl.col("following")).height == 0
    assert owner.filter(pl.col("end_day").is_null() & pl.col("following").is_not_null()).height == 0
    lower = owner.sort("subject_id", "start_day").with_columns(
        fell=(pl.col("dose_mg") < pl.col("dose_mg").shift(1)).over("subject_id", "day"),
        joined=(pl.col("start_day") == pl.col("end_day").shift(1) + 1).over("subject_id", "day"),
    )
    steps = lower.filter(pl.col("joined").is_not_null())
    assert steps.height > 0
    assert (steps["joined"] & steps["fell"]).all()


def test_some_are_rescued_more_than_once(studies):
    counts = studies["NCT04044690"].events.filter(kind="rescue").group_by("subject_id").len()["len"]
    assert (counts > 1).sum() > 20


def test_infusions_follow_the_schedule(study, assumed, name):
    """Among those who take the whole treatment: each planned infusion in its window, and so many missed."""
    stopped = study.events.filter(kind="discontinued_treatment")["subject_id"].to_list()
    whole = study.subjects.filter(pl.col("completed"), ~pl.col("subject_id").is_in(stopped))
    given = study.infusions.join(whole, on="subject_id").sort("subject_id", "day")
    row = IN_A_ROW[name]
    window = assumed.infusions.window_days
    due = pl.DataFrame({"due": [7 * week + 1 for week in PLANNED[name]]}).cast(pl.Int64).sort("due")
    near = given.sort("day").join_asof(due, left_on="day", right_on="due", strategy="nearest")
    off = near["day"] - near["due"]
    assert off.min() >= -window
    assert off.max() <= window + row - 1
    assert set(near.filter(due=1)["day"]) == set(range(1, row + 1))
    each = near.group_by("subject_id", "due").agg(pl.len(), span=pl.col("day").max() - pl.col("day").min())
    assert set(each["len"]) == {row}  # both days of a dose
    assert set(each["span"]) == {row - 1}
    later = each.filter(pl.col("due") > 1).height
    assert_share(later, whole.height * (len(PLANNED[name]) - 1), 1 - assumed.infusions.missed)


def test_everybody_has_the_first_infusion(study):
    """Also who leaves on day 2, in the middle of a dose of two days."""
    assert study.infusions.filter(day=1)["subject_id"].n_unique() == N
    assert study.infusions.select(pl.struct("subject_id", "day").is_unique().all()).item()


def test_grams_are_of_the_treatment_alone(study, name):
    given = study.infusions.join(study.subjects, on="subject_id")
    if name == "NCT02347891":
        assert given["dose_g"].null_count() == given.height  # belimumab is not given in grams
        return
    move = OPEN_FROM_DAY.get(name, 10**6)
    window = load_assumptions(name).infusions.window_days + IN_A_ROW[name] - 1
    placebo = given.filter(arm="placebo")
    assert placebo.filter(pl.col("day") < move - window)["dose_g"].is_null().all()
    on = pl.concat([given.filter(pl.col("arm") != "placebo"), placebo.filter(pl.col("day") > move + window)])
    assert on["dose_g"].null_count() == 0
    assert on.group_by("subject_id").agg(pl.col("dose_g").n_unique())["dose_g"].max() == 1
    per_kg = {"NCT04044690": 0.5, "NCT05832034": 1, "NCT02728752": 1}[name]  # 2 g/kg stand for two days
    one = on.unique("subject_id")["dose_g"]
    assert one.mean() / per_kg == pytest.approx(76, abs=1)
    assert 42 * per_kg - 2.5 <= one.min() < one.max() <= 130 * per_kg + 2.5


def test_rates_of_adverse_events(study, assumed, name):
    """Events of infusions and others, by their terms, against what their subjects' own exposure lets expect.

    The error is that of the mean over subjects, so that it holds whatever the clustering.
    """
    plan = assumed.adverse_events
    given = study.infusions.join(study.subjects, on="subject_id").sort("subject_id", "day")
    move = OPEN_FROM_DAY.get(name, 10**6)
    given = given.with_columns(
        number=pl.int_range(pl.len()).over("subject_id"),
        rate=pl.when((pl.col("arm") != "placebo") | (pl.col("day") >= move))
        .then(plan.per_infusion_day.active)
        .otherwise(plan.per_infusion_day.placebo),
    )
    more = pl.when(pl.col("number") < plan.first_infusions).then(plan.first_factor).otherwise(1)
    expected = given.group_by("subject_id").agg(expected=(pl.col("rate") * more).sum())
    terms = [entry.term for entry in plan.infusion_terms]
    events = study.adverse_events.filter(pl.col("start_day") >= 1)
    own = events.filter(pl.col("term").is_in(terms)).group_by("subject_id").len()
    compare_rates(study, expected, own, slack=0.02)  # at the switch a few are on the other side of the nominal day
    weekly = study.subjects.select("subject_id", expected=plan.per_week * pl.col("last_day") / 7)
    deaths = study.events.filter(kind="death").height
    others = events.filter(~pl.col("term").is_in(terms)).group_by("subject_id").len()
    compare_rates(study, weekly, others, slack=deaths / N + 0.001)
    old = study.adverse_events.filter(pl.col("start_day") < 1).group_by("subject_id").len()
    compare_rates(study, study.subjects.select("subject_id", expected=pl.lit(plan.before_per_subject)), old, slack=0)


def compare_rates(study, expected, found, slack):
    both = study.subjects.select("subject_id").join(expected, on="subject_id").join(found, on="subject_id", how="left")
    apart = both["len"].fill_null(0).cast(pl.Float64) - both["expected"]
    assert both.height == N
    assert apart.mean() == pytest.approx(0, abs=4.5 * apart.std() / math.sqrt(N) + slack)


def test_severity_seriousness_and_relatedness(studies):
    study, plan = studies["NCT04044690"], load_assumptions("NCT04044690").adverse_events
    died = study.events.filter(kind="death").select("subject_id", end_day="day")
    events = study.adverse_events.filter(pl.col("start_day") >= 1).join(died, on=["subject_id", "end_day"], how="anti")
    for entry in plan.severities:
        these = events.filter(severity=entry.severity)
        assert_share(these.height, events.height, entry.share)
        known = these["serious"].drop_nulls()
        assert_share(known.sum(), len(known), entry.serious)
    terms = [entry.term for entry in plan.infusion_terms]
    for mine, chance in ((True, plan.related_infusion), (False, plan.related_other)):
        known = events.filter(pl.col("term").is_in(terms) == mine)["related"].drop_nulls()
        assert_share(known.sum(), len(known), chance)
    for flag in ("serious", "related"):
        assert_share(events[flag].null_count(), events.height, plan.flag_unknown)


def test_events_from_before_the_first_treatment(study, assumed):
    plan = assumed.adverse_events
    before = study.adverse_events.filter(pl.col("start_day") < 1)
    assert before["start_day"].min() > -plan.before_days
    assert_share(before["severity_before"].null_count(), before.height, plan.before_unknown)
    rank = {"mild": 0, "moderate": 1, "severe": 2}
    told = before.drop_nulls("severity_before").with_columns(
        pl.col("severity", "severity_before").replace_strict(rank, return_dtype=pl.Int64)
    )
    assert set(told["severity"] - told["severity_before"]) == {0, 1}
    over = told.filter(pl.col("end_day") < 1)
    assert over.height > 0
    assert (over["severity"] == over["severity_before"]).all()
    may = told.filter(pl.col("end_day").is_null() | (pl.col("end_day") >= 1), pl.col("severity_before") < 2)
    assert_share((may["severity"] > may["severity_before"]).sum(), may.height, plan.worsened)
    assert study.adverse_events["end_day"].null_count() > 0.05 * study.adverse_events.height  # some go on


def test_every_death_has_its_event(studies):
    total = 0
    for study in studies.values():
        died = study.events.filter(kind="death")
        total += died.height
        assert died["subject_id"].is_unique().all()
        fatal = study.adverse_events.join(died.select("subject_id", end_day="day"), on=["subject_id", "end_day"])
        fatal = fatal.filter(pl.col("severity") == "severe", pl.col("serious"), term="pneumonia")
        assert set(fatal["subject_id"]) == set(died["subject_id"])
        ends = study.subjects.join(died, on="subject_id")
        assert (ends["last_day"] == ends["day"]).all()
        assert not ends["completed"].any()
        seen = study.visits.frame.select("subject_id", seen="day").join(died, on="subject_id")
        assert (seen["seen"] < seen["day"]).all()
        later = study.events.select("subject_id", later="day", what="kind").join(died, on="subject_id")
        assert later.filter(pl.col("later") > pl.col("day")).height == 0
    assert total > 10


def test_leaving_stopping_and_deviating(study, assumed):
    """Between each two visits of those who are there: so many die, and so many deviate."""
    visits = study.visits.frame["week"].n_unique()
    chance = assumed.conduct
    alive = 1 - (1 - chance.death_per_interval.value) ** (visits - 1)
    died = study.events.filter(kind="death").height
    assert died <= alive * N + 4.5 * math.sqrt(alive * N) + 1  # who left before is not counted
    days = study.events.filter(kind="protocol_deviation").height
    follow_up = study.subjects["last_day"].sum() / study.subjects["last_day"].max() * (visits - 1)
    assert days / follow_up == pytest.approx(chance.deviation_per_interval.value, rel=0.25)
    stopped = study.events.filter(kind="discontinued_treatment").select("subject_id", stopped="day")
    left = study.events.filter(kind="discontinued_study").select("subject_id", left="day")
    assert stopped["subject_id"].is_unique().all()
    both = stopped.join(left, on="subject_id", how="full", coalesce=True)
    assert both.filter(pl.col("left").is_null()).height > 0  # stopped, and stayed
    assert both.filter(pl.col("stopped") > pl.col("left")).height == 0
    given = study.infusions.join(stopped, on="subject_id")
    assert given.filter(pl.col("day") >= pl.col("stopped")).height == 0


def test_who_leaves_after_the_planned_treatment_has_not_discontinued_it(studies):
    """Three infusions at weeks 0, 4 and 8 last to week 12, day 85."""
    study = studies["NCT05832034"]
    assert study.events.filter(kind="discontinued_treatment")["day"].max() < 85
    assert study.events.filter(pl.col("kind") == "discontinued_study", pl.col("day") > 85).height > 20
