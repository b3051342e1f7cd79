"""Means, their difference and summaries, against R."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from myotrial.statistics import describe, estimate_mean, estimate_mean_difference

values = st.lists(st.integers(-1000, 1000).map(lambda tenth: tenth / 10), min_size=1, max_size=30)


def test_mean_of_r(sim, agrees):
    agrees(estimate_mean(sim["AGE"][sim["ARM"] == "TRT"]), "mean AGE TRT", relative=1e-11)


@pytest.mark.parametrize("equal", [False, True])
def test_mean_difference_of_r(sim, agrees, equal):
    treated = sim["EXPOSURE"][sim["ARM"] == "TRT"]
    placebo = sim["EXPOSURE"][sim["ARM"] == "PBO"][:37]
    estimate = estimate_mean_difference(treated, placebo, equal_variances=equal)
    agrees(estimate, f"mean difference EXPOSURE {str(equal).lower()}", relative=1e-10)


@pytest.mark.parametrize("n", [2, 3, 4, 5, 8, 41, 240])
def test_description_of_r(sim, agrees, n):
    """Quartiles are R's quantile(type = 2)."""
    agrees(describe(sim["AGE"][:n]), f"describe AGE {n}", relative=1e-12)


@given(values, values, st.booleans())
def test_swapping_the_groups_negates_the_difference(a, b, equal):
    estimate = estimate_mean_difference(a, b, equal_variances=equal)
    swapped = estimate_mean_difference(b, a, equal_variances=equal)
    assert swapped.value == -estimate.value
    if estimate.low is None:
        assert swapped.low is None
        assert estimate.warnings
        return
    assert estimate.low <= estimate.value <= estimate.high
    assert swapped.low == pytest.approx(-estimate.high)
    assert swapped.p_value == pytest.approx(estimate.p_value)


@given(values, st.randoms(use_true_random=False))
def test_order_of_the_values_changes_nothing(numbers, random):
    shuffled = random.sample(numbers, len(numbers))
    plain, other = describe(numbers), describe(shuffled)
    assert (plain.median, plain.q1, plain.q3, plain.n) == (other.median, other.q1, other.q3, other.n)
    assert plain.mean == pytest.approx(other.mean, abs=1e-12)
    assert plain.minimum <= plain.q1 <= plain.median <= plain.q3 <= plain.maximum


@given(values)
def test_interval_contains_the_mean(numbers):
    estimate = estimate_mean(numbers)
    if estimate.low is None:
        assert len(set(numbers)) == 1
        assert estimate.warnings
    else:
        assert estimate.low < estimate.value < estimate.high


def test_series_of_a_frame_is_taken():
    assert estimate_mean(pl.Series([1.0, 2.0, 3.0])).value == 2
    with pytest.raises(ValueError, match="values: got nan at position 1; expected finite numbers"):
        estimate_mean(pl.Series([1.0, None, 3.0]))


def test_too_few_values():
    assert estimate_mean([]).warnings == ("there are no values",)
    one = estimate_mean([3.5])
    assert (one.value, one.se, one.low) == (3.5, None, None)
    assert "one value" in one.warnings[0]
    assert "all values are equal" in estimate_mean([2, 2, 2]).warnings[0]
    assert describe([]).to_dict()["mean"] is None
    assert describe([4.0]).sd is None
    assert "one value" in describe([4.0])._repr_html_()
    assert estimate_mean_difference([], [1, 2]).warnings == ("a has no values",)
    assert estimate_mean_difference([1], [1, 2]).low is None
    assert estimate_mean_difference([1], [1, 2], equal_variances=True).low is not None
    flat = estimate_mean_difference([1, 1], [2, 2])
    assert (flat.value, flat.se, flat.low) == (-1, 0, None)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ([1, math.inf], "values: got inf at position 1"),
        ([[1, 2]], "values: got 2 dimensions; expected one"),
        (["x"], "values: got 'x' at position 0; expected numbers"),
        (np.array([1, None], dtype=object), "values: got nan at position 1"),
    ],
)
def test_bad_values_are_refused(bad, message):
    for function in (describe, estimate_mean):
        with pytest.raises(ValueError, match=message):
            function(bad)


def test_reprs():
    assert repr(describe([])) == "Description: n = 0"
    assert "not estimable" in repr(describe([1.0]))
    assert "R type 2" in describe([1, 2])._repr_html_()
