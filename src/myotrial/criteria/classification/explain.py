"""A classification in words: what counted, what is unknown, what to ask next; and a rule as plain text."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import polars as pl

from myotrial.criteria.classification.every import list_facts
from myotrial.criteria.classification.result import Classified
from myotrial.criteria.classification.rules import Classification, load_classification
from myotrial.model.options import Option
from myotrial.model.source import Source

STATUS = {
    "read": "read in the source",
    "second_hand": "read in a source that reports it",
    "recalled": "recalled, not re-read",
    "ours": "no source says; a default of this software",
}
PATHS = {"no_biopsy": "without biopsy", "biopsy": "with biopsy"}
WORDS = {True: "yes", False: "no", None: "unknown"}


def explain_classification(found: Classified) -> str:
    """Return why each subject is classified as it is, as plain text.

    Parameters
    ----------
    found
        What :func:`classify`, or any of the functions behind it, returned.

    Returns
    -------
    str
        For each subject the category (or those still possible), the score with its interval and probability where
        there is one, which items counted, which were absent, which are unknown, and what to ask next.

    Examples
    --------
    >>> from myotrial.criteria.classification.every import classify
    >>> print(explain_classification(classify({"myositis": True, "overlap_feature": False}, "overlap")))
    1: not decided: overlap myositis or not overlap myositis
      present: myositis
      unknown: overlap
      if all that is unknown were absent: not overlap myositis
      ask next: an overlap autoantibody (overlap_autoantibody)
    """
    items, asked = found.items(), found.ask_next()
    own_items, own_asks = (each.partition_by("subject_id", as_dict=True) for each in (items, asked))
    printer = _scored if "score_low" in found.frame.columns else _grouped
    texts = []
    for row in found.frame.iter_rows(named=True):
        own = (row["subject_id"],)
        lines = [*printer(row, own_items[own]), *_asked(own_asks.get(own, asked.clear()))]
        texts.append("\n  ".join(lines))
    return "\n\n".join(texts)


def _scored(row: Mapping[str, Any], items: pl.DataFrame) -> Iterator[str]:
    tier = row["tier"] or f"tier not decided: {row['tier_low']} to {row['tier_high']}"
    yield f"{row['subject_id']}: {tier}"
    score, chance = _range(row, "score", _one_place), _range(row, "probability", _chance)
    yield f"score {score}, {PATHS[row['path']]}; probability {chance} (formula recalled)"
    if row["boundary_conflict"]:
        other = row["tier_by_other_rule"] or "not decided"
        yield f"on a cut-off at which score and probability part: by the other rule, {other}"
    known = items.filter(pl.col("known"))
    yield from _listed("counted", [f"{row_['label']} {row_['points']:.1f}" for row_ in _rows(known, points=True)])
    yield from _listed("known, gives nothing", [row_["label"] for row_ in _rows(known, points=False)])
    unknown = items.filter(~pl.col("known"), pl.col("could_give") > 0).sort("could_give", descending=True)
    yield from _listed(
        "unknown", [f"{row_['label']} (up to {row_['could_give']:.1f})" for row_ in unknown.iter_rows(named=True)]
    )
    yield f"nothing explains it better: {WORDS[row['entry']]}; a case: {WORDS[row['iim']]}"
    possible = ", ".join(row["subtypes_possible"])
    yield f"subtype: {row['subtype'] or f'not decided; if it is a case: {possible}'} (tree recalled)"
    if row["biopsy_recommended"]:
        yield "no typical skin sign: a muscle biopsy is recommended"


def _grouped(row: Mapping[str, Any], items: pl.DataFrame) -> Iterator[str]:
    category = row["category"] or "not decided: " + " or ".join(row["possible"])
    yield f"{row['subject_id']}: {category}"
    for words, answer in (("present", True), ("absent", False), ("unknown", None)):
        labels = items.filter(pl.col("answer").eq_missing(pl.lit(answer, dtype=pl.Boolean)))["label"].to_list()
        yield from _listed(words, labels)
    if row["category"] is None:
        yield f"if all that is unknown were absent: {row['documented']}"
    beside = {"rests_on": "it rests on the", "either": "by either", "both": "by both", "hint": "the hint says"}
    for name, words in beside.items():
        if row.get(name) is not None:
            yield f"{words}: {WORDS.get(row[name], row[name])}"
    if row.get("differs"):
        yield "the two answers contradict each other"


def _rows(known: pl.DataFrame, *, points: bool) -> Iterator[dict[str, Any]]:
    return known.filter((pl.col("points") > 0) == points).iter_rows(named=True)


def _range(row: Mapping[str, Any], name: str, told: Callable[[float], str]) -> str:
    low, high = told(row[f"{name}_low"]), told(row[f"{name}_high"])
    return low if row[name] is not None else f"{low} to {high}"


def _one_place(number: float) -> str:
    return f"{number:.1f}"


def _chance(number: float) -> str:
    """Return a probability to three places; it is never quite 1."""
    return f"{number:.3f}" if number < 0.9995 else "above 0.999"


def _listed(words: str, labels: list[str]) -> Iterator[str]:
    if labels:
        yield f"{words}: {'; '.join(labels)}"


def _asked(asked: pl.DataFrame) -> Iterator[str]:
    told = []
    for row in asked.iter_rows(named=True):
        more = [row["ask"]]
        if row.get("could_give"):
            more.append(f"up to {row['could_give']:.1f}")
        if "changes" in row:
            more.append("could change " + ", ".join(row["changes"]))
        told.append(f"{row['label']} ({'; '.join(more)})")
    if len(told) == 1:
        yield f"ask next: {told[0]}"
    elif told:
        yield "ask next:"
        yield from (f"  {number}. {words}" for number, words in enumerate(told, start=1))


def describe_classification(name: str) -> str:
    """Return a classification as plain text: its categories, the facts it reads, its options and its sources.

    Raises
    ------
    BadInput
        No classification has this name.

    Examples
    --------
    >>> print(describe_classification("overlap").splitlines()[0])
    Overlap myositis (overlap)
    """
    rule = load_classification(name)
    lines = [f"{rule.title} ({rule.id})", "", "Categories, in the order in which they are tried"]
    names = [*(category.name for category in rule.categories), rule.otherwise]
    lines += [f"  {each}" + (f": {rule.labels[each]}" if each in rule.labels else "") for each in names]
    if rule.score is not None:
        lines += ["", f"Tiers: {', '.join(rule.score.tiers)}"]
        lines += [f"  {PATHS[path]}: from {', '.join(map(str, cuts))}" for path, cuts in rule.score.cut_offs.items()]
    lines += ["", "Facts (columns of the table; an empty cell is unknown, never no)"]
    for fact, label, values, settled_by in list_facts(name).iter_rows():
        also = f"; also from {settled_by}" if settled_by else ""
        lines.append(f"  {fact}: {label}; {values}{also}")
    if rule.options:
        lines += ["", "Options (printed with every result)"]
        lines += [line for option in rule.options.items() for line in _option(*option)]
    lines += ["", "Sources", *dict.fromkeys(f"  {_source(source)}" for source in _sources(rule))]
    return "\n".join(lines)


def _option(name: str, option: Option) -> Iterator[str]:
    yield f"  {name}: {option.label} (default {option.default}; {STATUS[option.source.status]})"
    for choice, meaning in option.choices.items():
        yield f"    {choice}: {meaning}"


def _sources(rule: Classification) -> Iterator[Source]:
    yield from rule.sources.values()
    yield from (option.source for option in rule.options.values())


def _source(source: Source) -> str:
    parts = [source.citation, source.where, source.note]
    return f"[{STATUS[source.status]}] " + "; ".join(part for part in parts if part)
