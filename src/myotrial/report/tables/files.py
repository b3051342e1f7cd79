"""The way in: from results to tables, and to a file of them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, get_args

import polars as pl

from myotrial.analysis.results import Results
from myotrial.model.errors import BadInput, Fault, did_you_mean
from myotrial.report.labels import planned
from myotrial.report.outcome_table import OutcomeEntry, outcome_entries
from myotrial.report.tables.adverse_events import adverse_event_table
from myotrial.report.tables.footnotes import all_notes, source_lines
from myotrial.report.tables.model import Orientation, Paper, Table, Tables
from myotrial.report.tables.outcomes import outcome_tables
from myotrial.report.tables.rtf import check_options
from myotrial.report.tables.subjects import baseline_table, flow_table
from myotrial.report.writing import check_target, write_whole
from myotrial.study.reading import StudyData
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.masking import ALL, mask_trial
from myotrial.trials.variables import ADVERSE_EVENT

Form = Literal["rtf", "html", "csv", "json"]


def tabulate_results(
    trial: TrialDefinition, results: Results, study: StudyData, outcomes: Sequence[str] | None = None
) -> Tables:
    """Make the tables of a trial to hand in: who took part, every outcome, adverse events.

    Parameters
    ----------
    trial
        The definition.
    results
        What its analysis found. Where it was masked, so are the tables.
    study
        The data the results were computed from.
    outcomes
        The ids of the outcomes to show; without them all, with the tables of the subjects and of adverse events. A
        table has the same number either way.

    Returns
    -------
    Tables
        ``to_rtf()``, ``to_html()``, ``to_csv()``, ``to_json()``; each table has ``to_gt()`` for a notebook.

    Raises
    ------
    BadInput
        An outcome that is not there.

    Examples
    --------
    >>> import myotrial as mt
    >>> trial = mt.load_trial("NCT05832034")
    >>> study = mt.simulate_study(trial, n=20, seed=1)
    >>> tables = tabulate_results(trial, mt.analyse(trial, study), study)
    >>> tables["14.1.2"]
    Table(14.1.2 Demographics and characteristics at baseline: ... rows, 3 columns)
    """
    if results.provenance.get("masked"):
        trial = trial if [arm.id for arm in trial.arms] == [ALL] else mask_trial(trial)
        study = replace(study, subjects=study.subjects.with_columns(arm=pl.lit(ALL)))
    sources = source_lines(trial, results, study)
    entries = outcome_entries(trial, results)
    check_outcomes(outcomes, [entry.id for entry in entries])
    tables = [
        table
        for entry, number in _numbered(trial, entries)
        if outcomes is None or entry.id in outcomes
        for table in outcome_tables(trial, results, entry, number, sources)
    ]
    if outcomes is None:
        around = [flow_table(trial, results, sources), baseline_table(trial, study, sources)]
        events = adverse_event_table(trial, study, sources)
        tables += [table for table in [*around, events] if table is not None]
    return Tables(
        trial=f"{trial.acronym} ({trial.id})" if trial.acronym else trial.id,
        title=trial.title,
        tables=tuple(sorted(tables, key=_order)),
        notes=all_notes(results, study),
        simulated=bool(study.simulated),
        masked=bool(results.provenance.get("masked")),
    )


def _numbered(trial: TrialDefinition, entries: Sequence[OutcomeEntry]) -> Iterator[tuple[OutcomeEntry, str]]:
    """Yield the outcomes with the numbers of their tables: 14.3 those of adverse events, 14.2 all others."""
    efficacy, safety = 0, 1  # 14.3.1 is the overview of adverse events
    for entry in entries:
        outcome = planned(trial, entry.id)
        if outcome is not None and getattr(outcome.variable, "of", None) == ADVERSE_EVENT:
            safety += 1
            yield entry, f"14.3.{safety}"
        else:
            efficacy += 1
            yield entry, f"14.2.{efficacy}"


def _order(table: Table) -> list[int]:
    return [int(part) for part in table.number.split(".")]


def check_outcomes(wanted: Sequence[str] | None, known: Sequence[str]) -> None:
    """Refuse outcomes that are not there.

    Raises
    ------
    BadInput
        With every fault.
    """
    faults = [
        Fault("unknown_outcome", "there is no such outcome", got=name, expected=", ".join(known),
              hint=did_you_mean(name, known))
        for name in wanted or () if name not in known
    ]  # fmt: skip
    if wanted is not None and not wanted:
        faults.append(Fault("unknown_outcome", "no outcome is asked for", expected=", ".join(known)))
    if faults:
        raise BadInput(faults)


def render_tables(
    trial: TrialDefinition,
    results: Results,
    study: StudyData,
    outcomes: Sequence[str] | None = None,
    *,
    form: Form = "rtf",
    paper: Paper = "a4",
    orientation: Orientation = "landscape",
) -> str:
    """Render the tables of a trial to hand in as one text.

    Parameters
    ----------
    trial, results, study, outcomes
        See :func:`tabulate_results`.
    form
        ``rtf``, ``html``, ``csv`` or ``json``.
    paper, orientation
        Of RTF: ``a4`` or ``letter``, ``landscape`` or ``portrait``.

    Returns
    -------
    str
        The same input gives the same text. RTF is of ASCII characters only.

    Raises
    ------
    BadInput
        An outcome, a form or a paper that is not known; the extra ``[report]`` is not installed.

    Examples
    --------
    >>> import myotrial as mt
    >>> trial = mt.load_trial("NCT05832034")
    >>> study = mt.simulate_study(trial, n=20, seed=1)
    >>> text = render_tables(trial, mt.analyse(trial, study), study, form="csv")
    >>> text.splitlines()[1]
    '14.1.1,Participant flow,,,Randomised,IVIg,10,'
    """
    if form not in get_args(Form):
        raise BadInput([Fault("bad_option", "the form is not known", column="form", got=form,
                              expected=", ".join(get_args(Form)))])  # fmt: skip
    check_options(paper, orientation)
    tables = tabulate_results(trial, results, study, outcomes)
    if form == "rtf":
        return tables.to_rtf(paper=paper, orientation=orientation)
    return {"html": tables.to_html, "csv": tables.to_csv, "json": tables.to_json}[form]()


def write_tables(
    path: str | Path,
    trial: TrialDefinition,
    results: Results,
    study: StudyData,
    outcomes: Sequence[str] | None = None,
    *,
    paper: Paper = "a4",
    orientation: Orientation = "landscape",
) -> Path:
    """Write the tables of a trial to hand in to a file; one that stands there is replaced once the new one is whole.

    Parameters
    ----------
    path
        The file; its ending says what it becomes: ``.rtf``, ``.html``, ``.csv`` or ``.json``.
    trial, results, study, outcomes, paper, orientation
        See :func:`render_tables`.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    BadInput
        A file that cannot be written; what :func:`render_tables` refuses.

    Examples
    --------
    >>> import tempfile, myotrial as mt
    >>> trial = mt.load_trial("NCT05832034")
    >>> study = mt.simulate_study(trial, n=20, seed=1)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_tables(f"{folder}/tables.rtf", trial, mt.analyse(trial, study), study).name
    'tables.rtf'
    """
    target = Path(path)
    form = form_of(target)
    text = render_tables(trial, results, study, outcomes, form=form, paper=paper, orientation=orientation)
    return write_whole(target, text)


def form_of(target: Path) -> Form:
    """Return what a file becomes by its ending.

    Raises
    ------
    BadInput
        The ending is not known, or the file cannot be written there.
    """
    check_target(target)
    for form in get_args(Form):
        if target.suffix.lower() == f".{form}":
            return form  # type: ignore[no-any-return]
    endings = ", ".join(f".{form}" for form in get_args(Form))
    raise BadInput([Fault("cannot_write", "the ending does not say what to write", str(target), expected=endings)])
