"""Where every outcome, rule and option comes from, and what the results were computed with."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from myotrial.criteria.rules import load_criteria
from myotrial.model.options import Option
from myotrial.model.source import Source
from myotrial.report.numbers import NO_VALUE, SPACE
from myotrial.trials.definition import TrialDefinition

STATUS = {
    "read": "read in the source",
    "second_hand": "second-hand: read in a source that reports it",
    "recalled": "recalled: known, not read again",
    "ours": "ours: no source says; a default of this software",
}
"""What the status of a source means."""


@dataclass(frozen=True, slots=True)
class OptionUsed:
    """An option of the criteria, with the choice that was made."""

    score: str
    label: str
    choice: str
    default: bool
    source: Source


@dataclass(frozen=True, slots=True)
class Fact:
    """A named value of the reproducibility block; ``facts`` where it holds others."""

    name: str
    value: str
    facts: tuple["Fact", ...] = ()


def source_words(source: Source) -> str:
    """Write a source in one line."""
    parts = [source.citation, source.where, source.note]
    parts += [
        f"doi:{source.doi}" if source.doi else None,
        f"PMID{SPACE}{source.pmid}" if source.pmid else None,
        source.pmcid,
    ]
    return "; ".join(part for part in parts if part)


def options_used(trial: TrialDefinition, provenance: Mapping[str, Any]) -> list[OptionUsed]:
    """Return the options of every score as they were used."""
    used = []
    for name, score in trial.scores.items():
        criteria = load_criteria(score.criteria)
        told = provenance.get("criteria", {}).get(name, {}).get("options")
        settled = {**criteria.settle(score.options), **(told if isinstance(told, Mapping) else {})}
        for key, option in criteria.options.items():
            choice = settled[key]
            used.append(
                OptionUsed(name, option.label, _choice(option, choice), choice == option.default, option.source)
            )
    return used


def _choice(option: Option, value: Any) -> str:
    if value is None:
        return "not stated"
    if option.choices:
        return option.choices.get(value, str(value))
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {number:g}" for key, number in value.items())
    return (
        ", ".join(str(entry) for entry in value)
        if isinstance(value, Sequence) and not isinstance(value, str)
        else str(value)
    )


def facts(value: Mapping[str, Any]) -> tuple[Fact, ...]:
    """Return a nested record as named values, in its order."""
    return tuple(_fact(str(name), entry) for name, entry in value.items())


def _fact(name: str, value: Any) -> Fact:
    label = name.replace("_", " ")
    if isinstance(value, Mapping):
        return Fact(label, "" if value else NO_VALUE, facts(value))
    if isinstance(value, list | tuple):
        if any(isinstance(entry, Mapping) for entry in value):
            return Fact(label, "", tuple(_fact(str(place), entry) for place, entry in enumerate(value, 1)))
        return Fact(label, ", ".join(_plain(entry) for entry in value) or NO_VALUE)
    return Fact(label, _plain(value))


def _plain(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return NO_VALUE
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.10g}" if isinstance(value, float) else str(value)
