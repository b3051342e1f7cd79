"""Published results of myositis trials, from counts to the printed digit, through the whole path.

Visits are invented so that as many subjects respond as the publication counts. Counts in brackets were inferred from
printed percentages, as the publications print no counts.
"""

import pytest

from myotrial.analysis.analyse import analyse
from myotrial.statistics import estimate_chi_square, estimate_fisher, estimate_proportion

OUTCOME = """
  - id: tis
    role: primary
    title: Responders
    derivation: TIS of at least 20 (40, 60).
    time_frame: {to_week: 24}
    missing: excluded
    variable: {kind: response, when: {measure: tis, at_least: [20, 40, 60]}}
    summaries:
      - {kind: proportion, interval: clopper-pearson}
      - {kind: number}
      - {kind: risk_difference, interval: wald}
      - {kind: chi_square}
      - {kind: fisher}
    source: {citation: "published counts", status: second_hand}
"""
STEPS = [
    {},
    {"physician_global_cm": 0.9},  # a fall of 4.1 of 10 cm is more than 40 %: 20 points
    {"physician_global_cm": 0.9, "extramuscular_cm": 0.9},  # and 20 more
    {"physician_global_cm": 0.9, "extramuscular_cm": 0.9, "mmt": 146.0},  # and strength by more than 30 %: 32.5 more
]
"""What a subject measures to reach no threshold, 20, 40 and 60."""


@pytest.fixture(scope="module")
def responders(trial_of, study_of):
    """Analyse a study in which so many of each arm reach 20, 40 and 60."""

    def build(active, placebo):
        subjects = {}
        for arm, (n, reached) in (("active", active), ("placebo", placebo)):
            for place in range(n):
                step = sum(place < count for count in reached)
                subjects[f"{arm}-{place}"] = (arm, {0: {}, 24: STEPS[step]})
        return analyse(trial_of(OUTCOME, (0, 24)), study_of(subjects)).rows

    return build


def printed(rows, statistic, level, arm="active", digits=1):
    (row,) = rows.filter(statistic=statistic, level=level, arm=arm).to_dicts()
    return round(100 * row["estimate"], digits)


# ProDERM (NCT02728752): week 16 of 47 and 48, week 40 of 45 and 46 subjects
@pytest.mark.parametrize(
    ("active", "placebo"),
    [((47, (37, 32, 15)), (48, (21, 11, 4))), ((45, (32, 26, 17)), (46, (32, 28, 14)))],
    ids=["week 16", "week 40"],
)
def test_proderm_table_of_responders(responders, active, placebo):
    rows = responders(active, placebo).filter(statistic="number")
    for arm, (n, reached) in (("active", active), ("placebo", placebo)):
        found = rows.filter(arm=arm).select("level", "n_event", "n").rows()
        assert found == [(level, count, n) for level, count in zip(("≥ 20", "≥ 40", "≥ 60"), reached, strict=True)]


def test_proderm_interval_is_the_unstratified_one(responders):
    (row,) = (
        responders((47, (37, 32, 15)), (48, (21, 11, 4)))
        .filter(statistic="risk_difference", level="≥ 20", arm="active")
        .to_dicts()
    )
    assert [round(100 * row[name], 2) for name in ("estimate", "low", "high")] == [34.97, 16.70, 53.24]


def test_proderm_p_value_needs_strata_that_were_not_published(responders):
    """Printed: 0.0008 (stratified). The counts alone give 0.00047, Fisher's test 0.00069."""
    rows = responders((47, (37, 32, 15)), (48, (21, 11, 4))).filter(level="≥ 20", arm="active")
    p_values = {row["statistic"]: row["p_value"] for row in rows.to_dicts()}
    assert round(p_values["chi_square"], 5) == 0.00047
    assert round(p_values["fisher"], 5) == 0.00069


# efgartigimod, ALKIVIA phase 2 (NCT05523167): printed 91.5 v 73.8, 78.7 v 47.6 and 34.0 v 9.5 % of [47] and [42]
def test_alkivia_shares(responders):
    rows = responders((47, (43, 37, 16)), (42, (31, 20, 4)))
    found = {arm: [printed(rows, "proportion", f"≥ {level}", arm) for level in (20, 40, 60)]
             for arm in ("active", "placebo")}  # fmt: skip
    assert found == {"active": [91.5, 78.7, 34.0], "placebo": [73.8, 47.6, 9.5]}


# belimumab (NCT02347891): printed 55.5 v 33.3 % at 40 and 33.3 v 16.7 % by the definition of improvement of [9] and [6]
def test_belimumab_shares(responders):
    rows = responders((9, (5, 5, 0)), (6, (2, 2, 0)))
    assert abs(printed(rows, "proportion", "≥ 40", "active", 3) - 55.5) < 0.1  # 55.56, printed cut off
    assert printed(rows, "proportion", "≥ 40", "placebo") == 33.3
    (row,) = rows.filter(statistic="fisher", level="≥ 40", arm="active").to_dicts()
    assert round(row["p_value"], 2) == 0.61
    assert round(estimate_fisher(3, 9, 1, 6).p_value, 2) == 0.60


# PRINTO (Lancet 2016): 24 of 47 on prednisone alone, 32 of 46 and 33 of 46 on combinations; printed p = 0.0228
def test_printo_p_value_is_chi_square_of_the_pooled_combinations():
    assert round(estimate_chi_square(32 + 33, 46 + 46, 24, 47).p_value, 4) == 0.0228


# abatacept (NCT02971683): printed 56.0 v 42.5 %, DM 55.0 v 50.0, others 57.1 v 32.3; the printed p are adjusted
@pytest.mark.parametrize(
    ("counts", "shares", "p_value"),
    [
        ((42, 75, 31, 73), (56.0, 42.5), 0.0997),
        ((22, 40, 21, 42), (55.0, 50.0), 0.650),
        ((20, 35, 10, 31), (57.1, 32.3), 0.043),
    ],
    ids=["all", "dermatomyositis", "others"],
)  # fmt: skip
def test_abatacept_shares_and_unadjusted_p_values(counts, shares, p_value):
    count1, n1, count0, n0 = counts
    assert (round(100 * count1 / n1, 1), round(100 * count0 / n0, 1)) == shares
    digits = 4 if p_value == 0.0997 else 3
    assert round(estimate_chi_square(*counts).p_value, digits) == p_value


# first-line immunoglobulin pilot: 8 of 19 with "Clopper-Pearson 19.6-64.6"; the true interval is 20.3-66.5
def test_the_pilot_interval_as_printed_is_no_clopper_pearson_interval():
    found = estimate_proportion(8, 19, "clopper-pearson")
    assert [round(100 * end, 1) for end in (found.low, found.high)] == [20.3, 66.5]
