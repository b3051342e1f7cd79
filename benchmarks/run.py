"""Print speed and memory as ratios measured in one run: ours ÷ a floor that no reader of the file can beat."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import polars as pl
import polars.selectors as cs
from visits_file import write_visits

from myotrial import find_needs, read_visits, score_tis, score_visits

VISITS, ROUNDS = 1_000_000, 7


def read_and_sum(path: Path) -> None:
    pl.read_parquet(path).select(cs.numeric().sum(), cs.string().len())


def read_and_score(path: Path) -> None:
    score_tis(read_visits(path))


RULES = ("acr-eular-2016-adult", "imacs-doi-2004", "worsening-proderm", "printo-inactive")


def read_and_score_all(path: Path) -> None:
    visits = read_visits(path, needs=find_needs(*RULES))
    for rule in RULES:
        score_visits(visits, rule)


TASKS: dict[str, Callable[[Path], None]] = {
    "floor": read_and_sum,
    "score": read_and_score,
    "rules": read_and_score_all,
}


def timed(task: str, path: Path) -> float:
    start = time.perf_counter()
    TASKS[task](path)
    return time.perf_counter() - start


def peak_memory(task: str, path: Path) -> float:
    """Run one task in a process of its own; return the most memory it held, in GB."""
    code = subprocess.run([sys.executable, __file__, task, str(path)], check=True, capture_output=True, text=True)
    return float(code.stdout)


def own_peak() -> float:
    """Return the most memory this process has held, in GB (Linux carries ``ru_maxrss`` over from the parent)."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e9  # macOS counts bytes


def compare(title: str, path: Path, task: str = "score") -> None:
    """Print ours ÷ floor over one file, round by round, so that a slow moment of the machine falls on both."""
    for each in ("floor", task):
        timed(each, path)  # once unmeasured: imports, page cache
    rounds = [(timed("floor", path), timed(task, path)) for _ in range(ROUNDS)]
    ratios = [ours / floor for floor, ours in rounds]
    floor_memory, our_memory = peak_memory("floor", path), peak_memory(task, path)
    floor, ours = (median(times) for times in zip(*rounds, strict=True))
    print(title)
    print(f"  time    {median(ratios):5.2f}  (smallest {min(ratios):.2f}, largest {max(ratios):.2f} of {ROUNDS} "
          f"rounds; {ours:.2f} s ÷ {floor:.2f} s)")  # fmt: skip
    print(f"  memory  {our_memory / floor_memory:5.2f}  ({our_memory:.2f} GB ÷ {floor_memory:.2f} GB at the most)")


def main() -> None:
    print(f"Read, check and score {VISITS:,} visits ÷ Polars reads the Parquet file and sums its columns")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "visits.parquet"
        write_visits(path, VISITS)
        compare("TIS, rows by subject and week", path)
        write_visits(path, VISITS, shuffled=True)
        compare("TIS, rows in random order", path)
        write_visits(path, VISITS, with_cmas=True)
        compare("TIS, improvement (DOI), worsening and inactive disease together", path, "rules")
        write_visits(path, VISITS, with_cmas=True, missing=0.05)
        compare("the same, 5 % of the measures' cells empty", path, "rules")
    mixed = Path(__file__).with_name("mmrm.py")
    subprocess.run([sys.executable, str(mixed)], check=True, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})
    subprocess.run([sys.executable, str(Path(__file__).with_name("outcomes.py"))], check=True)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        TASKS[sys.argv[1]](Path(sys.argv[2]))
        print(own_peak())
    else:
        main()
