"""A new instrument, rule or set of criteria is registered by its data file: the common suites run over it unedited."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import myotrial

ROOT = Path(__file__).resolve().parents[2]
MADE_UP = """\
id: made-up-scale
title: A scale that nobody has published
short: Made up
measures: nothing
sources:
  none: &none {citation: Made up for a test, status: ours}
blocks:
  - source: *none
    high: 4
    step: 1
    items: [{id: first, label: First}, {id: second, label: Second}]
totals:
  - {name: made_up, label: Made up, unit: points, low: 0, high: HIGH, step: 1, better: lower, rule: sum, source: *none}
copyright: nobody's
"""


def suites(tmp_path, high):
    """Run the common suites over a copy of the package with three made-up files in it."""
    package = tmp_path / "myotrial"
    shutil.copytree(Path(myotrial.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    data = package / "data"
    (data / "instruments" / "made-up-scale.yaml").write_text(MADE_UP.replace("HIGH", high), encoding="utf-8")
    for folder, name, new in (
        ("criteria", "acr-eular-2016", "made-up"),
        ("rules", "printo-inactive", "made-up-inactive"),
        ("classification", "overlap", "made-up-overlap"),
    ):
        text = (data / folder / f"{name}.yaml").read_text(encoding="utf-8")
        changed = re.sub(rf"(id: ){name}", rf"\g<1>{new}", text)
        (data / folder / f"{new}.yaml").write_text(changed, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", str(ROOT / "tests" / "common"), "-c", str(ROOT / "pyproject.toml"),
               "-p", "no:randomly", "-p", "no:cacheprovider", "-rA", "--tb=no", "-k",
               "made-up and (range or order or rows)",
               "--ignore", __file__]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=tmp_path)
    return dict(
        reversed(line.split(" ", 1)) for line in run.stdout.splitlines() if line.startswith(("PASSED", "FAILED"))
    )


def test_made_up_files_are_run_by_every_suite(tmp_path):
    """The instrument states a highest score that its items do not reach: the suite finds it. All else passes."""
    found = suites(tmp_path, high="9")
    failed = [name for name, how in found.items() if how == "FAILED"]
    assert len(failed) == 1
    assert "test_the_range_is_reached_at_both_ends_and_never_left[made-up-scale]" in failed[0]
    for suite, name in (
        ("instruments", "made-up-scale"),
        ("criteria", "made-up-adult"),
        ("criteria", "made-up-inactive"),
        ("classifications", "made-up-overlap"),
    ):
        run = [test for test in found if f"test_{suite}_common" in test and f"[{name}" in test]
        assert run, (suite, name)
