"""Result rows in words."""

import pytest

from myotrial.report.numbers import SPACE
from myotrial.report.words import arm_lines, comparison_line


def plain(line):
    return line.text().replace(SPACE, " ")


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        (
            {"statistic": "proportion", "estimate": 45 / 63, "low": 0.591, "high": 0.812, "n_event": 45},
            "45/63 (71.4 %), 95 % interval 59.1 to 81.2 %",
        ),
        (
            {"statistic": "mean", "estimate": 34.25, "low": 30.05, "high": 38.45, "n": 60, "n_missing": 3},
            "Mean 34.3, 95 % interval 30.1 to 38.5; n = 60; 3 unknown",
        ),
        (
            {"statistic": "median_time", "estimate": 85.0, "low": 57.0, "n_event": 40},
            "Median 85 days, 95 % interval 57 or more; 40 of 63 with the event",
        ),
        ({"statistic": "ls_mean", "estimate": None, "warnings": "why"}, "Adjusted mean not estimable, n = 63"),
        ({"statistic": "geometric_mean", "estimate": 2.0, "low": None, "high": 3.0},
         "geometric mean 2.0, 95 % interval 3.0 or less; n = 63"),
    ],
)  # fmt: skip
def test_one_arm(factory, cells, text):
    row = factory.row("X", **cells)
    (line,) = arm_lines([row], 1)
    assert plain(line) == text
    assert line.warning == (cells.get("warnings") or "")


def test_spread_stands_in_one_line(factory):
    rows = [factory.row("X", name, estimate=value) for name, value in
            (("mean", 1.0), ("sd", 2.05), ("median", 3.0), ("minimum", -4.0), ("maximum", 5.0))]  # fmt: skip
    assert plain(arm_lines(rows, 1)[1]) == ", SD 2.1; median 3.0; range −4.0 to 5.0"


def test_spread_that_is_unknown_is_left_out(factory):
    assert len(arm_lines([factory.row("X", "mean"), factory.row("X", "sd"), factory.row("X", "minimum")], 1)) == 1


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        ({"statistic": "risk_difference", "estimate": 0.30155, "low": -0.0005, "high": 0.466, "p_value": 0.0305},
         "Difference 30.2 percentage points, 95 % interval −0.1 to 46.6; p = 0.031"),
        ({"statistic": "cmh", "estimate": 3.805, "low": 1.8, "high": 8.0, "p_value": 0.0001},
         "Common odds ratio 3.81, 95 % interval 1.80 to 8.00; p < 0.001"),
        ({"statistic": "cmh", "p_value": 0.5}, "Cochran-Mantel-Haenszel test p = 0.500"),
        ({"statistic": "log_rank", "estimate": 7.2, "p_value": 0.0071}, "Log-rank test p = 0.007"),
        ({"statistic": "log_rank"}, "Log-rank test not estimable"),
        ({"statistic": "odds_ratio"}, "Odds ratio not estimable"),
    ],
)  # fmt: skip
def test_a_comparison(factory, cells, text):
    assert plain(comparison_line(factory.row("X", reference="placebo", **cells), 1)) == text


def test_a_comparison_of_several_arms_names_them(factory):
    row = factory.row("X", "odds_ratio", estimate=2.0)
    assert plain(comparison_line(row, 1, "High v Placebo")) == "High v Placebo: odds ratio 2.00"
