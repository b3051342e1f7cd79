"""The ledger of the proof: what was run, how many pairs, how many wrong, and the page that keeps it."""

import importlib.util
import os
import platform
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from myotrial.study.tables import load_tables

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "evidence" / "exhaustive.md"
LEDGER = []

HEAD = """\
# Every pair, none wrong

`make proof` scores every pair of values that a measure can have at baseline and at a visit, and the enzymes around
every edge, and compares each answer with exact fractions that were programmed a second time (`tests/proof/exact.py`).
A part of it runs with `make test`. These are the figures of the last whole run.

- **Measures.** Every pair of values on the measure's grid: 0.1 cm for visual analogue scales, 0.125 for HAQ and CHAQ,
  half points for strength out of 80, 150 and 260 and for DAS, whole points for CMAS. The grid of half points holds
  the grid of whole points. In the rules of change a measure moves alone; every comparison that the rule makes of it
  is checked, under every choice of every option that bears on it (a row sums them up).
- **Enzymes.** Values and upper limits of normal of up to three decimals, in U/L and in µkat/L, for fifty limits: the
  second value lies on an edge where the grid has it, and 0.001 to either side; the limit at the second visit is the
  same, twice it, or another.
- **Scores.** Every combination of the six measures' bands, against the sum of the points and the category.
"""


def pytest_addoption(parser):
    parser.addoption("--proof-page", action="store_true", help="write docs/evidence/exhaustive.md")


def pytest_terminal_summary(terminalreporter, config):
    if not LEDGER:
        return
    pairs, wrong = (sum(row[place] for row in LEDGER) for place in (2, 4))
    terminalreporter.write_line(f"proof: {pairs:,} pairs, {wrong:,} wrong")
    if config.getoption("--proof-page", default=False) and not terminalreporter.stats.get("failed"):
        PAGE.write_text(page(), encoding="utf-8")
        terminalreporter.write_line(f"written: {PAGE.relative_to(ROOT)}")


def page():
    sums = {}
    for rule, what, *numbers in LEDGER:
        held = sums.setdefault((rule, what), [0, 0, 0, 0])
        sums[rule, what] = [one + other for one, other in zip(held, numbers, strict=True)]
    rows = [(*key, *numbers) for key, numbers in sorted(sums.items())]
    totals = [sum(row[place] for row in rows) for place in (2, 3, 4, 5)]
    lines = [
        "| rule | what | pairs | exactly on an edge | wrong | seconds |",
        "|---|---|--:|--:|--:|--:|",
        *(
            f"| {rule} | {what} | {pairs:,} | {edge:,} | {wrong:,} | {seconds:.1f} |"
            for rule, what, pairs, edge, wrong, seconds in rows
        ),
        f"| all | | {totals[0]:,} | {totals[1]:,} | {totals[2]:,} | {totals[3]:.1f} |",
    ]
    told = f"Run on {os.cpu_count()} cores with Python {platform.python_version()}, NumPy {np.__version__}."
    return "\n".join([HEAD, *lines, "", told, ""])


@pytest.fixture(scope="session")
def exact():
    """Load the second programming."""
    spec = importlib.util.spec_from_file_location("proof_exact", Path(__file__).with_name("exact.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def ledger(request):
    """Count what was compared since the test began, and find nothing wrong."""
    began = time.perf_counter()

    def note(rule, what, found, right, on_edge, *, whole=True):
        found, right = np.asarray(found), np.asarray(right)
        assert found.shape == right.shape
        wrong = np.flatnonzero(found != right)
        if whole or not request.config.getoption("--proof-page", default=False):
            LEDGER.append((rule, what, found.size, int(on_edge), wrong.size, time.perf_counter() - began))
        assert wrong.size == 0, f"{rule}, {what}: pairs {wrong[:5]} give {found[wrong[:5]]}, not {right[wrong[:5]]}"

    return note


@pytest.fixture(scope="session")
def pairs_table():
    """Column → (values at baseline, values at the visit), as exact numbers → the visit table, a subject a pair."""

    def build(**columns):
        count = len(next(iter(columns.values()))[0])
        held = {
            name: np.stack([np.array(end, dtype=np.float64) for end in ends], axis=1).ravel()
            for name, ends in columns.items()
        }
        every = {column.name: column for column in load_tables()["visits"].columns}
        measured = [column for column in every.values() if column.better]
        wanted = [*measured, *(every[column.uln] for column in measured if column.uln)]
        absent = [column.name for column in wanted if column.alternate is None or column.alternate.name not in held]
        nothing = pl.Series([None], dtype=pl.Float64).new_from_index(0, 2 * count)
        blank = {**dict.fromkeys(absent, nothing), "week": pl.Series([0, 16] * count)}
        subject = pl.int_range(count, eager=True).cast(pl.String).repeat_by(2).explode(empty_as_null=True)
        return pl.DataFrame({"subject_id": subject, **blank, **held})

    return build
