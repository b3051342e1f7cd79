"""The public face: every name is there, has an example that runs, and costs nothing until it is used."""

import subprocess
import sys

import pytest

import myotrial


def test_every_public_name_loads() -> None:
    for name in myotrial.__all__:
        assert getattr(myotrial, name) is not None


@pytest.mark.parametrize("name", [name for name in myotrial.__all__ if not name.startswith("__")])
def test_every_public_name_is_documented(name: str) -> None:
    thing = getattr(myotrial, name)
    assert (thing.__doc__ or "").strip(), f"{name} has no docstring"


FUNCTIONS = [name for name in myotrial.__all__ if name[0].islower()]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_public_function_has_an_example(name: str) -> None:
    assert ">>>" in (getattr(myotrial, name).__doc__ or ""), f"{name} has no runnable example"


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="score_tos"):
        _ = myotrial.score_tos


def test_importing_the_package_loads_no_heavy_library() -> None:
    code = (
        "import myotrial, sys; print(sorted({'polars', 'scipy', 'statsmodels', 'pandas', 'altair'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_scoring_loads_neither_scipy_nor_pandas() -> None:
    code = (
        "import sys; from myotrial.cli.app import run; import myotrial.cli.score;"
        "print(sorted({'scipy', 'statsmodels', 'pandas', 'altair'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
