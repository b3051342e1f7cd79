"""Print the speed of the mixed models: ours ÷ a dense fit subject by subject in the same run, and R mmrm ÷ ours.

R mmrm 0.3.18 (R 4.2.2, one process, 2 vCPU AMD EPYC, quiet) took 0.262 s for a fit of 126 subjects at 7 visits with
Satterthwaite's degrees of freedom, 0.764 s with Kenward-Roger, and 38.2 s for 1,000 subjects at 10 visits with the
latter. Those seconds are not scaled: ours are processor time on this machine, least of the repetitions, so that other
work on the machine only lowers the ratio. The ratio to the dense fit is the one that travels. Fits per second by the
clock hold for both processors free: one other busy process halves what the slower worker reaches.
"""

import importlib.util
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import Barrier
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import polars as pl

from myotrial import fit_mmrm, fit_mmrm_batch

R_SECONDS = {"satterthwaite": 0.2625, "kenward-roger": 0.7641, "large": 38.174}
FORMULA = "chg ~ base*visit + arm*visit"
SETS, WORKERS, ROUNDS = 256, 2, 16


def simulate(subjects: int, visits: int, sets: int = 1, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Responses with dropout and gaps (data sets × subjects × visits), and features (intercept, baseline, arm)."""
    random = np.random.default_rng(seed)
    lag = np.abs(np.subtract.outer(np.arange(visits), np.arange(visits)))
    sigma = 0.75**lag * np.outer(*[4 + 0.5 * np.arange(visits)] * 2)
    y = random.multivariate_normal(np.zeros(visits), sigma, size=(sets, subjects))
    base, arm = random.normal(25, 6, (sets, subjects)), np.arange(subjects) % 2
    y += -0.3 * base[..., None] - 0.3 * arm[:, None] * np.arange(visits)
    leaves = random.geometric(0.035, size=(sets, subjects))
    y[(np.arange(visits) >= leaves[..., None]) | (random.random(y.shape) < 0.03)] = np.nan
    return y, np.stack([np.ones_like(base), base, np.broadcast_to(arm, base.shape)], axis=2)


def to_frame(y: np.ndarray, z: np.ndarray) -> pl.DataFrame:
    subjects, visits = y.shape
    return pl.DataFrame({
        "subject": np.repeat([f"S{s:05d}" for s in range(subjects)], visits),
        "visit": np.tile([f"V{t:02d}" for t in range(visits)], subjects),
        "arm": np.repeat(np.where(z[:, 2] > 0, "active", "placebo"), visits),
        "base": np.repeat(z[:, 1], visits),
        "chg": pl.Series(y.ravel(), nan_to_null=True),
    })  # fmt: skip


def dense_fit(frame: pl.DataFrame) -> Callable[[], object]:
    """Return a call of the dense fit that the tests use as the oracle."""
    path = Path(__file__).parents[1] / "tests" / "statistics" / "mmrm" / "oracle.py"
    spec = importlib.util.spec_from_file_location("oracle", path)
    assert spec is not None
    assert spec.loader is not None
    oracle: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(oracle)
    problem = fit_mmrm(FORMULA, frame, subject="subject", visit="visit").model.inference.solution.problem
    subjects = oracle.subjects_of(problem.design, problem.response, problem.subject, problem.visit)
    return lambda: oracle.fit(subjects, problem.shape[1])


def seconds(call: Callable[[], object], rounds: int) -> float:
    """Least processor time of a call; the first, which also imports, does not count unless it is the only one."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return min(times[1:] or times)


def share_start(barrier: Any) -> None:
    """Keep what a worker waits at, so that all of them start to fit at the same time."""
    globals()["START"] = barrier


def fit_share(arguments: tuple[str, int]) -> tuple[float, float, float]:
    """Fit one worker's data sets, made before the clock starts; return start, end and processor seconds."""
    engine, seed = arguments
    y, z = simulate(126, 7, SETS, seed)
    contrast = np.zeros((1, 21))
    contrast[0, -1] = 1
    globals()["START"].wait()
    start, busy = time.perf_counter(), time.process_time()
    fits = fit_mmrm_batch(y, z, contrasts=contrast, engine=engine)  # type: ignore[arg-type]
    end, busy = time.perf_counter(), time.process_time() - busy
    assert fits.converged.all()
    return start, end, busy


def batch_speed(engine: str) -> tuple[float, float, float]:
    """Fits per second of all workers at once: by the clock (median round, fastest), by the least processor time."""
    fit_mmrm_batch(*simulate(126, 7, 2), engine=engine)  # type: ignore[arg-type]  # compiles once, for all workers
    clock, least = [], np.inf
    with ProcessPoolExecutor(WORKERS, initializer=share_start, initargs=(Barrier(WORKERS),)) as pool:
        for turn in range(ROUNDS + 1):
            shares = pool.map(fit_share, [(engine, 10 * turn + worker) for worker in range(WORKERS)])
            starts, ends, busy = zip(*shares, strict=True)
            if turn:  # the first loads the compiled kernel
                clock.append(WORKERS * SETS / (max(ends) - min(starts)))
                least = min(least, *busy)
    return median(clock), max(clock), WORKERS * SETS / least


def main() -> None:
    y, z = simulate(126, 7)
    frame = to_frame(y[0], z[0])
    floor = seconds(dense_fit(frame), 1)
    print(f"Mixed model, 126 subjects at 7 visits, unstructured; the dense fit takes {floor:.2f} s of processor time")
    for df in ("satterthwaite", "kenward-roger"):
        ours = seconds(lambda df=df: fit_mmrm(FORMULA, frame, subject="subject", visit="visit", df=df), 40)  # type: ignore[misc]
        print(f"  fit_mmrm, {df:<14} {ours * 1e3:5.1f} ms   ours ÷ dense fit 1/{floor / ours:.0f}   "
              f"R mmrm ÷ ours {R_SECONDS[df] / ours:.0f}")  # fmt: skip
    y, z = simulate(1000, 10)
    large = to_frame(y[0], z[0])
    call = lambda: fit_mmrm(FORMULA, large, subject="subject", visit="visit", df="kenward-roger")  # noqa: E731
    ours = seconds(call, 8)
    print(
        f"  1,000 subjects at 10 visits, kenward-roger {ours * 1e3:.0f} ms   "
        f"R mmrm ÷ ours {R_SECONDS['large'] / ours:.0f}"
    )
    for engine in ("numpy", *(("numba",) if importlib.util.find_spec("numba") else ())):
        clock, fastest, busy = batch_speed(engine)
        print(f"  fit_mmrm_batch, {engine}, {WORKERS} workers: {clock:,.0f} fits/s by the clock "
              f"(median of {ROUNDS} rounds), {fastest:,.0f} in the fastest, {busy:,.0f} by processor time; "
              "the data are made before")  # fmt: skip


if __name__ == "__main__":
    main()
