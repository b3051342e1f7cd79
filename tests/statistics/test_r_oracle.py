"""Figures that were computed apart from ``generate.R``: R 4.2.2, survival 3.5.3, rpact 3.3.4, on sim_endpoints.csv."""

import pytest

from myotrial import statistics as st


def test_fisher_of_a_rare_event(sim):
    arm, rare = sim["ARM"] == "TRT", sim["RARE"] == 1
    counts = [int(n) for n in ((arm & rare).sum(), arm.sum(), (~arm & rare).sum(), (~arm).sum())]
    fisher = st.estimate_fisher(*counts)
    assert fisher.p_value == pytest.approx(0.24686192468619, rel=1e-9)
    assert (fisher.low, fisher.high) == pytest.approx((0, 2.4080292841352), rel=1e-4)


def test_logistic_by_another_profile(sim):
    fit = st.fit_logistic(sim["RESP"], sim["ARM"], {"STRATUM": sim["STRATUM"], "AGE": sim["AGE"]}, "PBO")
    assert fit.log_likelihood == pytest.approx(-143.43791817242, rel=1e-10)
    limits = {
        "arm=TRT": (0.16402711182189, 1.2943456991582),
        "STRATUM=B": (0.063939566054754, 1.323619725994),
        "STRATUM=C": (-0.89651386725868, 0.62015978600207),
        "AGE": (0.014916208764934, 0.060984518010725),
    }
    for name, expected in limits.items():  # R's confint interpolates a spline
        coefficient = fit.coefficients[name]
        assert (coefficient.low, coefficient.high) == pytest.approx(expected, rel=2e-3)


def test_adjusted_p_values():
    p = [0.001, 0.012, 0.021, 0.034, 0.2]
    expected = {
        "holm": (0.005, 0.048, 0.063, 0.068, 0.2),
        "hochberg": (0.005, 0.048, 0.063, 0.068, 0.2),
        "hommel": (0.005, 0.042, 0.051, 0.068, 0.2),
    }
    for method, values in expected.items():
        assert st.adjust_p_values(p, method).adjusted == pytest.approx(values, abs=1e-12)


@pytest.mark.parametrize(
    ("boundary", "upper", "spent"),
    [
        (
            "obrien-fleming-like",
            (3.7103028732625, 2.5114274844527, 1.9930474832654),
            (0.0001035057181471, 0.0060483890772755),
        ),
        ("pocock-like", (2.279428238917, 2.2949111387134, 2.2959395870566), (0.011320810631598, 0.019084562809825)),
        (
            "obrien-fleming",
            (3.4710914446541, 2.4544322986335, 2.0040355799529),
            (0.00025917372349649, 0.0071600594014827),
        ),
        ("pocock", (2.2894784564563, 2.2894784564563, 2.2894784564563), (0.011025784117167, 0.0189688785187)),
    ],
)
def test_three_looks(boundary, upper, spent):
    design = st.design_group_sequential([1 / 3, 2 / 3, 1], boundary=boundary)
    assert design.upper == pytest.approx(upper, abs=1e-6)
    assert design.alpha_spent[:2] == pytest.approx(spent, abs=1e-7)


KAPLAN_MEIER = [
    ("PBO", 3, 0.86666666666667, 0.031031644541709, 0.79161396214756, 0.91609840684879),
    ("PBO", 6, 0.73709037150428, 0.040664099098835, 0.6473832441967, 0.80734557298757),
    ("PBO", 12, 0.58340395358803, 0.048946959291923, 0.48134888430117, 0.67222823386706),
    ("PBO", 18, 0.3256533437614, 0.054741673524047, 0.22204655962367, 0.43325687887687),
    ("TRT", 3, 0.875, 0.030190368221228, 0.80125368618042, 0.92268142728912),
    ("TRT", 6, 0.78049152655521, 0.038096593551366, 0.69448255853517, 0.84496073385824),
    ("TRT", 12, 0.63357692650946, 0.046341338547029, 0.53536801217641, 0.71651969228209),
    ("TRT", 18, 0.49759195361623, 0.056941088004709, 0.38194197502429, 0.60280794086999),
]


@pytest.mark.parametrize(("arm", "time", "value", "se", "low", "high"), KAPLAN_MEIER)
def test_survival_at_times(sim, arm, time, value, se, low, high):
    rows = sim["ARM"] == arm
    read = st.estimate_survival(sim["TIME"][rows], sim["EVENT"][rows]).survival_at([time])[0]
    assert (read.value, read.se, read.low, read.high) == pytest.approx((value, se, low, high), rel=1e-10)


def test_sizes():
    """``power.t.test`` and ``power.prop.test``: see the fields ``ss_means`` and ``ss_props``."""
    assert st.size_two_means(5, 10, power=0.9).n0_exact == pytest.approx(85.031289385376, rel=1e-6)
    assert st.size_two_proportions(0.5, 0.3, power=0.9).n0_exact == pytest.approx(123.99861384858, rel=1e-6)
