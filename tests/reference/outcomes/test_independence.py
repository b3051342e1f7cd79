"""Every registered outcome is derived, and nothing of the code under test is imported."""

import ast
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
RECLAIIM, BELIMUMAB, TIME_IS_MUSCLE = "NCT04044690", "NCT02347891", "NCT05832034"


def test_every_registered_outcome_is_there(second):
    """40 of RECLAIIM, 4 of belimumab, 1 of Time Is Muscle; several entries may stand for one."""
    assert {name.split(".")[0] for name in second.outcomes(RECLAIIM)} == {f"C{place}" for place in range(40)}
    assert {name.split(".")[0] for name in second.outcomes(BELIMUMAB)} == {"A1", "A2", "A3", "A4"}
    assert second.outcomes(TIME_IS_MUSCLE) == ("B1",)


FOLDERS = (HERE / "second_outcomes", HERE.parent / "tis")
ALLOWED = {"fractions", "functools", "importlib", "itertools", "pathlib", "sys"}


@pytest.mark.parametrize(
    "path",
    [HERE / "second_derivation.py", *sorted(path for folder in FOLDERS for path in folder.glob("*.py"))],
    ids=str,
)
def test_imports_nothing_of_the_code_under_test_and_computes_without_floats(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            assert {name.name.split(".")[0] for name in node.names} <= ALLOWED
        if isinstance(node, ast.ImportFrom) and not node.level:
            assert node.module.split(".")[0] in ALLOWED
        if path.parent.name != "outcomes" and path.name != "counting.py":
            assert not (isinstance(node, ast.Constant) and isinstance(node.value, float))
