"""What the classifications say of one person: the one asked for in full, the others beside it."""

from collections.abc import Mapping
from typing import Any

from myotrial.criteria.classification.every import classify
from myotrial.criteria.classification.explain import PATHS, explain_classification
from myotrial.criteria.classification.result import Classified
from myotrial.criteria.classification.rules import list_classifications, load_classification
from myotrial.model.errors import BadInput
from myotrial.web.classify.questions import DEFAULT, Asked, reads
from myotrial.web.pages import NOTE, say_fault

ENDS = ("score", "score_low", "score_high", "probability_low", "probability_high", "tier", "tier_low", "tier_high")


def classify_person(asked: Asked) -> dict[str, Any]:
    """Return one person's classification with the steps to it, what to ask next, and the other classifications.

    Parameters
    ----------
    asked
        The classification, the facts that are known, the options.

    Returns
    -------
    dict
        category (``None`` where it is open) and possible, subject (the row of the result), items, steps, ask_next,
        paths (the score without and with the biopsy), others, and what it all rests on.

    Raises
    ------
    BadInput
        Facts that cannot be, or contradict each other; an option that is not possible.

    Examples
    --------
    >>> facts = {"onset_age_years": "51", "heliotrope": "yes", "gottron_sign": "yes", "proximal_upper_weakness": "yes"}
    >>> found = classify_person(Asked("eular-acr-2017", facts, {}))
    >>> found["category"], found["subject"]["score_low"], [path["tier_low"] for path in found["paths"]]
    ('definite', 9.2, ['definite', 'definite'])
    """
    known, rule = asked.known(), load_classification(asked.criteria)
    found = classify({"subject_id": rule.title, **known}, asked.criteria, options=asked.chosen(asked.criteria))
    (row,) = found.frame.iter_rows(named=True)
    scored = rule.score is not None
    return {
        **found.provenance(),
        "title": rule.title,
        "category": row["tier"] if scored else row["category"],
        "possible": _possible(rule, row) if scored else row["possible"],
        "subject": _without_name(row),
        "items": [_without_name(each) for each in found.items().to_dicts()],
        "steps": [_without_name(each) for each in found.steps().to_dicts()],
        "ask_next": [_without_name(each) for each in found.ask_next().to_dicts()],
        "paths": _paths(asked, known, row) if scored else [],
        "others": [_beside(asked, name, known) for name in list_classifications() if name != asked.criteria],
        "text": _text(found),
        "note": NOTE,
    }


def _without_name(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "subject_id"}


def _possible(rule: Any, row: Mapping[str, Any]) -> list[str]:
    """Return the tiers from the one at the low end to the one at the high end."""
    tiers = rule.score.tiers
    return list(tiers[tiers.index(row["tier_low"]) : tiers.index(row["tier_high"]) + 1])


def _paths(asked: Asked, known: Mapping[str, Any], row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the score without and with the biopsy: the row that counts, and the other one."""
    paths = []
    for (path, words), counted in zip(PATHS.items(), (False, True), strict=True):
        own = row
        if row["path"] != path:
            (own,) = classify(known, DEFAULT, options={**asked.chosen(DEFAULT), "biopsy": counted}).frame.to_dicts()
        paths.append({"path": words, **{name: own[name] for name in ENDS}})
    return paths


def _beside(asked: Asked, name: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """Return what another classification says of the same facts; ``asked``: whether any of them is one of its own."""
    rule = load_classification(name)
    told = {"criteria": name, "title": rule.title, "asked": bool(reads(name) & set(known)), "fault": None}
    empty: dict[str, list[str]] = {"present": [], "absent": [], "unknown": []}
    if not told["asked"]:
        names = [*(category.name for category in rule.categories), rule.otherwise]
        possible = names if rule.score is None else list(rule.score.tiers)
        return {**told, "category": None, "possible": possible, **empty}
    try:
        found = classify(known, name, options=asked.chosen(name))
    except BadInput as error:
        return {**told, "category": None, "possible": [], **empty, "fault": "; ".join(map(say_fault, error.faults))}
    (row,) = found.frame.iter_rows(named=True)
    if rule.score is not None:
        return {**told, "category": row["tier"], "possible": _possible(rule, row), **_scored(found, empty)}
    answers = {True: "present", False: "absent", None: "unknown"}
    for each in found.items().to_dicts():
        empty[answers[each["answer"]]].append(each["label"])
    return {**told, "category": row["category"], "possible": row["possible"], **empty}


def _scored(found: Classified, told: dict[str, list[str]]) -> dict[str, list[str]]:
    for each in found.items().to_dicts():
        if not each["known"]:
            told["unknown"] += [each["label"]] if each["could_give"] else []
        else:
            told["present" if each["points"] else "absent"].append(each["label"])
    return told


def _text(found: Classified) -> str:
    """Return the result as text to be copied: why, the options, the version."""
    options = ", ".join(f"{name} {value}" for name, value in found.options.items())
    lines = [explain_classification(found), *([f"  options: {options}"] if options else []),
             *(f"  {note}" for note in found.recalled),
             f"{found.classification}, {found.provenance()['version']}. {NOTE}"]  # fmt: skip
    return "\n".join(lines)
