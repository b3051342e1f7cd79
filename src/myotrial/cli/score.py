"""``myotrial score``: score every follow-up visit of a visit table."""

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from yaml import YAMLError

from myotrial.cli.output import Format, show_frame, show_json, show_note, show_text
from myotrial.criteria.change.scores import ChangeScores
from myotrial.criteria.every import score_visits
from myotrial.criteria.explain import Explanation, explain_tis
from myotrial.criteria.scores import Scores
from myotrial.model.data import parse_yaml
from myotrial.model.errors import BadInput, Fault
from myotrial.study.visits import Visits, read_visits
from myotrial.trials.loading import load_trial
from myotrial.trials.names import known_scores


def score(
    visits: Path,
    *,
    criteria: str = "acr-eular-2016-adult",
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
        The rule: acr-eular-2016-adult gives the Total Improvement Score (TIS); imacs-doi-2004, printo-20,
        printo-inactive and worsening-proderm say whether their rule is met.
    trial
        Take the baseline week, the criteria and the options from this trial's definition (id or YAML file).
    baseline_week
        The week of the baseline; without it, and without a trial, a subject's earliest week.
    option
        A choice that no source settles, as name=value; may be repeated. Names: enzyme_choice, enzyme_followed,
        enzyme_ties, enzyme_range_uln, enzyme_truncated, missing. For example enzyme_truncated=true.
    explain
        Tell what each measure gave and could still give, the highest score from this baseline, and the distance
        to the next category.
    format
        table to read; csv or json for programs.
    """
    options = dict(_pair(word) for word in option or [])
    if trial is not None:
        definition = load_trial(trial)
        baseline_week = definition.schedule.baseline_week if baseline_week is None else baseline_week
        if "tis" in definition.scores and criteria in known_scores()["tis"]:
            criteria = definition.scores["tis"].criteria
            options = definition.scores["tis"].options | options
    checked = read_visits(visits, baseline_week)
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


def _without_follow_up(scores: Scores | ChangeScores, checked: Visits) -> list[str]:
    """Name the subjects that the scores do not have: nobody is lost in silence."""
    subjects = checked.frame["subject_id"].unique(maintain_order=True)
    left = subjects.filter(~subjects.is_in(scores.frame["subject_id"].unique().implode()))
    if not len(left):
        return []
    named = ", ".join(left.head(5).to_list()) + (" ..." if len(left) > 5 else "")
    return [f"{len(left):,} subject{'s have' if len(left) > 1 else ' has'} no visit after the baseline: {named}"]


def _show_explanation(told: Explanation, form: Format) -> None:
    if form == "json":
        show_json(told.to_dict())
    elif form == "csv":
        show_frame(told.frame, "csv")
    else:
        show_frame(told.summary)
        show_text("")
        show_frame(told.frame)


def _pair(word: str) -> tuple[str, Any]:
    name, sign, value = word.partition("=")
    if not sign:
        raise BadInput([Fault("bad_option", "an option is not name=value", column="--option", got=word,
                              expected="for example enzyme_truncated=true")])  # fmt: skip
    try:
        return name.strip(), parse_yaml(value)
    except YAMLError:
        raise BadInput([Fault("bad_option", "the value of an option cannot be read", column="--option", got=word,
                              expected="for example enzyme_truncated=true")]) from None  # fmt: skip


def _show_notes(scores: Scores | ChangeScores, checked: Visits) -> None:
    for note in (*checked.notes, *_without_follow_up(scores, checked)):
        show_note(f"note: {note}")
    show_note(repr(scores))
    choices = "; ".join(f"{name} = {_short(value)}" for name, value in scores.options.items())
    show_note(f"not settled by any source, so chosen here: {choices}")
    show_note("For research; not medical advice.")


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {number:g}" for name, number in value.items())
    return " > ".join(value) if isinstance(value, list | tuple) else str(value).lower()
