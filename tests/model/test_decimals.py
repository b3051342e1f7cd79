"""Numbers as the decimals they are written as."""

import random
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from myotrial.model.decimals import NANO, exact, to_nano


@pytest.mark.parametrize("places", [1, 3, 6, 9])
def test_the_nearest_double_gives_its_decimal(places):
    rng = random.Random(places)  # noqa: S311
    # Up to 4 million: from there a double can be more than half a billionth from its decimal.
    written = [f"{Decimal(rng.randrange(4_000_000 * 10**places)).scaleb(-places):f}" for _ in range(20_000)]
    found = to_nano(np.array([float(number) for number in written])).tolist()
    assert found == [int(Fraction(number) * NANO) for number in written]


def test_missing_is_masked_elsewhere_and_shape_is_kept():
    assert to_nano(np.array([[0.1, np.nan], [-2.5, 0.0]])).tolist() == [[NANO // 10, 0], [-5 * NANO // 2, 0]]
    assert to_nano(np.array([])).shape == (0,)
    assert int(to_nano(np.array(7.5))) == 7_500_000_000


@pytest.mark.parametrize(
    ("number", "fraction"), [(0.1, (1, 10)), ("33.3", (333, 10)), (1e-07, (1, 10**7)), (40, (40, 1))]
)
def test_a_number_as_written(number, fraction):
    assert exact(number) == Fraction(*fraction)
