"""Multiple imputation and tipping points of outcomes, against other ways to the same number."""

import numpy as np
import polars as pl
import pytest

from myotrial.analysis.imputed import imputed_rows
from myotrial.analysis.tipping import tipping_rows
from myotrial.endpoints.derive import derive_outcome
from myotrial.endpoints.panel import prepare
from myotrial.simulation.study import simulate_study
from myotrial.statistics import fit_mmrm
from myotrial.trials.estimands import Imputation, TippingPoint
from myotrial.trials.loading import load_trial
from myotrial.trials.summaries import Ancova, Mean, Number, OddsRatio, Proportion, RiskDifference
from myotrial.trials.variables import Response

SUMMARIES = (
    Proportion(kind="proportion"),
    Number(kind="number"),
    RiskDifference(kind="risk_difference"),
    OddsRatio(kind="odds_ratio"),
)


@pytest.fixture(scope="module")
def trial():
    return load_trial("NCT04044690")


@pytest.fixture(scope="module")
def prepared(trial):
    return prepare(trial, simulate_study(trial, 126, seed=5))


def response(trial, **more):
    """Return the share with a score of 40 at week 25, drawn where it is missing."""
    return trial.outcome("C0").model_copy(
        update={
            "variable": Response(kind="response", when={"measure": "tis", "at_least": 40}),
            "summaries": SUMMARIES,
            "intercurrent": {},
            "missing": "multiple_imputation",
            "imputation": Imputation(seed=11, draws=200, **more),
            "sensitivity": (),
        }
    )


def value(trial, **more):
    """Return the score at week 25, drawn where it is missing."""
    return trial.outcome("C28").model_copy(
        update={
            "summaries": (Ancova(kind="ancova", covariates=("physician_global_cm",)), Mean(kind="mean")),
            "missing": "multiple_imputation",
            "imputation": Imputation(seed=11, draws=400, covariates=("physician_global_cm",), **more),
            "sensitivity": (),
        }
    )


def found(rows, statistic, arm="igpro20"):
    return next(row for row in rows if row["statistic"] == statistic and row["arm"] == arm)


def test_missing_at_random_agrees_with_the_mixed_model(trial, prepared):
    """Many draws of a normal model and the likelihood of the same model tell the same difference."""
    row = found(imputed_rows(trial, value(trial), prepared), "ls_mean_difference")
    panel = prepared.panel
    weeks = range(panel.baseline + 1, panel.column(25) + 1)
    tis, start = panel.grids["tis"].value, panel.grids["physician_global_cm"].value[:, panel.baseline]
    data = pl.concat(
        pl.DataFrame(
            {"id": panel.subjects, "arm": panel.arm, "week": float(panel.weeks[k]), "y": tis[:, k], "x": start}
        )
        for k in weeks
    ).filter(pl.col("y").is_not_nan())
    fit = fit_mmrm("y ~ arm*week + x*week", data, subject="id", visit="week", covariance="us", df="satterthwaite",
                   reference={"arm": "placebo"})  # fmt: skip
    likely = fit.contrast("arm", by="week").filter(pl.col("week") == 25).row(0, named=True)
    assert row["n_missing"] > 5
    assert row["estimate"] == pytest.approx(likely["estimate"], abs=0.35)
    assert row["se"] == pytest.approx(likely["se"], rel=0.06)


def test_jump_to_reference_lies_between_no_difference_and_missing_at_random(trial, prepared):
    at_random = found(imputed_rows(trial, value(trial), prepared), "ls_mean_difference")["estimate"]
    jumped = imputed_rows(trial, value(trial, method="jump_to_reference"), prepared)
    assert 0 < found(jumped, "ls_mean_difference")["estimate"] < at_random


def test_nothing_missing_is_the_plain_answer(trial):
    """With all values there, every draw is the data: shares are counts, and the interval is Wald's."""
    study = simulate_study(trial, 60, seed=2)
    ready = prepare(trial, study)
    full = np.isfinite(ready.panel.grids["tis"].value[:, 1:7]).all(axis=1)
    whole = {**dict(ready.members), "randomised": full}
    ready = type(ready)(ready.panel, ready.study, ready.scores, ready.episodes, ready.doses, whole, ready.notes)
    rows = imputed_rows(trial, response(trial), ready)
    met = ready.panel.grids["tis"].value[:, 6] >= 40
    for arm in ("igpro20", "placebo"):
        mine = full & (ready.panel.arm == arm)
        assert found(rows, "number", arm)["estimate"] == met[mine].sum()
        assert found(rows, "proportion", arm)["estimate"] == pytest.approx(met[mine].mean())
        assert found(rows, "proportion", arm)["n"] == mine.sum()
        assert found(rows, "proportion", arm)["n_missing"] == 0


def test_a_delta_that_nobody_survives(trial, prepared):
    """Everything drawn for the treated arm is far below the threshold: only the observed respond."""
    rows = imputed_rows(trial, response(trial, delta=-1000.0), prepared)
    tis = prepared.panel.grids["tis"].value[:, prepared.panel.column(25)]
    treated = prepared.panel.arm == "igpro20"
    assert found(rows, "number")["estimate"] == (tis[treated] >= 40).sum()
    assert found(rows, "number", "placebo")["estimate"] > (tis[~treated] >= 40).sum()


def test_the_same_seed_gives_the_same_rows(trial, prepared):
    assert imputed_rows(trial, response(trial), prepared) == imputed_rows(trial, response(trial), prepared)


def test_counts_that_tip(trial, prepared):
    """By hand from the counts: every pair of successes among the missing stands there once, the main one first."""
    outcome = trial.outcome("C0").model_copy(update={"tipping_point": TippingPoint()})
    derived = derive_outcome(trial, outcome, prepared)
    rows = tipping_rows(trial, outcome, prepared, derived)
    lost = {arm: int(part["unknown"].sum()) for (arm,), part in derived.group_by("arm")}
    assert len(rows) == (lost["igpro20"] + 1) * (lost["placebo"] + 1)
    assert (rows[0]["shift_arm"], rows[0]["shift_reference"], rows[0]["turns"]) == (0, 0, False)
    worst = next(row for row in rows if row["shift_arm"] == 0 and row["shift_reference"] == lost["placebo"])
    yes = {arm: int(part["value"].sum()) for (arm,), part in derived.group_by("arm")}
    n = {arm: part.height for (arm,), part in derived.group_by("arm")}
    assert worst["estimate"] == pytest.approx(
        yes["igpro20"] / n["igpro20"] - (yes["placebo"] + lost["placebo"]) / n["placebo"]
    )


def test_a_delta_that_tips(trial, prepared):
    outcome = trial.outcome("C28").model_copy(update={"tipping_point": TippingPoint(deltas=(-10, -50, -200, -400))})
    rows = tipping_rows(trial, outcome, prepared, derive_outcome(trial, outcome, prepared))
    assert [row["shift_arm"] for row in rows] == [0, -10, -50, -200, -400]
    estimates = [row["estimate"] for row in rows]
    assert estimates == sorted(estimates, reverse=True)
    assert not rows[1]["turns"]
    assert any(row["turns"] for row in rows)
