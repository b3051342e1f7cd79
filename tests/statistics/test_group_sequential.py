"""Group-sequential designs against rpact and multivariate normal probabilities (tests/reference/design)."""

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from myotrial.statistics.group_sequential import design_group_sequential, estimate_after_stopping, spend
from myotrial.statistics.group_sequential._walk import crossing_probabilities

DESIGN = Path(__file__).resolve().parents[1] / "reference" / "design" / "r_figures.csv"
TIMES = (0.2, 0.45, 0.8, 1.0)
FUNCTIONS = {
    "obrien-fleming-like": ("obrien-fleming-like", None),
    "pocock-like": ("pocock-like", None),
    "hwang-shih-decani -2": ("hwang-shih-decani", -2),
    "power 2.5": ("power", 2.5),
    "obrien-fleming": ("obrien-fleming", None),
    "pocock": ("pocock", None),
    "wang-tsiatis 0.25": ("wang-tsiatis", 0.25),
}


@pytest.fixture(scope="module")
def r_figures():
    figures = defaultdict(dict)
    with DESIGN.open() as file:
        for row in csv.DictReader(file):
            figures[row["case"]][row["quantity"]] = float(row["value"])
    return figures


def series(figures, name):
    return [figures[f"{name}{at}"] for at in range(1, 5) if f"{name}{at}" in figures]


def agrees_with_rpact(design, figures):
    """Agree as closely as rpact can: it searches its bounds to 1e-10 in the error rate and integrates to about 1e-7."""
    assert list(design.upper) == pytest.approx(series(figures, "upper"), abs=2e-6)
    assert list(design.alpha_spent) == pytest.approx(series(figures, "spent"), abs=2e-7)
    assert design.drift == pytest.approx(figures["drift"], abs=5e-6)
    assert design.inflation == pytest.approx(figures["inflation"], abs=5e-6)
    got = (design.expected_null, design.expected_half, design.expected_alternative)
    assert got == pytest.approx((figures["null"], figures["half"], figures["alternative"]), abs=5e-6)
    if "lower1" in figures:
        lower = series(figures, "lower")
        assert list(design.lower)[: len(lower)] == pytest.approx(lower, abs=1e-5)


@pytest.mark.parametrize("sides", [1, 2])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_designs_of_rpact(r_figures, name, sides):
    boundary, parameter = FUNCTIONS[name]
    rates = {"alpha": 0.025, "power": 0.8} if sides == 1 else {"alpha": 0.05, "power": 0.9}
    design = design_group_sequential(TIMES, boundary=boundary, parameter=parameter, sides=sides, **rates)
    agrees_with_rpact(design, r_figures[f"{name} {sides}"])


@pytest.mark.parametrize(("sides", "alpha", "power"), [(1, 0.025, 0.8), (2, 0.05, 0.9)])
def test_alpha_given_look_by_look(r_figures, sides, alpha, power):
    spent = [alpha * part for part in (0.1, 0.3, 0.7, 1)]
    design = design_group_sequential(TIMES, boundary=spent, alpha=alpha, sides=sides, power=power)
    agrees_with_rpact(design, r_figures[f"user {sides}"])


@pytest.mark.parametrize("binding", [False, True])
@pytest.mark.parametrize(
    ("boundary", "parameter", "futility", "futility_parameter"),
    [
        ("obrien-fleming-like", None, "obrien-fleming-like", None),
        ("obrien-fleming-like", None, "pocock-like", None),
        ("hwang-shih-decani", -4, "hwang-shih-decani", -2),
        ("power", 3, "power", 2),
    ],
)
def test_futility_of_rpact(r_figures, boundary, parameter, futility, futility_parameter, binding):
    name = " ".join(str(part) for part in (boundary, parameter, futility, futility_parameter) if part is not None)
    design = design_group_sequential(
        TIMES,
        boundary=boundary,
        parameter=parameter,
        futility=futility,
        futility_parameter=futility_parameter,
        binding=binding,
        alpha=0.025,
        power=0.8,
    )
    agrees_with_rpact(design, r_figures[f"{name} {'binding' if binding else 'non-binding'}"])
    assert design.lower[-1] == design.upper[-1]


def test_futility_bounds_as_given(r_figures):
    design = design_group_sequential(TIMES, futility=[-0.5, 0, 0.7], alpha=0.025, power=0.8)
    agrees_with_rpact(design, r_figures["given futility"])


@pytest.mark.parametrize("drift", [0, 1.5, 3])
def test_crossing_probabilities_by_multivariate_normal(r_figures, drift):
    above, below = crossing_probabilities(TIMES, [-0.6, 0.1, 1.1, 2.02], [3.1, 2.7, 2.3, 2.02], drift)
    figures = r_figures[f"crossing {drift}"]
    assert above == pytest.approx(series(figures, "above"), abs=1e-7)
    assert below == pytest.approx(series(figures, "below"), abs=1e-7)
    assert sum(above) + sum(below) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize(("look", "z"), [(1, 3.5), (2, 2.6), (3, 2.2), (3, 1.1)])
def test_stagewise_inference_by_multivariate_normal(r_figures, look, z):
    figures = r_figures[f"stagewise {look} {z}"]
    design = design_group_sequential([0.4, 0.75, 1])
    se = 1 / np.sqrt(design.information[look - 1])  # the effect is then on the scale of the drift
    result = estimate_after_stopping(design, look, z, se=float(se))
    assert result.p_value == pytest.approx(figures["p"], abs=1e-7)
    assert (result.value, result.low, result.high) == pytest.approx(
        (figures["value"], figures["low"], figures["high"]), abs=2e-6
    )


def test_simulated_trials_keep_the_error_and_the_median():
    """40,000 trials: error 2.5 % and power 80 % within 4 standard errors, half of the estimates above the truth."""
    design = design_group_sequential(TIMES, boundary="pocock-like", futility="pocock-like", binding=True, power=0.8)
    steps = np.diff([0, *TIMES])
    noise = np.random.default_rng(2).standard_normal((40_000, 4)) * np.sqrt(steps)
    for drift, expected in ((0.0, 0.025), (design.drift, 0.8)):
        z = (noise + drift * steps).cumsum(axis=1) / np.sqrt(TIMES)
        up, down = z >= np.array(design.upper), z < np.array(design.lower)
        first = (up | down).argmax(axis=1)
        won = up[np.arange(len(z)), first].mean()
        assert won == pytest.approx(expected, abs=4 * np.sqrt(expected * (1 - expected) / len(z)))
        expected_information = np.array(TIMES)[first].mean()
        assert expected_information == pytest.approx(design.expected_information(drift), abs=0.006)


def test_one_look_is_a_trial_without_looks():
    design = design_group_sequential([1], alpha=0.025, power=0.9)
    assert design.upper[0] == pytest.approx(1.959963984540054, abs=1e-10)
    assert design.inflation == pytest.approx(1, abs=1e-10)
    result = estimate_after_stopping(design, 1, 2.5, se=2)
    assert (result.value, result.naive) == pytest.approx((5, 5), abs=1e-8)
    assert (result.low, result.high) == pytest.approx((5 - 2 * 1.959963984540054, 5 + 2 * 1.959963984540054), abs=1e-8)


def test_no_stop_where_nothing_may_be_spent():
    design = design_group_sequential([0.5, 1], boundary=[0, 0.025])
    assert design.upper[0] is None
    assert design.nominal_p[0] is None
    assert design.upper[1] == pytest.approx(1.959963984540054, abs=1e-9)


@pytest.mark.parametrize(
    "times", [[0.3, 0.31, 1], pytest.param([0.3, 0.31, 0.32, 0.33, 0.9, 0.905, 1], marks=pytest.mark.proof)]
)
def test_close_looks_stay_exact(times):
    """Many looks close together: what is spent is what was asked for."""
    design = design_group_sequential(times, boundary="pocock-like")
    asked = [spend(float(t), 0.025, "pocock-like") for t in times]
    assert list(design.alpha_spent) == pytest.approx(asked, abs=1e-11)


def test_every_fault_of_a_request_at_once():
    with pytest.raises(ValueError, match="information") as caught:
        design_group_sequential([0.5, 0.4, 1], boundary="pocock", parameter=1, alpha=0.7, sides=3, power=1.2)
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == [
        "information",
        "sides",
        "alpha",
        "power",
        "parameter",
    ]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"boundary": "haybittle"}, "boundary: got 'haybittle'"),
        ({"boundary": [0.01, 0.02]}, "last 0.025"),
        ({"boundary": "power"}, "parameter: got None"),
        ({"boundary": "power", "parameter": -1}, "above 0"),
        ({"futility": "pocock-like", "sides": 2}, "expected sides=1"),
        ({"futility": [3.5]}, "at or above the upper bound at look 1"),
        ({"futility": [0, 1]}, "expected 1 bounds"),
        ({"futility": "pocock-like", "binding": True, "boundary": "pocock"}, "expected a spending function"),
    ],
)
def test_bad_requests_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        design_group_sequential([0.5, 1], **options)


def test_bad_outcomes_are_refused():
    design = design_group_sequential([0.5, 1])
    with pytest.raises(ValueError, match="look: got 3") as caught:
        estimate_after_stopping(design, 3, float("nan"), se=0)
    assert len(str(caught.value).splitlines()) == 3


def test_it_prints_itself():
    design = design_group_sequential([0.5, 1], futility="pocock-like")
    assert "non-binding futility" in repr(design)
    assert "expected information" in str(design)
    assert "<caption>" in design._repr_html_()
    assert design.to_dict()["information"] == [0.5, 1.0]
    assert estimate_after_stopping(design, 1, 0.0).stopped == "futility"
    assert estimate_after_stopping(design, 1, 3.0).stopped == "efficacy"
