"""The mixed model of an outcome, where simpler theory gives its figures."""

import numpy as np
import pytest
from scipy import stats

from myotrial.analysis.analyse import analyse

WEEKS = (1, 5, 9, 13)
OUTCOME = """
  - id: change
    role: other
    title: Change in MMT-8
    derivation: x
    time_frame: {{to_week: 13}}
    variable: {{kind: change, of: mmt}}
    summaries: [{{kind: mmrm{more}}}]
    source: {{citation: invented, status: ours}}
"""


def subjects_of(rng, missing=0.0):
    people = {}
    for arm in ("active", "placebo"):
        for place in range(12):
            path = 80 + np.cumsum(rng.integers(-4, 8 if arm == "active" else 5, 4)).astype(float)
            visits = {week: {"mmt": float(value)} for week, value in zip(WEEKS, path, strict=True)}
            visits[1]["haq_di"] = float(rng.integers(0, 24)) / 8
            for week in WEEKS[1:]:
                if rng.random() < missing:
                    visits[week]["mmt"] = None
            people[f"{arm}{place}"] = (arm, visits)
    return people


def changes(people, arm, week):
    return np.array([seen[week]["mmt"] - seen[1]["mmt"] for of, seen in people.values() if of == arm])


def one(rows, statistic, arm="active"):
    (row,) = rows.filter(statistic=statistic, arm=arm).to_dicts()
    return row


@pytest.mark.parametrize("seed", range(3))
def test_complete_data_give_the_t_test_of_the_last_visit(trial_of, study_of, seed):
    people = subjects_of(np.random.default_rng(seed))
    rows = analyse(trial_of(OUTCOME.format(more=""), WEEKS), study_of(people)).rows
    active, placebo = changes(people, "active", 13), changes(people, "placebo", 13)
    test = stats.ttest_ind(active, placebo)
    interval = test.confidence_interval()
    found = one(rows, "mmrm_difference")
    assert (found["n"], found["n_missing"]) == (24, 0)
    assert [found[name] for name in ("estimate", "low", "high", "p_value")] == pytest.approx(
        [active.mean() - placebo.mean(), interval.low, interval.high, test.pvalue], rel=1e-7
    )
    assert one(rows, "mmrm_mean", "placebo")["estimate"] == pytest.approx(placebo.mean(), rel=1e-9)


def test_complete_data_and_a_covariate_give_the_analysis_of_covariance(trial_of, study_of):
    people = subjects_of(np.random.default_rng(7))
    more = ", covariates: [haq_di]}, {kind: ancova, covariates: [haq_di]"
    rows = analyse(trial_of(OUTCOME.format(more=more), WEEKS), study_of(people)).rows
    for name in ("estimate", "se", "low", "high"):
        assert one(rows, "mmrm_difference")[name] == pytest.approx(one(rows, "ls_mean_difference")[name], rel=1e-6)


def test_who_leaves_early_still_counts(trial_of, study_of):
    people = subjects_of(np.random.default_rng(11), missing=0.25)
    for week in WEEKS[1:]:
        people["active0"][1][week]["mmt"] = None  # never seen again
    people["active1"][1][13]["mmt"], people["active1"][1][5]["mmt"] = None, 90.0
    found = one(analyse(trial_of(OUTCOME.format(more=""), WEEKS), study_of(people)).rows, "mmrm_difference")
    lost = sum(all(seen[week]["mmt"] is None for week in WEEKS[1:]) for _, seen in people.values())
    assert (found["n"], found["n_missing"]) == (24 - lost, lost)


def test_what_cannot_be_fitted_says_why(trial_of, study_of):
    people = {
        f"{arm}{place}": (arm, {week: {"mmt": 100.0} for week in WEEKS})
        for arm in ("active", "placebo")
        for place in range(6)
    }
    found = one(analyse(trial_of(OUTCOME.format(more=""), WEEKS), study_of(people)).rows, "mmrm_difference")
    assert found["estimate"] is None
    assert found["warnings"]
