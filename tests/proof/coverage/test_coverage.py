"""The coverage table, as part of ``make proof``."""

import importlib.util
from pathlib import Path

import pytest


@pytest.mark.proof
def test_coverage_is_what_theory_says(tmp_path, request):
    spec = importlib.util.spec_from_file_location("coverage_run", Path(__file__).with_name("run.py"))
    run = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(run)
    if not request.config.getoption("--proof-page", default=False):
        run.PAGE = tmp_path / "coverage.md"
    assert run.main() == 0
