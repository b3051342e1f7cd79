"""Print how long every outcome of RECLAIIM takes over a large study, as a ratio to reading its tables.

Run by run.py; alone: python benchmarks/outcomes.py [subjects]
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl

from myotrial import analyse, load_trial, read_study, simulate_study
from myotrial.endpoints.panel import trial_needs
from myotrial.trials.definition import TrialDefinition

TRIAL, SUBJECTS, SEED = "NCT04044690", 10_000, 1


def as_planned(trial: TrialDefinition) -> TrialDefinition:
    """Return the definition with its outcomes alone, without sensitivity analyses, subgroups and tipping points."""
    bare = {"sensitivity": (), "subgroups": (), "tipping_point": None}
    return trial.model_copy(update={"outcomes": tuple(each.model_copy(update=bare) for each in trial.outcomes)})


def read_floor(folder: Path) -> float:
    start = time.perf_counter()
    for file in sorted(folder.glob("*.csv")):
        pl.read_csv(file, infer_schema_length=None)
    return time.perf_counter() - start


def measure(folder: Path) -> None:
    """Print the figures; in a process of its own, so that the memory is that of this alone."""
    trial = load_trial(TRIAL)
    analyse(trial, simulate_study(trial, n=60, seed=2))  # once unmeasured: imports
    floors = [read_floor(folder) for _ in range(3)]
    start = time.perf_counter()
    study = read_study(folder, trial.schedule.baseline_week, needs=trial_needs(trial))
    reading = time.perf_counter() - start
    start, start_cpu = time.perf_counter(), time.process_time()
    results = analyse(as_planned(trial), study)
    computing, processor = time.perf_counter() - start, time.process_time() - start_cpu
    status = Path("/proc/self/status").read_text() if Path("/proc/self/status").exists() else "VmHWM: 0 kB"
    peak = int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1e6
    floor = min(floors)
    print(f"All outcomes of {TRIAL}, {study.subjects.height:,} subjects × {len(trial.schedule.visits)} visits, "
          f"{results.rows.height:,} estimates")  # fmt: skip
    print(f"  computing ÷ Polars reading the tables  {computing / floor:6.1f}  ({computing:.2f} s by the clock, "
          f"{processor:.2f} s of processor time ÷ {floor:.2f} s)")  # fmt: skip
    print(f"  computing ÷ our checked reading        {computing / reading:6.1f}  ({reading:.2f} s)")
    print(f"  memory at the most                     {peak:6.2f} GB")
    start = time.perf_counter()
    analyse(trial, study)
    print(f"  with every sensitivity analysis (200 imputed data sets), subgroup and tipping point: "
          f"{time.perf_counter() - start:.1f} s")  # fmt: skip


def main(subjects: int = SUBJECTS) -> None:
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "study"
        simulate_study(load_trial(TRIAL), n=subjects, seed=SEED).write(folder)
        subprocess.run([sys.executable, __file__, "measure", str(folder)], check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        measure(Path(sys.argv[2]))
    else:
        main(*map(int, sys.argv[1:]))
