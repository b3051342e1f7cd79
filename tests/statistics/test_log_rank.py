"""The log-rank test, against R's survdiff, statsmodels and a plain loop."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import survdiff

from myotrial.statistics import estimate_log_rank

# Remission times in weeks on placebo and on 6-mercaptopurine; Freireich et al., Blood 1963;21:699-716.
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
SIX_MP = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
SIX_MP_EVENT = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
subjects = st.lists(
    st.tuples(st.integers(0, 8), st.booleans(), st.sampled_from("xyz"), st.sampled_from("AB")),
    min_size=3,
    max_size=50,
).filter(lambda rows: len({group for _, _, group, _ in rows}) > 1)


def columns(rows):
    return [np.array(column) for column in zip(*rows, strict=True)]


@pytest.mark.parametrize(
    ("case", "time", "group", "strata"),
    [
        ("log-rank two", "TIME", "ARM", None),
        ("log-rank two stratified", "TIME", "ARM", "STRATUM"),
        ("log-rank three", "TIME", "STRATUM", None),
        ("log-rank three stratified", "TIME", "STRATUM", "ARM"),
        ("log-rank ties stratified", "ROUNDED", "STRATUM", "ARM"),
    ],
)
def test_survdiff_of_r(sim, r_figures, case, time, group, strata):
    data = {**sim, "ROUNDED": np.ceil(sim["TIME"] / 4)}
    result = estimate_log_rank(data[time], data["EVENT"], data[group], data[strata] if strata else None)
    expected = r_figures[case]
    assert result.chi_square == pytest.approx(expected["chi_square"], rel=1e-11)
    for position in range(len(result.groups)):
        assert result.observed[position] == expected[f"observed {position + 1}"]
        assert result.expected[position] == pytest.approx(expected[f"expected {position + 1}"], rel=1e-12)
    assert result.df == len(result.groups) - 1
    assert ("without stratification" in result.method) == (strata is None)


def test_published_remission_times():
    """Freireich's data: chi-square 16.79, expected 10.75 and 19.25, as printed in Kleinbaum & Klein."""
    result = estimate_log_rank(PLACEBO + SIX_MP, [1] * 21 + SIX_MP_EVENT, ["placebo"] * 21 + ["6-MP"] * 21)
    assert round(result.chi_square, 2) == 16.79
    assert dict(zip(result.groups, result.observed, strict=True)) == {"6-MP": 9, "placebo": 21}
    assert [round(number, 2) for number in result.expected] == [19.25, 10.75]
    assert result.p_value < 0.0001


def plain_loop(rows, groups):
    """Observed minus expected and the covariance, one event time of one stratum after the other."""
    excess, matrix = np.zeros(len(groups)), np.zeros((len(groups), len(groups)))
    for stratum in {row[3] for row in rows}:
        part = [row for row in rows if row[3] == stratum]
        for moment in {time for time, event, _, _ in part if event}:
            risk = np.array([sum(row[2] == g and row[0] >= moment for row in part) for g in groups])
            died = np.array([sum(row[2] == g and row[0] == moment and row[1] for row in part) for g in groups])
            n, d = risk.sum(), died.sum()
            excess += died - d * risk / n
            if n > 1:
                factor = d * (n - d) / (n - 1) / n**2
                matrix += factor * (n * np.diag(risk) - np.outer(risk, risk))
    return excess, matrix


@given(subjects)
def test_statistic_by_a_plain_loop(rows):
    time, event, group, strata = columns(rows)
    result = estimate_log_rank(time, event, group, strata)
    excess, matrix = plain_loop(rows, result.groups)
    assert np.subtract(result.observed, result.expected) == pytest.approx(excess, abs=1e-9)
    assert sum(result.observed) == pytest.approx(sum(result.expected))
    if result.chi_square is None:
        assert result.warnings
    else:
        assert result.chi_square == pytest.approx(excess @ np.linalg.pinv(matrix, rtol=1e-10) @ excess, abs=1e-9)


def test_statsmodels_finds_the_same(sim):
    chi_square, p_value = survdiff(sim["TIME"], sim["EVENT"], sim["STRATUM"], strata=sim["ARM"])
    result = estimate_log_rank(sim["TIME"], sim["EVENT"], sim["STRATUM"], sim["ARM"])
    assert (result.chi_square, result.p_value) == pytest.approx((chi_square, p_value), rel=1e-10)


@given(subjects, st.randoms(use_true_random=False))
def test_order_and_names_change_nothing(rows, random):
    shuffled = random.sample(rows, len(rows))
    renamed = [(time, event, {"x": "c", "y": "b", "z": "a"}[group], stratum) for time, event, group, stratum in rows]
    plain = estimate_log_rank(*columns(rows))
    for other in (estimate_log_rank(*columns(shuffled)), estimate_log_rank(*columns(renamed))):
        assert (other.chi_square is None) == (plain.chi_square is None)
        assert other.chi_square is None or other.chi_square == pytest.approx(plain.chi_square, abs=1e-9)
        assert other.df == plain.df


def test_nothing_to_compare():
    quiet = estimate_log_rank([1, 2, 3, 4], [0, 0, 0, 0], [1, 1, 2, 2])
    assert (quiet.chi_square, quiet.df, quiet.p_value) == (None, None, None)
    assert "nothing to compare" in quiet.warnings[-1]
    assert "not estimable" in repr(quiet)
    early = estimate_log_rank([1, 5, 6, 5, 6], [0, 1, 1, 1, 0], ["gone", "a", "a", "b", "b"])
    assert early.df == 1
    assert "group 'gone' was never at risk" in early.warnings[0]


def test_dictionary_and_html():
    result = estimate_log_rank([1, 2, 3, 4], [1, 0, 1, 1], ["a", "a", "b", "b"])
    assert json.loads(json.dumps(result.to_dict()))["groups"] == ["a", "b"]
    assert "<td>a</td><td>2</td><td>1</td>" in result._repr_html_()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, 2], [1, 0], ["a", "a"]), "group: got 1 group"),
        (([1, 2], [1, 0], ["a", "b"], ["A"]), "lengths: got time 2, strata 1"),
        (([1, 2], [1, 0], ["a"]), "lengths"),
        (([1, -2], [1, 0], ["a", "b"]), "time: got -2"),
    ],
)
def test_bad_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        estimate_log_rank(*arguments)
