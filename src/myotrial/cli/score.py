"""``myotrial score``: score every follow-up visit of a visit table."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from myotrial.cli.options import read_options, show_options
from myotrial.cli.output import Format, show_frame, show_json, show_note, show_text
from myotrial.criteria.change.rules import list_rules, load_rule
from myotrial.criteria.change.scores import ChangeScores
from myotrial.criteria.every import find_needs, score_visits
from myotrial.criteria.explain import Explanation, explain_tis
from myotrial.criteria.rules import list_criteria
from myotrial.criteria.scores import Scores
from myotrial.model.errors import BadInput, Fault
from myotrial.study.visits import Visits, read_visits
from myotrial.trials.loading import load_trial

DEFAULT = "acr-eular-2016-adult"
"""The rule where none is named."""


def score(
    visits: Path,
    *,
    criteria: str | None = None,
    trial: str | None = None,
    baseline_week: float | None = None,
    option: Annotated[list[str], Parameter(negative=())] | None = None,
    explain: Annotated[bool, Parameter(negative=())] = False,
    format: Format = "table",  # noqa: A002
) -> None:
    """Score every follow-up visit of every subject against the subject's baseline.

    Example: myotrial score visits.csv --format csv > scores.csv

    Parameters
    ----------
    visits
        The visit table, CSV or Parquet, one row per subject and visit.
    criteria
        The rule. acr-eular-2016-adult (the default), acr-eular-2016-juvenile-imacs and
        acr-eular-2016-juvenile-printo give the Total Improvement Score (TIS); imacs-doi-2004, printo-20,
        printo-inactive and worsening-proderm say whether their rule is met. The rule says which columns the table
        must have.
    trial
        Take the baseline week, the criteria and the options from this trial's definition (id or YAML file).
    baseline_week
        The week of the baseline; without it, and without a trial, a subject's earliest week.
    option
        A choice that no source settles, as name=value; may be repeated. Each rule has its own, and every one that
        was used is printed with the result. For example enzyme_truncated=true (adult TIS), chq_phs_range=60
        (juvenile TIS, PRINTO), mmt_clause=not_counted (imacs-doi-2004), confirmed_by=same (worsening-proderm).
    explain
        Tell, of a Total Improvement Score, what each measure gave and could still give, the highest score from
        this baseline, and the distance to the next category.
    format
        table to read; csv or json for programs.
    """
    options = read_options(option)
    if explain and criteria in list_rules():
        raise BadInput([Fault("bad_option", f"{criteria} is no score that could be taken apart", column="--explain",
                              expected=f"one of {', '.join(list_criteria())}",
                              hint="without --explain its table says measure by measure what was met")])  # fmt: skip
    if trial is not None:
        definition = load_trial(trial)
        baseline_week = definition.schedule.baseline_week if baseline_week is None else baseline_week
        planned = definition.scores.get("tis")
        if planned is not None and criteria in {None, planned.criteria}:
            criteria, options = planned.criteria, planned.options | options
    needs = find_needs(criteria, options=options) if criteria else None
    criteria = criteria or DEFAULT
    checked = read_visits(visits, baseline_week, needs=needs)
    if explain:
        told = explain_tis(checked, criteria, baseline_week=baseline_week, options=options)
        _show_explanation(told, format)
        _show_notes(told.scores, checked)
        return
    scores = score_visits(checked, criteria, baseline_week=baseline_week, options=options)
    if format == "json":
        show_json(scores.to_dict())
    else:
        show_frame(scores.frame, format)
    _show_notes(scores, checked)


def _show_explanation(told: Explanation, form: Format) -> None:
    if form == "json":
        show_json(told.to_dict())
    elif form == "csv":
        show_frame(told.frame, "csv")
    else:
        show_frame(told.summary)
        show_text("")
        show_frame(told.frame)


def _show_notes(scores: Scores | ChangeScores, checked: Visits) -> None:
    for note in (*checked.notes, *scores.notes):
        show_note(f"note: {note}")
    show_note(repr(scores))
    _show_settings(scores)
    show_note("For research; not medical advice.")


def _show_settings(scores: Scores | ChangeScores) -> None:
    """Tell the numbers that a rule states apart from what no source settles."""
    stated = load_rule(scores.rule).parameters if isinstance(scores, ChangeScores) else {}
    numbers = {name: value for name, value in scores.options.items() if name in stated}
    moved = {name: value for name, value in numbers.items() if value != stated[name].default}
    rest = {name: value for name, value in scores.options.items() if name not in stated}
    if numbers:
        show_note(f"numbers of the rule: {show_options(numbers)}")
    if moved:
        show_note(f"not as the rule has them: {show_options(moved)}")
    if rest:
        show_note(f"not settled by any source, so chosen here: {show_options(rest)}")
