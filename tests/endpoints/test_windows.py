"""Visit windows, unscheduled visits and the choice of the baseline, worked out by hand."""

import polars as pl
import pytest

from myotrial.endpoints.windows import place_visits
from myotrial.study.reading import StudyData
from myotrial.study.visits import check_visits
from myotrial.trials.parts import Period, Schedule, Windows


def schedule(**more):
    return Schedule(
        baseline_week=0, visits=(0, 4, 8), periods=(Period(id="p", label="P", weeks=(0, 8), masked=True),),
        source={"citation": "made up", "status": "ours"}, **more,
    )  # fmt: skip


def study(*rows):
    """Return a study of rows (subject, week, day)."""
    frame = pl.DataFrame(rows, schema={"subject_id": pl.String, "week": pl.Float64, "day": pl.Int64}, orient="row")
    visits = check_visits(frame, needs={})
    return StudyData(frame.select("subject_id").unique(maintain_order=True), visits, pl.DataFrame())


def placed(found):
    return found.visits.frame.select("subject_id", "week", "day").rows()


def test_without_windows_nothing_moves():
    given = study(("A", 0, 1), ("A", 3.5, 26), ("A", 8, 57))
    found, notes = place_visits(schedule(), given)
    assert found is given
    assert notes == ("1 visits at weeks that are not scheduled were left aside",)


@pytest.mark.parametrize(
    ("day", "week"),
    [(22, 3.0), (23, 4.0), (29, 4.0), (36, 4.0), (37, 5.0), (53, 8.0), (64, 8.0), (65, 9.0)],
    ids=str,
)
def test_the_edges_of_a_window(day, week):
    """Week 4 is day 29 and week 8 day 57: six days before and seven after belong to them."""
    own = {22: 3.0, 37: 5.0, 65: 9.0}.get(day, 3.7)
    found, _ = place_visits(schedule(windows=Windows(days_before=6, days_after=7)), study(("A", 0, 1), ("A", own, day)))
    assert placed(found)[1] == ("A", week, day)


def test_a_scheduled_visit_goes_before_an_unscheduled_one():
    given = study(("A", 0, 1), ("A", 4, 40), ("A", 3.9, 29))
    found, notes = place_visits(schedule(windows=Windows(days_before=6, days_after=7)), given)
    assert placed(found) == [("A", 0.0, 1), ("A", 4.0, 40), ("A", 3.9, 29)]
    assert notes == ("1 visits at weeks that are not scheduled were left aside",)


@pytest.mark.parametrize(("ties", "taken"), [("earlier", 26), ("later", 32)])
def test_two_visits_equally_near(ties, taken):
    given = study(("A", 0, 1), ("A", 3.6, 26), ("A", 4.4, 32))
    found, _ = place_visits(schedule(windows=Windows(days_before=6, days_after=7, ties=ties)), given)
    assert [day for _, week, day in placed(found) if week == 4] == [taken]


@pytest.mark.parametrize(("ties", "week"), [("earlier", 4.0), ("later", 8.0)])
def test_a_visit_halfway_between_two_weeks(ties, week):
    found, _ = place_visits(
        schedule(windows=Windows(days_before=20, days_after=20, ties=ties)), study(("A", 0, 1), ("A", 6.1, 43))
    )
    assert placed(found)[1] == ("A", week, 43)


def test_a_visit_without_a_day_is_on_the_nominal_day_of_its_week():
    found, _ = place_visits(
        schedule(windows=Windows(days_before=3, days_after=3)), study(("A", 0, None), ("A", 4.4, None))
    )
    assert placed(found)[1] == ("A", 4.0, None)


def test_the_last_visit_before_treatment_is_the_baseline():
    given = study(("A", -2, -13), ("A", -1, -3), ("A", 4, 29), ("B", 0, 1), ("B", -1, -6), ("C", 0, 2), ("C", -1, -6))
    found, notes = place_visits(schedule(baseline="last_before_treatment"), given)
    assert placed(found) == [
        ("A", -2.0, -13), ("A", 0.0, -3), ("A", 4.0, 29), ("B", 0.0, 1), ("B", -1.0, -6), ("C", 0.0, -6),
    ]  # fmt: skip
    assert notes[0] == "2 subjects have as baseline their last visit before treatment, at another week"
