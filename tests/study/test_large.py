"""A million rows: read in little memory and little time."""

import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

ROWS, LIMIT_MIB = 1_000_000, 3_000
READ = """
import resource, sys
from myotrial.study.visits import read_visits
visits = read_visits(sys.argv[1], 0)
print(visits.frame.height, len(visits.layout.first), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def frame() -> pl.DataFrame:
    row = pl.int_range(ROWS)
    return pl.select(
        subject_id=pl.format("S{}", row // 10),
        week=row % 10 * 4,
        physician_global_cm=(row % 101) / 10,
        patient_global_cm=(row % 97) / 10,
        mmt=row % 151,
        haq_di=(row % 25) / 8,
        extramuscular_cm=(row % 89) / 10,
        ck_u_per_l=row % 3000,
        ck_uln_u_per_l=pl.lit(200),
    )


@pytest.mark.parametrize(
    ("suffix", "quotes"), [("parquet", False), pytest.param("csv", False, marks=pytest.mark.proof), ("csv", True)]
)
def test_a_million_rows(tmp_path: Path, suffix: str, quotes: bool) -> None:
    file = tmp_path / f"visits.{suffix}"
    if suffix == "parquet":
        frame().write_parquet(file)
    else:
        frame().write_csv(file, quote_style="non_numeric" if quotes else "necessary")
    done = subprocess.run([sys.executable, "-c", READ, file], capture_output=True, text=True, check=True, timeout=60)
    rows, subjects, mib = map(int, done.stdout.split())
    assert (rows, subjects) == (ROWS, ROWS // 10)
    assert mib < LIMIT_MIB
