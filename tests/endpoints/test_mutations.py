"""Mutations of the main code, each of which the second derivation must catch: else it would prove nothing.

Each mutation changes one line of a copy of the package; a process of its own then compares both derivations.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "myotrial"

MUTATIONS = [
    # file, the code as it stands, the code as it is changed
    ("endpoints/grids.py", "return np.where(np.isnan(grid), nominal, grid)", "return np.tile(nominal, (len(grid), 1))"),
    ("endpoints/happenings.py", "end.is_null() | (end >= FIRST_DAY)", "end.is_null() | (end >= FIRST_DAY - 5)"),
    ("endpoints/happenings.py", 'day=pl.max_horizontal(pl.col("start_day").cast(pl.Int64), FIRST_DAY)',
     'day=pl.col("start_day").cast(pl.Int64) + 1'),
    ("endpoints/doses.py", 'LEFT = ("discontinued_study", "death")', 'LEFT = ("death",)'),
    ("endpoints/doses.py", '["background", "rescue"]', '["background"]'),
    ("endpoints/doses.py", 'pl.col("route").is_in(list(how.routes))', "pl.lit(value=True)"),
    ("endpoints/rules.py", '"confirmed" if confirmed else found.answer', "found.answer"),
    ("endpoints/rules.py", 'found["episodes_low"].to_numpy(), found', 'found["episodes_high"].to_numpy(), found'),
    ("endpoints/times.py", "event = day <= last", "event = day < last"),
    ("endpoints/times.py", "np.where(known, days, 0.0).max(axis=1, initial=0.0)", "days[:, -1]"),
    ("endpoints/times.py", "last if at_end else np.maximum(last, nominal)", "np.maximum(last, nominal)"),
    ("endpoints/visits.py", "if variable.toward_better and panel", "if panel"),
    ("endpoints/visits.py", "panel.baseline if variable.from_week is None else panel.column(variable.from_week)",
     "panel.baseline"),
    ("endpoints/visits.py", "np.where(unknown, left_out, answer == MET)", "np.where(unknown, np.nan, answer == MET)"),
    ("endpoints/visits.py", 'if strategy == "non_response":', 'if strategy == "non_response" and event != "rescue":'),
    ("endpoints/occurrences.py", "happened, unknown = sure > 0,", "happened, unknown = possible > 0,"),
    ("endpoints/occurrences.py", 'drop_nulls().unique()', "drop_nulls()"),
    ("endpoints/populations.py", "inside &= answer == MET", "inside &= answer != 0"),
    ("model/panel.py", "else days[:, None] < self.day[:, columns]", "else days[:, None] <= self.day[:, columns]"),
    ("model/evaluate.py", "return low >= edge, high < edge", "return low > edge, high <= edge"),
    ("model/evaluate.py", "folded = np.where(attended, answers, NOT_MET).max(axis=1)", "folded = answers[:, -1]"),
    ("instruments/treatments/adverse_events.py", ".when(start.is_null())\n        .then(statement=True)",
     ".when(start.is_null())\n        .then(statement=False)"),
    ("instruments/treatments/adverse_events.py", "(now > before)", "(now >= before)"),
    ("instruments/treatments/glucocorticoid_courses.py", 'pl.col("day").shift(-1).over',
     'pl.col("day").shift(-2).over'),
    ("criteria/change/episodes.py", "reached = place - np.maximum.accumulate(broken) >= length",
     "reached = place - np.maximum.accumulate(broken) >= length - 1"),
    ("data/criteria/acr-eular-2016.yaml", None, None),
]  # fmt: skip
"""The last one changes the points of a band in the data."""


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    """Copy what the comparison needs: the package, its tests' door to the second derivation, the second score."""
    home = tmp_path_factory.mktemp("mutated")
    shutil.copytree(PACKAGE, home / "src" / "myotrial", ignore=shutil.ignore_patterns("__pycache__"))
    for folder in ("endpoints", "reference/outcomes", "reference/tis"):
        shutil.copytree(ROOT / "tests" / folder, home / "tests" / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (home / "pytest.ini").write_text("[pytest]\naddopts = -q -p no:cacheprovider\nmarkers = proof\n", encoding="utf-8")
    return home


def compare(home):
    """Run the comparison over the copy; return whether it found a difference, and what it said."""
    command = [sys.executable, "-m", "pytest", "-x", "tests/endpoints/test_double_programming.py", "-k",
               "not two_hundred", "-c", "pytest.ini", "--rootdir", "."]  # fmt: skip
    environment = {"PYTHONPATH": str(home / "src"), "PATH": "/usr/bin:/bin", "HOME": str(home)}
    done = subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.proof
def test_nothing_changed_agrees(copied):
    status, said = compare(copied)
    assert status == 0, said[-2000:]


@pytest.mark.proof
@pytest.mark.parametrize("number", range(len(MUTATIONS)))
def test_a_mutation_is_caught(copied, number):
    name, right, wrong = MUTATIONS[number]
    file = copied / "src" / "myotrial" / name
    text = file.read_text(encoding="utf-8")
    if right is None:
        right, wrong = _a_band(text)
    assert text.count(right) == 1, f"{name} no longer holds what this mutation changes, exactly once"
    file.write_text(text.replace(right, wrong), encoding="utf-8")
    try:
        status, said = compare(copied)
    finally:
        file.write_text(text, encoding="utf-8")
    assert status == 1, f"not caught: {right!r} as {wrong!r} in {name}\n{said[-1500:]}"
    assert "AssertionError" in said or "assert " in said


def _a_band(text):
    """Return the row of strength that gives 32.5 points, and the same with 30."""
    line = next(line for line in text.splitlines() if "32.5" in line and "points" in line)
    return line, line.replace("32.5", "30")
