"""``myotrial classify`` and ``myotrial classifications``: which myositis, by which published criteria."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from myotrial.cli.options import read_options, show_options
from myotrial.cli.output import Format, show_frame, show_json, show_note, show_table, show_text
from myotrial.criteria.classification.every import classify as classify_people
from myotrial.criteria.classification.every import list_facts
from myotrial.criteria.classification.explain import describe_classification, explain_classification
from myotrial.criteria.classification.files import read_facts_file, read_facts_words
from myotrial.criteria.classification.result import Classified, flat
from myotrial.criteria.classification.rules import list_classifications, load_classification
from myotrial.model.errors import BadInput, Fault

SCORED = (
    "subject_id", "path", "score_low", "score_high", "tier", "tier_low", "tier_high", "probability_low",
    "probability_high", "iim", "subtype",
)  # fmt: skip
"""Columns that the table shows of a classification with a score; CSV and JSON have them all."""


def classify(
    facts: Path | None = None,
    *,
    criteria: str = "eular-acr-2017",
    fact: Annotated[list[str], Parameter(negative=())] | None = None,
    option: Annotated[list[str], Parameter(negative=())] | None = None,
    explain: Annotated[bool, Parameter(negative=())] = False,
    format: Format = "table",  # noqa: A002
) -> None:
    """Classify people by published criteria: from a table of facts, or one person's facts typed in.

    myotrial classifications list names the criteria; myotrial classifications show NAME the facts each of them reads.

    Parameters
    ----------
    facts
        What is known: a table (CSV or Parquet) with one row per person and one column per fact, or the facts of one
        person as JSON or YAML. An empty cell is unknown, never no.
    criteria
        The classification: eular-acr-2017, bohan-peter-1975, imnm-enmc-2016, antisynthetase, overlap,
        cancer-associated, refractory, chronic-active or relevant-improvement.
    fact
        A fact of one person as name=value, instead of a file; may be repeated. For example heliotrope=yes.
    option
        A choice that no source settles, as name=value; may be repeated. For example biopsy=true.
    explain
        Tell in words what counted, what is unknown and what to ask next. With csv: one row per person and item.
    format
        table to read; csv or json for programs.
    """
    if (facts is None) == (not fact):
        expected = "a file of facts, or --fact name=value, and not both"
        raise BadInput([Fault("bad_option", "what is known of whom?", column="--fact", expected=expected)])
    raw = read_facts_file(facts) if facts is not None else read_facts_words(fact or [])
    found = classify_people(raw, criteria, options=read_options(option))
    if format == "json":
        show_json(found.to_dict())
    elif explain:
        show_text(explain_classification(found)) if format == "table" else show_frame(found.items(), "csv")
    elif format == "csv":
        show_frame(flat(found.frame), "csv")
    else:
        show_frame(flat(found.frame.select(_shown(found))))
    for note in raw.notes:
        show_note(f"note: {note}")
    _show_basis(found)


def list_() -> None:
    """List the published classifications, with the number of facts that each of them reads."""
    rules = [load_classification(name) for name in list_classifications()]
    show_table(
        ("id", "title", "facts", "categories"),
        [
            (rule.id, rule.title, list_facts(rule.id).height, ", ".join(each.name for each in rule.categories))
            for rule in rules
        ],
    )


def show(name: str, *, format: Format = "table") -> None:  # noqa: A002
    """Show a classification: its categories, the facts it reads, its options and its sources.

    Parameters
    ----------
    name
        The id of a classification; myotrial classifications list names them.
    format
        table for all of it in words; csv or json for the facts alone, to make a table of.
    """
    if format == "table":
        show_text(describe_classification(name))
    else:
        show_frame(list_facts(name), format)


def _shown(found: Classified) -> list[str]:
    if "score_low" in found.frame.columns:
        return list(SCORED)
    groups = load_classification(found.classification).groups
    return [name for name in found.frame.columns if name not in groups]


def _show_basis(found: Classified) -> None:
    show_note(repr(found))
    if found.options:
        show_note(f"not settled by any source, so chosen here: {show_options(dict(found.options))}")
    for note in found.recalled:
        show_note(note)
    show_note("For research; not medical advice.")
