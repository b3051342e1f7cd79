"""``myotrial demo``: the whole way once, from a definition to a report, on simulated data."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from myotrial.cli.output import show_note, show_table, show_text

TRIAL, SEED = "NCT04044690", 1
SHOWN = ("proportion", "risk_difference", "mmrm_difference", "median_time")


def demo(folder: Path = Path("demo-output")) -> None:
    """Run the RECLAIIM trial from its definition to a report, on simulated data.

    Parameters
    ----------
    folder
        Where the study's tables and the report are written.
    """
    show_note("RECLAIIM (NCT04044690) on simulated data, from its definition to a report. Nothing leaves this machine.")
    with _step("load"):
        from myotrial.analysis.analyse import analyse  # noqa: PLC0415
        from myotrial.report import write_report  # noqa: PLC0415
        from myotrial.simulation.study import simulate_study  # noqa: PLC0415
        from myotrial.study.reading import read_study  # noqa: PLC0415
        from myotrial.trials.loading import load_trial  # noqa: PLC0415

        trial = load_trial(TRIAL)
    tables = folder / "study"
    with _step(f"simulate {trial.sample_size.planned} subjects (seed {SEED}) and write their tables to {tables}"):
        simulate_study(trial, trial.sample_size.planned, seed=SEED).write(tables)
    with _step("read the tables back and check them"):
        study = read_study(tables, trial.schedule.baseline_week)
    with _step(f"score {len(study.visits.frame):,} visits and compute {len(trial.outcomes)} registered outcomes"):
        results = analyse(trial, study)
    with _step("draw the report"):
        path = write_report(folder / "report.html", trial, results, study, subjects=True)
    shown = results.rows.filter(
        results.rows["statistic"].is_in(SHOWN) & results.rows["outcome"].is_in(["C0", "C28", "C27"])
    )
    shown = shown.unique(["outcome", "level", "statistic", "arm"], keep="first", maintain_order=True)
    show_table(
        ("outcome", "", "statistic", "arm", "estimate", "95 % interval", "n"),
        [
            (row["outcome"], row["level"], row["statistic"].replace("_", " "), trial.arm_label(row["arm"]),
             _number(row["estimate"]), f"{_number(row['low'])} to {_number(row['high'])}", row["n"])
            for row in shown.iter_rows(named=True)
        ],
        title="Simulated data: nobody was treated",
    )  # fmt: skip
    show_text(f"\nThe report: {path}\nThe tables: {tables}")
    show_text("Do it by hand: myotrial report NCT04044690 " + str(tables))


@contextmanager
def _step(what: str) -> Iterator[None]:
    """Say what is being done and, when it is done, how long it took."""
    from rich.console import Console  # noqa: PLC0415

    console = Console(stderr=True, highlight=False)
    start = perf_counter()
    with console.status(f"{what} ..."):
        yield
    console.print(f"  done in {perf_counter() - start:4.1f} s: {what}", markup=False, soft_wrap=True)


def _number(value: float | None) -> str:
    return "not reached" if value is None else f"{value:.3g}"
