"""``myotrial simulate study``, ``analyse`` and ``report``: from a definition to data, results and a report."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from myotrial.cli.output import Format, show_frame, show_json, show_note, show_text
from myotrial.endpoints.panel import trial_needs
from myotrial.instruments.study_items import check_study_items
from myotrial.study.reading import StudyData, read_study
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.loading import load_trial

SHOWN = ("outcome", "level", "week", "statistic", "arm", "estimate", "low", "high", "p_value", "n", "n_event")
"""The columns of a result row that the table shows; CSV and JSON have them all."""


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
    format
        table to read; csv for one row per estimate with its method, n, handling and source; json for everything.
    """
    from myotrial.analysis.analyse import analyse as compute  # noqa: PLC0415

    definition, data = _load(trial, study, masked=masked)
    results = compute(definition, data, masked=masked)
    if format == "json":
        show_json(results.to_dict())
    else:
        show_frame(results.rows.select(SHOWN) if format == "table" else results.rows, format)
    for note in results.provenance["notes"]:
        show_note(f"note: {note}")
    show_note(f"{results!r}. For research; not medical advice.")


def report(
    trial: str,
    study: Path,
    *,
    output: Annotated[Path, Parameter(name=["--output", "-o"])] = Path("report.html"),
    subjects: Annotated[bool, Parameter(negative=())] = False,
    masked: Annotated[bool, Parameter(negative=())] = False,
) -> None:
    """Write the report of a trial: one HTML file that needs no network.

    Parameters
    ----------
    trial
        The id of a definition, or a YAML file.
    study
        A folder with visits, subjects and events as CSV or Parquet, or a visit table with an arm column.
    output
        The file to write.
    subjects
        Add a profile of every subject.
    masked
        Withhold the arms: everybody together, nothing compared, and nothing written or said that tells an allocation.
    """
    from myotrial.analysis.analyse import analyse as compute  # noqa: PLC0415
    from myotrial.report import write_report  # noqa: PLC0415
    from myotrial.trials.masking import mask_trial  # noqa: PLC0415

    definition, data = _load(trial, study, masked=masked)
    results = compute(definition, data, masked=masked)
    shown = mask_trial(definition) if masked else definition
    show_text(str(write_report(output, shown, results, data, subjects=subjects)))


def _load(trial: str, study: Path, *, masked: bool) -> tuple[TrialDefinition, StudyData]:
    definition = load_trial(trial)
    data = read_study(study, definition.schedule.baseline_week, needs=trial_needs(definition), masked=masked)
    check_study_items(data)
    return definition, data
