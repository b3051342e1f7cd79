"""``myotrial simulate study``, ``analyse`` and ``report``: from a definition to data, results and a report."""

import shlex
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import polars as pl
from cyclopts import Parameter

from myotrial.cli.output import Format, show_frame, show_json, show_note, show_text
from myotrial.endpoints.panel import trial_needs
from myotrial.instruments.study_items import check_study_items
from myotrial.model.errors import BadInput, Fault
from myotrial.study.narrowing import filter_study
from myotrial.study.narrowing_words import read_only
from myotrial.study.reading import StudyData, read_study
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.loading import load_trial

SHOWN = ("outcome", "part", "level", "week", "statistic", "arm", "estimate", "low", "high", "p_value", "n", "n_event")
"""The columns of a result row that the table shows, as far as they hold anything; CSV and JSON have them all."""
TABLES = (".rtf", ".csv", ".json")
"""The endings of a file of tables to hand in."""


def simulate(trial: str, folder: Path, *, n: int | None = None, seed: int) -> None:
    """Simulate the data of a trial and write its tables as CSV files into a folder.

    Parameters
    ----------
    trial
        The id of a definition, or a YAML file.
    folder
        Where to write the tables: subjects, visits, events, doses, infusions, adverse events.
    n
        The number of subjects; without it, as many as the trial planned.
    seed
        The same seed gives the same study on every machine.
    """
    from myotrial.simulation.study import simulate_study  # noqa: PLC0415

    definition = load_trial(trial)
    study = simulate_study(definition, definition.sample_size.planned if n is None else n, seed=seed)
    for path in study.write(folder):
        show_text(str(path))
    show_note(f"{study!r}, seed {seed}. Simulated, not anybody's data.")


def analyse(
    trial: str,
    study: Path,
    *,
    masked: Annotated[bool, Parameter(negative=())] = False,
    only: Annotated[list[str] | None, Parameter(negative=())] = None,
    format: Format = "table",  # noqa: A002
) -> None:
    """Compute every outcome of a trial's definition from its study data.

    Parameters
    ----------
    trial
        The id of a definition, or a YAML file.
    study
        A folder with visits, subjects and events as CSV or Parquet, or a visit table with an arm column.
    masked
        Withhold the arms: everybody together, nothing compared, and nothing written or said that tells an allocation.
    only
        Which subjects, as name=value: sex=female, completed=yes, age_years=18..64. Of a name that stands several times
        any value fits; of several names all have to.
    format
        table to read; csv for one row per estimate with its method, n, handling and source; json for everything.
    """
    from myotrial.analysis.analyse import analyse as compute  # noqa: PLC0415

    definition, data = _load(trial, study, only, masked=masked)
    results = compute(definition, data, masked=masked)
    if format == "json":
        show_json(results.to_dict())
    else:
        show_frame(_to_read(results.rows) if format == "table" else results.rows, format)
    for note in results.provenance["notes"]:
        show_note(f"note: {note}")
    show_note(f"{results!r}. For research; not medical advice.")


def _to_read(rows: pl.DataFrame) -> pl.DataFrame:
    """Return what a table shows of result rows; the last column tells sensitivity analyses and subgroups apart."""
    shown = [name for name in SHOWN if rows[name].null_count() < rows.height]
    of = pl.concat_str("subgroup", pl.lit(": "), pl.col("subgroup_level").fill_null("between its levels"))
    analysis = pl.when(pl.col("subgroup").is_null()).then("analysis").otherwise(of)
    return rows.select(*shown, analysis.alias("analysis"))


def report(
    trial: str,
    study: Path,
    *,
    output: Annotated[Path, Parameter(name=["--output", "-o"])] = Path("report.html"),
    subjects: Annotated[bool, Parameter(negative=())] = False,
    masked: Annotated[bool, Parameter(negative=())] = False,
    only: Annotated[list[str] | None, Parameter(negative=())] = None,
    outcome: Annotated[list[str] | None, Parameter(negative=())] = None,
    paper: Literal["a4", "letter"] = "a4",
    orientation: Literal["landscape", "portrait"] = "landscape",
) -> None:
    """Write the report of a trial: one HTML file that needs no network, or its tables to hand in as RTF, CSV or JSON.

    Parameters
    ----------
    trial
        The id of a definition, or a YAML file.
    study
        A folder with visits, subjects and events as CSV or Parquet, or a visit table with an arm column.
    output
        The file to write; its ending says what: .html the report; .rtf, .csv or .json the tables to hand in.
    subjects
        Add a profile of every subject.
    masked
        Withhold the arms: everybody together, nothing compared, and nothing written or said that tells an allocation.
    only
        Which subjects, as name=value: sex=female, completed=yes, age_years=18..64. Of a name that stands several times
        any value fits; of several names all have to.
    outcome
        Of the tables, those of this outcome only (its id in the definition); may stand several times.
    paper, orientation
        Of the tables as RTF.
    """
    from myotrial.analysis.analyse import analyse as compute  # noqa: PLC0415
    from myotrial.report import write_report, write_tables  # noqa: PLC0415
    from myotrial.report.tables.files import check_outcomes  # noqa: PLC0415
    from myotrial.trials.masking import mask_trial  # noqa: PLC0415

    tables = output.suffix.lower() in TABLES
    _check_report(output, outcome, subjects=subjects, tables=tables)
    definition, data = _load(trial, study, only, masked=masked)
    check_outcomes(outcome, [entry.id for entry in definition.outcomes])
    results = compute(definition, data, masked=masked)
    shown = mask_trial(definition) if masked else definition
    if tables:
        words = ["myotrial", "report", Path(trial).name, study.name, "--output", output.name]
        words += [word for entry in only or () for word in ("--only", entry)] + ["--masked"] * masked
        results = replace(results, provenance={**results.provenance, "command": shlex.join(words)})
        written = write_tables(output, shown, results, data, outcome, paper=paper, orientation=orientation)
    else:
        written = write_report(output, shown, results, data, subjects=subjects)
    show_text(str(written))


def _check_report(output: Path, outcome: list[str] | None, *, subjects: bool, tables: bool) -> None:
    """Refuse an option that the file to write does not have."""
    wrong = []
    if outcome and not tables:
        wrong.append(("--outcome", "the report has every outcome", f"a file that ends in {', '.join(TABLES)}"))
    if subjects and tables:
        wrong.append(("--subjects", "the tables have no profiles of subjects", "a file that ends in .html"))
    if wrong:
        raise BadInput(
            Fault("bad_option", message, column=option, got=str(output), expected=expected)
            for option, message, expected in wrong
        )


def _load(trial: str, study: Path, only: list[str] | None, *, masked: bool) -> tuple[TrialDefinition, StudyData]:
    wanted = read_only(only)
    definition = load_trial(trial)
    data = read_study(study, definition.schedule.baseline_week, needs=trial_needs(definition), masked=masked)
    check_study_items(data)
    return definition, filter_study(data, **wanted)
