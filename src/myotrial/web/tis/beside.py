"""What stands beside the score: rules of change, the enzyme that was used, the skin."""

from collections.abc import Mapping, Sequence
from typing import Any

from myotrial.criteria.change.rules import load_rule
from myotrial.criteria.every import score_visits
from myotrial.criteria.muscle_enzymes import OPTIONS, score_enzymes
from myotrial.study.tables import ENZYMES, load_tables
from myotrial.study.visits import Visits
from myotrial.web.tis.rows import RULES, SKIN
from myotrial.web.tis.table import Entered

WORDS = {True: "met", False: "not met", None: "open: what is missing decides"}
WORSE = {True: "yes", False: "no", None: "open: what is missing decides"}


def judge(variant: str, visits: Visits, options: Mapping[str, Any]) -> list[list[dict[str, Any]]]:
    """Return of each follow-up visit what the rules of change say, in the order of the table."""
    told: list[list[dict[str, Any]]] = [[] for _ in range(visits.frame.height - 1)]
    for name in RULES[variant]:
        rule = load_rule(name)
        scores = score_visits(visits, name, options={k: v for k, v in options.items() if k in rule.options})
        answers = scores.frame[scores.answer].to_list()  # type: ignore[union-attr]
        has_confirmed = "confirmed" in scores.frame.columns
        confirmed = scores.frame["confirmed"].to_list() if has_confirmed else [None] * len(answers)
        for place, (answer, sure) in enumerate(zip(answers, confirmed, strict=True)):
            words = WORSE[answer] if has_confirmed else WORDS[answer]
            words += ", confirmed" if sure else ""
            told[place].append({"rule": name, "title": rule.title, "met": answer, "confirmed": sure, "words": words})
    return told


def enzymes_used(visits: Visits, used: Sequence[str | None], options: Mapping[str, Any]) -> list[dict[str, Any] | None]:
    """Return of each follow-up visit which enzyme counts, and why."""
    if not used:
        return []
    chosen = {name: options[name] for name in OPTIONS if name in options}
    levels = score_enzymes(visits, options=chosen).frame.to_dicts()
    at_first = {name: levels[0].get(f"{name}_x_uln") for name in ENZYMES}
    measured = {name: level for name, level in at_first.items() if level is not None}
    told: list[dict[str, Any] | None] = []
    for place, name in enumerate(used):
        if name is None:
            told.append(None)
            continue
        others = [f"{_label(other)} {level:.3g}" for other, level in measured.items() if other != name]
        told.append(
            {
                "enzyme": name, "label": _label(name), "baseline_x_uln": measured.get(name),
                "x_uln": levels[place + 1].get(f"{name}_x_uln"), "others": others,
                "by": str(options["enzyme_choice"]), "followed": str(options["enzyme_followed"]),
                "tied": bool(levels[0].get("tied")),
            }
        )  # fmt: skip
    return told


def skin_rows(visits: Visits, entered: Entered) -> list[dict[str, Any]]:
    """Return activity and damage of the skin by visit with the change since baseline; it is no part of the score."""
    rows = []
    for name in SKIN:
        values = visits.frame[name].to_list() if name in visits.frame.columns else []
        if any(value is not None for value in values):
            changes = (visits.frame[name] - visits.frame[name][0]).to_list()
            label = load_tables()["visits"].column(name).label
            rows.append({"name": name, "label": label, "visits": entered.visits, "values": values, "changes": changes})
    return rows


def _label(enzyme: str) -> str:
    return load_tables()["visits"].column(f"{enzyme}_u_per_l").label
