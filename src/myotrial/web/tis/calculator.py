"""The calculator of the Total Improvement Score: what a form says → visits → score, explained."""

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import polars as pl

from myotrial.criteria.every import find_needs
from myotrial.criteria.explain import Explanation, explain_tis
from myotrial.criteria.rules import Criteria, load_criteria
from myotrial.criteria.tis import NO_RESPONSE
from myotrial.model.errors import BadInput
from myotrial.study.visits import Visits, check_visits
from myotrial.web.pages import NOTE
from myotrial.web.tis.beside import enzymes_used, judge, skin_rows
from myotrial.web.tis.form import Form
from myotrial.web.tis.hints import find_hints, placed, unplaced
from myotrial.web.tis.open_sheet import differing, score_sheets
from myotrial.web.tis.rows import RULES, VARIANTS
from myotrial.web.tis.table import Entered, enter, label_of

VERSION = f"myotrial {version('myotrial')}"


def calculate(form: Form, *, quick: bool = False) -> dict[str, Any]:
    """Score what was entered.

    Parameters
    ----------
    form
        The entries; an empty cell and one that says "not done" are missing.
    quick
        The score alone, while someone types: no rules of change, no reason for the enzyme, no sheets but the open one.

    Returns
    -------
    dict
        ``visits`` (score, interval, category, ceiling, distance, enzyme and rules of change of each follow-up
        visit), ``measures`` (points by visit and measure), ``beside`` (skin), ``faults`` (field and text), ``hints``
        (what may be meant otherwise), ``inputs``, and what it all rests on.
    """
    entered = enter(form)
    if len(entered.visits) < 2 or not entered.baseline:
        return _answer(form, entered, entered.faults, quick)
    needs = find_needs(form.variant, options=_strength(entered.options)) | find_needs(*RULES[form.variant])
    try:
        visits = check_visits(_whole(entered.frame, needs), needs=needs)
        found = explain_tis(visits, form.variant, options=entered.options)
        rules = [] if quick else judge(form.variant, visits, entered.options)
    except BadInput as error:
        return _answer(form, entered, [*entered.faults, *(placed(entered, fault) for fault in error.faults)], quick)
    if entered.faults:
        return _answer(form, entered, entered.faults, quick)
    return _answer(form, entered, [], quick, **_told(form, entered, visits, found, rules))


def _strength(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name == "strength"}


def _whole(frame: pl.DataFrame, needs: Mapping[str, str]) -> pl.DataFrame:
    """Return the table with an empty column for each measure that a rule asks for and the form has not."""
    held = {name.replace("_ukat_", "_u_") for name in frame.columns}
    return frame.with_columns(pl.lit(None, dtype=pl.Float64).alias(name) for name in needs if name not in held)


def _told(
    form: Form, entered: Entered, visits: Visits, found: Explanation, rules: list[list[dict[str, Any]]]
) -> dict[str, Any]:
    """Return what is known of the score and of what stands beside it."""
    scores = found.scores
    parts = _parts(load_criteria(form.variant), entered, visits, found)
    used = scores.frame["enzyme_used"].to_list() if rules and "enzyme_used" in scores.frame.columns else []
    enzymes = enzymes_used(visits, used, scores.options)
    rows = []
    for place, row in enumerate(found.summary.to_dicts()):
        beside = {"enzyme": enzymes[place] if enzymes else None, "rules": rules[place] if rules else []}
        rows.append(_visit(load_criteria(form.variant), entered, row, parts) | beside)
    return {
        "criteria_sha256": scores.criteria_sha256, "options": dict(scores.options), "version": VERSION,
        "notes": [*unplaced(visits), *scores.notes], "visits": rows, "measures": parts,
        "beside": skin_rows(visits, entered), "hints": find_hints(form, entered, visits),
    }  # fmt: skip


def _parts(criteria: Criteria, entered: Entered, visits: Visits, found: Explanation) -> list[dict[str, Any]]:
    """Return what each measure gives at each visit, with its values."""
    measures = {measure.id: measure for measure in criteria.measures_for(found.scores.options)}
    values = {row["week"]: row for row in visits.frame.to_dicts()}
    base = values[min(values)]
    parts = []
    for row in found.frame.to_dicts():
        measure = measures[row["measure"]]
        column = measure.column or ""
        ends = {"baseline": base.get(column), "value": values[row["week"]].get(column)}
        key = {"visit": entered.number(row["week"]), "measure": measure.id, "label": measure.label}
        parts.append(key | ends | {name: row[name] for name in ("points", "most", "ceiling", "maximum")})
    return parts


def _visit(criteria: Criteria, entered: Entered, row: Mapping[str, Any], parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the score of one visit, how far the next category is, and what could reach it."""
    number = entered.number(row["week"])
    own = [part for part in parts if part["visit"] == number]
    kept = ("tis", "tis_low", "tis_high", "category", "ceiling", "next_category", "distance")
    return {
        "visit": number, "label": label_of(entered, number), "week": entered.week(number),
        **{name: row[name] for name in kept}, **_categories(criteria, row),
        **_unknown(own), "alone": _alone(own, row["distance"]),
    }  # fmt: skip


def _categories(criteria: Criteria, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the categories from one end to the other, and how far the lower end is above the edge of its own."""
    edges = [(NO_RESPONSE, 0.0), *criteria.thresholds.items()]
    reached = [sum(score >= edge for _, edge in edges) for score in (row["tis_low"], row["tis_high"])]
    edge = edges[reached[0] - 1][1]
    return {
        "categories": [name for name, _ in edges[reached[0] - 1 : reached[1]]],
        "above": row["tis_low"] - edge if edge else None,
    }


def _unknown(parts: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Return the measures that are missing, and those that are there and whose points are open for want of a range."""
    open_ = [
        part["label"] for part in parts if part["points"] is None and None not in (part["baseline"], part["value"])
    ]
    missing = [part["label"] for part in parts if part["points"] is None and part["label"] not in open_]
    return {"missing": missing, "open": open_}


def _alone(parts: list[dict[str, Any]], distance: float | None) -> list[dict[str, Any]]:
    """Return the measures that could reach the next category alone, with what each could still give."""
    if distance is None:
        return []
    room = [(part["label"], part["ceiling"] - (part["points"] or 0)) for part in parts]
    return [{"label": label, "points": points} for label, points in room if points >= distance]


def _answer(form: Form, entered: Entered, faults: list[dict[str, str]], quick: bool, **found: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {"visits": [], "measures": [], "beside": [], "notes": [], "hints": [], "options": {}}
    sheets = score_sheets(form, quick=quick)
    own = {
        "sheets": sheets,
        "criteria": form.variant, "title": VARIANTS[form.variant], "faults": faults, "note": NOTE,
        "inputs": entered.inputs,
    }  # fmt: skip
    hints = found.pop("hints") if found else find_hints(form, entered, None)
    return {**empty, **found, **own, "hints": [*hints, *differing(form, sheets)]}
