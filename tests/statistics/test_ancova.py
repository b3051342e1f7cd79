"""Analysis of covariance, against R's lm and the printed report of the CDISC pilot study (SAS)."""

import json

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from myotrial.statistics import estimate_mean_difference, fit_ancova

CASES = {
    "ancova two": ("ARM", {"AGE", "STRATUM"}, "PBO"),
    "ancova three": ("STRATUM", {"AGE", "EXPOSURE", "ARM"}, "A"),
    "ancova none": ("STRATUM", set(), "A"),
}


def fit_case(sim, case, **options):
    arm, names, reference = CASES[case]
    return fit_ancova(sim["TIME"], sim[arm], {name: sim[name] for name in sorted(names)}, reference, **options)


@pytest.mark.parametrize("margins", ["equal", "observed"])
@pytest.mark.parametrize("case", CASES)
def test_means_and_differences_of_r(sim, r_figures, agrees, case, margins):
    fit = fit_case(sim, case, margins=margins)
    for arm, mean in fit.ls_means.items():
        agrees(mean, f"{case} {margins} {arm}", {"value", "se", "low", "high"}, relative=1e-10)
    for arm, difference in fit.differences.items():
        agrees(difference, f"{case} difference {arm}", relative=1e-9)
    assert len(fit.differences) == len(fit.ls_means) - 1
    assert margins in fit.method


@pytest.mark.parametrize("case", CASES)
def test_arm_test_of_r(sim, r_figures, agrees, case):
    fit = fit_case(sim, case)
    agrees(fit.arm_test, case, {"f", "p_value", "sum_of_squares"}, relative=1e-9)
    assert fit.error_df == fit.arm_test.error_df == r_figures[case]["df"]
    assert fit.mean_square == pytest.approx(r_figures[case]["mean_square"], rel=1e-12)
    assert fit.n == 240


@pytest.fixture
def week_24(cdisc):
    """Change of ADAS-Cog (11) at week 24 with last observation carried forward, efficacy set: 234 records."""
    data = json.loads((cdisc / "adam_dsjson" / "adadas.json").read_text())
    names = [column["name"] for column in data["columns"]]
    flags = {"EFFFL": "Y", "ITTFL": "Y", "ANL01FL": "Y", "PARAMCD": "ACTOT", "AVISITN": 24}
    records = [dict(zip(names, row, strict=True)) for row in data["rows"]]
    records = [record for record in records if all(record[name] == flag for name, flag in flags.items())]
    wanted = ("CHG", "BASE", "TRTPN", "SITEGR1")
    return {name: np.array([record[name] for record in records]) for name in wanted}


def test_printed_ancova_of_the_cdisc_pilot_report(week_24):
    """Clinical study report of CDISCPILOT01, Table 14-3.01 and its SAS listing (PDF pages 49, 469 to 473)."""
    covariates = {"SITEGR1": week_24["SITEGR1"], "BASE": week_24["BASE"]}
    placebo = fit_ancova(week_24["CHG"], week_24["TRTPN"], covariates, 0)
    low_dose = fit_ancova(week_24["CHG"], week_24["TRTPN"], covariates, 54)
    printed = [
        (placebo.differences[54], -0.46678236, 0.81804222, -0.57, 0.5688, (-2.1, 1.1)),
        (placebo.differences[81], -1.0060136, 0.84052936, -1.20, 0.2326, (-2.7, 0.7)),
        (low_dose.differences[81], -0.53923124, 0.8361089, -0.64, 0.5196, (-2.2, 1.1)),
    ]
    for got, estimate, se, t, p_value, interval in printed:
        assert got.value == pytest.approx(estimate, abs=5e-8)
        assert got.se == pytest.approx(se, abs=5e-9)
        assert (round(got.value / got.se, 2), round(got.p_value, 4)) == (t, p_value)
        assert (round(got.low, 1), round(got.high, 1)) == interval
    test = placebo.arm_test
    assert (round(test.f, 2), round(test.p_value, 4), round(test.sum_of_squares, 7)) == (0.72, 0.4896, 38.1166466)
    assert (test.df, placebo.error_df, round(placebo.mean_square, 6)) == (2, 220, 26.599853)
    assert [mean.n for mean in placebo.ls_means.values()] == [79, 81, 74]


def test_margins_of_the_cdisc_pilot_report(week_24):
    """The report's least-squares means use observed margins (SAS OM); equal margins differ."""
    covariates = {"SITEGR1": week_24["SITEGR1"], "BASE": week_24["BASE"]}
    for margins, printed in [("observed", [2.4946, 2.0278, 1.4885]), ("equal", [2.4737, 2.0069, 1.4677])]:
        fit = fit_ancova(week_24["CHG"], week_24["TRTPN"], covariates, 0, margins=margins)
        assert [round(mean.value, 4) for mean in fit.ls_means.values()] == printed


def test_without_covariates_it_is_the_pooled_t_test(sim):
    treated = sim["ARM"] == "TRT"
    fit = fit_ancova(sim["AGE"], sim["ARM"], {}, "PBO")
    expected = estimate_mean_difference(sim["AGE"][treated], sim["AGE"][~treated], equal_variances=True)
    got = fit.differences["TRT"]
    for name in ("value", "low", "high", "se", "p_value", "n"):
        assert getattr(got, name) == pytest.approx(getattr(expected, name), rel=1e-10)
    assert "analysis of variance" in fit.method


trials = st.lists(
    st.tuples(st.integers(-50, 50), st.sampled_from("ab"), st.integers(-20, 20)), min_size=8, max_size=30
).filter(
    lambda rows: (
        all(len({row[2] for row in rows if row[1] == arm}) > 2 for arm in "ab") and len({row[0] for row in rows}) > 3
    )
)


@given(trials, st.randoms(use_true_random=False))
def test_swapped_arms_negate_and_order_changes_nothing(rows, random):
    def fit(part, reference):
        response, arm, base = zip(*part, strict=True)
        return fit_ancova(response, arm, {"base": base}, reference)

    plain, swapped = fit(rows, "a"), fit(rows, "b")
    shuffled = fit(random.sample(rows, len(rows)), "a").differences["b"]
    difference = plain.differences["b"]
    assert swapped.differences["a"].value == pytest.approx(-difference.value, abs=1e-9)
    assert shuffled.value == pytest.approx(difference.value, abs=1e-9)
    assert difference.se == pytest.approx(swapped.differences["a"].se)
    means = plain.ls_means
    assert means["b"].value - means["a"].value == pytest.approx(difference.value, abs=1e-9)
    assert difference.low is None or difference.low <= difference.value <= difference.high


def test_scale_and_position_of_a_covariate_change_nothing(sim):
    plain = fit_ancova(sim["TIME"], sim["ARM"], {"AGE": sim["AGE"]}, "PBO")
    moved = fit_ancova(sim["TIME"], sim["ARM"], {"AGE": 1e9 + 1e3 * sim["AGE"]}, "PBO")
    assert moved.differences["TRT"].value == pytest.approx(plain.differences["TRT"].value, rel=1e-6)
    assert moved.ls_means["TRT"].se == pytest.approx(plain.ls_means["TRT"].se, rel=1e-6)


def test_constant_covariates_are_left_out_with_a_warning(sim):
    constant = {"AGE": sim["AGE"], "one": np.ones(240), "site": ["01"] * 240}
    fit = fit_ancova(sim["TIME"], sim["ARM"], constant, "PBO")
    assert [warning.split()[0] for warning in fit.warnings] == ["one", "site"]
    expected = fit_ancova(sim["TIME"], sim["ARM"], {"AGE": sim["AGE"]}, "PBO").differences["TRT"]
    assert fit.differences["TRT"] == expected


def test_booleans_are_categorical(sim):
    as_text = fit_ancova(sim["TIME"], sim["ARM"], {"old": np.where(sim["AGE"] > 50, "yes", "no")}, "PBO")
    as_bool = fit_ancova(sim["TIME"], sim["ARM"], {"old": sim["AGE"] > 50}, "PBO")
    assert as_bool.ls_means["TRT"].value == pytest.approx(as_text.ls_means["TRT"].value)


def test_columns_of_a_frame_are_taken(sim):
    frame = pl.DataFrame({name: sim[name] for name in ("TIME", "ARM", "AGE", "STRATUM")})
    fit = fit_ancova(frame["TIME"], frame["ARM"], {"AGE": frame["AGE"], "STRATUM": frame["STRATUM"]}, "PBO")
    assert fit.differences == fit_case(sim, "ancova two").differences
    ages = np.array(sim["AGE"].tolist(), dtype=object)
    assert fit_ancova(sim["TIME"], sim["ARM"], {"AGE": ages}, "PBO").error_df == 237


@pytest.mark.parametrize("response", [[0, 0, 0, 0], [0.1, 0.1, 0.1, 0.1]])
def test_perfect_fit_has_no_interval(response):
    fit = fit_ancova(response, ["a", "a", "b", "b"], {}, "a")
    assert (fit.arm_test.f, fit.arm_test.p_value) == (None, None)
    assert (abs(fit.differences["b"].value) < 1e-15, fit.differences["b"].low) == (True, None)
    assert "error variance is zero" in fit.warnings[0]
    assert "error variance is zero" in fit.differences["b"].warnings[0]


def test_prints_itself(sim):
    fit = fit_case(sim, "ancova three")
    assert repr(fit).startswith("Ancova: B - A: ")
    assert fit._repr_html_().count("<tr>") == 6
    fields = json.loads(json.dumps(fit.to_dict()))
    assert fields["arm_test"]["df"] == 2
    assert list(fields["ls_means"]) == ["A", "B", "C"]


Y, ARM = [1.0, 2.0, 4.0, 3.0, 5.0, 7.0], ["a", "a", "a", "b", "b", "b"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((Y, ARM, {"copy": ARM}, "a"), r"'copy=b' is determined by the columns before it \(intercept, arm=b\)"),
        ((Y, ARM, {"x": [1, 2, 3, 4, 5, 6], "y": [2, 4, 6, 8, 10, 12]}, "a"), "'y' is determined"),
        ((Y, ARM, {"site": list("uvwxyz")}, "a"), "response: got 6 rows for 7 coefficients; expected 8 rows"),
        ((Y[:2], ["a", "b"], {}, "a"), "2 rows for 2 coefficients; expected 3"),
        ((Y, ARM, {"x": [1, 2]}, "a"), "lengths: got response 6, x 2"),
        ((Y, ARM[:4], {}, "a"), "lengths: got response 6, arm 4"),
        ((Y, ARM, {}, "c"), "reference: got 'c'; expected one of the arms 'a', 'b'"),
        ((Y, ["a"] * 6, {}, "a"), "arm: got one arm"),
        (([*Y[:5], np.nan], ARM, {}, "a"), "response: got nan at position 5"),
        ((Y, ARM, {"x": [1, 2, 3, np.nan, 5, 6]}, "a"), "x: got a missing value"),
        ((Y, ARM, {"x": np.array([1, None, 3, 4, 5, 6], dtype=object)}, "a"), "x: got a missing value"),
        ((Y, ARM, {"x": np.arange(6) * 1j}, "a"), "x: got values of kind complex128; expected numbers, or strings"),
    ],
)
def test_bad_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        fit_ancova(*arguments)


def test_unknown_margins_are_refused():
    with pytest.raises(ValueError, match="margins: got 'om'; expected one of 'equal', 'observed'"):
        fit_ancova(Y, ARM, {}, "a", margins="om")
