"""The summaries of outcomes on 240 simulated subjects against R (``tests/reference/analysis``)."""

import csv
import math
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from myotrial.analysis.groups import Group
from myotrial.analysis.summaries import SUMMARIES

REFERENCE = Path(__file__).resolve().parents[1] / "reference"
DATA = pl.read_csv(REFERENCE / "statistics" / "sim_endpoints.csv")


def figures():
    found = defaultdict(dict)
    with (REFERENCE / "analysis" / "r_figures.csv").open() as file:
        for row in csv.DictReader(file):
            found[row["summary"], row["arm"]][row["quantity"]] = float(row["value"])
    return dict(found)


FIGURES = figures()


def group_of(value, event="EVENT", frame=DATA, **changed):
    """Build the group of one visit from columns of a frame."""
    arm = frame["ARM"].to_numpy()
    ages = frame["AGE"].to_numpy()
    fields = {
        "subjects": frame["ID"].to_numpy(),
        "arm": arm,
        "inside": {name: arm == name for name in ("TRT", "PBO")},
        "value": frame[value].cast(pl.Float64).to_numpy(),
        "event": frame[event].cast(pl.Boolean).to_numpy(),
        "exposure": frame["EXPOSURE"].cast(pl.Float64).to_numpy(),
        "unknown": np.zeros(frame.height, dtype=bool),
        "week": 25.0,
        "arms": ("TRT", "PBO"),
        "shown": ("TRT", "PBO"),
        "reference": "PBO",
        "conf_level": 0.95,
        "counts_all": False,
        "covariate": lambda name: {"AGE": ages}[name],
        "strata": frame["STRATUM"].to_numpy(),
    }
    return Group(**(fields | changed))


def one(rows, statistic, arm="TRT"):
    (row,) = [row for row in rows if (row["statistic"], row["arm"]) == (statistic, arm)]
    return row


@pytest.mark.parametrize(
    ("name", "statistic", "value", "options", "tolerance"),
    [
        ("fisher", "fisher", "RARE", {}, 1e-10),
        ("logistic wald", "logistic", "RESP", {"covariates": ("AGE",), "interval": "wald", "firth": False}, 1e-8),
        ("logistic profile", "logistic", "RESP", {"covariates": ("AGE",), "interval": "profile", "firth": False}, 1e-7),
        ("standardised_risk_difference", "standardised_risk_difference", "RESP", {"covariates": ("AGE",)}, 1e-8),
        ("ancova", "ls_mean_difference", "AECOUNT", {"covariates": ("AGE",), "stands_in_for": None}, 1e-9),
        ("rank_sum", "rank_sum", "AGE", {}, 1e-10),
        ("cox", "cox", "TIME", {"covariates": ("AGE",), "ties": "efron", "stratified": False}, 1e-7),
        ("cox stratified", "cox", "TIME", {"covariates": ("AGE",), "ties": "efron", "stratified": True}, 1e-7),
        ("log_rank stratified", "log_rank", "TIME", {"stratified": True}, 1e-9),
        ("restricted_mean_difference", "restricted_mean_difference", "TIME", {}, 1e-9),
        ("negative binomial", "rate_ratio", "AECOUNT", {"model": "negative_binomial"}, 1e-5),
        ("poisson", "rate_ratio", "AECOUNT", {"model": "poisson"}, 1e-8),
    ],
)
def test_comparisons(name, statistic, value, options, tolerance):
    kind = {"ls_mean_difference": "ancova", "restricted_mean_difference": "restricted_mean"}.get(statistic, statistic)
    row = one(SUMMARIES[kind](group_of(value), **options), statistic)
    right = FIGURES.get((name, "TRT")) or FIGURES[f"rate_ratio {name.replace(' ', '_')}", "TRT"]
    assert {quantity: row[quantity] for quantity in right} == pytest.approx(right, rel=tolerance)
    assert (row["reference"], row["n"], row["n_missing"]) == ("PBO", 240, 0)


@pytest.mark.parametrize("arm", ["TRT", "PBO"])
def test_restricted_mean_and_rate_of_each_arm(arm):
    area = one(SUMMARIES["restricted_mean"](group_of("TIME")), "restricted_mean", arm)
    right = FIGURES["restricted_mean", arm]
    assert {quantity: area[quantity] for quantity in right} == pytest.approx(right, rel=1e-9)
    rate = one(SUMMARIES["rate"](group_of("AECOUNT"), resamples=0, seed=1), "rate", arm)
    right = FIGURES["rate", arm]
    assert {quantity: rate[quantity] for quantity in right} == pytest.approx(right, rel=1e-9)
    mine = DATA.filter(ARM=arm)
    assert (rate["n"], rate["n_event"]) == (mine.height, mine["AECOUNT"].sum())


def test_shift_is_the_median_of_all_differences():
    arms = [DATA.filter(ARM=arm)["AGE"].to_numpy() for arm in ("TRT", "PBO")]
    row = one(SUMMARIES["rank_sum"](group_of("AGE")), "rank_sum")
    assert row["estimate"] == pytest.approx(np.median(np.subtract.outer(*arms)))


def test_firth_under_separation():
    """All of one arm respond: the maximum likelihood is infinite, Firth's adds half a subject to each cell.

    With the arm alone in the model the penalised estimate is the odds ratio of the table with 1/2 in every cell
    (Heinze and Schemper 2002).
    """
    few = pl.concat([DATA.filter(ARM="TRT").head(8), DATA.filter(ARM="PBO").head(9)])
    few = few.with_columns(RESP=pl.when(pl.col("ARM") == "TRT").then(1).otherwise(pl.int_range(pl.len()) % 3 == 0))
    group, options = group_of("RESP", frame=few), {"covariates": (), "interval": "wald"}
    plain = one(SUMMARIES["logistic"](group, **options, firth=False), "logistic")
    assert plain["estimate"] is None
    assert "separation" in plain["warnings"]
    events = few.filter(ARM="PBO")["RESP"].sum()
    firth = one(SUMMARIES["logistic"](group, **options, firth=True), "logistic")
    assert firth["estimate"] == pytest.approx((8.5 / 0.5) / ((events + 0.5) / (9 - events + 0.5)), rel=1e-6)


def test_permutation_of_few_is_all_of_them():
    few = DATA.group_by("ARM", maintain_order=True).head(6)
    group = group_of("AECOUNT", frame=few, strata=None)
    row = one(SUMMARIES["permutation"](group, draws=1000, seed=1), "permutation")
    counts, mine = few["AECOUNT"].to_list(), (few["ARM"] == "TRT").to_list()

    def distance(chosen):
        inside = [count for place, count in enumerate(counts) if place in chosen]
        outside = [count for place, count in enumerate(counts) if place not in chosen]
        return abs(sum(inside) / len(inside) - sum(outside) / len(outside))

    seen = distance({place for place, treated in enumerate(mine) if treated})
    every = [distance(set(chosen)) for chosen in combinations(range(12), 6)]
    assert row["p_value"] == pytest.approx(sum(each >= seen - 1e-9 for each in every) / math.comb(12, 6))


def test_bootstrap_of_a_rate_has_the_spread_of_a_ratio():
    """Over many samples the percentiles come near the normal limits of the ratio estimator (Taylor's variance)."""
    mine = DATA.filter(ARM="PBO")
    row = one(SUMMARIES["rate"](group_of("AECOUNT"), resamples=20_000, seed=3), "rate_bootstrap", "PBO")
    counts, exposure = mine["AECOUNT"].to_numpy(), mine["EXPOSURE"].to_numpy()
    ratio = counts.sum() / exposure.sum()
    spread = math.sqrt(((counts - ratio * exposure) ** 2).sum()) / exposure.sum()
    assert row["estimate"] == pytest.approx(ratio)
    assert (row["low"], row["high"]) == pytest.approx((ratio - 1.96 * spread, ratio + 1.96 * spread), abs=0.15 * spread)
    again = one(SUMMARIES["rate"](group_of("AECOUNT"), resamples=20_000, seed=3), "rate_bootstrap", "PBO")
    assert again == row


def test_events_of_subjects_without_exposure_are_told():
    """They count towards a rate, which divides all events by all exposure; a model of each subject cannot use them."""
    exposure = DATA["EXPOSURE"].to_numpy().copy()
    places = np.flatnonzero((DATA["ARM"] == "TRT").to_numpy() & (DATA["AECOUNT"] > 1).to_numpy())[:4]
    exposure[places] = 0
    group, events = group_of("AECOUNT", exposure=exposure), int(DATA["AECOUNT"].gather(places).sum())
    rate = one(SUMMARIES["rate"](group, resamples=0, seed=1), "rate")
    mine = DATA.filter(ARM="TRT")["AECOUNT"].sum()
    treated = (DATA["ARM"] == "TRT").to_numpy()
    assert rate["estimate"] == pytest.approx(mine / exposure[treated].sum())
    assert rate["warnings"] == f"{events} of the events are of subjects without exposure"
    assert one(SUMMARIES["rate"](group, resamples=0, seed=1), "rate", "PBO")["warnings"] is None
    (ratio,) = SUMMARIES["rate_ratio"](group, model="poisson")
    assert (ratio["n"], ratio["n_event"]) == (236, DATA["AECOUNT"].sum() - events)
    assert f"4 subjects without exposure, with {events} events" in ratio["warnings"]


def test_a_subject_without_a_covariate_is_left_out_and_counted():
    ages = DATA["AGE"].to_numpy().copy()
    ages[[0, 5, 9]] = np.nan
    group = group_of("TIME", covariate=lambda _: ages)
    (row,) = SUMMARIES["cox"](group, ties="efron", covariates=("AGE",), stratified=False)
    assert (row["n"], row["n_missing"]) == (237, 3)
    assert "3 without a covariate" in row["warnings"]
    kept = DATA.filter(pl.Series(~np.isnan(ages)))
    (right,) = SUMMARIES["cox"](group_of("TIME", frame=kept), ties="efron", covariates=("AGE",), stratified=False)
    assert row["estimate"] == right["estimate"]


@pytest.mark.parametrize(
    ("kind", "value", "options"),
    [
        ("rank_sum", "AGE", {}),
        ("fisher", "RESP", {}),
        ("logistic", "RESP", {"covariates": (), "interval": "wald", "firth": False}),
        ("standardised_risk_difference", "RESP", {"covariates": ("AGE",)}),
        ("permutation", "AGE", {"draws": 100, "seed": 1}),
        ("cox", "TIME", {"covariates": (), "ties": "efron", "stratified": True}),
        ("log_rank", "TIME", {"stratified": True}),
        ("restricted_mean", "TIME", {}),
        ("rate_ratio", "AECOUNT", {"model": "poisson"}),
        ("rate_ratio", "AECOUNT", {"model": "negative_binomial"}),
    ],
)
@pytest.mark.parametrize("left", ["TRT", "PBO", None])
def test_what_cannot_be_compared_says_why(kind, value, options, left):
    frame = DATA.filter(ARM=left) if left else DATA.clear()
    rows = [row for row in SUMMARIES[kind](group_of(value, frame=frame), **options) if row["reference"]]
    assert [row["arm"] for row in rows] == ["TRT"]
    assert rows[0]["estimate"] is None
    assert rows[0]["p_value"] is None
    assert rows[0]["warnings"]
