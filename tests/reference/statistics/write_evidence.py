"""Writes the generated table of docs/evidence/statistics.md: largest relative difference from R, per method.

Run from the repository root: ``python tests/reference/statistics/write_evidence.py``. Cases, calls and tolerances are
those of ``tests/statistics/test_r_figures.py`` and ``test_r_figures_of_models.py``.
"""

import csv
import math
import runpy
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
PAGE = ROOT / "docs" / "evidence" / "statistics.md"
START, END = "<!-- generated: start -->\n", "<!-- generated: end -->\n"


def read_rows(name):
    with (HERE / name).open() as file:
        return list(csv.DictReader(file))


def read_figures():
    """Return case → quantity → R's figure, ``None`` where R has none."""
    figures = defaultdict(dict)
    for row in read_rows("r_figures.csv"):
        number = float(row["value"]) if row["value"] else math.nan
        figures[row["case"]][row["quantity"]] = number if math.isfinite(number) else None
    return figures


def read_data():
    rows, text = read_rows("sim_endpoints.csv"), {"ID", "ARM", "STRATUM"}
    return {name: np.array([r[name] if name in text else float(r[name]) for r in rows]) for name in rows[0]}


def distance(got, expected, absolute):
    """Relative difference; a figure near zero, or one that R only knows roughly, is compared as it is."""
    if expected is None or got is None:
        return 0.0 if got is expected else math.inf
    return abs(got - expected) / (1.0 if absolute or abs(expected) < 1e-6 else abs(expected))


def table():
    tests = ROOT / "tests" / "statistics"
    shared = runpy.run_path(str(tests / "conftest.py"))
    figures, data = read_figures(), shared["with_more_columns"](read_data())
    yield "| method | R | figures | largest relative difference |\n|---|---|---|---|\n"
    for name in ("test_r_figures.py", "test_r_figures_of_models.py"):
        for title, family in runpy.run_path(str(tests / name))["FAMILIES"].items():
            absolute = family.get("absolute", 0) > 1e-6
            rows = shared["differences"](family["cases"], figures, data, family.get("only"))
            found = [distance(*row[2:], absolute) for row in rows]
            yield f"| {title} | {family['source']} | {len(found)} | {max(found):.0e}{' (absolute)' * absolute} |\n"


def main():
    text = PAGE.read_text()
    before, rest = text.split(START)
    after = rest.split(END)[1]
    PAGE.write_text(before + START + "".join(table()) + END + after)


if __name__ == "__main__":
    sys.exit(main())
