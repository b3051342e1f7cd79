"""Confirmed deterioration: its three criteria, exact edges, both readings, confirmation and the summary."""

import random
from fractions import Fraction
from itertools import product

import polars as pl
import pytest

from myotrial.criteria.change.worsening import score_worsening, summarise_worsening
from myotrial.model.errors import BadInput
from myotrial.study.visits import check_visits

START = {
    "physician_global_cm": Fraction(4),
    "patient_global_cm": Fraction(5),
    "mmt": Fraction(100),
    "haq_di": Fraction(1),
    "extramuscular_cm": Fraction(2),
}
RANGES = {"physician_global_cm": 10, "patient_global_cm": 10, "mmt": 150, "haq_di": 3, "extramuscular_cm": 10}


def table(*subjects, **columns):
    """Make a visit table of subjects, each a list of visits four weeks apart, the first the baseline."""
    rows = [
        {"subject_id": f"P{number:04d}", "week": 4.0 * place}
        | {name: None if visit[name] is None else float(visit[name]) for name in START}
        for number, visits in enumerate(subjects)
        for place, visit in enumerate(visits)
    ]
    schema = {"subject_id": pl.String, "week": pl.Float64} | dict.fromkeys(START, pl.Float64)
    return pl.DataFrame(rows, schema=schema).with_columns(**columns)


def score(*subjects, **options):
    return score_worsening(check_visits(table(*subjects)), baseline_week=0, options=options)


def second(start, end, percent_of="percent_of_baseline"):
    """Give the three criteria for known values."""
    worse = {name: (start[name] - end[name]) if name == "mmt" else end[name] - start[name] for name in START}
    whole = start if percent_of == "percent_of_baseline" else RANGES

    def by(name, percent):
        return worse[name] > 0 and worse[name] * 100 >= percent * whole[name]

    return (
        worse["physician_global_cm"] >= 2 and by("mmt", 20),
        worse["extramuscular_cm"] >= 2,
        sum(by(name, 30) for name in START) >= 3,
    )


GRIDS = {name: [Fraction(number * top, 20) for number in range(21)] for name, top in RANGES.items()}
CRITERIA = ["by_physician_and_mmt", "by_extramuscular", "by_several_measures"]


def drawn(draw, number):
    for _ in range(number):
        start = {name: draw.choice(grid) for name, grid in GRIDS.items()}
        end = {}
        for name, grid in GRIDS.items():
            edges = [start[name] * Fraction(percent, 100) for percent in (130, 80, 70)] + [start[name] + 2]
            edges = [edge for edge in edges if edge <= grid[-1] and (edge * 10**9).denominator == 1]
            end[name] = draw.choice(edges if edges and draw.random() < 0.5 else grid)
        yield start, end


@pytest.mark.parametrize("percent_of", ["percent_of_baseline", "percent_of_range"])
def test_random_visits_agree_with_fractions(percent_of):
    pairs = list(drawn(random.Random(1), 2000))  # noqa: S311
    found = score(*pairs, percent_of=percent_of).frame
    expected = [second(*pair, percent_of) for pair in pairs]
    assert found.select(CRITERIA).rows() == expected
    assert found["worsening"].to_list() == [any(criteria) for criteria in expected]


def test_missing_values_are_all_that_they_could_have_been():
    draw = random.Random(8)  # noqa: S311
    pairs = list(drawn(draw, 80))
    places = [(visit, name) for visit in (0, 1) for name in START]
    holes = [draw.sample(places, draw.choice([1, 2])) for _ in pairs]
    gaps = []
    for pair, missing in zip(pairs, holes, strict=True):
        visits = [dict(visit) for visit in pair]
        for visit, name in missing:
            visits[visit][name] = None
        gaps.append(visits)
    found = score(*gaps).frame
    for row, pair, missing in zip(found.iter_rows(named=True), pairs, holes, strict=True):
        answers = []
        for filled in product(*(GRIDS[name] for _, name in missing)):
            visits = [dict(visit) for visit in pair]
            for (visit, name), value in zip(missing, filled, strict=True):
                visits[visit][name] = value
            answers.append(second(*visits))
        for place, name in enumerate(CRITERIA):
            values = {answer[place] for answer in answers}
            assert row[name] == (values.pop() if len(values) == 1 else None)
        values = {any(answer) for answer in answers}
        assert row["worsening"] == (values.pop() if len(values) == 1 else None)
    assert 0 < found["worsening"].null_count() < found.height


@pytest.mark.parametrize(
    ("change", "criteria"),
    [
        ({"physician_global_cm": "6", "mmt": "80"}, (True, False, False)),
        ({"physician_global_cm": "5.999999999", "mmt": "80"}, (False, False, False)),
        ({"physician_global_cm": "6", "mmt": "80.000000001"}, (False, False, False)),
        ({"extramuscular_cm": "4"}, (False, True, False)),
        ({"extramuscular_cm": "3.9"}, (False, False, False)),
        ({"patient_global_cm": "6.5", "haq_di": "1.3", "mmt": "70"}, (False, False, True)),
        ({"patient_global_cm": "6.4", "haq_di": "1.3", "mmt": "70"}, (False, False, False)),
        ({"patient_global_cm": "6.5", "haq_di": "1.3", "extramuscular_cm": "2.6"}, (False, False, True)),
    ],
)
def test_each_criterion_at_its_edge(change, criteria):
    end = START | {name: Fraction(value) for name, value in change.items()}
    row = score([START, end]).frame.row(0, named=True)
    assert tuple(row[name] for name in CRITERIA) == criteria
    assert (row["worsening"], row["confirmed"]) == (any(criteria), False)


def test_every_number_is_a_parameter():
    end = START | {"physician_global_cm": Fraction(5), "mmt": Fraction(90)}
    assert not score([START, end]).frame["worsening"][0]
    assert score([START, end], physician_cm=1, mmt_percent=10).frame["worsening"][0]
    assert score([START, end], measure_percent=10, measures_needed=2).frame["worsening"][0]
    assert score([START, START | {"extramuscular_cm": Fraction(3)}], extramuscular_cm=1).frame["worsening"][0]
    with pytest.raises(BadInput, match="visits_in_a_row"):
        score([START, end], visits_in_a_row=1.5)


A = START | {"physician_global_cm": Fraction(6), "mmt": Fraction(80)}
B = START | {"extramuscular_cm": Fraction(4)}
LOST = dict.fromkeys(START)


def test_confirmation_and_the_summary():
    scores = score(
        [START, START, A, A, START],
        [START, A, A, START, B, B],
        [START, A, B, START],
        [START, A, START, A],
        [START, B, LOST, B],
        [START, B, B, LOST],
        [START, START],
    )
    summary = summarise_worsening(scores)
    assert summary.select(pl.exclude("subject_id")).rows() == [
        (True, 1, "once", 1, 1, 12.0, 8.0),
        (True, 2, "twice", 2, 2, 8.0, 4.0),
        (True, 1, "once", 1, 1, 8.0, 4.0),
        (False, 0, "none", 0, 0, None, None),
        (None, None, None, 0, 1, None, None),
        (True, 1, "once", 1, 1, 8.0, 4.0),
        (False, 0, "none", 0, 0, None, None),
    ]
    assert scores.frame.filter(pl.col("subject_id") == "P0000")["episode"].to_list() == [0, 1, 1, 0]
    assert scores.frame.filter(pl.col("subject_id") == "P0004")["confirmed"].to_list() == [False, None, None]


def test_the_same_criterion():
    subjects = [[START, A, B, START], [START, A, A, B]]
    summary = summarise_worsening(score(*subjects, confirmed_by="same"))
    assert summary["confirmed"].to_list() == [False, True]
    assert summary["first_confirmed_week"].to_list() == [None, 8.0]


@pytest.mark.parametrize(("choice", "confirmed", "week"), [("skipped", True, 12.0), ("not_met", False, None)])
def test_a_visit_that_is_unknown(choice, confirmed, week):
    summary = summarise_worsening(score([START, B, LOST, B], unknown_visit=choice))
    assert summary.select("confirmed", "first_confirmed_week").row(0) == (confirmed, week)


def test_the_day_of_confirmation():
    frame = table([START, A, A]).with_columns(day=pl.Series([1, 29, 58]))
    summary = summarise_worsening(score_worsening(frame))
    assert summary["first_confirmed_day"].to_list() == [58]


def test_order_of_rows_and_one_subject_at_a_time():
    draw = random.Random(6)  # noqa: S311
    subjects = [[START, *(draw.choice([START, A, B, LOST]) for _ in range(6))] for _ in range(40)]
    frame = table(*subjects)
    whole = score_worsening(frame).frame
    mixed = score_worsening(frame.sample(fraction=1, shuffle=True, seed=2)).frame
    assert mixed.sort("subject_id", "week").equals(whole)
    alone = [score_worsening(frame.filter(pl.col("subject_id") == f"P{one:04d}")).frame for one in range(40)]
    assert pl.concat(alone).equals(whole)


@pytest.mark.parametrize(("zero", "answer"), [("any_change", True), ("unknown", None)])
def test_a_baseline_of_zero(zero, answer):
    start = START | {"patient_global_cm": Fraction(0), "haq_di": Fraction(0), "extramuscular_cm": Fraction(0)}
    end = start | {"patient_global_cm": Fraction(1, 10), "haq_di": Fraction(1, 8), "extramuscular_cm": Fraction(1, 10)}
    row = score([start, end], zero_baseline=zero).frame.row(0, named=True)
    assert (row["by_several_measures"], row["by_extramuscular"]) == (answer, False)


@pytest.mark.parametrize("length", [1, 2, 3])
@pytest.mark.parametrize("unknown_visit", ["unknown", "skipped", "not_met"])
def test_the_number_of_episodes_is_all_that_the_missing_visits_could_make_it(length, unknown_visit):
    draw = random.Random(length)  # noqa: S311
    courses = [[draw.choice([START, B, B, LOST]) for _ in range(7)] for _ in range(60)]
    scores = score(*([START, *course] for course in courses), visits_in_a_row=length, unknown_visit=unknown_visit)
    summary = summarise_worsening(scores)
    for course, low, high, number in zip(
        courses, summary["episodes_low"], summary["episodes_high"], summary["episodes"], strict=True
    ):
        open_ = {"unknown": "nw", "skipped": "", "not_met": "n"}[unknown_visit]
        choices = [open_ if visit is LOST else "w" if visit is B else "n" for visit in course]
        held = [each for each in choices if each]
        counts = {sum(len(run) >= length for run in "".join(one).split("n") if run) for one in product(*held)}
        assert (low, high) == (min(counts), max(counts))
        assert number == (low if low == high else None)
