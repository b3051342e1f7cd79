"""Simulated studies: the same on every machine, on the instruments' grids, and consistent in themselves."""

from hashlib import sha256

import numpy as np
import polars as pl
import pytest

from myotrial.model.errors import BadInput
from myotrial.simulation.study import simulate_study
from myotrial.study.reading import read_study

VAS = ("physician_global_cm", "patient_global_cm", "extramuscular_cm")

# Pins the whole simulation: the random stream, the assumptions file, the conduct of the study, the column order and
# how numbers are written as CSV. A change of any of them changes published examples, so it must be seen and said.
HASHES = {
    (126, 1): "052eef4fb7ccc39a59fac46ef3f3f64a5abd300420a2539d6171e00b57114a21",
    (20, 7): "af530159df545a5b9071e354ea37de525b530112cfb70e959a31d2b2da37028c",
}


@pytest.fixture(scope="module")
def study(reclaiim):
    return simulate_study(reclaiim, 400, seed=3)


def digest(study):
    return sha256(study.canonical_csv()).hexdigest()


@pytest.mark.parametrize(("n", "seed"), HASHES)
def test_the_same_seed_gives_the_same_study_everywhere(reclaiim, n, seed):
    assert digest(simulate_study(reclaiim, n, seed=seed)) == HASHES[n, seed]


def test_other_seeds_give_other_studies(reclaiim):
    assert len({digest(simulate_study(reclaiim, 20, seed=seed)) for seed in range(20)}) == 20


def test_no_linear_algebra_library_is_called(reclaiim, monkeypatch):
    def refuse(*args, **options):
        raise AssertionError("BLAS and LAPACK differ between machines")

    for name in ("dot", "matmul", "einsum", "tensordot", "inner", "vdot", "cov", "corrcoef"):
        monkeypatch.setattr(np, name, refuse)
    for name in ("cholesky", "eigh", "eig", "svd", "solve", "inv", "qr", "lstsq", "det"):
        monkeypatch.setattr(np.linalg, name, refuse)
    assert digest(simulate_study(reclaiim, 20, seed=7)) == HASHES[20, 7]


def test_values_are_on_the_grids_of_their_instruments(study):
    frame = study.visits.frame
    grids = {
        **dict.fromkeys(VAS, (10, 0, 10)),
        "mmt": (1, 0, 150),
        "haq_di": (8, 0, 3),
        "aldolase_u_per_l": (10, 0, 1e5),
    }
    grids |= {f"{name}_u_per_l": (1, 0, 1e5) for name in ("ck", "ldh", "ast", "alt")}
    for name, (per_unit, low, high) in grids.items():
        values = frame[name].drop_nulls()
        # the nearest double of the decimal, nothing beside it
        assert all(round(value * per_unit) / per_unit == value for value in values), name
        assert low <= values.min() <= values.max() <= high
    assert frame.filter(week=1)["physician_global_cm"].min() >= 2.0  # the entry criterion


def test_baseline_is_complete_and_on_day_1(study):
    first = study.visits.frame.filter(week=1)
    assert first.height == 400
    assert sum(first.null_count().row(0)) == 0
    assert set(first["day"]) == {1}


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 19, 126])
def test_arms_are_balanced_within_half_a_block(reclaiim, n):
    for seed in range(5):
        arms = simulate_study(reclaiim, n, seed=seed).subjects["arm"].to_list()
        assert len(arms) == n
        blocks = [arms[start : start + 4] for start in range(0, n, 4)]
        assert all(block.count("placebo") == 2 for block in blocks if len(block) == 4)
        assert abs(arms.count("placebo") - arms.count("igpro20")) <= 2


def test_visits_lie_in_their_windows_and_in_order(study):
    days = study.visits.frame.with_columns(late=pl.col("day") - 7 * (pl.col("week") - 1) - 1)
    assert set(days["late"]) == set(range(-3, 4))
    assert days.select((pl.col("day").diff() > 0).over("subject_id").all()).item()


def test_who_leaves_is_not_seen_again(study):
    gone = study.events.filter(pl.col("kind").is_in(["discontinued_study", "death"]))
    left = gone.group_by("subject_id").agg(left=pl.col("day").min())
    assert 50 < left.height < 150
    after = study.visits.frame.join(left, on="subject_id").filter(pl.col("day") >= pl.col("left"))
    assert after.height == 0
    both = study.subjects.join(left, on="subject_id", how="left")
    assert (both["completed"] == both["left"].is_null()).all()
    assert both.filter(pl.col("left").is_not_null() & (pl.col("left") != pl.col("last_day"))).height == 0
    stopped = study.events.filter(kind="discontinued_treatment").select("subject_id", stop="day")
    assert stopped.join(left, on="subject_id", how="anti").height > 0  # some stop treatment and stay
    assert stopped.join(left, on="subject_id").filter(pl.col("stop") > pl.col("left")).height == 0


def test_events_lie_within_the_follow_up(reclaiim):
    for seed in range(10):
        study = simulate_study(reclaiim, 200, seed=seed)
        events = study.events.join(study.subjects.select("subject_id", "last_day"), on="subject_id")
        assert events.height == study.events.height
        assert events.filter((pl.col("day") <= 1) | (pl.col("day") > pl.col("last_day"))).height == 0
        once = events.filter(~pl.col("kind").is_in(["rescue", "protocol_deviation"]))
        assert once.select(pl.struct("subject_id", "kind").is_unique().all()).item()
        last = study.visits.frame.group_by("subject_id").agg(pl.col("day").max())
        assert last.join(study.subjects, on="subject_id").filter(pl.col("day") > pl.col("last_day")).height == 0
        rescues = study.events.filter(kind="rescue")
        assert rescues.height > 0
        assert rescues["day"].min() > 26  # nobody is rescued before the first visit on treatment


def test_what_is_written_is_read_back(study, tmp_path):
    study.write(tmp_path)
    again = read_study(tmp_path, 1)
    assert again.canonical_csv() == study.canonical_csv()
    assert again.simulated == study.simulated
    assert again.simulated["seed"] == 3


@pytest.mark.parametrize(("n", "seed"), [(0, 1), (-5, 1), (1_000_001, 1), (10, -1), (0, -1)])
def test_numbers_out_of_range_are_faults(reclaiim, n, seed):
    with pytest.raises(BadInput) as told:
        simulate_study(reclaiim, n, seed=seed)
    assert {fault.column for fault in told.value.faults} <= {"n", "seed"}
    assert len(told.value.faults) == (not 1 <= n <= 1_000_000) + (seed < 0)


def test_the_seed_has_no_default(reclaiim):
    with pytest.raises(TypeError, match="seed"):
        simulate_study(reclaiim, 20)
