"""Write the visit table that the benchmark scores: random values on the instruments' grids, zstd.

20 columns, and CMAS with ``with_cmas``; ``missing`` is the share of a measure's cells that are empty.
"""

from pathlib import Path

import numpy as np
import polars as pl

ENZYMES = {"ck": 190, "aldolase": 8, "ldh": 245, "ast": 40, "alt": 41}


def write_visits(
    path: Path,
    visits: int,
    *,
    shuffled: bool = False,
    with_cmas: bool = False,
    missing: float = 0,
    per_subject: int = 10,
    seed: int = 1,
) -> None:
    random = np.random.default_rng(seed)
    subjects = visits // per_subject
    columns: dict[str, object] = {
        "subject_id": np.repeat([f"S{number:07d}" for number in range(subjects)], per_subject),
        "week": np.tile(np.arange(per_subject) * 4, subjects),
        "day": np.tile(np.arange(per_subject) * 28 + 1, subjects),
        "arm": np.repeat(np.where(random.random(subjects) < 0.5, "active", "placebo"), per_subject),
        "physician_global_cm": random.integers(0, 101, visits) / 10,
        "patient_global_cm": random.integers(0, 101, visits) / 10,
        "mmt": random.integers(60, 151, visits),
        "mmt_max": np.full(visits, 150),
        "haq_di": random.integers(0, 25, visits) / 8,
        "extramuscular_cm": random.integers(0, 101, visits) / 10,
    }
    for name, limit in ENZYMES.items():
        columns[f"{name}_u_per_l"] = random.integers(1, 40 * limit, visits).astype(np.float64)
        columns[f"{name}_uln_u_per_l"] = np.full(visits, float(limit))
    if with_cmas:
        columns["cmas"] = random.integers(0, 53, visits)
    table = pl.DataFrame(columns)
    if missing:
        measures = [name for name in table.columns[4:] if name != "mmt_max" and "_uln_" not in name]
        table = table.with_columns(
            table[name].set(pl.Series(random.random(visits) < missing), None) for name in measures
        )
    if shuffled:
        table = table.sample(fraction=1, shuffle=True, seed=seed)
    table.write_parquet(path, compression="zstd")
