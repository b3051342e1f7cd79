"""The estimate prints itself and never holds NaN."""

import json
import math
import subprocess
import sys

import pytest

from myotrial import statistics
from myotrial.statistics import Estimate


def test_repr_is_one_line_with_the_numbers():
    estimate = Estimate(
        value=1.5, low=1.0, high=2.25, conf_level=0.9, p_value=0.00001, n=40, method="ratio", warnings=("w",)
    )
    assert repr(estimate) == "Estimate: 1.5 (90 % CI 1 to 2.25), p < 0.0001, n = 40, 1 warning [ratio]"


def test_html_escapes_and_holds_every_number():
    html = Estimate(
        value=1, low=None, high=2, conf_level=0.95, se=0.5, p_value=0.04, n=4, method="a < b", warnings=("w",)
    )._repr_html_()
    for part in ("a &lt; b", "not estimable to 2", "p = 0.0400", "<td>0.5</td>", "<td>w</td>"):
        assert part in html
    assert "CI" not in Estimate(value=None, n=0, method="m")._repr_html_()


def test_interval_without_a_level_is_still_named():
    assert repr(Estimate(value=1, low=0, high=2, n=3, method="m")) == "Estimate: 1 (CI 0 to 2), n = 3 [m]"


def test_dictionary_goes_through_json():
    estimate = Estimate(value=0.5, n=2, method="m", warnings=("why",))
    assert json.loads(json.dumps(estimate.to_dict()))["warnings"] == ["why"]


@pytest.mark.parametrize("number", [math.nan, math.inf])
@pytest.mark.parametrize("field", ["value", "low", "high", "se", "p_value"])
def test_no_field_holds_nan(field, number):
    with pytest.raises(ValueError, match=f"{field}: got {number}"):
        Estimate(**{"value": None, "n": 1, "method": "m", field: number})


def test_all_names_are_there_once():
    assert len(set(statistics.__all__)) == len(statistics.__all__)
    assert all(hasattr(statistics, name) for name in statistics.__all__)


def test_import_loads_neither_scipy_nor_statsmodels():
    code = "import sys, myotrial.statistics; print(*{'scipy', 'statsmodels', 'pandas'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""
