"""How much of a registry record a definition answers, outcome by outcome."""

import re
from dataclasses import dataclass
from typing import Literal

import polars as pl

from myotrial.registry.record import TrialRecord
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.outcomes import Outcome

Answer = Literal["computed", "not yet"]


@dataclass(frozen=True, slots=True, repr=False)
class Coverage:
    """Each registered outcome with the definition's answer to it.

    Attributes
    ----------
    trial
        The id of the definition.
    frame
        One row per outcome of the record, in its order: position, role, title, time_frame, answer
        (``computed`` or ``not yet``), outcome (the ids in the definition), how it is computed.
    strangers
        Outcomes of the definition that call themselves registered and are not in this record.
    """

    trial: str
    frame: pl.DataFrame
    strangers: tuple[str, ...]

    @property
    def computed(self) -> int:
        """How many registered outcomes the definition computes."""
        return int((self.frame["answer"] == "computed").sum())

    def __repr__(self) -> str:
        """One line with the numbers."""
        return f"Coverage({self.trial}: {self.computed} of {self.frame.height} registered outcomes computed)"

    def to_frame(self) -> pl.DataFrame:
        """Return one row per outcome of the record."""
        return self.frame


def find_coverage(trial: TrialDefinition, record: TrialRecord) -> Coverage:
    """Hold a definition against a record of the same trial.

    Parameters
    ----------
    trial
        The definition.
    record
        The record, from :func:`read_record`.

    Returns
    -------
    Coverage
        An outcome of the record is computed where one of the definition is registered under its title and time
        frame. White space, case and lost or differently written comparison signs do not count.

    Examples
    --------
    >>> from myotrial.registry.reading import read_record_text
    >>> from myotrial.trials.loading import load_trial
    >>> record = read_record_text('''Register: ClinicalTrials.gov
    ... Main ID:  NCT04044690
    ... Last refreshed on: 8 April 2024
    ... Primary Outcome(s)
    ... Responder Rate [Time Frame: Weeks 17, 21, and 25]
    ... Secondary Outcome(s)
    ... Mean weight [Time Frame: Week 25]
    ... ''')
    >>> find_coverage(load_trial("NCT04044690"), record)
    Coverage(NCT04044690: 1 of 2 registered outcomes computed)
    """
    answers: dict[tuple[str, str], list[Outcome]] = {}
    for outcome in trial.outcomes:
        if outcome.registered:
            key = _plain(outcome.registered.title), _plain(outcome.registered.time_frame)
            answers.setdefault(key, []).append(outcome)
    found, rows = set(), []
    for entry in record.outcomes:
        outcomes = answers.get((_plain(entry.title), _plain(entry.time_frame or "")), [])
        found |= {outcome.id for outcome in outcomes}
        rows.append(
            {
                "position": entry.position,
                "role": entry.role,
                "title": entry.title,
                "time_frame": entry.time_frame,
                "answer": "computed" if outcomes else "not yet",
                "outcome": ", ".join(outcome.id for outcome in outcomes) or None,
                "how": "; ".join(dict.fromkeys(map(_how, outcomes))) or None,
            }
        )
    strangers = tuple(outcome.id for outcome in trial.outcomes if outcome.registered and outcome.id not in found)
    return Coverage(trial.id, pl.DataFrame(rows, infer_schema_length=None), strangers)


def _how(outcome: Outcome) -> str:
    words = []
    for summary in outcome.summaries:
        stands_in = getattr(summary, "stands_in_for", None)
        words.append(summary.kind.replace("_", " ") + (f" (stands in for the {stands_in})" if stands_in else ""))
    return ", ".join(dict.fromkeys(words))


def _plain(text: str) -> str:
    """Return a title for comparison: ``≥``, ``≤`` and ``=`` are one sign, since the WHO export makes them one."""
    without = re.sub(r"\\(?=[<>=\[\]&*])", "", text)
    signs = re.sub(r"(≥|≤|>=|<=|=)", "=", without)
    return re.sub(r"\s+", "", signs).casefold()
